"""Telegram and people on it, as a process of their own, for `bench.telegram`.

It prints where the platform is, then does what each line of its input says, as JSON (see
`bench.chat.Crowd`), and prints what came of it. `tests` has to be on the path.
"""

from __future__ import annotations

import asyncio
import time

from telegram_platform.files import File
from telegram_platform.stand_in import telegram_platform

from bench.chat_crowd import serve
from bench.pictures import Variants, jpeg_of

PEOPLE = 200


class Crowd:
    """People who send pictures, and what they see of it."""

    def __init__(self, telegram, size: int) -> None:
        self.telegram = telegram
        self.api_url = telegram.url
        self.steps = {"flood": self.flood}
        self.people = [telegram.user(f"person{number}") for number in range(PEOPLE)]
        self.variants = Variants(jpeg_of(size, 1280, 960))

    async def flood(self, count: int, seconds: float, patience: float) -> dict:
        """So many pictures, evenly over so long, whatever becomes of those before."""
        first = time.monotonic()
        waiting: dict = {}
        answered: dict = {}

        def all_answered() -> bool:
            for person in self.people:
                for message in person.sees():
                    asked = message.reply_to
                    if message.sender == self.telegram.bot.id and asked in waiting:
                        answered[asked] = message, time.monotonic() - waiting.pop(asked)
            return len(answered) >= count

        watching = asyncio.create_task(self.telegram.changed.until(all_answered, patience))
        for number in range(count):
            await asyncio.sleep(max(0, first + number * seconds / count - time.monotonic()))
            person = self.people[number % PEOPLE]
            photo = File(b"".join(self.variants.next()), f"photo{number}.jpg")
            waiting[await person.post(document=photo)] = time.monotonic()
        posted = time.monotonic() - first
        await watching
        links = [next(iter(message.links), None) for message, _ in answered.values()]
        return {
            "sent": posted,
            "took": time.monotonic() - first,
            "answers": [
                {"answered": after, "link": next(iter(message.links), None), "said": message.text}
                for message, after in answered.values()
            ],
            "doubled": len(links) - len(set(links)),
            "refused": self.telegram.floods.refused,
        }


if __name__ == "__main__":
    asyncio.run(serve(telegram_platform(), Crowd))
