"""Fetches the files that a Bot API server of one's own (`--local`) has put on this disk.

Such a server keeps them at `{its folder}/{the bot's token}/{photos, documents …}/{name}`, and tells
the bot whole paths. Only what has that shape is read, from the token's folder on without following
any link: whoever could make the bot ask for another path gets nothing of this machine's.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from urllib.parse import unquote_to_bytes

import structlog

from core.adapters.fetch_body import PORTION, save_body, to_the_end, too_large
from core.adapters.fetch_slots import FetchSlots
from core.adapters.fetch_url import shown_name
from core.errors import AddressRefused, FetchFailed, FetchTimedOut
from core.model import FetchedFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from core.adapters.fetch_body import Sniff

log = structlog.get_logger("pixferry.attachments")

SCHEME = "file:///"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY  # of a pipe or device it must not wait
_ODD = frozenset({errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR})
"""What opening gives where a link, a folder or a socket stands in a file's place."""


class _Place(NamedTuple):
    """Where a file lies: the server's folder, then names from the token on."""

    folder: str
    names: tuple[str, ...]


class LocalFiles:
    """A Fetcher of `file:///` addresses.

    Args:
        token: the bot's, whose folder the files lie in.
        looks_like_image: judges a file by its first bytes.
        max_fetches: files read at once; one more is Unavailable.
        total_timeout: seconds that one may take.
    """

    def __init__(
        self, token: str, looks_like_image: Sniff, *, max_fetches: int, total_timeout: float
    ) -> None:
        self._token = token
        self._looks_like_image = looks_like_image
        self._slots = FetchSlots(max_fetches, total_timeout)

    async def fetch(self, url: str, target: Path, max_bytes: int) -> FetchedFile:
        """See Fetcher.fetch; the file stays where it is.

        Raises:
            AddressRefused: the server keeps nothing there, or what is there is no file.
            FetchFailed: there is nothing, or it can't be read.
        """
        place = self._place(url)
        try:
            async with self._slots.taken(), _opened(place) as file:
                if os.fstat(file.fileno()).st_size > max_bytes:
                    raise too_large(max_bytes)
                chunks = _portions(file)
                size = await save_body(chunks, target, max_bytes, self._looks_like_image)
        except TimeoutError as err:
            raise FetchTimedOut from err
        return FetchedFile(target, size, shown_name(place.names[-1]))

    async def close(self) -> None:
        """See Fetcher.close."""
        await self._slots.close()

    def _place(self, url: str) -> _Place:
        if not url.startswith(SCHEME) or "?" in url or "#" in url:
            raise refused()
        path = unquote_to_bytes(url.removeprefix(SCHEME.removesuffix("/")))
        names = os.fsdecode(path).split("/")[1:]
        if b"\0" in path or not {"", ".", ".."}.isdisjoint(names) or self._token not in names:
            raise refused()
        at = names.index(self._token)
        below = names[at:]
        if len(below) < 3:  # noqa: PLR2004  token, folder, file: beside those lies its database
            raise refused()
        return _Place("/" + "/".join(names[:at]), tuple(below))


def refused() -> Exception:
    """The error for what is no attachment's address."""
    return AddressRefused.on("url", "This is no attachment's address.")


@asynccontextmanager
async def _opened(place: _Place) -> AsyncIterator[BinaryIO]:
    opened: list[BinaryIO] = []  # so that one that opens while we are cancelled is closed, too
    try:
        await to_the_end(lambda: opened.append(_open(place)))
        yield opened[0]
    finally:
        for file in opened:
            file.close()


def _open(place: _Place) -> BinaryIO:
    try:
        return _open_below(place)
    except OSError as err:
        if err.errno in _ODD:
            raise refused() from err
        # The path has the token in it: it is told to nobody.
        log.warning("a file of the Bot API server can't be read", reason=err.strerror)
        raise FetchFailed("The file could not be read.") from None


def _open_below(place: _Place) -> BinaryIO:
    """Open step by step, so that no name on the way can become a link meanwhile."""
    *folders, name = place.names
    with ExitStack() as stack:
        at = os.open(place.folder, _FOLDER)
        stack.callback(os.close, at)
        for folder in folders:
            at = os.open(folder, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
            stack.callback(os.close, at)
        found = os.open(name, _FILE | os.O_NOFOLLOW, dir_fd=at)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise refused()
    return os.fdopen(found, "rb", buffering=0)


async def _portions(file: BinaryIO) -> AsyncIterator[bytes]:
    while portion := await to_the_end(partial(_read, file)):
        yield portion


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(PORTION)
    except OSError as err:
        log.warning("a file of the Bot API server can't be read", reason=err.strerror)
        raise FetchFailed("The file could not be read.") from None
