"""The bytes of one blob on their way to the storage, or from it."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from urllib3.exceptions import ProtocolError

from core.adapters.s3.failures import WrongAnswer, too_short

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from urllib3 import BaseHTTPResponse

    from core.adapters.s3.failures import Failures

CHUNK = 256 * 1024
UNKNOWN = -1
_PARTIAL_CONTENT = 206
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(?:\d+|\*)")


class Outgoing(io.FileIO):
    """A file being sent: knows the size and MD5 of what was read, and stops when nobody waits."""

    def __init__(self, source: Path, given_up: Event) -> None:
        super().__init__(source)
        found = os.fstat(self.fileno())
        self.size = found.st_size if stat.S_ISREG(found.st_mode) else UNKNOWN
        self.sent = 0
        self._md5 = hashlib.md5(usedforsecurity=False)  # what an ETag is made by
        self._given_up = given_up

    @property
    def md5(self) -> str:
        """Of all that was read, in hex."""
        return self._md5.hexdigest()

    def read(self, size: int | None = -1, /) -> bytes:
        if self._given_up.is_set():
            raise BrokenPipeError("nobody waits for this upload any more")
        data = super().read(size) or b""
        self.sent += len(data)
        self._md5.update(data)
        return data


class Incoming:
    """The bytes [start, end) of an object as they come; `close` may come at any time."""

    def __init__(self, answer: BaseHTTPResponse, start: int, end: int, failures: Failures) -> None:
        """Take an answer, and the first of its bytes.

        Raises:
            WrongAnswer: it is not what was asked for.
            BlobMissing: the object is shorter.
            Unavailable: no bytes come.
        """
        self._answer = answer
        self._left = end - start
        self._failures = failures
        try:
            _compare(answer, start, end)
            self.first = self.read()
        except Exception:
            self.close()
            raise

    def read(self) -> bytes:
        """The next bytes; none when the connection broke.

        Raises:
            Unavailable: nothing comes.
        """
        with self._failures.translated():
            try:
                data = self._answer.read(min(CHUNK, self._left), decode_content=False)
            except ProtocolError:
                return b""
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Give the connection back; one with bytes still to come is closed."""
        with suppress(ValueError, RuntimeError):  # it was given back already
            self._answer.shutdown()  # wakes a thread that reads
        self._answer.close()


def _compare(answer: BaseHTTPResponse, start: int, end: int) -> None:
    if answer.status != _PARTIAL_CONTENT:
        raise WrongAnswer(f"{answer.status} to a request for a range of bytes")
    said = answer.headers.get("Content-Range", "")
    found = _RANGE.fullmatch(said)
    if not found or int(found[1]) != start or int(found[2]) >= end:
        raise WrongAnswer(f"Content-Range {said!r} to a request for bytes {start}-{end - 1}")
    if int(found[2]) < end - 1:
        raise too_short()
    length = answer.headers.get("Content-Length")
    if length is not None and length != str(end - start):
        raise WrongAnswer(f"Content-Length {length!r} for {end - start} bytes")
