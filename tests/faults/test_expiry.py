"""Images end to the second, for good, and give back what they took."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat

import backings
import marked_pictures
import pictures
import pytest
import recount
import stored

from core.errors import Unavailable
from core.ids import new_media_id

pytestmark = pytest.mark.parametrize("backing", backings.KINDS, indirect=True, scope="session")


async def swept(server):
    return await server.core.sweeper.sweep()


async def swept_at_last(server):
    """How many images expired, over as many sweeps as the storage of a busy machine takes."""
    counts = []
    for _ in range(10):
        counts.append(0)

        def note(told):
            counts[-1] = told.expired

        with suppress(Unavailable):
            await server.core.sweeper.sweep(progress=note)
            break
    return sum(counts)


async def test_an_image_is_refused_from_the_very_second(local, clock):
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg(), ttl="300")
        end = datetime.fromtimestamp(made["expires_at"], UTC)
        clock.time = end - timedelta(microseconds=1)
        for path in (f"/{made['id']}.jpeg", f"/v1/media/{made['id']}"):
            assert (await server.call("GET", path))[0] == 200
        clock.time = end
        assert (await server.call("GET", f"/v1/media/{made['id']}"))[0] == 404
        for path in (f"/{made['id']}.jpeg", f"/{made['id']}"):
            assert (await server.call("GET", path))[0] == 410


async def test_a_refused_image_stays_gone_though_the_clock_steps_back(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        ways = {
            "GET": lambda one: server.call("GET", f"/{one}.jpeg"),
            "API": lambda one: server.call("GET", f"/v1/media/{one}"),
            "PATCH": lambda one: server.call(
                "PATCH", f"/v1/media/{one}", json={"ttl": None}, headers=auth
            ),
            "DELETE": lambda one: server.call("DELETE", f"/v1/media/{one}", headers=auth),
        }
        for seed, refuse in enumerate(ways.values()):
            _, _, made = await server.upload(
                pictures.jpeg(seed=seed), ttl="5m", headers=auth, external_id="same"
            )
            clock.step(minutes=5)
            assert (await refuse(made["id"]))[0] in {404, 410}
            clock.step(minutes=-5)
            assert (await server.call("GET", f"/{made['id']}.jpeg"))[0] == 410
            assert (await server.call("GET", f"/v1/media/{made['id']}", headers=auth))[0] == 404
            assert (await server.call("GET", "/v1/media", headers=auth))[2]["data"] == []


async def test_what_was_swept_stays_gone_though_the_clock_steps_back(local, clock):
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg(), ttl="5m")
        clock.step(minutes=6)
        assert (await swept(server)).expired == 1
        clock.step(hours=-5)
        assert (await server.call("GET", f"/{made['id']}.jpeg"))[0] == 410


async def test_a_clock_that_steps_back_ends_nothing_early(local, clock):
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg(), ttl="5m")
        clock.step(days=-400)
        assert (await swept(server)).expired == 0
        assert (await server.call("GET", f"/{made['id']}.jpeg"))[0] == 200


async def test_a_clock_that_steps_back_over_a_month_empties_no_count(local, clock):
    clock.time = datetime(2026, 6, 1, 0, 0, 1, tzinfo=UTC)
    async with local({"clock": clock}) as server:
        auth = await server.key()
        await server.upload(pictures.jpeg(), headers=auth)
        clock.step(seconds=-2)
        await server.upload(pictures.jpeg(), headers=auth)
        used = (await server.call("GET", "/v1/usage", headers=auth))[2]
        assert used["monthly"]["uploads"] == 2
        clock.step(seconds=2)
        await server.upload(pictures.jpeg(), headers=auth)
        used = (await server.call("GET", "/v1/usage", headers=auth))[2]
        assert used["monthly"]["uploads"] == 3
        clock.step(days=31)
        used = (await server.call("GET", "/v1/usage", headers=auth))[2]
        assert used["monthly"]["uploads"] == 0


async def test_the_sweep_gives_back_storage_and_frees_bytes_and_external_id(local, clock, tmp_path):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        photo, other = pictures.jpeg(seed=1), pictures.jpeg(seed=2)
        _, _, first = await server.upload(photo, headers=auth, ttl="5m", external_id="x")
        await server.upload(photo, headers=auth)  # the same bytes, for longer
        await server.upload(other, headers=auth, ttl="10m")
        clock.step(minutes=6)
        found = await swept(server)
        assert (found.expired, found.blobs) == (1, 0)
        totals = (await server.call("GET", "/v1/usage", headers=auth))[2]["totals"]
        assert totals["media_stored"] == 2
        assert totals["storage_used_bytes"] == len(photo) + len(other)
        status, _, again = await server.upload(photo, headers=auth, external_id="x")
        assert status == 201
        assert again["id"] != first["id"]
        clock.step(minutes=6)
        found = await swept(server)
        assert (found.expired, found.blobs) == (1, 1)
        recount.assert_exact(tmp_path / "data")
        used = (await server.call("GET", "/v1/usage", headers=auth))[2]
        assert used["monthly"]["uploads"] == 4  # the month's count does not come back


async def test_a_sidecar_goes_with_its_picture(local, clock, tmp_path):
    async with local({"clock": clock}) as server:
        await server.upload(marked_pictures.jpeg(), ttl="5m")
        assert len(stored.blobs(tmp_path / "data")) == 2
        clock.step(minutes=6)
        assert (await swept(server)).blobs == 2
        recount.assert_exact(tmp_path / "data")


async def test_an_id_is_never_used_again(local, clock):
    first, second, third, fourth = (new_media_id() for _ in range(4))
    drawn = iter([first, first, second, first, second, third, *chain(repeat(first, 3), [fourth])])
    async with local({"clock": clock, "new_id": lambda: next(drawn)}) as server:
        auth = await server.key()
        made = [await server.upload(pictures.jpeg(), headers=auth, ttl="5m")]
        made.append(await server.upload(pictures.jpeg(), headers=auth))
        await server.call("DELETE", f"/v1/media/{second}", headers=auth)
        clock.step(minutes=6)
        await swept(server)
        made.append(await server.upload(pictures.jpeg(), headers=auth))
        made.append(await server.upload(pictures.jpeg(), headers=auth))
        assert [each[0] for each in made] == [201] * 4
        assert [each[2]["id"] for each in made] == [first, second, third, fourth]
        assert (await server.call("GET", f"/{first}.jpeg"))[0] == 410


async def test_a_source_of_ids_that_only_repeats_is_a_fault_that_counts_nothing(local):
    same = new_media_id()
    async with local({"new_id": lambda: same}) as server:
        auth = await server.key()
        assert (await server.upload(pictures.jpeg(), headers=auth))[0] == 201
        status, _, told = await server.upload(pictures.jpeg(), headers=auth)
        assert (status, told["error"]) == (500, "upload_failed")
        used = (await server.call("GET", "/v1/usage", headers=auth))[2]
        assert used["monthly"]["uploads"] == 1


async def test_requests_go_on_while_thousands_are_swept(backing, local, tmp_path):
    sharing = 1 if backing.kind == "embedded" else 40  # there are stores that remove one by one
    async with local() as server:
        auth = await server.key("sweep@example.org", plan="unlimited")
        ended = datetime.now(UTC) - timedelta(seconds=1)
        recount.plant(tmp_path / "data", 12_000, ended, "sweep@example.org", sharing=sharing)
        sweeping = asyncio.create_task(swept_at_last(server))
        served = 0
        while not sweeping.done():
            status, _, made = await server.upload(pictures.jpeg(seed=served % 5), headers=auth)
            assert status == 201
            assert (await server.call("GET", f"/{made['id']}.jpeg"))[0] == 200
            served += 1
        assert await sweeping == 12_000
        assert served >= 3
        recount.assert_exact(tmp_path / "data")
