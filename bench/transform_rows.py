"""The same work asked of three servers, each in its own words, and what it is to come to."""

from __future__ import annotations

from dataclasses import dataclass

from bench.closed_loop import Expected
from bench.corpus import names

JPEG, WEBP, AVIF = "jpeg", "webp", "avif"

QUALITY = {JPEG: 82, WEBP: 81, AVIF: 60}
"""Pixferry's own, which the others are told."""

_SIZES = {1280: "l", 320: "s"}


@dataclass(frozen=True)
class Row:
    """One kind of work.

    Args:
        name: as the table of results shows it.
        kind: of the corpus.
        output: the format that comes out.
        size: its width and height.
        query: of Pixferry, less `size` and `format`.
        ipx: modifiers, less width, format and quality; None: it can't do that.
        thumbor: filters, likewise.
        at_least: the target, as a ratio to ipx.
        frames: that come out, at least.

    """

    name: str
    kind: str
    output: str
    size: tuple[int, int] = (1280, 960)
    query: str = ""
    ipx: tuple[str, ...] | None = ()
    thumbor: tuple[str, ...] | None = ()
    at_least: float | None = None
    frames: int = 1

    @property
    def files(self) -> list[str]:
        return names(self.kind)

    @property
    def expected(self) -> Expected:
        return Expected(f"image/{self.output}", self.size, self.frames)

    def pixferry_path(self, media_id: str) -> str:
        extension = "jpg" if self.output == JPEG else self.output
        asked = f"size={_SIZES[max(self.size)]}&format={extension}"
        return f"/{media_id}.{extension}?{asked}" + (f"&{self.query}" if self.query else "")

    def ipx_path(self, file: str) -> str:
        assert self.ipx is not None
        # It turns first and scales then.
        told = (f"w_{self.size[0]}", f"f_{self.output}", f"q_{QUALITY[self.output]}", *self.ipx)
        return f"/{','.join(told)}/{file}"

    def thumbor_path(self, file: str) -> str:
        assert self.thumbor is not None
        told = (f"format({self.output})", f"quality({QUALITY[self.output]})", *self.thumbor)
        # It scales first and turns then.
        return f"/unsafe/{max(self.size)}x0/filters:{':'.join(told)}/{file}"


def _blur(radius: int, at_least: float) -> Row:
    return Row(
        f"blur {radius}",
        "photo.jpg",
        JPEG,
        query=f"blur={radius}",
        ipx=(f"blur_{radius}",),
        thumbor=(f"blur({min(radius, 150)},{radius})",),  # its matrix reaches no further
        at_least=at_least,
    )


ROWS = (
    Row("1280 px WebP", "photo.jpg", WEBP, at_least=1.5),
    Row("1280 px JPEG", "photo.jpg", JPEG, at_least=1.0),
    Row("320 px JPEG", "photo.jpg", JPEG, (320, 240), at_least=1.3),
    Row("320 px JPEG from 1080p", "screen.jpg", JPEG, (320, 180), at_least=1.4),
    _blur(5, 1.0),
    _blur(20, 1.0),
    _blur(250, 5.0),
    Row(
        "rotate 90",
        "photo.jpg",
        JPEG,
        (960, 1280),
        query="rotate=90",
        ipx=("rotate_90",),
        thumbor=("rotate(270)",),  # counter-clockwise
        at_least=2.0,
    ),
    Row("1280 px AVIF", "photo.jpg", AVIF, at_least=20.0),
    Row("AVIF 4 MP to JPEG", "photo.avif", JPEG, (1280, 800), at_least=1.8),
    Row("PNG to WebP", "cutout.png", WEBP, (1280, 1280), at_least=1.0),
    Row("WebP 12 MP to JPEG", "photo.webp", JPEG, at_least=0.9),
    Row("HEIC 12 MP to WebP", "photo.heic", WEBP, ipx=None),
    Row(
        "animated GIF to WebP",
        "moving.gif",
        WEBP,
        (320, 180),
        ipx=("animated",),
        frames=20,
        at_least=1.0,
    ),
)
