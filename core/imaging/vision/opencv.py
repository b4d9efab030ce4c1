"""OpenCV, if this installation has it."""

from __future__ import annotations

from typing import Any

from core.errors import InvalidInput


def load(parameter: str) -> Any:
    """Give OpenCV's module.

    Raises:
        InvalidInput: it is not installed; on the parameter that asks.

    """
    found = find()
    if found is None:
        raise InvalidInput.on(
            parameter,
            f"This server can't do {parameter}: its operator has not installed pixferry[vision].",
        )
    return found


def find() -> Any:
    """Give OpenCV's module, or None where it is not installed."""
    try:
        import cv2
    except ImportError:
        return None
    cv2.setNumThreads(1)  # workers are as many as there are cores
    return cv2
