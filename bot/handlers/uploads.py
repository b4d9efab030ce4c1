"""Hosting pictures from chats: one answer for all that come at once."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import finding
from bot.asking import File
from bot.cards import controls, display, page
from bot.failures import leads, said
from bot.handlers.bundles import bundle_button
from bot.hosting import host
from bot.options import is_yes
from bot.replies import Field, Form, Reply
from bot.texts import Address, joined
from core import words
from core.errors import CoreError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.asking import Ask
    from bot.finding import Source
    from bot.hosting import Hosted
    from bot.options import Values
    from bot.references import Meant
    from bot.replies import Control, Display
    from bot.texts import Words
    from bot.turn import Turn

FILES = ("file", "file2", "file3", "file4", "file5")
FORM_FILES = 10
NAME_CHARS = 60
_ASKED = ("caption", "ttl", "album", "embed")


async def upload(turn: Turn, options: Values) -> Reply:
    """Host what comes with the command, or is in the message pointed at."""
    files: list[Source] = [options[name] for name in FILES if name in options]
    if not files:
        files, options = _named(turn, options) if turn.ask.typed else (_pointed(turn), options)
    return await upload_files(turn, files, options)


def _pointed(turn: Turn) -> list[Source]:
    message = turn.ask.message
    return finding.sources(message, turn.core.urls) if message else []


def _named(turn: Turn, options: Values) -> tuple[list[Source], Values]:
    """Pictures and options where both are typed: the addresses of those are no caption's part.

    A message that carries pictures means those, whatever its caption names.
    """
    message, caption = turn.ask.message, options.get("caption", "")
    if message and message.files and not message.own:
        return list(message.files), options
    found = _pointed(turn) or list(finding.addresses(caption))
    for each in found:
        if isinstance(each, str):
            caption = re.sub(rf"<?{re.escape(each)}>?[ \t]*", "", caption)
    kept = {name: value for name, value in options.items() if name != "caption"}
    return found, kept | ({"caption": caption.strip()} if caption.strip() else {})


async def upload_files(turn: Turn, sources: Sequence[Source], options: Values) -> Reply:
    """Host those.

    Raises:
        InvalidInput: there is no picture.
        CoreError: none of them could be hosted.
    """
    if not sources:
        raise InvalidInput.on("file", turn.text("upload.nothing"))
    hosted = await host(turn, sources[: finding.MOST], options)
    reply = await _answer(turn, hosted, len(sources))
    if any(isinstance(each, File) and each.reduced for each in sources):
        return await _hinted(turn, reply)
    return reply


async def import_(turn: Turn, options: Values) -> Reply:
    """Host the picture at an address."""
    return await _answer(turn, await host(turn, [options["url"]], options), 1)


def upload_form(ask: Ask, given: Mapping[str, str]) -> Form:
    """Asks for pictures, where a command came without one; keeps what was given with it."""
    text = ask.language.text
    return Form(
        text("upload.form"),
        "upload-private" if is_yes(given.get("private")) else "upload",
        "",
        (
            Field("files", text("upload.form_files"), required=True, files=FORM_FILES),
            *(
                Field(
                    name,
                    text(f"upload.form_{name}"),
                    given.get(name, ""),
                    text(f"options.{name}"),
                    lines=name == "caption",
                )
                for name in _ASKED
            ),
        ),
    )


async def _answer(turn: Turn, hosted: Hosted, count: int) -> Reply:
    shown = await asyncio.gather(*(_display(turn, meant) for meant in hosted.meant))
    told: list[Words] = [(Address(page(turn, meant)),) for meant in hosted.meant]
    if hosted.known:
        told.append(turn.say("upload.known"))
    if hosted.album:
        told.append(turn.say("album.link", link=Address(turn.core.urls.album(hosted.album))))
    for each in hosted.refused:
        name = words.line(each.name, NAME_CHARS)
        told.append(turn.say("upload.refused", name=name, why=said(each.error, turn.ask.language)))
    if count > finding.MOST:
        told.append(turn.say("upload.too_many", most=finding.MOST, count=count))
    return Reply(
        joined(told),
        tuple(each for each in shown if each),
        await _controls(turn, hosted),
        private=any(not meant.shown.media.public for meant in hosted.meant),
    )


async def _hinted(turn: Turn, reply: Reply) -> Reply:
    """The first time, with how a picture stays as it is; last of all that is said."""
    if not await turn.core.people.is_hinted_first(turn.ask.identity):
        return reply
    hint = turn.say("upload.reduced")
    if len(reply.pictures) != 1:
        return replace(reply, words=joined([reply.words, hint]))
    [picture] = reply.pictures
    return replace(reply, pictures=(replace(picture, words=joined([picture.words, hint])),))


async def _display(turn: Turn, meant: Meant) -> Display | None:
    """The picture; where it can't be made right now the answer is its link alone."""
    try:
        return await display(turn, meant)
    except CoreError:
        return None


async def _controls(turn: Turn, hosted: Hosted) -> tuple[tuple[Control, ...], ...]:
    rows: list[tuple[Control, ...]] = []
    if len(hosted.meant) == 1:
        rows.append(controls(turn, hosted.meant[0]))
    elif button := await bundle_button(turn, hosted):
        rows.append((button,))
    errors = (each.error for each in hosted.refused)
    rows += next((found for err in errors if (found := leads(err, turn))), ())
    return tuple(rows)
