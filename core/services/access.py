"""Who is asking, and what they may do."""

from __future__ import annotations

import hmac
import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import Banned, Forbidden, RateLimited, Unauthenticated, Unavailable
from core.ids import hash_secret
from core.model import Ability, Caller, KeyId, Media
from core.plans import plan_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model import Plan, Team, User
    from core.ports import Clock, RateLimiter
    from core.ports_accounts import Directory

_TOKEN = re.compile(r"(?:([0-9]{1,18})\|)?([\x21-\x7b\x7d\x7e]{1,200})")
_NOTED_EVERY = timedelta(hours=1)
_NEEDS = {
    Ability.READ: "This key may not read: it lacks the ability `read`.",
    Ability.WRITE: "This key may not write: it lacks the ability `write`.",
    Ability.ALL: "This key may not manage keys: that takes a key with the ability `*`.",
}


class Access:
    """Turns keys into callers, and holds callers to their abilities and rates."""

    def __init__(
        self,
        directory: Directory,
        limiter: RateLimiter,
        clock: Clock,
        plans: Mapping[str, Plan],
    ) -> None:
        self._directory = directory
        self._limiter = limiter
        self._clock = clock
        self._plans = plans

    async def identify(self, token: str) -> Caller:
        """The caller behind an API token: `{key id}|{secret}` or the secret alone.

        Raises:
            Unauthenticated: no such key, or it was revoked.
            Banned: the key's user is banned.
        """
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            raise Unauthenticated
        key_id = KeyId(int(parts[1])) if parts[1] else None
        hashed = hash_secret(parts[2])
        holder = await self._directory.find_key(key_id, hashed)
        if holder is None or not hmac.compare_digest(holder.secret_hash, hashed):
            raise Unauthenticated
        if holder.banned:
            raise Banned
        key, team = holder.key, holder.team
        now = self._clock.now()
        if key.last_used_at is None or now - key.last_used_at > _NOTED_EVERY:
            with suppress(Unavailable):  # a note for people; the request does not depend on it
                await self._directory.touch_key(key.id, now)
        return Caller(f"key:{key.id}", team, key.user_id, key.id, key.abilities)

    async def permit(self, caller: Caller, ability: Ability | None) -> None:
        """Hold a key's caller to its abilities, and to its plan's limit of abuse.

        Raises:
            Forbidden: the key lacks the ability.
            RateLimited: the key passed the limit.
        """
        if ability:
            require(caller, ability)
        plan = self.plan_of(caller)
        if plan.requests_minute:
            await self._limit(f"{plan.requests_minute}/minute", caller.subject)

    def plan(self, name: str) -> Plan:
        """The plan of that name; see `plan_named`."""
        return plan_named(self._plans, name)

    def plan_of(self, caller: Caller) -> Plan:
        """The plan that a caller uploads by."""
        return self.plan(caller.team.plan) if caller.team else self._plans["anonymous"]

    async def _limit(self, rate: str, subject: str) -> None:
        verdict = await self._limiter.hit(rate, subject)
        if not verdict.allowed:
            raise RateLimited(seconds=verdict.retry_after)


def user_caller(user: User, team: Team) -> Caller:
    """A person, by their session or their chat: they may do all that their keys may."""
    return Caller(f"user:{user.id}", team, user.id, abilities=frozenset({Ability.ALL}))


def require(caller: Caller, ability: Ability) -> None:
    """Hold a key's caller to its abilities.

    Raises:
        Forbidden: the key lacks the ability.
    """
    if not {ability, Ability.ALL} & caller.abilities:
        raise Forbidden(_NEEDS[ability])


def owns(caller: Caller, media: Media) -> bool:
    """Whether the image is the caller's team's."""
    return caller.team is not None and caller.team.id == media.team_id
