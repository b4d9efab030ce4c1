"""What `pixferry reports` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.words import line
from pixferry.tables import print_table

if TYPE_CHECKING:
    from core.bootstrap import Core

COMMENT_SHOWN = 200


async def list_reports(core: Core, *, closed: bool) -> None:
    """List reports as a table; comments are cut, and hold nothing that a terminal obeys."""
    found = await core.reports.list(closed=closed)
    base = core.settings.public_base
    print_table(
        ("id", "made", "reason", "picture", "comment", "closed"),
        (
            (
                report.id,
                f"{report.created_at:%Y-%m-%d %H:%M}",
                report.reason,
                f"{base}/{report.media_id}",
                line(report.comment or "", COMMENT_SHOWN),
                f"{report.closed_at:%Y-%m-%d}" if report.closed_at else "",
            )
            for report in found
        ),
    )


async def close_report(core: Core, report_id: int) -> None:
    """Note that a report was dealt with."""
    await core.reports.close(report_id)
    click.echo(f"Report {report_id} is closed.")
