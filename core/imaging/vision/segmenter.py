"""Who tells foreground from background."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.errors import InvalidInput

if TYPE_CHECKING:
    from PIL import Image

    from core.image_work import Segmentation


class Segmenter(Protocol):
    """Tells a picture's foreground from its background."""

    def foreground(self, picture: Image.Image) -> Image.Image:
        """Give a mask (mode L) of the same size: 255 is foreground, what lies between is soft.

        Args:
            picture: RGB or RGBA.

        Raises:
            InvalidInput: this server lacks what it takes; `errors` names `segment`.

        """


class Off:
    """The operator wants none."""

    def foreground(self, picture: Image.Image) -> Image.Image:  # noqa: ARG002 -- the port's
        raise InvalidInput.on("segment", "This server does not cut pictures out.")


@cache
def chosen(segmentation: Segmentation) -> Segmenter:
    """Give the one that the settings name; it loads what it needs with its first picture."""
    if segmentation.by == "rembg":
        from core.imaging.vision.rembg_model import RembgModel

        return RembgModel(Path(segmentation.model) if segmentation.model else None)
    if segmentation.by == "grabcut":
        from core.imaging.vision.grabcut import GrabCut

        return GrabCut()
    return Off()
