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


class _Enough(Exception):
    """Reading on is pointless: the file is over its limit."""


@dataclass(slots=True)
class Form:
    """A form as it came.

    `problems` maps fields to sentences: what was wrong with the form itself, to be told
    together with what is wrong with its values. `too_large` and `too_many`: that one of them
    is a file over its limit, or one file more than may be sent.

    Of several files each stands in its place, also one that is over its limit: of that one
    `size` says so, and it is not whole. `missing`: there is none, and nothing that was to be one.
    """

    fields: dict[str, str] = field(default_factory=dict)
    files: list[ReceivedFile] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)
    too_large: bool = False
    too_many: bool = False
    missing: bool = False

    @property
    def file(self) -> ReceivedFile | None:
        """The one file of a form that takes one."""
        return self.files[0] if self.files else None

    def blame(self, name: str, sentence: str) -> None:
        """Note a problem with a field."""
        self.problems.setdefault(name, []).append(sentence)

    def miss(self, name: str) -> None:
        """Note that there is no file."""
        self.missing = True
        self.blame(name, f"Send the image as multipart/form-data, in a field named `{name}`.")


async def read_form(
    request: web.Request, workspace: Path, max_file: int, *, name: str = "file", most: int = 1
) -> Form:
    """Stream a multipart form; its files go to disk as they come, in any order of fields.

    They are in the field `name`; a form that takes more than one may repeat it. Reading ends as
    soon as the one file passes `max_file` bytes, or another one begins after the last that may
    be sent; of several files, what one has beyond `max_file` is passed over. Whatever is wrong
    with the form stands in its `problems`.

    Raises:
        HTTPRequestTimeout: the body stalled, or took too long in all.
        StorageFull: the disk has no room for the body.
    """
    form = Form()
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    boundary = options.get("boundary")
    if kind != "multipart/form-data" or not boundary:
        form.miss(name)
        return form
    collector = _Collector(form, workspace, name, max_file, most)
    try:
        async with reading(request) as read:
            parser = PushMultipartParser(
                boundary, max_header_size=HEADER_MAX, max_segment_count=PARTS_MAX + most
            )
            bounded = _bounded(read, max_file * most + TEXT_MAX + AROUND_MAX)
            await collector.collect(parser.parse_async(bounded, _READ))
    except MultipartError as err:
        form.blame(name, f"The form is broken: {err.args[0]}.")
    except UnicodeError:
        form.blame(name, "The form is broken: its boundary is no ASCII text.")
    except BodyBroken as err:
        form.blame(name, str(err))
    except _Enough:
        pass
    except ConnectionError:
        raise  # the client left: no fault of the disk's
    except OSError as err:
        raise StorageFull(seconds=30) from err
    finally:
        collector.close()
    if not form.files and name not in form.problems:
        form.miss(name)
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

    def __init__(self, form: Form, workspace: Path, name: str, max_file: int, most: int) -> None:
        self._form = form
        self._workspace = workspace
        self._name = name
        self._max_file = max_file
        self._most = most
        self._out: FileIO | None = None
        self._gathered: list[bytes | bytearray] = []
        self._waiting = 0
        self._size = 0
        self._texts = 0

    def close(self) -> None:
        """Let go of a file that did not end."""
        if self._out is not None:
            self._out.close()
            self._out = None

    async def collect(
        self, events: AsyncIterator[MultipartSegment | bytes | bytearray | None]
    ) -> None:
        """Read to the end of the form, or to where it becomes too much."""
        part: MultipartSegment | None = None
        text = bytearray()
        async for event in events:
            if isinstance(event, MultipartSegment):
                part, text = event, bytearray()
                if self._is_file(part):
                    self._begin()
            elif event is None and part is not None:
                if self._is_file(part):
                    await self._end(part.filename)
                else:
                    self._take(part, bytes(text))
            elif event is not None and part is not None and self._is_file(part):
                await self._gather(event)
            elif event is not None:
                self._texts += len(event)
                if self._texts > TEXT_MAX:
                    self._form.blame(self._name, "The form's text fields are too long in all.")
                    raise _Enough
                text += event

    def _begin(self) -> None:
        count = len(self._form.files)
        if count == self._most:
            self._form.too_many = True
            told = "Send one file; this form has several."
            if count > 1:
                told = f"Send at most {count:,} files; this form has more."
            self._form.blame(self._name, told)
            raise _Enough
        self._size = 0
        self._out = self._path().open("wb", buffering=0)

    def _path(self) -> Path:
        return self._workspace / f"received-{len(self._form.files)}"

    async def _end(self, name: str | None) -> None:
        await self._write()
        self.close()
        self._form.files.append(ReceivedFile(self._path(), self._size, name))

    async def _gather(self, data: bytes | bytearray) -> None:
        self._size += len(data)
        if self._size > self._max_file:
            if self._most == 1:
                self._form.too_large = True
                self._form.blame(self._name, f"The file may have {self._max_file:,} bytes at most.")
                raise _Enough
            return  # what comes of it is not kept, but the next file may be fine
        self._gathered.append(data)
        self._waiting += len(data)
        if self._waiting >= GATHER or len(self._gathered) == PIECES_MAX:
            await self._write()

    async def _write(self) -> None:
        if self._gathered and self._out is not None:
            pieces, self._gathered, self._waiting = self._gathered, [], 0
            await asyncio.to_thread(_write_all, self._out, pieces)

    def _take(self, part: MultipartSegment, data: bytes) -> None:
        name = part.name or ""
        if name == self._name:
            self._form.blame(name, f"The part `{name}` must be a file, with a file name.")
        elif part.filename is not None:
            self._form.blame(name, f"It must be text; files go into the field `{self._name}`.")
        elif name in self._form.fields:
            self._form.blame(name, "This field was sent more than once.")
        else:
            try:
                self._form.fields[name] = data.decode()
            except UnicodeDecodeError:
                self._form.blame(name, "It must be UTF-8 text.")

    def _is_file(self, part: MultipartSegment) -> bool:
        return part.name == self._name and bool(part.filename)


def _write_all(out: FileIO, pieces: list[bytes | bytearray]) -> None:
    left = [memoryview(piece) for piece in pieces]
    while left:
        written = os.writev(out.fileno(), left)
        while left and written >= len(left[0]):
            written -= len(left.pop(0))
        if left:
            left[0] = left[0][written:]
