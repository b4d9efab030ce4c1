"""What no log line tells, whoever writes it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest
from servers import ROOT
from telegram_platform.stand_in import telegram_platform

TALK = """
import asyncio, logging, sys, warnings
from telegram import Bot
from telegram.error import InvalidToken
from core.settings import Settings
from pixferry.logs import set_up

url, token, level, form = sys.argv[1:]
settings = Settings(_env_file=None, telegram_token=token, discord_token="a.discord.token")
set_up(form, level, settings.bot_secrets)
if level == "debug":  # whoever turns these on is told no more
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)

async def talk():
    try:
        async with Bot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot"):
            logging.getLogger("some.library").info("talked to %s/file/bot%s/x.jpg", url, token)
    except InvalidToken:
        logging.getLogger("some.library").exception("the token was refused")
    logging.getLogger("some.library").info("%s and a.discord.token", token.replace(":", "%3A"))

asyncio.run(talk())
"""


async def logged(telegram, token, level, form) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", TALK, telegram.url, token, level, form),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    assert process.returncode == 0, told
    return told.decode()


@pytest.mark.parametrize(
    ("level", "form"), [("info", "json"), ("debug", "json"), ("debug", "console")]
)
async def test_tokens_of_bots_are_in_no_line_whoever_logs_it(level, form):
    """The real library's own lines, addresses in the words of others, and failures that name it."""
    async with telegram_platform() as telegram:
        number, _, secret = telegram.token.partition(":")
        known = await logged(telegram, telegram.token, level, form)
        wrong = f"{number}:{secret[::-1]}"
        unknown = await logged(telegram, wrong, level, form)
        telegram.forgive()
    for said, hidden in ((known, secret), (unknown, secret[::-1])):
        assert hidden not in said
        assert "a.discord.token" not in said
        assert "(hidden) and" in said or "(hidden)\x1b" in said
    assert f"/file/bot{number}:(hidden)/x.jpg" in known
    assert f"The token `{number}:(hidden)` was rejected" in unknown
    assert ("HTTP Request" in known) == (level == "debug")
    if form == "json":
        assert all(json.loads(line) for line in known.splitlines())


CANCELLED = """
import asyncio, logging
from pixferry.logs import set_up

set_up("json", "info")
for kind in (asyncio.CancelledError, OSError):
    try:
        raise kind
    except BaseException:
        logging.getLogger("some.library").exception(kind.__name__)
"""


def test_that_somebody_was_told_to_stop_is_no_failure_of_a_librarys():
    command = [sys.executable, "-c", CANCELLED]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = told.stderr.splitlines()
    assert json.loads(line)["event"] == "OSError"
