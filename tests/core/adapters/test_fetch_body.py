import asyncio
import errno
import threading
import tracemalloc
from pathlib import Path

import pytest

from core.adapters import fetch_body
from core.adapters.fetch_body import save_body
from core.errors import FileTooLarge, StorageFull, Unavailable, UnsupportedImage

MB = 1 << 20


async def chunks_of(*chunks):
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


def anything(head):
    return True


async def test_the_bytes_arrive_whole_and_in_order(tmp_path):
    chunks = [bytes([n % 251]) * (n * 37 % 9_000) for n in range(300)]
    size = await save_body(chunks_of(*chunks), tmp_path / "f", 10 * MB, anything)
    assert (tmp_path / "f").read_bytes() == b"".join(chunks)
    assert size == sum(map(len, chunks))
    assert size > 4 * fetch_body.PORTION


async def test_writes_are_gathered(tmp_path, monkeypatch):
    portions = []
    real = Path.open

    def noting(self, *args, **kwargs):
        portions.append((args, threading.current_thread() is threading.main_thread()))
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", noting)
    await save_body(chunks_of(*[b"x" * 8_192] * 128), tmp_path / "f", MB, anything)
    assert portions == [(("wb",), False)] + [(("ab",), False)] * 3


async def test_memory_stays_flat(tmp_path):
    async def body():
        for _ in range(640):
            await asyncio.sleep(0)
            yield bytes(64 * 1024)

    tracemalloc.start()
    try:
        assert await save_body(body(), tmp_path / "f", 100 * MB, anything) == 40 * MB
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * MB


async def test_an_earlier_file_of_that_name_is_replaced(tmp_path):
    (tmp_path / "f").write_bytes(b"old and longer")
    await save_body(chunks_of(b"new"), tmp_path / "f", MB, anything)
    assert (tmp_path / "f").read_bytes() == b"new"


async def test_exactly_the_limit_is_fine_and_a_byte_more_is_not(tmp_path):
    assert (
        await save_body(chunks_of(b"x" * 600, b"x" * 400), tmp_path / "f", 1_000, anything) == 1_000
    )
    with pytest.raises(FileTooLarge) as caught:
        await save_body(chunks_of(b"x" * 600, b"x" * 401), tmp_path / "g", 1_000, anything)
    assert caught.value.errors == {"url": ["The file at this address is larger than 1,000 bytes."]}
    with pytest.raises(FileTooLarge, match="larger than 2 MB"):
        await save_body(chunks_of(*[b"x" * MB] * 3), tmp_path / "g", 2 * MB, anything)
    assert not (tmp_path / "g").exists()


async def test_the_beginning_is_judged_once_before_the_rest_is_read(tmp_path):
    heads = []
    read = []

    async def body():
        for _ in range(50):
            read.append(1_000)
            yield b"<" * 1_000

    def judge(head):
        heads.append(len(head))
        return False

    with pytest.raises(UnsupportedImage):
        await save_body(body(), tmp_path / "f", MB, judge)
    assert heads == [5_000]
    assert len(read) == 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("body", [[], [b""], [b"short"]])
async def test_a_short_or_empty_body_is_judged_at_its_end(tmp_path, body):
    heads = []
    with pytest.raises(UnsupportedImage):
        await save_body(chunks_of(*body), tmp_path / "f", MB, lambda head: bool(heads.append(head)))
    assert heads == [b"".join(body)]
    assert list(tmp_path.iterdir()) == []


async def test_no_file_is_left_when_the_source_breaks(tmp_path):
    async def body():
        yield b"x" * MB
        yield b"x" * MB
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await save_body(body(), tmp_path / "f", 10 * MB, anything)
    assert list(tmp_path.iterdir()) == []


async def test_no_file_is_left_by_a_fetch_cancelled_in_the_middle_of_a_write(tmp_path, monkeypatch):
    writing, go_on = threading.Event(), threading.Event()
    real = Path.open

    def slow(self, *args, **kwargs):
        writing.set()
        assert go_on.wait(30)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", slow)
    task = asyncio.create_task(save_body(chunks_of(b"x" * MB), tmp_path / "f", 10 * MB, anything))
    await asyncio.to_thread(writing.wait, 10)
    task.cancel()
    await asyncio.sleep(0.02)
    task.cancel()  # and a second time, impatiently
    await asyncio.sleep(0.02)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, StorageFull), (errno.EIO, Unavailable)]
)
async def test_trouble_with_the_disk_is_ours_and_says_so(tmp_path, monkeypatch, number, kind):
    def broken(self, *args, **kwargs):
        raise OSError(number, "broken")

    monkeypatch.setattr(Path, "open", broken)
    with pytest.raises(Unavailable) as caught:
        await save_body(chunks_of(b"x"), tmp_path / "f", MB, anything)
    assert type(caught.value) is kind
    assert caught.value.data["seconds"] > 0
