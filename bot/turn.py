"""One request being answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import words
from core.services.access import user_caller

if TYPE_CHECKING:
    from bot.asking import Ask
    from bot.texts import Span, Words
    from core.bootstrap import Core
    from core.chats import Person
    from core.model import Caller


@dataclass(frozen=True, slots=True)
class Turn:
    """What handlers are given: the core, what is asked, and who asks."""

    core: Core
    ask: Ask
    caller: Caller

    def caller_of(self, person: Person) -> Caller:
        """The asker, who has become this person."""
        return user_caller(person.user, person.team)

    def say(self, key: str, **values: Span | Words | int) -> Words:
        """A text in the asker's language; see Language.say."""
        return self.ask.language.say(key, **values)

    def size(self, count: int) -> str:
        """Bytes as the asker reads them."""
        return self.ask.language.told(words.size(count))

    def text(self, key: str, **values: str | int) -> str:
        """Likewise, without markup; see Language.text."""
        return self.ask.language.text(key, **values)
