"""Pictures as people take them, made and not fetched: detail at every scale, edges, text, noise.

Sixteen of each kind, which differ in a patch of their corner: as many requests can be under way
without two of them being for the same bytes, which Pixferry would make once for both.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable

EDITION = "1"
"""Raised whenever other pictures are made: those of before are then made again."""

COPIES = 16
FRAMES = 30


def cache() -> Path:
    """Where what takes long to make or to fetch is kept: `BENCH_CACHE`, or the user's cache."""
    default = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "pixferry-bench"
    return Path(os.environ.get("BENCH_CACHE", default)).expanduser()


def corpus() -> Path:
    """The folder of pictures, `{kind}-{number}.{extension}`; the first time takes minutes."""
    folder = cache() / f"corpus-{EDITION}"
    done = folder / "made.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pillow_heif.register_heif_opener()
        for make in (_photos, _screens, _transparent, _smaller, _moving):
            make(folder)
        done.write_text(json.dumps(sorted(path.name for path in folder.iterdir())))
    return folder


def names(kind: str) -> list[str]:
    """The files of one kind, as `photo.jpg`."""
    stem, extension = kind.split(".")
    return [f"{stem}-{number}.{extension}" for number in range(COPIES)]


def photograph(width: int, height: int, seed: int) -> Image.Image:
    """A landscape of clouds, hills and buildings, with a sensor's noise; the same for a seed."""
    rng = np.random.default_rng(seed)
    detail = _clouds(rng, height, width, 1.4)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    bands = []
    for top, bottom, swing in ((150, 90, 38), (175, 85, 34), (210, 60, 30)):
        bands.append(top + (bottom - top) * y + swing * detail)
    data = np.stack(bands, axis=-1)
    hills = y > 0.55 + 0.08 * _clouds(rng, 1, width, 1.8)
    grass = _clouds(rng, height, width, 0.8)
    for band, (level, swing) in enumerate(((70, 26), (95, 30), (45, 18))):
        data[..., band] = np.where(hills, level + swing * grass, data[..., band])
    picture = Image.fromarray(np.clip(data, 0, 255).astype(np.uint8))
    _built(picture, rng)
    data = np.asarray(picture).astype(np.float32)
    data += rng.normal(0, 3, (height, width, 1)).astype(np.float32)
    data += rng.normal(0, 1, data.shape).astype(np.float32)
    return Image.fromarray(np.clip(data, 0, 255).astype(np.uint8))


def _clouds(rng: np.random.Generator, height: int, width: int, power: float) -> np.ndarray:
    """Noise whose amplitude falls with the frequency to that power; deviation 1."""
    spectrum = np.fft.rfft2(rng.standard_normal((height, width)).astype(np.float32))
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    frequency = np.hypot(down, across)
    frequency[0, 0] = 1
    noise = np.fft.irfft2(spectrum / frequency**power, s=(height, width))
    return ((noise - noise.mean()) / noise.std()).astype(np.float32)


def _built(picture: Image.Image, rng: np.random.Generator) -> None:
    """Hard edges and letters."""
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for _ in range(24):
        left, tall = int(rng.integers(0, width)), int(rng.integers(height // 12, height // 3))
        wide, shade = int(rng.integers(width // 60, width // 18)), int(rng.integers(40, 220))
        bottom = int(height * 0.8)
        draw.rectangle((left, bottom - tall, left + wide, bottom), (shade, shade - 10, shade - 25))
        for window in range(bottom - tall + 8, bottom - 8, max(12, height // 90)):
            draw.line((left + 4, window, left + wide - 4, window), (30, 34, 44), 3)
    font = ImageFont.load_default(height // 24)
    draw.text((width // 20, height // 18), "Hills & houses 0123456789", (250, 250, 250), font)
    draw.text((width // 20, height // 9), "the quick brown fox", (12, 12, 12), font)


def _each(folder: Path, kind: str, picture: Image.Image, save: Callable[..., None]) -> None:
    for number, name in enumerate(names(kind)):
        shade = 10 + number * 14
        picture.paste((shade, 255 - shade, shade), (0, 0, 16, 16))
        save(picture, folder / name)


def _photos(folder: Path) -> None:
    """12 megapixels: JPEG, WebP, HEIC."""
    picture = photograph(4000, 3000, 1)
    _each(folder, "photo.jpg", picture, lambda one, path: one.save(path, quality=88))
    _each(folder, "photo.webp", picture, lambda one, path: one.save(path, quality=85, method=4))
    _each(folder, "photo.heic", picture, _save_heic)


def _save_heic(picture: Image.Image, path: Path) -> None:
    # It takes a tenth of the time to make so; what decodes it has as many pixels.
    picture.save(path, quality=60, enc_params={"preset": "ultrafast"})


def _screens(folder: Path) -> None:
    """1080p: JPEG."""
    picture = photograph(1920, 1080, 2)
    _each(folder, "screen.jpg", picture, lambda one, path: one.save(path, quality=85))


def _transparent(folder: Path) -> None:
    """4 megapixels, that fade out to the border: PNG."""
    picture = photograph(2000, 2000, 3).convert("RGBA")
    y, x = np.mgrid[0:2000, 0:2000]
    alpha = np.clip(255 * (1.35 - np.hypot(x - 1000, y - 1000) / 900), 0, 255)
    picture.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    _each(folder, "cutout.png", picture, lambda one, path: one.save(path))


def _smaller(folder: Path) -> None:
    """4 megapixels: AVIF."""
    picture = photograph(2560, 1600, 4)
    _each(folder, "photo.avif", picture, lambda one, path: one.save(path, quality=60, speed=8))


def _moving(folder: Path) -> None:
    """30 frames of 854 × 480, through which the camera moves: GIF."""
    scene = photograph(960, 540, 5)
    frames = []
    for number in range(FRAMES):
        left, top = number * 3, number
        frame = scene.crop((left, top, left + 854, top + 480))
        ball = (20 + number * 24, 200, 90 + number * 24, 270)
        ImageDraw.Draw(frame).ellipse(ball, fill=(255, 200, 0))
        frames.append(frame.quantize(256))
    for copy, name in enumerate(names("moving.gif")):
        frames[0].paste(copy, (0, 0, 16, 16))
        frames[0].save(folder / name, save_all=True, append_images=frames[1:], duration=50, loop=0)
