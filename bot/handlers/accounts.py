"""One's account: its use, its way to the web, and one's other platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import Button, LinkButton, Reply, Style
from bot.texts import Address, Bold, Code, Day, joined
from core.chats import Platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.options import Values
    from bot.replies import Control
    from bot.texts import Words
    from bot.turn import Turn
    from core.model import TeamId

LINK = "l_"
"""Begins what a link to our bot on Telegram carries, where that is a code of /link."""

BAR = 10
_FULL, _EMPTY = "▰", "▱"


async def usage(turn: Turn, _: Values) -> Reply:
    """The uploads of the month, storage, plan, reset date; of the chat's team, too."""
    team = turn.caller.team
    assert team
    here = (await turn.core.chats.librarian(turn.caller, turn.ask.place)).caller.team
    parts = [await _standing(turn, team.id)]
    if here and here.id != team.id:
        chat = await _standing(turn, here.id)
        parts = [joined([turn.say("usage.chat"), chat]), joined([turn.say("usage.own"), *parts])]
    rows: tuple[tuple[Control, ...], ...] = ()
    if turn.core.urls.reachable:
        rows = ((LinkButton(turn.text("button.plans"), turn.core.urls.upgrade(team.id)),),)
    return Reply(joined(parts, "\n\n"), (), rows, quiet=True)


async def login(turn: Turn, _: Values) -> Reply:
    """A link that signs in on the web.

    Raises:
        RateLimited: too many were asked for.
    """
    urls = turn.core.urls
    link = urls.sign_in(await turn.core.people.sign_in_token(turn.caller))
    rows = ((LinkButton(turn.text("button.sign_in"), link),),) if urls.reachable else ()
    return Reply(turn.say("login.link", link=Address(link)), (), rows, private=True)


async def link(turn: Turn, options: Values) -> Reply:
    """A code for another platform; given one, join both accounts.

    Raises:
        InvalidInput: there is no such code, or it is their own.
        RateLimited: too many were tried, or asked for.
        Banned: one of the two is.
    """
    people, given = turn.core.people, options.get("code")
    if given is None:
        code = await people.link_code(turn.caller)
        here = turn.ask.identity.platform
        told = [
            turn.say("link.code", code=Code(code)),
            turn.say(f"link.from_{here}", command=Code(f"/link {code}")),
            turn.say("link.care"),
        ]
        return Reply(joined(told), (), _there(turn, code), private=True)
    joined_up = await people.link(turn.caller, given)
    known = await people.identities_of(turn.caller_of(joined_up.person))
    platforms = ", ".join(dict.fromkeys(each.platform.title() for each in known))
    count = joined_up.images
    return Reply(turn.say("link.done", count=count, platforms=platforms), quiet=True)


async def join(turn: Turn, code: str) -> Reply:
    """Join accounts by a link that somebody followed.

    A link is quickly followed, and may be anybody's: whoever has images is asked first.

    Raises:
        InvalidInput, RateLimited, Banned: see `link`.
    """
    await turn.core.people.who_links(turn.caller, code)
    team = turn.caller.team
    assert team
    _, _, used = await turn.core.accounts.standing(team.id)
    if not used.media_stored:
        return await link(turn, {"code": code})
    button = Button(turn.text("button.join"), "join", code, Style.DANGER)
    return Reply(turn.say("link.sure"), (), ((button,),), quiet=True)


async def join_now(turn: Turn, code: str) -> Reply:
    """They said that they want to."""
    return await link(turn, {"code": code})


def _there(turn: Turn, code: str) -> tuple[tuple[Control, ...], ...]:
    """The way to our bot on Telegram, where that takes the code along."""
    name = turn.core.platforms.name_on(Platform.TELEGRAM)
    if name is None or turn.ask.identity.platform is Platform.TELEGRAM:
        return ()
    return ((LinkButton(turn.text("button.telegram"), f"https://t.me/{name}?start={LINK}{code}"),),)


async def _standing(turn: Turn, team_id: TeamId) -> Words:
    _, plan, used = await turn.core.accounts.standing(team_id)
    storage = used.storage_bytes
    lines = [
        turn.say("usage.plan", plan=Bold(plan.label)),
        turn.say(
            "usage.uploads",
            amount=_amount(turn, used.uploads, plan.uploads_month, str),
        ),
        turn.say("usage.storage", amount=_amount(turn, storage, plan.storage, turn.size)),
        turn.say("usage.images", count=used.media_stored),
        turn.say("usage.resets", day=Day(used.resets_at)),
    ]
    return joined(lines)


def _amount(turn: Turn, used: int, most: int | None, told: Callable[[int], str]) -> Words:
    if most is None:
        return turn.say("usage.unlimited", used=told(used))
    return turn.say("usage.amount", bar=bar(used, most), used=told(used), most=told(most))


def bar(used: int, most: int) -> str:
    """How much is used, as blocks: none and all only where that is so.

    >>> bar(0, 100), bar(1, 100), bar(50, 100), bar(99, 100), bar(100, 100)
    ('▱▱▱▱▱▱▱▱▱▱', '▰▱▱▱▱▱▱▱▱▱', '▰▰▰▰▰▱▱▱▱▱', '▰▰▰▰▰▰▰▰▰▱', '▰▰▰▰▰▰▰▰▰▰')
    """
    full = BAR if used >= most else min(max(used * BAR // most, 1 if used else 0), BAR - 1)
    return _FULL * full + _EMPTY * (BAR - full)
