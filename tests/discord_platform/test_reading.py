"""What the bot reads of servers, people and channels, and what it may not."""

from __future__ import annotations


async def test_servers_channels_and_people(platform, bare):
    guild, ada, bob = platform.guild("Cats"), platform.user("ada"), platform.user("bob")
    cats = platform.channel(guild, "cats")
    guild.allow(ada.account)
    _, seen = await bare.call("GET", f"/guilds/{guild.id}")
    assert (seen["name"], seen["owner_id"]) == ("Cats", guild.owner.id)
    _, seen = await bare.call("GET", f"/guilds/{guild.id}/channels")
    assert [one["name"] for one in seen] == ["general", "cats"]
    _, seen = await bare.call("GET", f"/channels/{cats.id}")
    assert seen["guild_id"] == guild.id
    _, seen = await bare.call("GET", f"/users/{ada.id}")
    assert seen["username"] == "ada"
    for number, status in ((ada.id, 200), (platform.app.id, 200), (bob.id, 404)):
        answer = await bare.call("GET", f"/guilds/{guild.id}/members/{number}")
        assert answer[0] == status
    _, seen = await bare.call("GET", "/gateway")
    assert seen == {"url": platform.gateway.url}


async def test_what_is_not_there_or_not_the_bots_business(platform, bare):
    other = platform.guild(has_bot=False)
    found = []
    for path in ("/guilds/1", "/channels/1", "/users/1", f"/guilds/{other.id}"):
        found.append((await bare.call("GET", path))[1]["code"])
    assert found == [10004, 10003, 10013, 50001]
    status, body = await bare.call("POST", "/users/@me/channels", {"recipient_id": "1"})
    assert (status, body["code"]) == (404, 10013)
    assert [one.code for one in platform.forgive()] == [50001]


async def test_the_messages_of_a_channel(platform, bare):
    guild, ada = platform.guild(), platform.user("ada")
    said = [platform.message(ada, guild, str(number)) for number in range(4)]
    base = f"/channels/{guild.channel.id}/messages"
    queries = {
        "": "3210",
        "?limit=2": "32",
        f"?before={said[2].id}": "10",
        f"?after={said[2].id}": "3",
    }
    for query, expected in queries.items():
        _, seen = await bare.call("GET", f"{base}{query}")
        assert "".join(one["content"] for one in seen) == expected
    _, answer = await bare.call(
        "POST", base, {"content": "yes", "message_reference": {"message_id": said[0].id}}
    )
    assert answer["referenced_message"]["content"] == "0"
    missing = {"content": "yes", "message_reference": {"message_id": "1"}}
    assert (await bare.call("POST", base, missing))[1]["code"] == 10008
    assert (await bare.call("POST", f"/channels/{guild.channel.id}/typing"))[0] == 204
