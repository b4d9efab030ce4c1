"""A server's storage, filled and counted past the server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Protocol

from core.service_urls import s3_address

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bench.places import Place
    from core.model import BlobId

TINY = b"\xff\xd8\xff\xe0 as good as a picture: nobody opens it while it is swept \xff\xd9"
AT_ONCE = 8


class Blobs(Protocol):
    def put(self, ids: Iterable[BlobId]) -> None:
        """Store `TINY` under each of these."""

    def count(self) -> int:
        """How many are stored."""


def open_blobs(place: Place) -> Blobs:
    url = place.settings.get("STORAGE_URL")
    return BucketBlobs(url, place.folder) if url else FolderBlobs(place.folder / "blobs")


class FolderBlobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, ids: Iterable[BlobId]) -> None:
        for blob_id in ids:
            leaf = self._folder / blob_id[:2] / blob_id[2:4]
            path = leaf / blob_id
            try:
                path.write_bytes(TINY)
            except FileNotFoundError:
                leaf.mkdir(parents=True)
                path.write_bytes(TINY)

    def count(self) -> int:
        return sum(1 for path in self._folder.glob("*/*/*") if path.is_file())


class BucketBlobs:
    """A bucket that a server has made already."""

    def __init__(self, url: str, folder: Path) -> None:
        from core.adapters.s3.bucket import Bucket

        self._bucket = Bucket(s3_address(url))
        self._tiny = folder / "tiny.jpeg"
        self._tiny.write_bytes(TINY)

    def put(self, ids: Iterable[BlobId]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            jobs = [threads.submit(self._bucket.put, one, self._tiny, Event()) for one in ids]
            for job in jobs:
                job.result()

    def count(self) -> int:
        later = datetime.now(UTC) + timedelta(days=1)
        return sum(len(portion) for portion in self._bucket.list_older(later))
