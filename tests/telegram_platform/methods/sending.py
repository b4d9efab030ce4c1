"""Messages that the bot sends."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from telegram_platform.bodies import Form
from telegram_platform.media import media
from telegram_platform.refusals import bad
from telegram_platform.rules.keyboards import read_keyboard
from telegram_platform.rules.texts import read_caption, read_text
from telegram_platform.targets import chat_of, message_of, open_chat_of, replied_by, within

if TYPE_CHECKING:
    from telegram_platform.messages import Message
    from telegram_platform.stand_in import Telegram
    from telegram_platform.world import Chat

ALBUM = range(2, 11)
ALBUM_KINDS = {"photo", "document"}
_groups = itertools.count(13_000_000_000_000_000)


def _send(telegram: Telegram, form: Form, chat: Chat, content: dict) -> Message:
    keyboard = read_keyboard(form)
    content |= within(chat, form.number("message_thread_id")) | replied_by(chat, form)
    if keyboard is not None:
        content["reply_markup"] = keyboard
    return telegram.publish(chat, telegram.bot, content)


def _admit(telegram: Telegram, form: Form, count: int = 1) -> Chat:
    chat = open_chat_of(telegram, form)
    telegram.floods.pass_(chat.id, group=chat.is_group, count=count)
    return chat


def _admit_photos(chat: Chat) -> None:
    """Groups may let their members write and show no pictures."""
    if not chat.photos:
        raise bad("not enough rights to send photos to the chat", blame=False)


def _shown(message: Message) -> dict:
    """As the bot is told; only inline keyboards are."""
    told = message.told()
    if "inline_keyboard" not in told.get("reply_markup", {}):
        told.pop("reply_markup", None)
    return told


async def send_message(telegram: Telegram, form: Form) -> dict:
    chat = open_chat_of(telegram, form)
    content = read_text(form, telegram.noting("sendMessage"))
    _admit(telegram, form)
    return _shown(_send(telegram, form, chat, content))


def _sender(kind: str):
    async def send(telegram: Telegram, form: Form) -> dict:
        chat = open_chat_of(telegram, form)
        caption = read_caption(form, telegram.noting(f"send{kind.title()}"))
        if kind != "document" and form.flag("has_spoiler"):
            caption["has_media_spoiler"] = True
        if kind == "photo":
            _admit_photos(chat)
        _admit(telegram, form)
        content = await media(telegram, form, kind)
        return _shown(_send(telegram, form, chat, content | caption))

    return send


async def send_media_group(telegram: Telegram, form: Form) -> list[dict]:
    chat = open_chat_of(telegram, form)
    items = form.json("media", list) or []
    if len(items) not in ALBUM:
        raise bad(f"there must be from {ALBUM[0]} to {ALBUM[-1]} messages in an album")
    kinds = {one.get("type") if isinstance(one, dict) else None for one in items}
    if not kinds <= ALBUM_KINDS | {"video", "audio"}:
        raise bad(f"can't parse media: types {sorted(map(str, kinds))}")
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad("document can't be mixed with other media types")
    if kinds - ALBUM_KINDS:
        raise bad("can't parse media: only photos and documents are known here")
    if form.has("reply_markup"):
        raise bad("albums have no keyboards")
    if "photo" in kinds:
        _admit_photos(chat)
    captions = [read_caption(Form(one), telegram.noting("sendMediaGroup")) for one in items]
    _admit(telegram, form, len(items))
    contents = [await media(telegram, form, one["type"], one.get("media")) for one in items]
    group = str(next(_groups))
    replied = within(chat, form.number("message_thread_id")) | replied_by(chat, form)
    return [
        telegram.publish(
            chat, telegram.bot, content | caption | replied | {"media_group_id": group}
        ).told()
        for content, caption in zip(contents, captions, strict=True)
    ]


async def copy_message(telegram: Telegram, form: Form) -> dict:
    chat = open_chat_of(telegram, form)
    source = chat_of(telegram, Form({"chat_id": form.text("from_chat_id")}))
    message = message_of(source, form.number("message_id"), "message to copy not found")
    kept = ("text", "entities", "caption", "caption_entities", "photo", "document", "animation")
    content = {key: message.data[key] for key in (*kept, "sticker") if key in message.data}
    if form.has("caption"):
        content |= read_caption(form, telegram.noting("copyMessage"))
    _admit(telegram, form)
    return {"message_id": _send(telegram, form, chat, content).id}


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": _sender("photo"),
    "sendDocument": _sender("document"),
    "sendAnimation": _sender("animation"),
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
}
