"""Who somebody in a chat is: an account from the first message on, and its ways to the web."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import Banned, InvalidInput, RateLimited, Unauthenticated
from core.ids import BASE58, hash_secret, new_secret
from core.model import Caller
from core.services.access import user_caller

if TYPE_CHECKING:
    from core.chats import Identity, Joined, Person
    from core.model import UserId
    from core.ports import Clock, RateLimiter
    from core.ports_chats import Identities, Purpose, Tickets
    from core.services.sessions import Sessions

PLAN = "free"
"""Of those who come by a chat."""

TICKET_LIFE = timedelta(minutes=10)
CODE_LENGTH = 8
GUESS_RATE = "10/hour"
"""Codes that one person may try: of 58^8 = 1.3e14 they would find none."""

TICKETS_RATE = "20/hour"
"""Links and codes that one person may ask for."""

USED = "This link was used already, or is over ten minutes old. Ask for a new one with /login."
_NO_CODE = "There is no such code. It is good for ten minutes, once: get a new one with /link."
_OWN_CODE = "This code is your own. Type it on the other platform."


class People:
    """Knows people by the identities that platforms give them."""

    def __init__(
        self,
        identities: Identities,
        tickets: Tickets,
        sessions: Sessions,
        limiter: RateLimiter,
        clock: Clock,
    ) -> None:
        self._identities = identities
        self._tickets = tickets
        self._sessions = sessions
        self._limiter = limiter
        self._clock = clock

    async def caller(self, identity: Identity) -> Caller:
        """Who talks; their account is made at the first time.

        Raises:
            Banned: they are.
        """
        return _admitted(await self._identities.enrol(identity, PLAN, self._clock.now()))

    async def known(self, identity: Identity) -> Caller:
        """Who only looks: nobody's account is made for it.

        Raises:
            Banned: they are.
        """
        person = await self._identities.find(identity)
        return _admitted(person) if person else Caller(f"{identity.platform}:{identity.id}")

    async def identities_of(self, caller: Caller) -> list[Identity]:
        """All of a caller's identities."""
        return await self._identities.identities_of(_user(caller))

    async def is_hinted_first(self, identity: Identity) -> bool:
        """Whether somebody is to be told now that their chat makes photos smaller: once for all."""
        return await self._identities.hint(identity)

    async def sign_in_token(self, caller: Caller) -> str:
        """What a link carries that signs this person in on the web, once, within ten minutes.

        Raises:
            RateLimited: they asked for too many.
        """
        secret = new_secret()
        await self._issue("sign-in", secret, caller)
        return secret

    async def is_good(self, token: str) -> bool:
        """Whether a link still signs in; asking does not use it up."""
        found = await self._tickets.find("sign-in", hash_secret(token), self._clock.now())
        return found is not None

    async def sign_in(self, token: str) -> str:
        """A new session's cookie, for a link's token, which is used up by it.

        Raises:
            InvalidInput: it was used, or is too old.
            Banned: the person is.
        """
        found = await self._tickets.redeem("sign-in", hash_secret(token), self._clock.now())
        cookie = found and await self._sessions.open(found)
        if not cookie:
            raise InvalidInput(USED)
        await self._sessions.find(cookie)  # raises Banned
        return cookie

    async def link_code(self, caller: Caller) -> str:
        """A code that joins this person's accounts, typed on another platform.

        Raises:
            RateLimited: they asked for too many.
        """
        code = "".join(secrets.choice(BASE58) for _ in range(CODE_LENGTH))
        await self._issue("link", code, caller)
        return code

    async def link(self, caller: Caller, code: str) -> Joined:
        """Join the caller's account and that of whoever was shown the code.

        Raises:
            InvalidInput: there is no such code, or it is the caller's own.
            RateLimited: they tried too many.
            Banned: one of the two is.
        """
        other = await self.who_links(caller, code)
        now = self._clock.now()
        # Used up only once it has served: of many who come with it at once one finds two to join.
        joined = await self._identities.join(_user(caller), other, now)
        if not joined:
            raise InvalidInput(_NO_CODE)
        await self._tickets.redeem("link", hash_secret(code.strip()), now)
        return joined

    async def who_links(self, caller: Caller, code: str) -> UserId:
        """Whoever was shown the code.

        Raises:
            InvalidInput: there is no such code, or it is the caller's own.
            RateLimited: they tried too many.
        """
        await self._count(GUESS_RATE, "link", caller)
        other = await self._tickets.find("link", hash_secret(code.strip()), self._clock.now())
        if other is None:
            raise InvalidInput(_NO_CODE)
        if other == caller.user_id:
            raise InvalidInput(_OWN_CODE)
        return other

    async def _issue(self, purpose: Purpose, secret: str, caller: Caller) -> None:
        await self._count(TICKETS_RATE, "ticket", caller)
        now = self._clock.now()
        await self._tickets.add(purpose, hash_secret(secret), _user(caller), now, now + TICKET_LIFE)

    async def _count(self, rate: str, what: str, caller: Caller) -> None:
        verdict = await self._limiter.hit(rate, f"{what}:{caller.subject}")
        if not verdict.allowed:
            raise RateLimited("Too many tries in too short a time.", seconds=verdict.retry_after)


def _admitted(person: Person) -> Caller:
    if person.user.banned_at:
        raise Banned
    return user_caller(person.user, person.team)


def _user(caller: Caller) -> UserId:
    if caller.user_id is None:
        raise Unauthenticated
    return caller.user_id
