"""A process that is told things, takes and answers them, and says so until it is killed.

`python bot_to_kill.py DATABASE NUMBER`. A line is a word and ids: `put` once they are safe, `took`
once they are its own, `answering` before it says that they are answered, `answered` after that.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from itertools import count

from core.adapters.clock import SystemClock
from core.adapters.db.engine import open_database
from core.adapters.db.inbox import SqlInbox
from core.chats import Told
from core.errors import Unavailable
from core.services.inbox import Inbox

BOT = "telegram:7:"
PIECES = 3


def say(word, told):
    print(word, *(one.id for one in told), flush=True)


async def turn(inbox, first):
    """Be told an album and three things alone; answer about half of what there is to answer."""
    pieces = [Told(f"{BOT}{first + n}", {}, f"{BOT}{first}") for n in range(PIECES)]
    alone = [Told(f"{BOT}{first + PIECES + n}", {}) for n in range(3)]
    new = await inbox.put([*alone, *pieces])
    say("put", [*alone, *pieces])
    for number, things in enumerate([[one] for one in new] + await inbox.take(BOT, 5)):
        say("took", things)
        if number % 2:
            say("answering", things)
            await inbox.done([one.id for one in things])
            say("answered", things)


async def main(url, number):
    inbox = Inbox(SqlInbox(open_database(url, 4)), SystemClock())
    for first in count(1_000_000 * number, 10):
        with suppress(Unavailable):  # many write at once
            await turn(inbox, first)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
