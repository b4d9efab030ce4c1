"""The bot itself, chats, and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram_platform.refusals import bad
from telegram_platform.targets import chat_of, open_chat_of

if TYPE_CHECKING:
    from telegram_platform.bodies import Form
    from telegram_platform.stand_in import Telegram

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


async def get_me(telegram: Telegram, _: Form) -> dict:
    return telegram.bot.data() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not telegram.privacy,
        "supports_inline_queries": telegram.inline_mode,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_chat(telegram: Telegram, form: Form) -> dict:
    return chat_of(telegram, form).full()


async def get_chat_member(telegram: Telegram, form: Form) -> dict:
    chat, number = chat_of(telegram, form), form.number("user_id")
    account = telegram.accounts.get(number)
    if account is None:
        raise bad("invalid user_id specified" if number <= 0 else "user not found", blame=False)
    return chat.member(account)


async def get_chat_administrators(telegram: Telegram, form: Form) -> list[dict]:
    chat = chat_of(telegram, form)
    if not chat.is_group:
        raise bad("there are no administrators in the private chat")
    numbers = [chat.owner.id] if chat.owner else []
    numbers += sorted(chat.admins - set(numbers))
    return [chat.member(telegram.accounts[number]) for number in numbers]


async def get_chat_member_count(telegram: Telegram, form: Form) -> int:
    chat = chat_of(telegram, form)
    return len(chat.members) if chat.is_group else 2


async def send_chat_action(telegram: Telegram, form: Form) -> bool:
    chat, action = open_chat_of(telegram, form), form.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.acts(action)
    telegram.changed.fire()
    return True


async def get_file(telegram: Telegram, form: Form) -> dict:
    number = form.text("file_id")
    if not number:
        raise bad("file_id not specified")
    return telegram.files.locate(number)


METHODS = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "sendChatAction": send_chat_action,
    "getFile": get_file,
}
