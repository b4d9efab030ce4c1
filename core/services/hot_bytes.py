"""Bytes that everybody asks for, kept in memory. Who may see them is judged before, each time."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from core.ports_bytes import Content

LARGEST = 4 << 20
"""Bytes of the largest picture that is kept."""


class HotBytes:
    """Pictures by their tags, which change with every byte: nothing kept can be stale."""

    def __init__(self, limit: int) -> None:
        """Keep `limit` bytes at most; 0 keeps nothing."""
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def find(self, tag: str) -> HeldContent | None:
        """The picture, if it is kept."""
        data = self._kept.get(tag)
        if data is None:
            return None
        self._kept.move_to_end(tag)
        return HeldContent(data)

    def through(self, tag: str, content: Content) -> Content:
        """The same content, kept once it is read whole."""
        if content.size > min(LARGEST, self._limit):
            return content
        return _Passing(self, tag, content)

    def keep(self, tag: str, data: bytes) -> None:
        """Keep a picture; those that nobody has asked for the longest make room."""
        self._size += len(data) - len(self._kept.pop(tag, b""))
        self._kept[tag] = data
        while self._size > self._limit:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)


@dataclass(frozen=True, slots=True)
class HeldContent:
    """Fulfils `core.ports_bytes.Content`: bytes in memory."""

    data: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    def cut(self, start: int, end: int) -> bytes | memoryview:
        """The bytes [start, end), none of them copied."""
        if (start, end) == (0, len(self.data)):
            return self.data
        return memoryview(self.data)[start:end]

    async def stream(self, start: int, end: int) -> AsyncGenerator[bytes]:
        yield self.data[start:end]

    def close(self) -> None:
        """Nothing is held but memory."""


@dataclass(frozen=True, slots=True)
class _Passing:
    """Content that is kept once somebody has read the whole of it."""

    hot: HotBytes
    tag: str
    content: Content

    @property
    def size(self) -> int:
        return self.content.size

    async def stream(self, start: int, end: int) -> AsyncGenerator[bytes]:
        read = []
        async with aclosing(self.content.stream(start, end)) as chunks:
            async for chunk in chunks:
                read.append(chunk)
                yield chunk
        if (start, end) == (0, self.size):
            self.hot.keep(self.tag, b"".join(read))

    def close(self) -> None:
        self.content.close()
