"""What a link previews as, by which profile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rows import NOW, later, new_media, plan

from core.adapters.db.albums import SqlAlbums
from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.embeds import SqlProfiles
from core.adapters.db.engine import open_database
from core.adapters.db.migrate import migrate
from core.albums import Album
from core.embeds import Layout, Look
from core.model import Ability, Caller, MediaPatch
from core.services.embeds import Embeds


class Everything:
    """A team with its services, over a database of its own."""

    def __init__(self, database, clock) -> None:
        self.catalog = SqlCatalog(database, later(minutes=3) - NOW)
        profiles = SqlProfiles(database, self)
        self.albums = SqlAlbums(database, self)
        self.embeds = Embeds(profiles, clock)
        self.directory = SqlDirectory(database)

    def forget(self, media_ids) -> None:
        """Nothing is kept here."""

    async def open(self) -> None:
        user, self.team = await self.directory.enrol("jane@example.org", None, NOW)
        self.caller = Caller("key:1", self.team, user.id, None, frozenset({Ability.ALL}))

    async def host(self, **fields):
        new = new_media(team=self.team, user_id=self.caller.user_id, **fields)
        media = await self.catalog.reserve(new, plan())
        await self.catalog.publish(media, NOW)
        return media

    async def profile(self, default=False, **fields):
        return await self.embeds.add(self.caller, "name", Look(**fields), default=default)


@pytest.fixture
async def all_of_it(tmp_path, clock):
    database = open_database(f"sqlite+aiosqlite:///{tmp_path}/pixferry.db", pool=4)
    await migrate(database)
    found = Everything(database, clock)
    await found.open()
    yield found
    await database.close()


async def test_without_any_profile_the_built_in_one_shows_caption_or_name(all_of_it):
    card = await all_of_it.embeds.card(await all_of_it.host(caption="Hello"))
    assert (card.title, card.description, card.site_name, card.color) == ("Hello", None, None, None)
    assert (card.layout, card.spoiler, card.buttons) == (Layout.CARD, False, ())
    assert (await all_of_it.embeds.card(await all_of_it.host(name="x.jpg"))).title == "x.jpg"
    assert (await all_of_it.embeds.card(await all_of_it.host(name=None))).title is None


async def test_the_next_profile_in_order_applies_when_one_goes(all_of_it):
    own = await all_of_it.profile(title="own")
    albums = await all_of_it.profile(title="{album} by {uploader}")
    await all_of_it.profile(default=True, title="default")
    album = Album("1111111111", all_of_it.team.id, "Sea", "Text", True, None, albums.id, NOW)
    await all_of_it.albums.add(album)
    media = await all_of_it.host(album_id=album.id, embed_profile_id=own.id)

    async def title():
        return (await all_of_it.embeds.card(media)).title

    assert await title() == "own"
    await all_of_it.embeds.delete(all_of_it.caller, own.id)
    assert await title() == "Sea by jane"
    await all_of_it.catalog.update(all_of_it.team.id, [media.id], MediaPatch(album_id=None), NOW)
    assert await title() == "default"


async def test_an_albums_own_preview_names_the_album(all_of_it):
    profile = await all_of_it.profile(description="{caption}{filename}{width}", site_name="{album}")
    album = Album("1111111111", all_of_it.team.id, "Sea", "Text", True, None, None, NOW)
    await all_of_it.albums.add(album)
    await all_of_it.host(album_id=album.id)
    card = await all_of_it.embeds.card_of_album(album)
    assert (card.title, card.description, card.site_name) == ("Sea", "Text", None)
    album = replace(album, id="2222222222", embed_profile_id=profile.id)
    await all_of_it.albums.add(album)
    card = await all_of_it.embeds.card_of_album(album)
    assert (card.title, card.description, card.site_name) == ("Sea", "Sea", "Sea")


async def test_what_is_not_safe_for_work_is_hidden_whatever_the_profile_says(all_of_it):
    media = await all_of_it.host()
    assert (await all_of_it.embeds.card(replace(media, nsfw=True))).spoiler is True
