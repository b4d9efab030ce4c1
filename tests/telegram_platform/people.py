"""People at their clients: they write, send pictures, tap, type after the bot's name."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telegram_platform.answers import NotOffered, Tap, Typing
from telegram_platform.files import File
from telegram_platform.menus import offered
from telegram_platform.posts import forwarded, is_told, payload_of, said, shown
from telegram_platform.results import choose
from telegram_platform.targets import within

if TYPE_CHECKING:
    from telegram_platform.answers import InlineAnswer
    from telegram_platform.messages import Message
    from telegram_platform.stand_in import Telegram
    from telegram_platform.updates import Update
    from telegram_platform.world import Account, Chat

QUERY_MAX = 256
_albums = itertools.count(14_000_000_000_000_000)


@dataclass(eq=False)
class Person:
    telegram: Telegram
    account: Account
    chat: Chat  # with the bot alone
    clipboard: str = ""
    told: dict[Message, Update] = field(default_factory=dict)  # the last update of each message

    def __repr__(self) -> str:
        return f"<{self.account.name}>"

    @property
    def id(self) -> int:
        return self.account.id

    def sees(self, chat: Chat | None = None) -> list[Message]:
        """The messages there, oldest first."""
        return list((chat or self.chat).messages.values())

    def commands(self, chat: Chat | None = None) -> dict[str, str]:
        """The menu of commands there, with their descriptions."""
        return offered(self.telegram, self.account, chat or self.chat)

    # What they send, and the bot's answer

    async def send(self, text: str, **where) -> Message:
        return await self.telegram.answer_to(await self.post(text=text, **where))

    async def send_photo(self, photo: bytes | File, **where) -> Message:
        return await self.telegram.answer_to(await self.post(photo=photo, **where))

    async def send_document(self, document: bytes | File, name: str = "", **where) -> Message:
        document = File(document, name) if name and isinstance(document, bytes) else document
        return await self.telegram.answer_to(await self.post(document=document, **where))

    async def send_sticker(self, sticker: bytes | File, **where) -> Message:
        return await self.telegram.answer_to(await self.post(sticker=sticker, **where))

    async def send_animation(self, animation: bytes | File, **where) -> Message:
        return await self.telegram.answer_to(await self.post(animation=animation, **where))

    async def send_album(self, items: list[bytes | File], **how) -> Message:
        return await self.telegram.answer_to((await self.post_album(items, **how))[-1])

    async def start(self, payload: str = "") -> Message:
        """Press "Start", maybe by a deep link."""
        return await self.send(f"/start {payload}".strip())

    async def open(self, url: str) -> Message:
        """Follow a deep link to the bot."""
        payload = payload_of(url, self.telegram.bot.username)
        if payload is None:
            raise NotOffered(f"{url} is no deep link to the bot")
        return await self.start(payload)

    # What they do, without waiting

    async def post(
        self,
        *,
        text: str = "",
        caption: str = "",
        chat: Chat | None = None,
        topic: int = 0,
        reply_to: Message | None = None,
        entities: list[dict] = (),
        repeat: int = 1,
        further: dict | None = None,
        **media: bytes | File,
    ) -> Message:
        """A message with a text, or `photo=`, `document=`, `animation=` or `sticker=`.

        `further` goes into the message as it is.
        """
        content: dict = within(chat or self.chat, topic, reading=True)
        for kind, given in media.items():
            content |= await shown(self.telegram, kind, given)
        content |= said(text, "text", entities) | said(caption, "caption", entities)
        return self._tell(chat or self.chat, content | (further or {}), reply_to, repeat)

    async def post_album(
        self,
        items: list[bytes | File],
        *,
        caption: str = "",
        captioned: int = 0,
        kind: str = "photo",
        order: list[int] | None = None,
        pause: float = 0,
        repeat: int = 1,
        chat: Chat | None = None,
        topic: int = 0,
        reply_to: Message | None = None,
    ) -> list[Message]:
        """Separate messages that share a group, told in `order`, so many seconds apart."""
        group = {"media_group_id": str(next(_albums))}
        group |= within(chat or self.chat, topic, reading=True)
        contents = []
        for number, item in enumerate(items):
            words = said(caption, "caption") if number == captioned else {}
            contents.append(await shown(self.telegram, kind, item) | words | group)
        place, author = chat or self.chat, self.account
        messages = [self._new(place, author, one, reply_to) for one in contents]
        for number in order or range(len(messages)):
            self._update(messages[number], "message", repeat)
            await asyncio.sleep(pause)
        return messages

    def forward(
        self, message: Message | list[Message], *, chat: Chat | None = None, repeat: int = 1
    ) -> Message | list[Message]:
        """Pass on a message; several that are an album stay one."""
        place = chat or self.chat
        if not isinstance(message, list):
            return self._tell(place, forwarded(self.telegram, message), None, repeat)
        group = {"media_group_id": str(next(_albums))}
        contents = [forwarded(self.telegram, one) | group for one in message]
        return [self._tell(place, one, None, repeat) for one in contents]

    def edit(self, message: Message, text: str, *, repeat: int = 1) -> Message:
        """Change what one's own message says."""
        if message.sender != self.id:
            raise NotOffered(f"{message!r} is by somebody else")
        name = "text" if "text" in message.data else "caption"
        drop = ("entities",) if name == "text" else ("caption_entities",)
        message.edit(said(text, name), drop=drop)
        self._update(message, "edited_message", repeat)
        return message

    def delete(self, message: Message) -> None:
        """Delete a message; the platform tells bots nothing of it."""
        self.telegram.remove(message)

    def redeliver(self, message: Message) -> None:
        """The bot is told of a message once more, however long ago it was."""
        self.telegram.updates.again(self.told[message])

    async def tap(self, message: Message, button: str, *, repeat: int = 1) -> Tap:
        """Tap a button, and wait until the bot answers that. One to copy fills the clipboard."""
        tap = self.begin_tap(message, button, repeat=repeat)
        return await tap.end(self.telegram.patience, self.telegram.complaints)

    def begin_tap(self, message: Message, button: str, *, repeat: int = 1) -> Tap:
        if message.deleted:
            raise NotOffered(f"{message!r} is gone")
        found = message.buttons.get(button)
        if found is None:
            raise NotOffered(f"no {button!r} in {message!r}")
        if "copy_text" in found:
            tap = Tap("", self.telegram.tap_life, label=button, answered=True)
            self.clipboard = found["copy_text"]["text"]
            return tap
        if "callback_data" not in found:
            raise NotOffered(f"{button!r} tells the bot nothing: {found}")
        return self.begin_forged_tap(message, found["callback_data"], button, repeat=repeat)

    async def forge_tap(self, message: Message, data: str, **how) -> Tap:
        """Have a client say that a button was tapped which is on no message."""
        tap = self.begin_forged_tap(message, data, "forged", **how)
        return await tap.end(self.telegram.patience, self.telegram.complaints)

    def begin_forged_tap(
        self, message: Message, data: str, label: str, *, repeat: int = 1, forgotten: bool = False
    ) -> Tap:
        """`forgotten`: the platform no longer says what the message was."""
        telegram = self.telegram
        tap = Tap(telegram.number(), telegram.tap_life, repeat, label=label)
        telegram.keep(telegram.taps, tap.id, tap)
        said_ = {"id": tap.id, "from": self.account.data(), "data": data}
        said_["chat_instance"] = str(message.chat.id * 7919)
        if message.inline_id is not None:
            said_["inline_message_id"] = message.inline_id
        elif forgotten:
            said_["message"] = {"chat": message.chat.data(), "message_id": message.id, "date": 0}
        else:
            said_["message"] = message.told()
        message.doubled = message.doubled or repeat > 1
        telegram.updates.put("callback_query", said_, self.id, repeat=repeat)
        return tap

    async def inline(self, query: str, *, offset: str = "", repeat: int = 1) -> InlineAnswer:
        """Type after the bot's name in some chat; what is shown may come from the cache."""
        telegram = self.telegram
        if len(query) > QUERY_MAX:
            raise NotOffered(f"a query has at most {QUERY_MAX} characters")
        for whose in (None, self.id):
            kept = telegram.inline_cache.get((query, offset, whose))
            if kept is not None and kept[0] > time.monotonic():
                kept[1].cached = True
                return kept[1]
        typing = Typing(telegram.number(), telegram.query_life, repeat, query=query)
        telegram.keep(telegram.typings, typing.id, typing)
        asked = {"id": typing.id, "from": self.account.data(), "query": query, "offset": offset}
        telegram.updates.put(
            "inline_query", asked | {"chat_type": "sender"}, self.id, repeat=repeat
        )
        answer = await typing.end(telegram.patience, telegram.complaints)
        if answer.cache_time > 0:
            key = (query, offset, self.id if answer.personal else None)
            ends = time.monotonic() + answer.cache_time
            telegram.keep(telegram.inline_cache, key, (ends, answer))
        return answer

    async def choose(
        self, answer: InlineAnswer, number: int = 0, *, query: str = "", chat: Chat | None = None
    ) -> Message:
        """Send one of the results that are shown."""
        return await choose(self, answer.results[number], query, chat or self.chat)

    # How the platform passes it on

    def _tell(self, chat: Chat, content: dict, reply_to: Message | None, repeat: int) -> Message:
        message = self._new(chat, self.account, content, reply_to)
        self._update(message, "message", repeat)
        return message

    def _new(self, chat: Chat, author: Account, content: dict, reply_to: Message | None) -> Message:
        if chat.is_group:
            chat.members.setdefault(author.id, author)
        else:
            chat.open = True
        if reply_to is not None:
            content = content | {"reply_to_message": reply_to.data}
        return self.telegram.publish(chat, author, content)

    def _update(self, message: Message, kind: str, repeat: int) -> None:
        message.doubled = message.doubled or repeat > 1
        if is_told(self.telegram, message):
            updates = self.telegram.updates
            update = updates.put(kind, message.told(), message.chat.id, repeat=repeat)
            if update is not None:
                self.told[message] = update
                if len(self.told) > 1_000:
                    self.told.pop(next(iter(self.told)))
