"""What every Gallery must show, and what not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rows import NOW, later, new_media, plan

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.gallery import SqlGallery
from core.model import MediaPatch


@pytest.fixture
def catalog(databases):
    return SqlCatalog(databases[0], timedelta(minutes=3))


@pytest.fixture
def gallery(databases):
    return SqlGallery(databases[1])


@pytest.fixture
async def team(databases):
    _, made = await SqlDirectory(databases[0]).enrol("somebody@example.org", None, NOW)
    return made


async def hosted(catalog, team=None, *, published=True, **fields):
    new = new_media(team=team, **{"listed": True} | fields)
    media = await catalog.reserve(new, plan() if team else None)
    if published:
        await catalog.publish(media, media.created_at)
    return media


async def shown(gallery, offset=0, limit=9, now=NOW):
    media, total = await gallery.page(offset, limit, now)
    return [one.id for one in media], total


async def test_only_what_is_public_listed_and_safe_is_shown(catalog, gallery, team):
    fine = await hosted(catalog, team)
    await hosted(catalog, team, listed=False)
    await hosted(catalog, team, public=False)
    await hosted(catalog, team, nsfw=True)
    await hosted(catalog, team, published=False)
    await hosted(catalog, team, expires_at=later(seconds=0))
    assert await shown(gallery) == ([fine.id], 1)


async def test_it_has_pages_with_a_total_newest_first(catalog, gallery, team):
    made = [
        await hosted(catalog, team if n % 2 else None, created_at=later(seconds=n))
        for n in range(5)
    ]
    newest = [one.id for one in reversed(made)]
    for offset in (0, 2, 4, 5, 1_000_000_000):
        assert await shown(gallery, offset, 2) == (newest[offset : offset + 2], 5)


async def test_what_was_made_private_does_not_come_back(catalog, gallery, team):
    """Whoever shows it again, perhaps by an API that knows no gallery, does not mean the gallery."""
    media = await hosted(catalog, team)
    await catalog.update(team.id, [media.id], MediaPatch(public=False), NOW)
    await catalog.update(team.id, [media.id], MediaPatch(public=True), NOW)
    assert await shown(gallery) == ([], 0)
    await catalog.update(team.id, [media.id], MediaPatch(listed=True), NOW)
    assert await shown(gallery) == ([media.id], 1)


async def test_what_becomes_nsfw_leaves(catalog, gallery, team):
    media = await hosted(catalog, team)
    await catalog.update(team.id, [media.id], MediaPatch(nsfw=True), NOW)
    assert await shown(gallery) == ([], 0)
