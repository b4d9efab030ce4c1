"""What people post: the content of their messages, and whether the bot is told of them."""

from __future__ import annotations

import io
import re
import time
from typing import TYPE_CHECKING

from PIL import Image
from telegram_platform.entities import found_in, part
from telegram_platform.files import as_file
from telegram_platform.media import stored

if TYPE_CHECKING:
    from telegram_platform.files import File
    from telegram_platform.messages import Message
    from telegram_platform.stand_in import Telegram

NAMES = {"photo": "photo.jpg", "document": "picture.png", "animation": "moving.gif"}
NAMES |= {"sticker": "sticker.webp"}
CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document", "animation")
CONTENT += ("sticker",)


def said(text: str, name: str, entities: list[dict] = ()) -> dict:
    """A text or caption with what the platform finds in it."""
    if not text:
        return {}
    found = found_in(text, list(entities))
    entities_name = "entities" if name == "text" else "caption_entities"
    return {name: text} | ({entities_name: found} if found else {})


async def shown(telegram: Telegram, kind: str, given: bytes | File) -> dict:
    """A picture or file as it stands in a message."""
    file = as_file(given, NAMES[kind])
    if kind != "sticker":
        return await stored(telegram, file, kind)
    kept = telegram.files.keep(file, "sticker")
    moving = {"is_animated": file.name.endswith(".tgs"), "is_video": file.name.endswith(".webm")}
    size = {"width": 512, "height": 512}
    try:
        with Image.open(io.BytesIO(file.data)) as picture:
            size = {"width": picture.width, "height": picture.height}
    except OSError:
        pass
    about = {"type": "regular", "emoji": "🐈", "set_name": "cats"}
    return {"sticker": kept.data() | size | moving | about}


def forwarded(telegram: Telegram, message: Message) -> dict:
    """The content of a message that is passed on."""
    content = {key: message.data[key] for key in CONTENT if key in message.data}
    author = telegram.accounts[message.sender]
    origin = {"type": "user", "date": message.data["date"], "sender_user": author.data()}
    old = {"forward_from": author.data(), "forward_date": message.data["date"]}
    return content | {"forward_origin": origin, "forward_date": int(time.time())} | old


def is_told(telegram: Telegram, message: Message) -> bool:
    """Whether the bot hears of a message: everything in private, what is meant for it in groups."""
    chat = message.chat
    if not chat.is_group:
        return True
    if not chat.open:
        return False
    if not telegram.privacy or telegram.bot.id in chat.admins:
        return True
    replied = message.reply_to
    if replied is not None and replied.sender == telegram.bot.id:
        return True
    return any(_meant(telegram, part(message.text, one), one) for one in message.entities)


def _meant(telegram: Telegram, words: str, entity: dict) -> bool:
    name = f"@{telegram.bot.username}".lower()
    if entity["type"] == "mention":
        return words.lower() == name
    if entity["type"] != "bot_command":
        return False
    _, at, whom = words.partition("@")
    return not at or f"@{whom}".lower() == name


def payload_of(url: str, username: str) -> str | None:
    """The payload of a deep link to the bot."""
    found = re.fullmatch(rf"https://t\.me/{username}\?start=([A-Za-z0-9_-]{{1,64}})", url)
    return found[1] if found else None
