"""Files that the platform keeps, and the host that they are downloaded from."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import mimetypes
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from telegram_platform.refusals import bad

TYPES = mimetypes.MimeTypes()
for extension in ("webp", "avif", "heic"):  # which Python learns in later versions
    TYPES.add_type(f"image/{extension}", f".{extension}")
KEPT = 512 << 20  # bytes of all files; the oldest are forgotten
DOWNLOAD_MAX = 20 << 20  # bytes, but for a server of one's own
FOLDERS = {"photo": "photos", "sticker": "stickers", "animation": "animations"}


@dataclass(frozen=True)
class File:
    """A file that somebody sends; how it is served may be as bad as networks are."""

    data: bytes
    name: str | None = "picture.png"
    content_type: str | None = None  # else by the name
    claims_size: int | None = None  # what is said of it, in place of the truth; 0: nothing
    stalls_after: int | None = None  # after so many bytes it says nothing more
    drops_after: int | None = None  # after so many bytes the connection is cut

    @property
    def kind(self) -> str:
        guess = TYPES.guess_type(self.name)[0] if self.name else None
        return self.content_type or guess or "application/octet-stream"

    @property
    def size(self) -> int:
        return len(self.data) if self.claims_size is None else self.claims_size


@dataclass(eq=False)
class Stored:
    """A file with its ids. `kind`: photo, document, sticker, animation."""

    file: File
    kind: str
    number: int
    id: str = ""
    unique_id: str = ""
    paths: set[str] = field(default_factory=set)  # those that are good

    def __post_init__(self) -> None:
        self.id = f"{'AgAC' if self.kind == 'photo' else 'BQAC'}{secrets.token_urlsafe(48)}"
        named = f"{self.number} {self.kind}".encode()
        self.unique_id = f"AQAD{hashlib.sha256(named).hexdigest()[:12]}"

    def data(self) -> dict:
        known = {"file_id": self.id, "file_unique_id": self.unique_id}
        return known | ({"file_size": self.file.size} if self.file.size else {})


def as_file(given: bytes | File, name: str) -> File:
    return given if isinstance(given, File) else File(given, name)


class Files:
    """Keeps files by id. `fetches` counts downloads, by id. `local`: the folder of a server that
    runs beside the bot, which has no limit, and answers paths on this machine."""

    def __init__(self, local: Path | None = None) -> None:
        self.local = local
        self.fetches: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._files: OrderedDict[str, Stored] = OrderedDict()
        self._paths: dict[str, Stored] = {}
        self._size = 0
        self._over = asyncio.Event()

    def keep(self, file: File, kind: str) -> Stored:
        stored = Stored(file, kind, next(self._numbers))
        self._files[stored.id] = stored
        self._size += len(file.data)
        while self._size > KEPT and len(self._files) > 1:
            _, forgotten = self._files.popitem(last=False)
            self._size -= len(forgotten.file.data)
            for path in forgotten.paths:
                self._paths.pop(path, None)
        return stored

    def find(self, number: str) -> Stored:
        if number not in self._files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return self._files[number]

    def bytes_of(self, number: str) -> bytes:
        return self._files[number].file.data

    def locate(self, number: str) -> dict:
        """What getFile answers."""
        stored = self.find(number)
        size = max(len(stored.file.data), stored.file.size)
        if self.local is None and size > DOWNLOAD_MAX:
            raise bad("file is too big")
        if not stored.paths:
            self._give_path(stored)
        return stored.data() | {"file_path": next(iter(stored.paths))}

    def expire(self) -> None:
        """Every path given so far is over; getFile gives new ones."""
        self._paths.clear()
        for stored in self._files.values():
            stored.paths.clear()

    def _give_path(self, stored: Stored) -> None:
        ending = Path(stored.file.name or "file").suffix
        ending = ending if ending.isascii() and ending.isprintable() else ""
        folder = FOLDERS.get(stored.kind, "documents")
        path = f"{folder}/file_{stored.number}_{secrets.token_hex(3)}{ending}"
        if self.local is not None:
            place = self.local / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(stored.file.data)
            path = str(place)
        stored.paths.add(path)
        self._paths[path] = stored

    def end(self) -> None:
        """Let go of whom stalled answers keep waiting."""
        self._over.set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        stored = self._paths.get(request.match_info["path"])
        if stored is None or self.local is not None:
            said = {"ok": False, "error_code": 404, "description": "Not Found"}
            return web.json_response(said, status=404)
        self.fetches[stored.id] = self.fetches.get(stored.id, 0) + 1
        headers = {"Content-Type": "application/octet-stream"}
        file = stored.file
        if file.stalls_after is None and file.drops_after is None:
            return web.Response(body=file.data, headers=headers)
        response = web.StreamResponse(headers=headers)
        response.content_length = len(file.data)
        await response.prepare(request)
        given = file.stalls_after if file.drops_after is None else file.drops_after
        await response.write(file.data[:given])
        if file.drops_after is None:
            await self._over.wait()
        if request.transport is not None:
            request.transport.abort()
        return response
