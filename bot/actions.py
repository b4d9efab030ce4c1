"""What buttons, menus and forms do: one table, as that of the commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.handlers import editor, images, transforms, uploads

if TYPE_CHECKING:
    from bot.asking import File
    from bot.replies import Reply
    from bot.turn import Turn

Inputs = Mapping[str, Any]
"""What a menu (`value`) or a form gives."""


@dataclass(frozen=True, slots=True)
class Action:
    """What happens when a control is used: `handler` gets its target and inputs.

    `asks`: it answers by a form, which platforms take as the very first answer alone.
    `beside`: its answer is a message of its own, for who asked alone; else it takes the place of
    the message whose control was used.
    """

    handler: Callable[[Turn, str, Inputs], Awaitable[Reply]]
    asks: bool = False
    beside: bool = False


def _of_target(step: Callable[[Turn, str], Awaitable[Reply]], *, beside: bool = False) -> Action:
    async def handler(turn: Turn, target: str, _: Inputs) -> Reply:
        return await step(turn, target)

    return Action(handler, beside=beside)


def _asking(step: Callable[[Turn, str], Awaitable[Reply]]) -> Action:
    return replace(_of_target(step), asks=True)


async def _upload(turn: Turn, _: str, inputs: Inputs) -> Reply:
    files: list[File] = inputs.get("files", [])
    return await uploads.upload_files(turn, files, inputs)


ACTIONS: dict[str, Action] = {
    "upload": Action(_upload, beside=True),
    "transform": _of_target(editor.open_for, beside=True),
    "edit": Action(editor.choose),
    "edit-numbers": _asking(editor.ask_numbers),
    "edit-set": Action(editor.set_numbers),
    "edit-save": _of_target(transforms.save_edited, beside=True),
    "edit-done": _of_target(editor.done),
    "undo": _of_target(editor.undo),
    "details": _of_target(images.details, beside=True),
    "delete": _of_target(images.ask_to_delete),
    "delete-now": _of_target(images.delete_now),
    "keep": _of_target(images.keep),
}
