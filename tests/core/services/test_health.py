from __future__ import annotations

import asyncio

from core.errors import Unavailable
from core.services import health


async def fine():
    pass


async def away():
    raise Unavailable("The part is away.")


async def hung():
    await asyncio.Event().wait()


async def test_each_part_is_asked_and_none_waits_for_another(monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    found = await health.Health({"one": fine, "two": away, "three": hung}).check()
    assert found == {
        "one": "ok",
        "two": "The part is away.",
        "three": "It has not answered within 0.05 s.",
    }
