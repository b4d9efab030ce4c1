"""Many people at once: whoever waits knows that they do."""

from __future__ import annotations

import asyncio

import pictures
from chats import links, picture
from discord_platform.cdn import File


async def begun(person, guild, file):
    """A command that Discord knows to be worked on."""
    asked = await person.begin_command("upload", guild=guild, options={"file": file})
    assert await asked.changed.until(lambda: asked.callback is not None, 30)
    return asked


def stalling():
    """A file that keeps whoever fetches it waiting, until `discord.cdn.end()`."""
    return File(pictures.png(seed=99), stalls_after=20)


async def test_what_waits_keeps_no_acknowledgement_back_and_none_is_lost(chat):
    async with chat(bot_slots=1) as (server, discord):
        guild = discord.guild()
        first = await begun(discord.user("ada"), guild, stalling())
        files = [pictures.png(seed=seed) for seed in range(1, 21)]
        others = [
            await begun(discord.user(f"person{number}"), guild, file)
            for number, file in enumerate(files)
        ]
        assert all(one.original.loading for one in (first, *others))
        discord.cdn.end()
        assert "Send the picture again" in (await first.answer()).text
        answers = await asyncio.gather(*(one.answer() for one in others))
        for answer, file in zip(answers, files, strict=True):
            assert await picture(server, links(answer.text)[0]) == file


async def test_where_no_more_may_wait_people_are_told(chat):
    async with chat(bot_slots=1, bot_queue=2) as (server, discord):
        ada, guild = discord.user("ada"), discord.guild()
        first = await begun(ada, guild, stalling())
        waiting = [await begun(ada, guild, pictures.png(seed=seed)) for seed in (1, 2)]
        turned_away = await ada.command("upload", guild=guild, file=pictures.png(seed=3))
        assert "Very many pictures are waiting" in turned_away.text
        assert turned_away.ephemeral
        discord.cdn.end()
        await first.answer()
        for one in waiting:
            assert links((await one.answer()).text)
        again = await ada.command("upload", guild=guild, file=pictures.png(seed=3))
        assert await picture(server, links(again.text)[0]) == pictures.png(seed=3)


async def test_one_persons_rush_is_not_everybodys_wait(chat, monkeypatch):
    monkeypatch.setattr("bot.workload.EACH", 3)
    async with chat(bot_slots=1) as (_, discord):
        ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
        first = await begun(ada, guild, stalling())
        waiting = [await begun(ada, guild, pictures.png(seed=seed)) for seed in (1, 2)]
        turned_away = await ada.command("upload", guild=guild, file=pictures.png(seed=3))
        assert "waiting" in turned_away.text
        theirs = await begun(bob, guild, pictures.png(seed=4))
        discord.cdn.end()
        await first.answer()
        for one in (*waiting, theirs):
            assert links((await one.answer()).text)
        again = await ada.command("upload", guild=guild, file=pictures.png(seed=5))
        assert links(again.text)


async def test_who_has_waited_too_long_is_told(chat, monkeypatch):
    monkeypatch.setattr("bot.workload.WAIT_SECONDS", 0.5)
    async with chat(bot_slots=1) as (_, discord):
        ada, guild = discord.user("ada"), discord.guild()
        first = await begun(ada, guild, stalling())
        late = await begun(ada, guild, pictures.png(seed=1))
        assert "Try again" in (await late.answer()).text
        discord.cdn.end()
        await first.answer()


async def test_those_who_type_keep_nobody_waiting_who_asks(chat, monkeypatch):
    held, looking = asyncio.Event(), []

    async def complete(*_):
        looking.append(1)
        await held.wait()
        return []

    monkeypatch.setattr("bot.service.completion.complete", complete)
    monkeypatch.setattr("bot.discord.commands.COMPLETION_SECONDS", 20)
    async with chat() as (_, discord):
        discord.first_response = 20
        guild, people = discord.guild(), [discord.user(f"person{number}") for number in range(12)]
        typing = [
            asyncio.create_task(one.autocomplete("info", "image", "", guild=guild))
            for one in people
        ]
        assert "0 of 100" in (await people[0].command("usage", guild=guild)).text
        assert len(looking) <= 4
        held.set()
        assert await asyncio.gather(*typing) == [[]] * 12
        assert len(looking) == 12
