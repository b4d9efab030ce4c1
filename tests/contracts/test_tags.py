"""What every Catalog must do with tags, names and what a list shows of both."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from rows import NOW, later, new_media, plan

from core.adapters.db import listing
from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.errors import InvalidInput
from core.model import MediaFilter, MediaPatch
from core.tags import TagChange, TagMode


@pytest.fixture
def catalogs(databases):
    return [SqlCatalog(database, timedelta(minutes=3)) for database in databases]


@pytest.fixture
async def team(databases):
    _, made = await SqlDirectory(databases[0]).enrol("somebody@example.org", None, NOW)
    return made


async def hosted(catalog, team, *tags, **fields):
    media = await catalog.reserve(new_media(team=team, tags=tags, **fields), plan())
    await catalog.publish(media, media.created_at)
    return media


async def tags_of(catalog, media):
    return (await catalog.tags_of([media.id])).get(media.id, ())


def change(mode, *tags):
    return MediaPatch(tags=TagChange(TagMode(mode), tags))


async def test_tags_keep_their_order_and_case(catalogs, team):
    media = await hosted(catalogs[0], team, "Zebra", "ant", "Ant", "ähre", "🦆")
    other = await hosted(catalogs[0], team)
    found = await catalogs[1].tags_of([media.id, other.id])
    assert found == {media.id: ("Zebra", "ant", "Ant", "ähre", "🦆")}


CHANGES = [
    ("replace", ("c",), ("c",)),
    ("replace", (), ()),
    ("replace", ("b", "a"), ("b", "a")),
    ("add", ("c", "a", "d"), ("a", "b", "c", "d")),
    ("add", (), ("a", "b")),
    ("remove", ("a", "c"), ("b",)),
    ("remove", ("A",), ("a", "b")),
    ("remove", ("a", "b"), ()),
]


async def test_changes_of_tags(catalogs, team):
    untouched = await hosted(catalogs[0], team, "a")
    for mode, given, after in CHANGES:
        media = await hosted(catalogs[0], team, "a", "b")
        await catalogs[0].update(team.id, [media.id], change(mode, *given), NOW)
        assert await tags_of(catalogs[1], media) == after, (mode, given)
    assert await tags_of(catalogs[1], untouched) == ("a",)


async def test_a_batch_that_gives_one_image_too_many_tags_changes_none(catalogs, team):
    full = await hosted(catalogs[0], team, *"abcdefghij")
    other = await hosted(catalogs[0], team, "a")
    with pytest.raises(InvalidInput) as caught:
        await catalogs[0].update(team.id, [other.id, full.id], change("add", "k"), NOW)
    assert list(caught.value.errors) == ["tags"]
    assert await tags_of(catalogs[0], other) == ("a",)
    await catalogs[0].update(team.id, [other.id, full.id], change("add", "j"), NOW)
    assert await tags_of(catalogs[0], full) == tuple("abcdefghij")


async def test_many_additions_at_once_lose_none(catalogs, team):
    media = await hosted(catalogs[0], team)
    await asyncio.gather(
        *(
            catalog.update(team.id, [media.id], change("add", tag), NOW)
            for catalog, tag in zip(catalogs * 5, "abcdefghij", strict=True)
        )
    )
    assert sorted(await tags_of(catalogs[0], media)) == list("abcdefghij")


async def test_tags_go_with_their_image(catalogs, team):
    media = await hosted(catalogs[0], team, "a")
    await catalogs[0].remove([media.id], team.id, "deleted", NOW)
    assert await tags_of(catalogs[1], media) == ()


FILTERS = [
    ({"tags": ("sea",)}, {"one", "two"}),
    ({"tags": ("sea", "sun")}, {"one", "two", "three"}),
    ({"tags": ("sea", "sun"), "every_tag": True}, {"two"}),
    ({"tags": ("sea",), "every_tag": True}, {"one", "two"}),
    ({"tags": ("Sea",)}, set()),
    ({"tags": ("se",)}, set()),
    ({"tags": ("s%",)}, set()),
    ({"tags": ("no\0tag",)}, set()),
    ({"tags": ("sea", "sun", "moon"), "every_tag": True}, set()),
    ({"tags": ("sea",), "words": "two"}, {"two"}),
    ({"before": NOW}, set()),
    ({"before": later(seconds=1)}, {"one", "two", "three", "none"}),
]


@pytest.mark.parametrize("few", [0, listing.FEW])
async def test_a_list_is_narrowed(catalogs, databases, team, monkeypatch, few):
    """Whether few have the tags, which are looked at one by one, or many."""
    monkeypatch.setattr(listing, "FEW", few)
    _, others = await SqlDirectory(databases[0]).enrol("other@example.org", None, NOW)
    await hosted(catalogs[0], others, "sea", "sun")
    tagged = {"one": ("sea",), "two": ("sun", "sea"), "three": ("sun",), "none": ()}
    for name, tags in tagged.items():
        await hosted(catalogs[0], team, *tags, name=name)
    for chosen, expected in FILTERS:
        page = await catalogs[1].list_page(team.id, MediaFilter(**chosen), None, 9, NOW)
        assert {one.name for one in page} == expected, chosen


async def test_a_list_begins_at_an_offset(catalogs, team):
    made = [await hosted(catalogs[0], team, created_at=later(seconds=n)) for n in range(4)]
    newest = [one.id for one in reversed(made)]
    for offset in (0, 1, 3, 4, 1_000_000_000):
        page = await catalogs[0].list_page(team.id, MediaFilter(), None, 2, later(days=1), offset)
        assert [one.id for one in page] == newest[offset : offset + 2]


NAMES = [
    ("IMG_1.JPG", "beach", "beach.JPG"),
    ("IMG_1.JPG", "beach.jpg", "beach.jpg"),
    ("IMG_1.jpg", "beach.png", "beach.jpg"),
    ("IMG_1.jpg", "v1.2", "v1.2.jpg"),
    ("IMG_1.jpg", ".jpg", ".jpg.jpg"),
    ("scan.heic", "scan.webp", "scan.heic"),
    ("noextension", "beach", "beach.jpeg"),
    (None, "beach", "beach.jpeg"),
    ("a.jpg", "b" * 255, "b" * 251 + ".jpg"),
]


async def test_a_new_name_keeps_the_extension(catalogs, team):
    for old, new, after in NAMES:
        media = await hosted(catalogs[0], team, name=old)
        (changed,) = await catalogs[0].update(team.id, [media.id], MediaPatch(name=new), NOW)
        assert changed.name == after, (old, new)
