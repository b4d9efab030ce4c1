"""Text to a tree, by one pass of expat that stops at the first sign of a bomb."""

from __future__ import annotations

from xml.parsers import expat

from core.imaging.declared import refusal
from core.imaging.svg.element import SVG, XLINK, XML, Element

MAX_DEPTH = 256
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 256
"""Of one element; editors write some 40."""
MAX_ATTRIBUTE = 4 << 20
"""Characters of one attribute, embedded pictures aside."""
MAX_NAME = 256
_SEPARATOR = " "
_EMBEDDED = ("href", "xlink:href")


def read(text: str) -> Element:
    """Parse a whole document; elements of other namespaces than SVG's are in the tree, too.

    Raises:
        UnsupportedImage: not well-formed, not an SVG, entities, or over one of the limits.

    """
    # The encoding given here beats the one declared: `decode` has judged that already.
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=_SEPARATOR)
    reading = _Reading()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.EntityDeclHandler = reading.entity
    parser.SkippedEntityHandler = reading.entity
    parser.ExternalEntityRefHandler = reading.entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise refusal("The SVG is not well-formed XML.") from error
    assert reading.root is not None
    return reading.root


class _Reading:
    """expat's handlers, and what they have built so far."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._elements = 0

    def start(self, name: str, pairs: list[str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise refusal(f"The SVG has more than {MAX_ELEMENTS:,} elements.")
        if len(self._open) >= MAX_DEPTH:
            raise refusal(f"The SVG is nested deeper than {MAX_DEPTH} elements.")
        if len(pairs) > 2 * MAX_ATTRIBUTES or len(name) > MAX_NAME:
            raise refusal("The SVG has an element with too many attributes or too long a name.")
        attributes: dict[str, str] = {}
        for full, value in zip(pairs[::2], pairs[1::2], strict=True):
            attribute = _attribute_name(full)
            if len(full) > MAX_NAME:
                raise refusal("The SVG has an attribute with too long a name.")
            if len(value) > MAX_ATTRIBUTE and attribute not in _EMBEDDED:
                raise refusal("The SVG has too long an attribute.")
            attributes[attribute] = value
        element = Element(_element_name(name), attributes)
        if self._open:
            self._open[-1].content.append(element)
        elif element.name == "svg":
            self.root = element
        else:
            raise refusal("The file is not an SVG: its root is no svg of the SVG namespace.")
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1].content.append(data)

    def doctype(
        self, _name: str, _system: str | None, _public: str | None, has_internal: int
    ) -> None:
        # A subset of its own can hold entities, and defaults that multiply attributes.
        if has_internal:
            raise refusal("The SVG's document type has declarations of its own; remove them.")

    def entity(self, *_declaration: object) -> int:
        raise refusal("The SVG uses entities; write them out.")


def _element_name(full: str) -> str:
    namespace, _, local = full.rpartition(_SEPARATOR)
    return local if namespace == SVG else f"{{{namespace}}}{local}"


def _attribute_name(full: str) -> str:
    namespace, _, local = full.rpartition(_SEPARATOR)
    if not namespace:
        return local
    prefix = {XLINK: "xlink:", XML: "xml:"}.get(namespace)
    return prefix + local if prefix else f"{{{namespace}}}{local}"
