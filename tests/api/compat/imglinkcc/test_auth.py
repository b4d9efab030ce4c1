"""Accounts and tokens of imglink.cc's API: who gets one, how long it is good, who guesses."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta

import jwt
import pytest
from sites import EMAIL, PASSWORD
from yarl import URL

from core.chats import Identity, Platform
from core.model import GB, MB, Ability
from core.services.access import user_caller

pytestmark = pytest.mark.any_backing

API = "/compat/imglink.cc/api"
OTHER = "other words are better"
WRONG = "This address and this password do not belong together."


async def post(site, path, email=EMAIL, password=PASSWORD):
    told = {"email": email, "password": password}
    return await site.server.call("POST", f"{API}/auth/{path}", json=told)


async def registered(site, email=EMAIL, password=PASSWORD):
    """Headers of somebody new."""
    status, _, body = await post(site, "register", email, password)
    assert status == 201, body
    return bearer(body["token"])


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def status_of(site, headers, path=f"{API}/albums"):
    status, _, _ = await site.server.call("GET", path, headers=headers)
    return status


async def plan_of(site, email=EMAIL):
    users = await site.core.accounts.list_users()
    return next(site.core.access.plan(team.plan) for user, team, _ in users if user.email == email)


async def test_registering_gives_an_account_at_once(site):
    async with site() as found:
        status, headers, body = await post(found, "register", "  Jane@Example.ORG ")
        assert (status, set(body)) == (201, {"token", "expires_at"})
        assert headers["Cache-Control"] == "no-store"
        week = found.clock.now() + timedelta(days=7)
        assert body["expires_at"] == f"{week:%Y-%m-%dT%H:%M:%SZ}"
        assert await status_of(found, bearer(body["token"])) == 200
        assert (await found.mailbox.next()).to == EMAIL
        plan = await plan_of(found)
        assert (plan.id, plan.uploads_month, plan.storage) == ("imglink_cc", None, 500 * MB)


async def test_signing_in_gives_a_token_too(site):
    async with site() as found:
        first = await registered(found)
        status, _, body = await post(found, "login", EMAIL.upper())
        assert (status, set(body)) == (200, {"token", "expires_at"})
        assert bearer(body["token"]) != first
        for headers in (first, bearer(body["token"])):
            assert await status_of(found, headers) == 200
        browser = await found.browser()
        assert (await browser.sign_in()).url.path == "/keys", "pages take the same password"


async def test_an_account_of_the_pages_signs_in_here(site):
    async with site() as found:
        await found.member()
        status, _, body = await post(found, "login")
        assert status == 200
        assert await status_of(found, bearer(body["token"])) == 200


async def test_the_mailed_link_confirms_the_address_and_brings_more_storage(site):
    async with site() as found:
        headers = await registered(found)
        link = await found.mailbox.link()
        browser = await found.browser()
        shown = await browser.get(link)
        assert EMAIL in shown.text
        assert (await plan_of(found)).storage == 500 * MB, "a scanner of mails looks at links, too"
        for _ in range(2):
            done = await browser.submit(link, "/auth/confirm", token=URL(link).query["token"])
            assert (done.status, "Thank you" in done.text) == (200, True)
            assert (await plan_of(found)).storage == 10 * GB
        assert await status_of(found, headers) == 200, "the token is as good as before"


async def test_a_link_that_does_not_hold_confirms_nothing(site):
    async with site() as found:
        await registered(found)
        link = await found.mailbox.link()
        browser = await found.browser()
        for path in ("/auth/confirm", "/auth/confirm?token=x", f"{link}x"):
            assert (await browser.get(path)).status == 422
        forged = await browser.submit(link, "/auth/confirm", token="x")
        assert (forged.status, "used already" in forged.text) == (422, True)
        unsealed = await browser.request(
            "POST", "/auth/confirm", data={"token": URL(link).query["token"]}
        )
        assert unsealed.status == 403
        found.clock.step(hours=24)
        assert (await browser.get(link)).status == 422
        assert (await plan_of(found)).id == "imglink_cc"


async def test_a_link_for_somebody_without_an_account_confirms_nothing(site):
    async with site() as found:
        browser = await found.browser()
        await browser.submit("/auth/register", email=EMAIL)
        link = (await found.mailbox.link()).replace("verify", "confirm")
        answer = await browser.submit(link, "/auth/confirm", token=URL(link).query["token"])
        assert answer.status == 422


async def test_another_plan_is_not_touched_by_confirming(site):
    async with site() as found:
        await registered(found)
        await found.core.accounts.issue_key(EMAIL, "pro", {Ability.READ}, "")
        link = await found.mailbox.link()
        browser = await found.browser()
        await browser.submit(link, "/auth/confirm", token=URL(link).query["token"])
        assert (await plan_of(found)).id == "pro"


async def test_the_true_owner_of_an_address_takes_the_account_over(site):
    async with site() as found:
        stolen = await registered(found)
        users = await found.core.accounts.list_users()
        team = next(team for user, team, _ in users if user.email == EMAIL)
        key = await found.server.key(EMAIL)
        assert await status_of(found, key) == 200
        await found.mailbox.next()
        browser = await found.browser()
        await browser.submit("/auth/reset", email=EMAIL)
        await browser.choose(await found.mailbox.link(), OTHER)
        assert await status_of(found, stolen) == 401
        assert await status_of(found, key) == 401
        assert (await post(found, "login"))[0] == 401
        assert (await post(found, "login", password=OTHER))[0] == 200
        assert (await plan_of(found)).storage == 10 * GB, "who reads the mail has confirmed it"
        assert (await found.core.accounts.standing(team.id))[0].id == team.id


def told_wrong(answer):
    status, headers, body = answer
    return (status, body) == (401, {"error": WRONG}) and headers["Cache-Control"] == "no-store"


async def test_a_wrong_password_and_an_unknown_address_are_told_alike(site):
    async with site() as found:
        await registered(found)
        await found.server.key("keys@example.org")
        for email in (EMAIL, "nobody@example.org", "keys@example.org", "no address"):
            assert told_wrong(await post(found, "login", email, "wrong words"))


async def test_guessing_is_slowed(site):
    async with site() as found:
        await registered(found)
        for _ in range(5):
            assert told_wrong(await post(found, "login", password="wrong words"))
        status, headers, body = await post(found, "login")
        assert (status, set(body)) == (429, {"error"})
        assert 1 <= int(headers["Retry-After"]) <= 60


async def test_an_address_registers_once(site):
    async with site() as found:
        headers = await registered(found)
        await found.server.key("keys@example.org")
        for email in (EMAIL, EMAIL.upper(), "keys@example.org"):
            status, _, body = await post(found, "register", email, OTHER)
            assert status == 400
            assert body == {
                "error": "This address has an account: sign in, or have its password replaced."
            }
        assert told_wrong(await post(found, "login", password=OTHER))
        assert told_wrong(await post(found, "login", "keys@example.org", OTHER))
        assert await status_of(found, headers) == 200


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("no address", PASSWORD, "That is no email address."),
        (EMAIL, "nine char", "A password needs 10 characters or more"),
        (EMAIL, "aaaaaaaaaaaa", "A password needs more different characters"),
        (EMAIL, EMAIL, "A password must not be the address itself."),
        (EMAIL, "x1y2" * 251, "A password may have 1,000 characters at most."),
    ],
)
async def test_who_can_not_register(site, email, password, told):
    async with site() as found:
        status, _, body = await post(found, "register", email, password)
        assert status == 400
        assert body["error"].startswith(told)
        assert found.mailbox.empty


async def test_mails_to_one_mailbox_and_for_one_address_are_few(site):
    async with site() as found:
        for number in range(10):
            status, _, _ = await post(found, "register", f"{number}@example.org")
            assert status == 201
        status, headers, body = await post(found, "register", "more@example.org")
        assert (status, set(body)) == (429, {"error"})
        assert 1 <= int(headers["Retry-After"]) <= 3_600


@pytest.mark.parametrize("registration", ["invite", "off"])
async def test_where_accounts_are_the_operators_to_give(site, registration):
    async with site(registration=registration) as found:
        status, _, body = await post(found, "register")
        assert (status, set(body)) == (403, {"error"})


async def test_tokens_end_after_seven_days(site):
    async with site() as found:
        headers = await registered(found)
        found.clock.step(days=7, seconds=-2)
        assert await status_of(found, headers) == 200
        found.clock.step(seconds=2)
        assert await status_of(found, headers) == 401


async def test_a_new_password_ends_tokens(site):
    async with site() as found:
        headers = await registered(found)
        await found.mailbox.next()
        browser = await found.browser()
        await browser.submit("/auth/reset", email=EMAIL)
        await browser.choose(await found.mailbox.link(), OTHER)
        assert await status_of(found, headers) == 401


async def test_signing_out_everywhere_ends_tokens(site):
    async with site() as found:
        headers = await registered(found)
        browser = await found.browser()
        await browser.sign_in()
        await browser.submit("/keys", "/auth/logout", everywhere="1")
        assert await status_of(found, headers) == 401


async def test_a_token_is_as_good_once_two_accounts_are_joined(site):
    async with site() as found:
        people, albums = found.core.people, f"{API}/albums"
        in_chat = await people.caller(Identity(Platform.DISCORD, "1"))
        found.clock.step(seconds=1)
        headers = await registered(found)
        made = await found.server.call("POST", albums, json={"title": "x"}, headers=headers)
        await people.link(in_chat, await people.link_code(await joining(found)))
        status, _, body = await found.server.call("GET", albums, headers=headers)
        assert (status, body["albums"]) == (200, [made[2]["album"]])
        assert (await post(found, "login"))[0] == 200


async def joining(site, email=EMAIL):
    """The account of that address, as chats would know it."""
    users = await site.core.accounts.list_users()
    return next(user_caller(user, team) for user, team, _ in users if user.email == email)


async def test_a_ban_shuts_tokens_out(site):
    async with site() as found:
        headers = await registered(found)
        await found.core.accounts.ban(EMAIL, "spam", delete=False)
        status, _, body = await found.server.call("GET", f"{API}/albums", headers=headers)
        assert (status, body["error"].split(".")[0]) == (
            *(403, "This account has been banned from this server"),
        )
        assert await status_of(found, headers, f"{API}/gallery") == 403
        status, _, body = await post(found, "login")
        assert (status, set(body)) == (403, {"error"})
        await found.core.accounts.unban(EMAIL)
        assert await status_of(found, headers) == 200


def claims_of(headers):
    payload = headers["Authorization"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def unsigned(claims, **head):
    parts = [{"alg": "none", "typ": "JWT"} | head, claims]
    coded = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in parts]
    return b".".join(coded).decode()


def signing_key(site):
    """What this server signs tokens with: nobody else has it."""
    return hmac.digest(site.core.secrets[0].encode(), b"sign-in token", "sha256")


def signed(claims, key, alg):
    """A token whose head says `alg`, whatever that is, over a signature of HS256."""
    said = unsigned(claims, alg=alg)
    made = hmac.digest(key, said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


async def test_forged_tokens_are_refused(site):
    async with site() as found:
        headers = await registered(found)
        token, claims = headers["Authorization"].removeprefix("Bearer "), claims_of(headers)
        head, payload, signature = token.split(".")
        secret, key = found.core.secrets[0], signing_key(found)
        other = claims_of(await registered(found, "other@example.org"))
        forged = [
            f"{unsigned(claims)}.",
            f"{unsigned(claims)}.{signature}",
            f"{unsigned(claims, alg='HS256')}.{signature}",
            f"{head}.{payload}.",
            f"{head}.{payload}.{signature[:-4]}AAAA",
            f"{head}.{other['jti']}.{signature}",
            jwt.encode(claims, secret, "HS256"),
            jwt.encode(claims, "x" * 32, "HS256"),
            *(signed(claims, key, alg) for alg in ("RS256", "ES256", "HS384", "none", "None")),
            f"{token}.{signature}",
            "..",
            "é.ü.ß",
            f"{head}.{'A' * 2_000}.{signature}",
        ]
        for one in forged:
            sent = {"Authorization": f"Bearer {one}"}
            assert await status_of(found, sent) == 401, one
            assert await status_of(found, sent, f"{API}/gallery") == 401, one
        assert await status_of(found, headers) == 200


async def test_what_a_token_says_is_held_to_its_session_even_if_we_signed_it(site):
    async with site() as found:
        headers = await registered(found)
        claims, key = claims_of(headers), signing_key(found)
        now = int(found.clock.now().timestamp())
        wrong = [
            {"aud": "elsewhere"},
            {"jti": "nothing"},
            {"exp": now},
            *({name: None} for name in claims),
        ]
        assert await status_of(found, bearer(jwt.encode(claims, key, "HS256"))) == 200
        for each in wrong:
            changed = {name: value for name, value in (claims | each).items() if value is not None}
            sent = bearer(jwt.encode(changed, key, "HS256"))
            assert await status_of(found, sent) == 401, each
            assert await status_of(found, sent, f"{API}/gallery") == 401, each


async def test_a_token_is_one_of_this_dialect_alone(site):
    async with site() as found:
        headers = await registered(found)
        for path in ("/v1/usage", "/compat/img.pro/1.0/v1/media"):
            assert await status_of(found, headers, path) == 401
        jti = claims_of(headers)["jti"]
        assert await status_of(found, bearer(jti)) == 401
        cookie = {"Cookie": f"pixferry={jti}"}
        page = await (await found.browser()).get("/keys", headers=cookie)
        assert page.url.path == "/auth/login"


async def test_a_token_is_no_key_for_sharex(site):
    async with site() as found:
        headers = await registered(found)
        path = "/compat/imglink.cc/sharex.sxcu"
        status, _, body = await found.server.call("GET", path, headers=headers)
        assert (status, body["Headers"]) == (200, {"X-API-Key": "YOUR_API_KEY"}), (
            "it ends in a week"
        )


async def test_tokens_follow_the_keys_that_sign_them(site):
    old, new = "o" * 32, "n" * 32
    async with site(secret_key=[old]) as found:
        headers = await registered(found)
    async with site(secret_key=[new, old]) as found:
        assert await status_of(found, headers) == 200
        _, _, body = await post(found, "login")
    async with site(secret_key=[new]) as found:
        assert await status_of(found, headers) == 401
        assert await status_of(found, bearer(body["token"])) == 200
