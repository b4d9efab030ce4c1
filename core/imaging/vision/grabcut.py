"""Foreground by GrabCut (Rother, Kolmogorov, Blake 2004), as OpenCV has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from core.imaging.vision import opencv
from core.imaging.vision.guided_filter import refined

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 384
"""Pixels of the longest side at which it works: at 512, and after 5 rounds, a photograph takes 6 s,
and not 2.5."""

_MARGIN = 0.03
"""Share of each side that is taken for background to begin with."""

_ROUNDS = 3
_LEAST = 0.005
"""Share of the picture below which the foreground is none: then all of the picture is."""

_SEED = 1
_OPAQUE = 128


class GrabCut:
    """Fulfils `Segmenter`: what differs in colour from the picture's margin is foreground."""

    def foreground(self, picture: Image.Image) -> Image.Image:
        cv2 = opencv.load("segment")
        scale = min(1.0, _SIDE / max(picture.size))
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        small = picture.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
        colours = np.asarray(small.convert("RGB"))
        found = _cut(cv2, colours, _start(small))
        if not _LEAST <= found.mean() < 1:
            return Image.new("L", picture.size, 255)
        return refined(cv2, found.astype(np.float32), small, picture)


def _start(small: Image.Image) -> NDArray[np.uint8]:
    """What is known before: the margin is background, and what is transparent, too."""
    import cv2

    width, height = small.size
    across, down = max(1, round(width * _MARGIN)), max(1, round(height * _MARGIN))
    known = np.full((height, width), cv2.GC_BGD, np.uint8)
    known[down : height - down, across : width - across] = cv2.GC_PR_FGD
    if small.mode == "RGBA":
        known[np.asarray(small.getchannel("A")) < _OPAQUE] = cv2.GC_BGD
    return known


def _cut(cv2: Any, colours: NDArray[np.uint8], known: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which pixels are foreground; none where there is nothing to tell apart."""
    if not (known == cv2.GC_PR_FGD).any() or not (known == cv2.GC_BGD).any():
        return np.zeros(known.shape, np.bool_)
    cv2.setRNGSeed(_SEED)  # the same picture gives the same cut
    model = (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.grabCut(colours[..., ::-1].copy(), known, None, *model, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    found: NDArray[np.bool_] = (known == cv2.GC_FGD) | (known == cv2.GC_PR_FGD)
    return found
