"""The chat service: what is asked on any platform, answered by the core."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import structlog

from bot import completion
from bot.actions import ACTIONS
from bot.failures import failure, fault
from bot.options import read_options
from bot.replies import Reply
from bot.turn import Turn
from core.errors import CoreError, Forbidden, NotFound, is_fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.asking import Ask, Inputs
    from bot.command import Command
    from bot.languages import Language
    from bot.options import Reference
    from bot.replies import Choice
    from core.bootstrap import Core
    from core.model import Team
    from core.services.chats import Place

log = structlog.get_logger("pixferry.bot")


class ChatService:
    """Answers commands, controls and completions. Whatever happens, there is an answer."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def run(self, ask: Ask, command: Command, given: Mapping[str, Any]) -> Reply:
        """Answer a command; `given` are its options as they came."""

        async def handle(turn: Turn) -> Reply:
            if command.administers and not await ask.administers():
                raise Forbidden(turn.text("failure.administrators"))
            assert command.handler
            return await command.handler(turn, read_options(command.options, given))

        return await self.answer(ask, handle)

    async def use(self, ask: Ask, action: str, target: str, inputs: Inputs) -> Reply:
        """Answer a button, a menu or a form."""
        try:
            if ask.owner not in {None, ask.identity} and not await ask.administers():
                return self.refused(ask, Forbidden(ask.language.text("failure.their_button")))
        except CoreError as err:
            return self.refused(ask, err)

        async def handle(turn: Turn) -> Reply:
            known = ACTIONS.get(action)
            if known is None:
                raise NotFound(turn.text("failure.old_button"))
            return await known.handler(turn, target, inputs)

        return await self.answer(ask, handle)

    async def answer(self, ask: Ask, handle: Callable[[Turn], Awaitable[Reply]]) -> Reply:
        """Answer what is neither, by what a handler says."""
        team: Team | None = None
        try:
            caller = await self._core.people.caller(ask.identity)
            team = caller.team
            return await handle(Turn(self._core, ask, caller))
        except CoreError as err:
            if not is_fault(err):
                return failure(err, ask.language, self._core.urls, team)
            return self.fault(ask.origin, ask.language, err)
        except Exception as err:  # noqa: BLE001  the one error door of chats
            return self.fault(ask.origin, ask.language, err)

    def refused(self, ask: Ask, err: CoreError) -> Reply:
        """The reply to what can't be meant, whoever asks: nobody's account is made for it."""
        return failure(err, ask.language, self._core.urls, None)

    def outdated(self, language: Language) -> str:
        """What is said of a button whose message the platform no longer shows us."""
        return language.text("failure.old_button")

    async def hears(self, place: Place) -> bool:
        """Whether every picture is hosted that is posted there.

        Raises:
            Unavailable: that can't be told right now.
        """
        chat = await self._core.chats.find(place.ref)
        automatic = chat and chat.settings.automatic
        return automatic is not None and automatic == place.channel

    def hidden(self, ask: Ask) -> Reply:
        """The reply where everybody reads it, to what is for who asked alone."""
        return Reply(ask.language.say("upload.hidden"))

    def busy(self, ask: Ask) -> Reply:
        """The reply to who comes when as many wait as may."""
        return Reply(ask.language.say("failure.busy"), quiet=True, failed=True)

    def slow(self, ask: Ask) -> Reply:
        """The reply where there is no time for the answer: the platform wants it at once."""
        return Reply(ask.language.say("failure.slow"), quiet=True, failed=True)

    def stopping(self, ask: Ask) -> Reply:
        """The reply where the bot stops before there is an answer."""
        return Reply(ask.language.say("failure.stopping"), quiet=True, failed=True)

    def late(self, ask: Ask) -> Reply:
        """The reply where the answer took too long."""
        return Reply(ask.language.say("failure.late"), quiet=True, failed=True)

    async def complete(self, ask: Ask, kind: Reference, text: str) -> list[Choice]:
        """What a reference that somebody is typing may become; nothing where that fails."""
        try:
            caller = await self._core.people.caller(ask.identity)
            return await completion.complete(Turn(self._core, ask, caller), kind, text)
        except CoreError:
            return []

    def fault(self, origin: str, language: Language, err: Exception) -> Reply:
        """The reply to a fault of ours, which the log tells of."""
        request_id = secrets.token_hex(8)
        log.error("fault", request_id=request_id, origin=origin, exc_info=err)
        return fault(request_id, language)
