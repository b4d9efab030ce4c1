"""Animations: frames out of a file, and into one, a frame in memory at a time.

Timing, loop and disposal are passed on by hand, as a plain `save_all` loses them.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image, ImageChops

from core.imaging import colours, gif_frames
from core.imaging.encode import NOTHING, USUAL, Carried, encode, for_gif, webp_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from core.image_work import Encoding

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TICK = 10
"""Milliseconds in which GIF counts."""

_SHORT_MAX = 65_535
_VP8X_FLAGS = 20
_HAS_ALPHA = 0x10


@dataclass(slots=True)
class Animation:
    """Frames of one size, shown one after another.

    Args:
        frames: whole pictures, made as they are asked for; to be gone through once. Each is
            valid until the next is asked for.
        count: how many there are.
        size: of each, in pixels.
        durations: milliseconds of each; grows as `frames` is gone through.
        loop: as the format counts: GIF's repeats, or WebP's and APNG's runs; 0 is for ever.
            None: the file says nothing.

    """

    frames: Iterator[Image.Image]
    count: int
    size: tuple[int, int]
    durations: list[float] = field(default_factory=list)
    loop: int | None = None

    def changed(
        self, size: tuple[int, int], change: Callable[[Image.Image], Image.Image]
    ) -> Animation:
        """Give the same animation with every frame changed into one of that size."""
        return replace(self, frames=map(change, self.frames), size=size)


def read(picture: Image.Image) -> Animation:
    """Take an open file apart. APNG's default image is no frame.

    A frame that does not decode raises: Pillow's own iterators end in silence there.
    """
    first = 1 if picture.info.get("default_image") else 0
    frames: int = getattr(picture, "n_frames", 1)
    durations: list[float] = []

    def decoded() -> Iterator[Image.Image]:
        for number in range(first, frames):
            picture.seek(number)
            picture.load()
            durations.append(picture.info.get("duration") or 0)
            yield picture

    loop = picture.info.get("loop")
    return Animation(decoded(), frames - first, picture.size, durations, loop)


def encode_animation(
    animation: Animation,
    target: Path,
    format_name: str,
    *,
    carried: Carried = NOTHING,
    lossless: bool = False,
    encoding: Encoding = USUAL,
) -> None:
    """Write an animation as gif, png or webp."""
    _WRITERS[format_name](animation, target, carried, lossless, encoding)


class _Frames(Image.Image):
    """Looks to Pillow's WebP writer like a file of many frames; makes each when it is sought.

    The writer puts `append_images` into a list, which would hold all frames at once.
    """

    def __init__(self, frames: Iterator[Image.Image], count: int) -> None:
        super().__init__()
        self._frames = frames
        self._at = -1
        self.n_frames = count
        self.seek(0)

    def seek(self, frame: int) -> None:
        while self._at < frame:
            current = next(self._frames)
            self.im, self._mode, self._size = current.im, current.mode, current.size
            self._at += 1

    def tell(self) -> int:
        return self._at


def _webp(
    animation: Animation, target: Path, carried: Carried, lossless: bool, encoding: Encoding
) -> None:
    first_icc: list[bytes | None] = []
    modes: set[str] = set()

    def shown() -> Iterator[Image.Image]:
        for frame in animation.frames:
            picture, icc = colours.to_display(frame, carried.icc)
            first_icc.append(icc)
            modes.add(picture.mode)
            yield picture

    frames = _Frames(shown(), animation.count)
    carried = replace(carried, icc=first_icc[0])
    frames.save(
        target,
        "WEBP",
        save_all=True,
        duration=animation.durations,  # grows as frames are sought, always ahead of the writer
        loop=animation.loop or 0,
        background=(0, 0, 0, 0),
        # Without keyframes of its own choosing: it encodes those frames twice to compare.
        kmin=0,
        kmax=0,
        **webp_options(frames, carried, lossless=lossless, encoding=encoding),
    )
    if "RGBA" in modes:
        _announce_alpha(target)


def _announce_alpha(webp: Path) -> None:
    """Set the header's alpha flag (RFC 9649, 2.7.1.1).

    libwebp cuts frames down to what changes. Where all that is left of them is opaque it leaves
    the flag out, and decoders that believe it show black around them.
    """
    with webp.open("r+b") as file:
        head = file.read(_VP8X_FLAGS + 1)
        if head[12:16] == b"VP8X":
            file.seek(_VP8X_FLAGS)
            file.write(bytes((head[_VP8X_FLAGS] | _HAS_ALPHA,)))


def _gif(
    animation: Animation, target: Path, carried: Carried, _lossless: bool, _encoding: Encoding
) -> None:
    def shown() -> Iterator[tuple[Image.Image, int]]:
        told = 0
        for frame in animation.frames:
            # Hundredths of a second, rounded so that what is lost here is made good later.
            end = round(sum(animation.durations) / _TICK)
            yield for_gif(colours.to_plain(frame, carried.icc)).convert("RGBA"), end - told
            told = end

    with target.open("wb") as file:
        gif_frames.write(file, animation.size, shown(), animation.loop)


def _png(
    animation: Animation, target: Path, carried: Carried, _lossless: bool, encoding: Encoding
) -> None:
    """Write an APNG frame by frame, of each what changes; Pillow's writer holds all decoded.

    Chunks by the PNG specification, third edition, 11.3.2.
    """
    before: Image.Image | None = None
    with target.open("wb") as file:
        sequence = 0
        for number, frame in enumerate(animation.frames):
            still = BytesIO()
            whole = frame.convert("RGBA")
            box = _changed(before, whole)
            before = whole
            encode(
                whole.crop(box),
                still,
                "png",
                carried=carried if number == 0 else NOTHING,
                encoding=encoding,
            )
            chunks = _chunks(still.getvalue())
            if number == 0:
                file.write(PNG_SIGNATURE)
                for kind, body in chunks:
                    if kind in {b"IDAT", b"IEND"}:
                        break
                    _write_chunk(file, kind, body)
                    if kind == b"IHDR":
                        plays = animation.loop or 0
                        _write_chunk(file, b"acTL", struct.pack(">II", animation.count, plays))
            delay, units = _delay(animation.durations[number])
            left, top, right, bottom = box
            control = (sequence, right - left, bottom - top, left, top, delay, units, 0, 0)
            _write_chunk(file, b"fcTL", struct.pack(">IIIIIHHBB", *control))
            sequence += 1
            for kind, body in chunks:
                if kind == b"IDAT" and number == 0:
                    _write_chunk(file, kind, body)
                elif kind == b"IDAT":
                    _write_chunk(file, b"fdAT", struct.pack(">I", sequence) + body)
                    sequence += 1
        _write_chunk(file, b"IEND", b"")


def _changed(before: Image.Image | None, frame: Image.Image) -> tuple[int, int, int, int]:
    """Where a frame differs from the one before; a pixel of it where they are the same."""
    if before is None:
        return 0, 0, *frame.size
    box = ImageChops.difference(before, frame).getbbox(alpha_only=False)
    return box or (0, 0, 1, 1)


def _delay(milliseconds: float) -> tuple[int, int]:
    """Numerator and denominator of seconds; the finest that fits 16 bits."""
    for units in (1_000, 100, 10, 1):
        delay = round(milliseconds * units / 1_000)
        if delay <= _SHORT_MAX:
            return delay, units
    return _SHORT_MAX, 1


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], len(PNG_SIGNATURE)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    return chunks


def _write_chunk(file: BinaryIO, kind: bytes, body: bytes) -> None:
    file.write(struct.pack(">I", len(body)) + kind + body)
    file.write(struct.pack(">I", zlib.crc32(body, zlib.crc32(kind))))


_WRITERS: dict[str, Callable[[Animation, Path, Carried, bool, Encoding], None]] = {
    "webp": _webp,
    "gif": _gif,
    "png": _png,
}
