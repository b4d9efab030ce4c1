"""How the S3 client connects: times and retries of our own."""

from __future__ import annotations

import io
import ssl
from typing import TYPE_CHECKING, Any, Self

from urllib3 import PoolManager
from urllib3.exceptions import TimeoutError as TimeIsUp
from urllib3.util import Retry, Timeout

from core.adapters.s3.failures import WrongAnswer

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

CONNECT = 2.0
"""Seconds to connect, and for the storage to take one `BLOCK`."""

SILENCE = 3.5
"""Seconds without an answer, or without more of it."""

ABORT = 0.5
"""Seconds for an abort: it follows upon a failure, and may well fail alike."""

BLOCK = 256 * 1024
"""Bytes sent at a time. A body in one piece would have to be sent whole within `CONNECT`."""

_REDIRECTED = 300


class Connections(PoolManager):
    """Connections to one storage, kept open for the next request."""

    def __init__(self, *, secure: bool, kept: int) -> None:
        """Keep so many. Certificates are trusted as the machine does, or `SSL_CERT_FILE` says."""
        super().__init__(
            maxsize=kept,
            blocksize=BLOCK,
            timeout=Timeout(connect=CONNECT, read=SILENCE),
            retries=_PromptRetry(
                total=2,
                backoff_factor=0.1,
                status_forcelist={500, 502, 503, 504},
                raise_on_status=False,
                respect_retry_after_header=False,
            ),
            ssl_context=ssl.create_default_context() if secure else None,
        )

    def urlopen(  # type: ignore[override]
        self, method: str, url: str, *, body: bytes | None = None, **options: Any
    ) -> BaseHTTPResponse:
        """Send one request. A redirect is not followed: its signature is for this host alone."""
        if method == "DELETE" and "uploadId=" in url:
            options |= {"timeout": Timeout(ABORT), "retries": False}
        sent = io.BytesIO(body) if body else None
        answer = super().urlopen(method, url, redirect=False, body=sent, **options)
        if options.get("preload_content", True) and _is_page(answer):
            raise WrongAnswer(f"{answer.status} with a page of HTML")
        return answer


def _is_page(answer: BaseHTTPResponse) -> bool:
    """Whether a success is a web server's: the client would take its page for an empty list.

    The type does not tell: there is a server that calls its XML HTML.
    """
    head = answer.data.lstrip()[:9].lower()
    return answer.status < _REDIRECTED and head.startswith((b"<!doctype", b"<html"))


class _PromptRetry(Retry):
    """Tries idempotent requests again at once, but none that has used up its time."""

    def increment(self, *arguments: Any, **named: Any) -> Self:
        if isinstance(named.get("error"), TimeIsUp):
            raise named["error"]
        return super().increment(*arguments, **named)
