"""Two things at once: what must happen exactly once, or not at all."""

from __future__ import annotations

import asyncio

import pictures
from wire import BOUNDARY, FORM, part


async def test_of_many_deletes_with_one_token_one_succeeds(local):
    async with local() as server:
        _, _, made = await server.upload(pictures.png())
        token = {"X-Delete-Token": made["delete_token"]}
        answers = await asyncio.gather(
            *(server.call("DELETE", f"/v1/media/{made['id']}", headers=token) for _ in range(8))
        )
        assert sorted(status for status, *_ in answers) == [204] + [404] * 7


async def test_an_upload_that_a_ban_overtakes_is_refused_and_counts_nothing(local):
    """The key was good when the upload began."""
    async with local() as server:
        key = await server.key("troll@example.org")
        begun, banned = asyncio.Event(), asyncio.Event()

        async def body():
            yield f"--{BOUNDARY}\r\n".encode() + part("file", b"", "a.png")
            begun.set()
            await banned.wait()
            yield pictures.png() + f"\r\n--{BOUNDARY}--\r\n".encode()

        sending = asyncio.create_task(
            server.call("POST", "/v1/upload", data=body(), headers={**key, "Content-Type": FORM})
        )
        await begun.wait()
        while not any((server.core.settings.data_dir / "work").glob("*/received-*")):
            await asyncio.sleep(0.01)
        await server.core.accounts.ban("troll@example.org", "trolling", delete=True)
        banned.set()
        status, _, problem = await sending
        assert (status, problem["error"]) == (403, "forbidden")
        await server.core.accounts.unban("troll@example.org")
        _, _, used = await server.call("GET", "/v1/usage", headers=key)
        assert used["monthly"]["uploads"] == used["totals"]["media_stored"] == 0


async def test_a_ban_with_removal_leaves_no_upload_behind(local):
    """Storms of uploads around the ban: whatever was acknowledged is gone, nothing comes after."""
    async with local() as server:
        key = await server.key("troll@example.org", plan="unlimited")
        uploads = [
            asyncio.create_task(server.upload(pictures.png(seed=seed), headers=key))
            for seed in range(24)
        ]
        await asyncio.wait(uploads, return_when=asyncio.FIRST_COMPLETED)
        await server.core.accounts.ban("troll@example.org", "trolling", delete=True)
        answers = await asyncio.gather(*uploads)
        assert {status for status, *_ in answers} <= {201, 403}
        for status, _, made in answers:
            if status == 201:
                assert (await server.call("GET", f"/v1/media/{made['id']}"))[0] == 404
