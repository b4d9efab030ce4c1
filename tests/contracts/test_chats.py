"""What Chats, Conversations and Tickets must do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from rows import NOW, later, new_media, plan

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.chats import SqlChats
from core.adapters.db.conversations import SqlConversations
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.tickets import SqlTickets
from core.chats import ChatRef, ChatSettings, Conversation, Platform
from core.errors import IdTaken, InvalidInput

CATS = ChatRef(Platform.DISCORD, "2001")
DOGS = ChatRef(Platform.TELEGRAM, "-100")


@pytest.fixture
def all_chats(databases):
    return [SqlChats(database) for database in databases]


@pytest.fixture
def chats(all_chats):
    return all_chats[0]


@pytest.fixture
def catalog(databases):
    return SqlCatalog(databases[0], timedelta(seconds=180))


@pytest.fixture
async def somebody(databases):
    return await SqlDirectory(databases[0]).enrol("somebody@example.org", None, NOW)


async def hosted(catalog, somebody, data=b"picture"):
    user, team = somebody
    media = await catalog.reserve(new_media(data, team=team, user_id=user.id), plan())
    await catalog.publish(media, NOW)
    return media


async def test_settings_are_kept_as_they_were_agreed_on(chats):
    assert await chats.find(CATS) is None
    agreed = ChatSettings(timedelta(days=7), False, ("11", "12"), "13")
    changed = await chats.change(CATS, NOW, lambda chat: replace(chat, settings=agreed))
    assert changed.settings == agreed
    assert await chats.find(CATS) == changed
    assert await chats.find(DOGS) is None


async def test_changes_at_once_do_not_undo_each_other(all_chats):
    def allow(channel):
        return lambda chat: replace(
            chat, settings=replace(chat.settings, channels=(*chat.settings.channels, channel))
        )

    await asyncio.gather(
        *(all_chats[number % 2].change(CATS, NOW, allow(str(number))) for number in range(8))
    )
    assert set((await all_chats[0].find(CATS)).settings.channels) == set(map(str, range(8)))


async def test_a_profile_that_is_no_more_is_refused(chats):
    with pytest.raises(InvalidInput):
        await chats.change(CATS, NOW, lambda chat: replace(chat, embed_profile_id=99))


async def test_a_chat_gets_one_team_however_often_it_is_asked_for(all_chats, somebody, databases):
    user, own = somebody
    shared = await asyncio.gather(
        *(all_chats[number % 2].share(CATS, user.id, "Cats", "free", NOW) for number in range(4))
    )
    teams = {chat.team.id for chat in shared}
    assert len(teams) == 1
    assert own.id not in teams
    assert (await all_chats[0].unshare(CATS, NOW)).team is None
    assert (await all_chats[1].find(CATS)).team is None
    again = await all_chats[1].share(CATS, user.id, "Cats", "free", NOW)
    assert {again.team.id} == teams, "a new one would have a new quota"


async def test_the_last_post_of_each_person_in_each_chat(chats, catalog, somebody):
    user, _ = somebody
    first, second = await hosted(catalog, somebody), await hosted(catalog, somebody, b"other")
    assert await chats.last_post(CATS, user.id) is None
    await chats.note_post(CATS, first.id, user.id, NOW)
    await chats.note_post(CATS, first.id, user.id, later(seconds=9))  # delivered twice
    await chats.note_post(DOGS, second.id, user.id, later(seconds=5))
    assert await chats.last_post(CATS, user.id) == first.id
    assert await chats.last_post(DOGS, user.id) == second.id
    assert await chats.was_posted(CATS, first.id)
    assert not await chats.was_posted(CATS, second.id)


async def test_a_removed_image_is_no_last_post(chats, catalog, somebody):
    user, team = somebody
    first, second = await hosted(catalog, somebody), await hosted(catalog, somebody, b"other")
    await chats.note_post(CATS, first.id, user.id, NOW)
    await chats.note_post(CATS, second.id, user.id, later(seconds=5))
    await catalog.remove([second.id], team.id, "deleted", NOW)
    assert await chats.last_post(CATS, user.id) == first.id
    await chats.note_post(CATS, second.id, user.id, later(seconds=5))
    assert await chats.last_post(CATS, user.id) == first.id


async def test_a_chat_that_becomes_another_takes_everything_along(all_chats, catalog, somebody):
    chats, user = all_chats[0], somebody[0]
    old, new = replace(DOGS, id="-5"), DOGS
    image = await hosted(catalog, somebody)
    await chats.note_post(old, image.id, user.id, NOW)
    team = (await chats.share(old, user.id, "Dogs", "free", NOW)).team
    agreed = ChatSettings(timedelta(days=7), None, ("11", "-5"), "-5")
    await chats.change(old, NOW, lambda chat: replace(chat, settings=agreed))
    await asyncio.gather(*(all_chats[number % 2].move(old, new) for number in range(6)))
    found = await chats.find(new)
    assert (found.team, found.ref) == (team, new)
    assert found.settings == replace(agreed, channels=("11", "-100"), automatic="-100")
    assert await chats.last_post(new, user.id) == image.id
    assert await chats.find(old) is None


async def test_what_was_agreed_on_after_a_chat_became_another_stays(all_chats, catalog, somebody):
    chats, user = all_chats[0], somebody[0]
    old, new = replace(DOGS, id="-5"), DOGS
    first, second = await hosted(catalog, somebody), await hosted(catalog, somebody, b"other")
    await chats.note_post(old, first.id, user.id, NOW)
    team = (await chats.share(old, user.id, "Dogs", "free", NOW)).team
    before = ChatSettings(timedelta(days=7), public=False)
    await chats.change(old, NOW, lambda chat: replace(chat, settings=before))
    await chats.note_post(new, second.id, user.id, later(seconds=5))
    after = ChatSettings(timedelta(days=1))
    await chats.change(new, NOW, lambda chat: replace(chat, settings=after))
    await asyncio.gather(*(all_chats[number % 2].move(old, new) for number in range(4)))
    found = await chats.find(new)
    assert (found.team, found.settings) == (team, replace(after, public=False))
    assert await chats.was_posted(new, first.id)
    assert await chats.last_post(new, user.id) == second.id
    assert await chats.find(old) is None


async def test_a_ticket_is_good_once_for_its_purpose_and_its_time(databases, somebody):
    tickets = [SqlTickets(database) for database in databases]
    user, _ = somebody
    await tickets[0].add("sign-in", "a" * 64, user.id, NOW, later(minutes=10))
    assert await tickets[1].find("sign-in", "a" * 64, NOW) == user.id
    assert await tickets[1].redeem("link", "a" * 64, NOW) is None
    assert await tickets[1].redeem("sign-in", "a" * 64, later(minutes=10)) is None
    found = await asyncio.gather(
        *(tickets[number % 2].redeem("sign-in", "a" * 64, NOW) for number in range(6))
    )
    assert sorted(found, key=str) == [user.id, *[None] * 5]


async def test_conversations_change_one_after_the_other_and_end(databases, somebody):
    stores = [SqlConversations(database) for database in databases]
    user, _ = somebody
    new = Conversation("abc", user.id, "editor", {"steps": []}, later(days=7))
    await stores[0].add(new, NOW)
    with pytest.raises(IdTaken):
        await stores[1].add(new, NOW)
    assert await stores[1].find("abc", NOW) == new

    def step(number):
        return lambda state: {"steps": [*state["steps"], number]}

    await asyncio.gather(
        *(stores[number % 2].change("abc", NOW, later(days=8), step(number)) for number in range(6))
    )
    found = await stores[0].find("abc", NOW)
    assert sorted(found.state["steps"]) == list(range(6))
    assert found.expires_at == later(days=8)
    assert await stores[0].find("abc", later(days=8)) is None
    assert await stores[0].change("abc", later(days=8), later(days=9), step(9)) is None
