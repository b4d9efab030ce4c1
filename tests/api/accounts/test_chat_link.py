"""Signing in by a bot's link, and the page of one's own images."""

from __future__ import annotations

import pictures
import pytest

from core.chats import Identity, Platform

ADA = Identity(Platform.DISCORD, "1001", "Ada")


async def link_of(site):
    caller = await site.core.people.caller(ADA)
    token = await site.core.people.sign_in_token(caller)
    return f"/auth/chat?token={token}", token


async def test_a_link_signs_in_once_and_looking_at_it_uses_nothing_up(site):
    async with site() as found:
        link, token = await link_of(found)
        crawler, browser = await found.browser(), await found.browser()
        for _ in range(3):
            assert (await crawler.get(link)).status == 200
        answer = await browser.submit(link, "/auth/chat", token=token)
        assert (answer.status, answer.url.path) == (200, "/images")
        again = await crawler.get(link)
        assert again.status == 410
        assert "used already" in again.text
        assert (await crawler.get("/images")).url.path == "/auth/login"


async def test_a_link_is_good_for_ten_minutes(site):
    async with site() as found:
        link, token = await link_of(found)
        browser = await found.browser()
        sealed = await browser.token(link)
        found.clock.step(minutes=10)
        assert (await browser.get(link)).status == 410
        data = {"csrf": sealed, "token": token}
        assert (await browser.request("POST", "/auth/chat", data=data)).status == 410


async def test_a_form_of_another_site_signs_nobody_in(site):
    async with site() as found:
        link, token = await link_of(found)
        browser = await found.browser()
        forged = await browser.request("POST", "/auth/chat", data={"token": token})
        assert forged.status == 403
        assert (await browser.get(link)).status == 200


async def test_a_banned_person_gets_no_session(site):
    async with site() as found:
        link, token = await link_of(found)
        caller = await found.core.people.caller(ADA)
        await found.core.accounts.ban(str(caller.user_id), "", delete=False)
        browser = await found.browser()
        answer = await browser.submit(link, "/auth/chat", token=token)
        assert answer.status == 403
        assert (await browser.get("/images")).url.path == "/auth/login"


@pytest.mark.parametrize("token", ["", "x", "%00", "a" * 4_000])
async def test_what_is_no_token_is_told_so(site, token):
    async with site() as found:
        browser = await found.browser()
        assert (await browser.get(f"/auth/chat?token={token}")).status == 410


async def test_the_page_shows_ones_own_images_alone(site):
    async with site() as found:
        browser = await found.member()
        person = await found.core.sessions.find(browser.cookies()["pixferry"].value)
        assert "no images yet" in (await browser.get("/images")).text
        for page, other in (("/keys", "/images"), ("/images", "/keys")):
            leads = [one["href"] for one in (await browser.get(page)).page.all("a")]
            assert other in leads
        mine = await found.core.accounts.issue_key(person.user.email, None, ["*"], "")
        headers = {"Authorization": f"Bearer {mine.token}"}
        _, _, shown = await found.server.upload(
            pictures.jpeg(64, 48), headers=headers, caption="<b>Mine</b>", public="false"
        )
        other = await found.server.key("other@example.org")
        await found.server.upload(pictures.jpeg(64, 48), headers=other, caption="Theirs")
        answer = await browser.get("/images")
        assert "<b>Mine</b>" in answer.text
        assert "private" in answer.text
        assert "Theirs" not in answer.text
        (image,) = [one for one in answer.page.all("img") if shown["id"] in one["src"]]
        small = await found.server.call("GET", image["src"].removeprefix(found.url))
        assert small[0] == 200  # a private image's address opens it here
