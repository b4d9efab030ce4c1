"""A row of an API's table of routes: what serves, documents and tests one operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web
    from pydantic import BaseModel

    from core import errors


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    `auth`: `key` needed, `optional`, `key or token` (X-Delete-Token), or `key or password`
    (X-Album-Password; open without either where there is none). `failures` are told
    beside those that follow from `auth` and `request`.
    """

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    summary: str
    auth: str
    status: int
    response: type[BaseModel] | None = None
    request: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    multipart: bool = False
    failures: tuple[type[errors.CoreError], ...] = ()

    @property
    def pattern(self) -> str:
        """The path for aiohttp's router: `batch` is no image, so its other methods are 405."""
        return self.path.replace("{id}", "{id:(?!batch$)[^{}/]+}")
