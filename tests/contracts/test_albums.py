"""What every keeper of albums must do."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from rows import NOW, later, new_media, plan

from core.adapters.db import releasing
from core.adapters.db.albums import SqlAlbums
from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.embeds import SqlProfiles
from core.albums import Album
from core.embeds import Look
from core.errors import CoreError, IdTaken, InvalidInput, QuotaExceeded
from core.ids import new_media_id
from core.model import Media, MediaPatch, Position


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
def albums(databases, images):
    """The albums, opened twice, as by two processes."""
    return [SqlAlbums(database, images) for database in databases]


@pytest.fixture
def catalog(databases):
    return SqlCatalog(databases[0], later(minutes=3) - NOW)


@pytest.fixture
async def team(databases):
    _, made = await SqlDirectory(databases[0]).enrol("somebody@example.org", None, NOW)
    return made


@pytest.fixture
async def other_team(databases):
    _, made = await SqlDirectory(databases[0]).enrol("other@example.org", None, NOW)
    return made


async def add(albums, team, **fields) -> Album:
    album = Album(new_media_id(), team.id, "Holiday 🦆", "two\nlines", True, None, None, NOW)
    album = replace(album, **fields)
    await albums.add(album)
    return album


async def hosted(catalog, team, **fields) -> Media:
    media = await catalog.reserve(new_media(team=team, **fields), plan())
    await catalog.publish(media, NOW)
    return media


async def test_an_album_comes_back_as_it_was_given(albums, team):
    for fields in ({}, {"description": None, "public": False, "password_hash": "$argon2id$x"}):
        made = await add(albums[0], team, **fields)
        assert await albums[1].find(made.id, NOW) == made


async def test_an_id_is_given_once(albums, team, other_team):
    made = await add(albums[0], team)
    with pytest.raises(IdTaken):
        await add(albums[1], other_team, id=made.id)
    assert await albums[0].find(made.id, NOW) == made


@pytest.mark.parametrize("nothing", ["", "1111111111", "a\0b", "\udcff", "x" * 500])
async def test_ids_that_name_nothing(albums, team, nothing):
    assert await albums[0].find(nothing, NOW) is None
    assert await albums[0].change(team.id, nothing, NOW, lambda one: one) is None
    assert await albums[0].remove(team.id, nothing) is False
    assert await albums[0].take_out(team.id, nothing, nothing, NOW) is False


async def test_a_foreign_album_is_neither_changed_nor_removed(albums, team, other_team):
    made = await add(albums[0], team)
    changed = await albums[0].change(
        other_team.id, made.id, NOW, lambda one: replace(one, title="mine")
    )
    assert changed is None
    assert await albums[0].remove(other_team.id, made.id) is False
    assert await albums[0].find(made.id, NOW) == made


async def test_pages_show_a_teams_albums_once_newest_first(albums, team, other_team):
    made = [await add(albums[0], team, created_at=later(seconds=n // 2)) for n in range(7)]
    await add(albums[0], other_team)
    expected = sorted(made, key=lambda one: (one.created_at, one.id), reverse=True)
    found, after = [], None
    while page := await albums[1].list_page(team.id, after, 3, NOW):
        found += page
        after = Position(page[-1].created_at, page[-1].id)
    assert found == expected


async def test_images_are_counted_while_they_live(albums, catalog, team):
    made = await add(albums[0], team)
    empty = await add(albums[0], team)
    for fields in ({}, {"public": False}, {"expires_at": later(minutes=5)}):
        await hosted(catalog, team, album_id=made.id, **fields)
    await catalog.reserve(new_media(team=team, album_id=made.id), plan())
    found = await albums[1].find(made.id, NOW)
    assert (found.media_count, found.public_count) == (3, 2)
    found = await albums[1].find(made.id, later(minutes=5))
    assert (found.media_count, found.public_count) == (2, 1)
    listed = {one.id: one.media_count for one in await albums[1].list_page(team.id, None, 9, NOW)}
    assert listed == {made.id: 3, empty.id: 0}


async def test_changes_of_different_fields_at_once_are_all_kept(albums, team):
    made = await add(albums[0], team)
    wanted = {"title": "t", "description": None, "public": False, "password_hash": "x"}
    await asyncio.gather(
        *(
            albums[number % 2].change(
                team.id, made.id, NOW, lambda one, field=field: replace(one, **dict([field]))
            )
            for number, field in enumerate(wanted.items())
        )
    )
    assert await albums[0].find(made.id, NOW) == replace(made, **wanted)


async def test_an_embed_profile_must_be_the_teams(databases, albums, images, team, other_team):
    profiles = SqlProfiles(databases[0], images)
    directory = SqlDirectory(databases[0])
    user, _ = await directory.enrol("somebody@example.org", None, NOW)
    stranger, _ = await directory.enrol("other@example.org", None, NOW)
    mine = await profiles.add(user.id, team.id, "", Look(), NOW, default=False, most=9)
    theirs = await profiles.add(stranger.id, other_team.id, "", Look(), NOW, default=False, most=9)
    made = await add(albums[0], team, embed_profile_id=mine.id)
    assert (await albums[1].find(made.id, NOW)).embed_profile_id == mine.id
    for wrong in (theirs.id, 999_999):
        for attempt in (
            add(albums[0], team, embed_profile_id=wrong),
            albums[0].change(
                team.id, made.id, NOW, lambda one, wrong=wrong: replace(one, embed_profile_id=wrong)
            ),
        ):
            with pytest.raises(InvalidInput) as caught:
                await attempt
            assert list(caught.value.errors) == ["embed_profile_id"]
    assert await profiles.remove(user.id, mine.id)
    assert (await albums[1].find(made.id, NOW)).embed_profile_id is None


async def test_an_albums_images_are_given_in_pages_newest_first(albums, catalog, team):
    made = await add(albums[0], team)
    shown = [
        await hosted(catalog, team, album_id=made.id, public=n % 3 > 0, created_at=later(seconds=n))
        for n in range(7)
    ]
    await hosted(catalog, team)
    await hosted(catalog, team, album_id=made.id, expires_at=later(minutes=1))
    await catalog.reserve(new_media(team=team, album_id=made.id), plan())

    async def ids(public_only):
        found, after = [], None
        while page := await albums[1].media_page(
            made.id, after, 2, later(minutes=1), public_only=public_only
        ):
            found += [media.id for media in page]
            after = Position(page[-1].created_at, page[-1].id)
        return found

    assert await ids(False) == [media.id for media in shown[::-1]]
    assert await ids(True) == [media.id for media in shown[::-1] if media.public]


async def test_an_image_is_taken_out_of_the_album_that_it_is_in(
    albums, catalog, images, team, other_team
):
    first, second = await add(albums[0], team), await add(albums[0], team)
    media = await hosted(catalog, team, album_id=first.id)
    assert not await albums[1].take_out(team.id, second.id, media.id, NOW)
    assert not await albums[1].take_out(other_team.id, first.id, media.id, NOW)
    assert (await catalog.find(media.id)).album_id == first.id
    assert await albums[1].take_out(team.id, first.id, media.id, NOW)
    assert images.told == {media.id}
    assert (await catalog.find(media.id)).album_id is None
    assert not await albums[1].take_out(team.id, first.id, media.id, NOW)
    fleeting = await hosted(catalog, team, album_id=first.id, expires_at=later(minutes=1))
    assert not await albums[1].take_out(team.id, first.id, fleeting.id, later(minutes=1))


async def test_a_removed_album_leaves_its_images(albums, catalog, images, team, monkeypatch):
    monkeypatch.setattr(releasing, "BATCH", 3)
    made, kept = await add(albums[0], team), await add(albums[0], team)
    inside = [await hosted(catalog, team, album_id=made.id) for _ in range(6)]
    elsewhere = await hosted(catalog, team, album_id=kept.id)
    assert await albums[1].remove(team.id, made.id)
    assert await albums[0].find(made.id, NOW) is None
    assert images.told == {media.id for media in inside}
    assert {(await catalog.find(media.id)).album_id for media in inside} == {None}
    assert (await catalog.find(elsewhere.id)).album_id == kept.id
    assert not await albums[1].remove(team.id, made.id)


async def test_an_album_that_goes_while_images_come_leaves_no_fault(
    databases, albums, catalog, team
):
    """Uploads and moves into it succeed before, and are refused as wrong input after."""
    second = SqlCatalog(databases[1], later(minutes=3) - NOW)
    for _ in range(4):
        made = await add(albums[0], team)
        ready = [await hosted(catalog, team) for _ in range(4)]
        patch = MediaPatch(album_id=made.id)
        answers = await asyncio.gather(
            *(hosted(second, team, album_id=made.id) for _ in range(3)),
            *(second.update(team.id, [media.id], patch, NOW) for media in ready),
            albums[0].remove(team.id, made.id),
            second.update(team.id, [media.id for media in ready], patch, NOW),
            *(hosted(second, team, album_id=made.id) for _ in range(3)),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, CoreError):
                assert isinstance(answer, InvalidInput)
                assert list(answer.errors) == ["album_id"]
            else:
                assert not isinstance(answer, BaseException), repr(answer)
        for media in ready:
            assert (await catalog.find(media.id)).album_id is None


async def test_albums_by_words_in_their_titles(albums, team, other_team):
    summer = await add(albums[0], team, title="Sommer ÄÖÜ 100%")
    await add(albums[0], team, title="Winter")
    await add(albums[0], other_team, title="Sommer")
    for words, expected in (("äöü", [summer.id]), ("0%", [summer.id]), ("_", []), ("a\0b", [])):
        found = await albums[0].list_page(team.id, None, 9, NOW, words)
        assert [album.id for album in found] == expected


async def test_images_name_albums_by_their_titles(albums, catalog, team, other_team):
    old = await add(albums[0], team, title="Trip")
    theirs = await add(albums[0], other_team, title="Trip", created_at=later(days=1))
    new = await add(albums[0], team, title="Trip", created_at=later(hours=1))
    for title, found in {"Trip": new.id, "trip": None, "Trip ": None, "Tr%": None}.items():
        media = await hosted(catalog, team, data=title.encode(), album_title=title)
        assert (media.album_id == found) == (found is not None), title
        assert media.album_id not in {old.id, theirs.id, None}
        assert (await albums[1].find(media.album_id, NOW)).title == title


async def test_of_many_images_at_once_one_makes_the_album(albums, databases, team):
    catalogs = [SqlCatalog(database, later(minutes=3) - NOW) for database in databases]
    made = await asyncio.gather(
        *(
            catalog.reserve(new_media(b"%d" % number, team=team, album_title="New"), plan())
            for number, catalog in enumerate(catalogs * 4)
        )
    )
    (listed,) = await albums[0].list_page(team.id, None, 9, NOW)
    assert {media.album_id for media in made} == {listed.id}
    assert (listed.title, listed.public, listed.created_at) == ("New", True, NOW)


async def test_an_image_that_does_not_fit_makes_no_album(albums, catalog, team):
    with pytest.raises(QuotaExceeded):
        await catalog.reserve(new_media(team=team, album_title="New"), plan(0))
    assert await albums[0].list_page(team.id, None, 9, NOW) == []
