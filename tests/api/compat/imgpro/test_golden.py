"""Every endpoint, parameter and error of img.pro's API 1.0, by golden cases."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest
from golden_cases import PHOTO, Teller, cases

from core.ids import MEDIA_ID

GOLDEN = Path(__file__).parent / "golden"
KEPT = ("upload", "import", "get", "list", "patch", "batch_patch", "delete")
REFUSED = ("service", "auth", "upload_refused")

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
    links = {"link": page, "src": rf"{page}\.(jpeg|png|gif|svg|webp)"}
    known = {
        "source": source,
        "100 ids": ",".join(f"id{number}" for number in range(100)),
        "251 x": "x" * 251,
    }
    return Teller(base, keys, make, MEDIA, links, known)


@pytest.mark.parametrize("case", cases(GOLDEN, *KEPT))
def test_golden(teller, case):
    teller.play(case, salt=secrets.token_hex(4))


@pytest.mark.any_backing
@pytest.mark.parametrize("case", cases(GOLDEN, *REFUSED))
def test_what_is_told_before_anything_is_kept(teller, case):
    teller.play(case)


def test_no_file_is_left_out():
    assert sorted(KEPT + REFUSED) == sorted(file.stem for file in GOLDEN.glob("*.json"))
