"""Hosting pictures from chats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot import finding
from bot.cards import controls, display
from bot.references import Meant
from bot.replies import Field, Form, Reply
from bot.texts import Address, joined
from core.chats import ChatSettings
from core.errors import CoreError, InvalidInput
from core.services.intake import Attachment
from core.services.uploads import Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.asking import Ask, File, Message
    from bot.options import Values
    from bot.texts import Words
    from bot.turn import Turn
    from core.model import Caller, Media

FILES = ("file", "file2", "file3", "file4", "file5")
FORM_FILES = 10


@dataclass(frozen=True, slots=True)
class Hosted:
    """What became of several pictures: those that have links now, and why others have none."""

    meant: tuple[Meant, ...]
    refused: tuple[CoreError, ...] = ()


async def upload(turn: Turn, options: Values) -> Reply:
    """Host what comes with the command, or is in the message pointed at."""
    files = [options[name] for name in FILES if name in options]
    return await upload_files(turn, files or _sources(turn.ask.message), options)


async def upload_files(turn: Turn, sources: Sequence[File | str], options: Values) -> Reply:
    """Host those.

    Raises:
        InvalidInput: there is no picture.
        CoreError: none of them could be hosted; the first one's reason.
    """
    if not sources:
        raise InvalidInput.on("file", turn.text("upload.nothing"))
    return await _answer(turn, await host(turn, sources, options), options)


async def import_(turn: Turn, options: Values) -> Reply:
    """Host the picture at an address."""
    return await _answer(turn, await host(turn, [options["url"]], options), options)


def upload_form(ask: Ask) -> Form:
    """Asks for pictures, where a command came without one."""
    text = ask.language.text
    return Form(
        text("upload.form"),
        "upload",
        "",
        (
            Field("files", text("upload.form_files"), required=True, files=FORM_FILES),
            Field("caption", text("upload.form_caption"), lines=True),
        ),
    )


async def host(turn: Turn, sources: Sequence[File | str], options: Values) -> Hosted:
    """Host files and addresses, one after the other; what was hosted already is given again.

    Raises:
        Forbidden: uploads are not allowed in this channel.
        CoreError: none could be hosted; the first one's reason.
    """
    core, place = turn.core, turn.ask.place
    caller, agreed = await core.chats.uploader(turn.caller, place)
    wishes = _wishes(options, agreed or ChatSettings())
    hosted: list[Meant] = []
    refused: list[CoreError] = []
    for number, source in enumerate(sources, start=1):
        named = replace(wishes, external_id=f"{turn.ask.origin}:{number}")
        try:
            media = await _host(turn, caller, source, named)
        except CoreError as err:
            refused.append(err)
            continue
        await core.chats.note(caller, place, media)
        hosted.append(Meant(await core.links.follow(media.id, (), caller), caller))
    if not hosted:
        raise refused[0]
    return Hosted(tuple(hosted), tuple(refused))


async def _host(turn: Turn, caller: Caller, source: File | str, wishes: Wishes) -> Media:
    if isinstance(source, str):
        return await turn.core.intake.address(caller, source, wishes)
    found = Attachment(await source.locate(), source.name, source.size)
    return await turn.core.intake.attachment(caller, found, wishes)


async def _answer(turn: Turn, hosted: Hosted, options: Values) -> Reply:
    shown = [await display(turn, meant) for meant in hosted.meant]
    links: list[Words] = [(Address(each.page),) for each in shown]
    refused: list[Words] = [(err.public,) for err in hosted.refused]
    return Reply(
        joined([*links, *refused]),
        tuple(shown),
        (controls(turn, hosted.meant[0]),) if len(shown) == 1 else (),
        private=options.get("private", False),
    )


def _wishes(options: Values, agreed: ChatSettings) -> Wishes:
    """What the options say, else what the chat has agreed on."""
    private: bool | None = options.get("private")
    asked: dict[str, Any] = {"caption": options.get("caption")}
    return Wishes(
        ttl=options.get("ttl", agreed.ttl),
        public=agreed.public if private is None else not private,
        **asked,
    )


def _sources(message: Message | None) -> list[File | str]:
    if message is None:
        return []
    found: list[File | str] = [*message.files, *finding.pictures(message)]
    return found[: finding.MOST]
