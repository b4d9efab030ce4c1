"""A clean tree to bytes: UTF-8, one default namespace, attributes in the file's own order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.imaging.svg.element import SVG, XLINK, Element

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)


def write(root: Element) -> bytes:
    """Serialise; equal trees give equal bytes."""
    namespaces = {"xmlns": SVG}
    if any(name.startswith("xlink:") for element in root.walk() for name in element.attributes):
        namespaces["xmlns:xlink"] = XLINK
    return "".join(_parts(root, namespaces)).encode()


def _parts(element: Element, namespaces: dict[str, str]) -> Iterator[str]:
    yield f"<{element.name}"
    for name, value in (namespaces | element.attributes).items():
        yield f' {name}="{value.translate(_VALUE)}"'
    if not element.content:
        yield "/>"
        return
    yield ">"
    for item in element.content:
        if isinstance(item, str):
            yield item.translate(_TEXT)
        else:
            yield from _parts(item, {})
    yield f"</{element.name}>"
