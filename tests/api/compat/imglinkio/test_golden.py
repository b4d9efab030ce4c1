"""Every endpoint, parameter and error of imglink.io's API, by golden cases."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest
from golden_cases import PHOTO, Teller, cases

from core.ids import MEDIA_ID

GOLDEN = Path(__file__).parent / "golden"
KEPT = ("upload", "bulk", "get", "delete")
REFUSED = ("addresses", "auth", "upload_refused", "bulk_refused")

IMAGE = {
    "id": "~id",
    "filename": "photo.jpg",
    "size": len(PHOTO),
    "width": 64,
    "height": 48,
    "format": "JPEG",
    "uploaded_at": "~time",
    "links": {
        "direct": "~src",
        "thumbnail": "~src",
        "view_page": "~link",
        "bbcode": "~bbcode",
        "html": "~html",
        "markdown": "~markdown",
    },
}


@pytest.fixture(scope="module")
def teller(compat, base, keys, make):
    page = f"{re.escape(compat.url)}/{MEDIA_ID.pattern}"
    src = rf"{page}\.(jpeg|png|gif|svg|webp|ico)"
    kinds = {
        "link": page,
        "src": src,
        "bbcode": rf"\[img\]{src}\[/img\]",
        "html": f'<img src="{src}">',
        "markdown": rf"!\[[\w.]+\]\({src}\)",
        "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    }
    return Teller(base, keys, make, IMAGE, kinds, {})


@pytest.mark.parametrize("case", cases(GOLDEN, *KEPT))
def test_golden(teller, case):
    teller.play(case, salt=secrets.token_hex(4))


@pytest.mark.any_backing
@pytest.mark.parametrize("case", cases(GOLDEN, *REFUSED))
def test_what_is_told_before_anything_is_kept(teller, case):
    teller.play(case)


def test_no_file_is_left_out():
    assert sorted(KEPT + REFUSED) == sorted(file.stem for file in GOLDEN.glob("*.json"))
