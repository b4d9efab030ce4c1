"""A foreign answer's bytes on their way to a file: counted, looked at, written in portions."""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from core.errors import FileTooLarge, StorageFull, Unavailable, UnsupportedImage
from core.model import MB

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    Sniff = Callable[[bytes], bool]

T = TypeVar("T")

HEAD = 4_096
PORTION = 256 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


async def save_body(
    chunks: AsyncIterator[bytes], target: Path, max_bytes: int, looks_like_image: Sniff
) -> int:
    """Write the chunks to `target` and give their number of bytes; memory stays flat.

    `looks_like_image` gets the first 4,096 bytes or more, or all if there are fewer, before
    anything is written. Whatever goes wrong, being cancelled included, no file is left.

    Raises:
        FileTooLarge: more than `max_bytes` came.
        UnsupportedImage: the beginning is no image's.
        StorageFull: the disk is full.
        Unavailable: the disk can't be written to.
    """
    try:
        return await _save(chunks, target, max_bytes, looks_like_image)
    except BaseException:
        await to_the_end(partial(target.unlink, missing_ok=True))
        raise


def too_large(max_bytes: int) -> Exception:
    """The error for an answer over the limit."""
    limit = f"{max_bytes // MB} MB" if max_bytes >= MB else f"{max_bytes:,} bytes"
    return FileTooLarge.on("url", f"The file at this address is larger than {limit}.")


async def _save(
    chunks: AsyncIterator[bytes], target: Path, max_bytes: int, looks_like_image: Sniff
) -> int:
    waiting = bytearray()
    written = 0
    sniffed = False
    async for chunk in chunks:
        waiting += chunk
        if written + len(waiting) > max_bytes:
            raise too_large(max_bytes)
        if not sniffed and len(waiting) >= HEAD:
            _refuse_unless_image(waiting, looks_like_image)
            sniffed = True
        if len(waiting) >= PORTION:
            await to_the_end(partial(_write, target, bytes(waiting), first=not written))
            written += len(waiting)
            waiting.clear()
    if not sniffed:
        _refuse_unless_image(waiting, looks_like_image)
    if waiting:
        await to_the_end(partial(_write, target, bytes(waiting), first=not written))
    return written + len(waiting)


def _refuse_unless_image(head: bytearray, looks_like_image: Sniff) -> None:
    if not looks_like_image(bytes(head)):
        raise UnsupportedImage.on("url", "What this address gives is no image that we can read.")


def _write(target: Path, portion: bytes, *, first: bool) -> None:
    """Add to the file. It is opened each time, so that none is open while we are cancelled."""
    try:
        with target.open("wb" if first else "ab", buffering=0) as file:
            rest = memoryview(portion)
            while rest:
                rest = rest[file.write(rest) :]
    except OSError as err:
        if err.errno in _FULL:
            raise StorageFull(seconds=30) from err
        raise Unavailable("The work folder can't be written to right now.", seconds=5) from err


async def to_the_end(work: Callable[[], T]) -> T:
    """Run in a thread, and when cancelled wait for it all the same: what it does is then done."""
    thread = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        while not thread.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({thread})
        if not thread.cancelled():
            thread.exception()  # looked at, lest asyncio report it as lost
        raise
