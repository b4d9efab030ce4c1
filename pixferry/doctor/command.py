"""`pixferry doctor`."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from core.environment import load_settings, unknown_variables
from core.setting_types import SettingsInvalid
from pixferry.doctor import models, report
from pixferry.doctor.examination import examine
from pixferry.doctor.findings import Finding, Level, ok, warning, wrong
from pixferry.logs import set_up

SETTINGS = "settings"


def doctor(*, as_json: bool, fetch_models: bool = False) -> bool:
    """Check everything and show it; gives whether nothing is wrong."""
    set_up(None, "critical")  # what services complain of stands in the findings
    if fetch_models:
        models.fetch(load_settings())
    findings = asyncio.run(_findings())
    (report.show_json if as_json else report.show)(findings)
    return report.worst(findings) is not Level.WRONG


async def _findings() -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsInvalid as err:
        found = [wrong(line) for line in str(err).splitlines()]
        found.append(warning("Nothing else was checked.", "Correct the settings first."))
        return [replace(one, subject=SETTINGS) for one in found]
    unknown = [
        warning(f"{sentence}.".replace("?.", "?"), "It is ignored.")
        for sentence in unknown_variables()
    ]
    found = unknown or [ok("All can be read.")]
    return [*(replace(one, subject=SETTINGS) for one in found), *await examine(settings)]
