"""Whom and what a request means: chats, messages, and what they reply to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram_platform.refusals import bad, chat_not_found, forbidden, upgraded

if TYPE_CHECKING:
    from telegram_platform.bodies import Form
    from telegram_platform.messages import Message
    from telegram_platform.stand_in import Telegram
    from telegram_platform.world import Chat


def chat_of(telegram: Telegram, form: Form) -> Chat:
    text = form.text("chat_id")
    if not text:
        raise bad("chat_id is empty")
    try:
        number = int(text)
    except ValueError:
        raise chat_not_found() from None
    if number not in telegram.chats:
        raise chat_not_found()
    return telegram.chats[number]


def open_chat_of(telegram: Telegram, form: Form) -> Chat:
    """A chat that the bot may write to. That it may not is nobody's fault."""
    chat = chat_of(telegram, form)
    if chat.upgraded_to is not None:
        raise upgraded(chat.upgraded_to)
    if not chat.open:
        raise forbidden(chat.closed_because)
    return chat


def message_of(chat: Chat, number: int, missing: str) -> Message:
    """That it is gone is the bot's fault only if there never was one."""
    message = chat.messages.get(number)
    if message is None:
        raise bad(missing, blame=not 0 < number <= chat.last_id)
    return message


def edited_of(telegram: Telegram, form: Form) -> Message:
    """The bot's message that a request changes."""
    if form.has("inline_message_id"):
        number = form.text("inline_message_id")
        if number not in telegram.inline_messages:
            raise bad("MESSAGE_ID_INVALID")
        return telegram.inline_messages[number]
    chat = chat_of(telegram, form)
    number = form.number("message_id")
    if not number:
        raise bad("message identifier is not specified")
    message = message_of(chat, number, "message to edit not found")
    if message.sender != telegram.bot.id:
        raise bad("message can't be edited")
    return message


def within(chat: Chat, topic: int, *, reading: bool = False) -> dict:
    """What says that a message is in a topic; there it replies to the topic's first at least."""
    if not topic:
        return {}
    if topic not in chat.topics:
        raise bad("message thread not found", blame=False)
    if not (reading or chat.topics[topic]):
        raise bad("TOPIC_CLOSED", blame=False)
    said = {"message_thread_id": topic, "is_topic_message": True}
    first = chat.messages.get(topic)
    return said | ({"reply_to_message": first.data} if first else {})


def replied_by(chat: Chat, form: Form) -> dict:
    """`reply_to_message`, if there is to be one."""
    given = form.json("reply_parameters", dict)
    number, lenient = form.number("reply_to_message_id"), form.flag("allow_sending_without_reply")
    if given is not None:
        number = given.get("message_id")
        lenient = bool(given.get("allow_sending_without_reply"))
        if not isinstance(number, int) or number <= 0:
            raise bad('can\'t parse reply parameters: field "message_id" must be a valid Number')
        if given.get("chat_id", chat.id) != chat.id:
            raise bad("can't reply across chats here")
    if not number:
        return {}
    if lenient and number not in chat.messages:
        return {}
    message = message_of(chat, number, "message to be replied not found")
    return {"reply_to_message": message.data}
