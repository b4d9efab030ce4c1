"""POST /v1/upload, through real HTTP."""

from __future__ import annotations

import pictures


def test_an_upload_gives_a_link_and_the_link_gives_the_picture(server):
    photo = pictures.jpeg()
    made = server.upload(photo, caption="Hero shot", author="Jane Doe")
    assert made["caption"] == "Hero shot"
    assert made["author"] == "Jane Doe"
    assert (made["extension"], made["width"], made["height"]) == ("jpeg", 64, 48)
    assert made["filesize"] == len(photo)
    assert server.get("/" + made["src"].rpartition("/")[2]).content == photo


async def test_local(local, clock):
    async with local({"clock": clock}) as server:
        status, _, made = await server.upload(pictures.jpeg(), ttl="5m")
        assert status == 201
        clock.step(seconds=301)
        assert (await server.call("GET", f"/{made['id']}.jpeg"))[0] == 410
