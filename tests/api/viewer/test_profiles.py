"""Which embed profile a page shows, and what its placeholders become."""

from __future__ import annotations

import re

import pictures
import requests
from markup import Page

from core.placeholders import PLACEHOLDERS

HTML = {"Accept": "text/html", "User-Agent": "Discordbot/2.0"}


def call(server, method, path, headers, **body):
    answer = requests.request(
        method, f"{server.url}{path}", json=body or None, headers=headers, timeout=30
    )
    assert answer.ok, answer.text
    return answer.json() if answer.content else None


def page_of(server, path):
    answer = server.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_when_a_profile_is_deleted_the_next_in_order_shows(server):
    """An image's own, its album's, the team's default, the built-in one.

    The chat's, between the album's and the team's: tests/contracts/test_embeds.py.
    """
    auth = server.new_key("profiles-in-order@example.org")

    def profile(title, **more):
        return call(server, "POST", "/v1/embeds", auth, name=title, title=title, **more)["id"]

    own, albums, default = profile("own"), profile("album's"), profile("team's", default=True)
    album = call(server, "POST", "/v1/albums", auth, title="Sea", embed_profile_id=albums)
    media = server.upload(
        pictures.jpeg(), "ente.jpg", auth, album_id=album["id"], embed_profile_id=own
    )
    beside = server.upload(pictures.jpeg(seed=2), "fuchs.jpg", auth)

    def titles():
        paths = (f"/{media['id']}", f"/a/{album['id']}", f"/{beside['id']}")
        return [page_of(server, path).meta("og:title") for path in paths]

    assert titles() == ["own", "album's", "team's"]
    call(server, "DELETE", f"/v1/embeds/{own}", auth)
    assert titles() == ["album's", "album's", "team's"]
    call(server, "DELETE", f"/v1/embeds/{albums}", auth)
    assert titles() == ["team's", "team's", "team's"]
    call(server, "DELETE", f"/v1/embeds/{default}", auth)
    assert titles() == ["ente.jpg", "Sea", "fuchs.jpg"]


def test_an_image_taken_out_of_its_album_shows_the_next_profile(server):
    auth = server.new_key("profiles-out-of-album@example.org")
    profile = call(server, "POST", "/v1/embeds", auth, name="n", title="{album}!")["id"]
    album = call(server, "POST", "/v1/albums", auth, title="Sea", embed_profile_id=profile)
    media = server.upload(pictures.jpeg(), "ente.jpg", auth, album_id=album["id"])
    path = f"/{media['id']}"
    assert page_of(server, path).meta("og:title") == "Sea!"
    call(server, "DELETE", f"/v1/albums/{album['id']}/media/{media['id']}", auth)
    assert page_of(server, path).meta("og:title") == "ente.jpg"


def test_a_page_fills_in_every_placeholder(server):
    auth = server.new_key("placeholders@example.org")
    text = "\n".join(f"{name}: {{{name}}}" for name in PLACEHOLDERS)
    profile = call(server, "POST", "/v1/embeds", auth, name="n", description=text)["id"]
    album = call(server, "POST", "/v1/albums", auth, title="Sea")
    media = server.upload(
        pictures.jpeg(20, 10),
        "ente.jpg",
        auth,
        caption="A duck",
        ttl="7d",
        album_id=album["id"],
        embed_profile_id=profile,
    )
    told = page_of(server, f"/{media['id']}").meta("og:description")
    values = dict(re.findall("^([a-z]+): (.*)$", told, re.MULTILINE))
    assert list(values) == list(PLACEHOLDERS)
    assert re.fullmatch(r"[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}", values.pop("uploaded")), told
    assert re.fullmatch(r"[0-9]{1,2} [A-Z][a-z]+ [0-9]{4}.*[0-9:]{4,5}.*", values.pop("expires"))
    assert re.fullmatch("[0-9.]+ (B|bytes|KB)", values.pop("size")), told
    assert values == {
        "caption": "A duck",
        "filename": "ente.jpg",
        "width": "20",
        "height": "10",
        "format": "JPEG",
        "views": "0",
        "album": "Sea",
        "uploader": "placeholders",
    }
