"""`pixferry reports` and `pixferry users invite`, as processes beside a running server."""

from __future__ import annotations

import time

import pictures
import pytest
import requests
from markup import Page
from servers import running


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server of this module's own: what it lists is what these tests have made."""
    with running(tmp_path_factory.mktemp("reports") / "data") as found:
        yield found


def report(server, path, **fields):
    """Send the form of a picture's report, as a browser does."""
    with requests.Session() as browser:
        page = Page(browser.get(f"{server.url}{path}", timeout=30).text)
        fields["csrf"] = page.one("input", name="csrf")["value"]
        answer = browser.post(f"{server.url}{path}", data=fields, timeout=30)
        assert answer.status_code == 201, answer.text


def listed(server, *more):
    """The rows of the list, by cell, without its head."""
    rows = server.cli("reports", "list", *more).stdout.splitlines()
    assert rows[0] == "id\tmade\treason\tpicture\tcomment\tclosed"
    return [row.split("\t") for row in rows[1:]]


def test_a_report_is_listed_until_it_is_closed(own):
    made = own.upload(pictures.jpeg())
    report(own, f"/{made['id']}/report", reason="spam", comment="Buy\nthis\x1b[2J\u202e now\ttoo")
    ((number, day, reason, link, comment, closed),) = listed(own)
    assert (reason, link, closed) == ("spam", made["link"], "")
    assert comment == "Buy this [2J now too"
    assert len(day) == len("2026-11-21 03:20")
    assert own.cli("reports", "close", number).stdout == f"Report {number} is closed.\n"
    assert listed(own) == []
    ((_, _, _, _, _, closed),) = listed(own, "--closed")
    assert closed == day[:10]
    again = own.cli("reports", "close", number, check=False)
    assert again.returncode == 1
    assert again.stderr.splitlines()[-1] == f"Error: There is no open report {number}."


def test_an_invitation_makes_an_account(own):
    link = own.cli("users", "invite", "Jane@Example.org").stdout.strip()
    assert link.startswith(f"{own.url}/auth/verify?token=")
    with requests.Session() as browser:
        page = Page(browser.get(link, timeout=30).text)
        fields = {
            "csrf": page.one("input", name="csrf")["value"],
            "token": page.one("input", name="token")["value"],
            "password": "four words are best",
        }
        inside = browser.post(f"{own.url}/auth/verify", data=fields, timeout=30)
    assert (inside.status_code, inside.url) == (200, f"{own.url}/keys")
    assert "jane@example.org" in own.cli("users", "list").stdout


def test_a_wrong_address_is_not_invited(own):
    refused = own.cli("users", "invite", "jane", check=False)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "no email address" in refused.stderr


def test_an_invitation_that_the_mail_server_does_not_take_is_told(own):
    env = own.env | {"PIXFERRY_SMTP_URL": "smtp://127.0.0.1:9"}
    from servers import pixferry

    refused = pixferry("users", "invite", "jane@example.org", env=env, check=False)
    assert refused.returncode == 1
    assert "127.0.0.1:9" in refused.stderr


def test_without_a_mail_server_the_link_is_in_the_log(own):
    with requests.Session() as browser:
        page = Page(browser.get(f"{own.url}/auth/register", timeout=30).text)
        token = page.one("input", name="csrf")["value"]
        answer = browser.post(
            f"{own.url}/auth/register",
            data={"csrf": token, "email": "new@example.org"},
            timeout=30,
        )
    assert answer.status_code == 202
    deadline = time.monotonic() + 30
    while "new@example.org" not in own.log() and time.monotonic() < deadline:
        time.sleep(0.05)  # it is written behind the answer
    assert "new@example.org" in own.log()
    assert f"{own.url}/auth/verify?token=" in own.log()
