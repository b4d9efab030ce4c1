from __future__ import annotations

import asyncio

import pytest

from core.errors import Unavailable
from core.services import health


async def fine():
    pass


async def away():
    raise Unavailable("The part is away.", reason="for the operator alone")


async def hung():
    await asyncio.Event().wait()


async def test_each_part_is_asked_and_none_waits_for_another(monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    found = await health.Health({"one": fine, "two": away, "three": hung}).check()
    assert found.parts == {
        "one": "ok",
        "two": "The part is away.",
        "three": "It has not answered within 0.05 s.",
    }


@pytest.mark.parametrize(
    ("required", "optional", "ready"),
    [(fine, fine, True), (fine, away, True), (away, fine, False), (away, away, False)],
)
async def test_only_what_requests_need_makes_it_unready(required, optional, ready):
    found = await health.Health({"needed": required}, {"liked": optional}).check()
    assert found.ready is ready
    assert list(found.parts) == ["needed", "liked"]
