"""One interaction: a person did something, and the bot has to answer in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signals import Signal

if TYPE_CHECKING:
    from discord_platform.messages import Message
    from discord_platform.world import Account, Channel
    from pace import Pace

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9  # kinds of callbacks
FIRST_RESPONSE, TOKEN_LIFE = 3.0, 15 * 60  # seconds
GRACE = 0.1  # seconds, for what is on its way when the time is up
FOLLOW_UPS_WHEN_USER_INSTALLED = 5
ANSWER_LIMIT = 20.0  # seconds that a test waits for the final answer


class NotAnswered(AssertionError):
    """The person sees "The application did not respond", or waits for ever."""


@dataclass(eq=False, repr=False)
class Modal:
    """A form that the bot opened for a person."""

    data: dict
    interaction: Interaction

    @property
    def title(self) -> str:
        return self.data["title"]

    @property
    def fields(self) -> dict[str, dict]:
        """What can be filled in, by its label."""
        found = {}
        for row in self.data["components"]:
            for one in [row["component"]] if "component" in row else row.get("components", []):
                found[row.get("label") or one.get("label") or one["custom_id"]] = one
        return found

    def __repr__(self) -> str:
        return f"<modal {self.title!r}, fields {list(self.fields)}>"


@dataclass(eq=False, repr=False)
class Interaction:
    """`source` is the message whose component was used, or whose modal was sent in."""

    id: str
    token: str
    type: int
    account: Account
    channel: Channel
    owners: dict[str, str]  # who installed the bot, as `authorizing_integration_owners`
    attachment_limit: int
    deliveries: int = 1
    source: Message | None = None
    pace: Pace = field(kw_only=True)
    first_response: float = FIRST_RESPONSE
    callback: int | None = None
    callback_data: dict = field(default_factory=dict)
    original: Message | None = None  # what `@original` names
    followups: list[Message] = field(default_factory=list)
    follow_ups_sent: int = 0
    source_version: int = 0  # of `source`, when this began
    answered_after: float | None = None  # seconds to the first response
    changed: Signal = field(default_factory=Signal)

    def __post_init__(self) -> None:
        self._began = self.pace.now()

    def __repr__(self) -> str:
        return f"<interaction {self.id} of {self.account.name}, answered by {self.callback}>"

    @property
    def age(self) -> float:
        """In seconds, as a bot in this process has them on a machine that has nothing else to do."""
        return self.pace.now() - self._began

    def grow_older(self, **span: float) -> None:
        """As if it had begun earlier: `grow_older(minutes=15)`."""
        self._began -= span.get("minutes", 0) * 60 + span.get("seconds", 0)

    @property
    def only_user_installed(self) -> bool:
        return "0" not in self.owners

    def acknowledge(self, kind: int, data: dict) -> None:
        self.callback, self.callback_data = kind, data
        self.answered_after = self.age
        self.changed.fire()

    def _finished(self) -> bool:
        if self.callback in {CHOICES, MODAL, REPLY, UPDATE}:
            return True
        if self.callback == DEFER:
            shown = not self.original.loading
            return bool(self.followups) if self.original.deleted else shown
        changed = self.source is not None and self.source.versions > self.source_version
        return changed or bool(self.followups)

    async def answer(self, seconds: float = ANSWER_LIMIT) -> Message | Modal | list[dict]:
        """Wait for what the person finally sees: a message, a modal, or choices.

        Raises NotAnswered where nothing is acknowledged in time, or a promise is not kept.
        """
        while self.callback is None:
            left = self.first_response - self.age + GRACE
            if left < 0:
                raise NotAnswered(f"nothing was answered within {self.first_response:.0f} s")
            await self.changed.until(lambda: self.callback is not None, left)
        if not await self.changed.until(self._finished, seconds):
            raise NotAnswered(f"acknowledged by {self.callback}, and nothing came in {seconds} s")
        if self.callback == CHOICES:
            return self.callback_data["choices"]
        if self.callback == MODAL:
            return Modal(self.callback_data, self)
        if self.callback == DEFER_UPDATE and self.source.versions == self.source_version:
            return self.followups[0]
        if self.original.deleted and self.followups:
            return self.followups[-1]
        return self.original
