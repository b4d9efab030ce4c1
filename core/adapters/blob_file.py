"""One file that is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from core.model import BlobId


class FileBlob:
    """Fulfils `core.ports.BlobReader`: a small file of the program's own, read once.

    Args:
        path: the file.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = path.read_bytes()

    async def read(self, blob_id: BlobId, start: int, end: int) -> AsyncGenerator[bytes]:  # noqa: ARG002 -- the port's
        yield self._data[start:end]

    async def locate(self, blob_id: BlobId) -> Path | None:  # noqa: ARG002 -- the port's
        return self._path
