"""Answers: sent, put in the place of a message, or told by a note that shows for a moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import structlog
from telegram import InputFile, InputMediaPhoto, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.helpers import create_deep_linked_url

from bot.replies import LinkButton, Reply
from bot.telegram.forms import question_of
from bot.telegram.showing import shown

if TYPE_CHECKING:
    import telegram

    from bot.languages import Language
    from bot.replies import Display
    from bot.telegram.showing import Shown
    from bot.texts import Words

    Bot = telegram.Bot

log = structlog.get_logger("pixferry.telegram")

NOTE_CHARS = 200
TAP_SECONDS = 5.0
_SAME = "not modified"
_STRANGER = "chat not found"
_TOPIC_GONE = "thread not found"
_NO_PHOTOS = ("rights to send photos", "send_photos_forbidden", "send_media_forbidden")
_UNWANTED = ("topic_closed", "not enough rights", "write_forbidden", "have no rights", _STRANGER)
_LOST = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True, slots=True)
class Where:
    """Where an answer goes, and whom it answers.

    Args:
        chat: its id.
        user: who asked.
        group: whether others read what is said there.
        thread: the topic of a forum.
        answers: the message that it replies to.

    """

    chat: int
    user: int
    group: bool
    thread: int | None = None
    answers: int | None = None

    def alone(self) -> Where:
        """Where nobody else reads it."""
        return Where(self.user, self.user, group=False)

    def target(self) -> dict[str, Any]:
        """As the library wants it."""
        reply = self.answers and ReplyParameters(self.answers, allow_sending_without_reply=True)
        return {
            "chat_id": self.chat,
            "message_thread_id": self.thread,
            "reply_parameters": reply or None,
        }


async def send(bot: Bot, where: Where, reply: Reply, language: Language) -> None:
    """Show a reply in a message of its own; what nobody else may read, in private.

    Raises:
        TelegramError: it was not taken.
    """
    if reply.private and where.group:
        reply = await _send_alone(bot, where, reply, language)
    try:
        await _send(bot, where, reply, language)
    except ChatMigrated as err:
        await _send(bot, replace(where, chat=err.new_chat_id, answers=None), reply, language)
    except Forbidden as err:
        log.info("not wanted", error=err.message)  # they have shut the bot out
    except BadRequest as err:
        if _tells(err, _TOPIC_GONE):
            await _send(bot, replace(where, thread=None), reply, language)
        elif _tells(err, *_NO_PHOTOS):
            await _send(bot, where, _in_words(reply), language)
        elif not _tells(err, *_UNWANTED):
            raise
        else:
            log.info("not wanted", error=err.message)


async def put(
    message: telegram.Message,
    where: Where,
    reply: Reply,
    language: Language,
    *,
    opened: int | None = None,
) -> None:
    """Put a reply in the place of a message of the bot's.

    Raises:
        TelegramError: it was not taken.
    """
    if reply.form or reply.failed:
        await send(message.get_bot(), where, reply, language)
        return
    if reply.private and where.group:
        reply = await _send_alone(message.get_bot(), where, reply, language)
    try:
        await _edit(message, shown(reply, language, opened), where)
    except ChatMigrated:
        await send(message.get_bot(), where, reply, language)
    except BadRequest as err:
        if _tells(err, *_LOST):
            await send(message.get_bot(), where, reply, language)
        elif _tells(err, *_NO_PHOTOS):
            await _edit(message, shown(_in_words(reply), language, opened), where)
        elif not _tells(err, _SAME):
            raise


class Tap:
    """A button that somebody has tapped, and whose client shows a clock until that is answered."""

    def __init__(self, query: telegram.CallbackQuery) -> None:
        self._query = query
        self._answered = False

    async def end(self, text: str | None = None) -> bool:
        """Take the clock away, with a text that all must read; gives whether that is shown."""
        if self._answered:
            return False
        self._answered = True
        try:
            await self._query.answer(text, show_alert=text is not None)
        except TelegramError as err:
            log.info("tapped too long ago", error=err.message)
            return False
        return True

    async def says(self, reply: Reply) -> bool:
        """Whether a note on the client's screen says all that a reply says."""
        text = plain(reply.words) if reply.failed and not reply.controls else ""
        return 0 < len(text) <= NOTE_CHARS and await self.end(text)

    async def end_soon(self) -> None:
        """Take the clock away before Telegram does, where the answer takes long."""
        await asyncio.sleep(TAP_SECONDS)
        await self.end()


def plain(said: Words) -> str:
    """What is said, without markup."""
    return "".join(
        span if isinstance(span, str) else str(getattr(span, "text", getattr(span, "url", "")))
        for span in said
    )


async def _send(bot: Bot, where: Where, reply: Reply, language: Language) -> None:
    if reply.form:
        await bot.send_message(**where.target(), **question_of(reply, language, bot.username))
        return
    message = shown(reply, language)
    if message.pictures:
        album = [_media(each) for each in message.pictures]
        await bot.send_media_group(media=album, **where.target())
    if message.picture:
        await bot.send_photo(
            photo=_file(message.picture),
            caption=message.text,
            parse_mode=ParseMode.HTML,
            has_spoiler=message.picture.spoiler,
            reply_markup=message.keyboard,
            **where.target(),
        )
        return
    await bot.send_message(**message.as_text(), **where.target())


async def _send_alone(bot: Bot, where: Where, reply: Reply, language: Language) -> Reply:
    """Answer in private; gives what its group is told of that.

    Who has never written to the bot is told how to have it.
    """
    told = language.say("telegram.in_private")
    try:
        await _send(bot, where.alone(), reply, language)
    except Forbidden:
        told = language.say("telegram.start_first")
    except BadRequest as err:
        if not _tells(err, _STRANGER):
            raise
        told = language.say("telegram.start_first")
    link = create_deep_linked_url(bot.username, "hello")
    return Reply(told, (), ((LinkButton(language.text("telegram.open_chat"), link),),))


def _in_words(reply: Reply) -> Reply:
    """A reply whose pictures are told of and linked to, where none may be shown."""
    return replace(reply, pictures=tuple(replace(each, data=None) for each in reply.pictures))


def _tells(err: BadRequest, *texts: str) -> bool:
    """Whether an error says one of these; Telegram has no numbers for them."""
    told = err.message.lower()
    return any(each in told for each in texts)


async def _edit(message: telegram.Message, new: Shown, where: Where) -> None:
    if new.keyboard_alone:
        await message.edit_reply_markup(new.keyboard)
    elif new.picture:
        await message.edit_media(_media(new.picture, new.text), reply_markup=new.keyboard)
    elif message.text is not None:
        await message.edit_text(**new.as_text())
    else:
        await _replace(message, new, where)


async def _replace(message: telegram.Message, new: Shown, where: Where) -> None:
    """A picture can't become a text: that is a message anew, which answers whom that one did."""
    bot, asked = message.get_bot(), message.reply_to_message
    answers = asked.message_id if asked else None
    await bot.send_message(**new.as_text(), **replace(where, answers=answers).target())
    with suppress(BadRequest):  # it is gone, or too old for that
        await message.delete()


def _media(picture: Display, caption: str | None = None) -> InputMediaPhoto:
    return InputMediaPhoto(
        _file(picture, attach=True),
        caption,
        ParseMode.HTML if caption else None,
        has_spoiler=picture.spoiler,
    )


def _file(picture: Display, *, attach: bool = False) -> InputFile:
    """A picture to go along; `attach`: as a part of its own, as media name it."""
    assert picture.data is not None
    return InputFile(BytesIO(picture.data), picture.name, attach=attach)
