"""Whether a caller may host one more image, asked before the body is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import CoreError, QuotaExceeded, RateLimited, StorageExceeded, Unauthenticated

if TYPE_CHECKING:
    from core.model import Caller, Plan, RateVerdict, Usage
    from core.ports import Catalog, Clock, RateLimiter
    from core.services.access import Access


@dataclass(frozen=True, slots=True)
class Admission:
    """What a caller may upload right now.

    `refusal` is the quota's, to be raised once the fields are known: a retry of an upload
    that succeeded is told so (`external_id_duplicate`) before it is told of the quota.
    """

    plan: Plan
    refusal: CoreError | None = None


class Quotas:
    """Plans' uploads and storage, and the rate of anonymous uploads."""

    def __init__(
        self,
        access: Access,
        catalog: Catalog,
        limiter: RateLimiter,
        clock: Clock,
        anonymous_rate: str | None,
    ) -> None:
        """`anonymous_rate` None: uploads without a key are not taken."""
        self._access = access
        self._catalog = catalog
        self._limiter = limiter
        self._clock = clock
        self._anonymous_rate = anonymous_rate

    def refuse_strangers(self, caller: Caller) -> None:
        """Turn away whoever has no key, if they may not upload.

        Raises:
            Unauthenticated: this server takes no anonymous uploads.
        """
        if caller.team is None and self._anonymous_rate is None:
            raise Unauthenticated("This server takes uploads with an API key alone.")

    async def count_attempt(self, caller: Caller, images: int = 1) -> RateVerdict | None:
        """Count anonymous images of this address; None for teams, which have quotas.

        Raises:
            Unauthenticated: this server takes no anonymous uploads.
        """
        self.refuse_strangers(caller)
        if caller.team or self._anonymous_rate is None:
            return None
        return await self._limiter.hit(self._anonymous_rate, caller.subject, images)

    async def admit(self, caller: Caller, verdict: RateVerdict | None) -> Admission:
        """Say what may be uploaded.

        Raises:
            RateLimited: the address has used up its rate.
        """
        plan = self._access.plan_of(caller)
        if verdict and not verdict.allowed:
            raise RateLimited(
                "This address has uploaded as much as it may for now.", seconds=verdict.retry_after
            )
        if caller.team is None:
            return Admission(plan)
        return Admission(plan, _full(plan, await self.usage(caller)))

    async def usage(self, caller: Caller) -> Usage:
        """What the caller's team has used."""
        assert caller.team
        return await self._catalog.usage(caller.team.id, self._clock.now())


def _full(plan: Plan, used: Usage) -> QuotaExceeded | None:
    if plan.uploads_month is not None and used.uploads >= plan.uploads_month:
        return QuotaExceeded.uploads(plan.uploads_month)
    if plan.storage is not None and used.storage_bytes >= plan.storage:
        return StorageExceeded()
    return None
