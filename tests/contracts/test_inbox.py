"""What an inbox must do, for any number of processes over one database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.adapters.db.inbox import SqlInbox
from core.adapters.db.undertaker import SqlUndertaker
from core.chats import Told
from core.services.inbox import CAP, LEASE, MOST, QUIET, REMEMBERED, RENEW, Inbox

BOT = "telegram:7:"
MOMENT = timedelta(milliseconds=1)


def told(number, bundle=None, bot=BOT):
    return Told(f"{bot}{number}", {"update_id": number, "text": "Grüße 🐈 \x00\ud800"}, bundle)


def numbers(taken):
    """Of what was taken, bundle by bundle."""
    return [[int(one.id.rpartition(":")[2]) for one in bundle] for bundle in taken]


@pytest.fixture
def inboxes(databases, clock):
    """As three processes have, two of them on one opening of the database."""
    return [Inbox(SqlInbox(databases[number % 2]), clock) for number in range(3)]


@pytest.fixture
def inbox(inboxes):
    return inboxes[0]


async def died(clock):
    """Nobody renews anything for as long as a lease lasts."""
    clock.time += LEASE


async def test_what_is_new_is_ours_and_what_was_told_before_is_dropped(inboxes):
    first, other, _ = inboxes
    one, two = told(1), told(2)
    assert await first.put([one]) == [one]
    assert await first.put([one, two, two]) == [two]
    assert await other.put([two, one]) == []
    assert await other.take(BOT, 9) == await first.take(BOT, 9) == []
    await first.done([one.id])
    assert await first.put([one]) == await other.put([one]) == [], "answered, and still known"
    assert await first.put([]) == []


async def test_many_told_the_same_at_once_and_one_has_it(inboxes):
    wanted = [told(number) for number in range(20)]
    found = await asyncio.gather(
        *(inboxes[number % 3].put(wanted[:: -1 if number % 2 else 1]) for number in range(6))
    )
    assert sorted((one for each in found for one in each), key=wanted.index) == wanted


async def test_a_bundle_is_whole_once_no_more_comes(inbox, inboxes, clock):
    assert await inbox.next_due(BOT) is None
    assert await inbox.put([told(9, "a"), told(10, "a")]) == []
    clock.step(seconds=1)
    assert await inboxes[1].put([told(11, "a"), told(12)]) == [told(12)]
    clock.time += QUIET - MOMENT
    assert await inbox.take(BOT, 9) == []
    clock.time += MOMENT
    assert await inbox.next_due(BOT) == clock.now()
    assert await inbox.take(BOT, 9) == [[told(9, "a"), told(10, "a"), told(11, "a")]]
    assert await inboxes[1].take(BOT, 9) == []


async def test_a_bundle_that_goes_on_and_on_is_taken_in_the_end(inbox, clock):
    began = clock.now()
    for number in range(9):
        await inbox.put([told(number, "a")])
        assert await inbox.take(BOT, 9) == []
        clock.step(seconds=0.9)
    assert await inbox.next_due(BOT) == began + CAP
    assert numbers(await inbox.take(BOT, 9)) == [list(range(9))]


async def test_a_piece_told_again_keeps_no_bundle_waiting(inbox, clock):
    await inbox.put([told(1, "a")])
    clock.step(seconds=1)
    assert await inbox.put([told(1, "a")]) == []
    clock.time += QUIET - timedelta(seconds=1)
    assert numbers(await inbox.take(BOT, 9)) == [[1]]


async def test_a_bundle_that_nobody_was_there_to_take_goes_on_no_more(inbox, inboxes, clock):
    await inbox.put([told(1, "a"), told(2, "a")])
    clock.time += 5 * CAP
    await inbox.put([told(3, "a")])
    clock.step(seconds=1)
    await inbox.put([told(4, "a")])
    assert numbers(await inbox.take(BOT, 9)) == [[1, 2]]
    assert await inbox.take(BOT, 9) == []
    clock.time += QUIET
    assert numbers(await inboxes[1].take(BOT, 9)) == [[3, 4]]


@pytest.mark.parametrize("answered", [True, False])
async def test_late_pieces_are_a_bundle_of_their_own(inbox, inboxes, clock, answered):
    await inbox.put([told(1, "a"), told(2, "a")])
    clock.time += QUIET
    assert numbers(await inbox.take(BOT, 9)) == [[1, 2]]
    if answered:
        await inbox.done([told(1).id, told(2).id])
    await inboxes[1].put([told(3, "a")])
    clock.step(seconds=1)
    await inbox.put([told(4, "a"), told(1, "a")])
    assert await inbox.take(BOT, 9) == []
    clock.time += QUIET
    assert numbers(await inboxes[1].take(BOT, 9)) == [[3, 4]]


async def test_bundles_and_bots_are_told_apart(inbox, clock):
    await inbox.put([told(1, "a"), told(2, "b"), told(3, "a"), told(1, "c", "telegram:70:")])
    clock.time += QUIET
    assert numbers(await inbox.take("telegram:70:", 9)) == [[1]]
    assert numbers(await inbox.take(BOT, 1)) == [[1, 3]], "a limit cuts no bundle"
    assert numbers(await inbox.take(BOT, 1)) == [[2]]
    assert await inbox.take(BOT, 0) == await inbox.take("telegram:_:", 9) == []


async def test_who_renews_keeps_what_is_theirs(inbox, inboxes, clock):
    await inbox.put([told(1), told(2, "a"), told(3, "a")])
    clock.time += QUIET
    await inbox.take(BOT, 9)
    for _ in range(6):
        clock.time += RENEW
        await inbox.renew()
        assert await inboxes[1].take(BOT, 9) == []
    assert await inboxes[1].next_due(BOT) == clock.now() + LEASE
    assert await inbox.next_due(BOT) is None, "nothing that is not its own already"


async def test_what_a_dead_process_had_is_given_to_another_whole(inbox, inboxes, clock):
    await inbox.put([told(9), told(11, "a"), told(10, "a"), told(8)])
    clock.time += QUIET
    await inbox.take(BOT, 9)
    await inbox.done([told(8).id])
    clock.time += LEASE - MOMENT - QUIET
    assert await inboxes[1].take(BOT, 9) == []
    clock.time += QUIET + MOMENT
    assert await inboxes[1].take(BOT, 9) == [[told(9)], [told(10, "a"), told(11, "a")]]
    assert await inboxes[2].take(BOT, 9) == []
    await inbox.renew()  # it was not dead, after all: what it has lost stays lost
    await inbox.release([told(9).id])
    clock.time += LEASE - RENEW
    await inboxes[1].renew()
    clock.time += RENEW
    assert await inboxes[2].take(BOT, 9) == []


async def test_nobody_takes_their_own_again(inbox, inboxes, clock):
    await inbox.put([told(1)])
    await died(clock)  # the database was away, say, and nothing could be renewed
    assert await inbox.take(BOT, 9) == []
    assert await inbox.next_due(BOT) is None
    await inbox.renew()
    assert await inboxes[1].take(BOT, 9) == []


async def test_what_is_answered_is_never_given_again(inbox, inboxes, clock):
    await inbox.put([told(1), told(2)])
    await died(clock)
    assert numbers(await inboxes[1].take(BOT, 9)) == [[1], [2]]
    await inbox.done([told(1).id])  # late, but it was answered
    await died(clock)
    assert numbers(await inboxes[2].take(BOT, 9)) == [[2]]


async def test_what_is_given_up_is_given_to_another_at_once(inbox, inboxes, clock):
    await inbox.put([told(1), told(2, "a"), told(3, "a")])
    clock.time += QUIET
    await inbox.take(BOT, 9)
    await inbox.release([told(number).id for number in (1, 2, 3)])
    assert await inboxes[1].next_due(BOT) == clock.now()
    assert numbers(await inboxes[1].take(BOT, 9)) == [[1], [2, 3]]
    assert await inboxes[2].take(BOT, 9) == []


@pytest.mark.parametrize("tried", [True, False])
async def test_what_was_only_held_may_be_left_again_and_again(inboxes, clock, tried):
    ids = [told(1).id, told(2, "a").id]
    await inboxes[0].put([told(1), told(2, "a")])
    clock.time += QUIET
    await inboxes[0].take(BOT, 9)
    for number in range(MOST + 1):
        await inboxes[number % 3].release(ids, tried=tried)
        found = numbers(await inboxes[(number + 1) % 3].take(BOT, 9))
        assert found == ([[1], [2]] if not tried or number < MOST - 1 else [])


async def test_what_kills_everybody_is_given_up(inboxes, clock):
    await inboxes[0].put([told(1), told(2, "a")])
    clock.time += QUIET
    for number in range(MOST):
        found = numbers(await inboxes[number % 3].take(BOT, 9))
        assert found == ([[2]] if number == 0 else [[1], [2]]), "it was put, and so given once"
        inboxes[number % 3] = Inbox(inboxes[number % 3]._store, clock)  # a new process
        await died(clock)
    with capture_logs() as logs:
        assert await inboxes[0].take(BOT, 9) == []
    assert [sorted(entry["told"]) for entry in logs] == [[told(1).id, told(2).id]]
    assert await inboxes[0].next_due(BOT) is None
    assert await inboxes[0].put([told(1), told(2, "a")]) == []


async def test_of_many_who_take_at_once_each_thing_has_one_owner(inboxes, clock):
    bundles = [[told(10 * n + k, f"b{n}") for k in range(4)] for n in range(1, 8)]
    alone = [told(number) for number in range(100, 130)]
    await Inbox(inboxes[0]._store, clock).put([*alone, *(one for each in bundles for one in each)])
    await died(clock)

    async def take_all(inbox):
        found = []
        while taken := await inbox.take(BOT, 3):
            found += taken
        return found

    everybody = [*inboxes, *(Inbox(inbox._store, clock) for inbox in inboxes)]
    found = [each for one in await asyncio.gather(*map(take_all, everybody)) for each in one]
    assert sorted(found, key=str) == sorted([*([one] for one in alone), *bundles], key=str)


async def test_pieces_arrive_while_others_take_and_renew(inboxes, clock):
    """Each turn a bundle is due while one more piece of it arrives: it is in it, or after it."""
    for turn in range(12):
        pieces = [told(100 * turn + k, f"b{turn}") for k in range(5)]
        await asyncio.gather(*(inboxes[k % 3].put([pieces[k]]) for k in range(4)))
        clock.time += QUIET
        found = await asyncio.gather(
            inboxes[1].take(BOT, 9),
            inboxes[0].put([pieces[4]]),
            inboxes[2].take(BOT, 9),
            inboxes[1].renew(),
            inboxes[0].take(BOT, 9),
        )
        clock.time += QUIET
        rest = [*found[0], *found[2], *found[4], *await inboxes[turn % 3].take(BOT, 9)]
        assert rest in ([pieces], [pieces[:4], pieces[4:]]), turn
        for inbox in inboxes:
            await inbox.done([one.id for one in pieces])


async def test_ids_are_known_for_two_days_and_then_swept(inbox, databases, clock):
    await inbox.put([told(1), told(2, "a"), told(3)])
    await inbox.done([told(1).id])
    sweeper = SqlUndertaker(databases[1])
    clock.time += REMEMBERED
    assert await sweeper.forget_told(clock.now() - REMEMBERED, 500) == 0
    assert await inbox.put([told(1)]) == []
    clock.time += MOMENT
    assert await sweeper.forget_told(clock.now() - REMEMBERED, 2) == 2
    assert await sweeper.forget_told(clock.now() - REMEMBERED, 2) == 1
    assert await inbox.put([told(1)]) == [told(1)]
