"""Embed profiles, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, update
from sqlmodel import col

from core.adapters.db.releasing import remove_released
from core.adapters.db.rows import in_no_row
from core.adapters.db.tables import (
    AlbumRow,
    ChatRow,
    EmbedProfileRow,
    MediaRow,
    TeamRow,
    UserRow,
    ViewsRow,
)
from core.embeds import (
    Button,
    Candidates,
    EmbedProfile,
    Layout,
    Look,
    PictureSize,
    ProfileId,
    Surroundings,
)
from core.errors import TooManyProfiles
from core.model import UserId

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database
    from core.albums import AlbumId
    from core.model import MediaId, TeamId
    from core.ports import ChangeListener

_NAMED_BY: tuple[tuple[Any, str], ...] = (
    (AlbumRow, "embed_profile_id"),
    (ChatRow, "embed_profile_id"),
    (TeamRow, "default_embed_profile_id"),
)
"""What names profiles beside images, in the order in which it is locked."""


class SqlProfiles:
    """The profiles over one database. `images` is told of those that a profile was taken from."""

    def __init__(self, database: Database, images: ChangeListener) -> None:
        self._database = database
        self._images = images

    async def add(
        self,
        user_id: UserId,
        team_id: TeamId,
        name: str,
        look: Look,
        now: datetime,
        *,
        default: bool,
        most: int,
    ) -> EmbedProfile:
        async with self._database.write() as session:
            # Whoever counts this user's profiles is alone with them until the commit.
            user = select(col(UserRow.id)).where(col(UserRow.id) == user_id)
            await session.execute(user.with_for_update(key_share=True))
            theirs = select(func.count()).where(col(EmbedProfileRow.user_id) == user_id)
            if (await session.execute(theirs)).scalar_one() >= most:
                raise TooManyProfiles
            row = EmbedProfileRow(user_id=user_id, name=name, created_at=now)
            _write(row, look)
            session.add(row)
            await session.flush()
            if default:
                await _make_default(session, team_id, row.id)
            return _profile(row, default=default)

    async def list_of(self, user_id: UserId, team_id: TeamId) -> list[EmbedProfile]:
        wanted = _select(user_id, team_id).order_by(col(EmbedProfileRow.id))
        async with self._database.read() as session:
            found = await session.execute(wanted)
            return [_profile(row, default=default) for row, default in found]

    async def find(
        self, user_id: UserId, team_id: TeamId, profile_id: ProfileId
    ) -> EmbedProfile | None:
        if in_no_row(profile_id):
            return None
        wanted = _select(user_id, team_id).where(col(EmbedProfileRow.id) == profile_id)
        async with self._database.read() as session:
            found = (await session.execute(wanted)).one_or_none()
            return _profile(found[0], default=found[1]) if found else None

    async def change(
        self,
        user_id: UserId,
        team_id: TeamId,
        profile_id: ProfileId,
        revise: Callable[[EmbedProfile], EmbedProfile],
    ) -> EmbedProfile | None:
        if in_no_row(profile_id):
            return None
        async with self._database.write() as session:
            wanted = _select(user_id, team_id).where(col(EmbedProfileRow.id) == profile_id)
            held = wanted.with_for_update(key_share=True, of=EmbedProfileRow)
            found = (await session.execute(held)).one_or_none()
            if found is None:
                return None
            row, default = found
            revised = revise(_profile(row, default=default))
            row.name = revised.name
            _write(row, revised.look)
            if revised.default != default:
                # Not in place of another one that was chosen meanwhile.
                instead_of = None if revised.default else profile_id
                chosen = profile_id if revised.default else None
                await _make_default(session, team_id, chosen, instead_of=instead_of)
            await session.flush()
            return _profile(row, default=revised.default)

    async def remove(self, user_id: UserId, profile_id: ProfileId) -> bool:
        if in_no_row(profile_id):
            return False
        wanted = select(EmbedProfileRow).where(
            col(EmbedProfileRow.id) == profile_id, col(EmbedProfileRow.user_id) == user_id
        )

        async def clear(session: AsyncSession) -> None:
            for table, name in _NAMED_BY:
                await session.execute(
                    update(table)
                    .where(getattr(table, name) == profile_id)
                    .values({name: None})
                    .execution_options(synchronize_session=False)
                )

        return await remove_released(
            self._database, self._images, wanted, "embed_profile_id", profile_id, also=clear
        )

    async def surroundings(self, media_id: MediaId) -> Surroundings:
        wanted = (
            select(
                func.coalesce(col(ViewsRow.views), 0),
                col(AlbumRow.title),
                col(UserRow.name),
                col(MediaRow.embed_profile_id),
                col(AlbumRow.embed_profile_id),
                _of_chat(MediaRow),
                col(TeamRow.default_embed_profile_id),
            )
            .outerjoin(AlbumRow, col(AlbumRow.id) == col(MediaRow.album_id))
            .outerjoin(UserRow, col(UserRow.id) == col(MediaRow.user_id))
            .outerjoin(TeamRow, col(TeamRow.id) == col(MediaRow.team_id))
            .outerjoin(ViewsRow, col(ViewsRow.media_id) == col(MediaRow.id))
            .where(col(MediaRow.id) == media_id)
        )
        async with self._database.read() as session:
            found = (await session.execute(wanted)).one_or_none()
            if found is None:
                return Surroundings()
            views, album_title, uploader, *ids = found
            candidates = Candidates(*await _looks(session, ids))
        return Surroundings(candidates, album_title, uploader, views)

    async def candidates_of_album(self, album_id: AlbumId) -> Candidates:
        wanted = (
            select(
                col(AlbumRow.embed_profile_id),
                _of_chat(AlbumRow),
                col(TeamRow.default_embed_profile_id),
            )
            .join(TeamRow, col(TeamRow.id) == col(AlbumRow.team_id))
            .where(col(AlbumRow.id) == album_id)
        )
        async with self._database.read() as session:
            found = (await session.execute(wanted)).one_or_none()
            return Candidates(None, *await _looks(session, found or ()))


def _of_chat(table: type[MediaRow | AlbumRow]) -> Any:
    """The profile of the chat whose shared team has that row."""
    return (
        select(col(ChatRow.embed_profile_id))
        .where(
            col(ChatRow.team_id) == col(table.team_id),
            col(ChatRow.embed_profile_id).is_not(None),
        )
        .order_by(col(ChatRow.id))
        .limit(1)
        .correlate(table)
        .scalar_subquery()
    )


async def _looks(session: AsyncSession, ids: Sequence[int | None]) -> list[Look | None]:
    """The look of each profile, in that order."""
    known = {one for one in ids if one is not None}
    looks: dict[int | None, Look] = {}
    if known:
        wanted = select(EmbedProfileRow).where(col(EmbedProfileRow.id).in_(known))
        looks = {row.id: _look(row) for row in (await session.execute(wanted)).scalars()}
    return [looks.get(one) for one in ids]


def _select(user_id: UserId, team_id: TeamId) -> Select[EmbedProfileRow, bool]:
    """A user's profiles, and whether each is the team's default."""
    is_default = exists().where(
        and_(
            col(TeamRow.id) == team_id,
            col(TeamRow.default_embed_profile_id) == col(EmbedProfileRow.id),
        )
    )
    return select(EmbedProfileRow, is_default).where(col(EmbedProfileRow.user_id) == user_id)


async def _make_default(
    session: AsyncSession,
    team_id: TeamId,
    profile_id: int | None,
    *,
    instead_of: int | None = None,
) -> None:
    conditions: list[ColumnElement[bool]] = [col(TeamRow.id) == team_id]
    if instead_of is not None:
        conditions.append(col(TeamRow.default_embed_profile_id) == instead_of)
    await session.execute(
        update(TeamRow)
        .where(*conditions)
        .values(default_embed_profile_id=profile_id)
        .execution_options(synchronize_session=False)
    )


def _write(row: EmbedProfileRow, look: Look) -> None:
    row.title = look.title
    row.description = look.description
    row.color = look.color
    row.author_name = look.author_name
    row.author_url = look.author_url
    row.site_name = look.site_name
    row.layout = look.layout.value
    row.image = look.image.value
    row.spoiler = look.spoiler
    row.buttons = [{"label": button.label, "url": button.url} for button in look.buttons]


def _look(row: EmbedProfileRow) -> Look:
    return Look(
        title=row.title,
        description=row.description,
        color=row.color,
        author_name=row.author_name,
        author_url=row.author_url,
        site_name=row.site_name,
        layout=Layout(row.layout),
        image=PictureSize(row.image),
        spoiler=row.spoiler,
        buttons=tuple(Button(one["label"], one["url"]) for one in row.buttons),
    )


def _profile(row: EmbedProfileRow, *, default: bool) -> EmbedProfile:
    assert row.id is not None
    return EmbedProfile(
        id=ProfileId(row.id),
        user_id=UserId(row.user_id),
        name=row.name,
        look=_look(row),
        created_at=row.created_at,
        default=bool(default),
    )
