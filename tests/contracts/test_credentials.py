"""What Credentials must do."""

from __future__ import annotations

import asyncio

import pytest
from rows import NOW, later

from core.adapters.db.credentials import SqlCredentials
from core.adapters.db.directory import SqlDirectory
from core.model import Ability

EMAIL = "somebody@example.org"
NEXT_WEEK = later(days=7)
READ = frozenset({Ability.READ})


@pytest.fixture
def all_credentials(databases):
    """The same credentials, opened twice, as by two processes."""
    return [SqlCredentials(database) for database in databases]


@pytest.fixture
def credentials(all_credentials):
    return all_credentials[0]


@pytest.fixture
def directory(databases):
    return SqlDirectory(databases[0])


@pytest.fixture
async def somebody(directory):
    user, _ = await directory.enrol(EMAIL, None, NOW)
    return user


async def test_an_address_leads_to_its_user_and_password(credentials, somebody):
    assert await credentials.find_login("nobody@example.org") is None
    found = await credentials.find_login(EMAIL)
    assert (found.user, found.password_hash) == (somebody, None)
    assert await credentials.set_password(somebody.id, "one", None, NOW)
    assert (await credentials.find_login(EMAIL)).password_hash == "one"


async def test_keys_of_whoever_registered_end_as_the_address_turns_out_to_be_anothers(
    credentials, directory
):
    for number, confirmed in enumerate([False, True]):
        user, team = await directory.register(f"{number}@example.org", "one", "free", NOW)
        key = await directory.add_key(team.id, user.id, "", READ, f"s{number}", NOW)
        if confirmed:
            await directory.confirm(user.id, {}, NOW)
        assert await credentials.set_password(user.id, "two", "one", NOW)
        assert await directory.list_keys(team.id) == ([key] if confirmed else [])
        assert await credentials.set_password(user.id, "three", "two", NOW)


async def test_keys_that_an_operator_gave_stay_with_the_first_password(credentials, directory):
    user, team = await directory.enrol("given@example.org", None, NOW)
    key = await directory.add_key(team.id, user.id, "", READ, "s", NOW)
    assert await credentials.set_password(user.id, "one", None, NOW)
    assert await directory.list_keys(team.id) == [key]


async def test_a_ban_is_told_with_the_login_and_with_the_session(credentials, directory, somebody):
    await credentials.open_session("s", somebody.id, None, NOW, NEXT_WEEK)
    await directory.set_ban(EMAIL, "reason", NOW)
    assert (await credentials.find_login(EMAIL)).user.banned_at == NOW
    assert (await credentials.find_session("s", NOW)).user.banned_at == NOW


async def test_a_password_is_replaced_only_by_whoever_knows_which(credentials, somebody):
    assert not await credentials.set_password(somebody.id, "one", "other", NOW)
    assert await credentials.set_password(somebody.id, "one", None, NOW)
    assert not await credentials.set_password(somebody.id, "two", None, NOW)
    assert not await credentials.set_password(somebody.id, "two", "One", NOW)
    assert (await credentials.find_login(EMAIL)).password_hash == "one"
    assert not await credentials.set_password(somebody.id + 1, "one", None, NOW)


async def test_of_many_at_once_one_replaces_it(all_credentials, somebody):
    done = await asyncio.gather(
        *(
            each.set_password(somebody.id, f"{number}", None, NOW)
            for number, each in enumerate(all_credentials * 4)
        )
    )
    assert sum(done) == 1


async def test_a_new_password_ends_every_session_of_its_user(credentials, directory, somebody):
    other, _ = await directory.enrol("other@example.org", None, NOW)
    for name, user in (("a", somebody), ("b", somebody), ("c", other)):
        assert await credentials.open_session(name, user.id, None, NOW, NEXT_WEEK)
    await credentials.set_password(somebody.id, "one", None, NOW)
    assert await credentials.find_session("a", NOW) is None
    assert await credentials.find_session("b", NOW) is None
    assert (await credentials.find_session("c", NOW)).user == other


async def test_another_hash_of_the_same_password_ends_none(credentials, somebody):
    await credentials.set_password(somebody.id, "one", None, NOW)
    await credentials.open_session("a", somebody.id, "one", NOW, NEXT_WEEK)
    await credentials.renew_hash(somebody.id, "two", "not that")
    assert (await credentials.find_login(EMAIL)).password_hash == "one"
    await credentials.renew_hash(somebody.id, "two", "one")
    assert (await credentials.find_login(EMAIL)).password_hash == "two"
    assert await credentials.find_session("a", NOW)


async def test_a_session_opens_only_by_the_password_of_today(credentials, somebody):
    await credentials.set_password(somebody.id, "one", None, NOW)
    await credentials.set_password(somebody.id, "two", "one", NOW)
    assert not await credentials.open_session("a", somebody.id, "one", NOW, NEXT_WEEK)
    assert await credentials.open_session("a", somebody.id, "two", NOW, NEXT_WEEK)
    assert not await credentials.open_session("b", somebody.id + 1, None, NOW, NEXT_WEEK)
    assert await credentials.find_session("b", NOW) is None


async def test_none_opens_by_the_old_password_while_it_is_replaced(all_credentials, somebody):
    """Whichever comes first: afterwards nobody is in by the old password."""
    one, other = all_credentials
    await one.set_password(somebody.id, "0", None, NOW)
    for turn in range(8):
        await asyncio.gather(
            one.set_password(somebody.id, f"{turn + 1}", f"{turn}", NOW),
            *(
                other.open_session(f"{turn}-{each}", somebody.id, f"{turn}", NOW, NEXT_WEEK)
                for each in range(3)
            ),
        )
        for each in range(3):
            assert await one.find_session(f"{turn}-{each}", NOW) is None


async def test_a_session_lasts_until_its_time_and_is_its_users(credentials, directory, somebody):
    _, team = await directory.enrol(EMAIL, None, NOW)
    await credentials.open_session("a", somebody.id, None, NOW, NEXT_WEEK)
    found = await credentials.find_session("a", later(days=6))
    assert (found.user, found.team) == (somebody, team)
    assert await credentials.find_session("A", NOW) is None
    assert await credentials.find_session("a", NEXT_WEEK) is None


async def test_sessions_end_one_by_one_and_all(credentials, somebody):
    for name in "abc":
        await credentials.open_session(name, somebody.id, None, NOW, NEXT_WEEK)
    await credentials.end_session("a")
    await credentials.end_session("not there")
    assert await credentials.find_session("a", NOW) is None
    assert await credentials.find_session("b", NOW)
    await credentials.end_sessions(somebody.id)
    assert await credentials.find_session("b", NOW) is None
    assert await credentials.find_session("c", NOW) is None


async def test_to_open_one_forgets_those_that_are_over(credentials, somebody):
    """A clock that steps back brings none of them back."""
    await credentials.open_session("a", somebody.id, None, NOW, NEXT_WEEK)
    await credentials.open_session("b", somebody.id, None, NEXT_WEEK, later(days=14))
    assert await credentials.find_session("a", NOW) is None
    assert await credentials.find_session("b", NOW)
