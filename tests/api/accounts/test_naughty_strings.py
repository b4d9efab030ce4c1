"""Strings that break software, in every field that a person fills in."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pictures
import pytest

from core.services import sign_in

pytestmark = [
    pytest.mark.any_backing,
    pytest.mark.skipif(
        "PIXFERRY_TEST_STRINGS" not in os.environ, reason="PIXFERRY_TEST_STRINGS names no file"
    ),
]


@pytest.fixture(scope="module")
def strings():
    found = json.loads(Path(os.environ["PIXFERRY_TEST_STRINGS"]).read_text("utf-8"))
    assert len(found) > 100
    return found


def shown(text):
    """A text as a form sends it and a page shows it again."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


async def test_they_come_back_as_text(site, strings, monkeypatch):
    """A form that is refused shows again what was typed, and no more markup than before."""
    for rate in ("CALLER_RATE", "PAIR_RATE", "ACCOUNT_RATE"):
        monkeypatch.setattr(sign_in, rate, "100000/minute")
    async with site() as found:
        made = (await found.server.upload(pictures.jpeg()))[2]
        browser = await found.member()
        token = await browser.token("/keys")
        report = f"/{made['id']}/report"
        plain = {}
        for text in ["plain", *strings]:
            for path, field in (
                ("/keys", "name"),
                (report, "comment"),
                ("/auth/register", "email"),
            ):
                answer = await browser.request("POST", path, data={"csrf": token, field: f"{text}"})
                assert answer.status == 422, (path, text)
                page = answer.page
                bones = [each for each in page.skeleton if each[0] != "p"]
                assert bones == plain.setdefault(path, bones), (path, text)
                if field != "comment":
                    value = page.one("input", id=field)["value"]
                    assert shown(value) == shown(text if field == "email" else text.strip())


async def test_they_may_be_the_names_of_keys(site, strings):
    async with site() as found:
        browser = await found.member()
        token = await browser.token("/keys")
        for text in strings[::8]:
            data = {"csrf": token, "name": text, "abilities": "read"}
            answer = await browser.request("POST", "/keys", data=data)
            assert answer.status in {201, 422}, text
            if answer.status == 422:
                assert len(text) > 200 or "\0" in text
        listed = await browser.get("/keys")
        assert listed.status == 200
        assert listed.page.all("script") == []
        assert len(listed.page.all("tr")) == 1 + len(await found.core.accounts.list_keys(None))
