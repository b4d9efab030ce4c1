"""Whether the parts that requests depend on are within reach."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import CoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

PATIENCE = 3.0
"""Seconds after which a part that does not answer counts as out of reach."""


class Health:
    """Asks each part."""

    def __init__(self, parts: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        self._parts = parts

    async def check(self) -> dict[str, str]:
        """Each part's name with `ok`, or a sentence on what is wrong with it."""
        found = await asyncio.gather(*(_ask(check) for check in self._parts.values()))
        return dict(zip(self._parts, found, strict=True))


async def _ask(check: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except CoreError as err:
        return err.public
    except TimeoutError:
        return f"It has not answered within {PATIENCE:g} s."
    return "ok"
