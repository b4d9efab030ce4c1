"""What is typed after the bot's name in any chat: one's own images, or one as its link asks for it.

Nobody's account is made by that: who has none yet is led to the bot.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import structlog
from telegram.error import TelegramError

from bot.asking import Ask
from bot.commands import BY_NAME
from bot.failures import failure
from bot.options import Text, read_options
from bot.parameters import OFFERED, changed
from bot.references import Meant, is_meant, meant
from bot.telegram.reading import language_of
from bot.telegram.results import Found, nothing, of_failure, result_of
from bot.turn import Turn
from bot.typed import read_given
from core.chats import ChatRef, Identity, Platform
from core.errors import CoreError, NotFound, Unavailable
from core.ids import MEDIA_ID
from core.model import MediaFilter
from core.services.chats import Place
from core.services.signed_links import Shown

if TYPE_CHECKING:
    import telegram

    from core.bootstrap import Core

log = structlog.get_logger("pixferry.telegram")

PAGE = 20
"""Images of a page: what screens show, of the 50 that Telegram takes."""

DEEPEST = 1_000
"""How many images somebody can leaf through: the cost of a page grows with its place."""

SECONDS = 5.0
"""In which a query is answered or dropped: whoever waits longer types on, and asks anew."""

CACHED = 5
"""Seconds for which Telegram keeps an answer: new images are to be found soon."""

SLOTS = 4
WAITING = 100
_OFFSET = re.compile(r"[0-9]{1,4}")
_WORDS = Text(200)


class Inline:
    """Answers queries: each person's newest alone, few at a time, and soon or not at all."""

    def __init__(self, core: Core, bot: telegram.Bot) -> None:
        self._core = core
        self._bot = bot
        self._slots = asyncio.Semaphore(SLOTS)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def start(self, query: telegram.InlineQuery) -> None:
        """Answer it, and no longer what the same person typed before."""
        who = query.from_user.id
        if before := self._tasks.pop(who, None):
            before.cancel()
        if len(self._tasks) < WAITING:
            task = self._tasks[who] = asyncio.create_task(self._within_time(query))
            task.add_done_callback(partial(self._done, who))

    async def close(self) -> None:
        """Drop what is open."""
        tasks = set(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _done(self, who: int, task: asyncio.Task[None]) -> None:
        if self._tasks.get(who) is task:
            del self._tasks[who]

    async def _within_time(self, query: telegram.InlineQuery) -> None:
        try:
            async with asyncio.timeout(SECONDS), self._slots:
                await self._answer(query)
        except (TimeoutError, Unavailable, TelegramError) as err:
            log.info("query dropped", error=type(err).__name__)
        except Exception:  # whoever typed it sees no results
            log.exception("fault")

    async def _answer(self, query: telegram.InlineQuery) -> None:
        found = await find(self._core, query)
        await self._bot.answer_inline_query(
            query.id,
            found.results,
            cache_time=CACHED,
            is_personal=True,
            next_offset=found.next_offset,
            button=found.button,
        )


async def find(core: Core, query: telegram.InlineQuery) -> Found:
    """What is shown for a query.

    Raises:
        Unavailable: the database is.
    """
    user, text = query.from_user, query.query.strip()
    identity = Identity(Platform.TELEGRAM, str(user.id), user.full_name)
    place = Place(ChatRef(Platform.TELEGRAM, str(user.id)))
    ask = Ask(identity, place, "", language_of(user), typed=True)
    try:
        turn = Turn(core, ask, await core.people.known(identity))
        first, _, rest = text.partition(" ")
        if image := await _named(turn, first):
            return await _asked_for(turn, image, rest)
        return await _library(turn, text, query.offset)
    except Unavailable:
        raise
    except CoreError as err:
        return of_failure(failure(err, ask.language, core.urls, None), ask.language)


async def _named(turn: Turn, first: str) -> Meant | None:
    """The image that a query begins with; None: it is of words, of which some look like ids.

    Raises:
        NotFound: the link leads nowhere.
    """
    if not is_meant(first, turn.core.urls):
        return None
    try:
        return await meant(turn, first)
    except NotFound:
        if MEDIA_ID.fullmatch(first):
            return None
        raise


async def _asked_for(turn: Turn, image: Meant, asked: str) -> Found:
    """One image, as its link and what is typed after it ask for it."""
    given = read_given("transform", asked, language=turn.ask.language)
    options = read_options(BY_NAME["transform"].options, given)
    wanted = [(name, options[name]) for name in OFFERED if name in options]
    recipe = changed(image.shown.recipe, wanted)
    shown = replace(image, shown=replace(image.shown, recipe=recipe))
    return Found([await result_of(turn, shown)])


async def _library(turn: Turn, words: str, place: str) -> Found:
    """A page of one's own images, newest first; with those words in caption or name."""
    begin = int(place) if _OFFSET.fullmatch(place) else 0
    if turn.caller.team is None:
        return nothing(turn, searched=False)
    try:
        chosen = MediaFilter(words=_WORDS.read(words) or None)
    except ValueError:  # of no image, as none may be called so
        return nothing(turn, searched=True)
    page = await turn.core.library.page(turn.caller, chosen, None, PAGE, offset=begin)
    if not page.media:
        return nothing(turn, searched=bool(words or begin))
    meanings = [Meant(Shown.plain(media), turn.caller) for media in page.media]
    after = begin + PAGE
    more = page.next_cursor is not None and after < DEEPEST
    results = [await result_of(turn, each) for each in meanings]
    return Found(results, next_offset=str(after) if more else "")
