"""/oembed, for sites that embed albums."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pictures
import pytest
import requests
from markup import Page

HTML = {"Accept": "text/html"}


def post(server, path, headers=None, **body):
    answer = requests.post(
        f"{server.url}{path}", json=body, headers=headers or server.auth, timeout=30
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def album_of(server, *sizes, **fields):
    """An album with a picture of each size, and its pictures."""
    made = post(server, "/v1/albums", **{"title": "Holiday"} | fields)
    found = [
        server.upload(pictures.jpeg(*size), headers=server.auth, album_id=made["id"])
        for size in sizes
    ]
    return made, found


def asked(server, url, **more):
    return requests.get(f"{server.url}/oembed", params={"url": url} | more, timeout=30)


def test_an_album_is_a_link_with_its_newest_picture(server):
    album, found = album_of(server, (300, 200), (1500, 1000))
    answer = asked(server, album["link"])
    told = answer.json()
    assert answer.status_code == 200
    assert (told["version"], told["type"], told["title"]) == ("1.0", "link", "Holiday")
    assert (told["provider_name"], told["provider_url"]) == ("Pixferry", server.url)
    assert told["thumbnail_url"].startswith(found[1]["src"])
    shown = pictures.opened(requests.get(told["thumbnail_url"], timeout=30).content)
    assert shown.size == (told["thumbnail_width"], told["thumbnail_height"]) == (1280, 853)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_its_page_leads_to_it(server):
    album, _ = album_of(server, (30, 20))
    page = Page(server.get(f"/a/{album['id']}", headers=HTML).text)
    href = page.one("link", type_="application/json+oembed")["href"]
    assert requests.get(href, timeout=30).json()["title"] == "Holiday"


@pytest.mark.parametrize(
    ("sides", "size"),
    [
        ({}, (1280, 853)),
        ({"maxwidth": 1279}, (640, 427)),
        ({"maxheight": 300}, (320, 213)),
        ({"maxwidth": 200, "maxheight": 90}, (80, 53)),
    ],
)
def test_no_larger_thumbnail_than_was_asked_for_is_given(server, sides, size):
    album, _ = album_of(server, (1500, 1000))
    told = asked(server, album["link"], **sides).json()
    assert (told["thumbnail_width"], told["thumbnail_height"]) == size
    shown = pictures.opened(requests.get(told["thumbnail_url"], timeout=30).content)
    assert shown.size == size


def test_an_album_without_pictures_has_no_thumbnail(server):
    album, _ = album_of(server)
    told = asked(server, album["link"]).json()
    assert (told["type"], told["title"]) == ("link", "Holiday")
    assert not any(name.startswith("thumbnail") for name in told)


def test_what_strangers_may_not_see_is_not_its_thumbnail(server):
    album, found = album_of(server, (30, 20))
    server.upload(pictures.png(), "x.png", server.auth, album_id=album["id"], public="false")
    assert asked(server, album["link"]).json()["thumbnail_url"].startswith(found[0]["src"])


def test_xml_says_the_same(server):
    album, _ = album_of(server, (30, 20), title="<Holiday> & \ufffe")
    answer = asked(server, album["link"], format="xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    found = {each.tag: each.text for each in ET.fromstring(answer.content)}
    said = {name: str(value) for name, value in asked(server, album["link"]).json().items()}
    assert found == said | {"title": said["title"].replace("\ufffe", "")}


def test_the_profile_says_author_and_provider_and_whether_there_is_a_picture(server):
    fields = {"author_name": "Jane", "author_url": "https://jane.example/", "site_name": "Hers"}
    profile = post(server, "/v1/embeds", name="n", image="none", title="{album}!", **fields)
    album, found = album_of(server, (30, 20), embed_profile_id=profile["id"])
    told = asked(server, album["link"]).json()
    assert (told["author_name"], told["author_url"]) == ("Jane", "https://jane.example/")
    assert (told["provider_name"], told["title"]) == ("Hers", "Holiday!")
    assert "thumbnail_url" not in told
    assert "thumbnail_url" not in asked(server, found[0]["link"]).json()


def test_private_locked_and_unknown_ones_are_not_there_alike(server):
    private, _ = album_of(server, (30, 20), public=False)
    locked, _ = album_of(server, (30, 20), password="sesame")
    unknown = f"{server.url}/a/1111111111"
    answers = [asked(server, url) for url in (private["link"], locked["link"], unknown)]
    answers.append(asked(server, private["link"], maxwidth=100))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    mine = requests.get(
        f"{server.url}/oembed", params={"url": private["link"]}, headers=server.auth, timeout=30
    )
    assert mine.status_code == 404, "what embeds it shows it to strangers"


def test_no_page_leads_to_what_is_not_there(server):
    locked, _ = album_of(server, (30, 20), password="sesame")
    closed = server.get(f"/a/{locked['id']}", headers=HTML)
    opened = requests.post(locked["link"], data={"password": "sesame"}, headers=HTML, timeout=30)
    assert "Holiday" in opened.text
    for answer in (closed, opened):
        assert Page(answer.text).all("link", type_="application/json+oembed") == []


def test_addresses_that_are_no_albums_are_not_there(server):
    album, found = album_of(server, (30, 20))
    for path in ("/a/", f"/a/{album['id']}/", f"/a/{album['id']}.jpg", f"/a/{found[0]['id']}"):
        assert asked(server, server.url + path).status_code == 404, path
    assert asked(server, f"https://evil.example/a/{album['id']}").status_code == 404
    assert asked(server, f"{server.url}/{album['id']}").status_code == 404
