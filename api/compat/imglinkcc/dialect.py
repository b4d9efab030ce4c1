"""imglink.cc's API of March 2026."""

from __future__ import annotations

from api.compat.dialect import Dialect
from api.compat.imglinkcc import models, shapes
from api.compat.imglinkcc.callers import KEY_HEADER, identify
from api.compat.imglinkcc.routes import ROUTES
from api.compat.imglinkcc.uploads import NAME
from api.v1.albums import HEADER
from core import errors

_WITH_KEY: list[dict[str, list[str]]] = [{"key": []}, {"token": []}]

IMGLINKCC = Dialect(
    name=NAME,
    title="imglink.cc API",
    version="1",
    prefix=shapes.PREFIX,
    routes=ROUTES,
    identify=identify,
    tells={
        errors.InvalidInput: (400, "bad_request"),
        errors.Conflict: (400, "bad_request"),
        errors.WrongPassword: (401, "unauthorized"),
        errors.FileTooLarge: (413, "too_large"),
        errors.StorageExceeded: (413, "too_large"),
        errors.QuotaExceeded: (429, "rate_limited"),
    },
    body=shapes.failure,
    failure=models.Failure,
    security_schemes={
        "key": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token from /api/auth/login, good for 7 days, or an API key.",
        },
        "password": {"type": "apiKey", "in": "header", "name": HEADER},
    },
    security={
        "none": [{}],
        "optional": [{}, *_WITH_KEY],
        "optional or password": [{}, *_WITH_KEY, {"password": []}],
        "key": _WITH_KEY,
    },
    description="Image hosting, as imglink.cc's API of March 2026 has it.",
)
