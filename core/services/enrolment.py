"""How people get an account or another password: by a link to their address."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from itsdangerous import BadData, URLSafeSerializer

from core.accounts import Login
from core.emails import normal_email
from core.errors import Banned, InvalidInput, RateLimited, RegistrationClosed
from core.services import letters
from core.services.passwords import check_password

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from core.model import Caller, Plan, UserId
    from core.ports import Clock, RateLimiter
    from core.ports_accounts import Credentials, Directory
    from core.services.mail import Post
    from core.services.passwords import Passwords

Registration = Literal["open", "invite", "off"]

ACCOUNT_LIFE = timedelta(hours=24)
PASSWORD_LIFE = timedelta(hours=1)
INVITATION_LIFE = timedelta(days=7)

CALLER_RATE = "10/hour;30/day"
"""Mails that one address (IPv6: its /64) may ask for."""

MAILBOX_RATE = "3/hour;6/day"
"""Mails that all the world may have us send to one mailbox."""

_USED = "This link was used already, is incomplete or too old. Ask for a new one."
_TAKEN = "This address has an account: sign in, or have its password replaced."
_TOKEN_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Claim:
    """That somebody reads the mail of an address. `state` is the password when it was made."""

    email: str
    state: str


class Enrolment:
    """Makes accounts and replaces passwords.

    A link's token is signed, expires, and names the password that it replaces, so it is worth
    nothing once it was used. Nothing is recorded before it comes back: nobody can take an
    address that is not theirs, and nobody learns whether an address has an account. `register`
    alone is different, for APIs that promise an account at once: its address is not believed
    before it is confirmed, and whoever reads that mail can take the account over.
    """

    def __init__(
        self,
        directory: Directory,
        credentials: Credentials,
        passwords: Passwords,
        post: Post,
        limiter: RateLimiter,
        clock: Clock,
        secrets: Sequence[str],
        registration: Registration,
        plans: Mapping[str, Plan],
    ) -> None:
        self._directory = directory
        self._credentials = credentials
        self._passwords = passwords
        self._post = post
        self._limiter = limiter
        self._clock = clock
        self._tokens = URLSafeSerializer(list(reversed(secrets)), salt="enrolment")
        self.registration = registration
        self._once_verified = {
            plan.id: plan.once_verified for plan in plans.values() if plan.once_verified
        }

    async def ask_account(
        self, email: str, caller: Caller, link: Callable[[str], str], login: str
    ) -> None:
        """Mail a link that makes an account; to somebody who has one, that they do.

        Args:
            email: as it was typed.
            caller: who asks.
            link: gives a token's address.
            login: where people sign in.

        Raises:
            RegistrationClosed: accounts are not to be had by asking.
            InvalidInput: `email` is no address.
            RateLimited: too many mails to this address, or asked for by this caller.
        """
        if self.registration != "open":
            raise RegistrationClosed
        address, known = await self._asked(email, caller)
        if known and known.password_hash:
            self._post.send(letters.welcome_back(address, login))
        else:
            token = self._token(address, known, ACCOUNT_LIFE)
            self._post.send(letters.welcome(address, link(token), ACCOUNT_LIFE))

    async def register(
        self,
        email: str,
        password: str,
        caller: Caller,
        plan: str,
        link: Callable[[str], str],
        reset: str,
    ) -> tuple[UserId, str]:
        """Make an account at once, for an address that may be somebody else's.

        A mail asks that one to confirm it (see `confirm`); an address that has an account is
        refused. Gives the user, and the hash to open a session with.

        Args:
            email: as it was typed.
            password: of the new account.
            caller: who asks.
            plan: of the new account.
            link: gives a token's address.
            reset: where a password is replaced, for the mail.

        Raises:
            RegistrationClosed: accounts are not to be had by asking.
            InvalidInput: `email` is no address or has an account, or the password is too weak.
            RateLimited: too many mails to this address, or asked for by this caller.
        """
        if self.registration != "open":
            raise RegistrationClosed
        address, known = await self._asked(email, caller)
        _judge(password, address)
        if known:
            raise InvalidInput.on("email", _TAKEN)
        hashed = await self._passwords.hash(password)
        made = await self._directory.register(address, hashed, plan, self._clock.now())
        if made is None:
            raise InvalidInput.on("email", _TAKEN)
        user, _ = made
        token = self._token(address, Login(user, hashed), ACCOUNT_LIFE)
        self._post.send(letters.confirmation(address, link(token), reset, ACCOUNT_LIFE))
        return user.id, hashed

    async def confirm(self, token: str) -> str:
        """Believe that an account's address is its user's; the plan may become a better one.

        Gives the address.

        Raises:
            InvalidInput: the link does not hold.
            Banned: the user is.
        """
        claim, known = await self._holding(token)
        if known is None:
            raise InvalidInput.on("token", _USED)
        if known.user.banned_at:
            raise Banned
        await self._directory.confirm(known.user.id, self._once_verified, self._clock.now())
        return claim.email

    async def ask_password(self, email: str, caller: Caller, link: Callable[[str], str]) -> None:
        """Mail a link that replaces the password; to an address without an account, nothing.

        Raises:
            InvalidInput: `email` is no address.
            RateLimited: too many mails to this address, or asked for by this caller.
        """
        address, known = await self._asked(email, caller)
        if known:
            token = self._token(address, known, PASSWORD_LIFE)
            self._post.send(letters.new_password(address, link(token), PASSWORD_LIFE))

    async def invite(self, email: str, link: Callable[[str], str], *, mail: bool) -> str:
        """The operator's link to an account for that address; with `mail` it is sent there, too.

        Raises:
            InvalidInput: it is no address.
            Unavailable: the mail was not taken.
        """
        address = _address(email)
        known = await self._credentials.find_login(address)
        invitation = link(self._token(address, known, INVITATION_LIFE))
        if mail:
            await self._post.send_now(letters.invitation(address, invitation, INVITATION_LIFE))
        return invitation

    async def read(self, token: str) -> Claim:
        """What a link's token claims, if it still holds.

        Raises:
            InvalidInput: it was used, forged, or is too old.
        """
        claim, _ = await self._holding(token)
        return claim

    async def complete(self, token: str, password: str, reset: str) -> tuple[UserId, str]:
        """Set the password of a link's address, whose account is made if there is none.

        Every session of the account ends. Gives the user, and the hash to open a session with.

        Args:
            token: of the link.
            password: the new one.
            reset: where a password is replaced, for the mail that tells of a change.

        Raises:
            InvalidInput: the link does not hold, or the password is too weak.
            Banned: the user is.
        """
        claim, known = await self._holding(token)
        _judge(password, claim.email)
        if known and known.user.banned_at:
            raise Banned
        hashed = await self._passwords.hash(password)
        now = self._clock.now()
        user, _ = await self._directory.enrol(claim.email, None, now)
        was = known.password_hash if known else None
        if not await self._credentials.set_password(user.id, hashed, was, now):
            raise InvalidInput.on("token", _USED)  # the same link, twice at once
        await self._directory.confirm(user.id, self._once_verified, now)
        if was:
            self._post.send(letters.password_changed(claim.email, reset))
        return user.id, hashed

    async def _holding(self, token: str) -> tuple[Claim, Login | None]:
        """A token's claim, and the account whose password is still the one that it names."""
        claim = self._read(token)
        known = await self._credentials.find_login(claim.email)
        if not hmac.compare_digest(claim.state, _state(known)):
            raise InvalidInput.on("token", _USED)
        return claim, known

    async def _asked(self, email: str, caller: Caller) -> tuple[str, Login | None]:
        """Count a mail that is asked for, then look the address up."""
        address = _address(email)
        self._post.refuse_if_full()
        mailbox = sha256(address.encode()).hexdigest()
        for rate, subject in (
            (CALLER_RATE, f"mail:{caller.subject}"),
            (MAILBOX_RATE, f"mail:{mailbox}"),
        ):
            verdict = await self._limiter.hit(rate, subject)
            if not verdict.allowed:
                raise RateLimited("Too many mails were asked for.", seconds=verdict.retry_after)
        return address, await self._credentials.find_login(address)

    def _token(self, address: str, known: Login | None, life: timedelta) -> str:
        expires = int((self._clock.now() + life).timestamp())
        return str(self._tokens.dumps([address, _state(known), expires]))

    def _read(self, token: str) -> Claim:
        try:
            email, state, expires = self._tokens.loads(token[:_TOKEN_MAX])
        except (BadData, ValueError, TypeError) as err:
            raise InvalidInput.on("token", _USED) from err
        if expires <= self._clock.now().timestamp():
            raise InvalidInput.on("token", _USED)
        return Claim(email, state)


def _state(known: Login | None) -> str:
    """A password as a link's token names it: nobody learns anything of it from the link."""
    return sha256(((known and known.password_hash) or "").encode()).hexdigest()[:32]


def _judge(password: str, email: str) -> None:
    try:
        check_password(password, email)
    except ValueError as err:
        raise InvalidInput.on("password", str(err)) from err


def _address(email: str) -> str:
    try:
        return normal_email(email)
    except ValueError as err:
        raise InvalidInput.on("email", f"That is no email address. {err}") from err
