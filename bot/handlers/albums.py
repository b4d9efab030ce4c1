"""Albums: made, listed, filled and dropped from chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import belongings, paging
from bot.options import Flag, Option, Reference, Text, is_yes, read_options
from bot.references import meant
from bot.replies import Button, Choice, CopyButton, Field, Form, LinkButton, Menu, Reply, Style
from bot.texts import Address, Bold, Code, Quote, joined
from core import words
from core.albums import DESCRIPTION_MAX, PASSWORD_MAX, TITLE_MAX, check_title
from core.errors import Forbidden, InvalidInput
from core.model import UNSET
from core.services.albums import AlbumChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.asking import Ask, Inputs
    from bot.options import Values
    from bot.replies import Control
    from bot.texts import Words
    from bot.turn import Turn
    from core.albums import Album
    from core.model import Caller
    from core.services.albums import AlbumPage

KIND = "albums"
PAGE = "album-page"
LINES = 10
NEW = (
    Option("title", Text(TITLE_MAX, check=check_title)),
    Option("description", Text(DESCRIPTION_MAX, lines=True)),
    Option("private", Flag()),
    Option("password", Text(PASSWORD_MAX, word=True)),
    Option("embed", Reference("embed")),
)

_FORM = {"title": TITLE_MAX, "description": DESCRIPTION_MAX, "password": PASSWORD_MAX}
"""What a form asks for, and how long it may be."""

_DESCRIPTION_CHARS = 500
_TARGET_CHARS = 30
_LABEL_CHARS = 100
_LISTED_CHARS = 40


async def create(turn: Turn, options: Values) -> Reply:
    """Make an album; in a chat with a shared team it is that team's.

    Raises:
        InvalidInput: it has no title, or there is no such embed profile.
    """
    if "title" not in options:
        raise InvalidInput.on("title", turn.text("albums.untitled"))
    given: str | None = options.get("embed")
    profile = await belongings.profile(turn, given) if given else None
    wanted = AlbumChange(
        title=options["title"].strip(),
        description=options.get("description", UNSET),
        public=not options.get("private", False),
        password=options.get("password", UNSET),
        embed_profile_id=profile.id if profile else UNSET,
    )
    made = await turn.core.albums.add(await _team(turn), wanted)
    return _told(turn, made, turn.say("albums.made"))


def create_form(ask: Ask, given: Mapping[str, Any]) -> Form:
    """Asks for what an album needs; keeps what was given with the command."""
    text = ask.language.text
    fields = tuple(
        Field(
            name,
            text(f"albums.form.{name}"),
            given.get(name, ""),
            text(f"albums.hint.{name}"),
            required=name == "title",
            lines=name == "description",
            most=most,
        )
        for name, most in _FORM.items()
    )
    action = "album-create-private" if is_yes(given.get("private")) else "album-create"
    target = given.get("embed", "")[:_TARGET_CHARS]
    return Form(text("albums.form.head"), action, target, fields, "album create")


async def create_by_form(turn: Turn, target: str, inputs: Inputs) -> Reply:
    """Make an album of what a form says; `target` is the embed profile given before."""
    embed = {"embed": target} if target else {}
    return await create(turn, read_options(NEW, {**inputs, **embed}))


async def create_privately(turn: Turn, target: str, inputs: Inputs) -> Reply:
    """Likewise, a private one."""
    return await create_by_form(turn, target, {**inputs, "private": "true"})


async def list_(turn: Turn, _: Values) -> Reply:
    """The newest of one's albums."""
    page = await turn.core.albums.page(await _team(turn), None, LINES)
    if not page.albums:
        return Reply(turn.say("albums.none"), quiet=True)
    turning = await paging.begin(turn, KIND, {}, PAGE, page.next_cursor)
    return _listed(turn, page, turning)


async def turn_page(turn: Turn, target: str) -> Reply:
    """Another page, which the target names."""
    opened = await paging.open_page(turn, KIND, target)
    page = await turn.core.albums.page(await _team(turn), opened.cursor, LINES)
    return _listed(turn, page, await paging.go_on(turn, opened, PAGE, page.next_cursor))


async def pick(turn: Turn, _: str, inputs: Inputs) -> Reply:
    """The album that was chosen from the list."""
    album_id = belongings.chosen(turn, inputs)
    return _told(turn, await turn.core.albums.find(album_id, await _team(turn)))


async def delete(turn: Turn, options: Values) -> Reply:
    """Ask whether an album is to be deleted."""
    found = await belongings.album(turn, await _team(turn), options["album"])
    return await ask_to_delete(turn, found.id)


async def ask_to_delete(turn: Turn, target: str) -> Reply:
    """Ask once; whoever may not delete it is told so already.

    Raises:
        Forbidden: it is a shared team's, and they do not moderate the chat.
        NotFound: there is none.
    """
    _, found = await _own(turn, target)
    buttons = (
        Button(turn.text("delete.yes"), "album-delete-now", target, Style.DANGER),
        Button(turn.text("delete.no"), "album-keep", target),
    )
    sure = turn.say("albums.sure", title=_title(found), count=found.media_count)
    return Reply(sure, (), (buttons,), private=not found.public, quiet=True)


async def delete_now(turn: Turn, target: str) -> Reply:
    """Delete an album; its images stay."""
    team, found = await _own(turn, target)
    await turn.core.albums.delete(team, found.id)
    return Reply(turn.say("albums.deleted", title=_title(found)))


async def keep(turn: Turn, target: str) -> Reply:
    """Do not delete it after all."""
    return _told(turn, await turn.core.albums.find(target, await _team(turn)))


async def add(turn: Turn, options: Values) -> Reply:
    """Put an image into an album, out of the one that it is in.

    Raises:
        InvalidInput: there is no such album, or image and album belong to different teams.
        Forbidden: the image is somebody else's.
    """
    right, media_id = await _image(turn, options.get("image"))
    album = await belongings.album(turn, await _team(turn), options["album"])
    if right.team is None or right.team.id != album.team_id:
        raise InvalidInput.on("album", turn.text("albums.apart"))
    await turn.core.albums.put_in(right, album.id, media_id)
    return await _done(turn, right, album.id, turn.say("albums.added", id=Code(media_id)))


async def remove(turn: Turn, options: Values) -> Reply:
    """Take an image out of the album that it is in; the image stays.

    Raises:
        InvalidInput: it is in none, or not in that one.
        Forbidden: the image is somebody else's.
    """
    right, media_id = await _image(turn, options.get("image"))
    media = await turn.core.library.get(media_id, right)
    given: str | None = options.get("album")
    named = (await belongings.album(turn, right, given)).id if given else media.album_id
    if named is None or named != media.album_id:
        raise InvalidInput.on("image", turn.text("albums.not_in", id=media_id))
    await turn.core.albums.take_out(right, named, media_id)
    return await _done(turn, right, named, turn.say("albums.removed", id=Code(media_id)))


async def _image(turn: Turn, given: str | None) -> tuple[Caller, str]:
    """The image that is meant, and by whose right it may be moved."""
    found = await meant(turn, given)
    place = turn.ask.place
    right, media = await turn.core.chats.toucher(turn.caller, place, found.shown.media.id)
    return right, media.id


async def _done(turn: Turn, right: Caller, album_id: str, done: Words) -> Reply:
    return _told(turn, await turn.core.albums.find(album_id, right), done)


async def _team(turn: Turn) -> Caller:
    """Whose albums they are there."""
    return (await turn.core.chats.librarian(turn.caller, turn.ask.place)).caller


async def _own(turn: Turn, album_id: str) -> tuple[Caller, Album]:
    """An album that this person may drop: their own, or a shared team's if they moderate."""
    team = await _team(turn)
    found = await belongings.album(turn, team, album_id)
    if team != turn.caller and not await turn.ask.place.moderates():
        raise Forbidden(turn.text("albums.moderators"))
    return team, found


def _listed(turn: Turn, page: AlbumPage, turning: tuple[Control, ...]) -> Reply:
    if not page.albums:
        return Reply(turn.say("albums.none"), (), (turning,), private=True)
    lines = [_line(turn, album, _LISTED_CHARS) for album in page.albums]
    choices = tuple(
        Choice(words.line(f"{album.title} ({album.id})", _LABEL_CHARS), album.id)
        for album in page.albums
    )
    menu = Menu(turn.text("albums.pick"), "album-pick", "", choices)
    rows: tuple[tuple[Control, ...], ...] = ((menu,), turning) if turning else ((menu,),)
    return Reply(joined(lines), (), rows, private=True)


def _told(turn: Turn, found: Album, done: Words = ()) -> Reply:
    """An album with its link, and what can be done with it."""
    link = turn.core.urls.album(found)
    description = words.lines(found.description or "")[:_DESCRIPTION_CHARS]
    lines: list[Words] = [done, _line(turn, found)]
    if description:
        lines.append((Quote(description),))
    leads: tuple[Control, ...] = (
        CopyButton(turn.text("button.copy"), link),
        Button(turn.text("button.delete"), "album-delete", found.id, Style.DANGER),
    )
    if turn.core.urls.reachable:
        leads = (LinkButton(turn.text("button.open_album"), link), *leads)
    return Reply(joined(lines), (), (leads,), private=not found.public, quiet=True)


def _line(turn: Turn, album: Album, most: int = belongings.NAME_CHARS) -> Words:
    """Title, link, number of images, who may see it."""
    key = "albums.one" if album.media_count == 1 else "albums.count"
    about = [turn.text(key, count=album.media_count)]
    if not album.public:
        about.append(turn.text("albums.private"))
    if album.password_hash is not None:
        about.append(turn.text("albums.locked"))
    link = Address(turn.core.urls.album(album))
    return (_title(album, most), " ", link, f" · {' · '.join(about)}")


def _title(album: Album, most: int = belongings.NAME_CHARS) -> Bold:
    return Bold(words.line(album.title, most))
