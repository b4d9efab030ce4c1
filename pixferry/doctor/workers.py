"""Whether the worker processes start and read pictures."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from core.choices import open_imager
from core.errors import UnsupportedImage
from pixferry.doctor.findings import Finding, ok, wrong

if TYPE_CHECKING:
    from core.ports import Imager
    from core.settings import Settings

SAMPLES = {
    "PNG": (
        "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAGUlEQVR4nGM8EaDBQApgIkn1qIZRDUNKAwAGbAFg"
        "e9OrNwAAAABJRU5ErkJggg=="
    ),
    "HEIC": (
        "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
        "AAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoAABAAAAAAAAACoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAA"
        "AAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAAAADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34"
        "+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm"
        "4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAA"
        "AChjbGFwAAAAEAAAAAEAAAAQAAAAAf///9AAAAAC////0AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAA"
        "AAAAAQABBYECAwWEAAAAMm1kYXQAAAAmKAGvGSFeQkDvXaW//oTP+UNX9XW3ymSgppcE14iZCwOBgI2RnTg="
    ),
    "AVIF": (
        "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAA"
        "AAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAJgAAAChpaW5mAAAA"
        "AAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAEAAAABAA"
        "AAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQB"
        "AoMEAAAALm1kYXQSAAoJGAz/2iAhoNCAMhccR4eF3dNNNMLAAAB1fVm9u4ULax2BUg=="
    ),
}
"""Pictures of 16 x 16 pixels: one that needs no library of its own, and two that do."""


async def check(settings: Settings) -> list[Finding]:
    """Have a real worker read a picture of each kind."""
    imager = open_imager(settings)
    try:
        unread = [name for name in SAMPLES if not await _is_read(imager, name)]
    finally:
        await imager.close()
    if unread:
        return [
            wrong(
                f"The image workers can't read {', '.join(unread)}.",
                "Install Pixferry's libraries anew: `make setup`, or the image of its version.",
            )
        ]
    return [ok(f"A worker reads {', '.join(SAMPLES)}; {settings.workers} may run at once.")]


async def _is_read(imager: Imager, name: str) -> bool:
    with TemporaryDirectory() as folder:
        file = Path(folder, "sample")
        await asyncio.to_thread(file.write_bytes, b64decode(SAMPLES[name]))
        try:
            await imager.ingest(file, Path(folder))
        except UnsupportedImage:
            return False
    return True
