"""What Identities must do."""

from __future__ import annotations

import asyncio

import pytest
from rows import NOW, later, new_media, plan

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.embeds import SqlProfiles
from core.adapters.db.identities import SqlIdentities
from core.chats import Identity, Platform
from core.embeds import Look
from core.errors import Banned, TooManyProfiles
from core.model import Ability

ADA = Identity(Platform.DISCORD, "1001", "Ada")
ADA_TOO = Identity(Platform.TELEGRAM, "77", "ada_l")


class Told:
    """Whom the catalog's cache would be."""

    def __init__(self) -> None:
        self.heard = []

    def forget(self, media_ids) -> None:
        self.heard.append(media_ids)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def all_identities(databases, told):
    return [SqlIdentities(database, told) for database in databases]


@pytest.fixture
def identities(all_identities):
    return all_identities[0]


@pytest.fixture
def catalog(databases):
    from datetime import timedelta

    return SqlCatalog(databases[0], timedelta(seconds=180))


@pytest.fixture
def directory(databases):
    return SqlDirectory(databases[0])


async def hosted(catalog, person, **changes):
    new = new_media(team=person.team, user_id=person.user.id, **changes)
    media = await catalog.reserve(new, plan())
    await catalog.publish(media, NOW)
    return media


async def test_the_first_message_makes_an_account_and_the_next_finds_it(identities):
    first = await identities.enrol(ADA, "free", NOW)
    again = await identities.enrol(ADA, "free", later(days=1))
    assert again == first
    assert (first.team.plan, first.team.name, first.user.email) == ("free", "Ada", None)
    other = await identities.enrol(ADA_TOO, "free", NOW)
    assert other.user.id != first.user.id
    assert await identities.identities_of(first.user.id) == [ADA]


async def test_many_first_messages_at_once_make_one_account(all_identities):
    made = await asyncio.gather(
        *(all_identities[number % 2].enrol(ADA, "free", NOW) for number in range(8))
    )
    assert len({person.user.id for person in made}) == 1


async def test_an_account_keeps_its_name_where_none_is_told(identities):
    await identities.enrol(ADA, "free", NOW)
    renamed = await identities.enrol(Identity(ADA.platform, ADA.id, "Countess"), "free", NOW)
    assert await identities.enrol(Identity(ADA.platform, ADA.id), "free", NOW) == renamed


async def test_a_ban_is_told(identities, directory):
    person = await identities.enrol(ADA, "free", NOW)
    await directory.set_ban(str(person.user.id), "reason", NOW)
    assert (await identities.enrol(ADA, "free", NOW)).user.banned_at == NOW


async def test_two_accounts_become_the_older_one_with_all_that_both_had(
    identities, catalog, directory, told, databases
):
    old = await identities.enrol(ADA, "free", NOW)
    young = await identities.enrol(ADA_TOO, "free", later(days=1))
    profiles = SqlProfiles(databases[0], told)
    mine = await hosted(catalog, old, external_id="both")
    theirs = await hosted(catalog, young, external_id="both", data=b"other")
    lone = await hosted(catalog, young, external_id="alone", data=b"third")
    secret = "0" * 64
    key = await directory.add_key(
        young.team.id, young.user.id, "", frozenset({Ability.READ}), secret, NOW
    )
    profile = await profiles.add(
        young.user.id, young.team.id, "Mine", Look(), NOW, default=False, most=25
    )
    joined = await identities.join(young.user.id, old.user.id, later(days=2))
    assert (joined.person.user.id, joined.person.team.id) == (old.user.id, old.team.id)
    assert joined.images == 2
    assert told.heard[-1] is None  # rows that were kept in memory are another's now
    for media in (mine, theirs, lone):
        found = await catalog.find(media.id)
        assert (found.team_id, found.user_id) == (old.team.id, old.user.id)
    assert [(await catalog.find(one.id)).external_id for one in (mine, theirs, lone)] == [
        "both",
        None,
        "alone",
    ]
    assert set(await identities.identities_of(old.user.id)) == {ADA, ADA_TOO}
    assert (await directory.find_key(key.id, secret)).team.id == old.team.id
    assert await profiles.find(old.user.id, old.team.id, profile.id)
    used = await catalog.usage(old.team.id, NOW)
    assert (used.media_stored, used.uploads) == (3, 3)
    assert used.storage_bytes == len(b"picture") + len(b"other") + len(b"third")
    assert (await identities.enrol(ADA_TOO, "free", NOW)).user.id == old.user.id
    assert await identities.join(young.user.id, old.user.id, NOW) is None


async def test_profiles_beyond_what_one_may_have_stay_and_no_new_ones_come(
    identities, told, databases
):
    old = await identities.enrol(ADA, "free", NOW)
    young = await identities.enrol(ADA_TOO, "free", later(days=1))
    profiles = SqlProfiles(databases[0], told)
    for person in (old, young, old, young):
        new = (person.user.id, person.team.id, "Mine", Look(), NOW)
        await profiles.add(*new, default=False, most=2)
    await identities.join(young.user.id, old.user.id, later(days=2))
    assert len(await profiles.list_of(old.user.id, old.team.id)) == 4
    with pytest.raises(TooManyProfiles):
        await profiles.add(old.user.id, old.team.id, "New", Look(), NOW, default=False, most=2)


async def test_an_address_and_its_password_come_along_where_the_older_account_has_none(
    identities, directory, databases
):
    from core.adapters.db.credentials import SqlCredentials

    credentials = SqlCredentials(databases[0])
    old = await identities.enrol(ADA, "free", NOW)
    user, _ = await directory.enrol("ada@example.org", None, later(days=1))
    await credentials.set_password(user.id, "hash", None, NOW)
    await identities.join(old.user.id, user.id, later(days=2))
    found = await credentials.find_login("ada@example.org")
    assert (found.user.id, found.password_hash) == (old.user.id, "hash")


async def test_a_banned_user_joins_nobody(identities, directory):
    old = await identities.enrol(ADA, "free", NOW)
    young = await identities.enrol(ADA_TOO, "free", later(days=1))
    await directory.set_ban(str(young.user.id), "reason", NOW)
    with pytest.raises(Banned):
        await identities.join(old.user.id, young.user.id, NOW)
    assert await identities.identities_of(old.user.id) == [ADA]


async def test_the_same_two_joined_from_both_sides_at_once_are_joined_once(all_identities):
    old = await all_identities[0].enrol(ADA, "free", NOW)
    young = await all_identities[0].enrol(ADA_TOO, "free", later(days=1))
    found = await asyncio.gather(
        all_identities[0].join(old.user.id, young.user.id, NOW),
        all_identities[1].join(young.user.id, old.user.id, NOW),
    )
    assert sorted(one is None for one in found) == [False, True]


async def test_somebody_is_hinted_once_whoever_asks(all_identities):
    identities = all_identities[0]
    for who in (ADA, ADA_TOO):
        await identities.enrol(who, "free", NOW)
    found = await asyncio.gather(*(one.hint(ADA) for one in all_identities * 3))
    assert sorted(found) == [False] * (len(found) - 1) + [True]
    assert await identities.hint(ADA_TOO)
    assert not await identities.hint(Identity(Platform.DISCORD, "nobody"))


async def test_looking_makes_nobody(databases):
    stores = [SqlIdentities(database, Told()) for database in databases]
    assert await stores[0].find(ADA) is None
    made = await stores[0].enrol(ADA, "free", NOW)
    assert await stores[1].find(ADA) == made
    assert await stores[1].find(ADA_TOO) is None
