"""What every keeper of embed profiles must do."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from rows import NOW, later, new_media, plan
from sqlalchemy import update
from sqlmodel import col

from core.adapters.db import releasing
from core.adapters.db.albums import SqlAlbums
from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.embeds import SqlProfiles
from core.adapters.db.tables import ChatRow, UserRow, ViewsRow
from core.albums import Album
from core.embeds import (
    BUILT_IN,
    Button,
    Candidates,
    Layout,
    Look,
    PictureSize,
    Surroundings,
    choose,
)
from core.errors import CoreError, InvalidInput, TooManyProfiles
from core.model import Media, MediaPatch

LOOK = Look(
    title="{caption} 🦆",
    description="two\nlines",
    color="#ff5733",
    author_name="Jane",
    author_url="https://example.com/jane",
    site_name="Ducks",
    layout=Layout.COMPONENT,
    image=PictureSize.SMALL,
    spoiler=True,
    buttons=(Button("Open {filename}", "https://example.com/1"), Button("b", "http://b.example")),
)


class Images:
    """Remembers which images it was told of."""

    def __init__(self) -> None:
        self.told = set()

    def forget(self, media_ids) -> None:
        self.told |= set(media_ids)


@pytest.fixture
def images():
    return Images()


@pytest.fixture
def profiles(databases, images):
    """The profiles, opened twice, as by two processes."""
    return [SqlProfiles(database, images) for database in databases]


@pytest.fixture
def catalog(databases):
    return SqlCatalog(databases[0], later(minutes=3) - NOW)


@pytest.fixture
async def somebody(databases):
    return await SqlDirectory(databases[0]).enrol("somebody@example.org", None, NOW)


@pytest.fixture
async def other(databases):
    return await SqlDirectory(databases[0]).enrol("other@example.org", None, NOW)


async def add(profiles, who, look=LOOK, name="name", *, default=False, most=25):
    user, team = who
    return await profiles.add(user.id, team.id, name, look, NOW, default=default, most=most)


async def find(profiles, who, profile):
    return await profiles.find(who[0].id, who[1].id, profile.id)


async def hosted(catalog, who, **fields) -> Media:
    user, team = who
    media = await catalog.reserve(new_media(team=team, user_id=user.id, **fields), plan())
    await catalog.publish(media, NOW)
    return media


async def test_a_profile_comes_back_as_it_was_given(profiles, somebody):
    made = await add(profiles[0], somebody, name="Ducks 🦆")
    assert (made.name, made.look, made.user_id) == ("Ducks 🦆", LOOK, somebody[0].id)
    assert (made.created_at, made.default) == (NOW, False)
    assert await find(profiles[1], somebody, made) == made
    plain = await add(profiles[0], somebody, Look())
    assert (await find(profiles[1], somebody, plain)).look == BUILT_IN


async def test_profiles_are_a_users_own_and_listed_oldest_first(profiles, somebody, other):
    made = [await add(profiles[0], somebody, name=str(number)) for number in range(3)]
    theirs = await add(profiles[0], other)
    assert await profiles[1].list_of(somebody[0].id, somebody[1].id) == made
    assert await find(profiles[0], somebody, theirs) is None
    assert await profiles[0].remove(somebody[0].id, theirs.id) is False
    changed = await profiles[0].change(somebody[0].id, somebody[1].id, theirs.id, lambda one: one)
    assert changed is None
    assert await find(profiles[0], other, theirs) == theirs


@pytest.mark.parametrize("nothing", [0, -1, 2**63 - 1, 2**63, 10**40])
async def test_ids_that_name_nothing(profiles, somebody, nothing):
    user, team = somebody
    assert await profiles[0].find(user.id, team.id, nothing) is None
    assert await profiles[0].change(user.id, team.id, nothing, lambda one: one) is None
    assert await profiles[0].remove(user.id, nothing) is False


async def test_of_many_at_once_just_as_many_are_kept_as_may_be(profiles, somebody, other):
    tries = [add(profiles[number % 2], somebody, most=5) for number in range(12)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    refused = [one for one in answers if isinstance(one, TooManyProfiles)]
    assert (len(answers) - len(refused), len(refused)) == (5, 7)
    assert len(await profiles[0].list_of(somebody[0].id, somebody[1].id)) == 5
    await add(profiles[0], other, most=5)
    assert await profiles[0].remove(somebody[0].id, answers[answers.index(refused[0]) - 1].id)
    await add(profiles[1], somebody, most=5)


async def test_changes_of_different_fields_at_once_are_all_kept(profiles, somebody):
    user, team = somebody
    made = await add(profiles[0], somebody, Look())

    def change(number, **fields):
        return profiles[number % 2].change(
            user.id, team.id, made.id, lambda one: replace(one, look=replace(one.look, **fields))
        )

    wanted = {"title": "t", "description": "d", "color": "#000000", "spoiler": True}
    await asyncio.gather(
        *(change(number, **{name: value}) for number, (name, value) in enumerate(wanted.items()))
    )
    assert (await find(profiles[0], somebody, made)).look == Look(**wanted)


async def test_a_change_that_fails_changes_nothing(profiles, somebody):
    made = await add(profiles[0], somebody)

    def refuse(profile):
        raise InvalidInput("no")

    with pytest.raises(InvalidInput):
        await profiles[0].change(somebody[0].id, somebody[1].id, made.id, refuse)
    assert await find(profiles[1], somebody, made) == made


async def test_one_profile_at_a_time_is_the_teams_default(profiles, somebody, other):
    user, team = somebody
    first = await add(profiles[0], somebody, default=True)
    second = await add(profiles[0], somebody)
    assert first.default

    async def defaults():
        return [one.id for one in await profiles[1].list_of(user.id, team.id) if one.default]

    async def set_default(profile, value):
        revised = await profiles[0].change(
            user.id, team.id, profile.id, lambda one: replace(one, default=value)
        )
        assert revised.default is value

    assert await defaults() == [first.id]
    await set_default(second, True)
    assert await defaults() == [second.id]
    await set_default(first, False)
    assert await defaults() == [second.id]
    await set_default(second, False)
    assert await defaults() == []
    await set_default(first, True)
    assert not (await add(profiles[0], other)).default
    assert await profiles[0].remove(user.id, first.id)
    assert await defaults() == []


async def test_what_an_image_shows_falls_back_in_order(
    databases, profiles, catalog, somebody, images
):
    user, team = somebody
    looks = {name: Look(title=name) for name in ("image", "album", "chat", "team")}
    made = {
        name: await add(profiles[0], somebody, look, default=name == "team")
        for name, look in looks.items()
    }
    albums = SqlAlbums(databases[0], images)
    await albums.add(
        Album("1111111111", team.id, "Holiday", None, True, None, made["album"].id, NOW)
    )
    media = await hosted(
        catalog, somebody, album_id="1111111111", embed_profile_id=made["image"].id
    )
    async with databases[0].write() as session:
        for number, profile in enumerate([None, made["chat"].id, made["team"].id]):
            session.add(
                ChatRow(
                    platform="telegram",
                    platform_chat_id=str(number),
                    team_id=team.id,
                    embed_profile_id=profile,
                    created_at=NOW,
                )
            )
        session.add(ViewsRow(media_id=media.id, views=1234))
        await session.execute(update(UserRow).where(col(UserRow.id) == user.id).values(name="Jane"))

    found = await profiles[1].surroundings(media.id)
    assert found == Surroundings(Candidates(**looks), "Holiday", "Jane", 1234)
    candidates = await profiles[1].candidates_of_album("1111111111")
    assert candidates == replace(Candidates(**looks), image=None)
    assert await profiles[1].candidates_of_album("2222222222") == Candidates()
    for name in ("image", "album", "chat"):
        assert choose((await profiles[1].surroundings(media.id)).candidates) == looks[name]
        assert await profiles[0].remove(user.id, made[name].id)
    # The chat's is gone; the other chat of the team names what is also the team's.
    assert choose((await profiles[1].surroundings(media.id)).candidates) == looks["team"]
    assert await profiles[0].remove(user.id, made["team"].id)
    assert choose((await profiles[1].surroundings(media.id)).candidates) is BUILT_IN
    assert images.told == {media.id}
    assert await profiles[0].surroundings("2222222222") == Surroundings()


async def test_an_image_of_nobody_has_the_built_in_look(profiles, catalog):
    media = await catalog.reserve(new_media(), None)
    await catalog.publish(media, NOW)
    assert await profiles[0].surroundings(media.id) == Surroundings()


async def test_a_profile_of_many_images_goes_from_all_of_them(
    profiles, catalog, somebody, images, monkeypatch
):
    monkeypatch.setattr(releasing, "BATCH", 3)
    made = await add(profiles[0], somebody)
    kept = await add(profiles[0], somebody)
    mine = [await hosted(catalog, somebody, embed_profile_id=made.id) for _ in range(7)]
    another = await hosted(catalog, somebody, embed_profile_id=kept.id)
    assert await profiles[0].remove(somebody[0].id, made.id)
    assert images.told == {media.id for media in mine}
    assert {(await catalog.find(media.id)).embed_profile_id for media in mine} == {None}
    assert (await catalog.find(another.id)).embed_profile_id == kept.id
    assert await find(profiles[0], somebody, made) is None


async def test_a_profile_that_goes_while_images_take_it_leaves_no_fault(
    databases, profiles, catalog, somebody
):
    """Uploads and patches that name it succeed before, and are refused as wrong input after."""
    second = SqlCatalog(databases[1], later(minutes=3) - NOW)
    for _ in range(4):
        made = await add(profiles[0], somebody)
        ready = [await hosted(catalog, somebody) for _ in range(4)]
        patch = MediaPatch(embed_profile_id=made.id)

        async def upload(made=made):
            await hosted(second, somebody, embed_profile_id=made.id)

        answers = await asyncio.gather(
            *(upload() for _ in range(3)),
            *(second.update(somebody[1].id, [media.id], patch, NOW) for media in ready),
            profiles[0].remove(somebody[0].id, made.id),
            second.update(somebody[1].id, [media.id for media in ready], patch, NOW),
            *(upload() for _ in range(3)),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, CoreError):
                assert isinstance(answer, InvalidInput)
                assert list(answer.errors) == ["embed_profile_id"]
            else:
                assert not isinstance(answer, BaseException), repr(answer)
        for media in ready:
            assert (await catalog.find(media.id)).embed_profile_id is None
