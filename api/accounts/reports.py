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

    from core.bootstrap import Core
    from core.services.signed_links import Shown


async def ask(request: web.Request) -> web.Response:
    """GET /{id}/report: the form. A signed link's query opens it where it opens the image.

    Raises:
        NotFound: no such living image, or not for these eyes.
        Forbidden, Gone: the signed link was changed, or has expired.
    """
    return _page(request, await _shown(request))


async def report(request: web.Request) -> web.Response:
    """POST /{id}/report, with `reason` and `comment`.

    Raises:
        NotFound, Forbidden, Gone: as for the form.
        RateLimited: too many reports.
    """
    fields = await read_form(request)
    shown = await _shown(request)
    reason, comment = fields.get("reason", ""), fields.get("comment", "")
    caller = await visitor(request)
    try:
        await request.app[CORE].reports.report(
            shown.media, reason, comment, caller, _link(request, shown)
        )
    except InvalidInput as err:
        return _page(request, shown, reason, comment, err.errors, status=422)
    return form_page(request, "reported.html", status=201, title="Thank you")


def address(core: Core, shown: Shown) -> str:
    """Where what a link shows is reported; a private image by whoever may see it."""
    path = f"/{shown.media.id}/report"
    query = _query(core, shown)
    return f"{path}?{query}" if query else path


def _query(core: Core, shown: Shown) -> str:
    """What of the link is needed to see the image at all."""
    return "" if shown.media.public else core.links.continued(shown, shown.recipe)


def _link(request: web.Request, shown: Shown) -> str:
    return request.app[URLS].page(shown.media, _query(request.app[CORE], shown))


async def _shown(request: web.Request) -> Shown:
    caller = await visitor(request)
    media_id, query = request.match_info["id"], request.query.items()
    return await request.app[CORE].links.follow(media_id, query, caller)


def _page(
    request: web.Request,
    shown: Shown,
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
        action=address(request.app[CORE], shown),
        link=_link(request, shown),
        reasons=REASONS,
        reason=reason,
        comment=comment,
        longest=COMMENT_MAX,
        errors=errors or {},
    )
