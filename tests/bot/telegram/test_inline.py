"""Inline mode: one's own images, and transformed ones, from any chat."""

from __future__ import annotations

import asyncio
import html
from urllib.parse import urlsplit

import naughty
import pictures
import pytest
from chats import media_id, picture
from telegrams import links

from bot.telegram import inline
from core.chats import Identity, Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "https://pix.example"


async def hosted(person, caption="", size=(320, 240), data=None):
    """The link of a new picture; the answer has its preview by a server that can't be reached."""
    data = data or pictures.png(*size)
    (link,) = links(await person.send_document(data, "cat.png", caption=caption))
    return link


async def jpeg(server, url):
    """A photo as Telegram fetches it."""
    assert url.startswith(PUBLIC)
    found = await picture(server, url)
    assert urlsplit(url).path.endswith((".jpg", ".jpeg"))
    assert found.startswith(b"\xff\xd8\xff")
    assert len(found) <= 5 << 20
    return pictures.opened(found)


async def test_ones_images_newest_first(reachable):
    server, telegram = reachable
    ada, bob = telegram.user("ada"), telegram.user("bob")
    first = await hosted(ada, "A *red* <cat>")
    second = await hosted(ada, "A dog", size=(3_000, 1_000))
    await hosted(bob, "Bob's cat")
    found = await ada.inline("")
    assert found.titles == ["A dog", "A *red* <cat>"]
    assert (found.personal, found.next_offset, found.button) == (True, "", None)
    assert found.cache_time <= 10
    assert (await jpeg(server, found.results[0]["photo_url"])).size == (1_280, 427)
    assert (await jpeg(server, found.results[0]["thumbnail_url"])).width <= 320
    assert second in html.unescape(found.results[0]["caption"])
    assert (await ada.inline("red")).titles == ["A *red* <cat>"]
    assert first in html.unescape((await ada.inline("RED")).results[0]["caption"])
    none = await ada.inline("bob")
    assert (none.results, none.button["start_parameter"]) == ([], "hello")


async def test_words_that_look_like_ids_are_searched_for(reachable):
    _, telegram = reachable
    ada = telegram.user("ada")
    await hosted(ada, "My screenshot here")
    for words in ("screenshot", "screenshot here", "my screenshot"):
        assert (await ada.inline(words)).titles == ["My screenshot here"]
    none = await ada.inline("background")
    assert (none.results, none.button["start_parameter"]) == ([], "hello")


async def test_pages_by_offset(reachable, monkeypatch):
    _, telegram = reachable
    ada = telegram.user("ada")
    for number in range(5):
        await hosted(ada, f"Picture {number}", size=(32, 32))
    monkeypatch.setattr(inline, "PAGE", 2)
    titles, offset = [], ""
    for _ in range(3):
        page = await ada.inline("picture", offset=offset)
        titles += page.titles
        offset = page.next_offset
    assert titles == [f"Picture {number}" for number in (4, 3, 2, 1, 0)]
    assert offset == ""
    for odd in ("-1", "x", "99999999999", "9999"):
        assert (await ada.inline("picture", offset=odd)).next_offset in {"", "2"}


async def test_a_link_is_offered_as_what_is_typed_after_it_makes_of_it(reachable):
    server, telegram = reachable
    ada, eve = telegram.user("ada"), telegram.user("eve")
    link = await hosted(ada, "A cat")
    found = await ada.inline(f"{link} rotate=90 format=webp")
    (result,) = found.results
    assert (await jpeg(server, result["photo_url"])).size == (240, 320)
    assert "rotate=90" in html.unescape(result["caption"])
    more = await eve.inline(f"{link}?rotate=90 grayscale flip=h")
    typo = await ada.inline(f"{link} blurr=5")
    assert "blur" in typo.results[0]["description"]
    assert typo.button["start_parameter"] == "hello"
    assert more.results
    assert (await ada.inline(f"{media_id(link)} blur=5")).results[0]["type"] == "photo"
    assert "blur: It may be" in (await ada.inline(f"{link} blur=999")).results[0]["description"]
    gone = await ada.inline(f"{PUBLIC}/AbCdEfGhJk blur=5")
    assert "not yours to see" in gone.results[0]["description"]


async def test_private_images_are_links_for_their_owner_alone(reachable):
    _server, telegram = reachable
    ada, eve = telegram.user("ada"), telegram.user("eve")
    reply = await ada.send_document(pictures.png(), "a.png", caption="private=yes Secret")
    (link,) = links(reply)
    (result,) = (await ada.inline("")).results
    assert result["type"] == "article"
    sent = html.unescape(result["input_message_content"]["message_text"])
    assert f"/{media_id(link)}?sig=" in sent
    bare = link.partition("?")[0]
    assert (await ada.inline(f"{bare} blur=5")).results[0]["type"] == "article"
    assert "sig=" not in str((await eve.inline(f"{bare} blur=5")).results)
    assert (await eve.inline("")).results == []


async def test_a_query_makes_nobody_an_account(reachable):
    server, telegram = reachable
    eve = telegram.user("eve", started=False)
    before = len(await server.core.accounts.list_users())
    for query in ("", "cat", f"{PUBLIC}/AbCdEfGhJk blur=5"):
        found = await eve.inline(query)
        assert found.button["start_parameter"] == "hello"
    assert len(await server.core.accounts.list_users()) == before
    assert "Hello!" in (await eve.start("hello")).text


async def test_a_server_that_nobody_reaches_gives_links(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    link = await hosted(ada, "A cat")
    found = await ada.inline("")
    assert [one["type"] for one in found.results] == ["article"]
    message = await ada.choose(found)
    assert links(message) == [link]
    changed = await ada.choose(await ada.inline(f"{link} blur=5"))
    assert links(changed) == [f"{link}?blur=5"]
    assert await picture(server, links(changed)[0])


async def test_whatever_is_typed_is_answered(reachable):
    _, telegram = reachable
    ada = telegram.user("ada")
    link = await hosted(ada, "A cat")
    texts = [text for text in naughty.OWN if len(text) <= 200]
    for number, text in enumerate([*texts, "x" * 256, "a\0b", "%" * 256, "\ud83d\ude00" * 100]):
        query = f"{link} {text}"[:256] if number % 2 else text[:256]
        found = await ada.inline(query)
        assert found.results or found.button, query


async def test_the_newest_query_of_somebody_counts_and_none_waits_long(reachable, monkeypatch):
    server, telegram = reachable
    ada = telegram.user("ada")
    await hosted(ada, "A cat")
    held = asyncio.Event()
    page = type(server.core.library).page

    async def slow(self, *args, **more):
        await held.wait()
        return await page(self, *args, **more)

    monkeypatch.setattr(type(server.core.library), "page", slow)
    monkeypatch.setattr(inline, "SECONDS", 1.0)
    telegram.patience = 3
    older = asyncio.create_task(ada.inline("c"))
    newer = asyncio.create_task(ada.inline("ca"))
    with pytest.raises(AssertionError):
        await newer
    held.set()
    with pytest.raises(AssertionError):
        await older
    telegram.patience = 30
    assert (await ada.inline("cat")).titles == ["A cat"]


async def test_who_is_banned_is_shown_nothing(reachable):
    server, telegram = reachable
    ada = telegram.user("ada")
    await hosted(ada, "A cat")
    caller = await server.core.people.caller(Identity(Platform.TELEGRAM, str(ada.id)))
    await server.core.accounts.ban(str(caller.user_id), "", delete=False)
    found = await ada.inline("")
    assert "banned" in found.results[0]["description"]
