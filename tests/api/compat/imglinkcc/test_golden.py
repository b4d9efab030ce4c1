"""Every endpoint, parameter and error of imglink.cc's API, by golden cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from golden_cases import PHOTO, Teller, cases

from core.ids import MEDIA_ID

GOLDEN = Path(__file__).parent / "golden"

UPLOADED = {
    "id": "~id",
    "url": "~src",
    "thumbnail": "~thumbnail",
    "viewer": "~link",
    "delete": "~delete",
    "width": 64,
    "height": 48,
    "size": len(PHOTO),
    "mime": "image/jpeg",
}
IMAGE = {name: value for name, value in UPLOADED.items() if name != "delete"} | {
    "views": 0,
    "uploadedAt": "~time",
}
ALBUM = {
    "id": "~id",
    "title": "My Screenshots",
    "description": None,
    "isPublic": True,
    "hasPassword": False,
    "imageCount": 0,
    "createdAt": "~time",
}
TEXTS = ("title", "description", "color", "author_name", "author_url", "site_name")
PROFILE = {"id": "~int", "name": "My Brand", **dict.fromkeys(TEXTS)}


@pytest.fixture(scope="module")
def teller(compat, base, keys, make):
    page = f"{re.escape(compat.url)}/{MEDIA_ID.pattern}"
    links = {
        "link": page,
        "src": rf"{page}\.(jpeg|png|gif|svg|webp|ico)",
        "thumbnail": rf"{page}\.webp\?size=m",
        "delete": f"{re.escape(base)}/api/v1/image/{MEDIA_ID.pattern}",
        "time": r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    }
    shapes = {
        "single": {"success": True, **UPLOADED},
        "uploaded": UPLOADED,
        "image": IMAGE,
        "album": ALBUM,
        "profile": PROFILE,
    }
    return Teller(base, keys, make, {}, links, {}, shapes)


@cases(GOLDEN)
def test_golden(teller, case):
    teller.play(case)


@pytest.mark.any_backing
@cases(GOLDEN / "refused")
def test_what_is_refused(teller, case):
    teller.play(case)
