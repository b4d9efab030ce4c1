"""The host of attachments: signed addresses, which may be late, short, false or dead."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import mimetypes
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web
from PIL import Image

TYPES = mimetypes.MimeTypes()
for extension in ("webp", "avif", "heic"):  # which Python learns in later versions
    TYPES.add_type(f"image/{extension}", f".{extension}")
LIFE = 24 * 3600  # seconds that an address is good
KEPT = 256 << 20  # bytes of all files; the oldest are forgotten


@dataclass(frozen=True)
class File:
    """A file that a person attaches; how it is served may be as bad as networks are."""

    data: bytes
    name: str = "picture.png"
    content_type: str | None = None  # else by the name, as the platform does it
    claims_size: int | None = None  # what is said of it, in place of the truth
    expired: bool = False  # its address is answered by 404
    stalls_after: int | None = None  # after so many bytes it says nothing more
    drops_after: int | None = None  # after so many bytes the connection is cut
    description: str | None = None
    spoiler: bool = False

    @property
    def kind(self) -> str | None:
        return self.content_type or TYPES.guess_type(self.name)[0]

    @property
    def clean_name(self) -> str:
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", self.name).strip("_") or "unknown"
        return f"SPOILER_{name}" if self.spoiler and not name.startswith("SPOILER_") else name


class Cdn:
    """Keeps files by id. `fetches` counts what was asked for, by id."""

    def __init__(self) -> None:
        self.base = ""  # known once the server listens
        self.fetches: dict[str, int] = {}
        self._secret = secrets.token_bytes(16)
        self._files: OrderedDict[str, File] = OrderedDict()
        self._size = 0
        self._over = asyncio.Event()

    def keep(self, number: str, place: str, file: File, *, ephemeral: bool = False) -> dict:
        """Keep a file; gives it as the API shows it. `place`: the channel's id."""
        self._files[number] = file
        self._size += len(file.data)
        while self._size > KEPT and len(self._files) > 1:
            oldest, forgotten = self._files.popitem(last=False)
            self.fetches.pop(oldest, None)
            self._size -= len(forgotten.data)
        url = self._signed(f"/{'ephemeral-' * ephemeral}attachments/{place}/{number}", file)
        kind = file.kind
        shown = {
            "id": number,
            "filename": file.clean_name,
            "size": len(file.data) if file.claims_size is None else file.claims_size,
            "url": url,
            "proxy_url": url,
        }
        if file.clean_name != file.name:
            shown["title"] = file.name.rpartition(".")[0] or file.name
        optional = {"content_type": kind, "description": file.description}
        measured = measure(file.data) if kind and kind.startswith("image/") else {}
        shown |= {key: value for key, value in optional.items() if value} | measured
        return shown | ({"ephemeral": True} if ephemeral else {})

    def bytes_of(self, number: str) -> bytes:
        return self._files[number].data

    def end(self) -> None:
        """Let go of whom stalled answers keep waiting."""
        self._over.set()

    def _signed(self, path: str, file: File) -> str:
        issued = int(time.time())
        ends = issued - 60 if file.expired else issued + LIFE
        path = f"{path}/{quote(file.clean_name)}"
        signature = self._signature(path, f"{ends:x}")
        return f"{self.base}{path}?ex={ends:x}&is={issued:x}&hm={signature}&"

    def _signature(self, path: str, ends: str) -> str:
        return hmac.new(self._secret, f"{path} {ends}".encode(), hashlib.sha256).hexdigest()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["number"]
        self.fetches[number] = self.fetches.get(number, 0) + 1
        file, ends = self._files.get(number), request.query.get("ex", "0")
        true = self._signature(request.path, ends)
        good = hmac.compare_digest(true, request.query.get("hm", ""))
        if file is None or not good or int(ends, 16) < time.time():
            return web.Response(status=404, text="This content is no longer available.")
        kind = file.kind or "application/octet-stream"
        if file.stalls_after is None and file.drops_after is None:
            return web.Response(body=file.data, headers={"Content-Type": kind})
        return await self._serve_badly(request, file, kind)

    async def _serve_badly(self, request, file: File, kind: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        response.content_length = len(file.data)
        await response.prepare(request)
        given = file.stalls_after if file.drops_after is None else file.drops_after
        await response.write(file.data[:given])
        if file.drops_after is None:
            await self._over.wait()
        if request.transport is not None:
            request.transport.abort()
        return response


def measure(data: bytes) -> dict:
    """Width and height, where it is a picture."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return {"width": picture.width, "height": picture.height}
    except Exception:
        return {}
