"""API keys of whoever is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import sharex
from api.accounts.forms import form_page, read_form, see
from api.accounts.session import caller_of, must_be_signed_in
from api.keys import CORE, URLS
from core.errors import InvalidInput, NotFound
from core.model import Ability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from core.accounts import SignedIn

_ABILITIES = {
    "read": frozenset({Ability.READ}),
    "write": frozenset({Ability.WRITE}),
    "both": frozenset({Ability.READ, Ability.WRITE}),
    "all": frozenset({Ability.ALL}),
}


async def show(request: web.Request) -> web.Response:
    """GET /keys."""
    return await _page(request, await must_be_signed_in(request))


async def create(request: web.Request) -> web.Response:
    """POST /keys, with `name` and `abilities`: the token is on the answer's page, and never again.

    Raises:
        Banned: the user is.
    """
    person = await must_be_signed_in(request)
    fields = await read_form(request)
    name = fields.get("name", "").strip()
    chosen = _ABILITIES.get(fields.get("abilities", ""))
    try:
        if chosen is None:
            raise InvalidInput.on("abilities", "Choose what the key may do.")
        new = await request.app[CORE].accounts.add_key(caller_of(person), name, chosen)
    except InvalidInput as err:
        return await _page(request, person, name, err.errors, status=422)
    uploader = sharex.native(request.app[URLS].api, new.token).model_dump_json()
    return form_page(
        request, "key.html", status=201, title="Your new key", new=new, uploader=uploader
    )


async def revoke(request: web.Request) -> web.Response:
    """POST /keys/{id}/revoke.

    Raises:
        NotFound: the team has no such key.
    """
    person = await must_be_signed_in(request)
    await read_form(request)
    number = request.match_info["id"]
    if len(number) > len(str(1 << 63)):
        raise NotFound("There is no such key.")
    await request.app[CORE].accounts.revoke_key(caller_of(person), int(number))
    return see("/keys")


async def _page(
    request: web.Request,
    person: SignedIn,
    name: str = "",
    errors: Mapping[str, list[str]] | None = None,
    status: int = 200,
) -> web.Response:
    keys = await request.app[CORE].accounts.list_keys(caller_of(person))
    return form_page(
        request,
        "keys.html",
        status=status,
        title="Your API keys",
        person=person,
        keys=keys,
        name=name,
        errors=errors or {},
    )
