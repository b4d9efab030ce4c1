"""Telling the operator that something is wrong with an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.accounts.forms import form_page, read_form
from api.accounts.session import visitor
from api.keys import CORE, URLS
from core.errors import InvalidInput
from core.services.reports import COMMENT_MAX, REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from core.model import Media


async def ask(request: web.Request) -> web.Response:
    """GET /{id}/report: the form.

    Raises:
        NotFound: no such living image, or not for these eyes.
    """
    return _page(request, await _media(request))


async def report(request: web.Request) -> web.Response:
    """POST /{id}/report, with `reason` and `comment`.

    Raises:
        NotFound: no such living image, or not for these eyes.
        RateLimited: too many reports.
    """
    core, urls = request.app[CORE], request.app[URLS]
    fields = await read_form(request)
    media = await _media(request)
    reason, comment = fields.get("reason", ""), fields.get("comment", "")
    caller = await visitor(request)
    try:
        await core.reports.report(media, reason, comment, caller, urls.link(media))
    except InvalidInput as err:
        return _page(request, media, reason, comment, err.errors, status=422)
    return form_page(request, "reported.html", status=201, title="Thank you", media=media)


async def _media(request: web.Request) -> Media:
    return await request.app[CORE].delivery.find(request.match_info["id"], await visitor(request))


def _page(
    request: web.Request,
    media: Media,
    reason: str = "",
    comment: str = "",
    errors: Mapping[str, list[str]] | None = None,
    status: int = 200,
) -> web.Response:
    return form_page(
        request,
        "report.html",
        status=status,
        title="Report a picture",
        media=media,
        reasons=REASONS,
        reason=reason,
        comment=comment,
        longest=COMMENT_MAX,
        errors=errors or {},
    )
