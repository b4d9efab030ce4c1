"""Answers to interactions: sent again where a connection broke, so that nobody waits for ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog

from bot.discord.forms import modal_of
from bot.discord.showing import shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.replies import Reply

    Interaction = discord.Interaction[Any]

log = structlog.get_logger("pixferry.discord")

NOT_TAKEN = (discord.HTTPException, aiohttp.ClientError, OSError)

_BROKEN = (aiohttp.ClientError, OSError)

_PAUSES = (0.0, 0.5)
"""Seconds before a request is sent again; Discord waits for three."""

_REFUSED = frozenset({400, 413})
"""Statuses of an answer that Discord does not take: a fault of ours."""

_ACKNOWLEDGED = 40_060
"""Discord's code where an interaction was answered before."""

_UNKNOWN_MESSAGE = 10_008
_DONE = frozenset({_ACKNOWLEDGED, _UNKNOWN_MESSAGE})
"""Codes by which Discord says that what it is told again, it did the first time."""


async def acknowledge(interaction: Interaction, *, quiet: bool, thinking: bool = True) -> bool:
    """Tell Discord that an answer will come; False: it is too late for one, or it was told before.

    Discord may deliver twice: whoever acknowledges first answers.
    """

    async def send() -> None:
        await interaction.response.defer(ephemeral=quiet, thinking=thinking)

    try:
        await _persist(send)
    except NOT_TAKEN as err:
        note(interaction, err)
        return False
    interaction.extras["open"] = thinking and not quiet
    return True


async def say(interaction: Interaction, reply: Reply) -> None:
    """A first answer, for who asked alone."""

    async def send() -> None:
        if reply.form:
            await interaction.response.send_modal(modal_of(reply.form))
        else:
            await interaction.response.send_message(**shown(reply).send(), ephemeral=True)

    await _persist(send)


async def put(interaction: Interaction, reply: Reply, *, in_place: bool) -> None:
    """Show a reply; to who asked alone, if it is for them, whatever was promised before."""

    async def follow() -> None:
        message = shown(reply, interaction.filesize_limit)  # its files can be read but once
        await interaction.followup.send(**message.send(), ephemeral=True)

    async def edit() -> None:
        message = shown(reply, interaction.filesize_limit)
        await interaction.edit_original_response(**message.edit())

    if in_place and reply.failed:
        await _persist(follow)
    elif (reply.private or reply.quiet) and interaction.extras.get("open"):
        with suppress(*NOT_TAKEN):
            await _persist(interaction.delete_original_response)
        await _persist(follow)
    else:
        await _persist(edit)


def is_theirs(err: Exception) -> bool:
    """Whether an answer was not taken for a reason that is none of ours."""
    refused = isinstance(err, discord.HTTPException) and err.status in _REFUSED
    return isinstance(err, NOT_TAKEN) and not refused


def note(interaction: Interaction, err: Exception) -> None:
    """Have the log tell that an answer was not taken."""
    status, code = getattr(err, "status", None), getattr(err, "code", None)
    told = {"error": type(err).__name__, "status": status, "code": code, "at": interaction.id}
    if code == _ACKNOWLEDGED:
        log.info("answered already", **told)
    else:
        log.warning("not answered", **told)


async def _persist(send: Callable[[], Awaitable[None]]) -> None:
    """Send, and again if the connection broke before Discord had answered."""
    broke = False
    for pause in (*_PAUSES, None):
        try:
            await send()
        except _BROKEN:
            if pause is None:
                raise
            broke = True
            await asyncio.sleep(pause)
        except discord.HTTPException as err:
            if broke and err.code in _DONE:
                return
            raise
        else:
            return
