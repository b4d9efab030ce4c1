"""What an answer of a bot leads to, followed over HTTP."""

from __future__ import annotations

import re

from core.chats import Identity, Platform

_LINK = re.compile(r"<(https?://[^>\s]+)>")
_ALBUM = re.compile(r"/a/[A-Za-z0-9]+$")


def links(text: str) -> list[str]:
    """The links to images in a text, in their order."""
    return [link for link in _LINK.findall(text) if not _ALBUM.search(link)]


def album_link(text: str) -> str | None:
    """The link to an album."""
    return next((link for link in _LINK.findall(text) if _ALBUM.search(link)), None)


def album_of(message) -> str | None:
    """The link to an album that a message on Telegram has."""
    return next((link for link in message.links if _ALBUM.search(link)), None)


def media_id(link: str) -> str:
    return link.rpartition("/")[2].partition("?")[0].partition(".")[0]


async def page(server, link: str) -> str:
    """The page that a link opens to people."""
    status, _, body = await server.call("GET", _path(server, link), headers={"Accept": "text/html"})
    assert status == 200, (link, status)
    return body.decode()


async def picture(server, link: str) -> bytes:
    """The bytes that a link gives to an `<img>`."""
    headers = {"Accept": "image/avif,image/webp,image/*,*/*;q=0.8", "Sec-Fetch-Dest": "image"}
    status, _, body = await server.call("GET", _path(server, link), headers=headers)
    assert status == 200, (link, status)
    return body


async def status_of(server, link: str) -> int:
    status, _, _ = await server.call("GET", _path(server, link), headers={"Accept": "text/html"})
    return status


def _path(server, link: str) -> str:
    """Behind the server's own address, whatever it is called outside."""
    return "/" + link.split("/", 3)[3]


async def new_profile(server, person, name, look):
    """Give somebody on Discord an embed profile."""
    caller = await server.core.people.caller(Identity(Platform.DISCORD, person.id, person.id))
    return await server.core.embeds.add(caller, name, look, default=False)


def assert_veiled(message) -> None:
    """No embed shows its picture, nor will a preview of its link."""
    [file] = message.data["attachments"]
    assert file["filename"].startswith("SPOILER_")
    assert message.hidden == []
    assert all("image" not in embed and "thumbnail" not in embed for embed in message.embeds)
    assert message.content.startswith("<")


async def caller_of(server, platform, person):
    """Who somebody is to us."""
    identity = Identity(platform, str(person.id), person.account.name)
    return await server.core.people.caller(identity)


def database_file(folder):
    """SQLite's, told by how it begins."""
    files = (each for each in folder.rglob("*") if each.is_file())
    return next(each for each in files if each.read_bytes()[:6] == b"SQLite")


class BrokenImager:
    """An Imager that falls over."""

    def refuse_if_full(self) -> None:
        pass

    async def ingest(self, source, workspace):
        raise RuntimeError("what nobody may see")

    async def close(self) -> None:
        pass
