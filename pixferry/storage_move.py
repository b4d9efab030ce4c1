"""`pixferry storage move`."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.bootstrap import open_relocation
from core.data_folder import find_folder, make_folder
from core.errors import Unavailable
from core.service_urls import storage_place
from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.model import Relocated
    from core.service_urls import S3Address
    from core.settings import Settings

LINE_EVERY = 10.0
"""Percent of the blobs between two lines where no bar can be shown."""

STORAGE = f"{PREFIX}STORAGE_URL"
FALLBACK = f"{PREFIX}STORAGE_FALLBACK_URL"


async def move(
    settings: Settings, from_url: str | None, to_url: str | None, *, verify: bool, remove: bool
) -> None:
    """Copy every blob from one place to another.

    Raises:
        SettingsInvalid: an address is missing or wrong.
        Unavailable: database or storage are out of reach.
        ClickException: it ended early, or blobs were lost before.
    """
    source, target = _places(settings, from_url, to_url)
    if remove and str(target) != str(settings.storage):
        raise SettingsInvalid(
            f"--remove-source would take pictures from servers that still read {shown(source)}: "
            f"first set {STORAGE} to the new storage and restart them"
        )
    make_folder(settings.work_folder, f"{PREFIX}DATA_DIR")
    if isinstance(source, Path):
        find_folder(source, f"--from or {FALLBACK}")
    if isinstance(target, Path):
        make_folder(target, f"--to or {STORAGE}")
    click.echo(f"From {shown(source)} to {shown(target)}", err=True)
    with _progress() as progress:
        async with open_relocation(
            settings, source, target, verify=verify, remove_source=remove, progress=progress
        ) as relocation:
            try:
                moved = await relocation.run()
            except Unavailable as err:
                raise click.ClickException(
                    f"{err.reason} The same command goes on where this one stopped."
                ) from err
    click.echo(_told(moved))
    _refuse_lost(moved)
    click.echo(_next_steps(settings, source, target))


def _places(
    settings: Settings, from_url: str | None, to_url: str | None
) -> tuple[S3Address | Path, S3Address | Path]:
    """Where from and where to: what is not named is the storage in use, or its fallback."""
    source = _place("--from", from_url) if from_url else None
    target = _place("--to", to_url) if to_url else None
    if source is None:
        source = settings.storage if target else settings.storage_fallback
    if source is None:
        raise SettingsInvalid(
            f"say where to: give --to URL, or set {FALLBACK} to the storage to be emptied"
        )
    return source, target or settings.storage


def _place(option: str, url: str) -> S3Address | Path:
    try:
        return storage_place(url, option)
    except ValueError as err:
        raise SettingsInvalid(f"{option}: {err}") from err


def shown(place: S3Address | Path) -> str:
    """A storage's address without its secrets."""
    return f"the folder {place}" if isinstance(place, Path) else str(place)


def _told(moved: Relocated) -> str:
    removed = f", {moved.removed:,} removed from where they were" if moved.removed else ""
    return f"{moved.copied:,} blobs copied ({decimal(moved.copied_bytes)}){removed}."


def _refuse_lost(moved: Relocated) -> None:
    if moved.lost:
        for blob_id, why in moved.lost.items():
            click.echo(f"Blob {blob_id}: {why}.", err=True)
        raise click.ClickException(
            f"{len(moved.lost):,} blobs could not be moved: bring them back into the old storage "
            "from a backup and run the same command again, or delete their images."
        )


def _next_steps(settings: Settings, source: S3Address | Path, target: S3Address | Path) -> str:
    if str(target) != str(settings.storage):
        return (
            f"The new storage has every picture. Now set {STORAGE} to its address and {FALLBACK} "
            "to the old one, restart the servers, and run `pixferry storage move` once more for "
            "what came meanwhile."
        )
    if str(settings.storage_fallback) == str(source):
        return (
            f"The storage in use has every picture. Once no server writes to {shown(source)} any "
            f"more, unset {FALLBACK} and restart the servers."
        )
    return "The storage in use has every picture."


@contextmanager
def _progress() -> Iterator[Callable[[Relocated], None]]:
    """Show how far a move is: a bar on a terminal, else a line now and then."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda moved: bar.update(
            task,
            completed=moved.seen,
            total=max(moved.blobs, moved.seen),
            description=f"{decimal(moved.copied_bytes)} copied",
        )


def _lines() -> Callable[[Relocated], None]:
    due = 0.0

    def tell(moved: Relocated) -> None:
        nonlocal due
        percent = 100 * moved.seen / moved.blobs if moved.blobs else 0
        if moved.seen and due <= percent <= 100:  # noqa: PLR2004  percent
            due = percent + LINE_EVERY
            click.echo(
                f"{moved.seen:,} of {moved.blobs:,} blobs seen, {moved.copied:,} copied", err=True
            )

    return tell
