"""The page of one picture."""

from __future__ import annotations

import pictures
import pytest
import requests
from markup import Page

from core.words import line

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

NAUGHTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</title></textarea></style></script><svg onload=alert(1)>",
    "{{ 7*7 }} {% raw %} ${7*7} <%= 7*7 %>",
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &nbsp;",
    "javascript:alert(1)",
    "[masked](https://evil.example) <https://evil.example> https://evil.example",
    "<!-- --><![CDATA[ ]]> --> ]]>",
    "\u202eevil\u202c \u2067isolated",
    "שלום עולם, مرحبا بالعالم",
    "👩‍👩‍👧‍👦 🏳️‍🌈 é̂̃ 𝒳",
    "line\u2028separator\u2029paragraph\x0b\x0c\x1b[31m\x7f\x85",
    "http-equiv=refresh content='0;url=//evil'",
]


def view(server, media_id, **headers):
    return server.get(f"/{media_id}", headers=HTML | headers)


def test_it_shows_the_picture_and_what_is_known_of_it(server):
    photo = pictures.jpeg(640, 480)
    made = server.upload(photo, "Pier.jpg", caption="At the pier", author="Jane Doe", ttl="7d")
    answer = view(server, made["id"])
    page = Page(answer.text)
    assert answer.status_code == 200
    picture = page.all("img")[1]  # the first is the mark in the head
    assert (picture["src"], picture["width"], picture["height"]) == (made["src"], "640", "480")
    assert picture["alt"] == "At the pier"
    assert page.title == "At the pier · Pixferry"
    for text in ("At the pier", "Pier.jpg", "640 × 480 pixels", "JPEG", "in 7 days"):
        assert text in page.text
    assert "author Jane Doe" in page.text
    assert page.one("input", aria_label="Link")["value"] == made["link"]
    assert page.one("input", aria_label="Direct link")["value"] == made["src"]
    assert page.one("a", class_="button main")["href"] == made["src"] + "?download=1"


def test_the_download_button_downloads(server):
    made = server.upload(pictures.jpeg(), "Pier.jpg")
    href = Page(view(server, made["id"]).text).one("a", class_="button main")["href"]
    answer = server.get(href.removeprefix(server.url))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Pier.jpg"'


@pytest.mark.parametrize(
    ("fields", "alt"),
    [
        ({"alt": "Boats in pink light", "caption": "Dawn"}, "Boats in pink light"),
        ({"caption": "Dawn"}, "Dawn"),
        ({}, "photo.jpg"),
    ],
)
def test_the_alternative_text_is_alt_else_caption_else_name(server, fields, alt):
    made = server.upload(pictures.jpeg(), **fields)
    page = Page(view(server, made["id"]).text)
    assert page.all("img")[1]["alt"] == alt
    assert page.meta("og:image:alt") == alt


def test_previews_name_title_picture_and_link(server):
    made = server.upload(pictures.png(), "chart.png", caption="Growth")
    page = Page(view(server, made["id"]).text)
    assert page.meta("og:type") == "website"
    assert page.meta("og:title") == "Growth"
    assert page.meta("og:url") == made["link"]
    assert page.meta("og:image").startswith(made["src"] + "?v=")
    assert page.one("link", rel="canonical")["href"] == made["link"]


def test_a_picture_of_a_team_lasts_unless_it_says_otherwise(server):
    made = server.upload(pictures.png(), "x.png", headers=server.auth)
    assert "Expires never" in Page(view(server, made["id"]).text).text


def test_headers_keep_it_out_of_search_and_apart_from_the_bytes(server):
    made = server.upload(pictures.jpeg())
    answer = view(server, made["id"])
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Vary"] == "Accept, Sec-Fetch-Dest"
    assert answer.headers["Cache-Control"] == "public, max-age=60, s-maxage=60"
    assert server.get(f"/{made['id']}", headers={"Accept": "image/*"}).content[:2] == b"\xff\xd8"
    image = view(server, made["id"], **{"Sec-Fetch-Dest": "image"})
    assert image.headers["Content-Type"] == "image/jpeg"


async def test_no_cache_keeps_it_longer_than_it_lives(local, clock):
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg(), ttl="10m")
        clock.step(seconds=570)
        status, headers, html = await server.visit(f"/{made['id']}")
        assert status == 200
        found = dict(
            part.strip().partition("=")[::2] for part in headers["Cache-Control"].split(",")
        )
        assert int(found["max-age"]) <= 30
        assert int(found["s-maxage"]) <= 30
        assert "in a minute" in Page(html).text or "in less than a minute" in Page(html).text
        clock.step(seconds=31)
        status, headers, html = await server.visit(f"/{made['id']}")
        assert (status, headers["Cache-Control"]) == (410, "no-store")
        assert Page(html).meta("og:title") is None


def test_a_private_picture_is_not_there(server):
    made = server.upload(pictures.jpeg(), headers=server.auth, public="false", caption="secret")
    for headers in ({}, server.auth):
        answer = view(server, made["id"], **headers)
        assert answer.status_code == 404
        assert "secret" not in answer.text
        assert Page(answer.text).meta("og:image") is None


def test_head_tells_the_same_without_a_body(server):
    made = server.upload(pictures.jpeg())
    for path in (f"/{made['id']}", "/", "/pricing", "/auth/register", "/delete", "/robots.txt"):
        head = requests.head(server.url + path, headers=HTML, timeout=30)
        get = server.get(path, headers=HTML)
        assert head.status_code == get.status_code == 200, path
        assert head.content == b""
        same = ("Content-Type", "Content-Length", "Cache-Control", "Content-Security-Policy")
        assert [head.headers.get(name) for name in same] == [
            get.headers.get(name) for name in same
        ], path


@pytest.mark.parametrize("more", ["", "\nmore"], ids=["heading", "paragraph"])
@pytest.mark.parametrize("text", NAUGHTY)
def test_nothing_a_person_types_becomes_markup(server, text, more):
    """The page's elements and their attributes are those of a harmless text."""
    if not more and line(text) != text:
        more = "\nmore"  # what is no clean line of text never becomes a heading

    def page_of(typed: str) -> Page:
        fields = {"caption": typed + more, "author": typed, "alt": typed}
        made = server.upload(pictures.jpeg(), typed + ".jpg", **fields)
        return Page(view(server, made["id"]).text)

    plain, page = page_of("harmless"), page_of(text)
    assert page.skeleton == plain.skeleton
    assert page.all("script") == plain.all("script")
    hosts = {attributes.get("href") or attributes.get("src") for _, attributes in page.elements}
    assert not any("evil" in (host or "") for host in hosts)


def test_texts_come_through_as_they_were_typed(server):
    text = """<b>5 > 3 & "2" < '4'</b> 👩‍👧 שלום"""
    made = server.upload(pictures.jpeg(), "x.jpg", caption=text, author=text)
    page = Page(view(server, made["id"]).text)
    assert page.title == f"{text} · Pixferry"
    assert page.meta("og:title") == text
    assert page.text.count(text) >= 3  # title, heading, author


def test_marks_that_turn_text_around_stay_out_of_titles(server):
    made = server.upload(pictures.jpeg(), "x.jpg", caption="a\u202egpj.exe\u2066b\nc")
    page = Page(view(server, made["id"]).text)
    assert page.title == "agpj.exeb c · Pixferry"
    assert page.meta("og:title") == "agpj.exeb c"


def test_a_long_caption_is_text_under_the_name(server):
    caption = "First line\n" + "and many words " * 40
    made = server.upload(pictures.jpeg(), "Pier.jpg", caption=caption)
    answer = view(server, made["id"])
    assert '<h1 dir="auto" class="name">Pier.jpg</h1>' in answer.text
    page = Page(answer.text)
    assert "First line and many words" in page.text
    assert len(page.meta("og:title")) <= 200


def test_it_is_all_there_without_scripts(server):
    """What scripts add is hidden, so that nobody sees a button that does nothing."""
    made = server.upload(pictures.jpeg())
    page = Page(view(server, made["id"]).text)
    assert all("hidden" in button for button in page.all("button"))
    assert all("readonly" in field for field in page.all("input"))
