"""POST /v1/upload and /v1/import of img.pro's API 1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from api.body import read_json
from api.compat.hosting import admit
from api.compat.imgpro.models import ImportRequest, UploadRequest
from api.compat.imgpro.shapes import media_json
from api.forms import read_form
from api.keys import CALLER, CORE, METRICS
from api.v1.parsing import parse
from core.errors import FileTooLarge, InvalidInput
from core.services.uploads import Wishes

if TYPE_CHECKING:
    from core.services.uploads import Hosted

NAME = "imgpro"


async def upload(request: web.Request) -> web.Response:
    """Host the image of a form."""
    core, caller = request.app[CORE], request[CALLER]
    admission = await admit(request, NAME)
    async with core.uploads.workspace() as workspace:
        form = await read_form(request, workspace, admission.plan.max_file)
        await core.uploads.check(caller, admission, None)
        if form.too_large:
            raise FileTooLarge(form.problems["file"][0])
        if form.missing:
            form.problems["file"] = ["File is required"]
        # A form has no other way to leave a field out; but whoever sends a ttl means one.
        given = {name: text for name, text in form.fields.items() if text or name == "ttl"}
        wishes = _wishes(parse(UploadRequest, given, form.problems))
        assert form.file  # or there had been a problem
        hosted = await core.uploads.host(caller, admission.plan, form.file, wishes, workspace)
    return await _created(request, hosted, "upload")


async def import_(request: web.Request) -> web.Response:
    """Host the image at an address."""
    core, caller = request.app[CORE], request[CALLER]
    admission = await admit(request, NAME)
    try:
        data = await read_json(request)
    except InvalidInput:
        await core.uploads.check(caller, admission, None)  # a full quota is told first
        raise
    await core.uploads.check(caller, admission, None)
    asked = parse(ImportRequest, data)
    async with core.uploads.workspace() as workspace:
        hosted = await core.imports.host(
            caller, admission.plan, asked.url, _wishes(asked), workspace
        )
    return await _created(request, hosted, "import")


def _wishes(asked: UploadRequest) -> Wishes:
    return Wishes(
        caption=asked.description, ttl=asked.ttl, public=asked.public, tags=asked.tags or ()
    )


async def _created(request: web.Request, hosted: Hosted, way: str) -> web.Response:
    request.app[METRICS].hosted(way)
    return web.json_response(await media_json(request, hosted.media), status=201)
