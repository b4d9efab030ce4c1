"""What can go wrong between the bot and Telegram: an answer, or a sentence; nothing twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pictures
import pytest
from chats import picture
from structlog.testing import capture_logs
from telegram_platform.files import File
from telegram_platform.stand_in import telegram_platform
from telegrams import links

from bot.telegram import client, desk, mailbox, reading
from bot.telegram.running import chatting
from core.chats import ChatRef, ChatSettings, Identity, Platform
from core.errors import Unavailable
from core.services.chats import Chats
from core.setting_types import SettingsInvalid

SOON = (0.05,) * 4


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(desk, "PAUSES", SOON)
    monkeypatch.setattr(reading, "ASK_AGAIN", SOON[:3])


async def uploads_of(server, person):
    """How many pictures somebody has hosted."""
    identity = Identity(Platform.TELEGRAM, str(person.id), person.account.name)
    caller = await server.core.people.caller(identity)
    return (await server.core.quotas.usage(caller)).uploads


def answers(telegram, person):
    return [one for one in person.sees() if one.sender == telegram.bot.id]


def linked(telegram, person):
    return [one for one in answers(telegram, person) if links(one)]


async def logged(logs, event):
    """The first line with that event, once it is there."""
    async with asyncio.timeout(30):
        while not (found := [one for one in logs if event in one["event"]]):
            await asyncio.sleep(0.02)
    return found[0]


def stalling():
    """A file that keeps whoever fetches it waiting, until `telegram.files.end()`."""
    return File(pictures.grains(200), stalls_after=5_000)


async def being_fetched(telegram, number):
    async with asyncio.timeout(30):
        while len(telegram.files.fetches) < number:
            await asyncio.sleep(0.02)


class TestOneServer:
    """Troubles that pass, on one server."""

    pytestmark = pytest.mark.asyncio(loop_scope="module")

    @pytest.mark.parametrize(
        ("trouble", "how"),
        [
            ("rate_limit", {"retry_after": 1}),
            ("fail", {"status": 500}),
            ("fail", {"status": 502}),
            ("drop", {}),
            ("stall", {"seconds": 0.5}),
        ],
    )
    @pytest.mark.parametrize("method", ["sendMessage", "sendPhoto", "getFile"])
    async def test_what_passes_is_not_noticed(self, shared, trouble, how, method):
        server, telegram = shared
        ada = telegram.user("ada")
        times = 1 if trouble == "stall" else 2
        happens = getattr(telegram.troubles, trouble)(method, times=times, **how)
        if method == "sendMessage":
            assert "/upload" in (await ada.send("/help")).text
        else:
            photo = pictures.png(64, 48)
            reply = await ada.send_document(photo, "a.png")
            assert await picture(server, links(reply)[0]) == photo
            assert await uploads_of(server, ada) == 1
        assert happens.happened == times
        assert len(answers(telegram, ada)) == 1

    async def test_a_tap_is_answered_although_telegram_is_away_for_a_moment(self, shared):
        _, telegram = shared
        ada = telegram.user("ada")
        reply = await ada.send_document(pictures.png(64, 48), "a.png")
        for method in ("editMessageText", "editMessageMedia", "editMessageCaption"):
            telegram.troubles.fail(method, times=1)
        telegram.troubles.rate_limit("answerCallbackQuery", times=1)
        await ada.tap(reply, "Make private")
        await telegram.until(lambda: "Make public" in str(reply.rows))
        telegram.troubles.planned.clear()

    @pytest.mark.parametrize(
        ("file", "told"),
        [
            (File(pictures.grains(200), drops_after=500), "no longer gives this file"),
            (File(b"words", "a.png"), "not an image that we can read"),
        ],
    )
    async def test_a_bad_download_has_a_sentence_and_a_next_step(self, shared, file, told):
        server, telegram = shared
        ada = telegram.user("ada")
        reply = await ada.send_document(file)
        assert told in reply.text
        assert "Send" in reply.text
        assert await uploads_of(server, ada) == 0

    async def test_a_telegram_that_does_not_say_where_a_file_is(self, shared):
        _, telegram = shared
        telegram.troubles.fail("getFile", times=9)
        reply = await telegram.user("ada").send_document(pictures.png(), "a.png")
        telegram.troubles.planned.clear()
        assert "Telegram can't be reached right now." in reply.text
        assert "Send the picture again" in reply.text

    async def test_an_answer_waits_until_telegram_is_back_however_long(self, shared):
        server, telegram = shared
        ada = telegram.user("ada")
        away = telegram.troubles.fail("sendMessage", times=4 * len(SOON))
        also = telegram.troubles.fail("sendPhoto", times=4 * len(SOON))
        reply = await ada.send_document(pictures.png(64, 48), "a.png")
        assert away.happened + also.happened == 4 * len(SOON)
        assert links(reply)
        assert await uploads_of(server, ada) == 1
        telegram.troubles.planned.clear()

    async def test_what_telegram_takes_without_saying_so_is_not_told_for_ever(self, shared):
        _, telegram = shared
        ada = telegram.user("ada")
        with capture_logs() as logs:
            cut = telegram.troubles.drop_after("sendMessage", times=99)
            await ada.send("/help")
            await logged(logs, "given up")
        assert cut.happened == 3 * len(SOON)
        telegram.troubles.planned.clear()
        assert "/upload" in (await ada.send("/help")).text

    async def test_others_are_answered_while_one_answer_waits(self, shared):
        server, telegram = shared
        people = [telegram.user(f"person{number}") for number in range(6)]
        slots = server.core.settings.bot_slots
        telegram.troubles.stall("sendPhoto", times=slots, seconds=6)
        slow, soon = people[:slots], people[slots:]
        waiting = [asyncio.create_task(one.send_document(pictures.png(), "a.png")) for one in slow]
        async with asyncio.timeout(20):
            while telegram.troubles.planned[-1].happened < slots:
                await asyncio.sleep(0.02)
        for one in soon:
            assert links(await one.send_document(pictures.png(), "a.png"))
        assert not any(one.done() for one in waiting)
        for one in waiting:
            assert links(await one)

    async def test_another_process_that_asks_is_told_of_in_the_log(self, shared):
        _, telegram = shared
        with capture_logs() as logs:
            asking = f"{telegram.base_url}{telegram.token}/getUpdates?timeout=0"
            async with shared[0].http.get(asking) as answer:
                assert answer.status == 200
            told = await logged(logs, "another process asks")
        assert telegram.token not in str(told)
        telegram.forgive()
        assert "/upload" in (await telegram.user("ada").send("/help")).text

    async def test_polls_that_fail_are_asked_again(self, shared):
        _, telegram = shared
        ada = telegram.user("ada")
        telegram.troubles.fail("getUpdates", times=1, status=502)
        telegram.troubles.drop("getUpdates", times=1)
        telegram.troubles.rate_limit("getUpdates", times=1)
        for _ in range(3):
            assert "/upload" in (await ada.send("/help")).text


async def test_a_token_that_is_revoked_ends_the_bot_alone(local):
    async with telegram_platform() as telegram:
        told = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
        async with local(**told) as server, chatting(server.core) as connection:
            ada = telegram.user("ada")
            assert "/upload" in (await ada.send("/help")).text
            old, telegram.token = telegram.token, f"{telegram.bot.id}:{'n' * 35}"
            with capture_logs() as logs:
                await ada.post(text="/help")
                with pytest.raises(SettingsInvalid, match="BotFather"):
                    await asyncio.wait_for(asyncio.shield(connection), 30)
                told = await logged(logs, "has left Telegram")
            assert "BotFather" in told["reason"]
            assert old not in str(logs)
            assert (await server.call("GET", "/healthz"))[0] == 200


async def test_a_picture_that_nobody_asked_about_is_hosted_although_the_database_was_away(
    chat, monkeypatch
):
    monkeypatch.setattr(mailbox, "AGAIN_SECONDS", 0.05)
    async with chat() as (server, telegram):
        ada = telegram.user("ada")
        cats = telegram.group("Cats", ada, bot_admin=True)
        agreed = replace(ChatSettings(), automatic=str(cats.id))
        await server.core.chats.change(
            ChatRef(Platform.TELEGRAM, str(cats.id)), lambda one: replace(one, settings=agreed)
        )
        find, away = Chats.find, [Unavailable("The database can't be reached.")] * 3

        async def finds(self, ref):
            if away:
                raise away.pop()
            return await find(self, ref)

        monkeypatch.setattr(Chats, "find", finds)
        assert links(await ada.send_photo(pictures.jpeg(64, 48), chat=cats))
        assert not away


async def test_a_full_queue_is_told_of_at_once(chat):
    async with chat(bot_slots=1, bot_queue=1) as (_, telegram):
        people = [telegram.user(name) for name in ("ada", "bob", "eve")]
        waiting = [await one.post(document=stalling()) for one in people[:2]]
        await being_fetched(telegram, 1)
        turned_away = await people[2].send_document(pictures.png(), "a.png")
        assert "Very many pictures are waiting" in turned_away.text
        assert "Try again in a minute" in turned_away.text
        telegram.files.end()
        for one in waiting:
            assert "Send the picture again" in (await telegram.answer_to(one)).text
        assert links(await people[2].send_document(pictures.png(), "a.png"))


async def test_more_than_can_be_told_waits_where_it_is_safe(chat, monkeypatch):
    monkeypatch.setattr(desk, "TURNED_AWAY", 0)
    async with chat(bot_slots=1, bot_queue=1) as (_, telegram):
        people = [telegram.user(f"person{number}") for number in range(6)]
        stalled = await people[0].post(document=stalling())
        await being_fetched(telegram, 1)
        asked = [await one.post(document=File(pictures.png(), "a.png")) for one in people[1:]]
        telegram.files.end()
        assert "Send the picture again" in (await telegram.answer_to(stalled)).text
        for one in asked:
            assert links(await telegram.answer_to(one))


async def test_one_persons_rush_is_not_everybodys_wait(chat, monkeypatch):
    monkeypatch.setattr("bot.workload.EACH", 2)
    async with chat(bot_slots=1) as (_, telegram):
        ada, bob = telegram.user("ada"), telegram.user("bob")
        waiting = [await ada.post(document=stalling()) for _ in range(2)]
        await being_fetched(telegram, 1)
        asked = await ada.post(document=File(pictures.png(), "a.png"))
        assert "waiting" in (await telegram.answer_to(asked)).text
        theirs = await bob.post(document=File(pictures.png(), "a.png"))
        telegram.files.end()
        await telegram.until(lambda: "Send the picture" in str([one.text for one in ada.sees()]))
        assert links(await telegram.answer_to(theirs))
        assert waiting


async def test_what_takes_too_long_is_told(chat, monkeypatch):
    monkeypatch.setattr(desk, "WORK_SECONDS", 0.5)
    async with chat() as (_, telegram):
        reply = await telegram.user("ada").send_document(stalling())
        assert "took too long" in reply.text
        assert "Try again with a smaller picture" in reply.text


async def test_a_download_that_stalls_is_told(chat):
    async with chat(attachment_timeout=0.5) as (_, telegram):
        reply = await telegram.user("ada").send_document(stalling())
        assert "gave the file too slowly" in reply.text
        assert "Try again later" in reply.text


async def test_what_is_not_done_when_the_bot_stops_is_done_when_it_is_back(local, monkeypatch):
    monkeypatch.setattr(client, "FINISH_SECONDS", 0.2)
    async with telegram_platform() as telegram:
        told = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
        async with local(**told, bot_slots=1) as server:
            ada, bob = telegram.user("ada"), telegram.user("bob")
            async with chatting(server.core):
                await ada.post(document=stalling())
                await being_fetched(telegram, 1)
                photo = await bob.post(document=File(pictures.png(), "a.png"))
                pieces = [File(pictures.png(40, 30, seed), f"{seed}.png") for seed in range(2)]
                album = await bob.post_album(pieces, kind="document")
                asked = telegram.updates.polled
                assert await telegram.updates.changed.until(
                    lambda: telegram.updates.polled > asked or not telegram.updates.pending, 20
                )
            assert answers(telegram, bob) == []
            telegram.files.end()
            async with chatting(server.core):
                await telegram.until(lambda: len(linked(telegram, bob)) == 2)
                told = linked(telegram, bob)
                assert sorted(len(links(one)) for one in told) == [1, 2]
                assert {one.reply_to for one in told} == {photo, album[0]}
                await telegram.until(
                    lambda: any("Send the picture" in one.text for one in ada.sees())
                )
