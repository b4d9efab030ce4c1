"""All checks, run at once: none waits for another, and none for long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from core.errors import CoreError, Unavailable
from pixferry.doctor import (
    addresses,
    clocks,
    database,
    discord,
    machine,
    mail,
    models,
    redis,
    storage,
    telegram,
    workers,
)
from pixferry.doctor.findings import Finding, wrong

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.settings import Settings

PATIENCE = 20.0
"""Seconds for one check: its parts have shorter limits, this one is for the unforeseen."""

Check: TypeAlias = "Callable[[Settings], Awaitable[list[Finding]]]"

CHECKS: dict[str, Check] = {
    "data folder": machine.check_data_folder,
    "secret key": machine.check_secret_key,
    "plans": machine.check_plans,
    "database": database.check,
    "storage": storage.check,
    "fallback storage": storage.check_fallback,
    "renditions": machine.check_renditions,
    "redis": redis.check,
    "mail": mail.check,
    "clocks": clocks.check,
    "image workers": workers.check,
    "foregrounds": models.check,
    "public address": addresses.check_public,
    "media address": addresses.check_media,
    "API address": addresses.check_api,
    "proxies": addresses.check_proxies,
    "Discord": discord.check,
    "Telegram": telegram.check,
}
"""What is looked at, in the order it is told. One that has nothing to look at finds nothing."""


async def examine(settings: Settings) -> list[Finding]:
    """Everything that the checks find."""
    found = await asyncio.gather(*(_ask(check, settings) for check in CHECKS.values()))
    return [
        replace(finding, subject=subject)
        for subject, findings in zip(CHECKS, found, strict=True)
        for finding in findings
    ]


async def _ask(check: Check, settings: Settings) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check(settings)
    except Unavailable as err:
        return [wrong(err.reason)]
    except CoreError as err:
        return [wrong(err.public)]
    except ValueError as err:  # settings and plans: their texts are written to be shown
        return [wrong(str(err))]
    except TimeoutError:
        return [wrong(f"There was no answer within {PATIENCE:g} s.")]
