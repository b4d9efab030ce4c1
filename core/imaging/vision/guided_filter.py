"""A small mask made large along the edges of the picture.

The fast guided filter (He, Sun: "Fast Guided Filter", 2015, arXiv:1505.00996), from box filters
alone: near each pixel the mask is a linear function of the picture, and that function is
enlarged, not the mask. Of the picture it sees one channel, the mix of red, green and blue that
tells foreground from background best (Fisher's linear discriminant).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RADIUS = 4
"""Pixels, at the small size, within which the function is the same."""

_EPSILON = 1e-3
"""Variance that counts as an edge; between foreground and background lies a half."""

_HALF = 0.5
_ALIKE = 1e-3
_BACK, _FORE = 64.0, 191.0
"""The mix's levels of mean background and foreground: a quarter and three quarters."""


def refined(
    cv2: Any, mask: NDArray[np.float32], small: Image.Image, large: Image.Image
) -> Image.Image:
    """Give the mask at the size of `large`.

    Args:
        cv2: OpenCV.
        mask: 0 to 1, of the size of `small`.
        small: the picture that the mask was made of.
        large: the same picture, whose edges it shall follow.

    """
    mix = _mix(mask > _HALF, np.asarray(small.convert("RGB"), np.float32))
    guide = _mixed(small, mix)
    box = (2 * _RADIUS + 1, 2 * _RADIUS + 1)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        blurred: NDArray[np.float32] = cv2.blur(values, box, borderType=cv2.BORDER_REFLECT)
        return blurred

    guide_mean, mask_mean = mean(guide), mean(mask)
    covariance = mean(guide * mask) - guide_mean * mask_mean
    variance = mean(guide * guide) - guide_mean**2
    slope = covariance / (variance + _EPSILON)
    offset = mask_mean - slope * guide_mean
    slope, offset = (
        cv2.resize(mean(part), large.size, interpolation=cv2.INTER_LINEAR)
        for part in (slope, offset)
    )
    shares = np.clip(slope * _mixed(large, mix) + offset, 0, 1)
    return Image.fromarray((shares * 255 + 0.5).astype(np.uint8))


def _mix(
    fore: NDArray[np.bool_], colours: NDArray[np.float32]
) -> tuple[float, float, float, float]:
    """Weights of red, green and blue, and what is added."""
    ours, theirs = colours[fore], colours[~fore]
    spread = np.cov(ours.T) + np.cov(theirs.T) + np.eye(3)
    centre, other = ours.mean(axis=0), theirs.mean(axis=0)
    weights = np.linalg.solve(spread, centre - other)
    apart = float(weights @ (centre - other))
    if apart < _ALIKE:  # the colours say nothing
        return 0.0, 0.0, 0.0, _BACK
    weights *= (_FORE - _BACK) / apart
    red, green, blue = (float(weight) for weight in weights)
    return red, green, blue, _BACK - float(weights @ other)


def _mixed(picture: Image.Image, mix: tuple[float, float, float, float]) -> NDArray[np.float32]:
    """0 to 1."""
    levels = np.asarray(picture.convert("RGB").convert("L", mix))
    return levels.astype(np.float32) / np.float32(255)
