"""Logging: structured, to standard error; readable on a terminal, JSON elsewhere."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from structlog.typing import EventDict, Processor, WrappedLogger


def set_up(log_format: str | None, level: str, hidden: Iterable[str] = ()) -> None:
    """Send both structlog's and the libraries' logs through one set of processors.

    Of what is `hidden` no line tells, whoever logs it: a library its addresses, a failure the
    words of the one that caused it.

    There is a line for each request, so none goes by way of `logging`, which takes several
    times as long.
    """
    console = log_format == "console" or (log_format is None and sys.stderr.isatty())
    last: list[Processor] = (
        # Plain: the default prints every frame's variables, tokens and captions among them.
        [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
        if console
        else [
            _add_time,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_to_json),
        ]
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _add_name,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=partial(_Lines, tuple(secret.encode() for secret in hidden)),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Bridge()]
    root.setLevel(number)
    for chatty in ("aiohttp.access", "asyncio", "aiosqlite", "alembic", "httpx"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, number))


class _Lines:
    """Writes to standard error. A log that takes nothing fails nobody's request."""

    def __init__(self, hidden: tuple[bytes, ...], name: str = "") -> None:
        self.name = name
        self._hidden = hidden
        self._out = sys.stderr.buffer

    def msg(self, line: str | bytes) -> None:
        data = line.encode(errors="backslashreplace") if isinstance(line, str) else line
        for secret in self._hidden:
            data = data.replace(secret, b"(hidden)")
        with suppress(OSError, ValueError):
            self._out.write(data + b"\n")
            self._out.flush()

    debug = info = warning = error = critical = msg


class _Bridge(logging.Handler):
    """Hands over what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
            return  # somebody was told to stop, which libraries take for a failure of theirs
        try:
            level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
            log = structlog.get_logger(record.name)
            log.log(level, record.getMessage(), exc_info=record.exc_info)
        except Exception:  # noqa: BLE001  as its base class does
            self.handleError(record)


def _add_name(logger: WrappedLogger, _: str, event: EventDict) -> EventDict:
    event["logger"] = logger.name
    return event


def _add_time(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["timestamp"] = datetime.now(UTC).isoformat().removesuffix("+00:00") + "Z"
    return event


def _to_json(event: EventDict, default: Callable[[Any], Any]) -> bytes:
    try:
        return orjson.dumps(event, default)
    except TypeError:  # halves of surrogate pairs, say, or integers of any length
        return json.dumps(event, default=default).encode()
