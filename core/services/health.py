"""Whether the parts that requests depend on are within reach."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import CoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

PATIENCE = 3.0
"""Seconds after which a part that does not answer counts as out of reach."""


@dataclass(frozen=True, slots=True)
class Found:
    """Each part's name with `ok`, or a sentence on what is wrong with it.

    `ready`: all that requests can't do without is within reach.
    """

    ready: bool
    parts: Mapping[str, str]


class Health:
    """Asks each part."""

    def __init__(
        self,
        required: Mapping[str, Callable[[], Awaitable[None]]],
        optional: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
    ) -> None:
        """Take how to ask each part; without an `optional` one requests are served all the same."""
        self._required = frozenset(required)
        self._parts = {**required, **(optional or {})}

    async def check(self) -> Found:
        """Ask all at once."""
        said = await asyncio.gather(*(_ask(check) for check in self._parts.values()))
        parts = dict(zip(self._parts, said, strict=True))
        return Found(all(parts[name] == "ok" for name in self._required), parts)


async def _ask(check: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except CoreError as err:
        return err.public
    except TimeoutError:
        return f"It has not answered within {PATIENCE:g} s."
    return "ok"
