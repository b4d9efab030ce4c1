"""POST /v1/upload and /v1/import."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import web

from api.body import read_json
from api.forms import read_form
from api.identity import identify
from api.keys import CORE, METRICS, RATE, URLS
from api.v1.models import ImportRequest, UploadRequest
from api.v1.parsing import parse
from api.v1.shapes import hosted_json
from core.errors import InvalidInput
from core.model import Ability, Caller
from core.services.uploads import Hosted, Wishes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.bootstrap import Core
    from core.services.quotas import Admission

RequestT = TypeVar("RequestT", UploadRequest, ImportRequest)


async def upload(request: web.Request) -> web.Response:
    """Host the image of a form."""
    caller = await identify(request, Ability.WRITE)
    hosted = await receive(request, caller)
    return _created(request, caller, hosted, "upload")


async def receive(
    request: web.Request, caller: Caller, *, may_be_empty: frozenset[str] = frozenset()
) -> Hosted:
    """Host the image of a form, for the API and for pages alike.

    An empty `ttl` is refused, since a script that sends one has lost its value; a page's form,
    which has no other way to leave it out, names it in `may_be_empty`.

    Raises:
        HTTPRequestTimeout: the body stalled, or took too long in all.
        CoreError: what `admit`, the form's fields and Uploads.host raise.
    """
    core = request.app[CORE]
    admission = await admit(request, caller)
    async with core.uploads.workspace() as workspace:
        form = await read_form(request, workspace, admission.plan.max_file)
        await core.uploads.check(caller, admission, form.fields.get("external_id"))
        judged = {"ttl"} - may_be_empty
        given = {name: text for name, text in form.fields.items() if text or name in judged}
        wishes = _wishes(await _judged(core, caller, UploadRequest, given, form.problems))
        assert form.file  # or there had been a problem
        return await core.uploads.host(caller, admission.plan, form.file, wishes, workspace)


async def import_(request: web.Request) -> web.Response:
    """Host the image at an address."""
    core = request.app[CORE]
    caller = await identify(request, Ability.WRITE)
    admission = await admit(request, caller)
    try:
        data = await read_json(request)
    except InvalidInput:
        await core.uploads.check(caller, admission, None)  # a full quota is told first
        raise
    external_id = data.get("external_id")
    await core.uploads.check(
        caller, admission, external_id if isinstance(external_id, str) else None
    )
    asked = await _judged(core, caller, ImportRequest, data)
    async with core.uploads.workspace() as workspace:
        hosted = await core.imports.host(
            caller, admission.plan, asked.url, _wishes(asked), workspace
        )
    return _created(request, caller, hosted, "import")


async def admit(request: web.Request, caller: Caller) -> Admission:
    """What the caller may host, decided before the body is read.

    Raises:
        Unavailable: image work has a full queue.
        CoreError: what Quotas raises.
    """
    core = request.app[CORE]
    verdict = await core.quotas.count_attempt(caller)
    if verdict:
        request[RATE] = verdict
    admission = await core.quotas.admit(caller, verdict)
    core.uploads.refuse_if_full()
    return admission


async def _judged(
    core: Core,
    caller: Caller,
    model: type[RequestT],
    given: Mapping[str, Any],
    problems: Mapping[str, list[str]] | None = None,
) -> RequestT:
    """The request, if nothing is wrong with it.

    What is wrong for this caller alone is told together with what is wrong for everybody.

    Raises:
        InvalidInput: `errors` has every field at fault.
    """
    try:
        return parse(model, given, problems)
    except InvalidInput as err:
        sound = {
            name: value
            for name, value in given.items()
            if name in UploadRequest.model_fields and name not in err.errors
        }
        more = await core.uploads.refusals(caller, _wishes(parse(UploadRequest, sound)))
        raise InvalidInput(errors={**err.errors, **more}) from err


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
    free = core.plans["free"] if core.settings.registration != "off" else None
    body = hosted_json(hosted, caller, request.app[URLS], free)
    return web.json_response(body, status=201, headers={"Location": body["link"]})
