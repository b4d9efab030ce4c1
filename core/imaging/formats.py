"""The one table of picture formats: what they are called, and how their first bytes look.

Free of Pillow, so that services and faces may ask it for types and extensions. A new input
format is one row in `FORMATS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.imaging import declared

if TYPE_CHECKING:
    from collections.abc import Callable

SNIFF_BYTES = 4096
"""How many of a file's first bytes `sniff` wants; fewer are fine when the file is shorter."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        name: ours, as it stands in the catalog and in `Ingested.format`.
        extension: the canonical one, without a dot.
        mime: the media type that it is served as.
        matches: whether these first bytes (up to `SNIFF_BYTES`) begin such a file.
        aliases: other extensions that mean the same.
        pillow: Pillow's name for it; None for what Pillow never sees.
        plugin: the module that registers it with Pillow.
        bytes_per_pixel: memory that decoding takes at its peak, as measured; the estimate that
            `ImageLimits.max_decoded_bytes` is held against. A little under 9 for AVIF: at 9,
            the 89 megapixels that its own limit allows would be refused.
        stored_as: the format that links serve after ingest, itself or `webp`.
        animates: all its frames are kept; of the other formats the first picture is.
        lossless: its pixels were never approximated.
        declare: reads what the bytes declare where Pillow would do it late, dearly or not at all.

    """

    name: str
    extension: str
    mime: str
    matches: Callable[[bytes], bool]
    aliases: tuple[str, ...] = ()
    pillow: str | None = None
    plugin: str | None = None
    bytes_per_pixel: float = 4
    stored_as: str = ""
    animates: bool = False
    lossless: bool = False
    declare: Callable[[declared.Bytes], declared.Declared] | None = None

    @property
    def is_stored(self) -> bool:
        """Whether uploads of it are kept in it."""
        return self.stored_as == self.name


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefixes)


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def _brands(head: bytes) -> tuple[bytes, set[bytes]]:
    """Give the major and all brands of an ISO media file; nothing for other files."""
    if head[4:8] != b"ftyp":
        return b"", set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    return major, {major, *(head[at : at + 4] for at in range(16, end - 3, 4))}


def _is_avif(head: bytes) -> bool:
    major, brands = _brands(head)
    return major in _AVIF_BRANDS or (major in {b"mif1", b"msf1"} and bool(brands & _AVIF_BRANDS))


def _is_heic(head: bytes) -> bool:
    major, _ = _brands(head)
    return major in _HEIF_BRANDS and not _is_avif(head)


def _is_bmp(head: bytes) -> bool:
    # "BM" begins many a text: the size of the second header has few values.
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in {12, 40, 52, 56, 64} | {
        108,
        124,
    }


def _is_ico(head: bytes) -> bool:
    # The count and the first entry's reserved byte; four bytes alone match other files, too.
    return head[:4] == b"\0\0\1\0" and head[4:6] != b"\0\0" and len(head) >= 22 and head[9] == 0  # noqa: PLR2004 -- 6 bytes of header, 16 of entry


_XML_SPACE = " \t\r\n"
_SVG_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?svg[\s/>]")
_SVG_DOCTYPE = re.compile(r"<!DOCTYPE\s+(?:[A-Za-z_][\w.-]*:)?svg[\s\[>]")


def _as_text(head: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    ):
        if head.startswith(mark):
            return head.decode(encoding, "replace")
    return head.decode("latin-1")


def _is_svg(head: bytes) -> bool:
    """Skip what may stand before the root element: space, declarations, comments, a doctype."""
    text = _as_text(head).lstrip(_XML_SPACE)
    is_xml = text.startswith("<?xml")
    while True:
        if text.startswith("<?"):
            _, end, text = text.partition("?>")
        elif text.startswith("<!--"):
            _, end, text = text.partition("-->")
        elif text.startswith("<!DOCTYPE"):
            return _SVG_DOCTYPE.match(text) is not None
        else:
            return _SVG_TAG.match(text) is not None
        if not end:  # a comment longer than what we were shown: the sanitiser will know
            return is_xml
        text = text.lstrip(_XML_SPACE)


FORMATS: tuple[Format, ...] = (
    Format(
        name="jpeg",
        extension="jpeg",
        aliases=("jpg",),
        mime="image/jpeg",
        matches=_starts(b"\xff\xd8\xff"),
        pillow="JPEG",
        plugin="PIL.JpegImagePlugin",
        stored_as="jpeg",
        declare=declared.jpeg,
    ),
    Format(
        name="png",
        extension="png",
        mime="image/png",
        matches=_starts(b"\x89PNG\r\n\x1a\n"),
        pillow="PNG",
        plugin="PIL.PngImagePlugin",
        stored_as="png",
        animates=True,
        lossless=True,
        declare=declared.png,
    ),
    Format(
        name="gif",
        extension="gif",
        mime="image/gif",
        matches=_starts(b"GIF87a", b"GIF89a"),
        pillow="GIF",
        plugin="PIL.GifImagePlugin",
        stored_as="gif",
        animates=True,
        lossless=True,
        declare=declared.gif,
    ),
    Format(
        name="webp",
        extension="webp",
        mime="image/webp",
        matches=_is_webp,
        pillow="WEBP",
        plugin="PIL.WebPImagePlugin",
        bytes_per_pixel=16,
        stored_as="webp",
        animates=True,
        declare=declared.webp,
    ),
    Format(
        name="avif",
        extension="avif",
        mime="image/avif",
        matches=_is_avif,
        pillow="AVIF",
        plugin="PIL.AvifImagePlugin",
        bytes_per_pixel=8.98,
        stored_as="webp",
        animates=True,
    ),
    Format(
        name="heic",
        extension="heic",
        aliases=("heif", "hif"),
        mime="image/heic",
        matches=_is_heic,
        pillow="HEIF",
        plugin="pillow_heif.HeifImagePlugin",
        bytes_per_pixel=7,
        stored_as="webp",
    ),
    Format(
        name="svg",
        extension="svg",
        mime="image/svg+xml",
        matches=_is_svg,
        stored_as="svg",
        lossless=True,
    ),
    Format(
        name="bmp",
        extension="bmp",
        aliases=("dib",),
        mime="image/bmp",
        matches=_is_bmp,
        pillow="BMP",
        plugin="PIL.BmpImagePlugin",
        stored_as="webp",
        lossless=True,
    ),
    Format(
        name="ico",
        extension="ico",
        mime="image/x-icon",
        matches=_is_ico,
        pillow="ICO",
        plugin="PIL.IcoImagePlugin",
        bytes_per_pixel=8,
        stored_as="ico",
        lossless=True,
        declare=declared.ico,
    ),
    Format(
        name="tiff",
        extension="tiff",
        aliases=("tif",),
        mime="image/tiff",
        matches=_starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
        pillow="TIFF",
        plugin="PIL.TiffImagePlugin",
        bytes_per_pixel=8,  # libtiff may hold one strip as large as the picture beside it
        stored_as="webp",
        lossless=True,
    ),
)

BY_NAME = {row.name: row for row in FORMATS}
_BY_EXTENSION = {ending: row for row in FORMATS for ending in (row.extension, *row.aliases)}


def sniff(head: bytes) -> Format | None:
    """Tell the format by a file's first `SNIFF_BYTES`, or None if it is not one of ours.

    >>> sniff(b"GIF89a...").mime
    'image/gif'
    """
    return next((row for row in FORMATS if row.matches(head)), None)


def by_extension(extension: str) -> Format | None:
    """Find a format by an extension in any case, with or without its dot.

    >>> by_extension(".JPG").name
    'jpeg'
    """
    return _BY_EXTENSION.get(extension.removeprefix(".").lower())
