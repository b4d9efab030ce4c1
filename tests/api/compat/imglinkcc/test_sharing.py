"""What others see: the gallery, views, previews; and what the other APIs make of it."""

from __future__ import annotations

import asyncio

import aiohttp
import pictures
import pytest
import requests

API = "/compat/imglink.cc/api"
HTML = {"Accept": "text/html", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
TINY = pictures.png(2, 2)


async def upload(server, headers=None, **fields):
    form = aiohttp.FormData(fields)
    form.add_field("file", TINY, filename="tiny.png")
    status, _, body = await server.call("POST", f"{API}/upload", data=form, headers=headers)
    assert status == 200, body
    return body["id"]


async def gallery(server, query=""):
    status, _, body = await server.call("GET", f"{API}/gallery{query}")
    assert status == 200, body
    return [one["id"] for one in body["images"]], body["page"], body["totalPages"], body["total"]


async def test_the_gallery_shows_what_was_uploaded_for_all_to_see(local, clock):
    async with local({"clock": clock}) as server:
        key = await server.key()
        assert await gallery(server) == ([], 1, 0, 0)
        shown = []
        for headers in (None, key, key):
            clock.step(seconds=1)
            shown.append(await upload(server, headers, visibility="public"))
        await upload(server, key, visibility="private")
        await upload(server, key, nsfw="true")
        form = aiohttp.FormData()
        form.add_field("file", TINY, filename="tiny.png")
        assert (await server.call("POST", f"{API}/v1/upload", data=form, headers=key))[0] == 200
        await server.upload(TINY, headers=key)
        newest = shown[::-1]
        assert await gallery(server) == (newest, 1, 1, 3)
        assert await gallery(server, "?limit=2") == (newest[:2], 1, 2, 3)
        assert await gallery(server, "?limit=2&page=2") == (newest[2:], 2, 2, 3)
        assert await gallery(server, "?limit=2&page=3") == ([], 3, 2, 3)
        await server.call("PATCH", f"/v1/media/{shown[1]}", json={"public": False}, headers=key)
        assert (await gallery(server))[0] == [shown[2], shown[0]]
        await server.call("PATCH", f"/v1/media/{shown[1]}", json={"public": True}, headers=key)
        assert (await gallery(server))[0] == [shown[2], shown[0]], "it has left the gallery"
        await server.call("DELETE", f"{API}/v1/image/{shown[2]}", headers=key)
        assert await gallery(server) == ([shown[0]], 1, 1, 1)
        clock.step(days=30)
        assert await gallery(server) == ([], 1, 0, 0), "a stranger's image lives 30 days"
        status, _, body = await server.call("GET", f"{API}/v1/image/{shown[0]}", headers=key)
        assert (status, set(body)) == (404, {"error"})


@pytest.mark.any_backing
def test_a_page_of_the_gallery_has_20_unless_it_is_said_otherwise(base, keys):
    for count in (15, 6):
        files = [("file", ("tiny.png", TINY))] * count
        made = requests.post(
            f"{base}/api/upload", headers=keys("member"), files=files, timeout=60
        ).json()
    shown = requests.get(f"{base}/api/gallery", timeout=30).json()
    assert (len(shown["images"]), shown["page"]) == (20, 1)
    newest = [one["id"] for one in shown["images"]]
    assert newest[:6] == [one["id"] for one in made["images"]][::-1]
    assert shown["total"] >= 21
    assert shown["totalPages"] == -(-shown["total"] // 20)


async def test_public_means_public_whatever_the_team_prefers(local):
    async with local() as server:
        media = await upload(server, await server.key())
        assert (await server.call("GET", f"/v1/media/{media}"))[2]["public"] is True


async def test_views_are_told(local):
    async with local() as server:
        media = await upload(server)
        for _ in range(2):
            await server.call("GET", f"/{media}", headers=HTML)
        async with asyncio.timeout(60):
            while True:
                _, _, body = await server.call("GET", f"{API}/v1/image/{media}")
                if body["data"]["views"]:
                    break
                await asyncio.sleep(0.1)
        assert body["data"]["views"] == 1, "an address counts once an hour"
        _, _, shown = await server.call("GET", f"{API}/gallery")
        assert [one["views"] for one in shown["images"]] == [1]


def test_25_profiles_and_no_more(base, compat):
    headers = compat.new_key("profiles@example.org")
    for number in range(25):
        made = requests.post(
            f"{base}/api/embeds", json={"name": str(number)}, headers=headers, timeout=30
        )
        assert made.status_code == 201
    more = requests.post(f"{base}/api/embeds", json={"name": "x"}, headers=headers, timeout=30)
    assert (more.status_code, more.json()) == (
        *(400, {"error": "You have as many embed profiles as a user may have."}),
    )
    listed = requests.get(f"{base}/api/embeds", headers=headers, timeout=30).json()["profiles"]
    assert [one["name"] for one in listed] == [str(number) for number in range(25)]


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 400)])
def test_100_images_at_once_and_no_more(base, keys, count, status):
    answer = requests.patch(
        f"{base}/api/images/bulk-embed",
        json={"image_ids": [f"id{number}" for number in range(count)], "embed_profile_id": None},
        headers=keys("ours"),
        timeout=30,
    )
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"success": True, "updated": 0}


def test_another_team_s_profile_is_none(base, keys, make):
    theirs = requests.post(
        f"{base}/api/embeds", json={"name": "Theirs"}, headers=keys("theirs"), timeout=30
    ).json()["profile"]["id"]
    for path, body in (
        (f"/api/images/{make({})}/embed", {}),
        ("/api/images/bulk-embed", {"image_ids": [make({})]}),
    ):
        answer = requests.patch(
            base + path,
            json={**body, "embed_profile_id": theirs},
            headers=keys("ours"),
            timeout=30,
        )
        assert answer.status_code == 400
        assert set(answer.json()) == {"error"}


def test_albums_are_listed_newest_first(base, compat):
    headers = compat.new_key("albums@example.org")
    made = [
        requests.post(
            f"{base}/api/albums", json={"title": str(number)}, headers=headers, timeout=30
        ).json()["album"]
        for number in range(3)
    ]
    listed = requests.get(f"{base}/api/albums", headers=headers, timeout=30).json()
    assert listed == {"success": True, "albums": made[::-1]}
    native = requests.get(f"{compat.url}/v1/albums", headers=headers, timeout=30).json()["data"]
    assert [one["id"] for one in native] == [one["id"] for one in made[::-1]]


FIELDS = {
    "imglink.cc": {"visibility": "public", "nsfw": "true"},
    "imglink.io": {"expiry": "24", "album": "x"},
    "img.pro": {"description": "x", "tags": "a,b"},
    "native": {"caption": "x", "public": "true"},
}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("imglink.cc", "imglink.io"),
        ("imglink.cc", "img.pro"),
        ("imglink.cc", "native"),
        ("img.pro", "imglink.cc"),
        ("native", "imglink.cc"),
    ],
)
def test_fields_of_two_dialects_mixed(compat, keys, ours, theirs):
    """They are refused, but for the native API, whose fields without a meaning are attribution."""
    addresses = {
        "imglink.cc": "/compat/imglink.cc/api/upload",
        "img.pro": "/compat/img.pro/1.0/v1/upload",
        "native": "/v1/upload",
    }
    answer = requests.post(
        compat.url + addresses[ours],
        files={"file": ("tiny.png", TINY)},
        data=FIELDS[ours] | FIELDS[theirs],
        headers=keys("bearer"),
        timeout=30,
    )
    if ours == "native":
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["nsfw"])
    else:
        assert answer.status_code == 400
        for name in FIELDS[theirs]:
            assert name in answer.text
