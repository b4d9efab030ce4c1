"""Whether Redis or Valkey can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.choices import open_redis
from core.errors import Unavailable
from core.setting_types import PREFIX
from pixferry.doctor.findings import Finding, ok, wrong

if TYPE_CHECKING:
    from core.settings import Settings


async def check(settings: Settings) -> list[Finding]:
    """Ask it, if one is set."""
    if settings.redis_url is None:
        return [
            ok(
                f"{PREFIX}REDIS_URL is not set: each process counts rate limits and "
                "views on its own, which is fine for one process."
            )
        ]
    try:
        redis = open_redis(settings)
        assert redis
        try:
            await redis.open()
            await redis.check()
        finally:
            await redis.close()
    except Unavailable as err:
        return [wrong(err.reason, "Until then each process counts limits and views on its own.")]
    return [ok("It answers, and does what rate limits and single flight need.")]
