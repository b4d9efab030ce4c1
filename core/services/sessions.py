"""Sessions: browsers, and programs with a token, that are signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, Signer

from core.errors import Banned
from core.ids import hash_secret, new_secret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.accounts import SignedIn
    from core.model import UserId
    from core.ports import Clock
    from core.ports_accounts import Credentials

SESSION_LIFE = timedelta(days=30)


class Sessions:
    """Opens, finds and ends sessions.

    A cookie holds a random secret, signed: what nobody signed never reaches the database, and a
    `SECRET_KEY` that was taken out of the settings ends all that it has signed. The database has
    the secret's hash, so that a session ends there and then, and a copied table opens none.
    """

    def __init__(self, credentials: Credentials, clock: Clock, secrets: Sequence[str]) -> None:
        self._credentials = credentials
        self._clock = clock
        # The last key of the list signs, all are believed: ours are newest first.
        self._signer = Signer(list(reversed(secrets)), salt="session")

    async def open(self, user_id: UserId, password_hash: str | None = None) -> str | None:
        """A new session's cookie; None if `password_hash`, by which they came, was replaced."""
        expires_at = self._clock.now() + SESSION_LIFE
        secret = await self.begin(user_id, password_hash, expires_at)
        return self._signer.sign(secret).decode() if secret else None

    async def begin(
        self, user_id: UserId, password_hash: str | None, expires_at: datetime
    ) -> str | None:
        """A new session's secret, for whoever signs it themselves; None as with `open`."""
        secret, now = new_secret(), self._clock.now()
        opened = await self._credentials.open_session(
            hash_secret(secret), user_id, password_hash, now, expires_at
        )
        return secret if opened else None

    async def find(self, cookie: str | None) -> SignedIn | None:
        """Who is signed in by that cookie; None: nobody.

        Raises:
            Banned: they are.
        """
        secret = self._read(cookie)
        return await self.holder(secret) if secret else None

    async def holder(self, secret: str) -> SignedIn | None:
        """Whose session that is; None: it is over, or none was.

        Raises:
            Banned: they are.
        """
        found = await self._credentials.find_session(hash_secret(secret), self._clock.now())
        if found and found.user.banned_at:
            raise Banned
        return found

    async def end(self, cookie: str | None) -> None:
        """Sign out that browser, wherever its cookie may have been copied to."""
        if secret := self._read(cookie):
            await self._credentials.end_session(hash_secret(secret))

    async def end_all(self, user_id: UserId) -> None:
        """Sign out every browser of a user."""
        await self._credentials.end_sessions(user_id)

    def _read(self, cookie: str | None) -> str | None:
        if not cookie:
            return None
        try:
            return self._signer.unsign(cookie).decode()
        except BadSignature:
            return None
