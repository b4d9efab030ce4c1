"""Uploads of imglink.cc's API: one file or several, all of which are hosted or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from api.compat.hosting import admit, admit_more
from api.compat.imglinkcc.models import UploadRequest, WebUploadRequest
from api.compat.imglinkcc.shapes import uploaded
from api.forms import read_form
from api.keys import CALLER, CORE, METRICS, URLS
from api.v1.parsing import parse
from core.errors import FileTooLarge, InvalidInput
from core.services.uploads import Wishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.forms import Form

NAME = "imglink_cc"
VISIBILITY = "visibility"
"""What this dialect calls the core's `public`, which alone of its wishes may be refused."""


async def upload(request: web.Request) -> web.Response:
    """Host one image or several, with a key."""
    return await _host(request, _plain)


async def web_upload(request: web.Request) -> web.Response:
    """Host one image or several, with or without an account; public ones are in the gallery."""
    return await _host(request, _listed)


def _plain(form: Form) -> Wishes:
    parse(UploadRequest, form.fields, form.problems)
    return Wishes()


def _listed(form: Form) -> Wishes:
    given = {name: text for name, text in form.fields.items() if text}
    asked = parse(WebUploadRequest, given, form.problems)
    public = asked.visibility == "public"
    return Wishes(public=public, listed=public, nsfw=asked.nsfw == "true")


async def _host(request: web.Request, wishes_of: Callable[[Form], Wishes]) -> web.Response:
    core, caller, urls = request.app[CORE], request[CALLER], request.app[URLS]
    admission = await admit(request, NAME)
    plan, most = admission.plan, core.dialects.tier(NAME, caller).files
    async with core.uploads.workspace() as workspace:
        form = await read_form(request, workspace, plan.max_file, most=most)
        await core.uploads.check(caller, admission, None)
        if any(file.size > plan.max_file for file in form.files):
            raise FileTooLarge(f"A file may have {plan.max_file:,} bytes at most.")
        wishes = wishes_of(form)
        if refused := await core.uploads.refusals(caller, wishes):
            raise InvalidInput(errors={VISIBILITY: refused["public"]})
        await admit_more(request, len(form.files) - 1)
        hosted = await core.uploads.host_all(caller, plan, form.files, wishes, workspace)
    images = []
    for one in hosted:
        request.app[METRICS].hosted("upload")
        images.append(uploaded(one.media, urls))
    found = images[0] if len(images) == 1 else {"images": images}
    return web.json_response({"success": True, **found})
