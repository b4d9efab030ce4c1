"""What can go wrong with an S3 storage, told in sentences for the operator."""

from __future__ import annotations

import logging
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from minio.error import InvalidResponseError, MinioException, S3Error
from urllib3 import exceptions as http

from core.errors import BlobMissing, StorageFull, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.service_urls import S3Address

SAID = 160
"""Characters of a storage's own words that are shown."""

_RIGHTS = (
    "refuses the access key the use of bucket {bucket}. Give the key the rights to list the "
    "bucket and to read, write and delete in it, or name a bucket of your own"
)
_REGION = "has bucket {bucket} in another region than {region}. Set region=…, as it says"
_REFUSALS = {
    "InvalidAccessKeyId": "does not know the access key. Mend what stands before the colon",
    "SignatureDoesNotMatch": (
        "finds that access key and secret do not belong together. Mend them; they stand before @, "
        "with a colon between, and special characters are written as %XX, a / as %2F"
    ),
    "AuthorizationHeaderMalformed": _REGION,
    "PermanentRedirect": _REGION,
    "Redirect": _REGION,
    "TemporaryRedirect": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "InvalidLocationConstraint": "knows no region {region}. Set region=… to one of its own",
    "InvalidRegion": "knows no region {region}. Set region=… to one of its own",
    "AccessDenied": _RIGHTS,
    "AllAccessDisabled": _RIGHTS,
    "InvalidBucketName": "does not allow the name {bucket} for a bucket. Choose another",
    "BucketAlreadyExists": "has a bucket {bucket} that belongs to somebody else. Choose another",
    "NoSuchBucket": "has no bucket {bucket}. Start Pixferry again to have it made",
    "RequestTimeTooSkewed": (
        "has another time than this machine. Set this machine's clock, best by NTP"
    ),
}
_FULL = {
    "InsufficientStorage",
    "QuotaExceeded",
    "XMinioAdminBucketQuotaExceeded",
    "XMinioStorageFull",
}
_INSUFFICIENT_STORAGE = 507
_OUT_OF_REACH = "The storage can't be reached right now."
_CHECK = "Check host and port, and that secure= is true for TLS and false without"
_NO_S3 = f"does not answer as S3 does. {_CHECK}"
_NO_HTTP = f"ends the connection, or does not speak HTTP there. {_CHECK}"
_TLS_THERE = "expects TLS there. Set secure=true"
_SILENT = "has not answered in time. See that it runs, and is not overloaded"
_ON_THE_WAY = (
    (http.NameResolutionError, "has a name that nobody knows. Check the host"),
    (http.NewConnectionError, "takes no connections. Check host and port, and that it runs"),
    (
        http.ConnectTimeoutError,
        "can't be connected to in time. Check host and port, and firewalls between",
    ),
    (http.TimeoutError, _SILENT),
)

logger = logging.getLogger(__name__)


class WrongAnswer(ValueError):
    """The storage answered what S3 does not answer."""


class Failures:
    """Turns what the client raises into errors of the core."""

    def __init__(self, address: S3Address) -> None:
        self._address = address

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Let nothing of the client through."""
        try:
            yield
        except (MinioException, http.HTTPError, OSError, ValueError, SyntaxError) as err:
            # A SyntaxError is of the XML.
            raise self._judge(err) from err

    def refused(self, code: str | None, message: str | None) -> Unavailable:
        """The storage has refused with this code and message."""
        if code in _FULL:
            return StorageFull(seconds=30, reason=self._sentence("is full", code, message))
        told = _REFUSALS.get(code or "", "has refused")
        return self._unavailable(self._sentence(told, code, message))

    def silent(self) -> Unavailable:
        """No answer came in time."""
        return self._unavailable(self._sentence(_SILENT))

    def broken_off(self) -> Unavailable:
        """It has begun to send, and has not ended."""
        return self._unavailable(self._sentence("breaks off in the middle of a file"))

    def _judge(self, err: Exception) -> Unavailable:
        if isinstance(err, S3Error):
            return self._judge_refusal(err)
        if isinstance(err, http.HTTPError):
            return self._unavailable(self._sentence(_transport(err, self._address.secure)))
        if isinstance(err, OSError):
            return self._unavailable(self._sentence("can't be used", str(err)))
        tls = isinstance(err, InvalidResponseError) and "https" in str(err).lower()
        return self._unavailable(self._sentence(_TLS_THERE if tls else _NO_S3, str(err)))

    def _judge_refusal(self, err: S3Error) -> Unavailable:
        if err.code == "NoSuchKey":
            return BlobMissing(reason=self._sentence(f"has no object {err.object_name}"))
        if err.code == "InvalidRange":
            return too_short()
        if err.response.status == _INSUFFICIENT_STORAGE:
            return self.refused("InsufficientStorage", err.message)
        return self.refused(err.code, err.message)

    def _sentence(self, told: str, *said: str | None) -> str:
        """A sentence that names the setting; what the storage said stands in brackets."""
        address = self._address
        told = told.format(bucket=repr(address.bucket), region=repr(address.region))
        words = " ".join(": ".join(filter(None, said)).split())
        quoted = f" ({words[:SAID]})" if words else ""
        return f"{address.setting}: the storage at {address.endpoint} {told}{quoted}."

    @staticmethod
    def _unavailable(reason: str) -> Unavailable:
        logger.warning("storage out of reach: %s", reason)
        return Unavailable(_OUT_OF_REACH, seconds=5, reason=reason)


def too_short() -> BlobMissing:
    """The object has fewer bytes than were asked for."""
    return BlobMissing("A stored file is shorter than its record says.")


def _transport(err: Exception, secure: bool) -> str:
    """What is wrong on the way to the storage."""
    if isinstance(err, http.MaxRetryError) and err.reason:
        err = err.reason
    if isinstance(err, http.SSLError):
        return _tls(err)
    if not secure and "\\x15\\x03" in str(err):  # a TLS alert, taken for an answer
        return _TLS_THERE
    return next((told for kind, told in _ON_THE_WAY if isinstance(err, kind)), _NO_HTTP)


def _tls(err: http.SSLError) -> str:
    inner = err.args[0] if err.args else err
    if isinstance(inner, ssl.SSLCertVerificationError):
        return (
            f"has a certificate that is not trusted: {inner.verify_message}. Use the host that the "
            "certificate names, or have SSL_CERT_FILE name a file with the authority's certificate"
        )
    return "does not speak TLS there. Set secure=false, or use its port for TLS"
