"""Where a face is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.imaging.decode import FACE_SIDE
from core.imaging.vision import opencv

_CASCADE = "haarcascade_frontalface_default.xml"
_SMALLEST = 24
"""Pixels of the smallest face, which is what the cascade was trained with."""

_STEP = 1.1
_NEIGHBOURS = 6
"""Hits at one place that make a face; below that shadows and leaves are faces, too."""


def find_face(picture: Image.Image) -> tuple[float, float] | None:
    """Give the middle of the largest face, as shares of width and height; None: there is none.

    Raises:
        InvalidInput: this server has no OpenCV.

    """
    cv2 = opencv.load("gravity")
    grey = picture.convert("L")
    grey.thumbnail((FACE_SIDE, FACE_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    seen = cv2.equalizeHist(np.asarray(grey))
    faces = _cascade(cv2).detectMultiScale(
        seen, scaleFactor=_STEP, minNeighbors=_NEIGHBOURS, minSize=(_SMALLEST, _SMALLEST)
    )
    if not len(faces):
        return None
    left, top, width, height = max(faces.tolist(), key=lambda face: (face[2] * face[3], face))
    return (left + width / 2) / grey.width, (top + height / 2) / grey.height


@cache
def _cascade(cv2: Any) -> Any:
    return cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / _CASCADE))
