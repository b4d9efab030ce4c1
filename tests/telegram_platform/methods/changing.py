"""Changes of the bot's messages, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram_platform.bodies import Form
from telegram_platform.media import media
from telegram_platform.refusals import bad, not_modified
from telegram_platform.rules.keyboards import read_keyboard
from telegram_platform.rules.texts import read_caption, read_text
from telegram_platform.targets import chat_of, edited_of, message_of

if TYPE_CHECKING:
    from telegram_platform.messages import Message
    from telegram_platform.stand_in import Telegram

TEXT = ("text", "entities", "link_preview_options")
CAPTION = ("caption", "caption_entities")
MEDIA = ("photo", "document", "animation", "sticker")
MANY_MAX = 100


def _change(
    telegram: Telegram, form: Form, message: Message, content: dict, drop: tuple[str, ...]
) -> dict | bool:
    keyboard = read_keyboard(form, inline_only=True)
    drop = (*drop, "reply_markup")
    if keyboard is not None:
        content = content | {"reply_markup": keyboard}
    before = {key: message.data[key] for key in drop if key in message.data}
    after = {key: value for key, value in content.items() if key in drop}
    if before == after:
        raise not_modified(blame=not message.doubled)
    if message.inline_id is None:
        telegram.floods.pass_(message.chat.id, group=message.chat.is_group)
    message.edit(content, drop=drop)
    telegram.changed.fire()
    return message.told() if message.inline_id is None else True


async def edit_text(telegram: Telegram, form: Form) -> dict | bool:
    message = edited_of(telegram, form)
    content = read_text(form, telegram.noting("editMessageText"))
    if "text" not in message.data:
        raise bad("there is no text in the message to edit")
    return _change(telegram, form, message, content, TEXT)


async def edit_caption(telegram: Telegram, form: Form) -> dict | bool:
    message = edited_of(telegram, form)
    if not any(kind in message.data for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    content = read_caption(form, telegram.noting("editMessageCaption"))
    return _change(telegram, form, message, content, CAPTION)


async def edit_media(telegram: Telegram, form: Form) -> dict | bool:
    message = edited_of(telegram, form)
    given = form.json("media", dict)
    if not given or given.get("type") not in {"photo", "document", "animation"}:
        raise bad("can't parse media: unknown type")
    caption = read_caption(Form(given), telegram.noting("editMessageMedia"))
    if message.inline_id is not None and str(given.get("media")).startswith("attach://"):
        raise bad("can't upload new files to inline messages")
    if given["type"] == "photo" and not message.chat.photos:
        raise bad("CHAT_SEND_PHOTOS_FORBIDDEN", blame=False)
    content = await media(telegram, form, given["type"], given.get("media"))
    return _change(telegram, form, message, content | caption, (*TEXT, *CAPTION, *MEDIA))


async def edit_keyboard(telegram: Telegram, form: Form) -> dict | bool:
    return _change(telegram, form, edited_of(telegram, form), {}, ())


async def delete_message(telegram: Telegram, form: Form) -> bool:
    chat = chat_of(telegram, form)
    message = message_of(chat, form.number("message_id"), "message to delete not found")
    if not _may_delete(telegram, message):
        raise bad("message can't be deleted")
    telegram.remove(message)
    return True


async def delete_messages(telegram: Telegram, form: Form) -> bool:
    chat = chat_of(telegram, form)
    numbers = form.json("message_ids", list) or []
    if not 1 <= len(numbers) <= MANY_MAX:
        raise bad("too many message identifiers specified")
    for number in numbers:
        message = chat.messages.get(number)
        if message is not None and _may_delete(telegram, message):
            telegram.remove(message)
    return True


def _may_delete(telegram: Telegram, message: Message) -> bool:
    mine = message.sender == telegram.bot.id
    return mine or not message.chat.is_group or telegram.bot.id in message.chat.admins


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_keyboard,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
