"""Signing in and out; sessions, and those who guess."""

from __future__ import annotations

import base64
import itertools

import pytest

from core.services import passwords, sign_in

EMAIL, PASSWORD = "jane@example.org", "four words are best"
WRONG = "do not belong together"


async def test_a_wrong_password_and_an_unknown_address_are_told_alike(site):
    async with site() as found:
        await found.member()
        await found.server.key("keys.alone@example.org")
        browser = await found.browser()
        emails = (EMAIL, "nobody@example.org", "keys.alone@example.org", "no address")
        for email, password in itertools.product(emails, ("wrong wrong", "", "x" * 5_000)):
            answer = await browser.sign_in(email, password)
            if answer.status == 429:
                continue  # 5 a minute at one account; each of them was asked before
            assert answer.status == 422
            assert WRONG in answer.text
            assert answer.page.one("input", id="email")["value"] == email
            assert "pixferry" not in browser.cookies()


async def test_an_unknown_address_costs_a_hash_too(site, monkeypatch):
    """Timing tells nothing: as many hashes are computed for nobody as for somebody."""
    counted = []
    real = passwords._hasher

    def counting():
        counted.append(1)
        return real()

    async with site() as found:
        await found.member()
        browser = await found.browser()
        await browser.sign_in("first@example.org", "once, for the hash of nobody")
        monkeypatch.setattr(passwords, "_hasher", counting)
        costs = []
        for email in (EMAIL, "nobody@example.org"):
            counted.clear()
            assert (await browser.sign_in(email, "wrong wrong")).status == 422
            costs.append(len(counted))
    assert costs == [1, 1]


async def test_where_to_go_after_signing_in(site):
    async with site() as found:
        await found.member()
        browser = await found.browser()
        assert (await browser.get("/keys")).url.query["next"] == "/keys"
        answer = await browser.sign_in(next="/api/reference", follow=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/api/reference")


OUTSIDE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5Cevil.example",
    "/%2F/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/x//evil.example",
    "/keys?next=//evil.example",
    "/keys\r\nX-Evil: 1",
    "/keys\nSet-Cookie: a=b",
    "\t/evil",
    " //evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "",
    "/",
    "/" + "x" * 5_000,
]


async def test_nobody_is_sent_to_another_site(site, monkeypatch):
    monkeypatch.setattr(sign_in, "CALLER_RATE", "1000/minute")
    monkeypatch.setattr(sign_in, "PAIR_RATE", "1000/minute")
    async with site() as found:
        await found.member()
        for number, path in enumerate(OUTSIDE):
            browser = await found.browser()
            shown = await browser.request("GET", "/auth/login", params={"next": path})
            assert shown.page.one("input", name="next")["value"] == "/keys", path
            if number % 4 == 0:  # a hash each: some will do
                answer = await browser.sign_in(next=path, follow=False)
                assert answer.headers["Location"] == "/keys"
                again = await browser.request(
                    "GET", "/auth/login", params={"next": path}, allow_redirects=False
                )
                assert again.headers["Location"] == "/keys"


async def test_signing_out_ends_the_session_itself(site):
    """A copy of the cookie is worth nothing afterwards."""
    async with site() as found:
        browser = await found.member()
        stolen = browser.cookies()["pixferry"].value
        thief = await found.browser()
        thief.http.cookie_jar.update_cookies({"pixferry": stolen}, browser_url(found))
        assert (await thief.get("/keys")).url.path == "/keys"
        out = await browser.submit("/keys", "/auth/logout")
        assert out.url.path == "/auth/login"
        assert "pixferry" not in browser.cookies()
        assert (await thief.get("/keys")).url.path == "/auth/login"


async def test_signing_out_everywhere(site):
    async with site() as found:
        here = await found.member()
        there, other = await found.browser(), await found.member("joe@example.org")
        await there.sign_in()
        await here.submit("/keys", "/auth/logout", everywhere="1")
        assert (await there.get("/keys")).url.path == "/auth/login"
        assert (await other.get("/keys")).url.path == "/keys"


async def test_signing_out_here_leaves_other_browsers(site):
    async with site() as found:
        here, there = await found.member(), await found.browser()
        await there.sign_in()
        await here.submit("/keys", "/auth/logout")
        assert (await there.get("/keys")).url.path == "/keys"


async def test_a_session_that_was_planted_is_not_signed_in(site):
    """Fixation: whatever a browser had before, signing in gives it another, and ends that one."""
    async with site() as found:
        attacker, victim = await found.member("mallory@example.org"), await found.browser()
        planted = attacker.cookies()["pixferry"].value
        await found.member()
        victim.http.cookie_jar.update_cookies({"pixferry": planted}, browser_url(found))
        victim.http.cookie_jar.update_cookies(
            {"pixferry-forms": attacker.cookies()["pixferry-forms"].value}, browser_url(found)
        )
        token = await victim.token("/keys")
        answer = await victim.request(
            "POST",
            "/auth/login",
            data={"csrf": token, "email": EMAIL, "password": PASSWORD},
        )
        assert EMAIL in answer.text
        assert victim.cookies()["pixferry"].value != planted
        assert (await attacker.get("/keys")).url.path == "/auth/login"


async def test_a_session_lasts_thirty_days(site):
    async with site() as found:
        browser = await found.member()
        cookie = browser.cookies()["pixferry"]
        assert int(cookie["max-age"]) == 30 * 86_400
        found.clock.step(days=29, hours=23)
        assert (await browser.get("/keys")).url.path == "/keys"
        found.clock.step(hours=1)
        assert (await browser.get("/keys")).url.path == "/auth/login"


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(site):
    async with site() as found:
        browser = await found.member()
        for cookie in browser.cookies().values():
            assert cookie["httponly"]
            assert (cookie["samesite"], cookie["path"], cookie["domain"]) == (
                "Lax",
                "/",
                "127.0.0.1",  # as the jar fills it in: the answer names none
            )
            assert not cookie["secure"]


async def test_over_https_cookies_are_secure_and_of_this_host_alone(site):
    async with site(public_url="https://pix.example") as found:
        browser = await found.browser()
        answer = await browser.get("/auth/login")
        kept = answer.headers["Set-Cookie"]
        assert kept.startswith("__Host-pixferry-forms=")
        for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert flag in kept
        assert "Domain" not in kept


async def test_a_tampered_cookie_signs_nobody_in(site):
    async with site() as found:
        browser = await found.member()
        good = browser.cookies()["pixferry"].value
        secret, _, signature = good.rpartition(".")
        bad = [
            "",
            ".",
            secret,
            f"{secret}.",
            f".{signature}",
            f"{secret}x.{signature}",
            f"{secret}.{signature[:-1]}",
            f"{secret}.{'A' * len(signature)}",
            good[::-1],
            f"{good}{good}",
            "x" * 4_000,
            "a.b",
            "%F0%9F%92%A9.x",
            base64.b64encode(b'{"user_id": 1}').decode().rstrip("="),
        ]
        for value in bad:
            headers = {"Cookie": f"pixferry={value}"}
            other = await found.browser()
            answer = await other.request("GET", "/keys", headers=headers, allow_redirects=False)
            assert answer.status == 303, value
        other = await found.browser()
        answer = await other.get("/keys", headers={"Cookie": f"pixferry={good}"})
        assert EMAIL in answer.text


async def test_sessions_outlive_a_rotation_of_the_secret_and_end_with_it(local, clock, site):
    old, new = "the old secret key of this server", "the new secret key of this server"
    async with site(secret_key=old) as found:
        browser = await found.member()
        cookies = {name: each.value for name, each in browser.cookies().items()}
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    for keys, path in ((f"{new},{old}", "/keys"), (new, "/auth/login")):
        async with site(secret_key=keys) as found:
            answer = await (await found.browser()).get("/keys", headers=sent)
            assert answer.url.path == path


async def test_a_banned_person_is_told_so_at_every_door(site):
    async with site() as found:
        browser = await found.member()
        made = await browser.submit("/keys", name="key", abilities="all")
        token = made.page.one("input", data_token=None)["value"]
        await found.core.accounts.ban(EMAIL, "spam", delete=False)
        for answer in (
            await browser.get("/keys"),
            await browser.get("/auth/login"),
            await (await found.browser()).sign_in(),
        ):
            assert answer.status == 403
            assert "banned" in answer.text
        auth = {"Authorization": f"Bearer {token}"}
        for path in ("/v1/usage", "/v1/media", "/v1/keys"):
            status, _, body = await found.server.call("GET", path, headers=auth)
            assert (status, body["error"]) == (403, "forbidden")
        assert WRONG in (await (await found.browser()).sign_in(password="wrong wrong")).text
        await found.core.accounts.unban(EMAIL)
        assert (await browser.get("/keys")).status == 200


async def test_guesses_at_one_account_from_one_address_are_few(site):
    async with site() as found:
        await found.member()
        statuses = [
            (await (await found.browser()).sign_in(password=f"guess number {number}")).status
            for number in range(7)
        ]
        assert statuses == [422] * 5 + [429] * 2
        right = await (await found.browser()).sign_in()
        assert right.status == 429, "the right password is not judged either"
        assert int(right.headers["Retry-After"]) > 1
        assert "Try again in" in right.text
        other = await found.member("joe@example.org")
        assert (await other.get("/keys")).status == 200


async def test_guesses_at_many_accounts_from_one_address_are_few(site, monkeypatch):
    monkeypatch.setattr(sign_in, "CALLER_RATE", "4/minute")
    async with site() as found:
        browser = await found.browser()
        statuses = [(await browser.sign_in(f"{number}@example.org")).status for number in range(6)]
        assert statuses == [422] * 4 + [429] * 2


async def test_guesses_at_one_account_from_many_addresses_are_few(site, monkeypatch):
    monkeypatch.setattr(sign_in, "ACCOUNT_RATE", "4/hour")
    async with site(trusted_proxies="127.0.0.1/32") as found:
        browser = await found.browser()
        statuses = [
            (
                await browser.sign_in(
                    "jane@example.org", headers={"X-Forwarded-For": f"198.51.100.{number}"}
                )
            ).status
            for number in range(6)
        ]
        assert statuses == [422] * 4 + [429] * 2


async def test_a_hash_of_other_parameters_is_renewed(site, monkeypatch):
    async with site() as found:
        monkeypatch.setattr(passwords, "PASSES", 1)
        old = await found.member()
        monkeypatch.setattr(passwords, "PASSES", 2)
        assert (await (await found.browser()).sign_in()).url.path == "/keys"
        monkeypatch.setattr(found.core.sign_in._credentials, "renew_hash", None)
        assert (await (await found.browser()).sign_in()).url.path == "/keys", "not again"
        assert (await old.get("/keys")).url.path == "/keys", "other browsers stay signed in"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_signing_out_takes_a_form(site, method):
    async with site() as found:
        browser = await found.member()
        assert (await browser.request(method, "/auth/logout")).status == 405
        assert (await browser.get("/keys")).url.path == "/keys"


async def test_pages_of_accounts_are_kept_by_nobody(site):
    async with site() as found:
        browser = await found.member()
        for path in ("/keys", "/auth/register", "/auth/reset", "/auth/verify?token=x"):
            answer = await browser.get(path)
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_no_secret_is_logged(site, capfd):
    async with site() as found:
        browser = await found.member(password="a secret of mine")
        made = await browser.submit("/keys", name="k", abilities="read")
        token = made.page.one("input", data_token=None)["value"]
        cookies = [each.value for each in browser.cookies().values()]
        await browser.sign_in(password="another secret of mine")
    told = "".join(capfd.readouterr())
    assert "/auth/login" in told
    for secret in ("secret of mine", token.partition("|")[2], *cookies, "jane@"):
        assert secret not in told


def browser_url(site):
    from yarl import URL

    return URL(site.url)
