"""What one person alone may read is never in a group, whichever command gives it."""

from __future__ import annotations

import pictures
import pytest
from chats import media_id, picture
from telegrams import links

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def alone(telegram, person, group, text, **what) -> tuple[str, str]:
    """What the group reads after a message, and what the person reads in private."""
    mine = len(person.sees())
    asked = await person.post(text=text, chat=group, **what)
    told = await telegram.answer_to(asked)
    assert len(person.sees()) > mine, told.text
    return everything(told), everything(person.sees()[-1])


def everything(message) -> str:
    """All that a message carries, whoever may see how much of it."""
    return f"{message.html}\n{message.data.get('reply_markup')}\n{message.photo}"


async def test_commands_that_give_secrets(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats", ada, bob)
    cases = {
        "/login": "/auth/chat?token=",
        "/link": "/link ",
        "/key create Mine": "shown this once: <code>",
        "/key list": "Mine",
        "/upload private=yes": "sig=",
        "/images": "sig=",
        "/info": "sig=",
        "/edit caption=hidden": "sig=",
        "/transform blur=5": "sig=",
        "/delete": "Delete for good",
        "/album create Diary private": "Diary",
        "/album list": "Diary",
    }
    photo = await ada.post(document=pictures.png(), chat=group)
    for text, secret in cases.items():
        replied = {"reply_to": photo} if text.startswith("/upload") else {}
        public, own = await alone(telegram, ada, group, text, **replied)
        assert "I have answered you in private" in public, text
        assert secret in own, (text, own)
        assert public.endswith("\nNone"), "no picture either"
        for hint in (secret, "sig=", "token=", server.url):
            assert hint not in public, (text, public)


async def test_making_a_picture_private_takes_it_from_the_group(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    group = telegram.group("Cats", ada)
    reply = await ada.send_document(pictures.png(), "cat.png", caption="/upload", chat=group)
    (link,) = links(reply)
    await ada.tap(reply, "Make private")
    await telegram.until(lambda: "sig=" in everything(ada.sees()[-1]))
    in_group = "\n".join(map(everything, ada.sees(group)))
    assert "sig=" not in in_group
    assert media_id(link) not in "".join(
        everything(one) for one in ada.sees(group) if one.sender == telegram.bot.id
    )
    assert ada.sees(group)[-1].rows == [["Open the chat"]]


async def test_who_has_never_started_the_bot_is_told_to(shared):
    _, telegram = shared
    eve = telegram.user("eve", started=False)
    group = telegram.group("Cats", eve)
    told = await eve.send("/login", chat=group)
    assert "press Start" in told.text
    assert "token=" not in everything(told)
    assert eve.sees() == []
    url = told.buttons["Open the chat"]["url"]
    await eve.open(url)
    again = await eve.send("/login", chat=group)
    assert "in private" in again.text
    assert "token=" in everything(eve.sees()[-1])


async def test_others_private_pictures_stay_theirs(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats", ada, bob, admins=[ada])
    mine = await ada.send_document(pictures.png(), "a.png", caption="/upload private")
    (link,) = links(mine)
    bare = link.partition("?")[0]
    for text in (
        f"/info {bare}",
        f"/transform {bare} blur=5",
        f"/delete {bare}",
        f"/upload {bare}",
    ):
        told = await bob.send(text, chat=group)
        assert "sig=" not in everything(told), text
        assert "not yours to see" in told.text, (text, told.text)
    assert await picture(server, link), "it is there still"
