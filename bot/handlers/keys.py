"""API keys: making them, listing them, making them worthless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import belongings
from bot.replies import Reply
from bot.texts import Bold, Code, Day, joined
from core import words
from core.model import Ability

if TYPE_CHECKING:
    from bot.options import Values
    from bot.texts import Words
    from bot.turn import Turn
    from core.model import ApiKey

ACCESS = {
    "everything": frozenset({Ability.ALL}),
    "read": frozenset({Ability.READ}),
    "write": frozenset({Ability.READ, Ability.WRITE}),
}
"""What a key may do, by the word for it; whoever may write may read."""

SHOWN = 20
NAME_CHARS = 60


async def create(turn: Turn, options: Values) -> Reply:
    """A new key, whose token is shown this once.

    Raises:
        InvalidInput: the name is too long.
    """
    abilities = ACCESS[options.get("access", "everything")]
    new = await turn.core.accounts.add_key(turn.caller, options.get("name", ""), abilities)
    told = turn.say("key.created", token=Code(new.token), docs=Code(f"{turn.core.urls.api}/api"))
    return Reply(told, private=True)


async def list_(turn: Turn, _: Values) -> Reply:
    """One's keys, without their secrets, newest first."""
    found = (await turn.core.accounts.list_keys(turn.caller))[::-1]
    if not found:
        return Reply(turn.say("key.none"), private=True)
    lines = [_line(turn, key) for key in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(turn.say("key.more", count=len(found) - SHOWN))
    return Reply(joined(lines), private=True)


async def revoke(turn: Turn, options: Values) -> Reply:
    """Make a key worthless, at once.

    Raises:
        InvalidInput: there is no such key.
    """
    found = await belongings.key(turn, options["key"])
    await turn.core.accounts.revoke_key(turn.caller, found.id)
    return Reply(turn.say("key.revoked", name=_named(found)), private=True)


def _line(turn: Turn, key: ApiKey) -> Words:
    access = next(word for word, held in ACCESS.items() if _same(key.abilities, held))
    used = (
        turn.say("key.used", day=Day(key.last_used_at))
        if key.last_used_at
        else turn.say("key.unused")
    )
    return turn.say(
        "key.line",
        name=Bold(_named(key)),
        access=turn.text(f"key.access.{access}"),
        day=Day(key.created_at),
        used=used,
    )


def _same(abilities: frozenset[Ability], held: frozenset[Ability]) -> bool:
    """Keys made elsewhere may write alone, or hold everything and more."""
    if Ability.ALL in abilities or Ability.ALL in held:
        return Ability.ALL in abilities and Ability.ALL in held
    return (Ability.WRITE in abilities) == (Ability.WRITE in held)


def _named(key: ApiKey) -> str:
    name = words.line(key.name, NAME_CHARS)
    return f"{name} ({key.id})" if name else str(key.id)
