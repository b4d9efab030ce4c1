"""img.pro's API 1.0 of November 2025, the one before `/v1`."""

from __future__ import annotations

from aiohttp import web

from api.compat.bearer import by_bearer
from api.compat.dialect import THREE_HEADERS, Dialect, DialectRoute, three_headers
from api.compat.imgpro import media, models, shapes, uploads
from api.keys import URLS
from core import errors
from core.model import Ability

PREFIX = "/compat/img.pro/1.0"
VERSION = "1.0"
TITLE = "Img.pro API"

_HOSTING = (
    errors.FileTooLarge,
    errors.UnsupportedImage,
    errors.QuotaExceeded,
    errors.StorageFull,
)


async def service(request: web.Request) -> web.Response:
    """What this is, and what it can do."""
    return web.json_response(
        {
            "name": TITLE,
            "version": VERSION,
            "documentation": f"{request.app[URLS].public}/api{PREFIX}",
            "endpoints": {
                route.handler.__name__.strip("_"): f"{route.method} {route.path}{_ids(route)}"
                for route in ROUTES
                if route.path != "/"
            },
        }
    )


def _ids(route: DialectRoute) -> str:
    """What tells a batch from the list at the same address, as the document writes it."""
    return "?ids=" if route.query is models.IdsQuery else ""


ROUTES = (
    DialectRoute(
        "GET", "/", service, "Service information", "none", 200, models.Service, tag="Service"
    ),
    DialectRoute(
        "POST",
        "/v1/upload",
        uploads.upload,
        "Upload an image file",
        "key",
        201,
        models.Media,
        models.UploadRequest,
        multipart=True,
        failures=(*_HOSTING, errors.UploadFailed),
        ability=Ability.WRITE,
    ),
    DialectRoute(
        "POST",
        "/v1/import",
        uploads.import_,
        "Import image from URL",
        "key",
        201,
        models.Media,
        models.ImportRequest,
        failures=(
            errors.AddressRefused,
            *_HOSTING,
            errors.FetchFailed,
            errors.FetchTimedOut,
            errors.ImportFailed,
        ),
        ability=Ability.WRITE,
    ),
    DialectRoute(
        "GET",
        "/v1/media",
        media.list_media,
        "List your media with pagination",
        "key",
        200,
        models.MediaList,
        query=models.ListQuery,
        ability=Ability.READ,
    ),
    DialectRoute(
        "PATCH",
        "/v1/media",
        media.patch_batch,
        "Batch update multiple items",
        "key",
        200,
        models.BatchUpdated,
        models.BatchPatchRequest,
        models.IdsQuery,
        ability=Ability.WRITE,
    ),
    DialectRoute(
        "DELETE",
        "/v1/media",
        media.delete_batch,
        "Batch delete multiple items",
        "key",
        200,
        models.BatchDeleted,
        query=models.IdsQuery,
        ability=Ability.WRITE,
    ),
    DialectRoute(
        "GET",
        "/v1/media/{uid}",
        media.get_media,
        "Get single media item",
        "optional",
        200,
        models.Media,
        failures=(errors.NotFound,),
        ability=Ability.READ,
    ),
    DialectRoute(
        "PATCH",
        "/v1/media/{uid}",
        media.patch_media,
        "Update single media item",
        "key",
        200,
        models.Media,
        models.PatchRequest,
        failures=(errors.NotFound,),
        ability=Ability.WRITE,
    ),
    DialectRoute(
        "DELETE",
        "/v1/media/{uid}",
        media.delete_media,
        "Delete single media item",
        "key",
        204,
        failures=(errors.NotFound,),
        ability=Ability.WRITE,
    ),
)

IMGPRO = Dialect(
    name=uploads.NAME,
    title=TITLE,
    version=VERSION,
    prefix=PREFIX,
    routes=ROUTES,
    identify=by_bearer,
    tells={
        errors.InvalidInput: (400, "validation_error"),
        errors.FileTooLarge: (413, "file_too_large"),
        errors.FetchFailed: (502, "import_failed"),
        errors.FetchTimedOut: (504, "fetch_timeout"),
    },
    body=shapes.failure,
    failure=models.Failure,
    security_schemes={
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: `{id}|{plainTextToken}`, or the token alone.",
        }
    },
    security={"none": [{}], "optional": [{}, {"token": []}], "key": [{"token": []}]},
    description="Image hosting, as img.pro's API 1.0 of November 2025 has it.",
    pace=three_headers,
    pace_headers=THREE_HEADERS,
)
