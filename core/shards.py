"""Which shards of the Discord bot a process runs, where several processes share them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHARDS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?/([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Shards:
    """Shards `first` to `last`, counted from 0, of `count` in all.

    Discord tells what happens on a server to shard `(id >> 22) % count`, and what people do in
    private conversations to shard 0.
    """

    first: int
    last: int
    count: int

    @property
    def ids(self) -> list[int]:
        """Their numbers."""
        return list(range(self.first, self.last + 1))


def parse_shards(text: str) -> Shards | None:
    """`0-3/16`: the first four of sixteen; `5/16`: one of them; empty: none are named.

    Raises:
        ValueError: it reads otherwise, or names what there is not.
    """
    if not text:
        return None
    found = _SHARDS.fullmatch(text)
    if not found:
        raise ValueError("it must read like 0-3/16: the first and the last shard, and of how many")
    first, count = int(found[1]), int(found[3])
    last = int(found[2] or first)
    if not first <= last < count:
        raise ValueError("shards count from 0, so the last of 16 is 15, and the first comes first")
    return Shards(first, last, count)
