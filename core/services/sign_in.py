"""Signing in by email address and password."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from core.emails import normal_email
from core.errors import Banned, RateLimited, WrongPassword

if TYPE_CHECKING:
    from core.model import Caller, UserId
    from core.ports import RateLimiter
    from core.ports_accounts import Credentials
    from core.services.passwords import Passwords
    from core.services.sessions import Sessions

PAIR_RATE = "5/minute;20/hour"
"""Attempts of one address (IPv6: its /64) at one account."""

CALLER_RATE = "20/minute;100/hour"
"""Attempts of one address at all accounts."""

ACCOUNT_RATE = "100/hour"
"""Attempts of all the world at one account: its password takes a while to be guessed from a
thousand places, too. Whoever forgot it gets in by /auth/reset meanwhile."""


class SignIn:
    """Lets people in, and slows those who guess."""

    def __init__(
        self,
        credentials: Credentials,
        passwords: Passwords,
        sessions: Sessions,
        limiter: RateLimiter,
    ) -> None:
        self._credentials = credentials
        self._passwords = passwords
        self._sessions = sessions
        self._limiter = limiter

    async def sign_in(self, email: str, password: str, caller: Caller) -> str:
        """A new session's cookie.

        Raises:
            WrongPassword, Banned, RateLimited: see `check`.
        """
        cookie = await self._sessions.open(*await self.check(email, password, caller))
        if cookie is None:  # the password was replaced in this very moment
            raise WrongPassword.refused()
        return cookie

    async def check(self, email: str, password: str, caller: Caller) -> tuple[UserId, str]:
        """Whose address and password these are, and the hash to open a session with.

        An address without an account, or without a password, costs the same time and gets the
        same answer as a wrong password.

        Raises:
            WrongPassword: address and password do not belong together.
            Banned: they do, and the user is banned.
            RateLimited: too many attempts.
        """
        try:
            address = normal_email(email)
        except ValueError:
            address = None
        await self._count(address or email, caller)
        login = await self._credentials.find_login(address) if address else None
        hashed = login.password_hash if login else None
        right = await self._passwords.verify(password, hashed)
        if login is None or hashed is None or not right:
            raise WrongPassword.refused()
        if login.user.banned_at:
            raise Banned
        if self._passwords.outdated(hashed):
            renewed = await self._passwords.hash(password)
            await self._credentials.renew_hash(login.user.id, renewed, hashed)
            hashed = renewed
        return login.user.id, hashed

    async def _count(self, account: str, caller: Caller) -> None:
        """Count an attempt, before anything is known of the account."""
        known = sha256(account.encode("utf-8", "surrogatepass")).hexdigest()
        for rate, subject in (
            (CALLER_RATE, f"sign-in:{caller.subject}"),
            (PAIR_RATE, f"sign-in:{caller.subject}:{known}"),
            (ACCOUNT_RATE, f"sign-in:{known}"),
        ):
            verdict = await self._limiter.hit(rate, subject)
            if not verdict.allowed:
                raise RateLimited("Too many attempts to sign in.", seconds=verdict.retry_after)
