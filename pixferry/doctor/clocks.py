"""Whether this machine's clock agrees with those of the services."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import aiohttp

from core.choices import inspect_database
from core.errors import CoreError
from core.service_urls import POSTGRES
from pixferry.doctor.findings import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from core.service_urls import S3Address
    from core.settings import Settings

WORTH_TELLING = 3.0
"""Seconds: images expire to the second, and HTTP's dates are no finer."""

TOO_MUCH = 300.0
"""Seconds: S3 servers refuse what was signed over 15 minutes ago, or will be."""

_TIMEOUT = aiohttp.ClientTimeout(total=5)


async def check(settings: Settings) -> list[Finding]:
    """Compare the time with every service that has a clock; where there is none, with nothing."""
    asked = {
        "PostgreSQL": _of_database(settings),
        "The S3 server": _of_storage(settings.s3),
    }
    found = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
    return [judge(name, skew) for name, skew in found.items() if skew is not None]


def judge(name: str, skew: float) -> Finding:
    """What to say of a clock that is `skew` seconds ahead of ours."""
    if abs(skew) < WORTH_TELLING:
        return ok(f"{name} and this machine agree on the time.")
    text = f"{name}'s clock is {abs(skew):,.0f} s {'ahead of' if skew > 0 else 'behind'} this one."
    advice = "Let both machines keep time by NTP (chrony, systemd-timesyncd)."
    return (wrong if abs(skew) > TOO_MUCH else warning)(text, advice)


async def _of_database(settings: Settings) -> float | None:
    if not settings.database.startswith(POSTGRES):
        return None
    try:
        return (await inspect_database(settings)).skew
    except CoreError:
        return None  # the database's own row says why


async def _of_storage(place: S3Address | None) -> float | None:
    """By the `Date` of any answer, be it a refusal."""
    if place is None:
        return None
    url = f"{'https' if place.secure else 'http'}://{place.endpoint}/"
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as http:
            asked = time.time()
            async with http.head(url, allow_redirects=False) as answer:
                middle = (asked + time.time()) / 2
                # The second that the date names began up to one second ago.
                return parsedate_to_datetime(answer.headers["Date"]).timestamp() + 0.5 - middle
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
        return None  # the storage's own row says why
