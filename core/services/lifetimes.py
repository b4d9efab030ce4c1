"""How long images live."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from core.model import Plan


def expiry(now: datetime, ttl: timedelta | None, plan: Plan) -> datetime | None:
    """When an image ends: after its ttl, but within the plan's retention; None: never.

    A whole second, as clients are told it: what is shown is what holds.
    """
    spans = [span for span in (ttl, plan.retention) if span is not None]
    return now.replace(microsecond=0) + min(spans) if spans else None
