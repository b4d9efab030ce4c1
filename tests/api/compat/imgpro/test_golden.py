"""Every endpoint, parameter and error of img.pro's API 1.0, by golden cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from golden_cases import PHOTO, Teller, cases

from core.ids import MEDIA_ID

GOLDEN = Path(__file__).parent / "golden"

MEDIA = {
    "id": "~id",
    "name": "photo.jpg",
    "url": "~link",
    "src": "~src",
    "width": 64,
    "height": 48,
    "filesize": len(PHOTO),
}


@pytest.fixture(scope="module")
def teller(compat, base, keys, make, source):
    page = f"{re.escape(compat.url)}/{MEDIA_ID.pattern}"
    links = {"link": page, "src": rf"{page}\.(jpeg|png|gif|svg|webp)", "webp": rf"{page}\.webp"}
    known = {
        "source": source,
        "100 ids": ",".join(f"id{number}" for number in range(100)),
        "251 x": "x" * 251,
    }
    return Teller(base, keys, make, MEDIA, links, known)


@cases(GOLDEN)
def test_golden(teller, case):
    teller.play(case)


@pytest.mark.any_backing
@cases(GOLDEN / "refused")
def test_what_is_refused(teller, case):
    teller.play(case)
