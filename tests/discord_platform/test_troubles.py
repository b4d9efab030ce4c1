"""What goes wrong on demand, and how the real library takes it."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pictures
import pytest
from discord_platform.cdn import File
from discord_platform.interactions import NotAnswered
from discord_platform.small_bot import running_bot


@pytest.fixture
async def discord(platform, monkeypatch):
    async with running_bot(platform, patch=monkeypatch):
        await platform.connected()
        yield platform


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_rate_limited_edit_is_sent_again(discord, everywhere):
    trouble = discord.troubles.rate_limit(
        "PATCH", "@original", times=2, retry_after=0.2, everywhere=everywhere
    )
    began = time.monotonic()
    reply = await discord.user("ada").command("upload", file=pictures.png())
    assert reply.content == "here it is"
    assert trouble.happened == 2
    assert time.monotonic() - began > 0.4


async def test_a_ban_by_cloudflare_is_not_waited_out(discord):
    trouble = discord.troubles.rate_limit("POST", "callback", by_cloudflare=True)
    discord.first_response = 1
    with pytest.raises(NotAnswered):
        await discord.user("ada").command("echo", text="hello")
    assert trouble.happened == 1


async def test_an_error_of_the_platform_is_tried_again(discord):
    trouble = discord.troubles.fail("PATCH", "@original", status=502)
    reply = await discord.user("ada").command("upload", file=pictures.png())
    assert reply.content == "here it is"
    assert trouble.happened == 1


async def test_a_stalled_answer_comes_late(discord):
    discord.troubles.stall("PATCH", "@original", seconds=0.5)
    began = time.monotonic()
    await discord.user("ada").command("upload", file=pictures.png())
    assert time.monotonic() - began > 0.5


async def test_a_cut_connection_does_nothing(discord):
    trouble = discord.troubles.drop("POST", "callback", times=9)
    discord.first_response = 0.5
    with pytest.raises(NotAnswered):
        await discord.user("ada").command("echo", text="hello")
    assert trouble.happened > 0


async def test_limits_are_told_with_each_answer(platform, bare):
    url = f"{platform.api_url}/users/@me"
    headers = {"Authorization": f"Bot {platform.token}"}
    async with bare.http.get(url, headers=headers) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Via"]
        assert int(answer.headers["X-RateLimit-Remaining"]) > 0
        assert answer.headers["X-RateLimit-Bucket"]
    platform.troubles.rate_limit("GET", "@me", retry_after=1.5, everywhere=True)
    async with bare.http.get(url, headers=headers) as answer:
        assert answer.status == 429
        assert answer.headers["X-RateLimit-Scope"] == "global"
        assert (await answer.json())["retry_after"] == 1.5
        assert answer.headers["Retry-After"] == "2"


async def test_a_bot_has_so_many_requests_a_second(platform, listening):
    platform.global_limit = 5
    begun = await listening.begin(platform.user("ada"))
    found = [await listening.call("GET", "/users/@me") for _ in range(20)]
    limited = [body for status, body in found if status == 429]
    assert 0 < len(limited) < 20
    assert all(body["global"] and 0 < body["retry_after"] <= 1 for body in limited)
    assert (await listening.respond(begun, 4, {"content": "hi"}))[0] == 204, "answers do not count"


# Attachments


async def attached(platform, file):
    message = platform.message(platform.user("ada"), None, attachments=[file])
    return message.data["attachments"][0]


async def test_an_attachment_is_described_and_served(platform):
    data = pictures.jpeg(40, 30)
    shown = await attached(platform, File(data, "söme pïcture.jpg", description="a picture"))
    assert shown["filename"] == "s_me_p_cture.jpg"
    assert shown["title"] == "söme pïcture"
    assert (shown["width"], shown["height"], shown["size"]) == (40, 30, len(data))
    assert (shown["content_type"], shown["description"]) == ("image/jpeg", "a picture")
    assert shown["url"].startswith(f"{platform.url}/attachments/")
    async with aiohttp.ClientSession() as http, http.get(shown["url"]) as answer:
        assert (answer.status, await answer.read()) == (200, data)
        assert answer.content_type == "image/jpeg"
    assert platform.cdn.fetches == {shown["id"]: 1}
    large = await attached(platform, File(bytes(12 << 20)))
    async with aiohttp.ClientSession() as http, http.get(large["url"]) as answer:
        assert len(await answer.read()) == 12 << 20


@pytest.mark.parametrize("extension", ["webp", "avif", "heic", "gif"])
async def test_a_type_comes_from_the_name(platform, extension):
    shown = await attached(platform, File(b"no picture", f"a.{extension}"))
    assert shown["content_type"] == f"image/{extension}"
    assert "width" not in shown


async def test_an_address_without_its_signature_or_too_old_is_404(platform):
    good = await attached(platform, b"data")
    late = await attached(platform, File(b"data", expired=True))
    async with aiohttp.ClientSession() as http:
        for url in (good["url"].partition("?")[0], good["url"].replace("hm=", "hm=0"), late["url"]):
            async with http.get(url) as answer:
                assert answer.status == 404


async def test_attachments_may_lie_stall_and_break(platform):
    lie = await attached(platform, File(bytes(1000), claims_size=10, content_type="image/png"))
    assert (lie["size"], lie["content_type"]) == (10, "image/png")
    stall = await attached(platform, File(bytes(1000), stalls_after=100))
    drop = await attached(platform, File(bytes(1000), drops_after=100))
    async with aiohttp.ClientSession() as http:
        async with http.get(stall["url"]) as answer:
            assert len(await answer.content.readexactly(100)) == 100
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(answer.content.read(), 0.3)
        with pytest.raises(aiohttp.ClientPayloadError):
            async with http.get(drop["url"]) as answer:
                await answer.read()


async def test_old_files_are_forgotten(platform, monkeypatch):
    monkeypatch.setattr("discord_platform.cdn.KEPT", 3000)
    shown = [await attached(platform, File(bytes(1000))) for _ in range(5)]
    async with aiohttp.ClientSession() as http:
        found = [(await http.get(one["url"])).status for one in shown]
    assert found == [404, 404, 200, 200, 200]
