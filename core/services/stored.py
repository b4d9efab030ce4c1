"""The bytes that images are stored as, with as much of their metadata as is asked for."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import structlog

from core.errors import BlobMissing, StorageFull
from core.imaging.metadata.sidecar import FIRST_READ, Piece, cut, head_size, read_recipe, total_size

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from core.model import Blob, Media
    from core.ports import BlobReader

Metadata: TypeAlias = Literal["copyright", "none", "keep"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoredContent:
    """Fulfils `core.ports_bytes.Content`: `pieces` of blob and sidecar, in order."""

    blobs: BlobReader
    media: Media
    pieces: tuple[Piece, ...]
    size: int

    async def stream(self, start: int, end: int) -> AsyncGenerator[bytes]:
        for piece in cut(self.pieces, start, end):
            blob = self.media.sidecar if piece.source == "sidecar" else self.media.blob
            assert blob
            async with aclosing(_chunks(self.blobs, blob, piece.start, piece.end)) as chunks:
                async for chunk in chunks:
                    yield chunk

    def close(self) -> None:
        """Nothing is held between two reads."""


class Stored:
    """Reads what was uploaded."""

    def __init__(self, blobs: BlobReader) -> None:
        self._blobs = blobs

    async def open(self, media: Media, metadata: Metadata) -> StoredContent:
        """An image's own bytes.

        Raises:
            Unavailable: the storage can't be reached.
        """
        blob, sidecar = media.blob, media.sidecar
        if sidecar is None or metadata == "copyright":
            return StoredContent(self._blobs, media, (Piece("blob", 0, blob.size),), blob.size)
        pieces = read_recipe(await self._head(sidecar), metadata, blob.size)
        return StoredContent(self._blobs, media, pieces, total_size(pieces))

    async def bring(self, media: Media, metadata: Metadata, workspace: Path) -> Path:
        """An image's own bytes as a local file, which may only be read.

        Raises:
            Unavailable: the storage can't be reached.
            StorageFull: `workspace` has no room for a copy.
        """
        if media.sidecar is None or metadata == "copyright":
            found = await self._blobs.locate(media.blob.id)
            if found is not None:
                return found
        content = await self.open(media, metadata)
        target = workspace / "source"
        try:
            with await asyncio.to_thread(target.open, "wb") as out:
                async with aclosing(content.stream(0, content.size)) as chunks:
                    async for chunk in chunks:
                        out.write(chunk)
        except OSError as err:
            reason = f"The folder {workspace} takes nothing: {err.strerror or err}."
            raise StorageFull(seconds=30, reason=reason) from err
        return target

    async def _head(self, sidecar: Blob) -> bytes:
        """The sidecar's first bytes, with all of its header."""
        head = await self._read(sidecar, min(FIRST_READ, sidecar.size))
        needed = head_size(head)
        return head if needed <= len(head) else await self._read(sidecar, needed)

    async def _read(self, blob: Blob, end: int) -> bytes:
        return b"".join([chunk async for chunk in _chunks(self._blobs, blob, 0, end)])


async def _chunks(blobs: BlobReader, blob: Blob, start: int, end: int) -> AsyncGenerator[bytes]:
    """The storage's bytes; that it has lost some is for the operator to know."""
    try:
        async with aclosing(blobs.read(blob.id, start, end)) as chunks:
            async for chunk in chunks:
                yield chunk
    except BlobMissing as err:
        log.error("a blob is missing", blob=blob.id, reason=err.reason)  # noqa: TRY400  no fault of the code
        raise
