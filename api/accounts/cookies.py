"""The two cookies of the pages. Scripts can't read them, and other sites' requests lack them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from api.keys import URLS

if TYPE_CHECKING:
    from aiohttp import web

SESSION = "pixferry"
"""Who is signed in; see core.services.sessions."""

FORMS = "pixferry-forms"
"""A browser that was sent a form; see api.accounts.csrf."""

_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,200}")


def read(request: web.Request, name: str) -> str | None:
    """A cookie's value; None without one that we can have made."""
    value = request.cookies.get(_full_name(request, name), "")
    return value if _VALUE.fullmatch(value) else None


def write(
    request: web.Request, response: web.Response, name: str, value: str, seconds: int
) -> None:
    """Have the browser keep a value."""
    response.set_cookie(
        _full_name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=_over_tls(request),
        httponly=True,
        samesite="Lax",
    )


def forget(request: web.Request, response: web.Response, name: str) -> None:
    """Have the browser drop a cookie."""
    response.del_cookie(
        _full_name(request, name),
        path="/",
        secure=_over_tls(request),
        httponly=True,
        samesite="Lax",
    )


def _full_name(request: web.Request, name: str) -> str:
    """Browsers take `__Host-` from this very host alone: no neighbour can plant such a cookie."""
    return f"__Host-{name}" if _over_tls(request) else name


def _over_tls(request: web.Request) -> bool:
    return request.app[URLS].public.startswith("https://")
