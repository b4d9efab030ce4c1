"""Reading multipart forms: the file streams to disk, the texts are gathered."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from api.body import BodyBroken, reading
from core.errors import StorageFull
from core.services.uploads import ReceivedFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from io import FileIO
    from pathlib import Path

    from aiohttp import web

GATHER = 1 << 20
"""Bytes gathered for each write to disk: one thread call a megabyte."""

PIECES_MAX = 512
"""Pieces gathered at most, however small a slow client sends them; a write may take 1,024."""

TEXT_MAX = 512 << 10
"""Bytes of all text fields together: more than all that are allowed can have."""

PARTS_MAX = 128
HEADER_MAX = 32 << 10
"""Bytes of one header line of a part: room for a file name of 10,000 characters."""

AROUND_MAX = 1 << 20
"""Bytes of all that is neither file nor text: boundaries, heads of parts, what surrounds them."""

_READ = 256 << 10
_FORM_NEEDED = "Send the image as multipart/form-data, in a field named `file`."


class _Enough(Exception):
    """Reading on is pointless: the file is over its limit."""


@dataclass(slots=True)
class Form:
    """A form as it came.

    `problems` maps fields to sentences: what was wrong with the form itself, to be told
    together with what is wrong with its values.
    """

    fields: dict[str, str] = field(default_factory=dict)
    file: ReceivedFile | None = None
    problems: dict[str, list[str]] = field(default_factory=dict)

    def blame(self, name: str, sentence: str) -> None:
        """Note a problem with a field."""
        self.problems.setdefault(name, []).append(sentence)


async def read_form(request: web.Request, workspace: Path, max_file: int) -> Form:
    """Stream a multipart form; its file goes to disk as it comes, in any order of fields.

    Reading ends as soon as the file passes `max_file` bytes. Whatever is wrong with the form
    stands in its `problems`.

    Raises:
        HTTPRequestTimeout: the body stalled, or took too long in all.
        StorageFull: the disk has no room for the body.
    """
    form = Form()
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    boundary = options.get("boundary")
    if kind != "multipart/form-data" or not boundary:
        form.blame("file", _FORM_NEEDED)
        return form
    try:
        with (workspace / "received").open("wb", buffering=0) as out:
            collector = _Collector(form, out, workspace / "received", max_file)
            async with reading(request) as read:
                parser = PushMultipartParser(
                    boundary, max_header_size=HEADER_MAX, max_segment_count=PARTS_MAX
                )
                bounded = _bounded(read, max_file + TEXT_MAX + AROUND_MAX)
                await collector.collect(parser.parse_async(bounded, _READ))
    except MultipartError as err:
        form.blame("file", f"The form is broken: {err.args[0]}.")
    except UnicodeError:
        form.blame("file", "The form is broken: its boundary is no ASCII text.")
    except BodyBroken as err:
        form.blame("file", str(err))
    except _Enough:
        pass
    except ConnectionError:
        raise  # the client left: no fault of the disk's
    except OSError as err:
        raise StorageFull(seconds=30) from err
    if form.file is None and "file" not in form.problems:
        form.blame("file", _FORM_NEEDED)
    return form


def _bounded(
    read: Callable[[int], Awaitable[bytes]], longest: int
) -> Callable[[int], Awaitable[bytes]]:
    """Read until more has come than any form needs: what surrounds the parts has no end else."""
    left = longest

    async def read_on(size: int) -> bytes:
        nonlocal left
        data = await read(size)
        left -= len(data)
        if left < 0:
            raise BodyBroken("The form is longer than its fields and a file can be.")
        return data

    return read_on


class _Collector:
    """Sorts the parser's events into a form."""

    def __init__(self, form: Form, out: FileIO, path: Path, max_file: int) -> None:
        self._form = form
        self._out = out
        self._path = path
        self._max_file = max_file
        self._gathered: list[bytes | bytearray] = []
        self._waiting = 0
        self._size = 0
        self._texts = 0

    async def collect(
        self, events: AsyncIterator[MultipartSegment | bytes | bytearray | None]
    ) -> None:
        """Read to the end of the form, or to where it becomes too much."""
        part: MultipartSegment | None = None
        text = bytearray()
        async for event in events:
            if isinstance(event, MultipartSegment):
                part, text = event, bytearray()
                if _is_file(part) and self._form.file is not None:
                    self._form.blame("file", "Send one file; this form has several.")
                    raise _Enough
            elif event is None and part is not None:
                if _is_file(part):
                    await self._write()
                    self._form.file = ReceivedFile(self._path, self._size, part.filename)
                else:
                    self._take(part, bytes(text))
            elif event is not None and part is not None and _is_file(part):
                await self._gather(event)
            elif event is not None:
                self._texts += len(event)
                if self._texts > TEXT_MAX:
                    self._form.blame("file", "The form's text fields are too long in all.")
                    raise _Enough
                text += event

    async def _gather(self, data: bytes | bytearray) -> None:
        self._size += len(data)
        if self._size > self._max_file:
            self._form.blame("file", f"The file may have {self._max_file:,} bytes at most.")
            raise _Enough
        self._gathered.append(data)
        self._waiting += len(data)
        if self._waiting >= GATHER or len(self._gathered) == PIECES_MAX:
            await self._write()

    async def _write(self) -> None:
        if self._gathered:
            pieces, self._gathered, self._waiting = self._gathered, [], 0
            await asyncio.to_thread(_write_all, self._out, pieces)

    def _take(self, part: MultipartSegment, data: bytes) -> None:
        name = part.name or ""
        if name == "file":
            self._form.blame("file", "The part `file` must be a file, with a file name.")
        elif part.filename is not None:
            self._form.blame(name, "It must be text; the one file goes into the field `file`.")
        elif name in self._form.fields:
            self._form.blame(name, "This field was sent more than once.")
        else:
            try:
                self._form.fields[name] = data.decode()
            except UnicodeDecodeError:
                self._form.blame(name, "It must be UTF-8 text.")


def _is_file(part: MultipartSegment) -> bool:
    return part.name == "file" and bool(part.filename)


def _write_all(out: FileIO, pieces: list[bytes | bytearray]) -> None:
    left = [memoryview(piece) for piece in pieces]
    while left:
        written = os.writev(out.fileno(), left)
        while left and written >= len(left[0]):
            written -= len(left.pop(0))
        if left:
            left[0] = left[0][written:]
