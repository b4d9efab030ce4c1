"""What buttons, menus and forms do: one table, as that of the commands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING

from bot.commands import BY_NAME
from bot.handlers import (
    accounts,
    albums,
    bundles,
    changes,
    editor,
    embed_previews,
    embeds,
    gallery,
    images,
    offers,
    transforms,
    uploads,
)
from bot.options import read_options

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.asking import File, Inputs
    from bot.replies import Reply
    from bot.turn import Turn


@dataclass(frozen=True, slots=True)
class Action:
    """What happens when a control is used: `handler` gets its target and inputs.

    `asks`: it answers by a form, which platforms take as the very first answer alone.
    `beside`: its answer is a message of its own, else it takes the place of the message whose
    control was used. `edits`: even so it takes that place where the message's buttons are one
    person's, who has no use for two of it. `quiet`: a message beside is for who asked alone.
    """

    handler: Callable[[Turn, str, Inputs], Awaitable[Reply]]
    asks: bool = False
    beside: bool = False
    edits: bool = False
    quiet: bool = True


def _of_target(step: Callable[[Turn, str], Awaitable[Reply]], *, beside: bool = False) -> Action:
    @wraps(step)
    async def handler(turn: Turn, target: str, _: Inputs) -> Reply:
        return await step(turn, target)

    return Action(handler, beside=beside)


def _asking(step: Callable[[Turn, str], Awaitable[Reply]]) -> Action:
    return replace(_of_target(step), asks=True)


async def _upload(turn: Turn, _: str, inputs: Inputs) -> Reply:
    """Host what a form gives."""
    return await _upload_form(turn, inputs, private=False)


async def _upload_privately(turn: Turn, _: str, inputs: Inputs) -> Reply:
    """Likewise, for the asker's eyes alone."""
    return await _upload_form(turn, inputs, private=True)


async def _upload_form(turn: Turn, inputs: Inputs, *, private: bool) -> Reply:
    files: list[File] = inputs.get("files", [])
    told = {name: given for name, given in inputs.items() if name != "files"}
    options = read_options(BY_NAME["upload"].options, told)
    if private:
        options["private"] = True
    return await uploads.upload_files(turn, files, options)


ACTIONS: dict[str, Action] = {
    "upload": Action(_upload, beside=True, quiet=False),
    "upload-private": Action(_upload_privately, beside=True),
    "import": _of_target(offers.accept),
    "join": _of_target(accounts.join_now),
    "bundle": _of_target(bundles.bundle),
    "transform": replace(_of_target(editor.open_for, beside=True), edits=True),
    editor.SHOW: _of_target(editor.show),
    "edit": Action(editor.choose),
    "edit-numbers": _asking(editor.ask_numbers),
    "edit-set": Action(editor.set_numbers),
    "edit-save": _of_target(transforms.save_edited, beside=True),
    "edit-done": _of_target(editor.done),
    "undo": _of_target(editor.undo),
    "hide": replace(_of_target(changes.hide, beside=True), edits=True),
    "unhide": replace(_of_target(changes.unhide, beside=True), edits=True),
    "details": _of_target(images.details, beside=True),
    "pick": Action(images.pick, beside=True),
    "page": _of_target(gallery.turn_page),
    "delete": _of_target(images.ask_to_delete),
    "delete-now": _of_target(images.delete_now),
    "keep": _of_target(images.keep),
    "kept": _of_target(images.kept),
    "embed-create": Action(embeds.create_by_form, beside=True),
    "embed-ask": _asking(embeds.ask_texts),
    "embed-set": Action(embeds.set_texts),
    "embed-pick": Action(embeds.pick),
    "embed-use": _of_target(embeds.use_now),
    "embed-preview": _of_target(embed_previews.preview_last, beside=True),
    "embed-delete": _of_target(embeds.ask_to_delete),
    "embed-delete-now": _of_target(embeds.delete_now),
    "embed-keep": _of_target(embeds.keep),
    "album-create": Action(albums.create_by_form, beside=True),
    "album-create-private": Action(albums.create_privately, beside=True),
    "album-page": _of_target(albums.turn_page),
    "album-pick": Action(albums.pick, beside=True),
    "album-delete": _of_target(albums.ask_to_delete),
    "album-delete-now": _of_target(albums.delete_now),
    "album-keep": _of_target(albums.keep),
}
