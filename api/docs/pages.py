"""The documentation's pages, and its plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.compat.registry import DIALECTS, dialect_at
from api.docs.content import text
from api.docs.markdown import to_page
from api.docs.send import send
from api.keys import CORE, URLS
from api.viewer.render import page

if TYPE_CHECKING:
    from aiohttp import web

GUIDES = (
    ("/api", "Try it"),
    ("/api/quick-start", "Quick start"),
    ("/api/reference", "Reference"),
    ("/api/errors", "Errors"),
    ("/api/transforms", "Transforms"),
    ("/api/ai-agents", "AI agents"),
)
_TRY_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self' {api} {media}; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets styles of its own and draws its icons from data URLs; it calls the API, and
fetches pictures."""


async def guide(request: web.Request) -> web.Response:
    """A page of text: its name is its address's last part."""
    name = request.path.rpartition("/")[2]
    html, contents = to_page(text(name, request.app[CORE], request.app[URLS]))
    title = next(shown for address, shown in GUIDES if address == request.path)
    return page(
        request,
        "docs/page.html",
        title=f"{title} · API",
        text=html,
        contents=contents,
        guides=GUIDES,
    )


async def interactive(request: web.Request) -> web.Response:
    """The API, to be tried in the browser; or a dialect, by its address."""
    urls, prefix = request.app[URLS], request.path.removeprefix("/api")
    dialect = dialect_at(prefix)
    response = page(
        request,
        "docs/try.html",
        title=f"{dialect.title} {dialect.version}" if dialect else "API",
        guides=GUIDES,
        document=f"{prefix}/openapi",
        dialect=dialect,
        dialects=DIALECTS,
    )
    response.headers["Content-Security-Policy"] = _TRY_CSP.format(api=urls.api, media=urls.media)
    return response


async def llms_txt(request: web.Request) -> web.Response:
    """The reference as plain text, for language models and terminals."""
    told = text("reference", request.app[CORE], request.app[URLS])
    return send(request, told, "text/plain", {"Access-Control-Allow-Origin": "*"})
