"""What becomes of an inline result that somebody sends."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import aiohttp
from telegram_platform.bodies import Form
from telegram_platform.files import File
from telegram_platform.media import media
from telegram_platform.refusals import Refused
from telegram_platform.rules.keyboards import check_inline_keyboard
from telegram_platform.rules.results import SOURCES, content_of

if TYPE_CHECKING:
    from telegram_platform.messages import Message
    from telegram_platform.people import Person
    from telegram_platform.world import Chat

PHOTO_MAX = 5 << 20
JPEG = b"\xff\xd8\xff"


async def choose(person: Person, result: dict, query: str, chat: Chat) -> Message:
    """The message that a result becomes; photos are fetched, and must be JPEGs by then."""
    telegram = person.telegram
    content = content_of(result, telegram.noting("answerInlineQuery"))
    kind = "animation" if result["type"] == "gif" else result["type"]
    if SOURCES[result["type"]] and "text" not in content:
        source = next(result[name] for name in SOURCES[result["type"]] if name in result)
        if result["type"] == "photo" and source.startswith("http"):
            content |= {"photo": await telegram.photos.take(await _photo(telegram, source))}
        else:
            content |= await media(telegram, Form({}), kind, source)
    keyboard = check_inline_keyboard(result["reply_markup"]) if "reply_markup" in result else None
    if keyboard:
        content["reply_markup"] = keyboard
    content["via_bot"] = telegram.bot.data()
    message = telegram.publish(chat, person.account, content)
    chosen = {"result_id": result["id"], "from": person.account.data(), "query": query}
    if keyboard:
        message.inline_id = secrets.token_urlsafe(20)
        telegram.keep(telegram.inline_messages, message.inline_id, message)
        chosen["inline_message_id"] = message.inline_id
    telegram.updates.put("chosen_inline_result", chosen, person.id)
    return message


async def _photo(telegram, url: str) -> File:
    complain = telegram.noting("answerInlineQuery")
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        data = await answer.read()
    if answer.status != 200 or not data.startswith(JPEG) or len(data) > PHOTO_MAX:
        complain(f"{url} is no JPEG of at most 5 MB: {answer.status}, {len(data)} bytes")
        raise Refused(400, "Bad Request: WEBPAGE_MEDIA_EMPTY")
    return File(data, "photo.jpg")
