"""Forms that only our own pages can send.

A form's POST must come from this site, as browsers tell by `Sec-Fetch-Site` or `Origin`, and must
carry a token made for the cookie of the browser that was sent the form, and for its session. A
page elsewhere knows neither, and a token from before signing in is worth nothing after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from itsdangerous import Signer

from api.accounts import cookies
from api.keys import CORE, URLS
from core.errors import FormRefused
from core.ids import new_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

FIELD = "csrf"
_TRUSTED_SITES = {"same-origin", "none"}
_DAY = 24 * 3_600


def browser_of(request: web.Request) -> str:
    """The browser's cookie for forms, or a new one for it to keep."""
    return cookies.read(request, cookies.FORMS) or new_secret()


def remember(request: web.Request, response: web.Response, browser: str) -> None:
    """Have the browser keep its cookie for forms, for another day."""
    cookies.write(request, response, cookies.FORMS, browser, _DAY)


def token_for(request: web.Request, browser: str) -> str:
    """What a form must carry."""
    return _signer(request).get_signature(_bound(request, browser)).decode()


def check(request: web.Request, fields: Mapping[str, str]) -> None:
    """Refuse a form that our own page did not send.

    Raises:
        FormRefused: it came from another site, from before signing in, or without its cookie.
    """
    if not _came_from_here(request):
        raise FormRefused("This form came from another site.")
    browser = cookies.read(request, cookies.FORMS)
    if not browser:
        public = request.app[URLS].public
        raise FormRefused(f"The browser sent no cookie along: allow cookies of {public}.")
    given = fields.get(FIELD, "")
    if not given.isascii() or not _signer(request).verify_signature(
        _bound(request, browser), given
    ):
        raise FormRefused


def _bound(request: web.Request, browser: str) -> str:
    return f"{browser}|{cookies.read(request, cookies.SESSION) or ''}"


def _signer(request: web.Request) -> Signer:
    return Signer(list(reversed(request.app[CORE].secrets)), salt="csrf")


def _came_from_here(request: web.Request) -> bool:
    """Whether the browser says so. One that says nothing is judged by the token alone."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in _TRUSTED_SITES
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = urlsplit(request.app[URLS].public)
    try:
        return urlsplit(origin).netloc.lower() in {own.netloc.lower(), request.host.lower()}
    except ValueError:
        return False
