"""Both bots, the API and a browser: one person, wherever they are."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

import pictures
import telegrams
from chats import links, media_id, picture
from needs import need_program

SIGN_IN = re.compile(r"http\S+/auth/chat\?token=[\w-]+")


@asynccontextmanager
async def tab():
    """A page of a real browser."""
    path = need_program("chromium")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield await browser.new_page()
        await browser.close()


async def seen_in_a_browser(text: str) -> set[str]:
    """The ids of the pictures that somebody sees on the web, who follows a /login link."""
    async with tab() as page:
        await page.goto(SIGN_IN.search(text)[0])
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await page.wait_for_url("**/images")
        await page.wait_for_load_state("networkidle")
        shown = await page.evaluate(
            "[...document.querySelectorAll('main img')].filter(one => one.naturalWidth > 0)"
            ".map(one => one.currentSrc)"
        )
    return {media_id(source) for source in shown}


async def test_from_telegram_to_discord_and_the_web(everywhere):
    server, discord, telegram = everywhere
    ada, ada_there = telegram.user("ada"), discord.user("ada")
    photo = pictures.png(320, 240)
    (link,) = telegrams.links(await ada.send_document(photo, "cat.png", caption="A cat"))
    mine = await ada_there.command("upload", file=pictures.png(32, 32), caption="A dog")
    (other,) = links(mine.text)
    code = await ada_there.command("link")
    assert code.ephemeral
    told = await ada.open(code.buttons["On Telegram"]["url"])
    await ada.tap(told, "Join the accounts")
    assert "one now, on " in told.text

    found = await ada_there.command("images", search="cat")
    assert links(found.text) == [link]
    changed = await ada_there.command("transform", image=link, rotate="90")
    (turned,) = links(changed.text)
    assert pictures.opened(await picture(server, turned)).size == (240, 320)
    edited = await ada_there.command("edit", image=link, caption="A brown cat")
    assert "Changed." in edited.text
    assert "A brown cat" in (await ada.send("/info " + link)).text

    login = await ada_there.command("login")
    assert await seen_in_a_browser(login.text) == {media_id(link), media_id(other)}


async def test_from_discord_to_telegram_and_the_web(everywhere):
    server, discord, telegram = everywhere
    bob, bob_there = discord.user("bob"), telegram.user("bob")
    reply = await bob.command("upload", file=pictures.png(320, 240), caption="A cat", private=True)
    (link,) = links(reply.text)
    (other,) = telegrams.links(await bob_there.send_document(pictures.png(32, 32), "dog.png"))
    code = re.search(r"/link (\w+)", (await bob_there.send("/link")).text)[1]
    assert "one now, on " in (await bob.command("link", code=code)).text

    assert media_id(link) in (await bob_there.send("/images cat")).text
    (offered,) = (await bob_there.inline("cat")).results
    assert media_id(link) in str(offered)
    changed = await bob_there.send(f"/transform {media_id(link)} rotate=90 format=webp")
    (turned,) = telegrams.links(changed)
    assert pictures.opened(await picture(server, turned)).size == (240, 320)
    editor = await bob_there.send(f"/transform {media_id(link)}")
    await bob_there.tap(editor, "Rotate and flip ▾")
    await bob_there.tap(editor, "A quarter to the right")

    login = await bob_there.send("/login")
    assert await seen_in_a_browser(login.text) == {media_id(link), media_id(other)}
    key = re.search(r"\d+\|\S+", (await bob_there.send("/key create Mine")).text)[0]
    _, _, listed = await server.call("GET", "/v1/media", headers={"Authorization": f"Bearer {key}"})
    assert {one["id"] for one in listed["data"]} == {media_id(link), media_id(other)}
