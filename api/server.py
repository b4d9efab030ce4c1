"""The HTTP server around the application: what is said before a request is one."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from aiohttp import web

from api.errors import http_problem, problem_json

log = structlog.get_logger("pixferry.http")

HEADER_SECONDS = 30.0
"""How long a connection may be idle, or take to send a request's head."""


class _Connection(web.RequestHandler):
    """One connection; what is no HTTP gets the same error shape as everything else."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun; there is no other to send")
        if status >= 500:  # noqa: PLR2004  faults of ours
            log.error("fault outside of a request", reason=message, exc_info=exc)
        problem = web.HTTPBadRequest() if status < 500 else web.HTTPInternalServerError()  # noqa: PLR2004
        response = problem_json(http_problem(problem))
        response.headers["X-Request-Id"] = secrets.token_hex(8)
        response.force_close()
        return response


class _Server(web.Server):
    def __init__(self, plain: web.Server, **options: Any) -> None:
        super().__init__(plain.request_handler, request_factory=plain.request_factory, **options)
        self._options = options

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._options)


class Runner(web.AppRunner):
    """aiohttp's runner, with our connections."""

    def __init__(self, app: web.Application, shutdown_seconds: float) -> None:
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_seconds)

    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        return _Server(plain, access_log=None, keepalive_timeout=HEADER_SECONDS)
