"""Writing one picture to a file: the settings of each encoder, and what it carries along."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from PIL import Image, PngImagePlugin

from core.image_work import Encoding
from core.imaging import colours, orientation
from core.imaging.palette import paletted

if TYPE_CHECKING:
    from collections.abc import Callable

Target: TypeAlias = Path | BytesIO

_CHEAP_ALPHA = 50
"""Quality of transparency that takes half the memory of the lossless usual: 750 MB for 48 MP."""

_SEGMENT_BYTES = 65_500
"""Of a JPEG's marker segment there are 65,533; prefixes take some."""

_OUT_OF_MEMORY = "encoding error 1"
"""Pillow passes libwebp's number on: VP8_ENC_ERROR_OUT_OF_MEMORY."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes along with the pixels: colour profile, EXIF (raw) and XMP packets."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None

    def upright(self) -> Carried:
        """Say that the pixels stand as they are to be seen."""
        return Carried(
            self.icc,
            orientation.reset(self.exif) if self.exif else None,
            orientation.reset_xmp(self.xmp) if self.xmp else None,
        )


NOTHING = Carried()
USUAL = Encoding()


def encode(
    picture: Image.Image,
    target: Target,
    format_name: str,
    *,
    carried: Carried = NOTHING,
    lossless: bool = False,
    encoding: Encoding = USUAL,
) -> None:
    """Write one upright picture.

    Args:
        picture: of any mode; what the format can't hold is converted, 16-bit grey scaled.
        target: the file to make, or a buffer.
        format_name: jpeg, png, webp, avif, gif or ico.
        carried: written along, where the format can.
        lossless: for WebP: keep every pixel, those under full transparency included.
        encoding: the encoders' settings.

    """
    _WRITERS[format_name](picture, target, carried, lossless, encoding)


def _jpeg(
    picture: Image.Image, target: Target, carried: Carried, _lossless: bool, encoding: Encoding
) -> None:
    icc = carried.icc
    if picture.mode not in {"L", "RGB", "CMYK"}:
        picture, icc = colours.to_display(picture, icc)
        if picture.mode == "RGBA":
            flat = Image.new("RGB", picture.size, "white")
            flat.paste(picture, mask=picture)
            picture = flat
    picture.save(
        target,
        "JPEG",
        quality=encoding.jpeg_quality,
        **_present(icc_profile=icc, exif=_fitting(carried.exif), xmp=_fitting(carried.xmp)),
    )


def _fitting(packet: bytes | None) -> bytes | None:
    """Only what one segment of a JPEG can hold; other formats' may be larger."""
    return packet if packet and len(packet) <= _SEGMENT_BYTES else None


def _png(
    picture: Image.Image, target: Target, carried: Carried, _lossless: bool, encoding: Encoding
) -> None:
    icc = carried.icc
    if picture.mode not in {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}:
        picture, icc = colours.to_display(picture, icc)
    texts = PngImagePlugin.PngInfo()
    if carried.xmp:
        texts.add_itxt("XML:com.adobe.xmp", carried.xmp.decode("utf-8", "replace"))
    picture.save(
        target,
        "PNG",
        compress_level=encoding.png_level,
        pnginfo=texts,
        icc_profile=icc,  # None keeps Pillow from taking the one of `info`
        **_present(exif=_bare(carried.exif)),
    )


def webp_options(
    picture: Image.Image, carried: Carried, *, lossless: bool, encoding: Encoding
) -> dict[str, Any]:
    """Pillow's arguments for a WebP, still or animated."""
    large = picture.width * picture.height > encoding.webp_large_pixels
    # Transparency is written losslessly within lossy files, too.
    fast = large and (lossless or picture.mode == "RGBA")
    return {
        "lossless": lossless,
        # Lossless, this is an effort: at method 0 it would be lost on large pictures.
        "quality": (0 if large else 75) if lossless else encoding.webp_quality,
        "method": encoding.webp_method_large if fast else encoding.webp_method,
        **_present(icc_profile=carried.icc, exif=_bare(carried.exif), xmp=carried.xmp),
    }


def _webp(
    picture: Image.Image, target: Target, carried: Carried, lossless: bool, encoding: Encoding
) -> None:
    shown, icc = colours.to_display(picture, carried.icc)
    carried = Carried(icc, carried.exif, carried.xmp)
    attempts = [webp_options(shown, carried, lossless=False, encoding=encoding)]
    attempts.append({**attempts[0], "alpha_quality": _CHEAP_ALPHA})
    if lossless:
        exactly = webp_options(shown, carried, lossless=True, encoding=encoding)
        attempts.insert(0, {**exactly, "exact": True})
    for number, options in enumerate(attempts, start=1):
        try:
            shown.save(target, "WEBP", **options)
            break
        except (MemoryError, ValueError) as err:
            # The largest pictures may not fit. Better a little loss than a refusal.
            no_memory = isinstance(err, MemoryError) or _OUT_OF_MEMORY in str(err)
            if number == len(attempts) or not no_memory:
                raise


def _avif(
    picture: Image.Image, target: Target, carried: Carried, _lossless: bool, encoding: Encoding
) -> None:
    shown, icc = colours.to_display(picture, carried.icc)
    shown.save(
        target,
        "AVIF",
        quality=encoding.avif_quality,
        speed=encoding.avif_speed,
        max_threads=encoding.threads,
        exif=_RawExif(_bare(carried.exif) or b""),
        icc_profile=icc or b"",  # nothing keeps Pillow from taking the one of `info`
        **_present(xmp=carried.xmp),
    )


class _RawExif(Image.Exif):
    """Bytes that pass through Pillow's AVIF writer, which would parse and rewrite them."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self._raw = raw

    def __len__(self) -> int:
        return len(self._raw)

    def tobytes(self, offset: int = 8) -> bytes:  # noqa: ARG002 -- Pillow's signature
        return self._raw


def _gif(
    picture: Image.Image, target: Target, carried: Carried, _lossless: bool, _encoding: Encoding
) -> None:
    paletted(for_gif(colours.to_plain(picture, carried.icc))).save(target, "GIF")


def for_gif(picture: Image.Image) -> Image.Image:
    """Make alpha yes or no, which is all that a GIF can say."""
    if picture.mode == "RGBA":
        opaque = picture.getchannel("A").point(lambda value: 255 * (value >= 128))  # noqa: PLR2004
        # One colour under all that is transparent: what looks alike is alike.
        whole = Image.new("RGBA", picture.size)
        whole.paste(picture, mask=opaque)
        whole.putalpha(opaque)
        return whole
    return picture


def _ico(
    picture: Image.Image, target: Target, carried: Carried, _lossless: bool, encoding: Encoding
) -> None:
    """One PNG in an icon's directory; Pillow's own writer leaves out what is over 256 a side."""
    inner = BytesIO()
    shown = colours.to_plain(picture, carried.icc)
    shown.convert("RGBA").save(inner, "PNG", compress_level=encoding.png_level)
    png = inner.getvalue()
    side = [pixels if pixels < 256 else 0 for pixels in picture.size]  # noqa: PLR2004 -- 0 is 256 or more
    header = struct.pack("<HHHBBBBHHII", 0, 1, 1, *side, 0, 0, 1, 32, len(png), 6 + 16)
    if isinstance(target, Path):
        target.write_bytes(header + png)
    else:
        target.write(header + png)


_WRITERS: dict[str, Callable[[Image.Image, Target, Carried, bool, Encoding], None]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "avif": _avif,
    "gif": _gif,
    "ico": _ico,
}


def _bare(exif: bytes | None) -> bytes | None:
    """Without JPEG's prefix, which WebP and PNG do not have."""
    return exif.removeprefix(b"Exif\0\0") if exif else None


def _present(**options: bytes | None) -> dict[str, bytes]:
    return {name: value for name, value in options.items() if value}
