"""POST /v1/upload and /v1/import."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from api.body import read_json
from api.forms import read_form
from api.identity import identify
from api.keys import CORE, METRICS, RATE, URLS
from api.v1.models import ImportRequest, UploadRequest
from api.v1.parsing import parse
from api.v1.shapes import hosted_json
from core.model import Ability, Caller
from core.services.uploads import Hosted, Wishes

if TYPE_CHECKING:
    from core.services.quotas import Admission


async def upload(request: web.Request) -> web.Response:
    """Host the image of a form."""
    core = request.app[CORE]
    caller, admission = await admit(request)
    with core.uploads.workspace() as workspace:
        form = await read_form(request, workspace, admission.plan.max_file)
        await core.uploads.check(caller, admission, form.fields.get("external_id"))
        given = {name: text for name, text in form.fields.items() if text or name == "ttl"}
        asked = parse(UploadRequest, given, form.problems)
        assert form.file  # or there had been a problem
        hosted = await core.uploads.host(
            caller, admission.plan, form.file, _wishes(asked), workspace
        )
    return _created(request, caller, hosted, "upload")


async def import_(request: web.Request) -> web.Response:
    """Host the image at an address."""
    core = request.app[CORE]
    caller, admission = await admit(request)
    data = await read_json(request)
    external_id = data.get("external_id")
    await core.uploads.check(
        caller, admission, external_id if isinstance(external_id, str) else None
    )
    asked = parse(ImportRequest, data)
    with core.uploads.workspace() as workspace:
        hosted = await core.imports.host(
            caller, admission.plan, asked.url, _wishes(asked), workspace
        )
    return _created(request, caller, hosted, "import")


async def admit(request: web.Request) -> tuple[Caller, Admission]:
    """Who may host what, decided before the body is read.

    Raises:
        Unavailable: image work has a full queue.
        CoreError: what Access.identify and Quotas raise.
    """
    core = request.app[CORE]
    caller = await identify(request, Ability.WRITE)
    verdict = await core.quotas.count_attempt(caller)
    if verdict:
        request[RATE] = verdict
    admission = await core.quotas.admit(caller, verdict)
    core.uploads.refuse_if_full()
    return caller, admission


def _wishes(asked: UploadRequest | ImportRequest) -> Wishes:
    assert asked.ttl is None or isinstance(asked.ttl, timedelta)
    return Wishes(
        caption=asked.caption,
        ttl=asked.ttl,
        public=asked.public,
        external_id=asked.external_id,
        album_id=asked.album_id,
        embed_profile_id=asked.embed_profile_id,
        metadata=asked.model_extra or {},
    )


def _created(request: web.Request, caller: Caller, hosted: Hosted, way: str) -> web.Response:
    core = request.app[CORE]
    request.app[METRICS].hosted(way)
    body = hosted_json(hosted, caller, request.app[URLS], core.plans["free"])
    return web.json_response(body, status=201, headers={"Location": body["link"]})
