"""Texts that break software, in every field that a person writes and wherever it is read."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import aiohttp
import naughty
import pictures
import pytest
from markdown_it import MarkdownIt
from markup import Page

from core.words import line, lines

pytestmark = [pytest.mark.any_backing, pytest.mark.timeout(900)]

HTML = {"Accept": "text/html"}
PHOTO = pictures.png(8, 8)
PROFILE = {
    "name": 100,
    "title": 256,
    "description": 2_000,
    "author_name": 256,
    "site_name": 256,
}
"""Fields of a profile, and how many characters each may have."""
MARKS = re.compile(r"[*_`~|\[\]()<>@]|://")
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CAPTION = re.compile(r'<p class="caption" dir="auto">(.*?)</p>', re.DOTALL)
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
SAID = re.compile(r"<dt>(\w+)</dt><dd[^>]*>(.*?)</dd>", re.DOTALL)
SCRIPT = re.compile(r'<script id="discord:component-embed"[^>]*>(.*?)</script>', re.DOTALL)


def literal(text: str, longest: int) -> str:
    """For a text that may hold placeholders: as itself."""
    return text.replace("{", "{{").replace("}", "}}")[:longest].rstrip("{}")


def unfilled(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}").strip()


def first_of(text: str | None, whole: str) -> bool:
    """Whether a text is the whole, or its beginning, cut with an ellipsis."""
    return (text or "") == whole or whole.startswith((text or "?").removesuffix("…").rstrip())


def inner(pattern: re.Pattern, source: str) -> str | None:
    found = pattern.search(source)
    return found and html.unescape(found[1])


class Faces:
    """A server with a profile and an album of one team, and what each face tells of a picture."""

    def __init__(self, server, key) -> None:
        self.server, self.key = server, key
        self.url = server.url

    async def api(self, method, path, **options):
        status, _, body = await self.server.call(method, path, headers=self.key, **options)
        return status, body

    async def page(self, path) -> str:
        status, _, body = await self.server.call("GET", path, headers=HTML)
        assert status == 200, (path, body)
        return body.decode()

    async def settle(self, path, fields) -> dict:
        """Patch what may be patched: a text that a rule refuses is told by its name, and left."""
        status, body = await self.api("PATCH", path, json=fields)
        if status == 422:
            assert body["error"] == "validation_error", body
            wrong = {name.split(".")[0] for name in body["errors"]}
            assert wrong <= fields.keys(), body
            fields = {name: value for name, value in fields.items() if name not in wrong}
            status, body = await self.api("PATCH", path, json=fields)
        assert status == 200, (fields, body)
        return body

    async def upload(self, **fields) -> dict:
        """A picture of the team's, with the texts as a form sends them."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value)
        form.add_field("file", PHOTO, filename="photo.png")
        status, body = await self.api("POST", "/v1/upload", data=form)
        assert status == 201, (fields, body)
        return body


@pytest.fixture
async def faces(local):
    async with local(render_rate="1000000/minute") as server:
        yield Faces(server, await server.key(plan="unlimited"))


async def profile_of(faces) -> int:
    _, made = await faces.api("POST", "/v1/embeds", json={"name": "n", "layout": "component"})
    return made["id"]


async def skeletons(faces, **fields) -> list:
    """The elements of the pages of harmless texts, in each of the places that they can have."""
    shapes = [{"caption": text} for text in ("plain", "plain\nmore", "")]
    made = [await faces.upload(**shape | fields) for shape in shapes]
    return [Page(await faces.page(f"/{each['id']}")).skeleton for each in made]


async def test_captions_and_attribution_are_text_wherever_they_are_read(faces):
    said = {"alt": "x", "author": "x", "note": "x"}
    allowed = [*await skeletons(faces, **said), *await skeletons(faces)]
    scripts = Page(await faces.page(f"/{(await faces.upload())['id']}")).all("script")
    for text in naughty.strings():
        made = await faces.upload(caption=text, alt=text, author=text, note=text)
        _, told = await faces.api("GET", f"/v1/media/{made['id']}")
        assert told["caption"] == text if text else "caption" not in told
        assert {told.get(name, "") for name in said} == {text}
        source = await faces.page(f"/{made['id']}")
        page, flat = Page(source), line(text)
        assert page.skeleton in allowed, text
        assert page.all("script") == scripts
        shown = inner(CAPTION, source) or inner(HEADING, source)
        assert shown in ({lines(text), text} if lines(text) else {"photo.png"}), text
        told = [html.unescape(found[1]) for found in SAID.findall(source)[-3:]]
        assert not text or told == [lines(text)] * 3
        assert page.title == f"{flat or 'photo.png'} · Pixferry"
        assert first_of(page.meta("og:title"), flat or "photo.png"), text
        alt = line(text, 1_000) or "photo.png"
        assert page.meta("og:image:alt") == page.all("img")[1]["alt"] == alt, text
        await check_oembed(faces, made["link"], title=line(text, 1_000) or "photo.png")
        check_copies(page, made, alt)


async def check_oembed(faces, link, **expected) -> None:
    """JSON that says this, and XML that says the same but for what XML can't."""
    query = urlencode({"url": link})
    status, _, told = await faces.server.call("GET", f"/oembed?{query}")
    assert status == 200
    assert {name: told.get(name) for name in expected} == expected
    _, headers, body = await faces.server.call("GET", f"/oembed?{query}&format=xml")
    assert headers["Content-Type"] == "text/xml; charset=utf-8"
    found = {each.tag: each.text or "" for each in ET.fromstring(body)}
    assert found == {name: ILLEGAL.sub("", str(value)) for name, value in told.items()}


def check_copies(page, made, alt) -> None:
    """Each is the picture in a link and nothing else, for whoever reads that language."""
    link, src = made["link"], made["src"]
    copied = {each["aria-label"]: each["value"] for each in page.all("input")}
    assert copied["BBCode"] == f"[url={link}][img]{src}[/img][/url]"
    pasted = Page(copied["HTML"])
    assert pasted.elements == [("a", {"href": link}), ("img", {"src": src, "alt": alt})]
    for rules in ("commonmark", "gfm-like"):
        reader = MarkdownIt(rules, {"linkify": False})
        (block,) = [each for each in reader.parse(copied["Markdown"]) if each.type == "inline"]
        kinds = [each.type for each in block.children]
        assert kinds == ["link_open", "image", "link_close"], (rules, alt)
        assert block.children[0].attrs["href"] == link
        image = block.children[1]
        assert image.attrs["src"] == src
        assert {each.type for each in image.children} <= {"text", "text_special"}, (rules, alt)
        assert "".join(each.content for each in image.children) == alt


async def test_profiles_are_text_wherever_they_are_read(faces):
    number = await profile_of(faces)
    path = f"/v1/embeds/{number}"
    media = await faces.upload(embed_profile_id=str(number), caption="c", alt="a")
    page_path = f"/{media['id']}"
    embeds = 0
    for text in naughty.strings():
        blank = dict.fromkeys(PROFILE, None) | {"name": "n", "buttons": []}
        await faces.api("PATCH", path, json=blank)
        fields = {name: literal(text, longest) for name, longest in PROFILE.items()}
        fields["buttons"] = [{"label": literal(text, 80), "url": "https://shop.example/?a=1&b=2"}]
        told = await faces.settle(path, fields)
        for name in PROFILE:
            assert told.get(name) in {fields[name], None if name != "name" else "n"}, text
        source = await faces.page(page_path)
        page = Page(source)
        title, site = unfilled(told.get("title", "")), unfilled(told.get("site_name", ""))
        description = unfilled(told.get("description", ""))
        assert first_of(page.meta("og:title"), line(title, 1_000) or "c"), text
        assert page.meta("og:site_name") == (line(site, 256) or "Pixferry"), text
        wanted = "\n".join(line(each, 4_096) for each in lines(description).split("\n")).strip()
        assert first_of(page.meta("og:description"), wanted), text
        author = line(unfilled(told.get("author_name", "")), 256)
        assert f"Shared by {author}" in page.text if author else "Shared by" not in page.text
        links = {each.get("href") for each in page.all("a")} | {
            each.get("content") for each in page.all("meta")
        }
        assert not any((each or "").startswith("https://evil") for each in links - {title, site})
        assert len(page.all("script")) <= 2
        check = check_component(source, text, told)
        embeds += check
        assert check or len(text) > 90, text
        await check_oembed(faces, media["link"], author_name=author or None)
        _, preview = await faces.api("GET", f"{path}/preview?media={media['id']}")
        assert [each["chat"] for each in preview["chats"]] == ["discord", "telegram"]
    assert embeds > len(naughty.OWN) - 5


def check_component(source, text, told) -> bool:
    """Whether there is one; what a person typed in it is text, and no markup, mention or link."""
    script = SCRIPT.search(source)
    if not script:
        return False
    assert "<" not in script[1]
    payload = json.loads(script[1])
    parts = payload["component"]["components"]
    contents = "\n".join(part["content"] for part in parts if part["type"] == 10)
    bare = re.sub(r"\\.", "", contents, flags=re.DOTALL)
    for ours in ("### ", "-# "):
        bare = bare.replace(ours, "", 1)
    if told.get("author_name"):
        bare = re.sub(r"^\*\*(.*)\*\*$", r"\1", bare, count=1, flags=re.MULTILINE)
    assert not MARKS.search(bare), (text, contents)
    assert not re.search(r"^\s*(?:[-+*>#]|\d+\.)\s", bare, re.MULTILINE), (text, contents)
    shown = re.sub(r"\\(.)", r"\1", contents, flags=re.DOTALL)
    title = " ".join(line(unfilled(told.get("title", "")), 1_000).split())
    assert title in " ".join(shown.split()), (text, contents)
    for row in (part for part in parts if part["type"] == 1):
        for button in row["components"]:
            assert button["url"] == "https://shop.example/?a=1&b=2"
    return True


async def test_albums_are_text_wherever_they_are_read(faces):
    _, album = await faces.api("POST", "/v1/albums", json={"title": "n", "description": "d"})
    path = f"/v1/albums/{album['id']}"
    await faces.upload(album_id=album["id"])
    bones = Page(await faces.page(f"/a/{album['id']}")).skeleton
    without = [each for each in bones if each != ("p", ("class", "dir"))]
    for text in naughty.strings():
        await faces.api("PATCH", path, json={"title": "n", "description": "d"})
        told = await faces.settle(path, {"title": text[:200], "description": text})
        assert told["title"] in {text[:200], "n"}
        assert told.get("description", "") in {text, "d"}
        source = await faces.page(f"/a/{album['id']}")
        page = Page(source)
        pruned = [each for each in page.skeleton if each[0] != "meta"]
        assert pruned in [
            [each for each in kind if each[0] != "meta"] for kind in (bones, without)
        ], text
        title = line(told["title"]) or "Album"
        assert page.title == f"{title} · Pixferry"
        assert inner(HEADING, source) == title
        assert (inner(CAPTION, source) or "") == lines(told.get("description", ""))
        assert first_of(page.meta("og:title"), title), text
        await check_oembed(faces, album["link"])


async def test_names_of_files_are_text_wherever_they_are_read(faces):
    """They arrive as browsers and curl write them: quotes, backslashes and breaks by percent."""
    plain = Page(await faces.page(f"/{(await faces.upload())['id']}")).skeleton
    longer = [*plain, ("dt", ()), ("dd", ()), ("bdi", ())]
    for text in naughty.strings():
        typed = text[:200]
        quoted = typed.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        boundary = b"----naughty7f2c"
        body = (
            b"--" + boundary + b'\r\nContent-Disposition: form-data; name="file"; filename="'
            + quoted.encode() + b'"\r\nContent-Type: image/png\r\n\r\n'
            + PHOTO + b"\r\n--" + boundary + b"--\r\n"
        )  # fmt: skip
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary.decode()}"}
        status, _, made = await faces.server.call(
            "POST", "/v1/upload", data=body, headers=faces.key | headers
        )
        if status != 201:  # a file needs a name, and a header may not hold every control
            assert status in {400, 422}, (text, made)
            assert not typed.strip("\\") or re.search(r"[\x00-\x1f\x7f]", quoted), text
            continue
        source = await faces.page(f"/{made['id']}")
        page = Page(source)
        assert sorted(page.skeleton) in (sorted(plain), sorted(longer)), text
        name = inner(HEADING, source)
        assert name
        assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069/\\]", name), text
        assert first_of(page.meta("og:title"), name)
        assert page.all("img")[1]["alt"] == name
        check_copies(page, made, name)
        status, headers, _ = await faces.server.call("GET", f"/{made['id']}.png?download=1")
        assert status == 200
        assert headers.getall("Content-Disposition")[0].startswith("attachment")
        assert "X-Evil" not in headers


async def test_keys_searches_and_passwords_take_any_text(faces):
    _, album = await faces.api("POST", "/v1/albums", json={"title": "n", "password": "sesame"})
    listed = {}
    for number, text in enumerate(naughty.strings()):
        status, made = await faces.api("POST", "/v1/keys", json={"name": text[:200]})
        assert status == 201, (text, made)
        listed[made["id"]] = text[:200]
        status, found = await faces.api("GET", f"/v1/media?{urlencode({'q': text[:200]})}")
        assert (status, type(found.get("data"))) == (200, list), text
        if number % 8 or number >= len(naughty.OWN):  # passwords are slow and counted by design
            continue
        password = text[:200]
        status, told = await faces.api(
            "PATCH", f"/v1/albums/{album['id']}", json={"password": password}
        )
        if status == 422:
            assert set(told["errors"]) == {"password"}
            continue
        status, _, opened = await faces.server.call(
            "POST", f"/a/{album['id']}", data={"password": password}, headers=HTML
        )
        assert status == 200, text
        assert b"There are no pictures here." in opened
        if not re.search(r"[\r\n\x00-\x1f\x7f]|^\s|\s$", password):
            status, _, told = await faces.server.call(
                "GET", f"/v1/albums/{album['id']}", headers={"X-Album-Password": password}
            )
            assert status == 200, (text, told)
    _, told = await faces.api("GET", "/v1/keys")
    names = {each["id"]: each.get("name") or "" for each in told["data"]}
    assert {number: names[number] for number in listed} == listed


@pytest.mark.parametrize("text", naughty.REFUSED, ids=ascii)
async def test_what_is_no_text_is_refused(faces, text):
    made = await faces.upload(caption="c")
    number = await profile_of(faces)
    _, album = await faces.api("POST", "/v1/albums", json={"title": "n"})
    bodies = [(f"/v1/media/{made['id']}", name) for name in ("caption", "alt", "author")]
    bodies += [(f"/v1/embeds/{number}", name) for name in PROFILE]
    bodies += [(f"/v1/albums/{album['id']}", name) for name in ("title", "description", "password")]
    for path, name in bodies:
        status, told = await faces.api("PATCH", path, json={name: text})
        assert (status, told["error"]) == (422, "validation_error"), (path, name)
        assert name in told.get("errors", ()) or "\0" not in text  # half a character is no JSON
    status, told = await faces.api("POST", "/v1/keys", json={"name": text})
    assert (status, told["error"]) == (422, "validation_error")


async def test_the_documentation_stays_as_it_is(faces):
    """Whatever has been stored, and whatever host a request claims to be for."""
    paths = ("/openapi.json", "/llms.txt", "/api/errors")
    before = [(await faces.server.call("GET", path))[2] for path in paths]
    for text in naughty.OWN[:10]:
        await faces.upload(caption=text, alt=text)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    after = [(await faces.server.call("GET", path, headers=evil))[2] for path in paths]
    assert before == after


async def test_a_page_names_no_other_host_than_its_own(faces):
    """Not the one of the request's line, nor those that its headers claim."""
    made = await faces.upload(caption="c")
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"}
    for path in (f"/{made['id']}", f"/{made['id']}?url=https://evil.example/", "/", "/pricing"):
        _, _, body = await faces.server.call("GET", path, headers=HTML | evil)
        assert b"evil" not in body, path
    for path in (f"//evil.example/{made['id']}", f"/https://evil.example/{made['id']}", "/\\evil"):
        status, headers, body = await faces.server.call(
            "GET", path, headers=HTML, allow_redirects=False
        )
        assert status == 404, path
        assert "Location" not in headers
        assert b"evil" not in body
