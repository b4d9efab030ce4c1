"""The command line. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

import sys
from typing import Any

import click

from core.errors import CoreError, Unavailable
from pixferry import streams


class _Doors(click.Group):
    """Turns failures into a sentence and an exit status; a stack trace helps nobody here."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        streams.fill()
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Unavailable as err:
            raise click.ClickException(err.reason) from err
        except CoreError as err:
            raise click.ClickException(err.public) from err  # `advice` is for HTTP's clients
        except ValueError as err:  # settings and plans: their texts are written to be shown
            raise click.ClickException(str(err)) from err


@click.group(cls=_Doors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pixferry", prog_name="pixferry")
def main() -> None:
    """Pixferry ferries pictures from chats to links.

    Settings come from the environment (PIXFERRY_...) or a .env file; README.md has the table.
    """


@main.command()
def up() -> None:
    """Serve everything: migrate, then API, pages, sweeper and bots in one process."""
    _serve(sweep=True, bots=True)


@main.command()
@click.option("--sweep/--no-sweep", default=False, help="Also run the sweeper here.")
def api(*, sweep: bool) -> None:
    """Serve API and pages alone; run `pixferry sweep --watch` beside it."""
    _serve(sweep=sweep, bots=False)


@main.command()
@click.option("--sync", is_flag=True, help="Tell Discord of the commands, and end.")
def discord(*, sync: bool) -> None:
    """Run the Discord bot alone, beside `pixferry api`; `pixferry up` runs it, too."""
    from pixferry.bots import run_discord
    from pixferry.commands import run

    run(lambda core: run_discord(core, sync=sync))


@main.command()
def telegram() -> None:
    """Run the Telegram bot alone, beside `pixferry api`; `pixferry up` runs it, too.

    With PIXFERRY_TELEGRAM_WEBHOOK_URL it listens on HOST and PORT for what Telegram delivers.
    """
    from pixferry.bots import run_telegram
    from pixferry.commands import run

    run(run_telegram)


@main.command()
@click.option("--watch", is_flag=True, help="Keep sweeping, as `pixferry up` does.")
def sweep(*, watch: bool) -> None:
    """Remove what is expired, left over by a crash, or named by nothing."""
    from pixferry.commands import run, sweep

    run(lambda core: sweep(core, watch=watch))


@main.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from pixferry.commands import migrate, run

    run(migrate)


@main.group()
def keys() -> None:
    """API keys."""


@keys.command("create")
@click.option("--email", required=True, help="Whose key; the account is made if there is none.")
@click.option("--plan", help="Set the team's plan (a new team has `free`).")
@click.option(
    "--abilities", default="read,write", show_default=True, help="read, write, both, or *."
)
@click.option("--name", default="", help="A name to know the key by.")
def create_key(email: str, plan: str | None, abilities: str, name: str) -> None:
    """Make a key; prints the token alone, once. Works while the server runs."""
    from pixferry.commands import create_key, run

    run(lambda core: create_key(core, email, plan, abilities, name))


@keys.command("list")
def list_keys() -> None:
    """List all keys, without their secrets."""
    from pixferry.commands import list_keys, run

    run(list_keys)


@keys.command("revoke")
@click.argument("key_id", type=click.IntRange(1, 2**63 - 1))
def revoke_key(key_id: int) -> None:
    """Make a key worthless, at once."""
    from pixferry.commands import revoke_key, run

    run(lambda core: revoke_key(core, key_id))


@main.group()
def users() -> None:
    """People with accounts."""


@users.command("list")
def list_users() -> None:
    """List everybody, with plan and use."""
    from pixferry.commands import list_users, run

    run(list_users)


@users.command("ban")
@click.argument("who")
@click.option("--reason", default="", help="For your records.")
@click.option("--delete", is_flag=True, help="Remove the user's images, too.")
def ban_user(who: str, reason: str, *, delete: bool) -> None:
    """Shut a user out, by email address or id."""
    from pixferry.commands import ban_user, run

    run(lambda core: ban_user(core, who, reason, delete=delete))


@users.command("unban")
@click.argument("who")
def unban_user(who: str) -> None:
    """Let a banned user in again."""
    from pixferry.commands import run, unban_user

    run(lambda core: unban_user(core, who))


@users.command("prefer")
@click.argument("who")
@click.argument("visibility", type=click.Choice(["public", "private"]))
def prefer(who: str, visibility: str) -> None:
    """Have a user's uploads be public or private where they do not say; at first public."""
    from pixferry.commands import prefer, run

    run(lambda core: prefer(core, who, visibility))


@users.command("invite")
@click.argument("email")
def invite_user(email: str) -> None:
    """Print a link that makes an account, or sets a password anew; it is mailed, too.

    It works for 7 days, once. Nothing is mailed where PIXFERRY_SMTP_URL is not set.
    """
    from pixferry.commands import invite_user, run

    run(lambda core: invite_user(core, email))


@main.group()
def reports() -> None:
    """What people say is wrong with pictures."""


@reports.command("list")
@click.option("--closed", is_flag=True, help="Also those that were dealt with.")
def list_reports(*, closed: bool) -> None:
    """List open reports, oldest first."""
    from pixferry.commands import run
    from pixferry.reports import list_reports

    run(lambda core: list_reports(core, closed=closed))


@reports.command("close")
@click.argument("report_id", type=click.IntRange(1, 2**63 - 1))
def close_report(report_id: int) -> None:
    """Note that a report was dealt with."""
    from pixferry.commands import run
    from pixferry.reports import close_report

    run(lambda core: close_report(core, report_id))


@main.group()
def storage() -> None:
    """Where pictures lie."""


@storage.command("move")
@click.option("--from", "from_url", metavar="URL", help="Default: the fallback storage.")
@click.option("--to", "to_url", metavar="URL", help="Default: the storage in use.")
@click.option("--verify", is_flag=True, help="Read again, whole, what the target has already.")
@click.option(
    "--remove-source", is_flag=True, help="Remove from the source what the target gave back whole."
)
def move_storage(
    from_url: str | None, to_url: str | None, *, verify: bool, remove_source: bool
) -> None:
    """Copy all pictures to another storage, while servers run; again, to go on.

    With --to alone they are copied from the storage in use. See docs/storage-move.md.
    """
    from pixferry.commands import run_with_settings
    from pixferry.storage_move import move

    run_with_settings(
        lambda settings: move(settings, from_url, to_url, verify=verify, remove=remove_source)
    )


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--fetch-models", is_flag=True, help="First fetch what PIXFERRY_SEGMENTER=rembg needs (176 MB)."
)
def doctor(*, as_json: bool, fetch_models: bool) -> None:
    """Check the settings against the real services; without --fetch-models it changes nothing.

    Exit status 1: something is wrong. Warnings alone: 0.
    """
    from pixferry.doctor.command import doctor

    if not doctor(as_json=as_json, fetch_models=fetch_models):
        raise SystemExit(1)


@main.command()
def stats() -> None:
    """Count what there is."""
    from pixferry.commands import run, stats

    run(stats)


@main.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "yaml"]),
    default="yaml",
    show_default=True,
    help="What to print it as.",
)
@click.option(
    "--dialect",
    metavar="NAME",
    help="Of another service's API that is served under /compat: imgpro, imglink_io or imglink_cc.",
)
def openapi(form: str, dialect: str | None) -> None:
    """Print the OpenAPI document of /v1, or of a dialect."""
    from api.compat import openapi, registry
    from api.v1.openapi import document, to_json, to_yaml
    from core.environment import load_settings

    settings = load_settings()
    if dialect is None:
        found = document(settings.api_base, settings.public_base, settings.media_base)
    elif dialect in registry.names():
        found = openapi.document(registry.dialect_named(dialect), settings.api_base)
    else:
        known = ", ".join(registry.names())
        raise click.BadParameter(f"{dialect!r} is no dialect; there are: {known}.")
    sys.stdout.write(to_json(found) if form == "json" else to_yaml(found))


def _serve(*, sweep: bool, bots: bool) -> None:
    from pixferry.commands import run, serve

    run(lambda core: serve(core, sweep=sweep, bots=bots))
