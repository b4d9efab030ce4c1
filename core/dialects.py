"""What other services' APIs allow, as data beside the plans: `[dialects.NAME.TIER]`."""

from __future__ import annotations

from dataclasses import dataclass

OTHERS = "*"
"""Stands in a tier's `plans` for every plan that no tier names."""


@dataclass(frozen=True, slots=True)
class Tier:
    """What one dialect allows to callers of some plans.

    Args:
        name: the dialect's word for it.
        plans: ids of plans whose callers it is for; `*`: all that no other tier names.
        max_file: bytes of a file, in place of the plan's; None: the plan's.
        files: files that one request may carry.
        requests: rate of requests, of each key or else address, such as `100/minute;1000/hour`.
        uploads: rate of requests that upload, of each team or else address.
        address_requests: rate of requests of each address, whatever keys they carry.

    """

    name: str
    plans: tuple[str, ...]
    max_file: int | None = None
    files: int = 1
    requests: str | None = None
    uploads: str | None = None
    address_requests: str | None = None


def tier_for(tiers: tuple[Tier, ...], plan: str) -> Tier:
    """The tier of a plan; the loader has seen to it that there is one."""
    for wanted in (plan, OTHERS):
        for tier in tiers:
            if wanted in tier.plans:
                return tier
    raise LookupError(plan)
