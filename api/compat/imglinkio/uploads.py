"""POST /api/v1/upload and /api/v1/upload/bulk of imglink.io's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from api.compat.dialect import DIALECT
from api.compat.hosting import admit
from api.compat.imglinkio.models import UploadRequest
from api.compat.imglinkio.shapes import image_json
from api.faults import explained
from api.forms import read_form
from api.keys import CALLER, CORE, METRICS, URLS
from api.v1.parsing import parse
from core.errors import CoreError, FileTooLarge, NoFile, TooManyFiles
from core.file_names import clean_file_name
from core.services.uploads import Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from api.errors import Problem
    from core.services.quotas import Admission
    from core.services.uploads import Hosted, ReceivedFile

NAME = "imglink_io"
FILES = "files"
"""The field of a bulk upload."""


async def upload(request: web.Request) -> web.Response:
    """Host the image of a form."""
    core, caller = request.app[CORE], request[CALLER]
    admission = await admit(request, NAME)
    async with core.uploads.workspace() as workspace:
        (file,), wishes = await _read(request, workspace, admission, "file", 1)
        hosted = await core.uploads.host(caller, admission.plan, file, wishes, workspace)
    return web.json_response({"success": True, "data": _told(request, hosted)})


async def upload_bulk(request: web.Request) -> web.Response:
    """Host the images of a form, each by itself: one that fails does not keep the others out."""
    core, caller = request.app[CORE], request[CALLER]
    admission = await admit(request, NAME)
    most = core.dialects.tier(NAME, caller).files
    async with core.uploads.workspace() as workspace:
        files, wishes = await _read(request, workspace, admission, FILES, most)
        made = await core.bulk.host(caller, admission.plan, files, wishes)
    failures: list[Problem] = []
    data = []
    for file, one in zip(files, made, strict=True):
        if isinstance(one, CoreError):
            failures.append(explained(request, one))
            data.append(_failed(request, file, failures[-1]))
        else:
            data.append(_told(request, one))
    if len(failures) < len(files):
        return web.json_response({"success": True, "data": data})
    return request.app[DIALECT].show(failures[0], data=data)


async def _read(
    request: web.Request, workspace: Path, admission: Admission, name: str, most: int
) -> tuple[Sequence[ReceivedFile], Wishes]:
    """The files of a form, and what is asked for all of them.

    Raises:
        Unauthenticated: an album is named without a key.
        QuotaExceeded: the quota was full when the request came.
        TooManyFiles, FileTooLarge, NoFile: of the form's.
        InvalidInput: something else is wrong with it.
    """
    core, caller = request.app[CORE], request[CALLER]
    form = await read_form(request, workspace, admission.plan.max_file, name=name, most=most)
    await core.uploads.check(caller, admission, None, form.fields.get("album"))
    if form.too_many:
        raise TooManyFiles(form.problems[name][-1])
    if form.too_large:
        raise FileTooLarge(form.problems[name][-1])
    if not form.files:
        raise NoFile(form.problems[name][0])
    # A form has no other way to leave a field out; but whoever sends an expiry means one.
    given = {field: text for field, text in form.fields.items() if text or field == "expiry"}
    asked = parse(UploadRequest, given, form.problems)
    return form.files, Wishes(album=asked.album, ttl=asked.expiry)


def _told(request: web.Request, hosted: Hosted) -> dict[str, Any]:
    request.app[METRICS].hosted("upload")
    return image_json(hosted.media, request.app[URLS])


def _failed(request: web.Request, file: ReceivedFile, problem: Problem) -> dict[str, Any]:
    _, _, body = request.app[DIALECT].told(problem)
    return {"filename": clean_file_name(file.name) or "", "error": body["error"]}
