"""What Telegram tells again, at once or much later, is hosted and answered once."""

from __future__ import annotations

import pictures
from telegram_platform.files import File
from telegram_platform.stand_in import telegram_platform
from telegrams import links, settings_of

from bot.telegram.running import chatting


async def received(telegram):
    """All is with the bot: it has asked for what comes after it."""
    assert await telegram.updates.changed.until(lambda: not telegram.updates.pending, 30)


async def hosted_and_answered(telegram, person):
    """How many pictures each of somebody's answers has, and what /usage says."""
    await received(telegram)
    usage = await person.send("/usage")
    told = [one for one in person.sees() if one.sender == telegram.bot.id]
    return sorted(len(links(one)) for one in told if links(one)), usage.text


async def test_what_is_told_again_is_hosted_and_answered_once(local, clock):
    async with (
        telegram_platform() as telegram,
        local({"clock": clock}, **settings_of(telegram)) as server,
    ):
        ada = telegram.user("ada")
        pieces = [File(pictures.png(40, 30, seed), f"{seed}.png") for seed in range(3)]
        async with chatting(server.core):
            asked = await ada.post(document=File(pictures.png(64, 48), "a.png"), repeat=3)
            await telegram.answer_to(asked)
            album = await ada.post_album(pieces, kind="document", repeat=2)
            await received(telegram)
            clock.step(seconds=5)  # which an album waits for
            await telegram.until(lambda: any(len(links(one)) == 3 for one in ada.sees()))
            clock.step(hours=1)
            for message in (asked, *album):
                ada.redeliver(message)
            found, usage = await hosted_and_answered(telegram, ada)
            assert found == [1, 3]
            assert "4 of " in usage
        for message in (asked, *album):
            ada.redeliver(message)
        async with chatting(server.core):
            clock.step(seconds=5)
            found, usage = await hosted_and_answered(telegram, ada)
            assert found == [1, 3]
            assert "4 of " in usage
