"""What the commands do."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import click
import structlog

from core.bootstrap import Core, open_core
from core.environment import load_settings, unknown_variables
from core.errors import InvalidInput
from core.model import Ability, Swept
from pixferry.bots import start_bots
from pixferry.logs import set_up
from pixferry.loop import new_event_loop
from pixferry.tables import print_table
from pixferry.webhook import open_webhook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from core.services.accounts import NewKey
    from core.settings import Settings

log = structlog.get_logger("pixferry")


def run(command: Callable[[Core], Awaitable[None]]) -> None:
    """Open the core by the environment's settings and run a command on it."""

    async def main(settings: Settings) -> None:
        async with open_core(settings) as core:
            await command(core)

    run_with_settings(main)


def run_with_settings(command: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """Read the environment's settings and run a command on them."""
    settings = load_settings()
    set_up(settings.log_format, settings.log_level, settings.bot_secrets)
    for sentence in unknown_variables():
        log.warning(sentence)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(command(settings))


async def serve(core: Core, *, sweep: bool, bots: bool) -> None:
    """Serve until told to stop; with `bots`, each whose token is set."""
    from pixferry.server import serving, stopping, sweeping

    settings = core.settings
    if settings.public_url is None and settings.host_is_wildcard:
        log.warning(
            "links work on this machine alone: set PIXFERRY_PUBLIC_URL to the address that "
            "others reach this server by",
            links_begin_with=settings.public_base,
        )
    with stopping() as stopped:
        async with AsyncExitStack() as stack:
            webhook = open_webhook(settings) if bots else None
            port = await stack.enter_async_context(serving(core, webhook))
            if sweep:
                await stack.enter_async_context(sweeping(core))
            # Only now: a key is shown once, and a start that fails shows nothing.
            here = core.listening_on(port)
            started = await start_bots(stack, here, webhook) if bots else None
            _greet(core, port, started, await core.accounts.first_start())
            await stopped.wait()
            click.echo("Stopping; requests in flight finish first.")


def _greet(core: Core, port: int, bots: list[str] | None, first: NewKey | None) -> None:
    settings = core.settings.model_copy(update={"port": port})
    address = settings.public_base
    lines = [
        "",
        f"Pixferry listens on {address}",
        f"Data lives in {settings.data_dir.resolve()}",
        *([] if bots is None else [f"Bots: {', '.join(bots) or 'none run'}"]),
    ]
    if first:
        lines += [
            "",
            "Your administrator's API key, shown this once:",
            f"  {first.token}",
            "",
            "Try it:",
            f"  curl -H 'Authorization: Bearer {first.token}' \\",
            f"       -F file=@photo.jpg {address}/v1/upload",
        ]
    else:
        lines += ["", "Try it:", f"  curl -F file=@photo.jpg {address}/v1/upload"]
    click.echo("\n".join([*lines, ""]))


async def sweep(core: Core, *, watch: bool) -> None:
    """Sweep once, with a progress bar on a terminal; or for ever."""
    if watch:
        from pixferry.server import stopping, sweeping

        with stopping() as stopped:
            async with sweeping(core):
                await stopped.wait()
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("sweeping")
        swept = await core.sweeper.sweep(
            progress=lambda done: progress.update(bar, description=_told(done))
        )
    click.echo(_told(swept))


def _told(swept: Swept) -> str:
    return (
        f"{swept.expired} expired images, {swept.abandoned} unfinished uploads, "
        f"{swept.blobs} blobs and {swept.strays} stray files removed"
    )


async def migrate(core: Core) -> None:
    """Opening the core has migrated; say what was done."""
    before, after = core.migrated
    if before == after:
        click.echo(f"The database is at revision {after} already.")
    else:
        click.echo(f"The database went from revision {before or 'nothing'} to {after}.")


async def create_key(core: Core, email: str, plan: str | None, abilities: str, name: str) -> None:
    """Make a key; the token alone on standard output."""
    new = await core.accounts.issue_key(email, plan, _abilities(abilities), name)
    click.echo(new.token)


def _abilities(given: str) -> frozenset[Ability]:
    try:
        found = frozenset(Ability(word.strip()) for word in given.split(",") if word.strip())
    except ValueError as err:
        raise InvalidInput(
            f"Abilities are read, write or *, comma-separated; not {given!r}."
        ) from err
    if not found:
        raise InvalidInput("A key needs an ability: read, write or *.")
    return found


async def list_keys(core: Core) -> None:
    """List keys as a table."""
    print_table(
        ("id", "team", "name", "abilities", "made", "last used"),
        (
            (
                key.id,
                key.team_id,
                key.name,
                ",".join(sorted(key.abilities)),
                f"{key.created_at:%Y-%m-%d}",
                f"{key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never",
            )
            for key in await core.accounts.list_keys(None)
        ),
    )


async def revoke_key(core: Core, key_id: int) -> None:
    """Make a key worthless."""
    await core.accounts.revoke_key(None, key_id)
    click.echo(f"Key {key_id} is revoked.")


async def list_users(core: Core) -> None:
    """List users as a table."""
    print_table(
        ("id", "email", "team", "plan", "images", "bytes", "banned"),
        (
            (
                user.id,
                user.email or ("(administrator)" if user.is_admin else "(none)"),
                team.id,
                team.plan,
                usage.media_stored,
                usage.storage_bytes,
                f"{user.banned_at:%Y-%m-%d}" if user.banned_at else "",
            )
            for user, team, usage in await core.accounts.list_users()
        ),
    )


async def ban_user(core: Core, who: str, reason: str, *, delete: bool) -> None:
    """Shut a user out."""
    user, removed = await core.accounts.ban(who, reason, delete=delete)
    told = f" {removed} images were removed." if delete else ""
    click.echo(f"User {user.id} is banned.{told}")


async def unban_user(core: Core, who: str) -> None:
    """Let a user in again."""
    user = await core.accounts.unban(who)
    click.echo(f"User {user.id} is no longer banned.")


async def prefer(core: Core, who: str, visibility: str) -> None:
    """Choose whether a user's uploads are public where they do not say."""
    team = await core.accounts.prefer(who, public=visibility == "public")
    click.echo(f"Uploads of team {team.id} are {visibility} unless they say otherwise.")


async def invite_user(core: Core, email: str) -> None:
    """Print a link to an account for that address, and mail it."""
    mails = core.settings.smtp_url is not None
    click.echo(await core.enrolment.invite(email, core.urls.verify, mail=mails))


async def stats(core: Core) -> None:
    """Print counts."""
    for name, count in (await core.accounts.stats()).items():
        click.echo(f"{name:8} {count:>16,}")
