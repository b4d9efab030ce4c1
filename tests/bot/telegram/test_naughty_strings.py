"""Whatever people, groups and files are called, there is an answer, and no fault of ours.

Each text is somebody else's: Telegram lets a bot write once a second into a chat.
"""

from __future__ import annotations

import naughty
import pictures
import pytest
from chats import page
from telegrams import links

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXTS = [text for text in naughty.OWN if text.strip()]


async def test_names_of_people_groups_and_files(shared):
    _, telegram = shared
    for text in TEXTS[::2]:
        ada = telegram.user("ada")
        ada.account.name = text
        group = telegram.group(text, ada, admins=[ada])
        told = await ada.send("/settings team yes", chat=group)
        assert "Saved." in told.text, text
        assert told.links == [], text
        named = await ada.send_document(
            pictures.png(8, 8), text[:60], caption="/upload", chat=group
        )
        assert len(links(named)) == 1, (text, named.text)


async def test_captions(shared):
    server, telegram = shared
    for text in TEXTS[1::2]:
        ada = telegram.user("ada")
        reply = await ada.send_document(pictures.png(8, 8), "a.png", caption=text)
        assert "on our side" not in reply.text, text
        if links(reply):
            assert await page(server, links(reply)[0])
