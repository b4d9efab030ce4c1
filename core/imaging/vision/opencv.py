"""OpenCV, if this installation has it."""

from __future__ import annotations

from typing import Any

from core.errors import InvalidInput


def load(parameter: str) -> Any:
    """Give OpenCV's module.

    Raises:
        InvalidInput: it is not installed; on the parameter that asks.
        ImportError: it is, and this process has no room for it.

    """
    try:
        return _imported()
    except ModuleNotFoundError as err:
        raise InvalidInput.on(
            parameter,
            f"This server can't do {parameter}: its operator has not installed pixferry[vision].",
        ) from err


def find() -> Any:
    """Give OpenCV's module, or None where it is not installed or has no room."""
    try:
        return _imported()
    except ImportError:
        return None


def _imported() -> Any:
    import cv2

    cv2.setNumThreads(1)  # workers are as many as there are cores
    return cv2
