"""/oembed, for sites that embed pictures."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pictures
import pytest
import requests
from markup import Page

NAUGHTY = "</oembed><x> ]]> & \u0001\ufffe \"'"


def asked(server, url, **more):
    return requests.get(f"{server.url}/oembed", params={"url": url} | more, timeout=30)


def test_it_describes_a_photo(server):
    made = server.upload(pictures.jpeg(1500, 1000), caption="Pier")
    answer = asked(server, made["link"])
    found = answer.json()
    assert answer.headers["Content-Type"].startswith("application/json")
    assert (found["version"], found["type"], found["title"]) == ("1.0", "photo", "Pier")
    assert (found["provider_name"], found["provider_url"]) == ("Pixferry", server.url)
    for kind in ("", "thumbnail_"):
        shown = pictures.opened(requests.get(found[f"{kind}url"], timeout=30).content)
        assert shown.size == (found[f"{kind}width"], found[f"{kind}height"])
    assert (found["width"], found["thumbnail_width"]) == (1500, 1280)


def test_pages_lead_to_it(server):
    made = server.upload(pictures.jpeg(300, 200))
    page = Page(server.get(f"/{made['id']}?rotate=90", headers={"Accept": "text/html"}).text)
    href = page.one("link", type_="application/json+oembed")["href"]
    found = requests.get(href, timeout=30).json()
    assert (found["width"], found["height"]) == (200, 300)


@pytest.mark.parametrize(
    ("sides", "size"),
    [
        ({"maxwidth": 1499}, (1280, 853)),
        ({"maxheight": 500}, (640, 427)),
        ({"maxwidth": 200, "maxheight": 90}, (80, 53)),
        ({"maxwidth": 7}, (5, 3)),
    ],
)
def test_nothing_larger_than_was_asked_for_is_given(server, sides, size):
    made = server.upload(pictures.jpeg(1500, 1000))
    found = asked(server, made["link"], **sides).json()
    assert (found["width"], found["height"]) == size
    assert pictures.opened(requests.get(found["url"], timeout=30).content).size == size
    assert "thumbnail_url" not in found or found["thumbnail_width"] <= sides["maxwidth"]


def test_xml_says_the_same(server):
    made = server.upload(pictures.jpeg(), caption=NAUGHTY.replace("\u0001", ""))
    answer = asked(server, made["link"], format="xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    found = {each.tag: each.text for each in ET.fromstring(answer.content)}
    said = {name: str(value) for name, value in asked(server, made["link"]).json().items()}
    assert found == said | {"title": said["title"].replace("\ufffe", "")}


def test_the_profile_names_author_and_provider(server):
    made = requests.post(
        f"{server.url}/v1/embeds",
        json={
            "name": "n",
            "author_name": "Jane",
            "author_url": "https://jane.example/",
            "site_name": "Hers",
        },
        headers=server.auth,
        timeout=30,
    ).json()
    photo = server.upload(pictures.jpeg(), headers=server.auth, embed_profile_id=made["id"])
    found = asked(server, photo["link"]).json()
    assert (found["author_name"], found["author_url"]) == ("Jane", "https://jane.example/")
    assert found["provider_name"] == "Hers"


def test_what_strangers_may_not_see_is_not_there(server):
    private = server.upload(pictures.jpeg(), headers=server.auth, public="false")
    gone = server.upload(pictures.jpeg(), headers=server.auth)
    requests.delete(f"{server.url}/v1/media/{gone['id']}", headers=server.auth, timeout=30)
    unknown = f"{server.url}/{'1' * len(private['id'])}"
    answers = [asked(server, url) for url in (private["link"], gone["link"], unknown)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/{id}",
        "//evil.example/{id}",
        "javascript:alert(1)//{id}",
        "http://[",
        "{id}",
        "{base}",
        "{base}/pricing",
        "{base}/{id}/x",
        "{base}/{id}?blur=x",
        "{base}/{id}?w=3",
        "{base}/{id}.exe",
    ],
)
def test_other_addresses_are_not_there(server, url):
    made = server.upload(pictures.jpeg())
    assert asked(server, url.format(base=server.url, id=made["id"])).status_code == 404


def test_wrong_questions_are_told_apart(server):
    made = server.upload(pictures.jpeg())
    assert asked(server, made["link"], format="yaml").status_code == 501
    assert asked(server, "").status_code == 422
    for side in ("0", "-1", "x", "", "1" * 30):
        assert asked(server, made["link"], maxwidth=side).status_code == 422, side
