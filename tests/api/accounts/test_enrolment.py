"""Getting an account, and another password, by a link in a mail."""

from __future__ import annotations

import asyncio
import itertools

import pictures
import pytest
from yarl import URL

EMAIL, PASSWORD, OTHER = "jane@example.org", "four words are best", "other words are better"


async def test_somebody_gets_an_account_and_is_signed_in(site):
    async with site() as found:
        browser = await found.browser()
        asked = await browser.submit("/auth/register", email="  Jane@Example.ORG ")
        assert (asked.status, asked.url.path) == (202, "/auth/register")
        mail = await found.mailbox.next()
        assert mail.to == EMAIL
        link = URL(mail.text.split("\n\n")[2])
        shown = await browser.get(link.path_qs)
        assert EMAIL in [each.get("value") for each in shown.page.all("input")]
        inside = await browser.choose(link.path_qs)
        assert (inside.status, inside.url.path) == (200, "/keys")
        assert EMAIL in inside.text
        assert (await (await found.browser()).sign_in()).url.path == "/keys"
        ((user, team, _),) = [
            each for each in await found.core.accounts.list_users() if each[0].email
        ]
        assert (user.email, team.plan, user.is_admin) == (EMAIL, "free", False)


async def test_nothing_is_recorded_before_the_link_is_used(site):
    async with site() as found:
        browser = await found.browser()
        await browser.submit("/auth/register", email=EMAIL)
        link = await found.mailbox.link()
        await browser.get(link)  # a scanner of mails looks at links, too
        assert [user.email for user, _, _ in await found.core.accounts.list_users()] == []
        assert (await browser.choose(link)).url.path == "/keys"


async def test_whoever_has_an_account_is_told_so_by_mail_alone(site):
    async with site() as found:
        await found.member()
        browser = await found.browser()
        answers = [
            await browser.submit("/auth/register", email=email)
            for email in (EMAIL, "new@example.org")
        ]
        assert answers[0].status == answers[1].status == 202
        assert answers[0].text == answers[1].text
        mails = {mail.to: mail for mail in [await found.mailbox.next() for _ in answers]}
        assert "already" in mails[EMAIL].text
        assert "token=" not in mails[EMAIL].text
        assert "token=" in mails["new@example.org"].text


async def test_another_password_for_those_with_an_account_alone(site):
    async with site() as found:
        await found.member()
        browser = await found.browser()
        answers = [
            await browser.submit("/auth/reset", email=email) for email in (EMAIL, "no@example.org")
        ]
        assert answers[0].status == answers[1].status == 202
        assert answers[0].text == answers[1].text
        link = await found.mailbox.link()
        assert link.startswith("/auth/reset?token=")
        assert (await browser.choose(link, OTHER)).url.path == "/keys"
        told = await found.mailbox.next()
        assert (told.to, "changed" in told.subject) == (EMAIL, True)
        assert found.mailbox.empty
        stranger = await found.browser()
        assert (await stranger.sign_in(password=PASSWORD)).status == 422
        assert (await stranger.sign_in(password=OTHER)).url.path == "/keys"


async def test_a_new_password_signs_out_every_other_browser(site):
    async with site() as found:
        old = await found.member()
        new = await found.browser()
        await new.submit("/auth/reset", email=EMAIL)
        await new.choose(await found.mailbox.link(), OTHER)
        assert (await old.get("/keys")).url.path == "/auth/login"
        assert (await new.get("/keys")).url.path == "/keys"


async def test_an_account_that_has_keys_alone_gets_a_password(site):
    async with site() as found:
        auth = await found.server.key(EMAIL)
        browser = await found.browser()
        await browser.submit("/auth/register", email=EMAIL)
        inside = await browser.choose(await found.mailbox.link())
        assert (inside.url.path, len(inside.page.all("button", class_="danger"))) == ("/keys", 1)
        status, _, _ = await found.server.call("GET", "/v1/usage", headers=auth)
        assert status == 200


async def test_a_link_works_once(site):
    async with site() as found:
        browser = await found.browser()
        await browser.submit("/auth/register", email=EMAIL)
        link = await found.mailbox.link()
        assert (await browser.choose(link)).url.path == "/keys"
        for path in (link, link.replace("verify", "reset")):
            again = await browser.get(path)
            assert again.status == 422
            assert "used already" in again.text
        sent = await browser.submit(
            "/auth/login",
            "/auth/verify",
            token=URL(link).query["token"],
            password=OTHER,
        )
        assert sent.status in {403, 422}
        assert (await (await found.browser()).sign_in(password=OTHER)).status == 422


async def test_every_link_of_an_account_ends_with_the_first_that_is_used(site):
    async with site() as found:
        browser = await found.browser()
        links = []
        for _ in range(2):
            await browser.submit("/auth/register", email=EMAIL)
            links.append(await found.mailbox.link())
        assert (await browser.choose(links[1])).url.path == "/keys"
        assert (await browser.get(links[0])).status == 422


async def test_of_a_link_used_many_times_at_once_one_counts(site):
    async with site() as found:
        browsers = [await found.browser() for _ in range(5)]
        await browsers[0].submit("/auth/register", email=EMAIL)
        link = await found.mailbox.link()
        answers = await asyncio.gather(
            *(each.choose(link, f"{PASSWORD} {number}") for number, each in enumerate(browsers))
        )
        inside = [each.url.path for each in answers].count("/keys")
        assert inside == 1
        assert [each.status for each in answers].count(422) == 4


@pytest.mark.parametrize(("ask", "hours"), [("/auth/register", 24), ("/auth/reset", 1)])
async def test_a_link_expires(site, ask, hours):
    async with site() as found:
        browser = await found.browser()
        await found.server.key(EMAIL)
        await browser.submit(ask, email=EMAIL)
        link = await found.mailbox.link()
        found.clock.step(hours=hours, seconds=-1)
        assert (await browser.get(link)).status == 200
        found.clock.step(seconds=1)
        assert (await browser.get(link)).status == 422


FORGED = ["", "x", "a.b", "%00", "%F0%9F%92%A9", "W10.x", "." * 5_000, "%3Cscript%3E", "null"]


async def test_a_forged_link_does_nothing(site):
    async with site() as found:
        browser = await found.browser()
        for token, path in itertools.product(FORGED, ("/auth/verify", "/auth/reset")):
            answer = await browser.get(f"{path}?token={token}")
            assert answer.status == 422
            assert "does not work" in answer.page.title
            assert "<script>" not in answer.html


async def test_a_link_that_was_tampered_with_does_nothing(site):
    async with site() as found:
        browser = await found.browser()
        await browser.submit("/auth/register", email=EMAIL)
        link = await found.mailbox.link()
        token = URL(link).query["token"]
        for at in (0, len(token) // 2, len(token) - 2):
            other = "A" if token[at] != "A" else "B"
            changed = token[:at] + other + token[at + 1 :]
            assert (await browser.get(f"/auth/verify?token={changed}")).status == 422
        upgrade = (await found.server.upload(pictures.jpeg()))[2]["upgrade"]["url"]
        assert "token" not in upgrade


WEAK = ["", "short", "123456789", "aaaaaaaaaaaaaaaa", EMAIL, EMAIL.upper(), "x" * 1_001]


async def test_a_weak_password_is_refused_and_the_link_stays(site):
    async with site() as found:
        browser = await found.browser()
        await browser.submit("/auth/register", email=EMAIL)
        link = await found.mailbox.link()
        for password in WEAK:
            answer = await browser.choose(link, password)
            assert answer.status == 422
            assert "password" in answer.text
            assert answer.page.one("input", name="password")["aria-invalid"] == "true"
        assert (await browser.choose(link)).url.path == "/keys"


ODD = [
    "x" * 990 + "0123456789",
    "пароль из четырёх слов",
    "👩‍👩‍👧‍👦🏴‍☠️ 漢字 और हिन्दी",
    "  blanks count  ",
    "Robert'); DROP TABLE users;--",
    "tab\tand\nnewline\x00nul",
    "%00%0d%0a&password=other+",
]


async def test_any_text_may_be_a_password(site):
    async with site() as found:
        for number, password in enumerate(ODD):
            email = f"{number}@example.org"
            await found.member(email, password)
            browser = await found.browser()
            assert (await browser.sign_in(email, password[:-1])).status == 422
            assert (await browser.sign_in(email, password)).url.path == "/keys"


async def test_the_same_characters_typed_on_another_keyboard_are_the_same_password(site):
    async with site() as found:
        await found.member(password="caf\u00e9 cr\u00e8me br\u00fbl\u00e9e")
        browser = await found.browser()
        typed = "cafe\u0301 cre\u0300me bru\u0302le\u0301e"
        assert (await browser.sign_in(password=typed)).url.path == "/keys"


NO_ADDRESSES = [
    "",
    "jane",
    "jane@",
    "@example.org",
    "jane@example.org, joe@example.org",
    "jane@example.org\r\nBcc: joe@example.org",
    "jane@example.org\nSubject: x",
    "<jane@example.org>",
    "jane@example.org\0",
    "a" * 300 + "@example.org",
]


async def test_what_is_no_address_gets_no_mail(site):
    async with site() as found:
        browser = await found.browser()
        for path, email in itertools.product(("/auth/register", "/auth/reset"), NO_ADDRESSES):
            answer = await browser.submit(path, email=email)
            assert answer.status == 422
            assert "no email address" in answer.text
        assert found.mailbox.empty


async def test_a_mailbox_is_not_flooded_through_us(site):
    async with site() as found:
        statuses = []
        for _ in range(5):
            browser = await found.browser()
            statuses.append((await browser.submit("/auth/register", email=EMAIL)).status)
        assert statuses == [202, 202, 202, 429, 429]
        refused = await browser.submit("/auth/reset", email=EMAIL)
        assert refused.status == 429
        assert int(refused.headers["Retry-After"]) > 60
        assert (await browser.submit("/auth/reset", email="other@example.org")).status == 202


async def test_an_address_does_not_flood_many_mailboxes(site):
    async with site() as found:
        browser = await found.browser()
        statuses = [
            (await browser.submit("/auth/register", email=f"{number}@example.org")).status
            for number in range(12)
        ]
        assert statuses == [202] * 10 + [429] * 2


@pytest.mark.parametrize("registration", ["invite", "off"])
async def test_where_registration_is_closed_nobody_gets_an_account_by_asking(site, registration):
    async with site(registration=registration) as found:
        browser = await found.browser()
        page = await browser.get("/auth/register")
        assert page.page.all("form") == []
        assert "pixferry keys create --email you@example.org" in page.text
        refused = await browser.submit("/auth/login", "/auth/register", email=EMAIL)
        assert refused.status == 403
        assert "operator" in refused.text
        assert found.mailbox.empty
        made = (await found.server.upload(pictures.jpeg()))[2]
        assert ("upgrade" in made) == (registration == "invite")


@pytest.mark.parametrize("registration", ["open", "invite", "off"])
async def test_the_operator_invites(site, registration):
    async with site(registration=registration) as found:
        link = await found.core.enrolment.invite(
            EMAIL, lambda token: f"/auth/verify?token={token}", mail=True
        )
        assert link in (await found.mailbox.next()).text
        browser = await found.browser()
        found.clock.step(days=6, hours=23)
        assert (await browser.choose(link)).url.path == "/keys"
        assert (await browser.get(link)).status == 422


async def test_a_banned_person_gets_no_other_password(site):
    async with site() as found:
        browser = await found.member()
        await browser.submit("/auth/reset", email=EMAIL)
        link = await found.mailbox.link()
        await found.core.accounts.ban(EMAIL, "spam", delete=False)
        answer = await (await found.browser()).choose(link, OTHER)
        assert answer.status == 403
        assert "banned" in answer.text


async def test_a_mail_that_was_not_taken_is_tried_again(site, monkeypatch):
    monkeypatch.setattr("core.services.mail.RETRIES", (0.0, 0.0))
    async with site() as found:
        found.mailbox.refuses = 2
        browser = await found.browser()
        assert (await browser.submit("/auth/register", email=EMAIL)).status == 202
        assert (await found.mailbox.next()).to == EMAIL


async def test_without_a_mail_server_the_page_says_where_the_link_is(site):
    async with site() as found:
        browser = await found.browser()
        assert "in the server's log" in (await browser.submit("/auth/reset", email=EMAIL)).text
