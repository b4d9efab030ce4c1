"""Bytes to text: one reading only, whoever reads.

What a filter reads as UTF-8 and a viewer as UTF-7 or UTF-16 passes the filter. So a file is
UTF-8, or UTF-16 that says so by its first bytes, and a declaration may not say otherwise.
"""

from __future__ import annotations

import codecs
import re

from core.imaging.declared import refusal

_DECLARATION = re.compile(r"<\?xml\s[^>]*?\bencoding\s*+=\s*+[\"']([^\s\"'>]*+)[\"']")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_NAMES = {
    "utf-8": {"utf-8", "utf8", "us-ascii", "ascii"},
    "utf-16-le": {"utf-16", "utf-16le"},
    "utf-16-be": {"utf-16", "utf-16be"},
}
_GZIP = b"\x1f\x8b"
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def decode(data: bytes) -> str:
    """Give the text, without a byte order mark.

    Raises:
        UnsupportedImage: compressed, in another encoding, or not in the one it declares.

    """
    if data.startswith(_GZIP):
        raise refusal("The SVG is compressed (svgz); send it uncompressed.")
    if data.startswith(_UTF32):
        raise refusal("The SVG is neither UTF-8 nor UTF-16.")
    encoding, declared_only = "utf-8", False
    for mark, name in _MARKS:
        if data.startswith(mark):
            encoding, data = name, data[len(mark) :]
            break
    else:
        for start, name in _UNMARKED:
            if data.startswith(start):
                encoding, declared_only = name, True
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise refusal("The SVG is neither UTF-8 nor UTF-16.") from error
    declaration = _DECLARATION.match(text)
    if declaration is None and declared_only:
        raise refusal("The SVG is UTF-16 without saying so.")
    if declaration is not None and declaration[1].lower() not in _NAMES[encoding]:
        raise refusal("The SVG declares an encoding other than its own UTF-8 or UTF-16.")
    return text
