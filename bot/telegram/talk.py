"""What a message wants: a command, a picture hosted, an answer to a question, or nothing of us."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from telegram import Update
from telegram.constants import ChatID
from telegram.ext import filters

from bot import finding
from bot.commands import BY_NAME
from bot.handlers import offers
from bot.handlers.accounts import LINK, join
from bot.handlers.help import welcome
from bot.telegram.forms import answered, asked, form_of, is_askable
from bot.telegram.reading import (
    channel_of,
    has_file,
    has_picture,
    is_group,
    language_of,
    message_of,
    pointed_of,
)
from bot.texts import joined
from bot.typed import Typed, read_caption, read_typed
from core.errors import Forbidden, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    import telegram

    from bot.asking import Ask, Message
    from bot.replies import Reply
    from bot.service import ChatService
    from bot.turn import Turn
    from core.errors import CoreError
    from core.urls import Urls

    Answer = Callable[[ChatService, Ask], Awaitable[Reply]]

_START = re.compile(r"/start(?:@(?P<to>\w+))?(?:\s+(?P<payload>\S+))?\s*", re.IGNORECASE)
_NOBODY = frozenset({ChatID.ANONYMOUS_ADMIN, ChatID.FAKE_CHANNEL})
"""Whom Telegram names where somebody writes as their group or channel."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is to be done about a message, which message it points at, and how that is answered."""

    pointed: Message
    answer: Answer


@dataclass(frozen=True, slots=True)
class Talk:
    """Understands messages to the bot that is called `me`."""

    me: str
    urls: Urls
    local: bool

    def understand(self, messages: Sequence[telegram.Message], *, heard: bool) -> Heard | None:
        """What a message wants, or an album's several; None: nothing.

        `heard`: every picture is hosted where it was written.
        """
        first = messages[0]
        if _is_none_of_ours(first):
            return None
        answer = self._asked(messages)
        if answer is None:
            messages = [one for one in messages if not heard or has_picture(one)]
            answer = self._shown(messages, heard=heard)
        if answer is None:
            return None
        if first.from_user and first.from_user.id in _NOBODY:
            answer = partial(_refuse, Forbidden(ANONYMOUS))
        return Heard(self._pointed(messages), answer)

    def _pointed(self, messages: Sequence[telegram.Message]) -> Message:
        if len(messages) > 1:
            return message_of(*messages, local=self.local)
        return pointed_of(messages[0], local=self.local)

    def _asked(self, messages: Sequence[telegram.Message]) -> Answer | None:
        """What a message asks for in words."""
        said = next((one for one in messages if one.text or one.caption), None)
        if said is None:
            return None
        text = said.text or said.caption or ""
        if started := self._started(text):
            return started
        try:
            typed = self._typed(text, said)
        except InvalidInput as err:
            return partial(_refuse, err)
        if typed is None:
            return _form_answered(said, text)
        pointed = self._pointed(messages)
        if typed.mention and not self._has_pictures(pointed, typed.given.get("caption", "")):
            return self._linked(pointed)
        run = partial(_run, typed)
        alone = typed.name == "upload" and _is_of_hidden_album(messages)
        return partial(_tell_of_album, run) if alone else run

    def _has_pictures(self, pointed: Message, beside: str) -> bool:
        """Whether there is something to host: in a message, or by an address that was typed."""
        return bool(finding.sources(pointed, self.urls) or [*finding.addresses(beside)])

    def _started(self, text: str) -> Answer | None:
        """What a deep link or the first press of a button asks for."""
        found = _START.fullmatch(text)
        if found is None or (found["to"] or self.me).casefold() != self.me.casefold():
            return None
        payload = found["payload"] or ""
        if payload.startswith(LINK):
            return partial(_handle, partial(join, code=payload.removeprefix(LINK)))
        return partial(_handle, welcome)

    def _typed(self, text: str, message: telegram.Message) -> Typed | None:
        group, language = is_group(message.chat), language_of(message.from_user)
        here = channel_of(message) if group else None
        return read_typed(text, me=self.me, direct=not group, language=language, here=here)

    def _shown(self, messages: Sequence[telegram.Message], *, heard: bool) -> Answer | None:
        """What is meant by a picture, or a link, without a word to the bot."""
        first, group = messages[0], is_group(messages[0].chat)
        whole = message_of(*messages, local=self.local)
        passed_on = whole.own and finding.own_link(whole, self.urls)  # an answer of ours
        if any(map(has_file, messages)) and not passed_on:
            caption = next((one.caption for one in messages if one.caption), "")
            if group and (not heard or caption.startswith("/")):  # another bot's to answer
                return None
            try:
                return partial(_run, read_caption(caption, language=language_of(first.from_user)))
            except InvalidInput as err:
                return partial(_refuse, err)
        return None if group else self._linked(whole)

    def _linked(self, message: Message) -> Answer:
        """What is meant by addresses: one of ours is shown again, others are offered."""
        if finding.own_link(message, self.urls):
            return partial(_run, Typed("upload", BY_NAME["upload"], {}))
        return partial(_handle, partial(offers.offer, urls=list(finding.addresses(message.text))))


ANONYMOUS = (
    "You write here as a group or a channel, so I can't tell whose pictures they are. "
    "Write as yourself, or send them to me in private."
)


def _is_none_of_ours(message: telegram.Message) -> bool:
    """Whether a message is a bot's, came by the bot's own inline results, or by itself.

    By themselves come those of channels that a group is for, and those that tell of what was done.
    """
    sender, via = message.from_user, message.via_bot
    if via is not None and via.id == message.get_bot().id:
        return True
    nobody = sender is None or (sender.is_bot and sender.id not in _NOBODY)
    return nobody or bool(message.is_automatic_forward) or _is_news(message)


def _is_news(message: telegram.Message) -> bool:
    """Whether it is Telegram that tells something: who came, what was pinned."""
    if message.text or message.caption or has_file(message):
        return False
    return bool(filters.StatusUpdate.ALL.check_update(Update(0, message=message)))


def _form_answered(message: telegram.Message, text: str) -> Answer | None:
    """What a reply to a question of the bot's gives."""
    question = message.reply_to_message
    if question is None or question.from_user is None:
        return None
    form = form_of(question) if question.from_user.id == message.get_bot().id else None
    if form is None:
        return None
    return partial(_handle, partial(answered, form_id=form, text=text))


def _is_of_hidden_album(messages: Sequence[telegram.Message]) -> bool:
    """Whether a picture is one of an album's several in a group, of which the bot sees it alone."""
    first, *others = messages
    shown = first if has_file(first) else first.reply_to_message
    if others or shown is None or not is_group(first.chat):
        return False
    own = shown.from_user is not None and shown.from_user.id == first.get_bot().id
    return shown.media_group_id is not None and not own


async def _tell_of_album(answer: Answer, service: ChatService, ask: Ask) -> Reply:
    reply = await answer(service, ask)
    if reply.failed or reply.form:
        return reply
    more = ask.language.say("telegram.album_alone")
    return replace(reply, words=joined([reply.words, more]))


async def _run(typed: Typed, service: ChatService, ask: Ask) -> Reply:
    command = typed.command
    if command.form and command.lacks(typed.given):
        form = command.form(ask, typed.given)
        if is_askable(form):
            return await service.answer(ask, partial(asked, form=form))
    try:
        given = typed.given_at(ask.message, ask.language)
    except InvalidInput as err:
        return await _refuse(err, service, ask)
    return await service.run(ask, command, given)


async def _handle(
    handler: Callable[[Turn], Awaitable[Reply]], service: ChatService, ask: Ask
) -> Reply:
    return await service.answer(ask, handler)


async def _refuse(err: CoreError, service: ChatService, ask: Ask) -> Reply:
    return service.refused(ask, err)
