"""Every endpoint, parameter and error of imglink.io's API, by golden cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from golden_cases import PHOTO, Teller, cases
from servers import running

from core.ids import MEDIA_ID

GOLDEN = Path(__file__).parent / "golden"
PREFIX = "/compat/imglink.io"

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


def telling(url, keys, make):
    """Plays cases against the server at that address."""
    page = f"{re.escape(url)}/{MEDIA_ID.pattern}"
    src = rf"{page}\.(jpeg|png|gif|svg|webp|ico)"
    kinds = {
        "link": page,
        "src": src,
        "bbcode": rf"\[img\]{src}\[/img\]",
        "html": f'<img src="{src}">',
        "markdown": rf"!\[[\w.]+\]\({src}\)",
        "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        "seconds": "[1-9][0-9]{0,3}",
    }
    return Teller(f"{url}{PREFIX}", keys, make, IMAGE, kinds, {})


@pytest.fixture(scope="module")
def teller(compat, keys, make):
    return telling(compat.url, keys, make)


@pytest.fixture(scope="module")
def limited(backing, tmp_path_factory):
    """Cases against a server whose plans refuse something at once: `as` is one's plan."""
    data = tmp_path_factory.mktemp("limited") / "data"
    with running(data, PLANS_FILE=Path(__file__).with_name("plans.toml")) as server:
        plans = ("free", "full", "slow")
        known = {plan: server.new_key(f"{plan}@example.org", "--plan", plan) for plan in plans}
        yield telling(server.url, ({"anonymous": {}} | known).__getitem__, None)


@cases(GOLDEN)
def test_golden(teller, case):
    teller.play(case)


@pytest.mark.any_backing
@cases(GOLDEN / "refused")
def test_what_is_refused(teller, case):
    teller.play(case)


@pytest.mark.any_backing
@cases(GOLDEN / "limited")
def test_what_is_told_at_a_limit(limited, case):
    limited.play(case)
