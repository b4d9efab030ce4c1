"""Making an uploaded SVG safe: what is stored and served is written by us, element by element.

An SVG is a program that draws: it may run scripts, fetch addresses, read files and repeat
itself without end. So it is not cleaned in place. It is read by an XML parser that knows no
entities, what is on our lists of drawing elements and attributes is kept, every reference is
judged, and a new file is written of that. The steps, a module each:

    encoding    UTF-8 or UTF-16, said honestly; never compressed
    reader      one pass of expat with limits of depth, elements and attributes
    cleaner     the lists of `allowed`; `css` for sheets and values, `references` for addresses
    expansion   what `<use>` and its like multiply to
    size        the picture's size in pixels

Why not a ready sanitiser: py_svg_hush was tried on pictures as Inkscape, Illustrator, Figma and
matplotlib write them (those in this module's tests), rendered before and after. It loses the
target of `textPath`, so the text vanishes, and `paint-order` and `xml:space`, which changes
strokes and spaces; a file with a namespace prefix (Inkscape's
`<svg:svg>`) comes out without a namespace, which browsers don't show at all; and it rewrites
`http://host/tmp/x.png` to the local path `/tmp/x.png`. The lists here keep all of these
pictures as they were, to the pixel.

What a picture loses, always: scripts, events, links to elsewhere, foreign content (HTML,
editors' own data, RDF), web fonts, comments, processing instructions, the document type.
Animation (SMIL and CSS) stays, but for animated references. Embedded pictures must be base64
data URLs of PNG, JPEG, GIF or WebP.

The same bytes in give the same bytes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.imaging.svg import cleaner, encoding, expansion, reader, size, writer
from core.model import ImageLimits

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SafeSvg", "sanitise"]


@dataclass(frozen=True, slots=True)
class SafeSvg:
    """What is stored and served: UTF-8 bytes; width and height in pixels at 96 dpi."""

    data: bytes
    width: int
    height: int


def sanitise(source: Path, limits: ImageLimits | None = None) -> SafeSvg:
    """Read an uploaded SVG and write a safe one.

    A picture larger than `limits` stores is given the largest size that fits, in the answer
    and in the file alike. `source` is read whole: the plan's limit of an SVG bounds it.

    Raises:
        UnsupportedImage: not an SVG, broken, or hostile; the sentence says which.

    """
    root = reader.read(encoding.decode(source.read_bytes()))
    sheets = cleaner.clean(root)
    expansion.refuse_bombs(root, sheets)
    width, height = size.settle(root, limits or ImageLimits())
    return SafeSvg(writer.write(root), width, height)
