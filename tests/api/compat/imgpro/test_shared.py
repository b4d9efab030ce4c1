"""Images are the same through every API; what has been made of them is told."""

from __future__ import annotations

import pictures
import requests

PHOTO = pictures.jpeg(900, 600, seed=11)  # no other test's: sizes made of it would be told


def get(base, path, headers=None):
    answer = requests.get(f"{base}{path}", headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_sizes_are_told_once_they_were_asked_for(compat, base, keys):
    made = compat.upload(pictures.jpeg(1500, 1000, seed=7), headers=keys("ours"))
    assert "sizes" not in get(base, f"/v1/media/{made['id']}")
    bodies = {
        name: requests.get(f"{made['src']}?size={name}", timeout=60).content
        for name in ("m", "s", "xl")
    }
    shown = get(base, f"/v1/media/{made['id']}")["sizes"]
    assert list(shown) == ["s", "m"], "xl would be larger than the image itself"
    for name, (width, height) in {"s": (320, 213), "m": (640, 427)}.items():
        assert shown[name] == {
            "src": f"{made['src']}?size={name}",
            "width": width,
            "height": height,
            "filesize": len(bodies[name]),
        }
        assert requests.get(shown[name]["src"], timeout=60).content == bodies[name]
        assert pictures.opened(bodies[name]).size == (width, height)
    (listed,) = get(base, f"/v1/media?ids={made['id']}", keys("ours"))["data"]
    assert listed["sizes"] == shown


def test_an_image_of_the_newer_api_is_seen_and_changed_here(compat, base, keys):
    made = compat.upload(PHOTO, "a.jpg", keys("ours"), caption="Hello", author="Jane")
    shown = get(base, f"/v1/media/{made['id']}")
    assert shown == {
        "id": made["id"],
        "name": "a.jpg",
        "url": made["link"],
        "src": made["src"],
        "width": 900,
        "height": 600,
        "filesize": len(PHOTO),
        "description": "Hello",
    }
    changed = requests.patch(
        f"{base}/v1/media/{made['id']}",
        json={"description": "Changed", "tags": "x"},
        headers=keys("ours"),
        timeout=30,
    )
    assert changed.status_code == 200
    newer = compat.get(f"/v1/media/{made['id']}").json()
    assert (newer["caption"], newer["author"]) == ("Changed", "Jane")
    assert "tags" not in newer


def test_an_image_from_here_is_seen_by_the_newer_api(compat, base, keys, make):
    one = make({"description": "From here", "tags": "a", "public": "0"})
    newer = compat.get(f"/v1/media/{one}", headers=keys("ours")).json()
    assert newer["caption"] == "From here"
    assert newer["public"] is False
    assert compat.get(f"/v1/media/{one}").status_code == 404


def test_uploads_through_here_are_in_no_gallery(compat, base, keys, make):
    from apart import run_apart

    one = make({"public": "1"})

    async def gallery():
        async with compat.opened() as core:
            page = await core.gallery.page(1, 40)
            return [media.id for media in page.media]

    assert one not in run_apart(gallery())


def test_every_answer_may_be_read_by_any_origin(base, keys):
    for path in ("/", "/v1/nothing", "/v1/media"):
        answer = requests.get(f"{base}{path}", headers={"Origin": "https://a.example"}, timeout=30)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.headers["X-Request-Id"]
