"""kill -9 of processes that are told things: what was safe is given to others, and to one each."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import bot_to_kill
import pytest
from apart import run_apart
from backings import bring_up_to_date, new_database
from bot_to_kill import BOT, PIECES
from servers import ROOT

from core.adapters.db.engine import open_database
from core.adapters.db.inbox import SqlInbox
from core.services.inbox import LEASE, Inbox

PROCESSES = 2
GENEROUS = 60


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    if request.param == "postgres":
        return new_database(request.getfixturevalue("postgres"))
    made = f"sqlite+aiosqlite:///{tmp_path}/pixferry.db"
    run_apart(bring_up_to_date(made))
    return made


def said(files, word):
    """What the processes have said with that word: ids, line by line. The last line may be cut."""
    lines = [line for file in files for line in file.read_text().splitlines(keepends=True)]
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [ids for first, *ids in whole if first == word]


def killed_amid_work(url, files):
    """Let processes work until an album was taken, and kill them one after the other."""
    # -P: beside that file there is another folder `core`
    command = [sys.executable, "-P", bot_to_kill.__file__, url]
    running = []
    try:
        for number, file in enumerate(files, 1):
            with file.open("wb") as out:
                running.append(subprocess.Popen([*command, str(number)], cwd=ROOT, stdout=out))
        deadline = time.monotonic() + GENEROUS
        while not any(len(ids) == PIECES for ids in said(files, "answered")):
            assert time.monotonic() < deadline
            assert [process.poll() for process in running] == [None] * len(running)
            time.sleep(0.05)
        for process in running:
            time.sleep(random.uniform(0, 0.1))
            process.kill()
    finally:
        for process in running:
            process.kill()
            process.wait()


async def test_what_was_safe_is_given_to_others_after_a_kill(url, tmp_path):
    files = [tmp_path / f"{number}.out" for number in range(PROCESSES)]
    killed_amid_work(url, files)
    owners = Counter(one for ids in said(files, "took") for one in ids)
    assert set(owners.values()) == {1}, "nothing is two processes' at a time"
    safe = {one for ids in said(files, "put") for one in ids}
    answering = {one for ids in said(files, "answering") for one in ids}
    answered = {one for ids in said(files, "answered") for one in ids}
    left = {}

    class Later:
        def now(self):
            return datetime.now(UTC) + LEASE

    database = open_database(url, 4)
    other = Inbox(SqlInbox(database), Later())
    while taken := await other.take(BOT, 500):
        for told in taken:
            assert len(told) == (PIECES if told[0].bundle else 1), "an album comes whole"
            left.update({one.id: one for one in told})
    await database.close()
    assert safe - answering <= set(left), "nothing that was safe is lost"
    assert not answered & set(left), "nothing is answered twice"
    assert len(safe) > len(answered) > PIECES
