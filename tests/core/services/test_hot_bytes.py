"""Pictures in memory: bounded, and the very bytes."""

from __future__ import annotations

import secrets
from contextlib import aclosing

import pytest

from core.errors import BlobMissing
from core.services.hot_bytes import LARGEST, HotBytes

PART = 1_000


class Source:
    """Content that counts how often it is read; it may end early."""

    def __init__(self, data, broken=False):
        self.data, self.broken = data, broken
        self.size = len(data)
        self.reads = 0

    async def stream(self, start, end):
        self.reads += 1
        for first in range(start, end, 1_000):
            if self.broken and first > start:
                raise BlobMissing
            yield self.data[first : min(first + 1_000, end)]

    def close(self):
        """Nothing to let go of."""


async def read(content, start=0, end=None) -> bytes:
    async with aclosing(content.stream(start, content.size if end is None else end)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def kept(hot, tag, data) -> bool:
    await read(hot.through(tag, Source(data)))
    return hot.find(tag) is not None


async def test_what_was_read_whole_is_found_and_the_same():
    hot, data = HotBytes(1 << 20), secrets.token_bytes(3 * PART + 7)
    source = Source(data)
    assert hot.find("a") is None
    assert await read(hot.through("a", source)) == data
    found = hot.find("a")
    assert found.size == len(data)
    for start, end in ((0, len(data)), (0, 1), (PART - 1, 2 * PART + 1), (5, 5)):
        assert await read(found, start, end) == data[start:end]
    assert source.reads == 1


async def test_what_is_sent_is_no_copy():
    hot, data = HotBytes(1 << 20), bytes(range(256)) * 8
    await read(hot.through("a", Source(data)))
    content = hot.find("a")
    assert content.cut(0, len(data)) is content.data
    part = content.cut(5, 9)
    assert (part.obj is content.data, bytes(part)) == (True, data[5:9])


async def test_a_part_alone_is_not_kept():
    hot = HotBytes(1 << 20)
    assert await read(hot.through("a", Source(b"picture")), 1, 7) == b"icture"
    assert hot.find("a") is None


async def test_what_broke_off_is_not_kept():
    hot = HotBytes(1 << 20)
    with pytest.raises(BlobMissing):
        await read(hot.through("a", Source(bytes(5_000), broken=True)))
    assert hot.find("a") is None


async def test_those_not_asked_for_the_longest_make_room():
    hot = HotBytes(10_000)
    for tag in "abcd":
        assert await kept(hot, tag, bytes(2_500))
    hot.find("a")
    assert await kept(hot, "e", bytes(3_000))
    assert [tag for tag in "abcde" if hot.find(tag)] == ["a", "d", "e"]


async def test_to_keep_one_again_takes_no_more_room():
    hot = HotBytes(10_000)
    for _ in range(5):
        assert await kept(hot, "a", bytes(4_000))
    assert await kept(hot, "b", bytes(6_000))
    assert hot.find("a")


@pytest.mark.parametrize(("limit", "size"), [(0, 1), (1_000, 1_001), (1 << 30, LARGEST + 1)])
async def test_what_is_too_large_is_passed_on(limit, size):
    hot = HotBytes(limit)
    assert not await kept(hot, "a", bytes(size))
