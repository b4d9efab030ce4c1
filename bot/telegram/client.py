"""The Telegram bot: takes what is written down, works behind that, and answers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram import Message
from telegram.error import TelegramError
from telegram.ext import TypeHandler

from bot.actions import ACTIONS
from bot.service import ChatService
from bot.telegram import answering
from bot.telegram.administrators import Administrators
from bot.telegram.answering import Where
from bot.telegram.desk import Desk
from bot.telegram.forms import asked
from bot.telegram.inline import Inline
from bot.telegram.keyboards import read_tapped
from bot.telegram.mailbox import Letter, Mailbox
from bot.telegram.reading import (
    ask_of,
    has_picture,
    is_group,
    language_of,
    message_of,
    moved_by,
    origin_of,
    owner_of,
    place_of,
)
from bot.telegram.talk import Talk
from bot.workload import Workload
from core.errors import Unavailable

if TYPE_CHECKING:
    import telegram
    from telegram.ext import Application

    from bot.replies import Reply
    from core.bootstrap import Core
    from core.services.chats import Right

    App = Application[Any, Any, Any, Any, Any, Any]

FINISH_SECONDS = 20.0
"""How long answers in the making may take once the bot is told to stop."""


class TelegramBot:
    """Our commands on Telegram."""

    def __init__(self, core: Core, mailbox: Mailbox, application: App) -> None:
        self.service = ChatService(core)
        self.mailbox = mailbox
        workload = Workload(core.settings.bot_slots, core.settings.bot_queue)
        self.desk = Desk(self.service, mailbox, workload)
        self.local = core.settings.telegram_local_mode
        self.administrators = Administrators()
        self.inline = Inline(core, application.bot)
        self._core = core
        self._bot = application.bot
        self._closing = False
        mailbox.serve(application.bot, lambda: workload.room)
        application.add_handler(TypeHandler(Letter, self._open))

    async def close(self) -> None:
        """Answer what is being worked on, and leave the rest to who comes after."""
        self._closing = True
        await self.inline.close()
        await self.desk.close(FINISH_SECONDS)
        await self.mailbox.close()

    async def _open(self, letter: Letter, _: Any) -> None:
        """Have a letter answered when there is room for it."""
        if self._closing:
            return  # the mailbox gives it back
        update = letter.updates[0]
        try:
            if update.inline_query:
                self.inline.start(update.inline_query)
            elif update.callback_query:
                await self._tapped(letter, update.callback_query)
            elif update.message and (moved := moved_by(update.message)):
                await self._core.chats.move(*moved)
                await self.mailbox.done(letter)
            elif update.message and update.message.from_user:
                await self._written(
                    letter, [one for each in letter.updates if (one := each.message)]
                )
            else:
                await self.mailbox.done(letter)
        except Unavailable:
            self.mailbox.later(letter)  # the database is away for a moment
        except Exception as err:  # noqa: BLE001  what can't be read must not come again and again
            await self._apologize(update, err)
            await self.mailbox.done(letter)

    async def _apologize(self, update: telegram.Update, err: Exception) -> None:
        """Tell whoever wrote what can't be read that it is a fault of ours."""
        language = language_of(update.effective_user)
        fault = self.service.fault(f"telegram:update:{update.update_id}", language, err)
        chat = update.effective_chat
        if chat and not is_group(chat):
            with suppress(TelegramError):
                where = Where(chat.id, chat.id, group=False)
                await answering.send(self._bot, where, fault, language)

    async def _written(self, letter: Letter, messages: list[telegram.Message]) -> None:
        """Answer a message, or an album's several."""
        first, user = messages[0], messages[0].from_user
        assert user
        away = None
        try:
            heard = is_group(first.chat) and await self._hears(messages)
        except Unavailable as err:
            heard, away = False, err
        talk = Talk(self._bot.username, self._core.urls, self.local)
        said = talk.understand(messages, heard=heard)
        if said is None:
            if away:
                raise away  # who asked for nothing is told nothing: it is looked at later
            await self.mailbox.done(letter)
            return
        right, hears = self._rights(first, user)
        ask = ask_of(user, first, origin_of(first), said.pointed, right, hears)
        where = _where(first, user)
        answer = partial(said.answer, self.service, ask)
        show = partial(answering.send, self._bot, where, language=ask.language)
        await self.desk.answer(letter, ask, answer, lambda reply: show(reply=reply))

    async def _tapped(self, letter: Letter, query: telegram.CallbackQuery) -> None:
        """Answer a button."""
        message, tapped = query.message, read_tapped(query.data or "")
        user, tap = query.from_user, answering.Tap(query)
        if not (isinstance(message, Message) and message.is_accessible):
            # It is too old for Telegram to say what it was.
            await tap.end(self.service.outdated(language_of(user)))
            await self.mailbox.done(letter)
            return
        pointed = message_of(message, local=self.local)
        origin = f"telegram:tap:{query.id}"
        right, hears = self._rights(message, user)
        ask = ask_of(user, message, origin, pointed, right, hears, owner_of(message))
        mine = not is_group(message.chat) or ask.owner == ask.identity
        where = _where(message, user)
        if mine and message.reply_to_message:
            where = replace(where, answers=message.reply_to_message.message_id)
        inputs = {} if tapped.value is None else {"value": tapped.value}
        known = ACTIONS.get(tapped.action)
        beside = known is None or (known.beside and not (known.edits and mine))

        async def answer() -> Reply:
            reply = await self.service.use(ask, tapped.action, tapped.target, inputs)
            if reply.form is None:
                return reply
            return await self.service.answer(ask, partial(asked, form=reply.form))

        ending = asyncio.create_task(tap.end_soon())

        async def show(reply: Reply) -> None:
            ending.cancel()
            if await tap.says(reply):
                return
            if beside:
                await answering.send(self._bot, where, reply, ask.language)
            else:
                opened = tapped.opens
                await answering.put(message, where, reply, ask.language, opened=opened)
            await tap.end()

        await self.desk.answer(letter, ask, answer, show)

    def _rights(self, message: telegram.Message, user: telegram.User) -> tuple[Right, Right]:
        """Whether somebody administers a group, and whether the bot hears all of it."""
        known = self.administrators
        return known.right(message.chat, user), known.hearing(message.chat)

    async def _hears(self, messages: list[telegram.Message]) -> bool:
        """Whether every picture is hosted where one was posted.

        Raises:
            Unavailable: the database is out of reach.
        """
        return any(map(has_picture, messages)) and await self.service.hears(place_of(messages[0]))


def _where(message: telegram.Message, user: telegram.User) -> Where:
    return Where(
        message.chat.id,
        user.id,
        is_group(message.chat),
        message.message_thread_id if message.is_topic_message else None,
        message.message_id,
    )
