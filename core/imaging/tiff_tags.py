"""What a TIFF says about its picture, as EXIF: in a TIFF it stands among the layout's tags."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from PIL import Image
from PIL.ExifTags import IFD, Base

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import IFDRational

    Value = str | bytes | int | float | IFDRational | tuple[object, ...]

_DESCRIPTIVE = (
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.Software,
    Base.DateTime,
    Base.Artist,
    Base.Copyright,
)


def as_exif(picture: Image.Image) -> bytes | None:
    """Gather descriptive tags, EXIF's and GPS's directories; None without any, or when broken."""
    try:
        tags = picture.getexif()
        exif = Image.Exif()
        for tag in _DESCRIPTIVE:
            if tag in tags:
                exif[tag] = tags[tag]
        for directory in (IFD.Exif, IFD.GPSInfo):
            if entries := tags.get_ifd(directory):
                exif.get_ifd(directory).update(entries)
                exif[directory] = exif.get_ifd(directory)
        return exif.tobytes() if len(exif) else None
    except (ValueError, TypeError, KeyError, OSError, SyntaxError, struct.error):
        return None
