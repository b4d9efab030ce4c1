"""How many elements a picture comes to once every reference is followed.

Ten `<use>` of ten `<use>` of ten ... is a short file and an endless picture. The same is done
with patterns, masks, markers and filters, whose content is drawn anew for each element that
names them. So each element's cost is counted: itself, its children, and what it refers to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.imaging.declared import refusal
from core.imaging.svg.allowed import REFERENCES
from core.imaging.svg.effects import numbers

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from core.imaging.svg.element import Element

MAX_EXPANDED = 100_000
MAX_EXPANDED_DEPTH = 256
"""Renderers recurse; this is the reader's own limit of depth, references followed."""
_URL = re.compile(r"url\(\"?#([^\")]*)\"?\)")
_SELECTOR = re.compile(r"[.#]?-?[^\W\d][\w-]*|\*|\[")
_COPYING = frozenset({"use", "feImage", "pattern", "filter", "linearGradient", "radialGradient"})
"""Their href brings the target's content along; `a`, `textPath`, `mpath` and animations don't."""
_MARKERS = ("marker", "marker-start", "marker-mid", "marker-end")


def refuse_bombs(root: Element, sheets: Iterable[str]) -> None:
    """Follow every reference of a clean tree.

    Raises:
        UnsupportedImage: references run in a loop, too deep, or multiply beyond the limit.

    """
    _Expansion(root, sheets).cost(root, 1)


class _Expansion:
    """The cost and height of each element, worked out once."""

    def __init__(self, root: Element, sheets: Iterable[str]) -> None:
        self._targets: dict[str, Element] = {}
        for element in root.walk():
            # Of elements that share an id the first is meant.
            self._targets.setdefault(element.attributes.get("id", ""), element)
        self._rules = _rules(sheets, self._targets)
        self._known: dict[Element, tuple[int, int]] = {}
        self._open: set[Element] = set()

    def cost(self, element: Element, depth: int) -> tuple[int, int]:
        """Elements that this one comes to, and how deep; `depth` is where it stands."""
        if element in self._known:
            count, height = self._known[element]
            _limit(count, depth + height)
            return count, height
        _limit(0, depth)
        self._open.add(element)
        count, height = 1, 0
        for part, times in self._parts(element):
            more, high = self.cost(part, depth + 1)
            count, height = count + more * times, max(height, high + 1)
            _limit(count, depth + height)
        self._open.discard(element)
        self._known[element] = count, height
        return count, height

    def _parts(self, element: Element) -> list[tuple[Element, int]]:
        """Children and targets, each with how many times it is drawn."""
        parts = [(child, 1) for child in element.children]
        for name, times in self._references(element):
            target = self._targets.get(name)
            if target is None:
                continue
            if target in self._open:
                raise refusal("The SVG refers to itself in a loop.")
            parts.append((target, times))
        for name, times in self._sheet_references(element):
            target = self._targets.get(name)
            # A sheet's rule may reach more here than in truth: its loops are left out.
            if target is not None and target not in self._open:
                parts.append((target, times))
        return parts

    def _references(self, element: Element) -> list[tuple[str, int]]:
        found = []
        if element.name in _COPYING:
            # Of both spellings readers take one; the targets of both are counted, if they differ.
            addresses = {element.attributes.get(name, "") for name in REFERENCES}
            found = [(address[1:], 1) for address in sorted(addresses) if address[:1] == "#"]
        for name, value in element.attributes.items():
            if name not in REFERENCES and "url(" in value:
                marks = name in _MARKERS or (name == "style" and "marker" in value)
                times = _vertices(element) if marks else 1
                found += [(target, times) for target in _URL.findall(value)]
        return found

    def _sheet_references(self, element: Element) -> list[tuple[str, int]]:
        if not self._rules:
            return []
        names = {element.name, "*", "["}
        names |= {f".{name}" for name in element.attributes.get("class", "").split()}
        names.add("#" + element.attributes.get("id", ""))
        found: dict[str, int] = {}
        for name in sorted(names & self._rules.keys()):
            for target, marks in self._rules[name].items():
                times = _vertices(element) if marks else 1
                found[target] = max(times, found.get(target, 0))
        return list(found.items())


def _rules(sheets: Iterable[str], targets: Container[str]) -> dict[str, dict[str, bool]]:
    """What rules refer to, by the tag, `.class`, `#id`, `*` or `[` of their selectors.

    With each target, of those that exist, whether it may be a marker.
    """
    found: dict[str, dict[str, bool]] = {}
    for block in (block for sheet in sheets for block in sheet.split("}")):
        # What follows a rule inside a rule belongs to one that began earlier: to any.
        selectors, _, _ = block.rpartition("{")
        names = _SELECTOR.findall(selectors) or ["*"]
        for target in _URL.findall(block):
            if target in targets:
                for name in names:
                    named = found.setdefault(name, {})
                    named[target] = named.get(target, False) or "marker" in block
    return found


def _vertices(element: Element) -> int:
    """About how many markers a line gets: one for each pair of coordinates, and the end."""
    coordinates = element.attributes.get("d", "") + element.attributes.get("points", "")
    return 1 + len(numbers(coordinates)) // 2


def _limit(count: int, depth: int) -> None:
    if count > MAX_EXPANDED:
        raise refusal(f"The SVG's references come to more than {MAX_EXPANDED:,} elements.")
    if depth > MAX_EXPANDED_DEPTH:
        raise refusal(f"The SVG's references are nested deeper than {MAX_EXPANDED_DEPTH} elements.")
