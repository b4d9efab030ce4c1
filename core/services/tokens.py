"""Sign-in tokens of programs: JSON Web Tokens, each of which carries a session."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.errors import Unauthenticated, WrongPassword

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.accounts import SignedIn
    from core.model import UserId
    from core.ports import Clock
    from core.services.sessions import Sessions

TOKEN_LIFE = timedelta(days=7)

_ALGORITHM = "HS256"
_AUDIENCE = "imglink.cc"
_NEEDED = ["aud", "exp", "iat", "jti", "sub"]
_LONGEST = 1_000
"""Characters of a token; ours have some 300."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token just made, and when it ends."""

    token: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """Makes tokens and believes them.

    What nobody signed never reaches the database. The session behind a token ends as those of
    browsers do: with a new password, by `Sign out everywhere`, with its user; a ban shuts it out.
    """

    def __init__(self, sessions: Sessions, clock: Clock, secrets: Sequence[str]) -> None:
        """`secrets` newest first: the newest signs, all are believed."""
        self._sessions = sessions
        self._clock = clock
        # Keys of their own: what is signed elsewhere with the same secret is no token.
        self._keys = [hmac.digest(one.encode(), b"sign-in token", "sha256") for one in secrets]

    async def issue(self, user_id: UserId, password_hash: str) -> Token:
        """A token for whoever came in by that password.

        Raises:
            WrongPassword: it was replaced in this very moment.
        """
        import jwt  # it brings much along, which few servers need

        now = self._clock.now().replace(microsecond=0)
        expires_at = now + TOKEN_LIFE
        secret = await self._sessions.begin(user_id, password_hash, expires_at)
        if secret is None:
            raise WrongPassword.refused()
        claims = {
            "sub": str(user_id),
            "aud": _AUDIENCE,
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "jti": secret,
        }
        return Token(jwt.encode(claims, self._keys[0], _ALGORITHM), expires_at)

    async def find(self, token: str) -> SignedIn:
        """Whose token that is.

        Raises:
            Unauthenticated: it is forged, expired, or its session has ended.
            Banned: its user is.
        """
        claims = self._read(token)
        found = await self._sessions.holder(claims["jti"]) if claims else None
        if found is None:
            raise Unauthenticated
        return found  # its user may be another than `sub`, who was joined with them since

    def _read(self, token: str) -> dict[str, Any] | None:
        """What a token says, if one of our keys has signed it and its time is not over."""
        import jwt

        if len(token) > _LONGEST or not token.isascii():
            return None
        for key in self._keys:
            try:
                claims: dict[str, Any] = jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    audience=_AUDIENCE,
                    # The one clock judges the time, below.
                    options={"require": _NEEDED, "verify_exp": False, "verify_iat": False},
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.InvalidTokenError:
                return None
            return claims if claims["exp"] > self._clock.now().timestamp() else None
        return None


def looks_like_token(text: str) -> bool:
    """Whether this is a token rather than an API key, which has no dots."""
    return text.count(".") == 2  # noqa: PLR2004  header, claims, signature
