"""What Telegram tells us, as any platform would."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from telegram import (
    Animation,
    Chat,
    Document,
    MessageEntity,
    MessageOriginUser,
    PhotoSize,
    Sticker,
    Video,
)
from telegram.error import BadRequest, TelegramError

from bot.asking import Ask, File, Message
from bot.languages import language_for
from core.chats import ChatRef, Identity, Platform
from core.errors import FetchFailed, TooLargeForBots, UnsupportedImage
from core.services.chats import Place, never

if TYPE_CHECKING:
    from collections.abc import Iterator

    import telegram

    from bot.languages import Language
    from core.services.chats import Right

    _Kept: TypeAlias = PhotoSize | Animation | Sticker | Document | Video

CLOUD_BYTES = 20 << 20
"""What Telegram's own servers give to bots, as those count; the library's number is lower. A server
of one's own in local mode has no limit."""

ASK_AGAIN = (0.5, 2, 0)
"""Seconds to wait, where Telegram did not answer where a file is."""


def language_of(user: telegram.User | None) -> Language:
    """What somebody reads; commands are called by their English names."""
    return language_for(user.language_code if user else None, tapped=True)


def ask_of(
    user: telegram.User,
    message: telegram.Message,
    origin: str,
    pointed: Message | None,
    administers: Right,
    hears: Right,
    owner: telegram.User | None = None,
) -> Ask:
    """What somebody asks in a chat."""
    return Ask(
        identity=_identity(user),
        place=place_of(message, administers),
        origin=origin,
        language=language_of(user),
        message=pointed,
        administers=administers,
        owner=_identity(owner) if owner else None,
        chat_name=message.chat.title or "",
        hears=hears,
        typed=True,
    )


def place_of(message: telegram.Message, moderates: Right = never) -> Place:
    """Where a message was written."""
    channel = channel_of(message) if is_group(message.chat) else None
    return Place(ChatRef(Platform.TELEGRAM, str(message.chat.id)), channel, moderates=moderates)


def is_group(chat: Chat) -> bool:
    """Whether others are there."""
    return chat.type in {Chat.GROUP, Chat.SUPERGROUP}


def owner_of(message: telegram.Message) -> telegram.User | None:
    """Whom a message of the bot's answers, as far as it says so.

    What is written into a topic without replying to anything replies to the topic's first message.
    """
    replied = message.reply_to_message
    begins = message.message_thread_id if message.is_topic_message else None
    if replied is None or replied.message_id == begins:
        return None
    asker = replied.from_user
    return None if asker is None or asker.is_bot else asker


def moved_by(message: telegram.Message) -> tuple[ChatRef, ChatRef] | None:
    """The chat that has become another one, and that one, if a message tells of it."""
    here, there = message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id:
        here, there = message.migrate_from_chat_id, here
    if not there:
        return None
    return ChatRef(Platform.TELEGRAM, str(here)), ChatRef(Platform.TELEGRAM, str(there))


def channel_of(message: telegram.Message) -> str:
    """A forum's topic; of another group, and in its general topic, the group."""
    topic = message.message_thread_id if message.is_topic_message else None
    return str(topic or message.chat.id)


def origin_of(message: telegram.Message) -> str:
    """Names a message among all."""
    return f"telegram:{message.chat.id}:{message.message_id}"


def message_of(message: telegram.Message, *further: telegram.Message, local: bool) -> Message:
    """A message, or an album's several, with all that it carries and names.

    `local`: the Bot API server is the operator's own, and gives files of any size.
    """
    whole = (message, *further)
    author = _author(message)
    return Message(
        str(message.message_id),
        "\n".join(text for each in whole if (text := text_of(each))),
        tuple(file for each in whole for file in _files(each, origin_of(each), local=local)),
        own=author is not None and author.id == message.get_bot().id,
    )


def _author(message: telegram.Message) -> telegram.User | None:
    """Who wrote it; of what is passed on, as far as that is told."""
    origin = message.forward_origin
    if isinstance(origin, MessageOriginUser):
        return origin.sender_user
    return None if origin else message.from_user


def text_of(message: telegram.Message) -> str:
    """What a message says, and the addresses that its words lead to."""
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities
    named = (one.url for one in entities if one.type == MessageEntity.TEXT_LINK and one.url)
    return "\n".join((text, *(url for url in dict.fromkeys(named) if url not in text)))


def pointed_of(message: telegram.Message, *, local: bool) -> Message:
    """What a message points at: what it replies to, if it has no picture itself.

    Of what it replies to in another chat Telegram tells the picture, and not the words.
    """
    own = message_of(message, local=local)
    replied, elsewhere = message.reply_to_message, message.external_reply
    if own.files:
        return own
    if replied:
        return message_of(replied, local=local)
    files = tuple(_files(elsewhere, None, local=local)) if elsewhere else ()
    return replace(own, text="", files=files) if files else own


def _identity(user: telegram.User) -> Identity:
    return Identity(Platform.TELEGRAM, str(user.id), user.full_name)


def has_file(message: telegram.Message) -> bool:
    """Whether a message carries a file at all, be it a picture or not."""
    return bool(message.photo or message.sticker or message.document or message.video)


def has_picture(message: telegram.Message) -> bool:
    """Whether a message carries what is likely a picture: none that moves, and no sticker."""
    document = message.document
    if document is None or message.animation:
        return bool(message.photo)
    return (document.mime_type or "").startswith("image/")


def _files(
    message: telegram.Message | telegram.ExternalReplyInfo, origin: str | None, *, local: bool
) -> Iterator[File]:
    """The files that a message carries; `origin` names it, where it is told."""
    if message.photo:
        yield _file(origin, message.photo[-1], local=local)
        return
    kept = message.animation or message.sticker or message.document or message.video
    if kept is not None:
        yield _file(origin, kept, local=local)


def _file(origin: str | None, kept: _Kept, *, local: bool) -> File:
    async def locate() -> str:
        if _moves(kept):
            raise UnsupportedImage.on("file", MOVES)
        if not local and (kept.file_size or 0) > CLOUD_BYTES:
            raise TooLargeForBots.on("file", TOO_LARGE)
        return await _located(kept)

    return File(
        kept.file_unique_id,
        _name(kept),
        kept.file_size,
        locate,
        origin=origin,
        reduced=isinstance(kept, PhotoSize),
    )


async def _located(kept: _Kept) -> str:
    """Where a file is right now; of a local server, its path as an address.

    Raises:
        TooLargeForBots: Telegram does not give it to bots.
        FetchFailed: Telegram has it no more, or is out of reach.
    """
    for pause in ASK_AGAIN:
        try:
            path = (await kept.get_file()).file_path
        except BadRequest as err:
            if "too big" in err.message.lower():
                raise TooLargeForBots.on("file", TOO_LARGE) from err
            raise FetchFailed(GONE) from err
        except TelegramError:
            await asyncio.sleep(pause)
            continue
        if path is None:
            raise FetchFailed(GONE)
        return _address(path, kept.get_bot())
    raise FetchFailed(AWAY)


def _address(path: str, bot: telegram.Bot) -> str:
    """The address of what the library gives; what a file is called may stand in it."""
    if path.startswith("/"):
        return Path(path).as_uri()
    base = f"{bot.base_file_url}/"  # its token stays as it is
    return base + quote(path.removeprefix(base))


MOVES = (
    "That is a video, as Telegram makes one of every GIF and of moving stickers. "
    "Send the picture as a file."
)
TOO_LARGE = "Telegram gives bots files of up to 20 MB."
GONE = "The chat's platform no longer gives this file."
AWAY = "Telegram can't be reached right now."


def _moves(kept: object) -> bool:
    if isinstance(kept, Video):
        return True
    if isinstance(kept, Sticker):
        return kept.is_animated or kept.is_video
    return isinstance(kept, Animation) and kept.mime_type != "image/gif"


def _name(kept: _Kept) -> str:
    """What its sender called it; its address calls it by a number, which says nothing."""
    if isinstance(kept, PhotoSize):
        return ""
    if isinstance(kept, Sticker):
        return f"{kept.set_name or 'sticker'}.webp"
    return kept.file_name or ""
