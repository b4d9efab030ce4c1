"""Names of files, as uploads carry them and as people change them."""

from __future__ import annotations

import re
import unicodedata

from core.imaging.formats import BY_NAME

FILE_NAME_MAX = 255
_EXTENSIONS = {name for kind in BY_NAME.values() for name in (kind.extension, *kind.aliases)}
_EXTENSION_MAX = 16  # no known extension is longer


def clean_file_name(name: str | None) -> str | None:
    """A file's name without its folders, control and direction marks; None if nothing is left."""
    if not name:
        return None
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    shown = shown.strip().strip(".") and shown.strip()
    if not shown:
        return None
    if len(shown) > FILE_NAME_MAX:
        stem, dot, extension = shown.rpartition(".")
        if not dot or len(extension) > _EXTENSION_MAX:
            return shown[:FILE_NAME_MAX]
        return stem[: FILE_NAME_MAX - len(extension) - 1] + dot + extension
    return shown


def name_or_id(name: str | None, media_id: str, stored: str) -> str:
    """An image's file name, or where it came without one, its id's; `stored` names its format."""
    return name or f"{media_id}.{BY_NAME[stored].extension}"


def check_file_name(name: str) -> str:
    """A new name for an image's file."""
    if any(char in "/\\" or unicodedata.category(char) == "Cc" for char in name):
        raise ValueError("A file's name can't have slashes or control characters.")
    if len(name) > FILE_NAME_MAX:
        raise ValueError(f"A file's name may have at most {FILE_NAME_MAX} characters.")
    found = clean_file_name(name)
    if found is None:
        raise ValueError("A file needs a name.")
    return found


def renamed(old: str | None, new: str, stored: str) -> str:
    """The new name with the extension that the file has; `stored` is the name of its format.

    >>> renamed("IMG_1.JPG", "beach", "jpeg"), renamed("a.heic", "b.png", "webp")
    ('beach.JPG', 'b.heic')
    """
    _, dot, own = (old or "").rpartition(".")
    if not dot or not own or len(own) > _EXTENSION_MAX:
        own = BY_NAME[stored].extension
    stem, dot, given = new.rpartition(".")
    if stem and given.lower() == own.lower():
        return new
    if stem and given.lower() in _EXTENSIONS:
        new = stem
    return f"{new[: FILE_NAME_MAX - len(own) - 1]}.{own}"
