"""Pictures made by the tests."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def pixels(width: int, height: int, seed: int = 1, mode: str = "RGB") -> Image.Image:
    """A picture of smooth colours and some noise, the same for the same seed."""
    rng = np.random.default_rng(seed)
    bands = len(Image.new(mode, (1, 1)).getbands())
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / (7 + band + seed) + y / (11 + band)) * 100 + 128 for band in range(bands)]
    data = np.stack(waves, axis=-1) + rng.normal(0, 6, (height, width, bands))
    data = np.clip(data, 0, 255).astype(np.uint8)
    return Image.fromarray(data[..., 0] if bands == 1 else data)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 64, height: int = 48, seed: int = 1, **options) -> bytes:
    return encoded(pixels(width, height, seed), "JPEG", **{"quality": 88} | options)


def png(width: int = 64, height: int = 48, seed: int = 1, mode: str = "RGB", **options) -> bytes:
    return encoded(pixels(width, height, seed, mode), "PNG", **options)


def gif(frames: int = 3, width: int = 32, height: int = 24, duration: int = 80) -> bytes:
    images = [
        pixels(width, height, seed).convert("P", palette=Image.Palette.ADAPTIVE)
        for seed in range(1, frames + 1)
    ]
    return encoded(
        images[0], "GIF", save_all=True, append_images=images[1:], duration=duration, loop=0
    )


def endless_gif(width: int = 1_500, height: int = 1_000, frames: int = 80) -> bytes:
    """An animation of 120 megapixels over all its frames, in little room."""
    images = [Image.new("P", (width, height), number) for number in range(frames)]
    for number, image in enumerate(images):
        image.putpixel((number, 0), 200)
    return encoded(images[0], "GIF", save_all=True, append_images=images[1:], duration=20)


def grains(side: int, seed: int = 1) -> bytes:
    """A PNG that nothing makes smaller: three bytes a pixel."""
    noise = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return encoded(Image.fromarray(noise), "PNG", compress_level=0)


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80" viewBox="0 0 120 80">
<rect width="120" height="80" fill="#fc0"/><circle cx="60" cy="40" r="30" fill="#06c"/></svg>"""


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def same_pixels(one: bytes, other: bytes) -> bool:
    return np.array_equal(np.asarray(opened(one)), np.asarray(opened(other)))
