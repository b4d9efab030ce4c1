"""One bucket, through the client `minio`: blocking calls, from any thread."""

from __future__ import annotations

import io
import os
import time
from itertools import islice
from typing import TYPE_CHECKING

from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.helpers import check_bucket_name

from core.adapters.s3.connections import Connections
from core.adapters.s3.failures import Failures, WrongAnswer
from core.adapters.s3.transfers import Incoming, Outgoing
from core.model import BlobId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from threading import Event

    from minio.datatypes import Object, Upload
    from minio.helpers import ObjectWriteResult

    from core.service_urls import S3Address

FOLDER = "blobs/"
"""What the keys of ours begin with: others may keep things in the bucket, too."""

PART = 5 << 20
"""Bytes of a file that are in memory at a time; S3 takes no smaller parts."""

PORTION = 500
"""Blobs listed in one call."""

KEPT = 64
"""Connections kept open."""

_UNFINISHED = "?uploadId="
_MADE_ALREADY = {"BucketAlreadyExists", "BucketAlreadyOwnedByYou", "OperationAborted"}
_MAKING_PAUSE = 0.2
_PROBE = b"pixferry" * 512


class Bucket:
    """Every method raises Unavailable, with a `reason`, when the storage does not do its part."""

    def __init__(self, address: S3Address) -> None:
        self._name = address.bucket
        self.failures = Failures(address)
        try:
            check_bucket_name(address.bucket, strict=True)
        except ValueError as err:
            raise self.failures.refused("InvalidBucketName", str(err)) from err
        with self.failures.translated():
            self._connections = Connections(secure=address.secure, kept=KEPT)
            self._client = _Client(
                address.endpoint,
                address.access_key,
                address.secret_key,
                secure=address.secure,
                region=address.region,  # given, so that the client does not ask for it
                http_client=self._connections,
            )

    def prepare(self) -> None:
        """Make the bucket if it is absent; another process may just be doing so."""
        with self.failures.translated():
            try:
                self._look()
            except S3Error as err:
                if err.code != "NoSuchBucket":
                    raise
                self._make()

    def put(self, blob_id: BlobId, source: Path, given_up: Event) -> None:
        """Send a file, or what a pipe gives, in parts.

        Once `given_up` is set it stops. What was begun and fails is aborted.
        """
        with self.failures.translated(), Outgoing(source, given_up) as file:
            sent = self._client.put_object(
                self._name,
                _key(blob_id),
                file,
                file.size,
                part_size=PART,
                num_parallel_uploads=1,  # else three parts were in memory
            )
            self._see_whole(sent, file)

    def open(self, blob_id: BlobId, start: int, end: int) -> Incoming:
        """Ask for the bytes [start, end).

        Raises:
            BlobMissing: there is no such blob, or it is shorter.
        """
        with self.failures.translated():
            answer = self._client.get_object(self._name, _key(blob_id), start, end - start)
            return Incoming(answer, start, end, self.failures)

    def remove(self, blob_ids: list[BlobId]) -> None:
        """Remove objects and unfinished uploads, as `list_older` names them."""
        whole = [DeleteObject(_key(one)) for one in blob_ids if _UNFINISHED not in one]
        with self.failures.translated():
            for blob_id in blob_ids:
                if _UNFINISHED in blob_id:
                    key, _, upload_id = _key(blob_id).partition(_UNFINISHED)
                    self._client.abort(self._name, key, upload_id)
            for error in list(self._client.remove_objects(self._name, whole)):
                if error.code != "NoSuchKey":
                    raise self.failures.refused(error.code, error.message)

    def list_older(self, before: datetime) -> Iterator[list[BlobId]]:
        """The ids of what is older, a request a step; with the uploads that a crash cut off."""
        with self.failures.translated():
            for uploads in self._client.unfinished(self._name):
                yield [
                    BlobId(f"{_id(upload.object_name)}{_UNFINISHED}{upload.upload_id}")
                    for upload in uploads
                    if upload.initiated_time and upload.initiated_time < before
                ]
            found = self._client.list_objects(self._name, FOLDER, recursive=True)
            while portion := list(islice(found, PORTION)):
                yield [_id(one.object_name) for one in portion if _older(one, before)]

    def check(self) -> None:
        """Write and remove a small object: named so that one left by a crash is swept."""
        key = f"{FOLDER}0000.probe.{os.urandom(8).hex()}"
        with self.failures.translated():
            sent = self._client.put_object(self._name, key, io.BytesIO(_PROBE), len(_PROBE))
            if not sent.etag:
                raise WrongAnswer("no ETag for what was stored")
            self._client.remove_object(self._name, key)

    def close(self) -> None:
        """Let connections go."""
        self._connections.clear()

    def _look(self) -> None:
        """List next to nothing: unlike HEAD, this has reasons in its answer if it is refused."""
        list(self._client.list_objects(self._name, f"{FOLDER}0000.probe.", recursive=True))

    def _make(self) -> None:
        try:
            self._client.make_bucket(self._name)
        except S3Error as err:
            if err.code not in _MADE_ALREADY:
                raise
            time.sleep(_MAKING_PAUSE)
            try:
                self._look()
            except S3Error as refused:
                if err.code == "BucketAlreadyExists":
                    raise err from refused
                raise

    def _see_whole(self, sent: ObjectWriteResult, file: Outgoing) -> None:
        """Compare the ETag, which is an MD5 unless it came in parts or is encrypted; or ask."""
        if sent.etag != file.md5:
            size = self._client.stat_object(self._name, sent.object_name).size
            if size != file.sent:
                raise WrongAnswer(f"{size} bytes stored of {file.sent}")


class _Client(Minio):
    """The client, with uploads in parts that were not finished: it keeps those to itself."""

    def unfinished(self, bucket: str) -> Iterator[list[Upload]]:
        """Uploads in parts that were neither completed nor aborted, in portions."""
        after: str | None = None
        while True:
            try:
                page = self._list_multipart_uploads(
                    # In no key of ours: servers differ about an empty delimiter.
                    bucket,
                    prefix=FOLDER,
                    key_marker=after,
                    delimiter=_UNFINISHED,
                )
            except S3Error as err:
                if err.code in {"NotImplemented", "MethodNotAllowed"}:  # it has no list of them
                    return
                raise
            yield page.uploads
            after = page.next_key_marker
            if not page.is_truncated or not after:
                return

    def abort(self, bucket: str, key: str, upload_id: str) -> None:
        """Drop an unfinished upload; that it is gone is fine."""
        try:
            self._abort_multipart_upload(bucket, key, upload_id)
        except S3Error as err:
            if err.code not in {"NoSuchUpload", "NoSuchKey"}:
                raise


def _key(blob_id: BlobId) -> str:
    return f"{FOLDER}{blob_id}"


def _id(key: str | None) -> BlobId:
    return BlobId((key or "").removeprefix(FOLDER))


def _older(one: Object, before: datetime) -> bool:
    return one.last_modified is not None and one.last_modified < before
