"""Style, scripts and pictures of the pages, under /static. Nothing here changes while we run."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For an asset opened by itself: an SVG may style itself, and do nothing else."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, read once. `packed` is None where gzip would not make it smaller."""

    body: bytes
    packed: bytes | None
    mime: str
    version: str


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """What exists: only these names are ever opened."""
    return frozenset(
        file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.suffix in _TYPES
    )


@cache
def asset(name: str) -> Asset:
    """The file of that name under /static, read at its first use.

    Raises:
        KeyError: there is none.
    """
    if name not in _names():
        raise KeyError(name)
    file = FOLDER / name
    body = file.read_bytes()
    packed = gzip.compress(body, mtime=0)
    return Asset(
        body,
        packed if len(packed) < len(body) else None,
        _TYPES[file.suffix],
        sha256(body).hexdigest()[:12],
    )


def asset_url(name: str) -> str:
    """An asset's address, which changes when its content does, so that caches may keep it."""
    return f"/static/{name}?v={asset(name).version}"


async def serve(request: web.Request) -> web.Response:
    """/static/{name}."""
    return _send(request, request.match_info["name"])


async def serve_by_path(request: web.Request) -> web.Response:
    """The assets that are asked for at the root: /favicon.ico and /robots.txt."""
    return _send(request, request.path.removeprefix("/"))


def _send(request: web.Request, name: str) -> web.Response:
    try:
        found = asset(name)
    except KeyError:
        raise web.HTTPNotFound from None
    fresh = request.query.get("v") == found.version
    headers = {
        "Cache-Control": _FOR_EVER if fresh else _BRIEFLY,
        "ETag": f'W/"{found.version}"',
        "Vary": "Accept-Encoding",
    }
    if f'"{found.version}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    headers |= {"Content-Type": found.mime, "Content-Security-Policy": CSP}
    body = found.body
    if found.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = found.packed
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)
