"""The gateway as the real library meets it, and as a client that breaks its rules does."""

from __future__ import annotations

import asyncio
import zlib

import discord as library
import pytest
from discord_platform.bare_bot import QUERY
from discord_platform.small_bot import running_bot
from discord_platform.stand_in import discord_platform


async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(platform, monkeypatch):
    intents = library.Intents(guilds=True, guild_messages=True, message_content=True)
    platform.app.privileged_intents = intents.value & 1 << 15
    guild, ada = platform.guild(), platform.user("ada")
    async with running_bot(platform, patch=monkeypatch, intents=intents) as bot:
        await ada.say("one", guild=guild)
        (session,) = platform.gateway.live
        platform.gateway.closed_to_new = True
        platform.gateway.drop()
        await platform.gateway.changed.until(lambda: not platform.gateway.live, 30)
        platform.message(ada, guild, "two")
        platform.gateway.closed_to_new = False
        await ada.say("three", guild=guild)
        assert (await ada.command("echo", text="four", guild=guild)).content == "four"
        assert bot.heard == ["one", "two", "resumed 0", "three"]
        assert session.resumes == 1
        assert len(platform.gateway.identifies) == 1


@pytest.mark.parametrize("how", ["asked", "closed", "invalid but resumable"])
async def test_the_bot_comes_back_with_its_session(platform, monkeypatch, how):
    async with running_bot(platform, patch=monkeypatch) as bot:
        await platform.connected()
        if how == "asked":
            platform.gateway.ask_to_reconnect()
        elif how == "closed":
            await platform.gateway.close(4000)
        else:
            platform.gateway.invalidate(resumable=True)
        (session,) = platform.gateway.sessions.values()
        assert await platform.gateway.changed.until(lambda: session.resumes, 30)
        assert (await platform.user("ada").command("echo", text="back")).content == "back"
        assert bot.heard == ["resumed 0"]
        assert session.connection.resumed_at == "/resume"


async def test_a_session_that_is_gone_is_begun_anew(platform, monkeypatch):
    async with running_bot(platform, patch=monkeypatch):
        await platform.connected()
        platform.gateway.invalidate()
        assert await platform.gateway.changed.until(
            lambda: len(platform.gateway.identifies) == 2, 10
        )
        assert (await platform.user("ada").command("echo", text="new")).content == "new"


async def test_each_shard_has_its_own_guilds(platform, monkeypatch):
    platform.gateway.shards, platform.gateway.max_concurrency = 2, 2
    guilds = [platform.guild(f"number {number}") for number in range(2)]
    while int(guilds[0].id) >> 22 & 1 == int(guilds[1].id) >> 22 & 1:
        await asyncio.sleep(0.001)
        guilds[1] = platform.guild("another")
    ada = platform.user("ada")
    async with running_bot(platform, patch=monkeypatch) as bot:
        for guild in guilds:
            assert (await ada.command("echo", text=guild.name, guild=guild)).content == guild.name
        assert sorted(one["shard"] for one in platform.gateway.identifies) == [(0, 2), (1, 2)]
        assert {bot.get_guild(int(one.id)).shard_id for one in guilds} == {0, 1}


async def test_a_server_may_come_and_go(platform, monkeypatch):
    async with running_bot(platform, patch=monkeypatch) as bot:
        await platform.connected()
        guild = platform.guild("late")
        reply = await platform.user("ada").command("echo", text="hi", guild=guild)
        assert reply.content == "hi"
        assert [one.name for one in bot.guilds] == ["late"]
        platform.remove_bot(guild)
        while bot.guilds:
            await asyncio.sleep(0.01)


async def test_content_is_for_those_with_the_intent_or_a_mention(platform, monkeypatch):
    intents = library.Intents(guilds=True, messages=True)
    guild, ada = platform.guild(), platform.user("ada")
    async with running_bot(platform, patch=monkeypatch, intents=intents) as bot:
        await ada.say("secret", guild=guild, attachments=[b"picture"])
        told = await ada.say(f"<@{platform.app.id}>", guild=guild, attachments=[b"picture"])
        assert (await platform.answer_to(told)).content == "7 bytes"
        direct = await ada.say("direct", attachments=[b"pictures"], repeat=2)
        assert (await platform.answer_to(direct)).content == "8 bytes"
        assert bot.heard == ["", told.content, "direct", "direct"]


async def test_a_wrong_token_does_not_log_in(platform, monkeypatch):
    monkeypatch.setattr(library.http.Route, "BASE", platform.api_url)
    async with library.Client(intents=library.Intents.none()) as client:
        with pytest.raises(library.LoginFailure):
            await client.login("wrong")


async def test_privileged_intents_must_be_enabled(platform, bare):
    await bare.connect()
    assert await bare.identify(intents=1 << 15) == {"closed": 4014}
    platform.app.privileged_intents = 1 << 15
    await bare.connect()
    assert (await bare.identify(intents=1 << 15))["t"] == "READY"


WRONG = {
    "before identifying": ([(3, {})], 4003),
    "nothing of what it needs": ([(6, {})], 4002),
    "an unknown opcode": ([(2, None), (99, {})], 4001),
    "identified twice": ([(2, None), (2, None)], 4005),
    "a wrong token": ([(2, {"token": "wrong"})], 4004),
    "a shard that is none": ([(2, {"shard": [2, 2]})], 4010),
    "unknown intents": ([(2, {"intents": 1 << 40})], 4013),
    "too many messages": ([(1, None)] * 121, 4008),
}


async def test_too_few_shards_are_closed(platform, bare):
    platform.gateway.least_shards = 2
    await bare.connect()
    assert (await bare.identify(shard=[0, 1]))["closed"] == 4011
    assert [one.status for one in platform.forgive()] == [4011]


@pytest.mark.parametrize("name", WRONG)
async def test_what_breaks_the_gateways_rules_is_closed(platform, bare, name):
    sends, code = WRONG[name]
    hello = await bare.connect()
    assert hello["op"] == 10
    good = {"token": platform.token, "intents": 1, "properties": {}}
    for op, data in sends:
        await bare.send(op, good | (data or {}) if op == 2 else data)
    while "closed" not in (message := await bare.receive()):
        pass
    assert message == {"closed": code}
    assert [one.status for one in platform.forgive()] == ([] if code == 4004 else [code])


async def test_an_old_version_and_what_is_not_json_are_closed(platform, bare):
    await bare.connect(query="?v=6&encoding=json")
    assert await bare.receive() == {"closed": 4012}
    await bare.connect()
    await bare.socket.send_str("{")
    assert await bare.receive() == {"closed": 4002}
    assert [one.status for one in platform.forgive()] == [4012, 4002]


async def test_shards_of_one_bucket_start_one_after_another(platform, bare):
    platform.gateway.identify_every = 0.3
    await bare.connect()
    assert (await bare.identify(shard=[0, 2]))["t"] == "READY"
    await bare.connect()
    assert await bare.identify(shard=[1, 2]) == {"op": 9, "d": False, "s": None, "t": None}
    await asyncio.sleep(0.3)
    assert (await bare.identify(shard=[1, 2]))["t"] == "READY"


async def test_a_session_that_the_bot_ended_is_not_resumed(platform, bare):
    await bare.connect()
    ready = await bare.identify()
    await bare.close()
    await bare.connect("/resume")
    session = {"token": platform.token, "session_id": ready["d"]["session_id"], "seq": 1}
    await bare.send(6, session)
    assert (await bare.receive())["op"] == 9


async def test_members_are_told_to_those_who_may_know(platform, bare):
    platform.app.privileged_intents = 1 << 1
    guild, ada = platform.guild(), platform.user("ada")
    guild.allow(ada.account)
    await bare.connect()
    await bare.identify(intents=1 | 1 << 1)
    assert (await bare.receive())["t"] == "GUILD_CREATE"
    await bare.send(8, {"guild_id": guild.id, "query": "", "limit": 0, "nonce": "n"})
    chunk = await bare.receive()
    assert (chunk["t"], chunk["d"]["nonce"]) == ("GUILD_MEMBERS_CHUNK", "n")
    found = {one["user"]["id"] for one in chunk["d"]["members"]}
    assert found == {ada.id, platform.app.id}
    await bare.send(8, {"guild_id": guild.id, "user_ids": [ada.id], "limit": 0})
    (member,) = (await bare.receive())["d"]["members"]
    assert member["user"]["username"] == "ada"


async def test_a_session_that_missed_too_much_is_invalid(platform, bare, monkeypatch):
    monkeypatch.setattr("discord_platform.sessions.REPLAY", 3)
    await bare.connect()
    ready = await bare.identify()
    platform.gateway.drop()
    await platform.gateway.changed.until(lambda: not platform.gateway.live, 30)
    for number in range(4):
        platform.guild(f"number {number}")
    await bare.connect("/resume")
    told = {"token": platform.token, "session_id": ready["d"]["session_id"], "seq": 1}
    await bare.send(6, told)
    assert await bare.receive() == {"op": 9, "d": False, "s": None, "t": None}
    await bare.connect("/resume")
    await bare.send(6, told | {"token": "wrong"})
    assert await bare.receive() == {"closed": 4004}


async def test_a_resume_from_the_future_is_refused(platform, bare):
    await bare.connect()
    ready = await bare.identify()
    platform.gateway.drop()
    await platform.gateway.changed.until(lambda: not platform.gateway.live, 30)
    session = {"token": platform.token, "session_id": ready["d"]["session_id"]}
    await bare.connect("/resume")
    await bare.send(6, session | {"seq": 99})
    assert await bare.receive() == {"closed": 4007}
    await bare.connect("/resume")
    await bare.send(6, session | {"seq": 1})
    assert (await bare.receive())["t"] == "RESUMED"


async def test_heartbeats_are_acknowledged_unless_it_is_silent(platform, bare):
    await bare.connect()
    await bare.send(1, None)
    assert (await bare.receive())["op"] == 11
    platform.gateway.silent = True
    await bare.send(1, None)
    with pytest.raises(TimeoutError):
        await bare.socket.receive(timeout=0.2)


async def test_the_stream_is_compressed_as_asked(platform, bare):
    url = f"{platform.gateway.url}/{QUERY}&compress=zlib-stream"
    async with bare.http.ws_connect(url) as socket:
        packed = await socket.receive_bytes()
    assert packed.endswith(b"\x00\x00\xff\xff")
    assert b'"op": 10' in zlib.decompressobj().decompress(packed)


async def test_the_block_fails_when_the_bot_did_wrong():
    with pytest.raises(AssertionError, match=r"(?s)did wrong.*POST /nowhere: 404"):
        async with discord_platform() as found:
            from discord_platform.bare_bot import bare_bot

            async with bare_bot(found) as bot:
                assert (await bot.call("POST", "/nowhere"))[0] == 404
