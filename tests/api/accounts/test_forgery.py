"""Forms that other sites send in a person's name."""

from __future__ import annotations

import asyncio
import itertools

import pictures
import pytest

EMAIL, PASSWORD = "jane@example.org", "four words are best"

FORMS = {
    "/auth/register": {"email": "joe@example.org"},
    "/auth/reset": {"email": EMAIL},
    "/auth/verify": {"token": "x", "password": PASSWORD},
    "/auth/login": {"email": EMAIL, "password": PASSWORD},
    "/auth/logout": {},
    "/keys": {"name": "x", "abilities": "all"},
    "/keys/1/revoke": {},
}


async def every_form(found):
    """Each form's path with fields that would do something."""
    made = (await found.server.upload(pictures.jpeg()))[2]
    return FORMS | {f"/{made['id']}/report": {"reason": "spam"}}


async def untouched(found, browser):
    """Whether nothing has happened to whom the forms speak of."""
    assert (await browser.get("/keys")).url.path == "/keys", "still signed in"
    assert found.mailbox.empty
    assert await found.core.accounts.list_keys(None) == []
    assert await found.core.reports.list() == []


async def test_a_form_without_its_token_does_nothing(site):
    async with site() as found:
        browser, other = await found.member(), await found.browser()
        tokens = ["", "x", "é", "A" * 27, "\0", "x" * 9_000, await other.token("/auth/login")]
        tokens.append((await browser.token("/keys"))[::-1])
        for path, fields in (await every_form(found)).items():
            for sealed in ({}, *({"csrf": token} for token in tokens)):
                answer = await browser.request("POST", path, data=fields | sealed)
                assert answer.status == 403, (path, sealed)
                assert "too old, or was sent by another site" in answer.text
                assert "Open the page again" in answer.text
        await untouched(found, browser)


async def test_a_form_without_the_browsers_cookie_does_nothing(site):
    async with site() as found:
        browser = await found.member()
        token = await browser.token("/keys")
        session = browser.cookies()["pixferry"].value
        for path, fields in (await every_form(found)).items():
            bare = await found.browser()
            answer = await bare.request(
                "POST",
                path,
                data=fields | {"csrf": token},
                headers={"Cookie": f"pixferry={session}"},
            )
            assert answer.status == 403
            assert "allow cookies" in answer.text
        await untouched(found, browser)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[::1"},
        {"Origin": ""},
    ],
    ids=str,
)
async def test_a_form_from_another_site_does_nothing_whatever_it_carries(site, headers):
    async with site() as found:
        browser = await found.member()
        token = await browser.token("/keys")
        for path, fields in (await every_form(found)).items():
            answer = await browser.request(
                "POST", path, data=fields | {"csrf": token}, headers=headers
            )
            assert answer.status == 403, path
            assert "another site" in answer.text
        await untouched(found, browser)


async def test_forms_of_this_site_pass_by_whatever_name_it_was_reached(site):
    async with site(public_url="http://pix.example") as found:
        await found.member()
        for headers in (
            {"Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": found.url},
            {"Origin": "http://PIX.example"},
        ):
            browser = await found.browser()
            answer = await browser.sign_in(headers=headers, follow=False)
            assert answer.status == 303, headers


async def test_a_token_from_before_signing_in_is_worth_nothing_after(site):
    async with site() as found:
        await found.member()
        browser = await found.browser()
        token = await browser.token("/auth/login")
        await browser.sign_in()
        answer = await browser.request(
            "POST", "/keys", data={"csrf": token, "name": "x", "abilities": "all"}
        )
        assert answer.status == 403
        assert await found.core.accounts.list_keys(None) == []


async def test_a_form_is_refused_before_anything_is_counted_or_hashed(site):
    """Another site can't use up the attempts of its visitors."""
    async with site() as found:
        await found.member()
        browser = await found.browser()
        for _ in range(8):
            fields = {"email": EMAIL, "password": "wrong"}
            assert (await browser.request("POST", "/auth/login", data=fields)).status == 403
        assert (await browser.sign_in()).url.path == "/keys"


async def test_bodies_that_are_no_form_are_refused(site):
    async with site() as found:
        browser = await found.browser()
        for path in FORMS:
            for body in (b"", b"{}", b"\xff\xfe", b"csrf=%ff", b"x" * 20_000, b"csrf" * 4_000):
                answer = await browser.request("POST", path, data=body, allow_redirects=False)
                expected = {303} if path.startswith("/keys") else {403, 422}
                assert answer.status in expected, (path, body[:10])


async def test_cookies_that_we_never_made_are_none(site):
    odd = [
        b"\xff\xfe",
        b'"a;b"',
        b'"\\012Set-Cookie: x"',
        b"x" * 4_000,
        b"\xf0\x9f\x92\xa9",
        b"=",
        b"",
    ]
    async with site() as found:
        host, _, port = found.url.removeprefix("http://").partition(":")
        for name, value in itertools.product((b"pixferry", b"pixferry-forms"), odd):
            head = b"Host: x\r\nAccept: text/html\r\nConnection: close\r\nCookie: %b=%b" % (
                name,
                value,
            )
            for line, status in (
                (b"GET /auth/login HTTP/1.1", b" 200 "),
                (b"GET /keys HTTP/1.1", b" 303 "),
                (b"POST /auth/login HTTP/1.1\r\nContent-Length: 0", b" 403 "),
                (b"POST /auth/logout HTTP/1.1\r\nContent-Length: 0", b" 403 "),
            ):
                reader, writer = await asyncio.open_connection(host, int(port))
                writer.write(b"%b\r\n%b\r\n\r\n" % (line, head))
                answer = await reader.read()
                writer.close()
                assert status in answer.partition(b"\r\n")[0], (line, name, value)
                assert b"\r\nSet-Cookie: x" not in answer
