"""Private metadata is taken out of pictures without touching their pixels, and can be put back.

A container (`jpeg`, `png`, `gif`, `webp`, `ico`) is walked and says as `edits` what to leave out;
`exif` and `xmp` make the little that stays; `sidecar` holds what makes the upload's own bytes of
the served ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.imaging.metadata import gif, ico, jpeg, png, sidecar, webp
from core.imaging.metadata.edits import Edit, Source, apply, invert, mapped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["split"]


class _Strip(Protocol):
    def __call__(self, file: Source, *, rights: bool) -> list[Edit]: ...


def _nothing(file: Source, *, rights: bool) -> list[Edit]:  # noqa: ARG001 - the shape of all
    """An SVG is sanitised before it comes here, and carries no metadata after."""
    return []


_CONTAINERS: Mapping[str, _Strip] = {
    "jpeg": jpeg.strip,
    "png": png.strip,
    "gif": gif.strip,
    "webp": webp.strip,
    "ico": ico.strip,
    "svg": _nothing,
}


def split(source: Path, format_name: str, served: Path, sidecar_path: Path) -> bool:
    """Write what links serve, and, if that differs from the upload, what makes up for it.

    Args:
        source: the upload; only read.
        format_name: `jpeg`, `png`, `gif`, `webp`, `ico` or `svg`.
        served: written; same pixels, colour profile, orientation and copyright tags.
        sidecar_path: written when `metadata=keep` or `metadata=none` differ from `served`.

    Returns:
        Whether there is a sidecar.

    Raises:
        UnsupportedImage: the container can't be walked: truncated, or its sizes lie.
        KeyError: no such format name.
    """
    strip = _CONTAINERS[format_name]
    with mapped(source) as file:
        edits = strip(file, rights=True)
    apply(edits, source, served)
    # The bare picture is made of the served one, as its edits are told in the served bytes.
    with mapped(served) as file:
        bare = strip(file, rights=False)
    if not edits and not bare:
        return False
    sidecar.write(sidecar_path, source, served.stat().st_size, invert(edits), bare)
    return True
