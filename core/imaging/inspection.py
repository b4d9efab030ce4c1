"""The gate before any decoding: what a file declares is held against every limit."""

from __future__ import annotations

import importlib
import math
import mmap
import warnings
from typing import TYPE_CHECKING

from PIL import Image, PngImagePlugin

from core.imaging.declared import Declared, refusal
from core.imaging.formats import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from core.imaging.formats import Format
    from core.model import ImageLimits

MAX_TEXT_BYTES = 16 << 20
"""Of one compressed PNG text or colour profile. Pillow's own 1 MB refuses real XMP."""

_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_ZIP_COMMENT_BYTES = 65_535


def prepare_pillow(limits: ImageLimits) -> None:
    """Give Pillow our formats and our limits; once a process.

    Above its limit of pixels Pillow only warns until twice as many: here that is an error.
    """
    for row in FORMATS:
        if row.plugin:
            importlib.import_module(row.plugin)
    Image.MAX_IMAGE_PIXELS = limits.max_pixels
    PngImagePlugin.MAX_TEXT_CHUNK = MAX_TEXT_BYTES
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def open_picture(source: Path, row: Format) -> Image.Image:
    """Open as this one format and no other; nothing is decoded yet (but of an icon).

    Raises:
        Exception: a dozen kinds, whatever the decoder makes of a broken file.

    """
    assert row.pillow is not None
    return Image.open(source, formats=[row.pillow])


def inspect(source: Path, row: Format, limits: ImageLimits) -> Declared:
    """Read what the file declares, and refuse what passes a limit.

    Raises:
        UnsupportedImage: a limit is passed or the structure is broken; the sentence says which.

    """
    declared: Declared | None = None
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _refuse_archive(data)
        if row.declare:
            declared = row.declare(data)
    if declared:
        refuse_beyond(declared, row, limits)
    if row.name == "ico":  # opening one decodes it; all that matters is known already
        assert declared
        return declared
    try:
        opened = open_picture(source, row)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as err:
        raise refusal(
            "The picture is too large; "
            f"at most {limits.max_pixels / 1e6:g} megapixels are accepted."
        ) from err
    with opened as picture:
        if not declared:
            frames = getattr(picture, "n_frames", 1) if row.animates else 1
            declared = Declared.of(*picture.size, frames)
            refuse_beyond(declared, row, limits)
        else:
            # The decoder's own view must not be larger than what was let in.
            refuse_beyond(Declared.of(*picture.size, declared.frames), row, limits)
    return declared


def refuse_beyond(declared: Declared, row: Format, limits: ImageLimits) -> None:
    """Refuse what passes a limit.

    Raises:
        UnsupportedImage: the sentence says which limit.

    """
    width, height, frames = declared.width, declared.height, declared.frames
    if width < 1 or height < 1:
        raise refusal("The picture could not be decoded: it has no pixels.")
    if max(width, height) > limits.max_side:
        raise refusal(
            f"The picture is {width:,} by {height:,} pixels; "
            f"at most {limits.max_side:,} a side are accepted."
        )
    most = min(limits.max_pixels, limits.format_pixels.get(row.name, limits.max_pixels))
    if width * height > most:
        raise refusal(
            f"The picture is {width:,} by {height:,} pixels; "
            f"at most {most / 1e6:g} megapixels are accepted."
        )
    if width * height * row.bytes_per_pixel > limits.max_decoded_bytes:
        raise refusal(
            f"The picture is {width:,} by {height:,} pixels, which takes more than "
            f"{limits.max_decoded_bytes / 1e6:g} MB of memory to decode."
        )
    if frames > limits.max_frames:
        raise refusal(
            f"The picture has {frames:,} frames; at most {limits.max_frames:,} are accepted."
        )
    if declared.total > limits.max_total_pixels:
        raise refusal(
            f"The picture has {math.ceil(declared.total / 1e6):,} megapixels over all its "
            f"{frames:,} frames; at most {limits.max_total_pixels / 1e6:g} are accepted."
        )
    if declared.scans > limits.max_scans:
        raise refusal(
            f"The JPEG has {declared.scans:,} scans; at most {limits.max_scans:,} are accepted."
        )


def _refuse_archive(data: mmap.mmap) -> None:
    """Refuse a picture that opens as a ZIP archive as well (GIF and JAR in one file, say).

    A ZIP is read from its end: a record whose comment reaches the file's end exactly (APPNOTE
    4.3.16), and before it a directory. Both are asked for, lest chance refuse a good picture.
    """
    at = data.rfind(_ZIP_END, max(0, len(data) - _ZIP_END_BYTES - _ZIP_COMMENT_BYTES))
    if at < 0 or at + _ZIP_END_BYTES > len(data):
        return
    comment = int.from_bytes(data[at + 20 : at + 22], "little")
    directory = int.from_bytes(data[at + 12 : at + 16], "little")
    starts_directory = data[max(0, at - directory) : at][:4] in {b"PK\x01\x02", b""}
    if at + _ZIP_END_BYTES + comment == len(data) and starts_directory:
        raise refusal("The file is a picture and an archive in one; send the picture alone.")
