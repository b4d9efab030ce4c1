"""OpenCV, if this installation has it."""

from __future__ import annotations

from typing import Any

from core.errors import InvalidInput


def load(parameter: str) -> Any:
    """Give OpenCV's module.

    Raises:
        InvalidInput: it is not installed, or lacks what we need; on the parameter that asks.

    """
    try:
        import cv2
    except ImportError as err:
        raise InvalidInput.on(
            parameter,
            f"This server can't do {parameter}: its operator has not installed pixferry[vision].",
        ) from err
    cv2.setNumThreads(1)  # workers are as many as there are cores
    return cv2
