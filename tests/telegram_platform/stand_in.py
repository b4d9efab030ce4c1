"""A stand-in for Telegram on loopback: the Bot API and its files, for the real library.

    async with telegram_platform() as telegram:
        # the bot is told telegram.url and telegram.token
        ada = telegram.user("ada", language="de")
        reply = await ada.send_photo(jpeg(), caption="a cat")
        assert "a cat" in reply.text
        tap = await ada.tap(reply, "Delete")
        assert tap.text == "Deleted"
        cats = telegram.group("Cats", ada, admins=[ada])
        await ada.send("/upload@pixferry_bot", chat=cats, reply_to=message)

Whoever sends waits for the bot's next message there, at most `telegram.patience` seconds, and gets
it: a `Message`, whose text, preview, buttons, picture and deletion are always as they are now.
`post`, `post_album`, `forward`, `edit` tell the bot, do not wait, and give the person's own message;
`await telegram.answer_to(message)` waits later. What the person could not do raises `NotOffered`, a
bot that says nothing `NotAnswered`. `repeat=2` delivers the same update twice.

What the bot does wrong is refused as the platform refuses it, and kept in `telegram.complaints`; the
block fails at its end if there are any. A test that wants them takes them: `telegram.forgive()`.

`telegram.privacy = False`, `bot_admin=True`, `remove_bot(group)`, `upgrade(group)` and `block(person)`
are what administrators and people do. `ada.inline("words")` gives results, which `ada.choose` sends;
`ada.commands(chat)` is the menu there.

`telegram.troubles` has rate limits, errors, stalls and cut connections by method, and of downloads
(`"file"`); `telegram.floods` the limits that always hold; `telegram.files.expire()` ends paths;
`File(…, stalls_after=…)` stands for a bad download. `local=folder` is a server of the bot's own.
"""

from __future__ import annotations

import itertools
import random
import secrets
import time
from collections import Counter, OrderedDict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from signals import Signal
from telegram_platform.answers import NotAnswered
from telegram_platform.api import application
from telegram_platform.files import Files
from telegram_platform.floods import Floods
from telegram_platform.messages import Message
from telegram_platform.people import Person
from telegram_platform.photos import Photos
from telegram_platform.refusals import Complaint
from telegram_platform.troubles import Troubles
from telegram_platform.updates import Updates
from telegram_platform.world import GROUP, PRIVATE, SUPERGROUP, Account, Chat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path

    from telegram_platform.answers import InlineAnswer, Tap, Typing

KEPT = 5_000  # taps, queries and inline messages
COMPLAINTS_KEPT = 1_000
PATIENCE = 30  # seconds that people wait for the bot
TAP_LIFE, QUERY_LIFE = 15, 10  # seconds until an answer is too late
STRANGER = "bot can't initiate conversation with a user"


class Telegram:
    """The platform. Made by `telegram_platform`."""

    def __init__(self, local: Path | None = None) -> None:
        self._numbers = itertools.count(random.randrange(10**8, 10**9), 17)
        self._messages = itertools.count(1)  # of all chats but supergroups
        self.bot = Account(
            next(self._numbers), "pixferry", None, is_bot=True, username="pixferry_bot"
        )
        self.token = f"{self.bot.id}:{secrets.token_urlsafe(40)[:35]}"
        self.privacy = True  # in groups, only what is meant for the bot is told to it
        self.inline_mode = True
        self.logged_out = False
        self.patience = PATIENCE
        self.tap_life, self.query_life = TAP_LIFE, QUERY_LIFE
        self.url = ""
        self.accounts: dict[int, Account] = {self.bot.id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.commands: dict[tuple[str, str], list[dict]] = {}  # by scope and language
        self.calls: Counter[str] = Counter()  # of methods
        self.called = Signal()
        self.complaints: list[Complaint] = []
        self.changed = Signal()  # messages were published, changed, removed
        self.updates = Updates()
        self.files = Files(local and local / self.token)
        self.photos = Photos(self.files)
        self.floods = Floods()
        self.troubles = Troubles()
        self.taps: OrderedDict[str, Tap] = OrderedDict()
        self.typings: OrderedDict[str, Typing] = OrderedDict()
        self.inline_messages: OrderedDict[str, Message] = OrderedDict()
        self.inline_cache: OrderedDict[tuple, tuple[float, InlineAnswer]] = OrderedDict()

    @property
    def base_url(self) -> str:
        """For the library's `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    # People and places

    def user(self, name: str, *, language: str | None = "en", started: bool = True) -> Person:
        """Somebody new. `started`: whether the bot may write to them unasked."""
        account = Account(
            next(self._numbers), name, language, username=f"{name.lower()}_{name[::-1].lower()}"
        )
        self.accounts[account.id] = account
        chat = Chat(account.id, PRIVATE, account=account, open=started, closed_because=STRANGER)
        self.chats[chat.id] = chat
        return Person(self, account, chat)

    def group(
        self,
        title: str = "Group",
        *people: Person,
        admins: Iterable[Person] = (),
        supergroup: bool = True,
        bot_admin: bool = False,
    ) -> Chat:
        """A new group with the bot in it, owned by somebody whom nobody knows."""
        owner = Account(next(self._numbers), f"owner of {title}")
        self.accounts[owner.id] = owner
        number = next(self._numbers)
        number = -1_000_000_000_000 - number if supergroup else -number
        members = {one.id: one for one in (owner, self.bot, *(person.account for person in people))}
        raised = {person.id for person in admins} | ({self.bot.id} if bot_admin else set())
        members |= {person.id: person.account for person in admins}
        kind = SUPERGROUP if supergroup else GROUP
        chat = Chat(number, kind, title, owner=owner, members=members, admins=raised)
        self.chats[number] = chat
        return chat

    def topic(self, chat: Chat, name: str = "Topic") -> int:
        """A new topic of a supergroup, which is a forum from then on."""
        about = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        chat.topics[chat.last_id + 1] = True
        about |= {"message_thread_id": chat.last_id + 1, "is_topic_message": True}
        message = self.publish(chat, chat.owner, about)
        self.updates.put("message", message.told(), chat.id)
        return message.id

    def owner_of(self, chat: Chat) -> Person:
        return Person(
            self, chat.owner, self.chats.setdefault(chat.owner.id, self._stranger(chat.owner))
        )

    def _stranger(self, account: Account) -> Chat:
        return Chat(account.id, PRIVATE, account=account, open=False, closed_because=STRANGER)

    def remove_bot(self, chat: Chat) -> None:
        """The group's administrators throw the bot out."""
        chat.open = False
        chat.closed_because = f"bot was kicked from the {chat.type} chat"
        self._membership(chat, chat.owner, "kicked")

    def add_bot(self, chat: Chat) -> None:
        """They take it in again."""
        chat.open = True
        self._membership(chat, chat.owner, "member")

    def _membership(self, chat: Chat, by: Account, status: str) -> None:
        other = "member" if status == "kicked" else "kicked"
        states = {
            "old_chat_member": {"user": self.bot.data(), "status": other},
            "new_chat_member": {"user": self.bot.data(), "status": status},
        }
        for state in states.values():
            if state["status"] == "kicked":
                state["until_date"] = 0
        told = {"chat": chat.data(), "from": by.data(), "date": int(time.time())}
        self.updates.put("my_chat_member", told | states, chat.id)

    def upgrade(self, group: Chat) -> Chat:
        """A group becomes a supergroup: another chat, with the same people."""
        number = -1_000_000_000_000 - next(self._numbers)
        parts = {"owner": group.owner, "members": group.members, "admins": group.admins}
        chat = Chat(number, SUPERGROUP, group.title, **parts)
        self.chats[number], group.upgraded_to = chat, number
        for place, said in (
            (group, {"migrate_to_chat_id": number}),
            (chat, {"migrate_from_chat_id": group.id}),
        ):
            message = self.publish(place, group.owner, said)
            self.updates.put("message", message.told(), place.id)
        return chat

    def block(self, person: Person) -> None:
        """Somebody wants to hear nothing more of the bot."""
        person.chat.open = False
        person.chat.closed_because = "bot was blocked by the user"
        self._membership(person.chat, person.account, "kicked")

    def unblock(self, person: Person) -> None:
        person.chat.open = True
        self._membership(person.chat, person.account, "member")

    # Messages

    def new(self, chat: Chat, author: Account, content: dict) -> Message:
        """A new message is there; the bot is not told of it."""
        number = chat.last_id + 1 if chat.type == SUPERGROUP else next(self._messages)
        base = {"message_id": number, "from": author.data(), "chat": chat.data()}
        message = Message(base | {"date": int(time.time())} | content, chat, self.files)
        chat.keep(message)
        return message

    def publish(self, chat: Chat, author: Account, content: dict) -> Message:
        message = self.new(chat, author, content)
        chat.changed.fire()
        self.changed.fire()
        return message

    def remove(self, message: Message) -> None:
        message.delete()
        self.changed.fire()

    async def answer_to(self, message: Message, seconds: float | None = None) -> Message:
        """The bot's first message after that one in its chat; in groups, one that replies to it
        comes before."""

        def found() -> Message | None:
            mine = [one for one in message.chat.after(message.id) if one.sender == self.bot.id]
            replies = [one for one in mine if one.reply_to is message]
            free = [one for one in mine if "reply_to_message" not in one.data]
            return next(iter(replies or free or (mine if not message.chat.is_group else [])), None)

        seconds = self.patience if seconds is None else seconds
        if not await message.chat.changed.until(found, seconds):
            raise NotAnswered(f"the bot did not react to {message!r}: {self.complaints}")
        return found()

    async def until(self, holds: Callable[[], object], seconds: float | None = None) -> None:
        """Wait for what comes of messages."""
        if not await self.changed.until(holds, self.patience if seconds is None else seconds):
            raise NotAnswered(f"it did not come so: {self.complaints}")

    # What the bot does wrong

    def complain(self, complaint: Complaint) -> None:
        if len(self.complaints) < COMPLAINTS_KEPT:
            self.complaints.append(complaint)
        self.changed.fire()

    def noting(self, where: str) -> Callable[[str], None]:
        """Notes something that the platform lets through, and that nobody wants."""
        return lambda message: self.complain(Complaint(where, 200, message))

    def forgive(self) -> list[Complaint]:
        """The complaints so far, which no longer make the test fail."""
        taken = self.complaints.copy()
        self.complaints.clear()
        return taken

    # What waits for answers

    def keep(self, kept: OrderedDict, name: str, value: object) -> None:
        kept[name] = value
        if len(kept) > KEPT:
            kept.popitem(last=False)

    @property
    def unanswered(self) -> list[str]:
        """Labels of buttons whose clients show a clock still."""
        return [tap.label for tap in self.taps.values() if not tap.answered]

    def number(self) -> str:
        """A name for a tap or a query."""
        return str(random.randrange(10**17, 10**18))


@asynccontextmanager
async def telegram_platform(*, port: int = 0, local: Path | None = None) -> AsyncIterator[Telegram]:
    """The platform for the length of a block. Fails at its end if there are complaints."""
    telegram = Telegram(local)
    runner = web.AppRunner(application(telegram), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    telegram.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield telegram
        if telegram.complaints:
            raise AssertionError("\n".join(["The bot did wrong:", *map(str, telegram.complaints)]))
    finally:
        telegram.files.end()
        if telegram.updates.webhook is not None:
            await telegram.updates.webhook.end()
        await runner.cleanup()
