"""The menus of commands that Telegram shows."""

from __future__ import annotations

import pytest
from local import serving_locally
from telegram_platform.stand_in import telegram_platform

from bot.commands import COMMANDS
from bot.telegram.running import chatting

PERSONAL, ADMINISTRATORS = {"key", "login", "link"}, {"settings"}
EVERY = {command.name for command in COMMANDS}


@pytest.fixture
async def places(backing, tmp_path):
    """A platform without menus, and what starts the bot there once more."""
    async with telegram_platform() as telegram:
        where = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
        async with serving_locally(tmp_path, **where) as server:
            yield telegram, lambda: chatting(server.core)


async def told(telegram, method, times):
    assert await telegram.called.until(lambda: telegram.calls[method] == times, 30)


async def test_each_place_has_the_commands_that_are_of_use_there_in_each_language(places):
    telegram, starting = places
    ada, bob = telegram.user("ada"), telegram.user("bob", language="fr")
    eva = telegram.user("eva", language="de")
    cats = telegram.group("Cats", bob, admins=[ada])
    async with starting():
        await told(telegram, "setMyCommands", 6)
    assert set(ada.commands()) == EVERY - ADMINISTRATORS
    assert set(ada.commands(cats)) == EVERY - PERSONAL
    assert set(bob.commands(cats)) == EVERY - PERSONAL - ADMINISTRATORS
    assert bob.commands()["upload"] == "Host pictures and get their links"
    assert eva.commands()["upload"] == "Bilder hosten und ihre Links bekommen"
    assert list(eva.commands()) == list(ada.commands())
    asked = telegram.calls["getMyCommands"]
    telegram.commands["default", "de"][0] = {"command": "old", "description": "Of old"}
    async with starting():
        await told(telegram, "getMyCommands", asked + 6)
    assert telegram.calls["setMyCommands"] == 7, "what is known is not told again"
    assert "old" not in eva.commands()


async def test_a_menu_that_can_not_be_told_keeps_nobody_from_an_answer(places):
    telegram, starting = places
    telegram.troubles.fail("setMyCommands")
    async with starting():
        assert "Send me a picture" in (await telegram.user("ada").start()).text
        await told(telegram, "getMyCommands", 6)
