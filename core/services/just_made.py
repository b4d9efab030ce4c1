"""What was just made, for all who wait for it: it may be that it can't be kept anywhere else."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from core.ports_bytes import Content


class JustMade:
    """Contents by tag, for as long as somebody waits who has said so."""

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()
        self._made: dict[str, _Shared] = {}

    @contextmanager
    def wanted(self, tag: str) -> Iterator[None]:
        """What is made meanwhile is held until the last who wants it has it."""
        self._waiting[tag] += 1
        try:
            yield
        finally:
            self._waiting[tag] -= 1
            if not self._waiting[tag]:
                del self._waiting[tag]
                if tag in self._made:
                    self._made.pop(tag).close()

    def find(self, tag: str) -> Content | None:
        """The content, if it was made while somebody wanted it."""
        shared = self._made.get(tag)
        return shared.again() if shared else None

    def share(self, tag: str, content: Content) -> Content:
        """Give it to its maker, and to all others who want it now."""
        self._made[tag] = _Shared(content)
        return self._made[tag].again()


@dataclass(slots=True)
class _Shared:
    """Content of several users, which the last of them closes."""

    content: Content
    users: int = 1

    @property
    def size(self) -> int:
        return self.content.size

    def again(self) -> Content:
        self.users += 1
        return self

    def stream(self, start: int, end: int) -> AsyncGenerator[bytes]:
        return self.content.stream(start, end)

    def close(self) -> None:
        self.users -= 1
        if not self.users:
            self.content.close()
