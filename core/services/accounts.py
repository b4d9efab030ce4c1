"""Users, their teams and their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.emails import normal_email
from core.errors import InvalidInput, NotFound, Unauthenticated
from core.fields import check_text
from core.ids import hash_secret, new_secret
from core.model import Ability, KeyId
from core.plans import plan_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.model import ApiKey, Caller, Plan, Team, TeamId, Usage, User, UserId
    from core.ports import Catalog, Clock
    from core.ports_accounts import Directory

KEY_NAME_MAX = 200
_BAN_BATCH = 100


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. The token is shown once; nobody can read it again."""

    key: ApiKey
    token: str


class Accounts:
    """Makes and manages accounts."""

    def __init__(
        self, directory: Directory, catalog: Catalog, clock: Clock, plans: Mapping[str, Plan]
    ) -> None:
        self._directory = directory
        self._catalog = catalog
        self._clock = clock
        self._plans = plans

    async def first_start(self) -> NewKey | None:
        """Where there is no administrator yet: one, and their key. Later: None."""
        made = await self._directory.first_admin(self._clock.now())
        if made is None:
            return None
        user, team = made
        return await self._add_key(team.id, user.id, "first start", {Ability.ALL})

    async def issue_key(
        self, email: str, plan: str | None, abilities: Iterable[Ability], name: str
    ) -> NewKey:
        """A key for the person of that address, whose account is made if there is none.

        Raises:
            InvalidInput: no address, plan or ability of that name.
        """
        try:
            address = normal_email(email)
        except ValueError as err:
            raise InvalidInput.on("email", f"{email!r} is no email address: {err}") from err
        plans = [name for name in self._plans if name != "anonymous"]  # that one is nobody's
        if plan is not None and plan not in plans:
            raise InvalidInput.on("plan", f"{plan!r} is no plan; plans: {', '.join(plans)}")
        user, team = await self._directory.enrol(address, plan, self._clock.now())
        return await self._add_key(team.id, user.id, name, abilities)

    async def add_key(self, caller: Caller, name: str, abilities: Iterable[Ability]) -> NewKey:
        """One more key for the caller's team.

        Raises:
            InvalidInput: the name is too long.
        """
        if caller.team is None or caller.user_id is None:
            raise Unauthenticated
        try:
            check_text(name, KEY_NAME_MAX)
        except ValueError as err:
            raise InvalidInput.on("name", str(err)) from err
        return await self._add_key(caller.team.id, caller.user_id, name, abilities)

    async def list_keys(self, caller: Caller | None) -> list[ApiKey]:
        """The keys of the caller's team; without a caller (the operator) everybody's."""
        return await self._directory.list_keys(_team_id(caller))

    async def revoke_key(self, caller: Caller | None, key_id: int) -> None:
        """Make a key worthless, at once.

        Raises:
            NotFound: the team has no such key.
        """
        if not await self._directory.revoke_key(KeyId(key_id), _team_id(caller)):
            raise NotFound("There is no such key.")

    async def standing(self, team_id: TeamId) -> tuple[Team, Plan, Usage]:
        """A team, the plan that it uploads by, and what it has used.

        Raises:
            NotFound: there is no such team.
        """
        team = await self._directory.find_team(team_id)
        if team is None:
            raise NotFound("There is no such team.")
        used = await self._catalog.usage(team.id, self._clock.now())
        return team, plan_named(self._plans, team.plan), used

    async def list_users(self) -> list[tuple[User, Team, Usage]]:
        """Everybody, with their team and its use."""
        return await self._directory.list_users(self._clock.now())

    async def ban(self, who: str, reason: str, *, delete: bool) -> tuple[User, int]:
        """Shut a user out, by address or id; `delete` removes their images, too.

        Gives the user and the number of images removed.

        Raises:
            NotFound: there is no such user.
        """
        now = self._clock.now()
        user = await self._directory.set_ban(who, reason, now)
        if user is None:
            raise NotFound(f"There is no user {who!r}.")
        removed = 0
        while delete and (theirs := await self._directory.media_of(user.id, _BAN_BATCH, now)):
            for team_id in {team for _, team in theirs}:
                ids = [one for one, team in theirs if team == team_id]
                removed += len(await self._catalog.remove(ids, team_id, "banned", now))
        return user, removed

    async def unban(self, who: str) -> User:
        """Let a banned user in again.

        Raises:
            NotFound: there is no such user.
        """
        user = await self._directory.set_ban(who, None, self._clock.now())
        if user is None:
            raise NotFound(f"There is no user {who!r}.")
        return user

    async def prefer(self, who: str, *, public: bool) -> Team:
        """Have a user's images, by address or id, be public or private unless an upload says so.

        Raises:
            NotFound: there is no such user.
        """
        team = await self._directory.set_default_public(who, public=public)
        if team is None:
            raise NotFound(f"There is no user {who!r}.")
        return team

    async def stats(self) -> dict[str, int]:
        """Counts of what there is."""
        return await self._directory.stats()

    async def _add_key(
        self, team_id: TeamId, user_id: UserId, name: str, abilities: Iterable[Ability]
    ) -> NewKey:
        secret = new_secret()
        key = await self._directory.add_key(
            team_id, user_id, name, frozenset(abilities), hash_secret(secret), self._clock.now()
        )
        return NewKey(key, f"{key.id}|{secret}")


def _team_id(caller: Caller | None) -> TeamId | None:
    if caller is None:
        return None
    if caller.team is None:
        raise Unauthenticated
    return caller.team.id
