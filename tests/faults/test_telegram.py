"""Telegram's bot killed, stopped and without its database amid work: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import backings
import pictures
import recount
import servers
import stored
from aftermath import ready, sweep_later
from telegram_platform.files import File
from telegram_platform.stand_in import telegram_platform
from telegrams import links, variables_of

RUSH = 6
SHORT = {"RESERVATION_LIFE": 3, "ORPHAN_GRACE": 3, "WORKERS": 2}


def linked(telegram, person):
    """The bot's messages with links to pictures."""
    return [one for one in person.sees() if one.sender == telegram.bot.id and links(one)]


def let_leases_end(data):
    """A minute goes by, in which nobody has renewed anything."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    stored.rows(data, "UPDATE inbox SET due_at = ? WHERE owner IS NOT NULL", past)


async def test_after_a_kill_all_that_was_received_is_answered_once(tmp_path):
    data, port = tmp_path / "data", servers.free_port()
    async with telegram_platform() as telegram:
        told = SHORT | variables_of(telegram)
        people = [telegram.user(f"person{number}") for number in range(RUSH)]
        server = await asyncio.to_thread(servers.start, data, port=port, **told)
        for number, person in enumerate(people):
            await person.post(document=File(pictures.grains(200, seed=number), "a.png"))
        ada = telegram.user("ada")
        pieces = [File(pictures.png(40, 30, seed), f"{seed}.png") for seed in range(4)]
        album = await ada.post_album(pieces[:4], kind="document", pause=0.05)
        await telegram.until(lambda: any(linked(telegram, one) for one in people))
        await asyncio.to_thread(server.kill)
        assert not linked(telegram, ada)
        let_leases_end(data)
        server = await asyncio.to_thread(servers.start, data, port=port, **told)
        try:
            for person in (*people, ada):
                await telegram.until(lambda person=person: linked(telegram, person), 60)
            (answer,) = linked(telegram, ada)
            assert len(links(answer)) == len(pieces)
            assert answer.reply_to is album[0]
            hosted = stored.rows(data, "SELECT count(*) FROM media")
            assert hosted == [(RUSH + len(pieces),)]
            for person in people:
                # What it had told, but was killed before it noted so, it tells again.
                told_ = {link for one in linked(telegram, person) for link in links(one)}
                assert len(told_) == 1
            await asyncio.to_thread(sweep_later, server)
            recount.assert_exact(data)
        finally:
            assert await asyncio.to_thread(server.stop) == 0
        assert telegram.token.partition(":")[2] not in server.log()


async def test_a_database_or_storage_that_is_away_has_a_sentence(own_services, tmp_path):
    async with telegram_platform() as telegram:
        ada, told = telegram.user("ada"), variables_of(telegram)
        photos = (File(pictures.png(64, 48, seed), "a.png") for seed in itertools.count())
        with backings.chosen(own_services):
            server = await asyncio.to_thread(servers.start, tmp_path / "data", WORKERS=2, **told)
            try:
                assert links(await ada.send_document(next(photos)))
                for service, name in (
                    (own_services.postgres, "database"),
                    (own_services.s3, "storage"),
                ):
                    await asyncio.to_thread(service.stop)
                    reply = await ada.send_document(next(photos))
                    await asyncio.to_thread(service.start)
                    assert name in reply.text
                    assert "Try again in" in reply.text
                    await asyncio.to_thread(ready, server)
                    assert links(await ada.send_document(next(photos)))
            finally:
                assert await asyncio.to_thread(server.stop) == 0
        assert '"event": "fault"' not in server.log()
