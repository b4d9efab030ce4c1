"""Messages that break one rule each: what, where in it the error stands, and its code."""

from __future__ import annotations

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
    "a long text of astral letters": ({"content": "🐈" * 2001}, ("content",), LONG),
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
    "an author at a host without a dot": (
        {"embeds": [{"author": {"name": "Ada", "url": "http://intranet/ada"}}]},
        ("embeds", "0", "author", "url"),
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
    "a premium button with a label": (
        rows({"type": 2, "style": 6, "sku_id": "1", "label": "Buy"}),
        (*AT_PART, "label"),
        "BASE_TYPE_FORBIDDEN",
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
    "options that are no list": (
        rows(MENU | {"options": "many"}),
        (*AT_PART, "options"),
        "LIST_TYPE_CONVERT",
    ),
    "an option that is no table": (
        rows(MENU | {"options": ["one"]}),
        (*AT_PART, "options", 0),
        "DICT_TYPE_CONVERT",
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
        SECTION | {"accessory": LINK},
        {"type": 14, "spacing": 2},
        {"type": 17, "accent_color": 0, "components": [{"type": 12, "items": [MEDIA] * 10}]},
        row(BUTTON),
    ),
    "mentions": {
        "content": "hi",
        "allowed_mentions": {"parse": ["everyone"], "users": ["1"], "replied_user": False},
    },
}
