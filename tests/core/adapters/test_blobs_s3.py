"""What is S3's own: parts, crashes, a storage that freezes or goes, memory, connections."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import time
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from core.adapters.s3.store import S3BlobStore
from core.errors import BlobMissing, Unavailable
from core.service_urls import s3_address

ROOT = Path(__file__).parents[3]
MB = 1 << 20
ANSWERED = 20.0
"""Seconds within which an answer must come, whatever the storage does: 5 and what a busy machine
adds."""

PUTTING = """
import asyncio, sys
from pathlib import Path
from core.adapters.s3.store import S3BlobStore
from core.service_urls import s3_address

async def main(url, blob_id, source, seconds):
    store = S3BlobStore(s3_address(url))
    putting = asyncio.create_task(store.put(blob_id, Path(source)))
    await asyncio.wait({putting}, timeout=float(seconds))
    putting.cancel()
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


def putting(url: str, blob_id: str, source: Path, seconds: float) -> list[str]:
    """A process of its own that puts, for so many seconds."""
    return [sys.executable, "-c", PUTTING, url, blob_id, str(source), str(seconds)]


def new_id() -> str:
    return secrets.token_hex(16)


@pytest.fixture
async def opened(s3_server):
    """Opens stores on a bucket of the shared server; one is prepared."""
    url = s3_server.new_url()
    stores = []

    def open_store():
        stores.append(S3BlobStore(s3_address(url)))
        return stores[-1]

    open_store.url = url
    await open_store().prepare()
    yield open_store
    for store in stores:
        await store.close()


@pytest.fixture
def store(opened):
    return opened()


@pytest.fixture
def source(tmp_path):
    def make(data: bytes) -> Path:
        path = tmp_path / secrets.token_hex(4)
        path.write_bytes(data)
        return path

    return make


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


async def content(store, blob_id, start, end) -> bytes:
    async with aclosing(store.read(blob_id, start, end)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def listed(store, **ahead) -> list[str]:
    before = datetime.now(UTC) + timedelta(**ahead)
    return [one async for portion in store.list_older(before) for one in portion]


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("size", [5 * MB - 1, 5 * MB, 5 * MB + 1, 12 * MB + 7])
async def test_a_file_of_several_parts_is_whole(store, source, size):
    data = os.urandom(size)
    one = new_id()
    await store.put(one, source(data))
    assert await content(store, one, 0, size) == data
    assert await content(store, one, 4 * MB, size - 1) == data[4 * MB : size - 1]
    assert await listed(store, hours=1) == [one]


@pytest.mark.parametrize("size", [3, 5 * MB, 11 * MB])
async def test_the_size_need_not_be_known_beforehand(store, pipe, size):
    data = os.urandom(size)
    one = new_id()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(store.put(one, pipe))
        tasks.create_task(asyncio.to_thread(pipe.write_bytes, data))
    assert await content(store, one, 0, size) == data


async def test_an_upload_that_nobody_waits_for_is_aborted(store, pipe):
    """The client is gone after the first part: nothing of it stays."""
    one = new_id()
    putting = asyncio.create_task(store.put(one, pipe))
    with await asyncio.to_thread(pipe.open, "wb") as writer:
        await asyncio.to_thread(writer.write, bytes(6 * MB))

        async def begun():
            return await listed(store, hours=1) != []

        await until(begun)
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        with suppress(BrokenPipeError):
            await asyncio.to_thread(writer.write, bytes(6 * MB))

    async def gone():
        return await listed(store, hours=1) == []

    await until(gone)
    with pytest.raises(BlobMissing):
        await content(store, one, 0, 1)


async def test_what_a_killed_process_left_of_an_upload_is_listed_and_can_be_removed(opened, pipe):
    store = opened()
    killed, kept = new_id(), new_id()
    with (
        subprocess.Popen(putting(opened.url, killed, pipe, 60), cwd=ROOT) as process,
        await asyncio.to_thread(pipe.open, "wb") as writer,
    ):
        await asyncio.to_thread(writer.write, bytes(5 * MB + 1))

        async def begun():
            return await listed(store, hours=1) != []

        await until(begun)
        process.kill()
        process.wait()
    left = await listed(store, hours=1)
    assert len(left) == 1
    assert killed in left[0]
    assert left != [killed]
    assert await listed(store, hours=-1) == []
    pipe.unlink()
    pipe.write_bytes(b"x")
    await store.put(kept, pipe)
    await store.remove(left)
    await store.remove(left)
    assert await listed(store, hours=1) == [kept]


async def test_what_others_keep_in_the_bucket_is_not_listed(opened, store, source):
    one = new_id()
    await store.put(one, source(b"x"))
    address = s3_address(opened.url)
    from minio import Minio

    client = Minio(
        address.endpoint,
        address.access_key,
        address.secret_key,
        secure=False,
        region=address.region,
    )
    client.fput_object(address.bucket, "holiday.jpg", str(source(b"theirs")))
    assert await listed(store, hours=1) == [one]


async def test_more_than_one_request_may_remove_are_removed_in_one_call(store, source):
    small = source(b"x")
    ids = [new_id() for _ in range(130)]
    for first in range(0, len(ids), 10):  # a slow machine has only so much time for each
        await asyncio.gather(*(store.put(one, small) for one in ids[first : first + 10]))
    assert sorted(await listed(store, hours=1)) == sorted(ids)
    await store.remove(ids)
    assert await listed(store, hours=1) == []


async def test_processes_that_make_the_bucket_at_once_do_not_disturb_each_other(s3_server):
    address = s3_address(s3_server.new_url())
    stores = [S3BlobStore(address) for _ in range(8)]
    await asyncio.gather(*(store.prepare() for store in stores))
    await stores[0].check()
    for store in stores:
        await store.close()


async def growth(work) -> int:
    """Megabytes that this process grows by meanwhile, at its peak."""
    process = psutil.Process()
    before = peak = process.memory_info().rss
    working = asyncio.ensure_future(work)
    while not working.done():
        peak = max(peak, process.memory_info().rss)
        await asyncio.sleep(0.005)
    await working
    return (peak - before) // MB


async def test_memory_does_not_grow_with_the_file(store, source):
    large = source(os.urandom(MB) * 70)
    one = new_id()

    async def read():
        async with aclosing(store.read(one, 0, 70 * MB)) as chunks:
            return sum([len(chunk) async for chunk in chunks])

    assert await growth(store.put(one, large)) < 32
    assert await growth(read()) < 32
    some = source(bytes(20 * MB))
    assert await growth(asyncio.gather(*(store.put(new_id(), some) for _ in range(8)))) < 128


def connections(port: int) -> int:
    found = psutil.Process().net_connections("tcp")
    return sum(one.status == "ESTABLISHED" and one.raddr[1:] == (port,) for one in found)


async def test_a_reader_that_stops_early_frees_its_connection(s3_server, store, source):
    one = new_id()
    await store.put(one, source(bytes(20 * MB)))
    before = connections(s3_server.port)
    readers = [store.read(one, 0, 20 * MB) for _ in range(10)]
    for reader in readers:
        await anext(reader)
    assert connections(s3_server.port) >= 10, "otherwise this shows nothing"
    for reader in readers:
        await reader.aclose()
    assert connections(s3_server.port) <= before


async def test_connections_are_used_again(s3_server, store, source):
    one = new_id()
    await store.put(one, source(bytes(1000)))
    for _ in range(10):
        await content(store, one, 0, 1000)
        await store.check()
    before = connections(s3_server.port)
    for _ in range(10):
        await content(store, one, 0, 1000)
    assert connections(s3_server.port) == before


async def outcome(call) -> str | None:
    """None, or what the operator is told; within the time that is set."""
    began = time.monotonic()
    try:
        await call
    except Unavailable as err:
        return err.reason
    finally:
        assert time.monotonic() - began < ANSWERED
    return None


def calls(store, one: str, small: Path) -> list:
    """Every method once, and more of them at once than there are threads."""
    many = [store.put(new_id(), small) for _ in range(20)]
    many += [content(store, one, 0, 3) for _ in range(40)]
    return [store.check(), store.prepare(), store.remove([new_id()]), listed(store), *many]


@pytest.mark.parametrize("fault", ["freeze", "kill"])
async def test_a_storage_that_is_away_is_told_in_time_and_needs_no_restart(own_s3, source, fault):
    store = S3BlobStore(s3_address(own_s3.new_url()))
    await store.prepare()
    one, small, large = new_id(), source(b"abc"), source(bytes(11 * MB))
    await store.put(one, small)
    getattr(own_s3, fault)()
    told = await asyncio.gather(*map(outcome, calls(store, one, small)))
    assert all(reason and reason.startswith("PIXFERRY_STORAGE_URL: ") for reason in told)
    assert await outcome(store.put(new_id(), large))
    own_s3.thaw() if fault == "freeze" else own_s3.start()
    told = await asyncio.gather(*map(outcome, calls(store, one, small)))
    assert set(told) == {None}
    await store.close()


async def test_a_storage_that_freezes_in_the_middle_of_a_file(own_s3, source):
    store = S3BlobStore(s3_address(own_s3.new_url()))
    await store.prepare()
    one, data = new_id(), os.urandom(30 * MB)
    await store.put(one, source(data))
    got = b""
    began = 0.0
    with pytest.raises(Unavailable):
        async for chunk in store.read(one, 0, len(data)):
            got += chunk
            if not began:
                own_s3.freeze()
                began = time.monotonic()
    assert time.monotonic() - began < ANSWERED
    assert data.startswith(got)
    assert len(got) < len(data)
    own_s3.thaw()
    assert await content(store, one, 0, len(data)) == data
    await store.close()


async def test_a_process_ends_though_the_storage_hangs(own_s3, source):
    url = own_s3.new_url()
    store = S3BlobStore(s3_address(url))
    await store.prepare()
    await store.close()
    own_s3.freeze()
    began = time.monotonic()
    with subprocess.Popen(putting(url, new_id(), source(b"x"), 0.5), cwd=ROOT) as process:
        assert process.wait(20) == 0
    assert time.monotonic() - began < 2 * ANSWERED


def test_a_folder_needs_no_s3_client():
    asked = (
        "import sys, pixferry.cli, pixferry.commands, core.bootstrap; print('minio' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "False\n"
