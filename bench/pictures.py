"""Pictures of wanted sizes, and as many different ones as a measurement needs."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

_TABLE = b"\xff\xdb"
"""The marker of a JPEG's quantisation tables (ITU-T T.81, B.2.4.1)."""

_HEADER = 5
"""Bytes from that marker to the first value: marker, length, kind of table."""


def pixels(width: int, height: int, noise: float = 10, seed: int = 1) -> Image.Image:
    """Smooth colours with noise, the same for the same seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bands = [np.sin(x / (37 + band) + y / (53 + band)) * 90 + 128 for band in range(3)]
    data = np.stack(bands, axis=-1)
    data += rng.normal(0, noise, data.shape).astype(np.float32)
    return Image.fromarray(np.clip(data, 0, 255).astype(np.uint8))


def jpeg_of(size: int, width: int, height: int, seed: int = 1) -> bytes:
    """A JPEG of those dimensions and about `size` bytes: the nearest that quality reaches."""
    image = pixels(width, height, seed=seed)
    low, high = 5, 100
    found = [_encoded(image, low), _encoded(image, high)]
    while high - low > 1:
        middle = (low + high) // 2
        found.append(_encoded(image, middle))
        low, high = (middle, high) if len(found[-1]) < size else (low, middle)
    return min(found, key=lambda data: abs(len(data) - size))


def png_of(size: int) -> bytes:
    """A PNG of at most `size` bytes, and little less: pure noise, which nothing compresses."""
    side = int((size * 0.999 / 3) ** 0.5)
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    assert len(out.getvalue()) <= size
    return out.getvalue()


class Variants:
    """Ever new pictures from one JPEG, made in no time.

    They differ in three values of the first quantisation table, those of the finest details:
    other pixels and other bytes, so nothing is stored once for two of them.
    """

    def __init__(self, jpeg: bytes) -> None:
        table = jpeg.index(_TABLE) + _HEADER
        assert jpeg[table - 1] >> 4 == 0, "values of the table have one byte"
        self._jpeg = memoryview(jpeg)
        self._at = table + 61
        self._count = 0

    def next(self) -> list[bytes | memoryview]:
        """The pieces of the next picture."""
        self._count += 1
        digits = [self._count // 200**place % 200 + 1 for place in range(3)]
        return [self._jpeg[: self._at], bytes(digits), self._jpeg[self._at + 3 :]]


def _encoded(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
