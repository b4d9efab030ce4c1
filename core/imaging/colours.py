"""Bringing any of Pillow's modes to the few that encoders and resampling can take."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

_PROBES = 9
"""Levels of each channel at which two profiles are compared."""

_ALIKE = 2
"""Levels by which profiles that mean the same differ, as their makers rounded."""

_ICC_SPACE = slice(16, 20)  # ICC.1:2022, 7.2: the header's data colour space
_SIXTEEN_BIT_MAX = 65_535
_EIGHT_BIT_MAX = 255


def has_alpha(picture: Image.Image) -> bool:
    """Whether anything of it may be transparent, by a channel, a palette or a colour key."""
    return picture.has_transparency_data


def to_display(picture: Image.Image, icc: bytes | None) -> tuple[Image.Image, bytes | None]:
    """Make 8-bit RGB or RGBA of anything; give it with the profile that holds for it.

    A profile of RGB stays with its pixels. One of grey, CMYK or Lab is applied (to sRGB), as no
    RGB file may carry it.
    """
    if picture.mode in {"RGB", "RGBA"}:
        if icc and _space(icc) == b"GRAY":  # 16-bit grey with alpha, which Pillow reads so
            return to_display(picture.convert(picture.mode.replace("RGB", "L")), icc)
        return picture, icc if _space(icc) == b"RGB " else None
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
        picture = to_grey(picture)
    if picture.mode == "LA" and icc and _space(icc) == b"GRAY":
        managed = _to_srgb(picture.getchannel("L"), icc)
        if managed:
            managed.putalpha(picture.getchannel("A"))
            return managed, None
    if picture.mode in {"CMYK", "LAB", "L"} and icc and _space(icc) != b"RGB ":
        managed = _to_srgb(picture, icc)
        if managed:
            return managed, None
    if picture.mode == "LAB":  # Pillow converts it by profiles alone
        managed = _to_srgb(picture, None)
        if managed:
            return managed, None
    kept = icc if _space(icc) == b"RGB " else None
    return picture.convert("RGBA" if has_alpha(picture) else "RGB"), kept


def to_srgb(picture: Image.Image, icc: bytes) -> Image.Image:
    """Apply a profile of RGB to an RGB or RGBA picture; one that is broken counts for nothing."""
    if _is_srgb(icc):
        return picture
    colour = picture.convert("RGB") if picture.mode == "RGBA" else picture
    managed = _to_srgb(colour, icc)
    if managed is None:
        return picture
    if picture.mode == "RGBA":
        managed.putalpha(picture.getchannel("A"))
    return managed


def to_plain(picture: Image.Image, icc: bytes | None) -> Image.Image:
    """Make 8-bit RGB or RGBA of anything, in sRGB: for formats that carry no profile."""
    shown, kept = to_display(picture, icc)
    return to_srgb(shown, kept) if kept else shown


def to_resampled(picture: Image.Image) -> Image.Image:
    """Give a mode whose pixels may be averaged: no palette, no colour key, no single bits.

    16-bit grey stays so.
    """
    if picture.mode in {"L", "LA", "RGB", "RGBA", "CMYK", "I", "F"} or picture.mode[:4] == "I;16":
        if picture.mode in {"L", "RGB"} and has_alpha(picture):
            return picture.convert("RGBA")
        return picture
    if picture.mode == "1":
        return picture.convert("RGBA" if has_alpha(picture) else "L")
    return picture.convert("RGBA" if has_alpha(picture) else "RGB")


def to_grey(picture: Image.Image) -> Image.Image:
    """Scale deep grey to 8 bits: 16 bits by 257; 32 bits and floats by their own range.

    Pillow's own conversion clips. A level that a PNG declares transparent stays so (then it is
    LA).
    """
    if picture.mode.startswith("I;16"):
        deep, level = picture.convert("I"), picture.info.get("transparency")
        grey = _scaled(deep, 0, _SIXTEEN_BIT_MAX)
        if isinstance(level, int):
            shown = [_EIGHT_BIT_MAX] * (_SIXTEEN_BIT_MAX + 1)
            shown[level] = 0
            grey.putalpha(deep.point(shown, "L"))
        return grey
    extrema = picture.getextrema()
    low, high = float(extrema[0]), float(extrema[1])  # type: ignore[arg-type]  # one band: two numbers
    if picture.mode == "I" and low >= 0 and high <= _SIXTEEN_BIT_MAX:
        low, high = 0, _EIGHT_BIT_MAX if high <= _EIGHT_BIT_MAX else _SIXTEEN_BIT_MAX
    return _scaled(picture, low, high)


def _scaled(picture: Image.Image, low: float, high: float) -> Image.Image:
    factor = _EIGHT_BIT_MAX / (high - low) if high > low else 0.0
    # Conversion to 8 bits cuts decimals off: the half rounds.
    return picture.point(lambda value: value * factor + (0.5 - low * factor)).convert("L")


def _space(icc: bytes | None) -> bytes:
    return icc[_ICC_SPACE] if icc else b"RGB "


@lru_cache(maxsize=8)
def _is_srgb(icc: bytes) -> bool:
    """Whether a profile changes nothing that can be seen: most that cameras embed are sRGB."""
    probe = Image.new("RGB", (_PROBES, _PROBES**2))
    levels = [round(step * _EIGHT_BIT_MAX / (_PROBES - 1)) for step in range(_PROBES)]
    probe.putdata([(red, green, blue) for red in levels for green in levels for blue in levels])
    managed = _to_srgb(probe, icc)
    if managed is None:
        return True
    differences = ImageChops.difference(probe, managed).getextrema()
    return max(high for _, high in differences) <= _ALIKE  # type: ignore[misc]  # three bands


def _to_srgb(picture: Image.Image, icc: bytes | None) -> Image.Image | None:
    """Apply a profile; None where it is broken or of another space than the pixels."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(icc)) if icc else ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
