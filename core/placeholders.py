"""Placeholders in the texts of embed profiles: `{caption}` becomes the image's caption.

`{{` and `}}` are braces themselves. A text is read once, and what is filled in is never read
again: a caption that says `{views}` stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from core import words
from core.imaging.formats import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.albums import Album
    from core.embeds import Surroundings
    from core.model import Media

EXPANDED_MAX = 4_096
"""Characters that an expanded text keeps: what the longest text of any chat may have."""

PLACEHOLDERS: Mapping[str, str] = {
    "caption": "the image's caption",
    "filename": "the name of the uploaded file",
    "width": "pixels as displayed",
    "height": "pixels as displayed",
    "size": "bytes, such as 1.5 MB",
    "format": "such as JPEG",
    "uploaded": "the day of the upload",
    "expires": "when the link ends, or `never`",
    "views": "how often it was looked at",
    "album": "the album's title",
    "uploader": "the name of who uploaded it",
}
"""Every placeholder and what stands for it; one without a value becomes nothing."""

_TOKEN = re.compile(r"(\{\{|\}\})|\{([^{}]*)\}")


def check_template(text: str) -> str:
    """A text whose placeholders are all known.

    Raises:
        ValueError: one is not; the sentence may be shown.
    """
    for part in _TOKEN.finditer(text):
        if part[1] is None and part[2] not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ValueError(
                f"There is no placeholder {{{part[2][:40]}}}; there are {known}. "
                "Write {{ and }} for braces."
            )
    return text


def expand(template: str | None, values: Mapping[str, str]) -> str | None:
    """Fill in a text; None if nothing is left to show.

    >>> expand("{caption} {{{width}}}", {"caption": "{views}", "width": "4"})
    '{views} {4}'
    >>> expand("{album}", {}) is None
    True
    """
    if template is None:
        return None
    filled = "".join(
        part if isinstance(part, str) else values.get(part[0], "") for part in _parse(template)
    )
    return filled.strip()[:EXPANDED_MAX].rstrip() or None


@lru_cache(maxsize=1_000)
def _parse(template: str) -> tuple[str | tuple[str], ...]:
    """Literal texts, and names of placeholders each in a tuple."""
    parts: list[str | tuple[str]] = []
    end = 0
    for found in _TOKEN.finditer(template):
        parts.append(template[end : found.start()])
        parts.append(found[1][0] if found[1] else (found[2],))
        end = found.end()
    parts.append(template[end:])
    return tuple(part for part in parts if part)


def values_of(media: Media, around: Surroundings) -> dict[str, str]:
    """What stands for each placeholder with this image."""
    return {
        "caption": media.caption or "",
        "filename": media.name or "",
        "width": str(media.width),
        "height": str(media.height),
        "size": words.size(media.blob.size),
        "format": BY_NAME[media.format].extension.upper(),
        "uploaded": words.day(media.created_at),
        "expires": words.moment(media.expires_at) if media.expires_at else "never",
        "views": f"{around.views:,}",
        "album": around.album_title or "",
        "uploader": around.uploader or "",
    }


def values_of_album(album: Album) -> dict[str, str]:
    """What stands for placeholders in an album's own preview; of one image it says nothing."""
    return {
        "caption": album.title,
        "album": album.title,
        "uploaded": words.day(album.created_at),
        "expires": "never",
    }
