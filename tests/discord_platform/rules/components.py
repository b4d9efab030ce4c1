"""Rules for the components of messages, of both kinds: rows alone, or whole layouts (V2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform.rules.parts import (
    BUTTON,
    ROW,
    SELECTS,
    Seen,
    check_button,
    check_select,
)

if TYPE_CHECKING:
    from discord_platform.rules.form import Spot

SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
TOP = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}
ROWS_MAX, BUTTONS_MAX, COMPONENTS_MAX = 5, 5, 40
GALLERY_MAX, SECTION_TEXTS_MAX, TEXT_MAX = 10, 3, 4000
ALT_MAX, URL_MAX, COLOUR_MAX = 1024, 2048, 0xFFFFFF


def check_rows(components: Spot) -> None:
    """Components beside content and embeds: up to five rows."""
    seen = Seen()
    for row in components.items(0, ROWS_MAX):
        if row.table(required=True) and row["type"].one_of(ROW, required=True):
            _check_row(row, seen)


def check_layout(components: Spot, files: set[str]) -> None:
    """Components in place of content. `files`: names that `attachment://` may name."""
    layout = Layout(files)
    for one in components.items(1, COMPONENTS_MAX):
        layout.check(one, TOP)
    if layout.seen.count > COMPONENTS_MAX:
        message = f"The total number of components cannot exceed {COMPONENTS_MAX}"
        components.blame("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    if layout.text > TEXT_MAX:
        message = f"The total displayable text size cannot exceed {TEXT_MAX}"
        components.blame("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _check_row(row: Spot, seen: Seen) -> None:
    seen.meet(row)
    inner = row["components"].items(1, BUTTONS_MAX, required=True)
    kinds = []
    for one in inner:
        if one.table(required=True):
            kind = one["type"].one_of(BUTTON, *SELECTS, required=True)
            kinds.append(kind)
            if kind == BUTTON:
                check_button(one, seen)
            elif kind is not None:
                check_select(one, seen)
    if SELECTS & set(kinds) and len(kinds) > 1:
        message = "Component layout width exceeded: a menu stands alone in its row"
        row.blame("COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)


class Layout:
    """One message's components of the second kind."""

    def __init__(self, files: set[str]) -> None:
        self.seen, self.files, self.text = Seen(), files, 0

    def check(self, one: Spot, kinds: set[int]) -> None:
        if not one.table(required=True):
            return
        kind = one["type"].one_of(*sorted(kinds), required=True)
        if kind == ROW:
            _check_row(one, self.seen)
            return
        if kind == BUTTON:
            check_button(one, self.seen)
            return
        self.seen.meet(one)
        if kind == SECTION:
            self._check_section(one)
        elif kind == TEXT:
            self.text += len(one["content"].text(1, TEXT_MAX, required=True) or "")
        elif kind == THUMBNAIL:
            self._check_media(one, "media")
        elif kind == GALLERY:
            for item in one["items"].items(1, GALLERY_MAX, required=True):
                self._check_media(item, "media")
        elif kind == FILE:
            self._check_file(one)
        elif kind == SEPARATOR:
            one["spacing"].one_of(1, 2)
        elif kind == CONTAINER:
            one["accent_color"].number(0, COLOUR_MAX)
            for inner in one["components"].items(1, COMPONENTS_MAX, required=True):
                self.check(inner, TOP - {CONTAINER})

    def _check_section(self, section: Spot) -> None:
        for inner in section["components"].items(1, SECTION_TEXTS_MAX, required=True):
            self.check(inner, {TEXT})
        if section["accessory"].need():
            self.check(section["accessory"], {BUTTON, THUMBNAIL})

    def _check_media(self, place: Spot, name: str) -> None:
        if place.table(required=True) and place[name].table(required=True):
            url = place[name]["url"]
            text = url.url(URL_MAX, "http", "https", "attachment", required=True)
            self._check_attached(url, text)
            place["description"].text(0, ALT_MAX)
            place["spoiler"].flag()

    def _check_file(self, file: Spot) -> None:
        if file["file"].table(required=True):
            url = file["file"]["url"]
            self._check_attached(url, url.url(URL_MAX, "attachment", required=True))

    def _check_attached(self, url: Spot, text: str | None) -> None:
        scheme, _, name = (text or "").partition("://")
        if scheme == "attachment" and name not in self.files:
            message = f"Unfurled media item references attachment that does not exist: {name}"
            url.blame("UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)
