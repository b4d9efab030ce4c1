"""Templates to responses, with the headers that every page has."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.keys import URLS
from api.viewer.assets import asset_url
from core import words

FOLDER = Path(__file__).parent
CSP = (
    "default-src 'none'; img-src 'self' {media} blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""`blob:` is the picture that somebody has just dropped, shown to them while it uploads."""


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates; every value is escaped."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset": asset_url, "size": words.size}
    filters = (
        *(words.size, words.span, words.left, words.day, words.moment, words.rate),
        *(words.line, words.lines),
    )
    environment.filters |= {each.__name__: each for each in filters}
    return environment


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page; `values` are the template's, beside `urls` and `path`.

    Caches ask again each time, unless the caller replaces `Cache-Control`.
    """
    urls = request.app[URLS]
    text = templates().get_template(template).render(urls=urls, path=request.path, **values)
    return web.Response(
        status=status,
        text=text,
        content_type="text/html",
        headers={
            "Content-Security-Policy": CSP.format(media=urls.media),
            "Cache-Control": "no-cache",
        },
    )
