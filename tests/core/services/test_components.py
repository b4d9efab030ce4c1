"""Discord's component embed: what is in it, and what would have it refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.chat_limits import COMPONENT_BYTES
from core.embeds import Button, Card, Layout, PictureSize
from core.services.components import Exhibit, component, component_script, escaped, violations

PICTURE = Exhibit("https://i.example/a.jpg?v=1", "A pier")
CARD = Card(
    title="Title",
    description=None,
    color=None,
    author_name=None,
    author_url=None,
    site_name=None,
    layout=Layout.COMPONENT,
    image=PictureSize.LARGE,
    spoiler=False,
    buttons=(),
)


def embed(*parts, **more):
    return {"component": {"type": 17, "components": list(parts)} | more}


def text(content="x"):
    return {"type": 10, "content": content}


def gallery(count=1, **more):
    return {"type": 12, "items": [{"media": {"url": "https://e.org/a.png"}} | more] * count}


def link(**more):
    return {"type": 2, "style": 5, "label": "Go", "url": "https://e.org/"} | more


def row(*buttons):
    return {"type": 1, "components": list(buttons)}


def section(*parts, accessory=None):
    return {"type": 9, "components": list(parts)} | ({"accessory": accessory} if accessory else {})


def thumbnail(url="https://e.org/a.png"):
    return {"type": 11, "media": {"url": url}}


def test_it_has_texts_picture_and_buttons():
    card = replace(
        CARD,
        description="Two\nlines",
        author_name="Jane",
        color="#ff5733",
        site_name="Site",
        buttons=(Button("Shop", "https://shop.example/"),),
    )
    found = component(card, "Pixferry", [PICTURE])
    assert (found["type"], found["accent_color"]) == (17, 0xFF5733)
    *texts, shown, buttons = found["components"]
    assert [each["content"] for each in texts] == [
        "**Jane**",
        "### Title\nTwo\nlines",
        "-# Site",
    ]
    assert shown["items"] == [{"media": {"url": PICTURE.url}, "description": "A pier"}]
    assert buttons["components"] == [link(label="Shop", url="https://shop.example/")]
    assert component_script(card, "Pixferry", [PICTURE])


def test_a_small_picture_stands_beside_the_texts():
    found = component(replace(CARD, image=PictureSize.SMALL), "Pixferry", [PICTURE])
    (part,) = found["components"]
    assert part["type"] == 9
    assert part["accessory"]["media"]["url"] == PICTURE.url
    assert component_script(replace(CARD, image=PictureSize.SMALL), "Pixferry", [PICTURE])


def test_a_picture_to_hide_is_a_spoiler():
    found = component(CARD, "Pixferry", [replace(PICTURE, spoiler=True)])
    assert found["components"][-1]["items"][0]["spoiler"] is True


@pytest.mark.parametrize(
    "typed",
    [
        "[free](https://evil.example)",
        "https://evil.example <https://evil.example>",
        "<@1> <#2> <:a:3> @everyone",
        "# big\n- list\n1. list\n> quote\n||spoiler|| `code` ~~struck~~ __under__",
        "\\[free](https://evil.example)",
        "</script><!-- &lt;",
    ],
)
def test_what_people_type_stays_text(typed):
    """Every mark that begins something in Discord's Markdown has a backslash before it."""
    shown = escaped(typed)
    pairs = iter(shown)
    bare = "".join(char if char != "\\" else (next(pairs), "")[1] for char in pairs)
    assert not set(bare) & set("\\`*_~|[]()<>#@:")
    script = component_script(replace(CARD, title=typed, author_name=typed), "S", [PICTURE])
    assert script
    assert not set(script) & set("<>&")
    texts = [part.get("content", "") for part in json.loads(script)["component"]["components"]]
    assert any(escaped(" ".join(typed.split())) in each for each in texts)


def test_a_payload_that_is_too_long_is_left_out():
    def of(length):
        return component_script(replace(CARD, description="x" * length), "S", [PICTURE])

    empty = len(of(1).encode())
    most = COMPONENT_BYTES - empty + 1
    assert len(of(most).encode()) == COMPONENT_BYTES
    assert of(most + 1) is None
    assert (
        component_script(replace(CARD, description="é" * (most // 2 + 1)), "S", [PICTURE]) is None
    )
    assert component_script(replace(CARD, description="&" * (most // 5)), "S", [PICTURE]) is None


@pytest.mark.parametrize(
    "payload",
    [
        embed(text(), gallery(10)),
        embed(*(text() for _ in range(39))),
        embed(section(text(), text(), text(), accessory=thumbnail())),
        embed(section(text(), accessory=link())),
        embed(row(*(link() for _ in range(5)))),
        embed(row(link(label="x" * 80, url="https://e.org/" + "x" * 498))),
        embed(gallery(1, description="x" * 1024)),
    ],
)
def test_what_the_rules_allow_passes(payload):
    assert list(violations(payload, json.dumps(payload)[:100])) == []


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"component": text()},
        embed(),
        embed(embed(text())["component"]),
        embed({"type": 3}),
        embed(*(text() for _ in range(40))),
        embed(text() | {"id": 1}),
        embed(text(" ")),
        embed(gallery(0)),
        embed(gallery(11)),
        embed(gallery(6), gallery(5)),
        embed(gallery(1, description="x" * 1025)),
        embed(gallery(1, media={"url": "https://e.org/" + "x" * 2048})),
        embed(gallery(1, media={"url": "javascript:alert(1)"})),
        embed(section(text())),
        embed(section(accessory=thumbnail())),
        embed(section(*(text() for _ in range(4)), accessory=thumbnail())),
        embed(section(text(), accessory=thumbnail("ftp://e.org/a"))),
        embed(row()),
        embed(row(*(link() for _ in range(6)))),
        embed(row(text())),
        embed(row(link(style=1))),
        embed(row(link(emoji={}))),
        embed(row(link(label="x" * 81))),
        embed(row(link(label=" "))),
        embed(row(link(url="https://e.org/" + "x" * 500))),
        embed(row(link(url="discord://x"))),
    ],
)
def test_what_breaks_a_rule_is_found(payload):
    assert list(violations(payload, "{}"))


@pytest.mark.parametrize("script", ["x" * 3001, "</script>", "<!-- x"])
def test_so_is_how_it_is_written(script):
    assert list(violations(embed(text()), script))
