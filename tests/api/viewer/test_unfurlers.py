"""Previews as two unfurlers of other people's read them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pictures
import pytest
import requests
from node_tools import unfurled

from core.chat_limits import PREVIEW_SIDE

pytestmark = pytest.mark.any_backing

PHOTO = pictures.jpeg(1500, 1000)
MOST = 5 << 20
PROFILE = {
    "name": "n",
    "title": "{caption} by {uploader}",
    "description": "First line\n{width} × {height} & <more>",
    "site_name": "Jane's “pictures”",
    "author_name": "Jane Doe",
    "author_url": "https://jane.example/?a=1&b=2",
    "color": "#ff5733",
}
SAID = {
    "site_name": PROFILE["site_name"],
    "author_name": PROFILE["author_name"],
    "author_url": PROFILE["author_url"],
    "color": PROFILE["color"],
}


@dataclass
class Expected:
    """What both must read of a page; sizes are those of its pictures, one after the other."""

    path: str
    title: str
    sizes: list[tuple[int, int]]
    mime: str = "image/jpeg"
    alt: str = "photo.jpg"
    card: str = "summary_large_image"
    description: str | None = None
    site_name: str = "Pixferry"
    author_name: str | None = None
    author_url: str | None = None
    color: str | None = None
    oembed: tuple[int, int] | None = None
    """The size of oEmbed's photo; without one it is a link."""
    moves: bool = field(default=False, kw_only=True)


def posted(server, path, **body):
    answer = requests.post(f"{server.url}{path}", json=body, headers=server.auth, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def pages(server) -> dict[str, Expected]:
    """All kinds of pages, each with what is to be read on it."""

    def profiled(**profile):
        number = posted(server, "/v1/embeds", **PROFILE | profile)["id"]
        made = server.upload(
            PHOTO, headers=server.auth, embed_profile_id=number, caption="Pier", alt="A pier"
        )
        return f"/{made['id']}"

    def path(data, name="photo.jpg", **fields):
        return f"/{server.upload(data, name, **fields)['id']}"

    private = server.upload(PHOTO, headers=server.auth, public="false", caption="For you")
    signed = posted(server, f"/v1/media/{private['id']}/links", expires_in="1h")["link"]
    album = posted(server, "/v1/albums", title="By the sea", description="Sand\nand fog")
    for seed in range(1, 7):
        server.upload(pictures.jpeg(60 * seed, 40, seed), headers=server.auth, album_id=album["id"])
    plain = path(PHOTO)
    large, whole = [(1280, 853)], (1500, 1000)
    described = {
        "title": "Pier by Administrator",
        "alt": "A pier",
        "description": "First line\n1500 × 1000 & <more>",
    }
    return {
        "plain": Expected(plain, "photo.jpg", large, oembed=whole),
        "with a caption": Expected(
            path(PHOTO, caption='Low "tide" & <b>fog</b>'),
            'Low "tide" & <b>fog</b>',
            large,
            alt='Low "tide" & <b>fog</b>',
            oembed=whole,
        ),
        "card": Expected(profiled(), sizes=large, oembed=whole, **described, **SAID),
        "small card": Expected(
            profiled(image="small"), sizes=large, oembed=whole, card="summary", **described, **SAID
        ),
        "card without a picture": Expected(
            profiled(image="none"), sizes=[], oembed=whole, card="summary", **described, **SAID
        ),
        "image": Expected(
            profiled(layout="image"),
            sizes=large,
            oembed=whole,
            card="photo",
            **described | {"description": None},
            **SAID,
        ),
        "component": Expected(
            profiled(layout="component"), sizes=large, oembed=whole, **described, **SAID
        ),
        "transformed": Expected(
            f"{plain}?rotate=90&size=s&saturation=0",
            "photo.jpg",
            [(213, 320)],
            oembed=(213, 320),
        ),
        "animated": Expected(
            path(pictures.gif(), "walk.gif"),
            "walk.gif",
            [(32, 24)],
            mime="image/gif",
            alt="walk.gif",
            oembed=(32, 24),
            moves=True,
        ),
        "drawn": Expected(
            path(pictures.SVG, "mark.svg"),
            "mark.svg",
            [(120, 80)],
            mime="image/png",
            alt="mark.svg",
            oembed=(120, 80),
        ),
        "webp": Expected(
            path(pictures.encoded(pictures.pixels(2000, 500), "WEBP"), "wide.webp"),
            "wide.webp",
            [(1280, 320)],
            alt="wide.webp",
            oembed=(2000, 500),
        ),
        "private, by a signed link": Expected(
            signed.removeprefix(server.url), "For you", large, alt="For you", oembed=whole
        ),
        "album": Expected(
            f"/a/{album['id']}",
            "By the sea",
            [(60 * seed, 40) for seed in (6, 5, 4, 3)],
            description="Sand\nand fog",
        ),
    }


@pytest.fixture(scope="module")
def read(backing, server):
    """Each page by its name: what is expected, and what both read of it, in one run of Node."""
    expected = pages(server)
    found = unfurled(*(server.url + each.path for each in expected.values()))
    return dict(zip(expected, zip(expected.values(), found, strict=True), strict=True))


NAMES = (
    *("plain", "with a caption", "card", "small card", "card without a picture", "image"),
    *("component", "transformed", "animated", "drawn", "webp", "private, by a signed link"),
    "album",
)


def told_by_scraper(ogs) -> dict:
    """What open-graph-scraper read."""
    return {
        "title": ogs["ogTitle"],
        "description": ogs.get("ogDescription"),
        "site_name": ogs["ogSiteName"],
        "url": ogs["ogUrl"],
        "card": ogs["twitterCard"],
        "color": ogs.get("customMetaTags", {}).get("themeColor") or None,
        "images": [
            (each["url"], each["type"], int(each["width"]), int(each["height"]), each["alt"])
            for each in ogs.get("ogImage", [])
        ],
    }


def told_by_unfurl(unfurl) -> dict:
    """What unfurl.js read."""
    graph = unfurl["open_graph"]
    return {
        "title": graph["title"],
        "description": graph.get("description"),
        "site_name": graph["site_name"],
        "url": graph["url"],
        "card": unfurl["twitter_card"]["card"],
        "color": unfurl.get("theme_color"),
        "images": [
            (each["url"], each["type"], each["width"], each["height"], each["alt"])
            for each in graph.get("images", [])
        ],
    }


def test_all_kinds_of_pages_are_read(read):
    assert tuple(read) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_read_what_the_page_means(server, read, name):
    expected, found = read[name]
    told = told_by_scraper(found["ogs"])
    assert told == told_by_unfurl(found["unfurl"])
    said = {key: told[key] for key in ("title", "description", "site_name", "card", "color")}
    assert said == {key: getattr(expected, key) for key in said}
    assert sorted(urlsplit(told["url"]).query.split("&")) == sorted(
        urlsplit(expected.path).query.split("&")
    )
    assert urlsplit(told["url"]).path == urlsplit(expected.path).path
    sizes = [(width, height) for _, _, width, height, _ in told["images"]]
    assert sizes == expected.sizes
    assert {alt for *_, alt in told["images"]} <= {expected.alt}


@pytest.mark.parametrize("name", NAMES)
def test_the_pictures_that_they_find_are_what_they_are_told(read, name):
    expected, found = read[name]
    for url, mime, width, height, _ in told_by_scraper(found["ogs"])["images"]:
        answer = requests.get(url, timeout=30)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == mime == expected.mime
        assert len(answer.content) <= MOST
        shown = pictures.opened(answer.content)
        assert shown.size == (width, height)
        assert max(shown.size) <= PREVIEW_SIDE
        assert getattr(shown, "is_animated", False) == expected.moves


@pytest.mark.parametrize("name", NAMES)
def test_oembed_is_discovered_and_names_the_author(server, read, name):
    expected, found = read[name]
    oembed = found["unfurl"]["oEmbed"]
    kind = "photo" if expected.oembed else "link"
    assert (oembed["version"], oembed["type"], oembed["title"]) == ("1.0", kind, expected.title)
    assert oembed.get("author_name") == expected.author_name
    assert oembed.get("author_url") == expected.author_url
    assert (oembed["provider_name"], oembed["provider_url"]) == (expected.site_name, server.url)
    if expected.oembed:
        assert (oembed["width"], oembed["height"]) == expected.oembed
        shown = pictures.opened(requests.get(oembed["url"], timeout=30).content)
        assert shown.size == expected.oembed
    small = oembed.get("thumbnails", [])
    assert [(each["width"], each["height"]) for each in small] == expected.sizes[:1]
    for each in small:
        shown = pictures.opened(requests.get(each["url"], timeout=30).content)
        assert shown.size == (each["width"], each["height"])


async def test_what_has_expired_or_is_nobodys_to_see_has_no_preview(local, clock):
    async with local({"clock": clock}) as server:
        key, _ = await server.team()
        _, _, brief = await server.upload(PHOTO, ttl="10m", caption="Brief")
        _, _, deleted = await server.upload(PHOTO, headers=key, caption="Deleted")
        _, _, private = await server.upload(PHOTO, headers=key, public="false", caption="Private")
        _, _, locked = await server.call(
            "POST", "/v1/albums", json={"title": "Locked", "password": "sesame"}, headers=key
        )
        await server.upload(PHOTO, headers=key, album_id=locked["id"])
        before = await asyncio.to_thread(unfurled, brief["link"], deleted["link"])
        assert [each["ogs"]["ogTitle"] for each in before] == ["Brief", "Deleted"]
        await server.call("DELETE", f"/v1/media/{deleted['id']}", headers=key)
        clock.step(minutes=11)
        gone = [brief["link"], deleted["link"]]
        after = await asyncio.to_thread(unfurled, *gone, private["link"], locked["link"])
    for found, answer in zip(after, ("410 Gone", "410 Gone", "404 Not Found"), strict=False):
        assert found["ogs"] == {"failed": answer}
        assert "http status not OK" in found["unfurl"]["failed"]
    door = after[-1]
    assert not {"ogImage", "ogDescription", "twitterCard"} & set(door["ogs"])
    assert not {"open_graph", "twitter_card", "oEmbed"} & set(door["unfurl"])
    assert "Locked" not in str(door)
