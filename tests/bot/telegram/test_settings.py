"""What a group's administrators agree on for it, and a group that becomes another."""

from __future__ import annotations

import asyncio

import pictures
import pytest
from chats import status_of
from telegrams import links

from core.chats import ChatRef, Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def upload(person, group, caption="/upload"):
    return await person.send_document(pictures.png(), "a.png", caption=caption, chat=group)


async def of_chat(server, group):
    return await server.core.chats.find(ChatRef(Platform.TELEGRAM, str(group.id)))


async def test_they_are_for_administrators(shared):
    _, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats", ada, bob, admins=[ada])
    for text in ("/settings", "/settings team yes", "/settings defaults ttl=1d"):
        assert "administrators" in (await bob.send(text, chat=group)).text, text
        assert "administrators" in (await ada.send(text)).text, "in private there are none"
    assert "Shared team" in (await ada.send("/settings", chat=group)).text
    owner = telegram.owner_of(group)
    assert "Saved" in (await owner.send("/settings team yes", chat=group)).text


async def test_a_team_and_what_holds_for_uploads(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats <b>&amp;</b> *dogs*", ada, bob, admins=[ada])
    await ada.send("/settings team yes", chat=group)
    told = await ada.send("/settings defaults ttl=7d", chat=group)
    assert "Cats <b>&amp;</b> *dogs*" in told.text
    assert "7 days" in told.text
    assert "Expires" in (await upload(bob, group)).text
    usage = (await bob.send("/usage", chat=group)).text
    assert usage.count("Images: 1") == 1
    assert usage.count("Images: 0") == 1
    await ada.send("/settings defaults private=yes", chat=group)
    told = await upload(bob, group)
    assert "in private" in told.text
    assert "sig=" in links(bob.sees()[-1])[0]
    chat = await of_chat(server, group)
    assert (chat.team.name, chat.settings.public) == (group.title, False)


async def test_where_uploads_are_allowed(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    group = telegram.group("Cats", ada, admins=[ada])
    await ada.send("/settings channels 12", chat=group)
    assert "not allowed in this channel" in (await upload(ada, group)).text
    await ada.send("/settings channels here", chat=group)
    assert links(await upload(ada, group))
    await ada.send("/settings channels everywhere", chat=group)
    assert links(await upload(ada, group))


async def test_where_every_picture_is_hosted_the_bot_has_to_see_them(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    group = telegram.group("Cats", admins=[ada])
    told = await ada.send("/settings automatic here", chat=group)
    assert "Make me an administrator" in told.text
    assert "automatic: off" not in told.text
    raised = telegram.group("Dogs", admins=[ada], bot_admin=True)
    assert "Saved" in (await ada.send("/settings automatic here", chat=raised)).text
    assert links(await ada.send_document(pictures.png(), "a.png", chat=raised))
    assert "Saved" in (await ada.send("/settings automatic none", chat=raised)).text
    await ada.post(document=pictures.png(), chat=raised)
    assert "Plan" in (await ada.send("/usage", chat=raised)).text


@pytest.mark.parametrize("early", [False, True])
async def test_a_group_that_becomes_a_supergroup_keeps_everything(shared, early):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    telegram.privacy = False
    group = telegram.group("Cats", ada, bob, admins=[ada], supergroup=False)
    for text in ("team yes", "defaults ttl=7d", "automatic here"):
        assert "Saved" in (await ada.send(f"/settings {text}", chat=group)).text
    (link,) = links(await upload(bob, group))
    before = await of_chat(server, group)
    late = await bob.post(text="/usage", chat=group) if early else None
    new = telegram.upgrade(group)
    if early:
        await telegram.until(lambda: any("Plan" in one.text for one in new.messages.values()))
        assert late
    while await of_chat(server, group):  # it is told of that beside what people write
        await asyncio.sleep(0.02)
    assert link in (await bob.send("/info", chat=new)).text, "the last picture there"
    automatic = await bob.send_document(pictures.png(48, 64), "b.png", chat=new)
    assert links(automatic)
    after = await of_chat(server, new)
    assert (after.team, after.settings.ttl) == (before.team, before.settings.ttl)
    assert after.settings.automatic == str(new.id)
    assert await of_chat(server, group) is None
    told = await ada.send(f"/delete {link}", chat=new)
    await ada.tap(told, "Delete for good")
    assert await status_of(server, link) == 410
    telegram.privacy = True
