"""A safe SVG as pixels, by resvg."""

from __future__ import annotations

import threading
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from core.imaging.svg import reader, size, writer

if TYPE_CHECKING:
    from core.imaging.svg import SafeSvg

FONT = Path(__file__).with_name("DejaVuSans.ttf")
"""The one font that text is drawn in, on every machine the same."""

_FAMILY = "DejaVu Sans"
_DPI = 96.0
"""CSS's; without it sizes in millimetres come to nothing."""

_STACK_BYTES = 256 << 20
"""resvg recurses: an ordinary stack ends between 200 and 250 nested groups, we allow 256."""


def rasterised(svg: SafeSvg, shown: tuple[int, int]) -> Image.Image:
    """Draw at that size, transparent where nothing is drawn.

    Only what was made safe: resvg opens any file whose path it is given.

    Raises:
        ValueError: resvg can't draw it.

    """
    # resvg itself would keep the proportions, and be some pixels off.
    text = writer.write(size.at_size(reader.read(svg.data.decode()), shown)).decode()
    outcome: list[bytes | Exception] = []

    def draw() -> None:
        try:
            outcome.append(_png(text, shown))
        except Exception as error:  # noqa: BLE001 -- raised again below, in the caller's thread
            outcome.append(error)

    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=draw)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    (made,) = outcome
    if isinstance(made, Exception):
        raise made
    picture = Image.open(BytesIO(made), formats=["PNG"])
    return picture.convert("RGBA")


def _png(text: str, shown: tuple[int, int]) -> bytes:
    import resvg_py

    return resvg_py.svg_to_bytes(
        svg_string=text,
        width=shown[0],
        height=shown[1],
        dpi=_DPI,
        skip_system_fonts=True,
        font_files=[str(FONT)],
        font_family=_FAMILY,
        serif_family=_FAMILY,
        sans_serif_family=_FAMILY,
        cursive_family=_FAMILY,
        fantasy_family=_FAMILY,
        monospace_family=_FAMILY,
    )
