"""What chats and embedding sites read on a picture's page."""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import parse_qsl, urlsplit

import pictures
import pytest
import requests
from markup import Page

from core.chat_limits import DISCORD_URL_CHARS, PREVIEW_SIDE

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
BOT = "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"
IMAGE_TAGS = ("og:image", "og:image:type", "og:image:width", "og:image:height", "twitter:image")


def page_of(server, path, **headers):
    answer = server.get(path, headers=HTML | headers)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def fetched(url):
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def profiled(server, data=None, name="photo.jpg", fields=None, **profile):
    """The page of a picture of the team's with a profile of its own."""
    made = requests.post(
        f"{server.url}/v1/embeds", json={"name": "n"} | profile, headers=server.auth, timeout=30
    )
    assert made.status_code == 201, made.text
    number = made.json()["id"]
    data = data or pictures.jpeg()
    found = server.upload(data, name, server.auth, embed_profile_id=number, **(fields or {}))
    try:
        yield_page = page_of(server, f"/{found['id']}")
    finally:
        requests.delete(f"{server.url}/v1/embeds/{number}", headers=server.auth, timeout=30)
    return yield_page


def component_of(page_text):
    head, _, rest = page_text.partition(
        '<script id="discord:component-embed" type="application/json">'
    )
    assert head
    return json.loads(rest.partition("</script>")[0]) if rest else None


def mark(server, backing, made, column):
    """What no face of ours sets yet."""
    if backing.kind != "embedded":
        pytest.skip("written into the database file")
    (file,) = server.data_dir.glob("*.db")
    with sqlite3.connect(file) as database:
        database.execute(f"UPDATE media SET {column} = 1 WHERE id = ?", (made["id"],))
    database.close()


@pytest.mark.parametrize(
    ("data", "name", "query", "mime"),
    [
        (pictures.jpeg(1500, 1000), "a.jpg", "", "image/jpeg"),
        (pictures.jpeg(300, 200), "a.jpg", "?rotate=90&format=webp", "image/jpeg"),
        (pictures.png(1400, 300, mode="RGBA"), "a.png", "?size=m", "image/png"),
        (pictures.gif(), "a.gif", "", "image/gif"),
        (pictures.gif(), "a.gif", "?flip=h", "image/gif"),
        (pictures.SVG, "a.svg", "", "image/png"),
    ],
)
def test_the_picture_named_is_there_as_it_is_announced(server, data, name, query, mime):
    made = server.upload(data, name)
    page = page_of(server, f"/{made['id']}{query}")
    url, announced, width, height, twitter = (page.meta(tag) for tag in IMAGE_TAGS)
    answer = fetched(url)
    shown = pictures.opened(answer.content)
    assert answer.headers["Content-Type"] == announced == mime
    assert shown.size == (int(width), int(height))
    assert max(shown.size) <= PREVIEW_SIDE
    assert len(answer.content) <= 5 << 20
    assert getattr(shown, "is_animated", False) == (mime == "image/gif")
    assert urlsplit(url).path.endswith(mime.removeprefix("image/"))
    assert twitter == url


def test_of_an_animation_too_large_to_transform_chats_see_the_first_frame(server):
    made = server.upload(pictures.endless_gif(), "a.gif")
    page = page_of(server, f"/{made['id']}")
    answer = fetched(page.meta("og:image"))
    assert answer.headers["Content-Type"] == page.meta("og:image:type") == "image/jpeg"
    assert pictures.opened(answer.content).size == (1280, 853)
    told = requests.get(
        f"{server.url}/oembed", params={"url": made["link"], "maxwidth": 700}, timeout=30
    ).json()
    assert fetched(told["url"]).headers["Content-Type"] == "image/jpeg"
    asked = server.get(f"/{made['id']}?size=s", headers=HTML)
    assert asked.status_code == 422
    assert "too large to transform" in asked.text


def test_the_pictures_address_changes_with_what_it_shows(server):
    def version(data, query=""):
        made = server.upload(data)
        url = page_of(server, f"/{made['id']}{query}").meta("og:image")
        return dict(parse_qsl(urlsplit(url).query))["v"]

    one, other = pictures.jpeg(seed=1), pictures.jpeg(seed=2)
    assert version(one) == version(one)
    assert len({version(one), version(other), version(one, "?blur=2")}) == 3


def test_the_links_transforms_are_those_of_page_picture_and_preview(server):
    made = server.upload(pictures.jpeg(1500, 1000))
    page = page_of(server, f"/{made['id']}?size=m&gamma=2&nonsense=1")
    picture = page.all("img")[1]
    assert (picture["width"], picture["height"]) == ("640", "427")
    assert pictures.opened(fetched(picture["src"]).content).size == (640, 427)
    assert page.meta("og:url") == f"{made['link']}?gamma=2&size=m"
    assert page.one("link", rel="canonical")["href"] == page.meta("og:url")
    assert "gamma=2" in page.meta("og:image")
    assert page.one("input", aria_label="Direct link")["value"] == picture["src"]
    assert "640 × 427 pixels" in page.text


def test_browsers_are_offered_smaller_sizes(server):
    made = server.upload(pictures.jpeg(1500, 1000))
    picture = page_of(server, f"/{made['id']}").all("img")[1]
    offered = [each.split() for each in picture["srcset"].split(", ")]
    assert [width for _, width in offered] == ["320w", "640w", "1280w", "1500w"]
    for url, width in offered:
        assert pictures.opened(fetched(url).content).width == int(width[:-1])


def test_a_wrong_parameter_is_a_page_that_says_so(server):
    made = server.upload(pictures.jpeg())
    answer = server.get(f"/{made['id']}?blur=9999", headers=HTML)
    assert answer.status_code == 422
    assert "blur" in answer.text
    assert Page(answer.text).meta("og:image") is None
    assert server.get(f"/{made['id']}?w=9", headers=HTML).status_code == 403


def test_crawlers_get_the_page_that_people_get(server):
    made = server.upload(pictures.jpeg(), caption="Same")
    people = server.get(f"/{made['id']}", headers=HTML)
    for agent in (BOT, "TelegramBot (like TwitterBot)"):
        for accept in ("*/*", "text/html"):
            crawler = server.get(f"/{made['id']}", headers={"User-Agent": agent, "Accept": accept})
            assert crawler.text == people.text


def test_titles_and_descriptions_are_cut_where_chats_cut_them(server):
    page = profiled(
        server,
        title="ö" * 60,
        description="\n".join(["line"] * 30),
        site_name="s" * 256,
    )
    title, description = page.meta("og:title"), page.meta("og:description")
    assert title == "ö" * 33 + "…"
    assert len(title.encode()) <= 70
    assert description == "\n".join(["line"] * 20) + "…"
    assert page.meta("twitter:title") == title
    assert page.meta("twitter:description") == description
    assert page.meta("og:site_name") == "s" * 256
    assert len(page.one("link", type_="application/json+oembed")["href"]) < DISCORD_URL_CHARS


@pytest.mark.parametrize(
    ("profile", "card", "pictured"),
    [
        ({}, "summary_large_image", True),
        ({"image": "small"}, "summary", True),
        ({"image": "none"}, "summary", False),
        ({"layout": "image", "description": "d"}, "photo", True),
    ],
)
def test_the_profile_says_how_the_picture_is_shown(server, profile, card, pictured):
    page = profiled(server, **profile)
    assert page.meta("twitter:card") == card
    assert (page.meta("og:image") is not None) == pictured
    assert page.meta("og:description") is None


def test_the_colour_is_the_profiles_or_none(server):
    page = profiled(server, color="#FF5733")
    assert [tag["content"] for tag in page.all("meta", name="theme-color")] == ["#ff5733"]
    made = server.upload(pictures.jpeg())
    assert page_of(server, f"/{made['id']}").all("meta", name="theme-color") == []


def test_the_profiles_author_is_named_on_the_page(server):
    page = profiled(server, author_name="Jane", author_url="https://jane.example/")
    assert "Shared by Jane" in page.text
    assert page.one("a", href="https://jane.example/")["rel"] == "nofollow noopener ugc"


def test_a_profile_may_ask_for_discords_components(server):
    page = profiled(
        server,
        layout="component",
        title="{caption}",
        description="[free](https://evil.example)",
        buttons=[{"label": "Shop", "url": "https://shop.example/"}],
        fields={"caption": "</script><b> **bold**"},
    )
    script = page.one("script", id="discord:component-embed")
    assert script["type"] == "application/json"
    assert page.meta("og:image")
    data = json.loads("".join(part for part in page._texts if part.startswith('{"component"')))
    texts, *_ = data["component"]["components"]
    assert texts["content"] == (
        "### \\</script\\>\\<b\\> \\*\\*bold\\*\\*\n\\[free\\]\\(https\\://evil.example\\)"
    )
    gallery = data["component"]["components"][2]
    assert gallery["items"][0]["media"]["url"] == page.meta("og:image")


def test_components_that_break_a_rule_are_left_out(server):
    page = profiled(server, layout="component", description="é" * 1900)
    assert page.all("script", id="discord:component-embed") == []
    assert page.meta("og:image")


def test_a_private_picture_has_its_preview_behind_a_signed_link(server):
    made = server.upload(pictures.jpeg(900, 600), headers=server.auth, public="false")
    signed = requests.post(
        f"{server.url}/v1/media/{made['id']}/links",
        json={"w": 300, "expires_in": "1h"},
        headers=server.auth,
        timeout=30,
    ).json()
    answer = requests.get(signed["link"], headers=HTML, timeout=30)
    page = Page(answer.text)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert page.meta("og:url") == signed["link"]
    assert pictures.opened(fetched(page.meta("og:image")).content).size == (300, 200)
    for url in (page.all("img")[1]["src"], page.one("a", class_="button main")["href"]):
        assert pictures.opened(fetched(url).content).size == (300, 200)
    assert requests.get(signed["link"] + "x", headers=HTML, timeout=30).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [{}, {"format": "webp"}, {"format": "png", "size": "s"}, {"w": 40, "h": 40, "fit": "contain"}],
    ids=str,
)
@pytest.mark.parametrize("public", ["true", "false"])
def test_all_that_a_signed_links_page_names_is_there(server, asked, public):
    """Whatever format it is given in: the address names it, and the signature covers it."""
    for data in (pictures.jpeg(700, 300), pictures.gif(), pictures.SVG):
        made = server.upload(data, "a", server.auth, public=public)
        address = f"{server.url}/v1/media/{made['id']}/links"
        signed = requests.post(
            address, json={"expires_in": "1h"} | asked, headers=server.auth, timeout=30
        ).json()
        page = Page(requests.get(signed["link"], headers=HTML, timeout=30).text)
        shown = page.all("img")[1]
        told = requests.get(
            f"{server.url}/oembed", params={"url": signed["link"]}, timeout=30
        ).json()
        urls = {shown["src"], page.one("input", aria_label="Direct link")["value"], told["url"]}
        urls |= {page.meta("og:image"), told["thumbnail_url"]}
        urls |= {each.split()[0] for each in shown.get("srcset", "").split(", ") if each}
        for url in urls:
            path, _, query = url.partition("?")
            assert fetched(url).headers["Content-Type"].startswith("image/")
            other = path.rpartition(".")[0] + (".png" if path.endswith(".avif") else ".avif")
            assert requests.get(f"{other}?{query}", timeout=30).status_code >= 400
        size = pictures.opened(fetched(shown["src"]).content).size if data != pictures.SVG else ()
        assert not size or size == (int(shown["width"]), int(shown["height"]))


def test_a_picture_not_for_all_eyes_is_veiled_until_asked_for(server, backing):
    made = server.upload(pictures.jpeg())
    plain = page_of(server, f"/{made['id']}")
    assert plain.all("input", type_="checkbox") == []
    mark(server, backing, made, "nsfw")
    page = page_of(server, f"/{made['id']}")
    assert len(page.all("input", type_="checkbox")) == 1
    assert page.all("main")[0]["class"] == "viewer veiled"


def test_search_engines_may_know_listed_pictures_alone(server, backing):
    made = server.upload(pictures.jpeg())
    path = f"/{made['id']}"
    assert server.get(path, headers=HTML).headers["X-Robots-Tag"] == "noindex"
    mark(server, backing, made, "listed")
    assert "X-Robots-Tag" not in server.get(path, headers=HTML).headers


def test_the_link_is_offered_as_other_places_want_it(server):
    made = server.upload(pictures.jpeg(), caption='A "pier" [old]')
    page = page_of(server, f"/{made['id']}")

    def copied(label):
        return page.one("input", aria_label=label)["value"]

    link, src = made["link"], made["src"]
    assert copied("Markdown") == f'[![A "pier" \\[old\\]]({src})]({link})'
    assert copied("HTML") == (
        f'<a href="{link}"><img src="{src}" alt="A &quot;pier&quot; [old]"></a>'
    )
    assert copied("BBCode") == f"[url={link}][img]{src}[/img][/url]"
    assert page.one("a", href=f"/{made['id']}/report")


async def signed_in(server, key):
    """The cookie of a browser that somebody of the key's team is signed in with."""
    caller = await server.core.access.identify(key["Authorization"].removeprefix("Bearer "))
    return f"pixferry={await server.core.sessions.open(caller.user_id)}"


async def test_its_team_sees_a_private_picture_and_its_links_open_it(local):
    """The page's own picture comes from where no cookie is sent."""
    async with local() as server:
        key, _ = await server.team()
        _, _, made = await server.upload(pictures.jpeg(90, 60), headers=key, public="false")
        path = f"/{made['id']}"
        assert (await server.visit(path))[0] == 404
        status, headers, html = await server.visit(path, Cookie=await signed_in(server, key))
        page = Page(html)
        assert (status, headers["Cache-Control"]) == (200, "private, no-store")
        assert "This picture is private" in page.text
        for url in (page.all("img")[1]["src"], page.meta("og:image")):
            parts = urlsplit(url)
            found, _, body = await server.call("GET", f"{parts.path}?{parts.query}")
            assert found == 200
            assert pictures.opened(body).size == (90, 60)
        parts = urlsplit(page.one("input", aria_label="Link")["value"])
        assert (await server.visit(f"{parts.path}?{parts.query}"))[0] == 200


async def test_the_metadata_that_its_team_asks_for_is_in_the_picture_of_the_page(local):
    """Bytes know no cookie: the page's links are signed for whose the metadata is to give."""
    exif = pictures.Image.Exif()
    exif[0x010F] = "SecretMaker"
    async with local() as server:
        key, _ = await server.team()
        other, _ = await server.team("other@example.org")
        photo = pictures.jpeg(900, 600, exif=exif.tobytes())
        _, _, made = await server.upload(photo, headers=key)
        path = f"/{made['id']}?metadata=keep"
        for headers in ({}, {"Cookie": await signed_in(server, other)}):
            assert (await server.visit(path, **headers))[0] == 403
        cookie = await signed_in(server, key)
        status, headers, html = await server.visit(path, Cookie=cookie)
        assert (status, headers["Cache-Control"]) == (200, "private, no-store")
        page = Page(html)
        shown = page.all("img")[1]
        smaller = [each.split()[0] for each in shown["srcset"].split(", ")]
        for url in (shown["src"], *smaller):
            parts = urlsplit(url)
            status, _, body = await server.call("GET", f"{parts.path}?{parts.query}")
            assert (status, b"SecretMaker" in body) == (200, True), url
        assert "sig=" not in page.meta("og:image"), "previews have none of it"
        plain = Page((await server.visit(f"/{made['id']}", Cookie=cookie))[2])
        assert plain.all("img")[1]["src"] == made["src"]
