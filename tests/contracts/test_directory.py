"""What every Directory must do."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from rows import NOW, later, new_media, plan

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.model import Ability

READ = frozenset({Ability.READ})


@pytest.fixture
def directories(databases):
    """One directory, opened twice, as by two processes."""
    return [SqlDirectory(database) for database in databases]


@pytest.fixture
def directory(directories):
    return directories[0]


async def new_key(directory, email="somebody@example.org", secret="s", abilities=READ):
    user, team = await directory.enrol(email, None, NOW)
    return await directory.add_key(team.id, user.id, "name", abilities, secret, NOW)


async def test_enrolling_makes_a_user_with_a_team_once(directories):
    made = await asyncio.gather(
        *(each.enrol("somebody@example.org", None, NOW) for each in directories * 5)
    )
    assert len({(user.id, team.id) for user, team in made}) == 1
    user, team = made[0]
    assert (user.email, user.is_admin, user.banned_at) == ("somebody@example.org", False, None)
    assert (user.created_at, team.plan, team.default_public) == (NOW, "free", True)
    other, _ = await directories[1].enrol("other@example.org", None, NOW)
    assert other.id != user.id


async def test_enrolling_again_changes_the_plan_only_if_one_is_given(directory):
    for given, expected in ((None, "free"), ("pro", "pro"), (None, "pro"), ("free", "free")):
        _, team = await directory.enrol("somebody@example.org", given, NOW)
        assert team.plan == expected
        assert (await directory.find_team(team.id)) == team
    _, team = await directory.enrol("rich@example.org", "max", NOW)
    assert team.plan == "max"


async def test_somebody_without_an_address_is_somebody_new_each_time(directory):
    made = [await directory.enrol(None, None, NOW) for _ in range(2)]
    assert made[0][0].id != made[1][0].id


async def test_an_address_is_registered_once(directories):
    made = await asyncio.gather(
        *(each.register("new@example.org", "hash", "pro", NOW) for each in directories * 4)
    )
    ((user, team),) = [each for each in made if each]
    assert (user.email, user.is_admin, user.banned_at, user.created_at) == (
        *("new@example.org", False, None),
        NOW,
    )
    assert team.plan == "pro"
    assert await directories[1].register("new@example.org", "other", "max", NOW) is None
    assert (await directories[1].find_team(team.id)) == team


async def test_who_has_an_account_without_a_password_is_not_registered_over(directory):
    await directory.enrol("somebody@example.org", None, NOW)
    assert await directory.register("somebody@example.org", "hash", "pro", NOW) is None


async def test_a_confirmed_address_may_bring_a_better_plan(directory):
    better = {"small": "large"}
    for number, (given, expected) in enumerate([("small", "large"), ("max", "max")]):
        user, team = await directory.register(f"{number}@example.org", "hash", given, NOW)
        for _ in range(2):
            await directory.confirm(user.id, better, NOW)
            assert (await directory.find_team(team.id)).plan == expected
    await directory.confirm(user.id + 1, better, NOW)


async def test_there_is_one_administrator(directories):
    made = await asyncio.gather(*(each.first_admin(NOW) for each in directories * 4))
    admins = [each for each in made if each is not None]
    assert len(admins) == 1
    user, team = admins[0]
    assert (user.is_admin, team.plan) == (True, "unlimited")


async def test_people_who_came_first_do_not_keep_the_administrator_away(directory):
    await directory.enrol("early@example.org", None, NOW)
    assert await directory.first_admin(NOW)
    assert await directory.first_admin(NOW) is None


async def test_a_key_is_found_by_its_id_or_its_secrets_hash(directories):
    key = await new_key(directories[0])
    for directory in directories:
        for key_id, secret in ((key.id, "whatever"), (None, "s")):
            holder = await directory.find_key(key_id, secret)
            assert (holder.key, holder.secret_hash, holder.banned) == (key, "s", False)
            assert holder.team.id == key.team_id
        assert await directory.find_key(None, "other") is None
        assert await directory.find_key(key.id + 1, "s") is None
        assert await directory.find_key(2**62, "s") is None
    assert (key.name, key.abilities, key.created_at, key.last_used_at) == ("name", READ, NOW, None)


@pytest.mark.parametrize(
    "abilities",
    [frozenset(each) for count in (1, 2, 3) for each in itertools.combinations(Ability, count)],
)
async def test_abilities_are_kept(directory, abilities):
    key = await new_key(directory, abilities=abilities)
    assert (await directory.find_key(key.id, "s")).key.abilities == abilities


async def test_the_use_of_a_key_is_noted(directories):
    key = await new_key(directories[0])
    await directories[0].touch_key(key.id, later(hours=2))
    assert (await directories[1].find_key(key.id, "s")).key.last_used_at == later(hours=2)
    await directories[0].touch_key(key.id + 1, NOW)  # one that is gone is fine


async def test_keys_are_listed_by_team_oldest_first(directory):
    mine = [await new_key(directory, secret=str(number)) for number in range(3)]
    other = await new_key(directory, "other@example.org", "o")
    assert await directory.list_keys(mine[0].team_id) == mine
    assert await directory.list_keys(None) == [*mine, other]


async def test_a_revoked_key_is_gone_at_once(directories):
    key = await new_key(directories[0])
    other = await new_key(directories[0], "other@example.org", "o")
    assert not await directories[0].revoke_key(key.id, other.team_id)
    assert await directories[0].find_key(key.id, "s")
    assert await directories[0].revoke_key(key.id, key.team_id)
    assert await directories[1].find_key(key.id, "s") is None
    assert await directories[1].find_key(None, "s") is None
    assert not await directories[0].revoke_key(key.id, key.team_id)
    assert await directories[0].revoke_key(other.id, None)
    for nothing in (0, -1, 2**63 - 1, 2**63, 10**40):
        assert not await directories[0].revoke_key(nothing, None)


async def test_bans(directories):
    key = await new_key(directories[0])
    for name in ("somebody@example.org", "SomeBody@Example.org", str(key.user_id)):
        banned = await directories[0].set_ban(name, "spam", NOW)
        assert (banned.id, banned.banned_at) == (key.user_id, NOW)
        again = await directories[0].set_ban(name, "more spam", later(days=1))
        assert again.banned_at == NOW
        assert (await directories[1].find_key(key.id, "s")).banned
        free = await directories[1].set_ban(name, None, NOW)
        assert free.banned_at is None
        assert not (await directories[0].find_key(key.id, "s")).banned
        assert (await directories[0].set_ban(name, None, NOW)).banned_at is None
    for nobody in ("nobody@example.org", "999", "9" * 40, "", "²", "-1", "a\0b", "\udcff"):
        assert await directories[0].set_ban(nobody, "spam", NOW) is None


async def test_what_a_team_prefers(directories):
    key = await new_key(directories[0])
    for name in ("SomeBody@Example.org", str(key.user_id)):
        for public in (False, True):
            team = await directories[0].set_default_public(name, public=public)
            assert (team.id, team.default_public) == (key.team_id, public)
            assert (await directories[1].find_key(key.id, "s")).team == team
    for nobody in ("nobody@example.org", "999", "9" * 40, "", "a\0b"):
        assert await directories[0].set_default_public(nobody, public=False) is None


async def test_everybody_is_listed_with_plan_and_use(databases, directory):
    catalog = SqlCatalog(databases[0], later(minutes=3) - NOW)
    user, team = await directory.enrol("somebody@example.org", "pro", NOW)
    await directory.enrol("other@example.org", None, NOW)
    await directory.set_ban("other@example.org", "", later(days=1))
    await catalog.publish(await catalog.reserve(new_media(team=team), plan()), NOW)
    (one, its_team, usage), (other, _, none) = await directory.list_users(NOW)
    assert (one, its_team.plan) == (user, "pro")
    assert (usage.uploads, usage.media_stored, usage.storage_bytes) == (1, 1, 7)
    assert (other.banned_at, none.uploads) == (later(days=1), 0)


async def test_a_users_living_images(databases, directory):
    catalog = SqlCatalog(databases[0], later(minutes=3) - NOW)
    user, team = await directory.enrol("somebody@example.org", None, NOW)
    made = set()
    for ends in (None, later(minutes=9), later(minutes=5)):
        new = new_media(team=team, user_id=user.id, expires_at=ends)
        await catalog.publish(await catalog.reserve(new, plan()), NOW)
        made.add((new.id, team.id))
    await catalog.reserve(new_media(team=team, user_id=user.id), plan())
    assert set(await directory.media_of(user.id, 9, NOW)) == made
    assert len(await directory.media_of(user.id, 2, NOW)) == 2
    assert len(await directory.media_of(user.id, 9, later(minutes=5))) == 2
    assert await directory.media_of(user.id + 1, 9, NOW) == []


async def test_a_team_that_is_not(directory):
    assert await directory.find_team(5) is None


async def test_stats_count(databases, directory):
    assert set((await directory.stats()).values()) == {0}
    catalog = SqlCatalog(databases[0], later(minutes=3) - NOW)
    await new_key(directory)
    await catalog.publish(await catalog.reserve(new_media(), None), NOW)
    expected = {"users": 1, "teams": 1, "keys": 1, "images": 1, "blobs": 1, "bytes": 7}
    assert await directory.stats() == expected
