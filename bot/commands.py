"""The one table of commands, the same on every platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.command import Command, MessageCommand
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
    Word,
)
from bot.parameters import OFFERED
from core.services.accounts import KEY_NAME_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.options import Values
    from bot.replies import Reply
    from bot.turn import Turn

IMAGE = Option("image", Reference("image"))
CAPTION = Option("caption", Text(lines=True))
TTL = Option("ttl", Ttl())
PRIVATE = Option("private", Flag())
ALBUM = Option("album", Reference("album"))
EMBED = Option("embed", Reference("embed"))
PROFILE = Option("profile", Reference("embed"))


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
            typed=("name",),
            shown=("title", "color"),
        ),
        Command(
            "edit",
            embeds.edit,
            (replace(PROFILE, required=True), embeds.NAME, *embeds.LOOK),
            typed=("profile",),
            shown=("title",),
        ),
        Command("list", embeds.list_),
        Command("delete", embeds.delete, (replace(PROFILE, required=True),), typed=("profile",)),
        Command(
            "use", embeds.use, (PROFILE, Option("where", Word(embeds.WHERE))), typed=("profile",)
        ),
        Command("preview", embed_previews.preview, (PROFILE, IMAGE), typed=("profile", "image")),
    ),
)

ALBUMS = Command(
    "album",
    albums.list_,
    commands=(
        Command(
            "create",
            albums.create,
            albums.NEW,
            essential=("title",),
            form=albums.create_form,
            typed=("title",),
            shown=("private",),
        ),
        Command("list", albums.list_),
        Command("delete", albums.delete, (replace(ALBUM, required=True),), typed=("album",)),
        Command(
            "add", albums.add, (replace(ALBUM, required=True), IMAGE), typed=("album", "image")
        ),
        Command("remove", albums.remove, (IMAGE, ALBUM), typed=("image", "album")),
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
        typed=("caption",),
        shown=("ttl", "private"),
    ),
    Command(
        "import",
        uploads.import_,
        (Option("url", Text(2_048, word=True), required=True), CAPTION, TTL, PRIVATE),
        quiet=False,
        typed=("url", "caption"),
        shown=("ttl",),
    ),
    Command(
        "transform",
        transforms.transform,
        (
            IMAGE,
            *(Option(name, Transform(parameter)) for name, parameter in OFFERED.items()),
            Option("save", Flag()),
        ),
        typed=("image",),
        shown=("blur", "format"),
    ),
    Command("images", gallery.images, (Option("search", Text(200)), ALBUM), typed=("search",)),
    Command("info", images.info, (IMAGE,), typed=("image",)),
    Command(
        "edit",
        changes.edit,
        (IMAGE, CAPTION, TTL, PRIVATE, ALBUM, EMBED),
        typed=("image",),
        shown=("ttl", "caption"),
    ),
    Command("delete", images.delete, (IMAGE,), typed=("image",)),
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
                typed=("name",),
                shown=("access",),
            ),
            Command("list", keys.list_),
            Command(
                "revoke",
                keys.revoke,
                (Option("key", Reference("key"), required=True),),
                typed=("key",),
            ),
        ),
        personal=True,
    ),
    Command("login", accounts.login, personal=True),
    Command(
        "link",
        accounts.link,
        (Option("code", Text(100, word=True)),),
        personal=True,
        typed=("code",),
    ),
    Command(
        "settings",
        settings.show,
        commands=(
            Command("show", settings.show, administers=True),
            Command(
                "team",
                settings.team,
                (Option("shared", Flag(), required=True),),
                administers=True,
                typed=("shared",),
            ),
            Command(
                "defaults",
                settings.defaults,
                (TTL, PRIVATE, EMBED),
                administers=True,
                shown=("ttl", "private"),
            ),
            Command(
                "channels",
                settings.channels,
                (Option("allow", Id()), Option("forbid", Id()), Option("everywhere", Flag())),
                administers=True,
                typed=("allow",),
            ),
            Command(
                "automatic",
                settings.automatic,
                (Option("channel", Id()),),
                administers=True,
                typed=("channel",),
            ),
        ),
        administers=True,
    ),
)

_NAMES = (*(command.name for command in _WORK), "help")

COMMANDS: tuple[Command, ...] = (
    *_WORK,
    Command("help", _help, (Option("command", Word(_NAMES)),), typed=("command",)),
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
