"""Who and what there is: accounts and chats."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signals import Signal

if TYPE_CHECKING:
    from telegram_platform.messages import Message

MESSAGES_KEPT = 3_000  # a chat; the oldest are forgotten
ACTIONS_KEPT = 200
PRIVATE, GROUP, SUPERGROUP = "private", "group", "supergroup"
RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_promote_members",
    "can_manage_video_chats",
    "can_pin_messages",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "is_anonymous",
)


@dataclass(eq=False)
class Account:
    id: int
    name: str
    language: str | None = None
    is_bot: bool = False
    username: str | None = None

    def data(self) -> dict:
        known = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name.title()}
        further = {"username": self.username, "language_code": self.language}
        return known | {key: value for key, value in further.items() if value}


@dataclass(eq=False)
class Chat:
    """A conversation. `open`: whether the bot may write there."""

    id: int
    type: str
    title: str = ""
    account: Account | None = None  # who talks with the bot, if it is private
    owner: Account | None = None
    members: dict[int, Account] = field(default_factory=dict)
    admins: set[int] = field(default_factory=set)  # the bot's id, too, if it is one
    open: bool = True
    closed_because: str = ""
    photos: bool = True  # whether the bot may send such there
    topics: dict[int, bool] = field(default_factory=dict)  # of a forum, and whether one is open
    upgraded_to: int | None = None  # the supergroup that a group became
    messages: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    actions: list[str] = field(default_factory=list)  # "typing" and its like
    last_id: int = 0
    changed: Signal = field(default_factory=Signal)  # a message came

    @property
    def is_group(self) -> bool:
        return self.type != PRIVATE

    def keep(self, message: Message) -> None:
        self.messages[message.id] = message
        self.last_id = max(self.last_id, message.id)
        if len(self.messages) > MESSAGES_KEPT:
            self.messages.popitem(last=False)

    def acts(self, action: str) -> None:
        self.actions.append(action)
        del self.actions[:-ACTIONS_KEPT]

    def after(self, number: int) -> list[Message]:
        """The messages after that one, oldest first."""
        found = []
        for message in reversed(self.messages.values()):
            if message.id <= number:
                break
            found.append(message)
        return found[::-1]

    def data(self) -> dict:
        if self.account is not None:
            told = self.account.data()
            return {"id": self.id, "type": PRIVATE} | {
                key: told[key] for key in ("first_name", "username") if key in told
            }
        base = {"id": self.id, "type": self.type, "title": self.title}
        base |= {"is_forum": True} if self.topics else {}
        return base | ({"all_members_are_administrators": False} if self.type == GROUP else {})

    def full(self) -> dict:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        taken = dict.fromkeys((*gifts, "gifts_from_channels"), False)
        known = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": taken}
        return self.data() | known

    def status_of(self, account: Account) -> str:
        if self.owner is not None and account.id == self.owner.id:
            return "creator"
        if account.id in self.admins:
            return "administrator"
        return "member" if account.id in self.members else "left"

    def member(self, account: Account) -> dict:
        status = self.status_of(account)
        shown = {"user": account.data(), "status": status}
        if status == "creator":
            return shown | {"is_anonymous": False}
        if status == "administrator":
            rights = dict.fromkeys(RIGHTS, True)
            return shown | rights | {"can_be_edited": False, "is_anonymous": False}
        return shown
