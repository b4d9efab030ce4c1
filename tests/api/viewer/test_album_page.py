"""The page of an album."""

from __future__ import annotations

import json

import pictures
import pytest
import requests
from markup import Page

HTML = {"Accept": "text/html"}
GALLERY = 12
"""The type of Discord's component that shows several pictures."""


def album_of(server, count=1, **fields):
    answer = requests.post(
        f"{server.url}/v1/albums",
        json={"title": "Holiday"} | fields,
        headers=server.auth,
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    found = [
        server.upload(pictures.jpeg(seed=seed), headers=server.auth, album_id=made["id"])
        for seed in range(1, count + 1)
    ]
    return made, found


def visit(server, album, **more):
    return server.get(f"/a/{album['id']}", headers=HTML, **more)


def test_it_shows_its_pictures_newest_first(server):
    album, found = album_of(server, 3, description="two\nlines")
    answer = visit(server, album)
    page = Page(answer.text)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert page.title == "Holiday · Pixferry"
    assert "two lines" in page.text
    links = [each["href"] for each in page.all("a") if each["href"].startswith(server.url)]
    assert links == [media["link"] for media in reversed(found)]
    shown = [each["src"] for each in page.all("img", loading="lazy")]
    assert all(requests.get(url, timeout=30).status_code == 200 for url in shown)


def test_it_previews_as_a_gallery(server):
    album, found = album_of(server, 6)
    page = Page(visit(server, album).text)
    named = [tag["content"] for tag in page.all("meta", property="og:image")]
    assert [url.partition("?")[0] for url in named] == [
        media["src"] for media in reversed(found[2:])
    ]
    assert page.meta("og:title") == "Holiday"
    assert page.meta("og:url") == album["link"]


def test_discord_shows_up_to_ten(server):
    profile = requests.post(
        f"{server.url}/v1/embeds",
        json={"name": "n", "layout": "component"},
        headers=server.auth,
        timeout=30,
    ).json()
    album, found = album_of(server, 11, embed_profile_id=profile["id"])
    html = visit(server, album).text
    assert len(Page(html).all("script", id="discord:component-embed")) == 1
    told = html.partition('id="discord:component-embed" type="application/json">')[2]
    embed = json.loads(told.partition("</script>")[0])
    (gallery,) = (each for each in embed["component"]["components"] if each["type"] == GALLERY)
    shown = [item["media"]["url"].partition("?")[0] for item in gallery["items"]]
    assert shown == [media["src"] for media in reversed(found[1:])]


def test_strangers_see_its_public_pictures_alone(server):
    album, found = album_of(server, 1)
    server.upload(pictures.png(), "x.png", server.auth, album_id=album["id"], public="false")
    page = Page(visit(server, album).text)
    assert len(page.all("img", loading="lazy")) == 1
    assert page.meta("og:image").startswith(found[0]["src"])


def test_a_private_one_is_not_there(server):
    album, _ = album_of(server, 1, public=False)
    answer = visit(server, album)
    assert answer.status_code == 404
    assert "Holiday" not in answer.text
    assert Page(answer.text).meta("og:title") is None


def test_a_password_opens_it(server):
    album, found = album_of(server, 1, password="sesame")
    path = f"{server.url}/a/{album['id']}"
    closed = visit(server, album)
    assert closed.status_code == 200
    wrong = requests.post(path, data={"password": "no"}, headers=HTML, timeout=30)
    assert wrong.status_code == 403
    for answer in (closed, wrong):
        page = Page(answer.text)
        assert page.one("input", type_="password")["name"] == "password"
        assert page.meta("og:title") is None
        assert "Holiday" not in answer.text
        assert found[0]["id"] not in answer.text
    opened = requests.post(path, data={"password": "sesame"}, headers=HTML, timeout=30)
    assert opened.status_code == 200
    assert found[0]["link"] in opened.text


def test_it_goes_on_to_a_next_page(server):
    album, _ = album_of(server, 61)
    path = f"{server.url}/a/{album['id']}"
    for password in (None, "sesame"):
        sent = {"password": password}
        if password:
            route = f"{server.url}/v1/albums/{album['id']}"
            assert requests.patch(route, json=sent, headers=server.auth, timeout=30).ok
        first = (
            requests.post(path, data=sent, headers=HTML, timeout=30)
            if password
            else visit(server, album)
        )
        page = Page(first.text)
        assert len(page.all("img", loading="lazy")) == 60
        if password:
            sent["cursor"] = page.one("input", name="cursor")["value"]
            second = requests.post(path, data=sent, headers=HTML, timeout=30)
        else:
            second = server.get(page.one("a", rel="next")["href"], headers=HTML)
        assert len(Page(second.text).all("img", loading="lazy")) == 1


def test_nothing_typed_becomes_markup(server):
    def skeleton(typed):
        album, _ = album_of(server, 0, title=typed, description=typed)
        return Page(visit(server, album).text).skeleton

    for text in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"):
        assert skeleton(text) == skeleton("harmless")


@pytest.mark.parametrize("path", ["/a/", "/a/x", "/a/1111111111", "/a"])
def test_what_is_no_album_is_not_there(server, path):
    assert server.get(path, headers=HTML).status_code == 404
