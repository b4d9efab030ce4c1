"""Messages that the platform refuses: each rule is broken once, in a channel and in an answer."""

from __future__ import annotations

import pytest
from discord_platform.bare_bot import codes

V2 = 1 << 15
BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
LINK = {"type": 2, "style": 5, "label": "Open", "url": "https://example.org/"}
MENU = {"type": 3, "custom_id": "menu", "options": [{"label": "One", "value": "1"}]}
TEXT = {"type": 10, "content": "Text"}
MEDIA = {"media": {"url": "https://example.org/a.png"}, "description": "a", "spoiler": False}
THUMBNAIL = {"type": 11} | MEDIA
SECTION = {"type": 9, "components": [TEXT], "accessory": THUMBNAIL}
EMBED = {
    "title": "Title",
    "description": "Text",
    "url": "https://example.org/",
    "color": 0xFFCC00,
    "timestamp": "2026-05-17T12:30:15+00:00",
    "footer": {"text": "Foot", "icon_url": "https://example.org/i.png"},
    "author": {"name": "Ada", "url": "https://example.org/ada"},
    "image": {"url": "http://example.org/a.png"},
    "fields": [{"name": "Size", "value": "1 KB", "inline": True}],
}


def row(*components: dict) -> dict:
    return {"type": 1, "components": list(components)}


def rows(*components: dict) -> dict:
    return {"content": "hi", "components": [row(*components)]}


def embed(**changed) -> dict:
    return {"embeds": [EMBED | changed]}


def layout(*components: dict) -> dict:
    return {"flags": V2, "components": list(components)}


def options(count: int, **changed) -> dict:
    made = [{"label": str(number), "value": str(number)} for number in range(count)]
    return MENU | {"options": made} | changed


AT_EMBED, AT_PART, AT_LAYOUT = ("embeds", 0), ("components", 0, "components", 0), ("components", 0)
LONG, BAD, NEEDED = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"
EXCLUSIVE = "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"
LEGACY = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
BROKEN = {
    "a long text": ({"content": "x" * 2001}, ("content",), LONG),
    "a long text of astral letters": ({"content": "🐈" * 1001}, ("content",), LONG),
    "a text that is a number": ({"content": 1}, ("content",), "STRING_TYPE_CONVERT"),
    "flags that are words": (
        {"content": "hi", "flags": "all"},
        ("flags",),
        "INTEGER_TYPE_CONVERT",
    ),
    "stickers": (
        {"content": "hi", "sticker_ids": ["1"] * 4},
        ("sticker_ids",),
        BAD,
    ),
    # mentions
    "an unknown mention": (
        {"content": "hi", "allowed_mentions": {"parse": ["here"]}},
        ("allowed_mentions", "parse", 0),
        "BASE_TYPE_CHOICES",
    ),
    "mentions by kind and by id": (
        {"content": "hi", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ("allowed_mentions", "users"),
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    # embeds
    "too many embeds": ({"embeds": [{"title": "x"}] * 11}, ("embeds",), BAD),
    "a long title": (embed(title="x" * 257), (*AT_EMBED, "title"), LONG),
    "a long description": (embed(description="x" * 4097), (*AT_EMBED, "description"), LONG),
    "too many fields": (
        embed(fields=EMBED["fields"] * 26),
        (*AT_EMBED, "fields"),
        BAD,
    ),
    "a long field name": (
        embed(fields=[{"name": "x" * 257, "value": "x"}]),
        (*AT_EMBED, "fields", 0, "name"),
        BAD,
    ),
    "a long field": (
        embed(fields=[{"name": "x", "value": "x" * 1025}]),
        (*AT_EMBED, "fields", 0, "value"),
        BAD,
    ),
    "an empty field": (
        embed(fields=[{"name": "x", "value": " "}]),
        (*AT_EMBED, "fields", 0, "value"),
        NEEDED,
    ),
    "a long footer": (embed(footer={"text": "x" * 2049}), (*AT_EMBED, "footer", "text"), BAD),
    "a long author": (embed(author={"name": "x" * 257}), (*AT_EMBED, "author", "name"), BAD),
    "an author without a name": (
        embed(author={"url": "https://example.org"}),
        (*AT_EMBED, "author", "name"),
        NEEDED,
    ),
    "6001 characters": (
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
        ("embeds",),
        "MAX_EMBED_SIZE_EXCEEDED",
    ),
    "a scheme that is not the web's": (
        embed(url="javascript://alert(1)"),
        (*AT_EMBED, "url"),
        "URL_TYPE_INVALID_SCHEME",
    ),
    "a link that is an attachment": (
        embed(url="attachment://a.png"),
        (*AT_EMBED, "url"),
        "URL_TYPE_INVALID_SCHEME",
    ),
    "a picture that is no address": (
        embed(image={"url": "a.png"}),
        (*AT_EMBED, "image", "url"),
        "URL_TYPE_INVALID_URL",
    ),
    "a long address": (
        embed(image={"url": "https://example.org/" + "x" * 2030}),
        (*AT_EMBED, "image", "url"),
        BAD,
    ),
    "a colour that is none": (embed(color=0x1000000), (*AT_EMBED, "color"), "NUMBER_TYPE_MAX"),
    "a moment that is none": (
        embed(timestamp="soon"),
        (*AT_EMBED, "timestamp"),
        "DATETIME_TYPE_CONVERT",
    ),
    # rows
    "six rows": (
        {"content": "hi", "components": [row(LINK)] * 6},
        ("components",),
        BAD,
    ),
    "six buttons": (rows(*[LINK] * 6), ("components", 0, "components"), BAD),
    "an empty row": (rows(), ("components", 0, "components"), BAD),
    "a button without a row": (
        {"content": "hi", "components": [BUTTON]},
        ("components", 0, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "a text among rows": (
        {"content": "hi", "components": [TEXT]},
        ("components", 0, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "a menu beside a button": (
        rows(MENU, BUTTON),
        ("components", 0),
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    "an input in a message": (
        rows({"type": 4, "custom_id": "x", "style": 1}),
        (*AT_PART, "type"),
        "BASE_TYPE_CHOICES",
    ),
    # buttons
    "a long custom id": (
        rows(BUTTON | {"custom_id": "x" * 101}),
        (*AT_PART, "custom_id"),
        BAD,
    ),
    "no custom id": (rows(BUTTON | {"custom_id": None}), (*AT_PART, "custom_id"), NEEDED),
    "the same custom id twice": (
        rows(BUTTON, BUTTON),
        ("components", 0, "components", 1, "custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "the same id twice": (
        rows(LINK | {"id": 7}, LINK | {"id": 7}),
        ("components", 0, "components", 1, "id"),
        "COMPONENT_ID_DUPLICATED",
    ),
    "a long label": (rows(BUTTON | {"label": "x" * 81}), (*AT_PART, "label"), LONG),
    "no label": (rows(BUTTON | {"label": None}), AT_PART, "BUTTON_COMPONENT_LABEL_REQUIRED"),
    "a word as emoji": (
        rows(BUTTON | {"emoji": {"name": "cat"}}),
        (*AT_PART, "emoji", "name"),
        "BUTTON_COMPONENT_INVALID_EMOJI",
    ),
    "an unknown style": (rows(BUTTON | {"style": 7}), (*AT_PART, "style"), "BASE_TYPE_CHOICES"),
    "a link with a custom id": (
        rows(LINK | {"custom_id": "x"}),
        (*AT_PART, "custom_id"),
        EXCLUSIVE,
    ),
    "a button with an address": (
        rows(BUTTON | {"url": "https://example.org"}),
        (*AT_PART, "url"),
        EXCLUSIVE,
    ),
    "a link without an address": (rows(LINK | {"url": None}), (*AT_PART, "url"), NEEDED),
    "a long link": (
        rows(LINK | {"url": "https://example.org/" + "x" * 493}),
        (*AT_PART, "url"),
        BAD,
    ),
    "a link into the computer": (
        rows(LINK | {"url": "file:///etc/passwd"}),
        (*AT_PART, "url"),
        "URL_TYPE_INVALID_URL",
    ),
    # menus
    "26 options": (rows(options(26)), (*AT_PART, "options"), BAD),
    "no options": (rows(options(0)), (*AT_PART, "options"), BAD),
    "a long option": (
        rows(MENU | {"options": [{"label": "x" * 101, "value": "x"}]}),
        (*AT_PART, "options", 0, "label"),
        BAD,
    ),
    "a long value": (
        rows(MENU | {"options": [{"label": "x", "value": "x" * 101}]}),
        (*AT_PART, "options", 0, "value"),
        BAD,
    ),
    "a long description of an option": (
        rows(MENU | {"options": [{"label": "x", "value": "x", "description": "x" * 101}]}),
        (*AT_PART, "options", 0, "description"),
        LONG,
    ),
    "the same value twice": (
        rows(MENU | {"options": MENU["options"] * 2}),
        (*AT_PART, "options", 1, "value"),
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    "more values than options": (
        rows(options(2, max_values=3)),
        (*AT_PART, "max_values"),
        "NUMBER_TYPE_MAX",
    ),
    "less at most than at least": (
        rows(options(3, min_values=3, max_values=2)),
        (*AT_PART, "min_values"),
        "NUMBER_TYPE_MAX",
    ),
    "two defaults of one": (
        rows(
            MENU | {"options": [{"label": x, "value": x, "default": True} for x in ("one", "two")]}
        ),
        (*AT_PART, "options"),
        "SELECT_COMPONENT_TOO_MANY_DEFAULTS",
    ),
    "a long placeholder": (
        rows(MENU | {"placeholder": "x" * 151}),
        (*AT_PART, "placeholder"),
        LONG,
    ),
    # layouts
    "content beside a layout": (layout(TEXT) | {"content": "hi"}, ("content",), LEGACY),
    "embeds beside a layout": (layout(TEXT) | {"embeds": [EMBED]}, ("embeds",), LEGACY),
    "an empty layout": (layout(), ("components",), BAD),
    "41 components": (
        layout(*[{"type": 17, "components": [TEXT] * 9}] * 4, TEXT),
        ("components",),
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "4001 characters": (
        layout(TEXT | {"content": "x" * 4000}, TEXT),
        ("components",),
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    "a container in a container": (
        layout({"type": 17, "components": [{"type": 17, "components": [TEXT]}]}),
        (*AT_PART, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "an empty gallery": (layout({"type": 12, "items": []}), (*AT_LAYOUT, "items"), BAD),
    "11 pictures": (layout({"type": 12, "items": [MEDIA] * 11}), (*AT_LAYOUT, "items"), BAD),
    "a long alternative text": (
        layout({"type": 12, "items": [MEDIA | {"description": "x" * 1025}]}),
        (*AT_LAYOUT, "items", 0, "description"),
        LONG,
    ),
    "a file that was not sent": (
        layout({"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}),
        (*AT_LAYOUT, "items", 0, "media", "url"),
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    "a file from elsewhere": (
        layout({"type": 13, "file": {"url": "https://example.org/a.txt"}}),
        (*AT_LAYOUT, "file", "url"),
        "URL_TYPE_INVALID_SCHEME",
    ),
    "a section without its picture": (
        layout({"type": 9, "components": [TEXT]}),
        (*AT_LAYOUT, "accessory"),
        NEEDED,
    ),
    "a section of four texts": (
        layout(SECTION | {"components": [TEXT] * 4}),
        (*AT_LAYOUT, "components"),
        BAD,
    ),
    "a section of buttons": (
        layout(SECTION | {"components": [BUTTON]}),
        (*AT_PART, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "a thumbnail alone": (layout(THUMBNAIL), (*AT_LAYOUT, "type"), "BASE_TYPE_CHOICES"),
    "a colour of a container that is none": (
        layout({"type": 17, "accent_color": -1, "components": [TEXT]}),
        (*AT_LAYOUT, "accent_color"),
        "NUMBER_TYPE_MIN",
    ),
    # attachments
    "an attachment that was not sent": (
        {"content": "hi", "attachments": [{"id": 0}]},
        ("attachments", 0, "id"),
        "ATTACHMENT_NOT_FOUND",
    ),
    "a long text of an attachment": (
        {"content": "hi", "attachments": [{"id": 0, "description": "x" * 1025}]},
        ("attachments", 0, "description"),
        LONG,
    ),
}
GOOD = {
    "a text": {"content": "x" * 2000},
    "an embed": {"embeds": [EMBED | {"description": "x" * 4096}, {"title": "second"}]},
    "rows": {
        "content": "hi",
        "components": [row(*[LINK] * 4, BUTTON), row(options(25, max_values=25))],
    },
    "a layout": layout(
        SECTION,
        {"type": 14, "spacing": 2},
        {"type": 17, "accent_color": 0, "components": [{"type": 12, "items": [MEDIA] * 10}]},
        row(BUTTON),
    ),
    "mentions": {
        "content": "hi",
        "allowed_mentions": {"parse": ["everyone"], "users": ["1"], "replied_user": False},
    },
}


@pytest.fixture
def channel(platform):
    return f"/channels/{platform.guild().channel.id}/messages"


@pytest.mark.parametrize("name", GOOD)
async def test_good_messages_are_taken(platform, listening, channel, name):
    status, body = await listening.call("POST", channel, GOOD[name])
    assert status == 200
    assert await listening.call("GET", f"{channel}/{body['id']}") == (200, body)
    begun = await listening.begin(platform.user("ada"))
    assert (await listening.respond(begun, 4, GOOD[name]))[0] == 204


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_messages_are_refused(platform, listening, channel, name):
    message, path, code = BROKEN[name]
    begun = await listening.begin(platform.user("ada"))
    tries = [
        await listening.call("POST", channel, message),
        await listening.respond(begun, 4, message),
    ]
    await listening.respond(begun, 5)
    tries.append(await listening.hook("PATCH", begun, "/messages/@original", message))
    tries.append(await listening.hook("POST", begun, "", message))
    for status, body in tries:
        assert (status, body["code"]) == (400, 50035)
        assert code in codes(body["errors"], *path), body["errors"]
    assert [one.errors for one in platform.forgive()] == [body["errors"] for _, body in tries]
    assert begun.original.loading, "nothing of it was shown"


async def test_an_empty_message_is_refused(platform, listening, channel):
    for nothing in ({}, {"content": ""}, {"components": [row(BUTTON)]}, {"embeds": []}):
        status, body = await listening.call("POST", channel, nothing)
        assert (status, body["code"]) == (400, 50006)
    _, made = await listening.call("POST", channel, {"content": "hi"})
    status, body = await listening.call("PATCH", f"{channel}/{made['id']}", {"content": ""})
    assert (status, body["code"]) == (400, 50006)
    assert len(platform.forgive()) == 5


async def test_files_have_limits(platform, listening, channel):
    small, large = ("a.png", bytes(10 << 20)), ("a.png", bytes((10 << 20) + 1))
    status, made = await listening.call("POST", channel, {}, files=[small, small])
    assert (status, len(made["attachments"])) == (200, 2)
    for files in ([large], [small] * 3):
        status, body = await listening.call("POST", channel, {}, files=files)
        assert (status, body["code"]) == (413, 40005)
    status, body = await listening.call("POST", channel, {}, files=[("a.png", b"x")] * 11)
    assert codes(body["errors"], "attachments") == ["BASE_TYPE_MAX_LENGTH"]
    boosted = platform.guild(attachment_limit=50 << 20)
    status, _ = await listening.call(
        "POST", f"/channels/{boosted.channel.id}/messages", {}, files=[large]
    )
    assert status == 200
    assert len(platform.forgive()) == 3


async def test_an_edit_keeps_what_it_does_not_name(platform, listening, channel):
    told = {"content": "hi", "attachments": [{"id": 1, "description": "second"}]}
    files = [("a.png", b"one"), ("b.png", b"two")]
    _, made = await listening.call("POST", channel, told, files=files)
    assert [one.get("description") for one in made["attachments"]] == [None, "second"]
    path = f"{channel}/{made['id']}"
    _, changed = await listening.call("PATCH", path, {"embeds": [{"title": "new"}]})
    assert changed["content"] == "hi"
    assert changed["attachments"] == made["attachments"]
    kept = {"attachments": [{"id": made["attachments"][1]["id"]}, {"id": 0}]}
    _, changed = await listening.call("PATCH", path, kept, files=[("c.png", b"three")])
    assert [one["filename"] for one in changed["attachments"]] == ["b.png", "c.png"]


async def test_embeds_show_attachments_and_a_lost_one_is_noted(platform, listening, channel):
    shown = {"embeds": [{"image": {"url": "attachment://a.png"}}]}
    _, made = await listening.call("POST", channel, shown, files=[("a.png", b"x")])
    assert made["attachments"] == []
    assert made["embeds"][0]["image"]["url"].startswith(platform.url)
    _, lost = await listening.call("POST", channel, shown, files=[("b.png", b"x")])
    assert "image" not in lost["embeds"][0]
    assert ["not among the files" in one.message for one in platform.forgive()] == [True]


async def test_a_layout_shows_its_files_and_stays_a_layout(platform, listening, channel):
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
    _, made = await listening.call("POST", channel, layout(gallery), files=[("a.png", b"x")])
    (item,) = made["components"][0]["items"]
    assert item["media"]["url"] == made["attachments"][0]["url"]
    _, body = await listening.call("PATCH", f"{channel}/{made['id']}", {"content": "hi"})
    assert codes(body["errors"], "content") == [LEGACY]
    assert len(platform.forgive()) == 1


async def test_only_ones_own_messages_are_changed(platform, listening):
    guild = platform.guild(bot_permissions=1 << 10 | 1 << 11)
    said = platform.message(platform.user("ada"), guild, "hi")
    path = f"/channels/{guild.channel.id}/messages/{said.id}"
    assert (await listening.call("PATCH", path, {"content": "x"}))[1]["code"] == 50005
    assert (await listening.call("DELETE", path))[1]["code"] == 50013
    guild.bot_permissions |= 1 << 13
    assert (await listening.call("DELETE", path))[0] == 204
    assert said.deleted
    assert len(platform.forgive()) == 2


async def test_where_the_bot_may_not_write_it_is_told(platform, listening):
    ada, shy = platform.user("ada"), platform.user("shy", accepts_dms=False)
    mute = platform.guild(bot_permissions=1 << 10)
    strange = platform.guild(has_bot=False)
    found = []
    for place in (mute.channel, strange.channel, platform.group_dm(ada), shy.dm):
        answer = await listening.call("POST", f"/channels/{place.id}/messages", {"content": "x"})
        found.append(answer[1]["code"])
    assert found == [50013, 50001, 50001, 50007]
    assert [one.code for one in platform.forgive()] == [50013, 50001, 50001]
    _, dm = await listening.call("POST", "/users/@me/channels", {"recipient_id": ada.id})
    status, _ = await listening.call("POST", f"/channels/{dm['id']}/messages", {"content": "hi"})
    assert status == 200
    assert [one.content for one in ada.dm.messages.values()] == ["hi"]


async def test_a_body_that_is_no_json_is_refused(platform, listening, channel):
    url = f"{platform.api_url}{channel}"
    headers = {"Authorization": f"Bot {platform.token}"}
    for kind, code in (("application/json", 50109), ("text/plain", 50035)):
        told = headers | {"Content-Type": kind}
        async with listening.http.post(url, data=b"{", headers=told) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, code)
    assert len(platform.forgive()) == 2
