"""Discord and people on it, as a process of their own, for `bench.chat`.

It prints where the platform is, then does what each line of its input says, as JSON (see `Crowd`),
and prints what came of it. `tests` has to be on the path: the platform is that of the tests.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

from discord_platform.cdn import File
from discord_platform.interactions import NotAnswered
from discord_platform.stand_in import discord_platform

from bench.pictures import Variants, jpeg_of

PEOPLE, GUILDS = 100, 5
_LINK = re.compile(r"<(https?://[^>\s]+)>")


class Lag:
    """How late this process itself is, which it takes for the bot's delay."""

    EVERY = 0.005

    def __init__(self) -> None:
        self.slowest = 0.0

    async def watch(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(self.EVERY)
            self.slowest = max(self.slowest, time.monotonic() - before - self.EVERY)


class Crowd:
    """People who host pictures, and what they see of it."""

    def __init__(self, discord, size: int) -> None:
        self.discord = discord
        self.api_url = discord.api_url
        self.steps = {"flood": self.flood, "hold": self.hold}
        self.guilds = [discord.guild(f"Server {number}") for number in range(GUILDS)]
        self.people = [discord.user(f"person{number}") for number in range(PEOPLE)]
        self.variants = Variants(jpeg_of(size, 1280, 960))
        self.begun = 0

    async def flood(self, count: int, seconds: float, patience: float) -> dict:
        """So many commands, evenly over so long, whatever becomes of those before."""
        first = time.monotonic()
        answers = []
        for number in range(count):
            await asyncio.sleep(max(0, first + number * seconds / count - time.monotonic()))
            answers.append(asyncio.create_task(self._answer(await self._begin(), patience)))
        sent = time.monotonic() - first
        found = await asyncio.gather(*answers)
        return {"sent": sent, "took": time.monotonic() - first, "answers": found}

    async def hold(self, at_once: int, count: int, patience: float) -> dict:
        """Keep so many commands waiting for their answer, until `count` more were begun."""
        first, left = time.monotonic(), count
        found: list[dict] = []

        async def one_after_another(delay: float) -> None:
            nonlocal left
            await asyncio.sleep(delay)
            found.append(await self._answer(await self._begin(), patience) | {"filling": True})
            while left > 0:
                left -= 1
                found.append(await self._answer(await self._begin(), patience))

        fill = at_once / 100  # seconds in which they come in at first
        people = (one_after_another(number / at_once * fill) for number in range(at_once))
        await asyncio.gather(*people)
        return {"sent": fill, "took": time.monotonic() - first, "answers": found}

    async def _begin(self):
        self.begun += 1
        person = self.people[self.begun % PEOPLE]
        photo = File(b"".join(self.variants.next()), f"photo{self.begun}.jpg")
        guild = self.guilds[self.begun % GUILDS]
        return await person.begin_command("upload", guild=guild, options={"file": photo})

    async def _answer(self, begun, patience: float) -> dict:
        """Seconds to the acknowledgement and to the answer; its link, or what came in its place."""
        try:
            message = await begun.answer(patience)
        except NotAnswered as err:
            return {"acknowledged": begun.answered_after, "link": None, "said": str(err)}
        found = _LINK.search(message.text)
        return {
            "acknowledged": begun.answered_after,
            "answered": begun.age,
            "link": found and found[1],
            "said": message.text,
        }


async def serve(platform, crowd_of) -> None:
    """Have a platform open, and its people do what each line of the input says."""
    size = int(sys.argv[1])
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with platform as there:
        crowd = crowd_of(there, size)
        say({"token": there.token, "api_url": crowd.api_url})
        while line := await lines.readline():
            asked, lag = json.loads(line), Lag()
            watching = asyncio.create_task(lag.watch())
            step = crowd.steps[asked.pop("do")]
            done = await step(**asked)
            watching.cancel()
            complaints = [str(one) for one in there.forgive()]
            say(done | {"complaints": complaints, "lag": lag.slowest})


def say(what: dict) -> None:
    """Tell the bench."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(discord_platform(), Crowd))
