"""Ports, continued: bytes that are given out, and where renditions are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable
    from pathlib import Path

    from core.model import BlobId


class Content(Protocol):
    """The bytes of one picture, wherever they come from."""

    @property
    def size(self) -> int:
        """In bytes."""

    def stream(self, start: int, end: int) -> AsyncGenerator[bytes]:
        """Give the bytes [start, end) in chunks; to close it early frees what it holds.

        Raises:
            Unavailable: the storage can't be reached, or has lost them.
        """

    def close(self) -> None:
        """Let go of what is held between two reads."""


class RenditionStore(Protocol):
    """Keeps what was made of blobs, so that it need not be made again. It may lose anything."""

    async def find(self, blob_id: BlobId, name: str) -> Content | None:
        """The rendition, if it is kept; noted as used. It can be read to its end once found."""

    async def measure(self, blob_id: BlobId, names: Iterable[str]) -> dict[str, int]:
        """Bytes of those of a blob's renditions that are kept, by name; not noted as used."""

    async def take(self, blob_id: BlobId, name: str | None, source: Path) -> Content:
        """Give a finished local file as content, and keep it where there is room.

        The file is moved away if that can be done; `name` None: it is not kept.

        Raises:
            Unavailable: the file can't be read.
        """

    async def remove(self, blob_ids: list[BlobId]) -> None:
        """Remove all that was made of these blobs; where nothing was is fine."""

    def list_blobs(self) -> AsyncIterator[list[BlobId]]:
        """Give, in portions, the ids of the blobs of which anything is kept."""

    async def trim(self) -> int:
        """Remove the least recently used beyond the limit; gives their number.

        It may put off looking for what there is, if that takes long.
        """

    async def close(self) -> None:
        """Let threads go."""
