"""What a caller may do in another service's dialect: its tiers in place of the plan's numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.dialects import tier_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.dialects import Tier
    from core.model import Caller, Plan, RateVerdict
    from core.ports import RateLimiter
    from core.services.access import Access


class Dialects:
    """Limits of the dialects; quotas are the plan's in each of them."""

    def __init__(
        self, tiers: Mapping[str, tuple[Tier, ...]], access: Access, limiter: RateLimiter
    ) -> None:
        self._tiers = tiers
        self._access = access
        self._limiter = limiter

    def tier(self, dialect: str, caller: Caller) -> Tier:
        """What the dialect allows this caller."""
        return tier_for(self._tiers[dialect], self._access.plan_of(caller).id)

    def plan(self, dialect: str, caller: Caller) -> Plan:
        """The caller's plan with the dialect's size of files."""
        plan = self._access.plan_of(caller)
        max_file = self.tier(dialect, caller).max_file
        return plan if max_file is None else replace(plan, max_file=max_file)

    async def count(self, dialect: str, caller: Caller, address: str) -> RateVerdict | None:
        """Count one request of the caller, who sits at that address; None: without limit.

        Where the address has used up its own rate, the verdict is that one's.
        """
        tier = self.tier(dialect, caller)
        verdict = None
        if tier.address_requests:
            verdict = await self._hit(dialect, tier.address_requests, "every", address)
        if tier.requests and (verdict is None or verdict.allowed):
            verdict = await self._hit(dialect, tier.requests, "request", caller.subject)
        return verdict

    async def count_upload(self, dialect: str, caller: Caller) -> RateVerdict | None:
        """Count one request that uploads, of the whole team or else address; None: no limit."""
        rate = self.tier(dialect, caller).uploads
        subject = f"team:{caller.team.id}" if caller.team else caller.subject
        return await self._hit(dialect, rate, "upload", subject) if rate else None

    async def _hit(self, dialect: str, rate: str, what: str, subject: str) -> RateVerdict:
        return await self._limiter.hit(rate, f"{dialect}:{what}:{subject}")
