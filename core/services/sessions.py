"""Sessions: browsers that are signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, Signer

from core.errors import Banned
from core.ids import hash_secret, new_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        secret = new_secret()
        now = self._clock.now()
        opened = await self._credentials.open_session(
            hash_secret(secret), user_id, password_hash, now, now + SESSION_LIFE
        )
        return self._signer.sign(secret).decode() if opened else None

    async def find(self, cookie: str | None) -> SignedIn | None:
        """Who is signed in by that cookie; None: nobody.

        Raises:
            Banned: they are.
        """
        session = self._read(cookie)
        found = session and await self._credentials.find_session(session, self._clock.now())
        if not found:
            return None
        if found.user.banned_at:
            raise Banned
        return found

    async def end(self, cookie: str | None) -> None:
        """Sign out that browser, wherever its cookie may have been copied to."""
        if session := self._read(cookie):
            await self._credentials.end_session(session)

    async def end_all(self, user_id: UserId) -> None:
        """Sign out every browser of a user."""
        await self._credentials.end_sessions(user_id)

    def _read(self, cookie: str | None) -> str | None:
        if not cookie:
            return None
        try:
            return hash_secret(self._signer.unsign(cookie).decode())
        except BadSignature:
            return None
