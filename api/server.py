"""The HTTP server around the application: what is said before a request is one."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from api.compat.registry import as_json
from api.errors import fault, http_problem
from api.hot import hot_first

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

log = structlog.get_logger("pixferry.http")


LINGER_SECONDS = 10.0
"""How long a refused body is still read, so that its sender gets to see the answer."""


_REQUEST_LINE = re.compile(r"b'[^ ']+ (/[^ ']*)")
"""Where aiohttp's parser quotes the line that it could not read: its address."""


class _Connection(web.RequestHandler):
    """One connection; what is no HTTP gets the same error shape as everything else."""

    def data_received(self, data: bytes) -> None:
        """Let a body come in to its end even after the server was told to stop.

        aiohttp drops all that comes from then on, and the request in flight waits in vain.
        """
        stopping = self._close or self._force_close
        if not (stopping and self._request_in_progress and self._parser is not None):
            super().data_received(data)
            return
        with suppress(HttpProcessingError):  # then the body has ended, as its reader is told
            self._parser.feed_data(data)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun; there is no other to send")
        request_id = secrets.token_hex(8)
        left = isinstance(exc, ConnectionError)  # the client did; the answer reaches nobody
        if status >= 500 and not left:  # noqa: PLR2004  faults of ours
            log.error(
                "fault outside of a request", request_id=request_id, reason=message, exc_info=exc
            )
            problem = fault(request_id)
        else:
            problem = http_problem(web.HTTPBadRequest())
        line = _REQUEST_LINE.search(message or "")
        response = as_json(problem, line[1] if line else "")
        response.headers["X-Request-Id"] = request_id
        response.force_close()
        return response


class _Server(web.Server):
    def __init__(self, plain: web.Server, **options: Any) -> None:
        super().__init__(plain.request_handler, request_factory=plain.request_factory, **options)
        self._options = options

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._options)


def _answering(handle: Handler) -> Handler:
    """Give what fails before the middlewares (an `Expect` unheard of) our shape, too."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await handle(request)
        except web.HTTPException as err:
            if err.status < 400:  # noqa: PLR2004  redirects are raised, too
                raise
            return as_json(http_problem(err), request.path)

    return answer


class Runner(web.AppRunner):
    """aiohttp's runner, with our connections."""

    def __init__(
        self,
        app: web.Application,
        shutdown_seconds: float,
        silent_seconds: float,
        *,
        pictures: bool = True,
    ) -> None:
        """`silent_seconds`: how long a connection may be idle, or take to send a request's head.

        `pictures`: whether the application has them, so that the hot ones can be given before it.
        """
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_seconds)
        self._silent_seconds = silent_seconds
        self._pictures = pictures

    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        handle = plain.request_handler
        plain.request_handler = _answering(
            hot_first(self.app, handle) if self._pictures else handle
        )
        return _Server(
            plain,
            access_log=None,
            auto_decompress=False,  # compressed bodies are refused; none may cost us anything
            keepalive_timeout=self._silent_seconds,
            lingering_time=min(LINGER_SECONDS, self._silent_seconds),
        )
