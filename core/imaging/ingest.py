"""An upload becomes what is stored: sniffed, inspected, decoded whole, converted where need be."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from core.imaging import avif_loop, colours, metadata, orientation, tiff_tags
from core.imaging.animation import encode_animation, read
from core.imaging.declared import refusal
from core.imaging.encode import Carried, encode
from core.imaging.formats import BY_NAME, SNIFF_BYTES, sniff
from core.imaging.inspection import inspect, open_picture
from core.imaging.metadata.edits import mapped
from core.imaging.staging import staged
from core.model import Ingested

if TYPE_CHECKING:
    from pathlib import Path

    from core.imaging.formats import Format
    from core.model import ImageLimits

_LOSSY_TIFF = frozenset({"jpeg", "tiff_jpeg", "webp"})
_ORIENTED = frozenset({"jpeg", "png", "webp"})
_ANIMATED_PIXELS = 16_000_000
_ANIMATED_TOTAL = 200_000_000
"""Animations that must be encoded anew are scaled to this a frame and over all of them: their
encoders take 25 bytes a pixel of a frame, and GIF's a second for 8 megapixels."""

_REDUCING_GAP = 3.0
"""Shrink by whole numbers first while three times the target remains: as good to the eye."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file in its stored format, metadata still in it; the size is that of its pixels."""

    path: Path
    format: Format
    size: tuple[int, int]
    frames: int = 1


def ingest(source: Path, workspace: Path, limits: ImageLimits) -> Ingested:
    """Make of an upload what is stored; `source` is only read, new files go into `workspace`.

    Raises:
        UnsupportedImage: not one of ours, or it passes a limit; the sentence says which.
        Exception: whatever a decoder makes of a broken file, MemoryError included; the worker
            makes refusals of them.

    """
    with source.open("rb") as file:
        row = sniff(file.read(SNIFF_BYTES))
    if row is None:
        raise refusal("The file is not an image that we can read.")
    prepared = _vector(source, workspace, limits) if row.name == "svg" else None
    prepared = prepared or _raster(source, workspace, row, limits)
    served, sidecar = workspace / "served", workspace / "sidecar"
    has_sidecar = metadata.split(prepared.path, prepared.format.name, served, sidecar)
    if prepared.path != source:
        prepared.path.unlink()
    width, height = orientation.displayed(prepared.size, _turned(served, prepared.format))
    return Ingested(
        format=prepared.format.name,
        width=width,
        height=height,
        animated=prepared.frames > 1,
        blob=staged(served),
        sidecar=staged(sidecar) if has_sidecar else None,
        frames=prepared.frames,
    )


def _turned(served: Path, row: Format) -> int:
    """Read the orientation out of what links serve, so that what is told is what is shown."""
    if row.name not in _ORIENTED:
        return orientation.UPRIGHT
    with open_picture(served, row) as picture:
        return orientation.read(picture.info.get("exif"))


def _vector(source: Path, workspace: Path, limits: ImageLimits) -> _Prepared:
    from core.imaging.svg import sanitise  # only the jobs that need its libraries load them

    safe = sanitise(source, limits)
    path = workspace / "prepared"
    path.write_bytes(safe.data)
    return _Prepared(path, BY_NAME["svg"], (safe.width, safe.height))


def _raster(source: Path, workspace: Path, row: Format, limits: ImageLimits) -> _Prepared:
    declared = inspect(source, row, limits)
    lossless = row.lossless or declared.lossless
    with open_picture(source, row) as picture:
        frames = getattr(picture, "n_frames", 1) if row.animates else 1
        size = fitted(picture.size, limits)
        if row.name == "ico":
            # Opening it decoded the largest picture; a browser may choose any other.
            icon: Any = picture
            for entry in range(len(icon.ico.entry)):
                icon.ico.frame(entry).load()
        if row.is_stored and size == picture.size:
            _decode_all(picture, row)
            return _Prepared(source, row, size, read(picture).count if frames > 1 else 1)
        if frames > 1:
            pixels = min(limits.store_pixels, _ANIMATED_PIXELS, _ANIMATED_TOTAL // frames)
            size = fitted(picture.size, replace(limits, store_pixels=pixels))
    # It is opened again there: a decoder holds on to more than the picture while it lives.
    del picture
    convert = _converted_animation if frames > 1 else _converted
    return convert(source, row, size, workspace / "prepared", lossless=lossless)


def fitted(size: tuple[int, int], limits: ImageLimits) -> tuple[int, int]:
    """Scale down, aspect kept, to what is stored; the same size when it fits.

    >>> from core.model import ImageLimits
    >>> fitted((16_384, 1_000), ImageLimits())
    (8192, 500)
    """
    width, height = size
    scale = min(
        1.0,
        limits.store_side / max(width, height),
        math.sqrt(limits.store_pixels / (width * height)),
    )
    return max(1, int(width * scale)), max(1, int(height * scale))


def _decode_all(picture: Image.Image, row: Format) -> None:
    """Decode every frame, to see that it can be done."""
    if row.name == "jpeg":
        # At an eighth of the size every coded bit is still read, a truncated file still noticed.
        picture.draft(picture.mode, (1, 1))
    if not row.animates:
        picture.load()
        return
    for _ in read(picture).frames:
        pass


def _converted(
    source: Path, row: Format, size: tuple[int, int], path: Path, *, lossless: bool
) -> _Prepared:
    """Encode what can't be stored as it is, of another format or too large; upright, always."""
    stored = BY_NAME[row.stored_as]
    still = _decoded(source, row, size)
    pixels = orientation.turn(still.pixels, still.orientation)
    encode(
        pixels,
        path,
        stored.name,
        carried=still.carried.upright(),
        lossless=lossless and not still.is_lossy,
    )
    return _Prepared(path, stored, pixels.size)


@dataclass(frozen=True, slots=True)
class _Still:
    pixels: Image.Image
    carried: Carried
    orientation: int
    is_lossy: bool


def _decoded(source: Path, row: Format, size: tuple[int, int]) -> _Still:
    """Decode and scale; the file and its decoder are gone afterwards."""
    with open_picture(source, row) as picture:
        if row.name == "jpeg":
            picture.draft(picture.mode, size)
        picture.load()
        info = picture.info
        carried, turned = _carried(picture, row), orientation.read(info.get("exif"))
        pixels = picture.copy() if picture.size == size else shrunk(picture, size, spent=True)
        return _Still(pixels, carried, turned, info.get("compression") in _LOSSY_TIFF)


def _converted_animation(
    source: Path, row: Format, size: tuple[int, int], path: Path, *, lossless: bool
) -> _Prepared:
    stored = BY_NAME[row.stored_as]
    with open_picture(source, row) as picture:
        animation = read(picture)
        if row.name == "avif":
            animation.loop = avif_loop.plays(source.read_bytes())
        carried, turned = _carried(picture, row), orientation.read(picture.info.get("exif"))
        shown = orientation.displayed(size, turned)
        animation = animation.changed(
            shown, lambda frame: orientation.turn(shrunk(frame, size), turned)
        )
        encode_animation(animation, path, stored.name, carried=carried.upright(), lossless=lossless)
    return _Prepared(path, stored, shown, _frames(path, stored))


def _frames(path: Path, row: Format) -> int:
    """Count what was written: encoders merge frames that look alike."""
    assert row.declare
    with mapped(path) as data:
        return row.declare(data).frames


def shrunk(picture: Image.Image, size: tuple[int, int], *, spent: bool = False) -> Image.Image:
    """Scale down with colours weighted by their alpha.

    Args:
        picture: of any mode; palettes become true colour, as their numbers can't be averaged.
        size: width and height in pixels.
        spent: the picture is not needed again; it is let go of as soon as there is a copy.

    """
    if picture.size == size:
        return picture
    pixels = colours.to_resampled(picture)
    weighted = {"RGBA": "RGBa", "LA": "La"}.get(pixels.mode)
    straight = pixels.mode
    if weighted:
        pixels = pixels.convert(weighted)
    if spent and pixels is not picture:
        picture.close()
    gap = None if pixels.mode[:4] == "I;16" else _REDUCING_GAP
    pixels = pixels.resize(size, Image.Resampling.LANCZOS, reducing_gap=gap)
    return pixels.convert(straight) if weighted else pixels


def _carried(picture: Image.Image, row: Format) -> Carried:
    info = picture.info
    exif = tiff_tags.as_exif(picture) if row.name == "tiff" else info.get("exif")
    return Carried(info.get("icc_profile"), exif, info.get("xmp"))
