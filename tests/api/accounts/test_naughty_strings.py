"""Strings that break software, in every field that a person fills in."""

from __future__ import annotations

import re

import naughty
import pictures
import pytest

from core.services import reports, sign_in
from pixferry.reports import list_reports

pytestmark = pytest.mark.any_backing

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def strings():
    return naughty.strings()


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


async def test_they_may_be_comments_of_reports(site, strings, monkeypatch, capsys):
    """They are kept as they were typed, and a terminal that lists them obeys none."""
    monkeypatch.setattr(reports, "CALLER_RATE", "100000/minute")
    async with site() as found:
        browser = await found.browser()
        token = await browser.token("/auth/login")
        for text in strings:
            made = (await found.server.upload(pictures.png(1, 1)))[2]
            path = f"/{made['id']}/report"
            data = {"csrf": token, "reason": "other", "comment": text}
            answer = await browser.request("POST", path, data=data)
            assert answer.status in {200, 201}, (text, answer.text)
            assert answer.page.all("script") == []
        kept = await found.core.reports.list()
        capsys.readouterr()
        await list_reports(found.core, closed=False)
        listed = capsys.readouterr().out
    assert {shown(report.comment or "") for report in kept} == {shown(text) for text in strings}
    assert not CONTROLS.search(listed)
    assert len(listed.splitlines()) == 1 + len(strings)
