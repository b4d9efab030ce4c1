"""Keeps of a tree what is on the lists, in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.imaging.declared import refusal
from core.imaging.svg import css, effects
from core.imaging.svg.allowed import (
    ANIMATED,
    ANIMATIONS,
    ELEMENTS,
    GEOMETRY,
    PLAIN,
    PLAIN_PREFIXES,
    PRESENTATION,
    REFERENCES,
    STYLE,
    TEXT_ELEMENTS,
    TIMING,
    TOLD_ELEMENTS,
)
from core.imaging.svg.references import Embedded, fragment

if TYPE_CHECKING:
    from core.imaging.svg.element import Element

MAX_TEXT = 200_000
"""Characters drawn or told, in all; each drawn one is laid out."""
MAX_SHEETS = 256 << 10
"""Characters of all style sheets once cleaned; every rule is tried on every element."""
_STYLED = PRESENTATION | GEOMETRY | TIMING | {STYLE}
_EMBEDDING = frozenset({"image", "feImage"})
_POINTING = ELEMENTS - {"image", "a"}
"""May point to an element by href. Not `image`: renderers open its fragment as a file. Not `a`."""


def clean(root: Element) -> list[str]:
    """Drop what is not allowed; give the style sheets that remain.

    Raises:
        UnsupportedImage: what is left is too much to draw.

    """
    cleaning = _Cleaning({element.attributes.get("id", "") for element in root.walk()})
    cleaning.element(root, in_text=False)
    if cleaning.text > MAX_TEXT:
        raise refusal(f"The SVG has more than {MAX_TEXT:,} characters of text.")
    if sum(map(len, cleaning.sheets)) > MAX_SHEETS:
        raise refusal("The SVG's style sheets are too long.")
    effects.bound(root)
    return cleaning.sheets


class _Cleaning:
    """One file's pictures, sheets and text, counted while its elements are judged."""

    def __init__(self, ids: set[str]) -> None:
        self.sheets: list[str] = []
        self.text = 0
        self._embedded = Embedded()
        self._ids = ids

    def element(self, element: Element, *, in_text: bool) -> None:
        """Clean an allowed element and all below. As deep as the reader's limit of depth."""
        element.attributes = self._attributes(element)
        if element.name == "style":
            element.content = self._sheet(element)
            return
        in_text = in_text or element.name in TEXT_ELEMENTS
        told = element.name in TOLD_ELEMENTS
        content: list[Element | str] = []
        for item in element.content:
            if isinstance(item, str):
                # Elsewhere character data is not drawn: indentation, or something hidden.
                if in_text or told:
                    self.text += len(item)
                    content.append(item)
            elif not told and _kept(item):
                self.element(item, in_text=in_text)
                content.append(item)
        element.content = content

    def _sheet(self, element: Element) -> list[Element | str]:
        try:
            sheet = css.clean_sheet(element.text, self._embedded)
        except css.UncleanStyleError:
            return []
        self.sheets.append(sheet)
        return [sheet]

    def _attributes(self, element: Element) -> dict[str, str]:
        kept = {}
        for name, value in element.attributes.items():
            clean = self._attribute(element.name, name, value)
            if clean is not None:
                kept[name] = clean
        return kept

    def _attribute(self, element: str, name: str, value: str) -> str | None:
        if name in PLAIN or name.startswith(PLAIN_PREFIXES):
            return value
        if name in REFERENCES:
            return self._reference(element, value)
        if name in _STYLED:
            try:
                return css.clean_value(value, self._embedded)
            except css.UncleanStyleError:
                return None
        return None

    def _reference(self, element: str, address: str) -> str | None:
        if element in _EMBEDDING:
            picture = self._embedded.data_url(address)
            if picture:
                return picture
        inside = fragment(address) if element in _POINTING else None
        if inside and element == "feImage" and inside[1:] not in self._ids:
            return None
        return inside


def _kept(element: Element) -> bool:
    if element.name not in ELEMENTS:
        return False
    if element.name == "style":
        return element.attributes.get("type", "").strip().lower() in {"", "text/css"}
    if element.name in ANIMATIONS:
        # animateMotion names no attribute: it moves the element itself.
        changed = element.attributes.get("attributeName")
        return element.name == "animateMotion" if changed is None else changed in ANIMATED
    return True
