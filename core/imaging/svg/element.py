"""The tree between reading and writing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(slots=True, eq=False)
class Element:
    """An element of the SVG namespace.

    Args:
        name: local, e.g. `linearGradient`; one of another namespace is `{namespace}local`.
        attributes: by name; those of XLink and XML begin with `xlink:` and `xml:` whatever
            prefix the file used, those of other namespaces are `{namespace}local`.
        content: elements and character data as they follow each other.

    """

    name: str
    attributes: dict[str, str]
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        """The elements of the content."""
        return [item for item in self.content if isinstance(item, Element)]

    @property
    def text(self) -> str:
        """The character data of the content, without that of children."""
        return "".join(item for item in self.content if isinstance(item, str))

    def walk(self) -> Iterator[Element]:
        """Itself and all below, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))
