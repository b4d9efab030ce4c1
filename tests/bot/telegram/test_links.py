"""Deep links: the first press of Start, and codes of /link."""

from __future__ import annotations

import re

import pictures
import pytest
from telegrams import links

from core.chats import Identity, Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def code_of(server, name="carol"):
    """A code that /link has shown to somebody on Discord."""
    caller = await server.core.people.caller(Identity(Platform.DISCORD, name, name))
    return await server.core.people.link_code(caller)


async def test_who_starts_is_welcomed_shortly(shared):
    _, telegram = shared
    ada, bert = telegram.user("ada"), telegram.user("bert", language="de")
    for payload in ("", "hello", "whatever_else-1"):
        told = await ada.start(payload)
        assert told.text.startswith("Hello! Send me a picture")
        assert len(told.text) < 400
    assert (await bert.start()).text.startswith("Hallo!")
    group = telegram.group("Cats", ada)
    assert "Hello!" in (await ada.send("/start@pixferry_bot", chat=group)).text
    await ada.post(text="/start@otherbot l_x", chat=group)
    assert "Hello!" in (await ada.send("/start", chat=group)).text


async def test_a_link_with_a_code_joins_both_accounts_once(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    (link,) = links(await ada.send_document(pictures.png(), "a.png"))
    code = await code_of(server)
    asked = await ada.open(f"https://t.me/pixferry_bot?start=l_{code}")
    assert "only if you made it yourself" in asked.text
    code_of_dave = await code_of(server, "dave")
    told = await telegram.user("bob").open(f"https://t.me/pixferry_bot?start=l_{code_of_dave}")
    assert "one now" in told.text  # there is nothing yet to share
    await ada.tap(asked, "Join the accounts")
    told = asked
    assert "one now" in told.text
    assert "Discord" in told.text
    assert link in (await ada.send("/images")).links
    assert "no such code" in (await ada.start(f"l_{code}")).text
    for wrong in ("l_", "l_x", "l_" + "z" * 62, "l_-_-"):
        assert "no such code" in (await ada.start(wrong)).text, wrong


async def test_ones_own_code_is_told_so(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    told = await ada.send("/link")
    assert "on Discord within ten minutes" in told.text
    (code,) = re.findall(r"/link (\S+)", told.text)
    assert "your own" in (await ada.start(f"l_{code}")).text
