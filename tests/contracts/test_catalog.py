"""What every Catalog, with its Undertaker, must do."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import pytest
from rows import NOW, later, new_media, plan, staged

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.undertaker import SqlUndertaker
from core.errors import (
    Banned,
    ExternalIdDuplicate,
    IdTaken,
    InvalidInput,
    QuotaExceeded,
    StorageExceeded,
    Unavailable,
)
from core.ids import new_media_id
from core.model import Media, MediaFilter, MediaPatch, Position, Tombstone

LIFE = timedelta(minutes=3)
ALL = MediaFilter()


@pytest.fixture
def catalogs(databases):
    """One catalog, opened twice, as by two processes."""
    return [SqlCatalog(database, LIFE) for database in databases]


@pytest.fixture
def catalog(catalogs):
    return catalogs[0]


@pytest.fixture
def undertaker(databases):
    return SqlUndertaker(databases[1])


@pytest.fixture
async def team(databases):
    _, made = await SqlDirectory(databases[0]).enrol("somebody@example.org", None, NOW)
    return made


@pytest.fixture
async def other_team(databases):
    _, made = await SqlDirectory(databases[0]).enrol("other@example.org", None, NOW)
    return made


async def hosted(catalog, *positional, of_plan=None, **fields) -> Media:
    """Reserve and publish, by a plan without limits unless one is given."""
    new = new_media(*positional, **fields)
    quota = None if new.team_id is None else of_plan or plan()
    media = await catalog.reserve(new, quota)
    await catalog.publish(media, media.created_at)
    return media


async def counts(catalog, team, now=NOW):
    used = await catalog.usage(team.id, now)
    return used.uploads, used.media_stored, used.storage_bytes


async def everything_removed(undertaker, now):
    """Judge and forget all that nobody holds; gives the ids of the blobs."""
    while await undertaker.doom_blobs(now, 2):
        pass
    doomed = await undertaker.doomed_blobs(100)
    await undertaker.forget_blobs(doomed)
    assert await undertaker.doomed_blobs(100) == []
    return doomed


# Reserving and publishing


async def test_an_image_is_visible_once_it_is_published(catalogs, team):
    new = new_media(
        team=team,
        sidecar=b"GPS",
        caption="Grüße 🎈",
        metadata={"author": "Jane"},
        public=False,
        external_id="x",
        expires_at=later(days=1),
        delete_token_hash="f" * 64,
    )
    media = await catalogs[0].reserve(new, plan())
    assert (media.blob.stored, media.sidecar.stored) == (False, False)
    for catalog in catalogs:
        assert await catalog.find(new.id) is None
        assert await catalog.list_page(team.id, ALL, None, 9, NOW) == []
        assert await catalog.find_external(team.id, "x", NOW) is None
    await catalogs[0].publish(media, NOW)
    for catalog in catalogs:
        found = await catalog.find(new.id)
        assert (found.blob.stored, found.sidecar.stored) == (True, True)
        for name in ("id", "team_id", "caption", "metadata", "public", "external_id"):
            assert getattr(found, name) == getattr(new, name)
        for name in ("created_at", "expires_at", "delete_token_hash", "name", "album_id"):
            assert getattr(found, name) == getattr(new, name)
        assert found.created_at.utcoffset() == timedelta(0)
        assert (found.blob.sha256, found.blob.size) == (staged(b"picture").sha256, 7)
        assert await catalog.list_page(team.id, ALL, None, 9, NOW) == [found]
        assert await catalog.find_external(team.id, "x", NOW) == new.id


async def test_the_same_bytes_share_a_blob_however_often_they_come(catalogs, team):
    one = await hosted(catalogs[0], team=team)
    two = await catalogs[1].reserve(new_media(team=team), plan())
    assert two.blob.id == one.blob.id
    assert two.blob.stored
    other = await catalogs[1].reserve(new_media(b"other"), None)
    assert other.blob.id != one.blob.id
    assert not other.blob.stored


async def test_many_reservations_of_the_same_bytes_at_once_share_a_blob(catalogs):
    made = await asyncio.gather(*(catalog.reserve(new_media(), None) for catalog in catalogs * 6))
    assert len({media.blob.id for media in made}) == 1


async def test_an_id_is_taken_once(catalogs, team):
    media = await hosted(catalogs[0], team=team)
    for catalog in catalogs:
        with pytest.raises(IdTaken):
            await catalog.reserve(new_media(b"other", id=media.id, team=team), plan())
    await catalogs[0].remove([media.id], team.id, "deleted", NOW)
    with pytest.raises(IdTaken):
        await catalogs[1].reserve(new_media(id=media.id), None)
    assert await counts(catalogs[1], team) == (1, 0, 0)


async def test_one_id_raced_for_has_one_winner(catalogs):
    one = new_media_id()
    made = await asyncio.gather(
        *(catalog.reserve(new_media(id=one), None) for catalog in catalogs * 5),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in made) == ["IdTaken"] * 9 + ["Media"]


async def test_an_external_id_is_one_image_of_its_team(catalogs, team, other_team):
    pending = await catalogs[0].reserve(new_media(team=team, external_id="x"), plan())
    with pytest.raises(ExternalIdDuplicate) as caught:
        await catalogs[1].reserve(new_media(team=team, external_id="x"), plan())
    assert caught.value.data == {"id": pending.id, "pending": True}
    await catalogs[0].publish(pending, NOW)
    with pytest.raises(ExternalIdDuplicate) as caught:
        await catalogs[1].reserve(new_media(team=team, external_id="x"), plan())
    assert caught.value.data == {"id": pending.id, "pending": False}
    assert await hosted(catalogs[1], team=other_team, external_id="x")
    assert await counts(catalogs[0], team) == (1, 1, 7)


async def test_an_external_id_raced_for_has_one_winner(catalogs, team):
    made = await asyncio.gather(
        *(
            catalog.reserve(new_media(bytes([number]), team=team, external_id="x"), plan())
            for number, catalog in enumerate(catalogs * 5)
        ),
        return_exceptions=True,
    )
    names = sorted(type(each).__name__ for each in made)
    assert names == ["ExternalIdDuplicate"] * 9 + ["Media"]
    assert await counts(catalogs[0], team) == (1, 1, 1)


@pytest.mark.parametrize("way", ["removed", "expired", "abandoned", "dead"])
async def test_an_external_id_is_free_again(catalog, team, way):
    ends = later(minutes=5)
    first = await catalog.reserve(new_media(team=team, external_id="x", expires_at=ends), plan())
    now = NOW
    if way == "abandoned":
        await catalog.abandon(first.id)
    elif way == "dead":
        now = later(minutes=4)
    else:
        await catalog.publish(first, NOW)
        if way == "removed":
            await catalog.remove([first.id], team.id, "deleted", NOW)
        now = later(minutes=6)
    second = await hosted(catalog, team=team, external_id="x", created_at=now)
    assert await catalog.find_external(team.id, "x", now) == second.id
    _, stored, size = await counts(catalog, team, now)
    assert (stored, size) == (1, 7)
    if way == "dead":  # it comes back to life, too late
        with pytest.raises(Unavailable):
            await catalog.publish(first, now)


async def test_a_dead_reservation_that_many_find_is_undone_once(catalogs, team):
    await catalogs[0].reserve(new_media(team=team, external_id="x"), plan())
    now = later(minutes=4)
    made = await asyncio.gather(
        *(
            catalog.reserve(new_media(team=team, external_id="x", created_at=now), plan())
            for catalog in catalogs * 5
        ),
        return_exceptions=True,
    )
    names = sorted(type(each).__name__ for each in made)
    assert names == ["ExternalIdDuplicate"] * 9 + ["Media"]
    assert await counts(catalogs[0], team) == (1, 1, 7)


async def test_publishing_what_was_cleared_is_refused(catalog, undertaker, team):
    media = await catalog.reserve(new_media(team=team), plan())
    assert await undertaker.clear_abandoned(later(seconds=1), later(minutes=4), 10) == 1
    with pytest.raises(Unavailable):
        await catalog.publish(media, later(minutes=4))
    assert await catalog.find(media.id) is None


# Quota


async def test_quota_is_taken_with_the_reservation_and_given_back_by_abandoning(catalog, team):
    media = await catalog.reserve(new_media(team=team, sidecar=b"not counted"), plan(1, 7))
    assert await counts(catalog, team) == (1, 1, 7)
    await catalog.abandon(media.id)
    assert await counts(catalog, team) == (0, 0, 0)
    await catalog.abandon(media.id)  # twice is once
    assert await counts(catalog, team) == (0, 0, 0)


async def test_a_published_image_can_not_be_abandoned(catalog, team):
    media = await hosted(catalog, team=team)
    await catalog.abandon(media.id)
    assert await catalog.find(media.id)
    assert await counts(catalog, team) == (1, 1, 7)


@pytest.mark.parametrize(
    ("limits", "quota", "fits"),
    [((5, None), QuotaExceeded, 5), ((None, 36), StorageExceeded, 5)],
)
async def test_of_many_at_once_as_many_get_quota_as_fit(catalogs, team, limits, quota, fits):
    made = await asyncio.gather(
        *(
            catalog.reserve(new_media(f"size {number:02}".encode(), team=team), plan(*limits))
            for number, catalog in enumerate(catalogs * 6)
        ),
        return_exceptions=True,
    )
    refused = [each for each in made if isinstance(each, QuotaExceeded)]
    assert len(refused) == 12 - fits
    assert {type(each) for each in refused} == {quota}
    assert await counts(catalogs[0], team) == (fits, fits, fits * 7)


@pytest.mark.parametrize("limits", [(5, None), (None, 35)])
async def test_of_many_pairs_at_once_as_many_get_quota_as_fit_whole(catalogs, team, limits):
    pairs = [
        [new_media(f"size {number}{half}".encode(), team=team) for half in "ab"]
        for number in range(6)
    ]
    made = await asyncio.gather(
        *(
            catalog.reserve_all(pair, plan(*limits))
            for pair, catalog in zip(pairs, catalogs * 3, strict=True)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, QuotaExceeded) for each in made) == 4
    assert await counts(catalogs[0], team) == (4, 4, 28)


async def test_several_images_may_show_the_same_bytes(catalog, team):
    first, second = await catalog.reserve_all(
        [new_media(b"twice", team=team) for _ in range(2)], plan()
    )
    assert first.id != second.id
    assert first.blob == second.blob
    for media in (first, second):
        await catalog.publish(media, NOW)
        assert (await catalog.find(media.id)).blob.stored


async def test_pairs_of_the_same_bytes_in_any_order_do_not_wait_for_each_other(catalogs, team):
    def pair(number):
        names = (b"one", b"two") if number % 2 else (b"two", b"one")
        return [new_media(name, team=None) for name in names]

    made = await asyncio.gather(
        *(catalogs[number % 2].reserve_all(pair(number), None) for number in range(12))
    )
    assert len({media.blob.id for each in made for media in each}) == 2


async def test_a_refused_reservation_leaves_nothing(catalog, undertaker, team):
    with pytest.raises(QuotaExceeded):
        await catalog.reserve(new_media(team=team), plan(0))
    assert await counts(catalog, team) == (0, 0, 0)
    media = await catalog.reserve(new_media(), None)
    assert not media.blob.stored
    assert await undertaker.doom_blobs(NOW, 10) == 0


async def test_uploads_count_by_the_month_and_storage_for_ever(catalog, team):
    await hosted(catalog, team=team, of_plan=plan(1))
    june = later(days=20)
    assert await counts(catalog, team, june) == (0, 1, 7)
    await hosted(catalog, team=team, created_at=june, of_plan=plan(1))
    assert await counts(catalog, team, june) == (1, 2, 14)
    used = await catalog.usage(team.id, june)
    assert (used.resets_at.month, used.resets_at.day, used.resets_at.hour) == (7, 1, 0)


async def test_abandoning_last_months_reservation_leaves_this_months_count(catalog, team):
    old = await catalog.reserve(new_media(team=team), plan())
    june = later(days=20)
    await hosted(catalog, team=team, created_at=june)
    await catalog.abandon(old.id)
    assert await counts(catalog, team, june) == (1, 1, 7)


# Lists


async def test_pages_are_newest_first_and_complete(catalog, team, other_team):
    made = []
    for number in range(7):
        # Two of one moment: the id decides.
        created = later(seconds=number // 2)
        media = await hosted(catalog, team=team, created_at=created)
        made.append(media)
    await hosted(catalog, team=other_team)
    await catalog.reserve(new_media(team=team), plan())
    expected = sorted(made, key=lambda media: (media.created_at, media.id), reverse=True)
    shown, after = [], None
    while page := await catalog.list_page(team.id, ALL, after, 2, later(days=1)):
        shown += page
        after = Position(page[-1].created_at, page[-1].id)
    assert [media.id for media in shown] == [media.id for media in expected]


async def test_lists_show_what_lives(catalog, team):
    await hosted(catalog, team=team, expires_at=later(minutes=5))
    assert len(await catalog.list_page(team.id, ALL, None, 9, later(seconds=299))) == 1
    assert await catalog.list_page(team.id, ALL, None, 9, later(minutes=5)) == []


async def test_lists_can_be_narrowed(catalog, team, other_team):
    sun = await hosted(catalog, team=team, caption="Die SÖNNE 100%", name="IMG_1.jpg")
    rain = await hosted(catalog, team=team, caption=None, name="Rain_1.jpg")
    foreign = await hosted(catalog, team=other_team, caption="sönne")

    async def ids(**chosen):
        page = await catalog.list_page(team.id, MediaFilter(**chosen), None, 9, NOW)
        return {media.id for media in page}

    assert await ids(words="sönne") == {sun.id}
    assert await ids(words="rain_") == {rain.id}
    assert await ids(words="g_1") == {sun.id}
    assert await ids(words="100%") == {sun.id}
    assert await ids(words="1%0") == set()
    assert await ids(words="\\") == set()
    assert await ids(ids=(sun.id, foreign.id, new_media_id())) == {sun.id}
    assert await ids(ids=()) == set()
    assert await ids(album_id="none") == set()


async def test_what_others_keep_private_is_not_seen(catalog, databases, team):
    user, _ = await SqlDirectory(databases[0]).enrol("other@example.org", None, NOW)
    mine = await hosted(catalog, team=team, public=False, user_id=user.id)
    theirs = await hosted(catalog, team=team, public=False)
    shown = await hosted(catalog, team=team)
    whole, seen = [
        await catalog.list_page(team.id, MediaFilter(seen_by=seen_by), None, 9, NOW)
        for seen_by in (None, user.id)
    ]
    assert {media.id for media in whole} == {mine.id, theirs.id, shown.id}
    assert {media.id for media in seen} == {mine.id, shown.id}


@pytest.mark.parametrize(
    ("caption", "words"),
    [("ÄÖÜ", "äöü"), ("ΣΟΦΙΑ", "σοφια"), ("ЖУРНАЛ", "журнал"), ("ŞIŞLI", "şişli"), ("Ǆ", "ǆ")],
)
async def test_words_are_found_in_every_script(catalog, team, caption, words):
    media = await hosted(catalog, team=team, caption=f"… {caption} …")
    for asked in (caption, words):
        page = await catalog.list_page(team.id, MediaFilter(words=asked), None, 9, NOW)
        assert [one.id for one in page] == [media.id]


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
async def test_what_no_text_can_hold_is_found_nowhere(catalog, team, text):
    await hosted(catalog, team=team, caption="plain")
    assert await catalog.list_page(team.id, MediaFilter(words=text), None, 9, NOW) == []
    assert await catalog.find_external(team.id, text, NOW) is None


# Changing and removing


async def test_patches(catalogs, team):
    media = await hosted(
        catalogs[0],
        team=team,
        caption="old",
        metadata={"a": "1", "b": "2"},
        expires_at=later(days=1),
    )
    patch = MediaPatch(caption=None, public=False, expires_at=None, metadata={"a": None, "c": "3"})
    (changed,) = await catalogs[0].update(team.id, [media.id], patch, NOW)
    assert (changed.caption, changed.public, changed.expires_at) == (None, False, None)
    assert changed.metadata == {"b": "2", "c": "3"}
    assert await catalogs[1].find(media.id) == changed
    (same,) = await catalogs[1].update(team.id, [media.id], MediaPatch(), NOW)
    assert same == changed


async def test_patches_keep_to_the_teams_living_images_in_the_order_asked_for(
    catalog, team, other_team
):
    mine = [await hosted(catalog, team=team) for _ in range(3)]
    foreign = await hosted(catalog, team=other_team)
    dead = await hosted(catalog, team=team, expires_at=later(minutes=5))
    asked = [mine[2].id, foreign.id, mine[0].id, dead.id, mine[2].id, new_media_id(), mine[1].id]
    changed = await catalog.update(team.id, asked, MediaPatch(caption="new"), later(minutes=5))
    assert [media.id for media in changed] == [mine[2].id, mine[0].id, mine[1].id]
    assert (await catalog.find(foreign.id)).caption is None


async def test_a_patch_that_would_hold_too_much_changes_nothing(catalog, team):
    media = await hosted(catalog, team=team, metadata={f"n{n}": "x" for n in range(50)})
    fine = await hosted(catalog, team=team)
    patch = MediaPatch(caption="new", metadata={"more": "x"})
    with pytest.raises(InvalidInput):
        await catalog.update(team.id, [fine.id, media.id], patch, NOW)
    assert (await catalog.find(fine.id)).caption is None


async def test_removing_gives_storage_back_and_leaves_a_tombstone(catalogs, team, other_team):
    media = await hosted(catalogs[0], team=team, public=False)
    kept = await hosted(catalogs[0], team=team)
    assert await catalogs[1].remove([media.id], other_team.id, "deleted", NOW) == []
    assert await catalogs[1].remove([media.id], None, "deleted", NOW) == []
    assert await catalogs[1].remove([media.id, new_media_id()], team.id, "deleted", NOW) == [
        media.id
    ]
    assert await catalogs[0].find(media.id) == Tombstone(media.id, NOW, "deleted", False)
    assert await catalogs[0].find(kept.id)
    assert await counts(catalogs[0], team) == (2, 1, 7)


async def test_many_removals_of_one_image_count_once(catalogs, team):
    media = await hosted(catalogs[0], team=team)
    removed = await asyncio.gather(
        *(catalog.remove([media.id], team.id, "deleted", NOW) for catalog in catalogs * 5)
    )
    assert sorted(removed) == [[]] * 9 + [[media.id]]
    assert await counts(catalogs[0], team) == (1, 0, 0)


async def test_expiring_is_for_good_and_never_early(catalog, team):
    media = await hosted(catalog, team=team, expires_at=later(minutes=5))
    await catalog.expire(media.id, later(seconds=299))
    assert isinstance(await catalog.find(media.id), Media)
    await catalog.expire(media.id, later(minutes=5))
    await catalog.expire(media.id, later(minutes=5))
    assert await catalog.find(media.id) == Tombstone(media.id, later(minutes=5), "expired", True)
    assert await counts(catalog, team) == (1, 0, 0)


async def test_references_that_are_missing(catalog, team):
    assert await catalog.missing_references(team.id, None, None) == []
    assert await catalog.missing_references(team.id, "nothing", 5) == [
        "album_id",
        "embed_profile_id",
    ]


# The sweeper's side


async def test_burying_goes_by_batches(catalog, undertaker, team):
    for number in range(5):
        await hosted(catalog, team=team, expires_at=later(minutes=5 + number))
    assert await undertaker.bury_expired(later(minutes=4), 10) == 0
    assert await undertaker.bury_expired(later(minutes=8), 3) == 3
    assert await undertaker.bury_expired(later(minutes=8), 3) == 1
    assert await undertaker.bury_expired(later(minutes=8), 3) == 0
    assert len(await catalog.list_page(team.id, ALL, None, 9, NOW)) == 1


async def test_burying_side_by_side_counts_each_image_once(databases, catalog, team):
    for number in range(40):
        await hosted(catalog, bytes([number]), team=team, expires_at=later(minutes=5))
    undertakers = [SqlUndertaker(database) for database in databases]
    buried = await asyncio.gather(
        *(each.bury_expired(later(minutes=6), 7) for each in undertakers * 5)
    )
    assert sum(buried) == 40
    assert await counts(catalog, team) == (40, 0, 0)


async def test_only_dead_reservations_are_cleared(catalog, undertaker, team):
    await catalog.reserve(new_media(team=team), plan())
    young = await catalog.reserve(new_media(team=team, created_at=later(minutes=3)), plan())
    await hosted(catalog, team=team)
    assert await undertaker.clear_abandoned(later(minutes=1), later(minutes=4), 10) == 1
    assert await counts(catalog, team) == (2, 2, 14)
    await catalog.publish(young, later(minutes=4))


async def test_a_blob_goes_with_its_last_image(catalog, undertaker, team):
    media = [await hosted(catalog, sidecar=b"GPS", team=team) for _ in range(2)]
    assert await everything_removed(undertaker, NOW) == []
    await catalog.remove([media[0].id], team.id, "deleted", NOW)
    assert await everything_removed(undertaker, NOW) == []
    await catalog.remove([media[1].id], team.id, "deleted", NOW)
    blobs = {media[0].blob.id, media[0].sidecar.id}
    assert await undertaker.unknown_blobs(sorted(blobs)) == []
    assert set(await everything_removed(undertaker, NOW)) == blobs
    assert set(await undertaker.unknown_blobs(sorted(blobs))) == blobs


async def test_a_suspect_that_is_taken_up_again_is_not_doomed(catalog, undertaker, team):
    media = await hosted(catalog, team=team)
    await catalog.remove([media.id], team.id, "deleted", NOW)
    again = await catalog.reserve(new_media(team=team), plan())
    assert again.blob.id == media.blob.id
    assert again.blob.stored
    assert await everything_removed(undertaker, NOW) == []


async def test_a_doomed_blob_is_never_taken_up_again(catalog, undertaker, team):
    media = await hosted(catalog, team=team)
    await catalog.remove([media.id], team.id, "deleted", NOW)
    await undertaker.doom_blobs(NOW, 10)
    again = await hosted(catalog, team=team)
    assert again.blob.id != media.blob.id
    assert again.blob.sha256 == media.blob.sha256
    assert await everything_removed(undertaker, NOW) == [media.blob.id]
    assert await everything_removed(undertaker, NOW) == []


async def test_only_the_doomed_are_forgotten(catalog, undertaker, team):
    media = await hosted(catalog, team=team)
    await undertaker.forget_blobs([media.blob.id])
    assert await undertaker.unknown_blobs([media.blob.id, "f" * 32]) == ["f" * 32]


async def test_the_bytes_of_an_abandoned_reservation_are_nobodys(catalog, undertaker):
    media = await catalog.reserve(new_media(), None)
    await catalog.abandon(media.id)
    assert await everything_removed(undertaker, NOW) == [media.blob.id]


async def test_deleting_and_reserving_the_same_bytes_race_without_harm(catalogs, databases, team):
    undertakers = itertools.cycle(SqlUndertaker(database) for database in databases)
    media = await hosted(catalogs[0], team=team)
    for _ in range(15):
        again, removed, *_ = await asyncio.gather(
            catalogs[1].reserve(new_media(team=team), plan()),
            catalogs[0].remove([media.id], team.id, "deleted", NOW),
            *(next(undertakers).doom_blobs(NOW, 10) for _ in range(3)),
        )
        assert removed == [media.id]
        await catalogs[1].publish(again, NOW)
        doomed = await next(undertakers).doomed_blobs(10)
        assert again.blob.id not in doomed
        media = again


async def test_checking(catalog):
    await catalog.check()


# Several processes at once


async def test_what_a_banned_user_publishes_is_refused_or_seen_by_the_ban(databases, catalogs):
    """Of an upload and a ban at once, the ban sees the image or the upload the ban."""
    directory = SqlDirectory(databases[1])
    refused = 0
    for number in range(25):
        email = f"spammer{number}@example.org"
        user, team = await directory.enrol(email, None, NOW)
        media = await catalogs[0].reserve(new_media(team=team, user_id=user.id), plan())

        async def ban(email=email, user=user, number=number):
            await asyncio.sleep(number % 5 / 1_000)
            await directory.set_ban(email, "spam", NOW)
            return await directory.media_of(user.id, 9, NOW)

        published, seen = await asyncio.gather(
            catalogs[0].publish(media, NOW), ban(), return_exceptions=True
        )
        assert isinstance(published, Banned) == (seen == [])
        refused += isinstance(published, Banned)
    assert refused < 25


async def test_everything_at_once_waits_for_nobody_in_a_circle(
    catalogs, databases, team, other_team
):
    """Uploads of the same bytes as picture and as sidecar, removals, sweeps: no deadlock."""
    undertakers = [SqlUndertaker(database) for database in databases]
    bytes_ = [b"one", b"two", b"three"]
    over = later(minutes=5)
    rounds = 8

    async def upload(catalog, picture, sidecar, owner):
        for number in range(rounds):
            media = await catalog.reserve(new_media(picture, sidecar, team=owner), plan())
            if number % 4 == 0:
                await catalog.abandon(media.id)
                continue
            await catalog.publish(media, NOW)
            if number % 2:
                await catalog.remove([media.id], owner.id, "deleted", NOW)
            elif number % 3 == 0:
                await catalog.update(owner.id, [media.id], MediaPatch(expires_at=over), NOW)

    async def sweep(undertaker):
        for _ in range(rounds):
            await undertaker.bury_expired(later(minutes=6), 5)
            await undertaker.clear_abandoned(later(minutes=-1), NOW, 5)
            await undertaker.doom_blobs(NOW, 5)
            await undertaker.forget_blobs(await undertaker.doomed_blobs(5))

    pairs = itertools.cycle([*itertools.permutations(bytes_, 2)])
    uploads = [
        upload(catalog, *next(pairs), owner)
        for catalog in catalogs
        for owner in (team, other_team, team)
    ]
    await asyncio.gather(*uploads, *(sweep(undertaker) for undertaker in undertakers))
    while await undertakers[0].bury_expired(later(minutes=6), 50):
        pass
    for owner in (team, other_team):
        page = await catalogs[0].list_page(owner.id, ALL, None, 1_000, NOW)
        _, stored, size = await counts(catalogs[0], owner)
        assert (stored, size) == (len(page), sum(media.blob.size for media in page))
