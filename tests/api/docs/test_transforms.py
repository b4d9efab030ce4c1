"""/api/transforms: the table of transforms, with pictures that the server makes of its sample."""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import numpy as np
import pictures
import pytest
import requests
from needs import need_program
from playwright.sync_api import sync_playwright
from servers import running

from core.imaging.transforms.kinds import Choice
from core.imaging.transforms.table import PARAMETERS, Parameter

pytestmark = pytest.mark.any_backing

ADDRESS = "/api/transforms"
SAMPLE = f"{ADDRESS}/sample.jpg"
HTML = {"Accept": "text/html"}
SHOWN = re.compile(r'<img src="([^"]+)" alt="[^"]+" loading="lazy"\s*/?>')
UNSEEN = {"format", "metadata"}
"""What changes nothing that is seen of a JPEG in full colour."""


def page(server) -> str:
    return server.get(ADDRESS, headers=HTML).text


def section(server, name) -> str:
    return page(server).partition(f'<h3 id="{name}">')[2].partition("<h")[0]


def shown(text) -> list[str]:
    return [html.unescape(source) for source in SHOWN.findall(text)]


def rgb(answer):
    assert answer.status_code == 200, answer.text
    return np.asarray(pictures.opened(answer.content).convert("RGBA"), int)


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_example_is_a_picture_changed_as_it_says(server, name):
    told = section(server, name)
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", told)).split())
    found = shown(told)
    assert len(found) == len(PARAMETERS[name].examples) > 0
    plain = rgb(server.get(SAMPLE))
    seen = []
    for address in found:
        answer = server.get(address)
        picture = rgb(answer)
        height, width = picture.shape[:2]
        kind = pictures.opened(answer.content).format
        assert f"?{urlsplit(address).query} {width} × {height} {kind}" in text
        for other in [] if name in UNSEEN else [plain, *seen]:
            assert picture.shape != other.shape or abs(picture - other).max() > 10, address
        seen.append(picture)


def test_a_first_start_has_them_all_and_nobody_pays(tmp_path):
    """With an empty database, a rate of one rendition, and nothing counted as stored."""
    with running(tmp_path / "data", RENDER_RATE="1/hour") as server:
        addresses = shown(page(server))
        assert len(addresses) > 30
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(server.get, addresses))
        assert {answer.status_code for answer in answers} == {200}
        usage = server.get("/v1/usage", headers=server.auth).json()
        assert usage["totals"]["storage_used_bytes"] == usage["monthly"]["uploads"] == 0


def test_the_sample_is_served_as_pictures_are(server):
    answer = server.get(f"{SAMPLE}?size=s")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "public" in answer.headers["Cache-Control"]
    again = server.get(f"{SAMPLE}?size=s", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = requests.head(f"{server.url}{SAMPLE}?size=s", timeout=30)
    assert head.headers["Content-Length"] == str(len(answer.content))
    words = server.get(f"{SAMPLE}?size=s&blur=0&utm_source=x")
    assert words.headers["ETag"] == answer.headers["ETag"]
    same = server.get(f"{SAMPLE}?metadata=none")
    assert same.content == server.get(SAMPLE).content


@pytest.mark.parametrize("query", ["brightness=0.51", "size=s&blur=2", "w=161", "metadata=keep"])
def test_nothing_but_the_examples_is_made(server, query):
    answer = server.get(f"{SAMPLE}?{query}")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert "examples" in answer.json()["message"]


def test_a_wrong_value_is_refused_as_everywhere(server):
    answer = server.get(f"{SAMPLE}?blur=1.5&size=huge")
    assert answer.status_code == 422
    text = html.unescape(page(server))
    for sentences in answer.json()["errors"].values():
        assert sentences[0] in text, "the page shows this very refusal"


async def test_a_new_transform_shows_up_by_itself(local, monkeypatch):
    kind = Choice(("all", "half"), "turns colours into their opposites")
    monkeypatch.setitem(PARAMETERS, "invert", Parameter("invert", kind))
    async with local() as server:
        _, _, body = await server.call("GET", ADDRESS, headers=HTML)
        text = body.decode()
        assert '<h3 id="invert">invert</h3>' in text
        assert f"{SAMPLE}?invert=all" in shown(text)
        assert f"{SAMPLE}?invert=half" in shown(text)
        _, _, body = await server.call("GET", "/llms.txt")
        assert "| `invert` | `all`, `half` | unchanged | Turns colours into" in body.decode()
        _, _, document = await server.call("GET", "/openapi.json")
        found = document["paths"]["/{id}.{extension}"]["get"]["parameters"]
        assert {"type": "string", "enum": ["all", "half"]} in [each["schema"] for each in found]


async def test_what_this_server_does_not_do_is_not_shown(local):
    async with local(segmenter="off") as server:
        _, _, body = await server.call("GET", ADDRESS, headers=HTML)
        text = body.decode()
        assert "This server does not cut pictures out" in text
        assert not [address for address in shown(text) if "segment=" in address]


async def test_the_rate_that_is_shown_is_the_one_that_holds(local):
    async with local(render_rate="7/hour") as server:
        _, _, body = await server.call("GET", ADDRESS, headers=HTML)
        assert "One address may have 7 an hour made" in body.decode()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_a_browser_shows_every_picture(server, width, scheme):
    program = need_program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        seen = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        problems = []
        seen.on("console", lambda line: problems.append(line.text) if line.type == "error" else 0)
        seen.goto(f"{server.url}{ADDRESS}")
        images = seen.locator(".examples img")
        for number in range(images.count()):
            image = images.nth(number)
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
            box = image.bounding_box()
            assert box["width"] / box["height"] == pytest.approx(1.5, abs=0.02)
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        assert seen.evaluate("document.documentElement.scrollWidth") <= width
        assert not problems
        browser.close()
