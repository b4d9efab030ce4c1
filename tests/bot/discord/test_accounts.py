"""/usage, /key, /login, /link and /help on Discord."""

from __future__ import annotations

import re

import aiohttp
import pictures
import pytest
from chats import links, media_id, status_of

from bot.commands import COMMANDS
from core.chats import Identity, Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_usage_tells_of_uploads_storage_plan_and_reset(shared):
    _, discord = shared
    ada = discord.user("ada")
    for seed in (1, 2):
        await ada.command("upload", file=pictures.grains(800, seed))
    told = await ada.command("usage")
    assert told.ephemeral
    assert "Plan: **Free**" in told.text
    assert "Uploads this month: ▰▱▱▱▱▱▱▱▱▱ 2 of 100" in told.text
    assert "Storage: ▰▱▱▱▱▱▱▱▱▱ 3.6 MB of 5 GB" in told.text
    assert "Images: 2" in told.text
    assert re.search(r"starts anew on <t:\d+:D>", told.text)


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    assert "You have no API key" in (await ada.command("key list", guild=guild)).text
    made = await ada.command("key create", name="ShareX", guild=guild)
    assert made.ephemeral
    token = re.search(r"`(\d+\|\S+)`", made.text)[1]
    headers = {"Authorization": f"Bearer {token}"}
    status, _, uploaded = await server.upload(pictures.png(), headers=headers)
    assert status == 201
    assert uploaded["id"] in (await ada.command("images")).text
    listed = await ada.command("key list")
    assert listed.ephemeral
    assert "ShareX" in listed.text
    assert "everything" in listed.text
    assert token.partition("|")[2] not in listed.text
    (choice,) = await ada.autocomplete("key revoke", "key", "share")
    revoked = await ada.command("key revoke", key=choice["value"])
    assert "worthless now" in revoked.text
    status, _, _ = await server.call("GET", "/v1/usage", headers=headers)
    assert status == 401
    again = await ada.command("key revoke", key="ShareX")
    assert "You have no API key ShareX" in again.text


@pytest.mark.parametrize(
    ("access", "uploads", "reads"), [("read", 403, 200), ("write", 201, 200), (None, 201, 200)]
)
async def test_a_key_may_do_what_was_asked_for(shared, access, uploads, reads):
    server, discord = shared
    ada = discord.user("ada")
    made = await ada.command("key create", access=access)
    headers = {"Authorization": "Bearer " + re.search(r"`(\d+\|\S+)`", made.text)[1]}
    assert (await server.upload(pictures.png(), headers=headers))[0] == uploads
    assert (await server.call("GET", "/v1/usage", headers=headers))[0] == reads


async def test_keys_of_others_are_not_to_be_had(shared):
    _, discord = shared
    ada, bob = discord.user("ada"), discord.user("bob")
    await ada.command("key create", name="Mine")
    number = (await ada.autocomplete("key revoke", "key", ""))[0]["value"]
    assert await bob.autocomplete("key revoke", "key", "") == []
    assert "no API key" in (await bob.command("key revoke", key=number)).text
    assert "Mine" in (await ada.command("key list")).text


async def test_login_signs_in_once(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    told = await ada.command("login", guild=guild)
    assert told.ephemeral
    (link,) = links(told.text)
    assert await status_of(server, link) == 200
    (shown,) = links((await ada.command("upload", file=pictures.png())).text)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(link) as answer:
            form = await answer.text()
        sealed = re.search(r'name="csrf" value="([^"]+)"', form)[1]
        fields = {"token": link.partition("token=")[2], "csrf": sealed}
        async with browser.post(f"{server.url}/auth/chat", data=fields) as answer:
            assert answer.url.path == "/images"
            assert media_id(shown) in await answer.text()
    assert await status_of(server, link) == 410


async def test_two_accounts_become_one_by_a_code(shared):
    server, discord = shared
    ada, other = discord.user("ada"), discord.user("ada too")
    (first,) = links((await ada.command("upload", file=pictures.png(), private=True)).text)
    (second,) = links((await other.command("upload", file=pictures.png(seed=2))).text)
    told = await ada.command("link")
    assert told.ephemeral
    code = re.search(r"Your code: `(\w+)`", told.text)[1]
    assert "your own" in (await ada.command("link", code=code)).text
    assert "no such code" in (await other.command("link", code="wrong")).text
    joined = await other.command("link", code=code)
    assert "Your accounts are one now, on Discord." in joined.text
    assert "came along: 1" in joined.text
    for person in (ada, other):
        listed = (await person.command("images")).text
        assert first.partition("?")[0] in listed
        assert second in listed
    assert "no such code" in (await other.command("link", code=code)).text
    caller = await server.core.people.caller(Identity(Platform.DISCORD, other.id, "ada too"))
    assert len(await server.core.people.identities_of(caller)) == 2


async def test_help_tells_of_every_command(shared):
    _, discord = shared
    ada = discord.user("ada")
    told = await ada.command("help")
    assert told.ephemeral
    for command in COMMANDS:
        assert f"**/{command.name}**: " in told.text


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
async def test_help_tells_all_of_one_command(shared, command):
    _, discord = shared
    told = await discord.user("ada").command("help", command=command)
    found = next(each for each in COMMANDS if each.name == command)
    for option in found.options:
        assert f"`{option.name}`" in told.text
    for part in found.commands:
        assert f"**/{command} {part.name}**" in told.text
        assert all(f"`{option.name}`" in told.text for option in part.options)
    assert not told.text.endswith("…")


async def test_names_are_german_for_who_reads_german(shared):
    _, discord = shared
    eva = discord.user("eva", locale="de")
    told = await eva.command("usage")
    assert "Tarif: **Free**" in told.text
    await eva.command("upload", file=pictures.grains(800))
    assert "1,8 MB von 5 GB" in (await eva.command("usage")).text
    assert "**/hochladen**: " in (await eva.command("help")).text
    assert "`datei`" in (await eva.command("help", command="upload")).text
    command = await discord.command("upload", 1, None)
    assert command["name_localizations"]["de"] == "hochladen"
    option = next(each for each in command["options"] if each["name"] == "file")
    assert option["name_localizations"]["de"] == "datei"
    assert option["description_localizations"]["de"] == "Das Bild"
