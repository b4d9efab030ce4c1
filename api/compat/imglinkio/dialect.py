"""imglink.io's API of July 2025."""

from __future__ import annotations

from api.compat.bearer import by_bearer
from api.compat.dialect import Dialect, DialectRoute
from api.compat.imglinkio import images, models, shapes, uploads
from core import errors
from core.model import Ability

_HOSTING = (
    errors.NoFile,
    errors.TooManyFiles,
    errors.UnsupportedImage,
    errors.FileTooLarge,
    errors.StorageExceeded,
    errors.QuotaExceeded,
    errors.StorageFull,
    errors.UploadFailed,
)

ROUTES = (
    DialectRoute(
        "POST",
        "/api/v1/upload",
        uploads.upload,
        "Upload a single image",
        "optional",
        200,
        models.Uploaded,
        models.UploadRequest,
        multipart=True,
        failures=_HOSTING,
        ability=Ability.WRITE,
    ),
    DialectRoute(
        "POST",
        "/api/v1/upload/bulk",
        uploads.upload_bulk,
        "Upload several images",
        "optional",
        200,
        models.UploadedEach,
        models.UploadRequest,
        multipart=True,
        failures=_HOSTING,
        ability=Ability.WRITE,
        file=uploads.FILES,
        several=True,
    ),
    DialectRoute(
        "GET",
        "/api/v1/image/{id}",
        images.get_image,
        "Retrieve an image's information",
        "optional",
        200,
        models.Shown,
        failures=(errors.NotFound,),
        ability=Ability.READ,
    ),
    DialectRoute(
        "DELETE",
        "/api/v1/image/{id}",
        images.delete_image,
        "Delete an image",
        "key",
        200,
        models.Deleted,
        failures=(errors.NotFound,),
        ability=Ability.WRITE,
    ),
)

IMGLINKIO = Dialect(
    name=uploads.NAME,
    title="imglink.io API",
    version="1",
    prefix="/compat/imglink.io",
    routes=ROUTES,
    identify=by_bearer,
    tells={
        errors.InvalidInput: (400, "invalid_parameter"),
        errors.NoFile: (400, "no_file"),
        errors.TooManyFiles: (400, "too_many_files"),
        errors.UnsupportedImage: (400, "invalid_file_type"),
        errors.FileTooLarge: (413, "file_too_large"),
        errors.QuotaExceeded: (429, "quota_exceeded"),
        errors.StorageExceeded: (413, "storage_limit"),
        errors.RateLimited: (429, "rate_limit_exceeded"),
        errors.OperationFailed: (500, "internal_error"),
    },
    body=shapes.failure,
    failure=models.Failure,
    security_schemes={
        "key": {"type": "http", "scheme": "bearer", "description": "An API key of this server."}
    },
    security={"optional": [{}, {"key": []}], "key": [{"key": []}]},
    description="Image hosting, as imglink.io's API has it.",
)
