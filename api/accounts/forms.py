"""Pages with forms: how they are sent, and how they come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from api.accounts import csrf
from api.body import read_fields
from api.viewer.render import page

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_ERRORS: Mapping[str, list[str]] = {}


def form_page(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    errors: Mapping[str, list[str]] = NO_ERRORS,
    **values: Any,
) -> web.Response:
    """A page for one pair of eyes, with forms.

    Args:
        request: what is answered.
        template: its name within `templates/accounts`.
        status: of the answer.
        errors: of the form that was sent: field name to sentences.
        values: the template's, beside `csrf` and `errors`.

    """
    browser = csrf.browser_of(request)
    response = page(
        request,
        f"accounts/{template}",
        status=status,
        csrf=csrf.token_for(request, browser),
        errors=errors,
        **values,
    )
    csrf.remember(request, response, browser)
    return private(response)


def private(response: web.Response) -> web.Response:
    """Keep an answer from caches, from search engines, and its address from other sites.

    `same-origin`: with `no-referrer` browsers would send forms with `Origin: null`.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def read_form(request: web.Request) -> dict[str, str]:
    """The fields of a form that one of our own pages sent.

    Raises:
        InvalidInput: it is broken or too long.
        FormRefused: it is no form of ours.
    """
    fields = await read_fields(request)
    csrf.check(request, fields)
    return fields


def see(path: str) -> web.Response:
    """Have the browser go on to another page of ours."""
    return private(web.Response(status=303, headers={"Location": path}))
