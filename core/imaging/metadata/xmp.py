"""The one XMP property that stays, `dc:rights`, read from a packet and written as a minimal one.

Source: XMP specification part 1 (ISO 16684-1) section 7, part 3 for the markers in files.
"""

from __future__ import annotations

import html
import re
from typing import TypeAlias
from xml.parsers import expat

Rights: TypeAlias = tuple[tuple[str, str], ...]
"""(language, text) pairs in the packet's order; `x-default` is the language of none."""

MAX_PACKET = 4 << 20
"""Bytes; a larger packet is not looked at. Photoshop's histories do reach megabytes."""

MAX_TEXT = 4_096
"""Characters of all texts together; the rest is cut, so a packet fits a JPEG segment."""

_MAX_LANGUAGES = 16
_MAX_ELEMENTS = 50_000
_MAX_DEPTH = 100
_DEFAULT = "x-default"
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RIGHTS = "http://purl.org/dc/elements/1.1/ rights"
_LANG = "http://www.w3.org/XML/1998/namespace lang"


class _Finished(Exception):
    """All was read, or what is read is not worth going on with."""


class _Reader:
    """Expat's handlers. Forbids a document type, and so every entity but XML's own five."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self._path: list[str] = []
        self._rights_depth = 0
        self._language = _DEFAULT
        self._text: list[str] = []
        self._elements = 0

    def parse(self, packet: bytes) -> None:
        # The encoding is given, so that a declared one can't bring any codec into play.
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(packet, True)

    def _doctype(self, *_: object) -> None:
        self.found.clear()
        raise _Finished

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._path.append(name)
        if self._elements > _MAX_ELEMENTS or len(self._path) > _MAX_DEPTH:
            raise _Finished
        if self._rights_depth:
            self._text.clear()
            self._language = attributes.get(_LANG, _DEFAULT)
        elif name == _RIGHTS:
            self._rights_depth = len(self._path)
            self._language = attributes.get(_LANG, _DEFAULT)
        elif name == f"{_RDF} Description" and _RIGHTS in attributes:
            # The short form of a simple value.
            self._add(_DEFAULT, attributes[_RIGHTS])
            raise _Finished

    def _end(self, name: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if not self._rights_depth:
            return
        if name in (_RIGHTS, f"{_RDF} li"):
            self._add(self._language, "".join(self._text))
        self._text.clear()
        if depth == self._rights_depth:
            raise _Finished

    def _characters(self, data: str) -> None:
        if self._rights_depth:
            self._text.append(data)

    def _add(self, language: str, text: str) -> None:
        room = MAX_TEXT - sum(len(text) for _, text in self.found)
        text = text.strip()[:room]
        if text and len(self.found) < _MAX_LANGUAGES:
            self.found.append((language if _LANGUAGE.fullmatch(language) else _DEFAULT, text))


def read(packet: bytes) -> Rights:
    """The packet's `dc:rights`, empty when it has none or can't be read. Never raises."""
    if len(packet) > MAX_PACKET:
        return ()
    reader = _Reader()
    try:
        reader.parse(packet.strip(b"\0 \t\r\n"))
    except _Finished:
        return tuple(reader.found)
    except expat.ExpatError:
        return ()
    return tuple(reader.found)


def _escaped(text: str) -> str:
    # A bare carriage return would be read back as a line feed.
    return html.escape(text, quote=False).replace("\r", "&#13;")


def build(rights: Rights) -> bytes:
    """A packet with just these rights, in UTF-8; `b""` when there are none."""
    if not rights:
        return b""
    items = "".join(
        f'<rdf:li xml:lang="{language}">{_escaped(text)}</rdf:li>' for language, text in rights
    )
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{_RDF}">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:rights><rdf:Alt>{items}</rdf:Alt></dc:rights>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="r"?>'
    )
    return packet.encode()
