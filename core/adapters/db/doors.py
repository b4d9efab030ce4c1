"""What both databases' doors have in common: how long they wait, and what comes out if shut."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.errors import Unavailable

BUSY_TIMEOUT = 4.0
"""Seconds that a writer waits for its turn before the request is answered with 503."""

logger = logging.getLogger(__name__)


@contextmanager
def translated(failure: Callable[[Exception], Unavailable | None]) -> Iterator[None]:
    """Raise what comes out of a door as `failure` has it; where it gives None, as it is."""
    try:
        yield
    except Exception as err:
        told = failure(err)
        if told is None:
            raise
        logger.warning("database out of reach: %s", told.reason)
        raise told from err
