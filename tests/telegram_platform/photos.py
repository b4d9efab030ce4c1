"""Photos: re-encoded as JPEG in several sizes, as clients do it before they send."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections import OrderedDict
from typing import TYPE_CHECKING

from PIL import Image, ImageOps
from telegram_platform.files import File
from telegram_platform.refusals import bad

if TYPE_CHECKING:
    from telegram_platform.files import Files

SIDES = (90, 320, 800, 1280)  # the long one
QUALITY = 87
PHOTO_MAX = 10 << 20  # bytes
SUM_MAX, RATIO_MAX = 10_000, 20
SETS_KEPT = 20_000
KEPT = 64  # pictures, so that many messages may show the same one


class Photos:
    def __init__(self, files: Files) -> None:
        self.files = files
        self._sets: OrderedDict[str, list[dict]] = OrderedDict()  # by the ids of their members
        self._made: OrderedDict[bytes, list[tuple[int, int, bytes]]] = OrderedDict()

    async def take(self, file: File, *, check: bool = False) -> list[dict]:
        """The sizes of a new photo, smallest first. `check`: it is the bot that sends it."""
        size = len(file.data)
        if check and size > PHOTO_MAX:
            raise bad(
                f"file of size {size} bytes is too big for a photo; "
                f"the maximum size is {PHOTO_MAX} bytes"
            )
        mark = hashlib.sha256(file.data).digest()
        if mark not in self._made:
            self._made[mark] = await asyncio.to_thread(made, file.data)
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        sizes = []
        for width, height, data in self._made[mark]:
            bad_ways = {"stalls_after": file.stalls_after, "drops_after": file.drops_after}
            stored = self.files.keep(File(data, "photo.jpg", "image/jpeg", **bad_ways), "photo")
            sizes.append(stored.data() | {"width": width, "height": height})
        for one in sizes:
            self._sets[one["file_id"]] = sizes
        while len(self._sets) > SETS_KEPT:
            self._sets.popitem(last=False)
        return sizes

    def sizes_of(self, number: str) -> list[dict]:
        """The sizes of a photo that is sent again, by the id of any."""
        return self._sets[number]


def made(data: bytes) -> list[tuple[int, int, bytes]]:
    try:
        with Image.open(io.BytesIO(data)) as opened:
            width, height = opened.size
            if width + height > SUM_MAX or max(width, height) > RATIO_MAX * min(width, height):
                raise bad("PHOTO_INVALID_DIMENSIONS")
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, SyntaxError, ValueError):
        raise bad("IMAGE_PROCESS_FAILED") from None
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    sizes = []
    for side in SIDES:
        scaled = flat.copy()
        scaled.thumbnail((side, side))
        out = io.BytesIO()
        scaled.save(out, "JPEG", quality=QUALITY)
        sizes.append((*scaled.size, out.getvalue()))
        if side >= max(flat.size):
            break
    return sizes
