"""Giving out an image's bytes."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog

from core.errors import BlobMissing, Forbidden
from core.imaging.metadata.sidecar import FIRST_READ, Piece, cut, head_size, read_recipe, total_size
from core.services.access import owns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from core.model import Blob, Caller, Media
    from core.ports import BlobStore
    from core.services.visibility import Visibility

Metadata = Literal["copyright", "none", "keep"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent: `pieces` in order, `size` bytes in all; `tag` changes when a byte does.

    `private`: it is for the owner's eyes alone, so no cache may give it to anybody else.
    """

    media: Media
    tag: str
    size: int
    pieces: tuple[Piece, ...]
    private: bool


class Delivery:
    """Finds images for whom may see them, and streams their bytes."""

    def __init__(self, visibility: Visibility, blobs: BlobStore, *, keep_for_anyone: bool) -> None:
        self._visibility = visibility
        self._blobs = blobs
        self._keep_for_anyone = keep_for_anyone

    async def find(self, media_id: str, caller: Caller) -> Media:
        """The image; see Visibility.find."""
        return await self._visibility.find(media_id, caller)

    async def content(self, media: Media, metadata: Metadata, caller: Caller) -> Content:
        """What to send for an image with that much of its metadata.

        Raises:
            Forbidden: `keep` is asked for by somebody who does not own the image.
            Unavailable: the storage can't be reached.
        """
        if metadata == "keep" and not (self._keep_for_anyone or owns(caller, media)):
            raise Forbidden("`metadata=keep` shows where a picture was taken: its owner's to give.")
        blob, sidecar = media.blob, media.sidecar
        private = not media.public or (metadata == "keep" and not self._keep_for_anyone)
        if sidecar is None or metadata == "copyright":
            whole = Piece("blob", 0, blob.size)
            return Content(media, blob.sha256[:32], blob.size, (whole,), private)
        pieces = read_recipe(await self._head(sidecar), metadata, blob.size)
        tag = f"{blob.sha256[:16]}-{sidecar.sha256[:16]}-{metadata}"
        return Content(media, tag, total_size(pieces), pieces, private)

    async def stream(self, content: Content, start: int, end: int) -> AsyncGenerator[bytes]:
        """The bytes [start, end) of the content, in chunks.

        Raises:
            Unavailable: the storage can't be reached.
            BlobMissing: it has lost the bytes.
        """
        media = content.media
        for piece in cut(content.pieces, start, end):
            blob = media.sidecar if piece.source == "sidecar" else media.blob
            assert blob
            async with aclosing(self._chunks(blob, piece.start, piece.end)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def _head(self, sidecar: Blob) -> bytes:
        """The sidecar's first bytes, with all of its header."""
        head = await self._read(sidecar, min(FIRST_READ, sidecar.size))
        needed = head_size(head)
        return head if needed <= len(head) else await self._read(sidecar, needed)

    async def _read(self, blob: Blob, end: int) -> bytes:
        return b"".join([chunk async for chunk in self._chunks(blob, 0, end)])

    async def _chunks(self, blob: Blob, start: int, end: int) -> AsyncGenerator[bytes]:
        """The storage's bytes; that it has lost some is for the operator to know."""
        try:
            async with aclosing(self._blobs.read(blob.id, start, end)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except BlobMissing as err:
            log.error("a blob is missing", blob=blob.id, reason=err.reason)  # noqa: TRY400  no fault of the code
            raise
