"""The one table of commands, the same on every platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.handlers import (
    accounts,
    albums,
    changes,
    embed_previews,
    embeds,
    gallery,
    help,  # noqa: A004  a module of ours
    images,
    keys,
    settings,
    transforms,
    uploads,
)
from bot.options import (
    Attached,
    Flag,
    Id,
    Option,
    Reference,
    Text,
    Transform,
    Ttl,
    Values,
    Word,
)
from bot.parameters import OFFERED
from bot.replies import Reply
from bot.turn import Turn
from core.services.accounts import KEY_NAME_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.asking import Ask
    from bot.replies import Form

Handler = Callable[[Turn, Values], Awaitable[Reply]]

IMAGE = Option("image", Reference("image"))
CAPTION = Option("caption", Text(lines=True))
TTL = Option("ttl", Ttl())
PRIVATE = Option("private", Flag())
ALBUM = Option("album", Reference("album"))
EMBED = Option("embed", Reference("embed"))
PROFILE = Option("profile", Reference("embed"))


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of them.

    Its texts are `commands.{name}.…` of the languages; of a subcommand `commands.{group}.{name}.…`.

    Args:
        name: what people type.
        handler: what answers; of a group where its bare name is called, if a platform lets it.
        options: in the order in which platforms show them.
        commands: of a group.
        administers: for who may change the chat's settings alone.
        essential: options of which it needs at least one.
        form: asks for those, given what else there is; where none came, and the platform has forms.
        quiet: what it answers is for the asker's eyes alone.

    """

    name: str
    handler: Handler | None = None
    options: tuple[Option, ...] = ()
    commands: tuple[Command, ...] = ()
    administers: bool = False
    quiet: bool = True
    essential: tuple[str, ...] = ()
    form: Callable[[Ask, Mapping[str, Any]], Form] | None = None

    def lacks(self, given: Mapping[str, Any]) -> bool:
        """Whether nothing that it needs was given."""
        return not any(name in given for name in self.essential)


@dataclass(frozen=True, slots=True)
class MessageCommand:
    """A command that is run on a message, where the platform has such; `name` is its text's."""

    name: str
    command: Command


EMBEDS = Command(
    "embed",
    embeds.list_,
    commands=(
        Command(
            "create",
            embeds.create,
            (embeds.NAME, *embeds.LOOK),
            essential=("name",),
            form=embeds.create_form,
        ),
        Command(
            "edit",
            embeds.edit,
            (replace(PROFILE, required=True), embeds.NAME, *embeds.LOOK),
        ),
        Command("list", embeds.list_),
        Command("delete", embeds.delete, (replace(PROFILE, required=True),)),
        Command("use", embeds.use, (PROFILE, Option("where", Word(embeds.WHERE)))),
        Command("preview", embed_previews.preview, (PROFILE, IMAGE)),
    ),
)

ALBUMS = Command(
    "album",
    albums.list_,
    commands=(
        Command("create", albums.create, albums.NEW, essential=("title",), form=albums.create_form),
        Command("list", albums.list_),
        Command("delete", albums.delete, (replace(ALBUM, required=True),)),
        Command("add", albums.add, (replace(ALBUM, required=True), IMAGE)),
        Command("remove", albums.remove, (IMAGE, ALBUM)),
    ),
)


async def _help(turn: Turn, options: Values) -> Reply:
    return await help.help_(turn, options, COMMANDS)


_WORK: tuple[Command, ...] = (
    Command(
        "upload",
        uploads.upload,
        (
            *(Option(name, Attached()) for name in uploads.FILES),
            *(CAPTION, TTL, PRIVATE, ALBUM, EMBED),
        ),
        quiet=False,
        essential=uploads.FILES,
        form=uploads.upload_form,
    ),
    Command(
        "import",
        uploads.import_,
        (Option("url", Text(2_048), required=True), CAPTION, TTL, PRIVATE),
        quiet=False,
    ),
    Command(
        "transform",
        transforms.transform,
        (
            IMAGE,
            *(Option(name, Transform(parameter)) for name, parameter in OFFERED.items()),
            Option("save", Flag()),
        ),
    ),
    Command("images", gallery.images, (Option("search", Text(200)), ALBUM)),
    Command("info", images.info, (IMAGE,)),
    Command("edit", changes.edit, (IMAGE, CAPTION, TTL, PRIVATE, ALBUM, EMBED)),
    Command("delete", images.delete, (IMAGE,)),
    EMBEDS,
    ALBUMS,
    Command("usage", accounts.usage),
    Command(
        "key",
        keys.list_,
        commands=(
            Command(
                "create",
                keys.create,
                (Option("name", Text(KEY_NAME_MAX)), Option("access", Word(tuple(keys.ACCESS)))),
            ),
            Command("list", keys.list_),
            Command("revoke", keys.revoke, (Option("key", Reference("key"), required=True),)),
        ),
    ),
    Command("login", accounts.login),
    Command("link", accounts.link, (Option("code", Text(100)),)),
    Command(
        "settings",
        settings.show,
        commands=(
            Command("show", settings.show, administers=True),
            Command(
                "team", settings.team, (Option("shared", Flag(), required=True),), administers=True
            ),
            Command("defaults", settings.defaults, (TTL, PRIVATE, EMBED), administers=True),
            Command(
                "channels",
                settings.channels,
                (Option("allow", Id()), Option("forbid", Id()), Option("everywhere", Flag())),
                administers=True,
            ),
            Command("automatic", settings.automatic, (Option("channel", Id()),), administers=True),
        ),
        administers=True,
    ),
)

_NAMES = (*(command.name for command in _WORK), "help")

COMMANDS: tuple[Command, ...] = (
    *_WORK,
    Command("help", _help, (Option("command", Word(_NAMES)),)),
)


BY_NAME = {command.name: command for command in COMMANDS}

MESSAGE_COMMANDS = (
    MessageCommand("get_link", BY_NAME["upload"]),
    MessageCommand("transform", BY_NAME["transform"]),
)


def every() -> Iterator[tuple[str, Command]]:
    """Each command that can be run, with its whole name, such as `album create`."""
    for command in COMMANDS:
        if command.handler:
            yield command.name, command
        for part in command.commands:
            yield f"{command.name} {part.name}", part
