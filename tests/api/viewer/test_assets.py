"""Style, scripts, icon, robots: what pages are made with."""

from __future__ import annotations

import re

import pictures
import pytest
import requests
from markup import Page

pytestmark = pytest.mark.any_backing

PAGES = ["/", "/pricing", "/auth/register", "/delete", "/2222222222"]


@pytest.fixture(scope="module")
def pages(server):
    made = server.upload(pictures.jpeg())
    paths = [*PAGES, f"/{made['id']}"]
    return {path: server.get(path, headers={"Accept": "text/html"}) for path in paths}


def policy(answer) -> dict[str, list[str]]:
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def page_has_csrf(answer) -> bool:
    return bool(Page(answer.text).all("input", name="csrf"))


def test_every_page_has_a_strict_policy(pages):
    for path, answer in pages.items():
        found = policy(answer)
        assert "unsafe" not in answer.headers["Content-Security-Policy"], path
        assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
        assert found["script-src"] == found["style-src"] == found["form-action"] == ["'self'"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        # Forms want their own origin told: it is how forged ones are known.
        expected = "same-origin" if page_has_csrf(answer) else "no-referrer"
        assert answer.headers["Referrer-Policy"] == expected, path


def test_no_page_has_inline_style_or_script_or_asks_anybody_else(server, pages):
    for path, answer in pages.items():
        page = Page(answer.text)
        assert page.all("style") == [], path
        assert not [
            a for _, a in page.elements if "style" in a or any(n.startswith("on") for n in a)
        ]
        asked = [a["src"] for t, a in page.elements if t in {"script", "img"} and "src" in a]
        asked += [a["href"] for a in page.all("link") if a["rel"] != "canonical"]
        for address in asked:
            assert address.startswith(("/", server.url)), (path, address)


def test_every_page_has_landmarks_a_heading_and_a_way_past_the_head(pages):
    for path, answer in pages.items():
        page = Page(answer.text)
        assert page.one("html")["lang"] == "en"
        assert page.one("main")["id"] == "main"
        assert page.all("header")
        assert page.all("footer")
        assert all(nav.get("aria-label") for nav in page.all("nav"))
        assert len(page.all("h1")) == 1, path
        assert page.all("a")[0] == {"class": "skip", "href": "#main"}
        assert all("alt" in image for image in page.all("img"))
        assert page.meta("viewport") == "width=device-width, initial-scale=1"


def test_what_pages_name_exists_and_is_kept_for_ever(server, pages):
    named = {
        found
        for answer in pages.values()
        for found in re.findall(r'"(/static/[^"]+)"', answer.text)
    }
    assert len(named) >= 4
    for address in named:
        answer = server.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_asset_of_another_version_is_kept_briefly_and_checked_again(server):
    answer = server.get("/static/style.css?v=old")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = server.get("/static/style.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_assets_are_packed_for_who_can_unpack(server):
    packed = server.get("/static/style.css", headers={"Accept-Encoding": "gzip"})
    plain = server.get("/static/style.css", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])


@pytest.mark.parametrize(
    "path",
    [
        "../render.py",
        "..%2frender.py",
        "%2e%2e/render.py",
        "none.css",
        "/etc/passwd",
        "docs/README.md",
    ],
)
def test_nothing_else_is_served(server, path):
    with requests.Session() as session:
        request = session.prepare_request(requests.Request("GET", server.url))
        request.url = f"{server.url}/static/{path}"
        assert session.send(request, timeout=30).status_code == 404


def test_the_icon_is_an_icon(server):
    answer = server.get("/favicon.ico")
    assert answer.headers["Content-Type"] == "image/x-icon"
    assert sorted(pictures.opened(answer.content).info["sizes"]) == [(16, 16), (32, 32), (48, 48)]
    assert server.get("/static/icon.svg").headers["Content-Type"] == "image/svg+xml"


def test_robots_may_read_pages_and_not_the_api(server):
    answer = server.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    rules = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    assert rules == ["User-agent: *", "Disallow: /v1/"]
