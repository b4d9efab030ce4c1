"""Files that a Bot API server has put on this disk, and all the files that it has not."""

from __future__ import annotations

import asyncio
import os
import socket
import tracemalloc

import pictures
import pytest

from core.choices import open_attachments
from core.errors import (
    AddressRefused,
    CoreError,
    FetchFailed,
    FetchTimedOut,
    FileTooLarge,
    Unavailable,
    UnsupportedImage,
)
from core.settings import Settings

SECRET = "AAEhBOweik9ad2nrqYfyXzPA-fYIz_kBz5w"
TOKEN = f"1234567890:{SECRET}"
OTHER = f"987654321:{SECRET[::-1]}"
PNG = pictures.png()
ROOM = 50_000_000


def attachments(**settings):
    told = {
        "telegram_token": TOKEN,
        "telegram_api_url": "http://127.0.0.1:8081",
        "telegram_local_mode": True,
    }
    return open_attachments(Settings(_env_file=None, **told | settings))


@pytest.fixture
def server(tmp_path):
    """The folder of a Bot API server, with a picture of each of two bots."""
    folder = tmp_path / "telegram bot api"
    for token in (TOKEN, OTHER):
        (folder / token / "photos").mkdir(parents=True)
        (folder / token / "photos" / "file_0.png").write_bytes(PNG)
    return folder / TOKEN


@pytest.fixture
async def fetcher():
    fetcher = attachments()
    yield fetcher
    await fetcher.close()


async def fails(fetcher, url, target, kind, max_bytes=ROOM) -> CoreError:
    with pytest.raises(kind) as caught:
        await fetcher.fetch(url, target, max_bytes)
    assert not target.exists()
    assert SECRET not in f"{caught.value!r} {caught.value.public} {caught.value.__cause__!r}"
    return caught.value


@pytest.mark.parametrize("name", ["file_0.png", "Grüße aus Köln, 100 %?#.png", "日本.png"])
async def test_a_file_is_copied_and_stays(server, fetcher, tmp_path, name):
    file = server / "photos" / name
    file.write_bytes(PNG)
    fetched = await fetcher.fetch(file.as_uri(), tmp_path / "target", len(PNG))
    assert (fetched.size, fetched.name) == (len(PNG), name)
    assert fetched.path.read_bytes() == file.read_bytes() == PNG


async def test_the_folder_may_be_anywhere_and_be_reached_by_a_link(server, fetcher, tmp_path):
    """As when it lies on a larger disk. From the token on no link is followed."""
    (tmp_path / "linked").symlink_to(server.parent)
    url = (tmp_path / "linked" / TOKEN / "photos" / "file_0.png").as_uri()
    assert (await fetcher.fetch(url, tmp_path / "target", ROOM)).size == len(PNG)


async def test_without_local_mode_nothing_on_this_disk_is_read(server, tmp_path):
    fetcher = attachments(telegram_local_mode=False)
    await fails(fetcher, (server / "photos/file_0.png").as_uri(), tmp_path / "t", AddressRefused)
    await fetcher.close()
    fetcher = attachments(telegram_token=None)
    await fails(fetcher, (server / "photos/file_0.png").as_uri(), tmp_path / "t", AddressRefused)
    await fetcher.close()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/../{server}/photos/file_0.png",
        "{server}/photos/../../../secret.png",
        "{server}/photos/%2e%2e/%2E%2E/{other}/photos/file_0.png",
        "{server}/photos/..%2f..%2f{other}/photos/file_0.png",
        "{server}/../{other}/photos/file_0.png",
        "{folder}/{other}/photos/file_0.png",
        "{server}/./photos/file_0.png",
        "{server}//photos/file_0.png",
        "{server}/photos/file_0.png/",
        "{server}/photos/file_0.png%00.jpg",
        "{server}/td.binlog",
        "{server}",
        "{server}/photos/file_0.png?x=1",
        "{server}/photos/file_0.png#x",
        "{server}-not/photos/file_0.png",
        "//{server}/photos/file_0.png",
        "",
        "/",
    ],
)
async def test_what_lies_elsewhere_is_refused(server, fetcher, tmp_path, path):
    (server / "td.binlog").write_bytes(PNG)
    (server.parent.parent / "secret.png").write_bytes(PNG)
    (server.parent / f"{TOKEN}-not" / "photos").mkdir(parents=True)
    (server.parent / f"{TOKEN}-not" / "photos" / "file_0.png").write_bytes(PNG)
    names = {
        "server": server.as_uri().removeprefix("file://"),
        "folder": server.parent.as_uri().removeprefix("file://"),
        "other": OTHER,
    }
    await fails(fetcher, "file://" + path.format(**names), tmp_path / "target", AddressRefused)


@pytest.mark.parametrize("host", ["localhost", "files.example", "127.0.0.1:80"])
async def test_files_of_other_machines_are_refused(server, fetcher, tmp_path, host):
    url = (server / "photos/file_0.png").as_uri().replace("file://", f"file://{host}")
    await fails(fetcher, url, tmp_path / "target", AddressRefused)


def link_to_file(server):
    (server / "photos" / "odd").symlink_to(server.parent.parent / "secret.png")


def link_within(server):
    (server / "photos" / "odd").symlink_to("file_0.png")


def link_to_folder(server):
    (server / "odd").symlink_to(server.parent.parent / "elsewhere")
    return "odd/file_0.png"


def folder(server):
    (server / "photos" / "odd").mkdir()


def pipe(server):
    os.mkfifo(server / "photos" / "odd")


def device(server):
    (server / "photos" / "odd").symlink_to("/dev/zero")


def listener(server):
    here = os.getcwd()
    os.chdir(server / "photos")  # a socket's name is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("odd")
    finally:
        os.chdir(here)


def file_as_folder(server):
    return "photos/file_0.png/odd"


def link_as_token(server):
    server.rename(server.with_name("kept"))
    server.symlink_to(server.with_name("kept"))
    return "photos/file_0.png"


@pytest.mark.parametrize(
    "make",
    [
        link_to_file,
        link_within,
        link_to_folder,
        folder,
        pipe,
        device,
        listener,
        file_as_folder,
        link_as_token,
    ],
)
async def test_what_is_no_regular_file_of_the_servers_is_refused(server, fetcher, tmp_path, make):
    (tmp_path / "secret.png").write_bytes(PNG)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file_0.png").write_bytes(PNG)
    path = make(server) or "photos/odd"
    url = f"{server.as_uri()}/{path}"
    await asyncio.wait_for(fails(fetcher, url, tmp_path / "target", AddressRefused), 20)


async def test_what_can_not_be_read_is_told_without_its_path(server, fetcher, tmp_path):
    gone = (server / "photos" / "gone.png").as_uri()
    assert "could not be read" in str(await fails(fetcher, gone, tmp_path / "t", FetchFailed))
    nowhere = (server / "documents" / "gone.png").as_uri()
    await fails(fetcher, nowhere, tmp_path / "t", FetchFailed)


async def test_too_large_and_no_image_are_told_as_of_any_attachment(server, fetcher, tmp_path):
    large = server / "photos" / "large.png"
    with large.open("wb") as file:
        file.write(PNG)
        file.truncate(1 << 30)
    tracemalloc.start()
    await fails(fetcher, large.as_uri(), tmp_path / "t", FileTooLarge, max_bytes=ROOM)
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()
    words = server / "photos" / "words.png"
    words.write_text("no picture")
    await fails(fetcher, words.as_uri(), tmp_path / "t", UnsupportedImage)
    words.write_bytes(b"")
    await fails(fetcher, words.as_uri(), tmp_path / "t", UnsupportedImage)


async def test_a_large_file_is_copied_in_portions_while_others_are_served(
    server, fetcher, tmp_path
):
    large = server / "photos" / "large.png"
    with large.open("wb") as file:
        file.write(PNG)
        file.truncate(ROOM)
    turns = 0

    async def serve():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    serving = asyncio.create_task(serve())
    tracemalloc.start()
    fetched = await fetcher.fetch(large.as_uri(), tmp_path / "target", ROOM)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    serving.cancel()
    assert fetched.size == fetched.path.stat().st_size == ROOM
    assert peak < 4_000_000
    assert turns > ROOM // (256 * 1024)


async def test_so_many_at_once_and_so_long(server, tmp_path):
    large = server / "photos" / "large.png"
    with large.open("wb") as file:
        file.write(PNG)
        file.truncate(ROOM)
    fetcher = attachments(bot_slots=1)  # two files at once
    copies = [
        asyncio.create_task(fetcher.fetch(large.as_uri(), tmp_path / f"{n}", ROOM))
        for n in range(3)
    ]
    done = await asyncio.gather(*copies, return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, BaseException)] == [Unavailable]
    running = asyncio.create_task(fetcher.fetch(large.as_uri(), tmp_path / "last", ROOM))
    await asyncio.sleep(0)
    await fetcher.close()
    with pytest.raises(Unavailable):
        await running
    assert not (tmp_path / "last").exists()
    with pytest.raises(Unavailable):
        await fetcher.fetch(large.as_uri(), tmp_path / "later", ROOM)
    hurried = attachments(attachment_timeout=0.000_1)
    await fails(hurried, large.as_uri(), tmp_path / "hurried", FetchTimedOut)
    await hurried.close()
