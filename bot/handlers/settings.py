"""What a chat's administrators agree on for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot import belongings
from bot.replies import Reply
from bot.texts import Bold, Channel, joined
from core import words
from core.errors import Forbidden, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from bot.options import Values
    from bot.texts import Words
    from bot.turn import Turn
    from core.chats import Chat, ChatSettings

NAME_CHARS = 60
CHANNELS_MAX = 50


async def show(turn: Turn, _: Values) -> Reply:
    """What holds here."""
    chat = await turn.core.chats.find(turn.ask.place.ref)
    return Reply(await _summary(turn, chat), quiet=True)


async def team(turn: Turn, options: Values) -> Reply:
    """Give the chat a team of its own, or take it away."""
    chats, ref = turn.core.chats, turn.ask.place.ref
    if options["shared"]:
        name = turn.ask.chat_name or turn.text("settings.unnamed")
        return await _saved(turn, await chats.share(turn.caller, ref, name))
    return await _saved(turn, await chats.unshare(ref))


async def defaults(turn: Turn, options: Values) -> Reply:
    """What holds for uploads that do not say.

    Raises:
        InvalidInput: there is no such embed profile, or no team to show it; or nothing was given.
    """
    if not options:
        raise InvalidInput.on("command", turn.text("settings.nothing"))
    given: dict[str, Any] = {}
    if "ttl" in options:
        given["ttl"] = options["ttl"]
    if "private" in options:
        given["public"] = not options["private"]
    embed: str | None = options.get("embed")
    profile = None
    if embed and not belongings.is_none(embed):
        here = await turn.core.chats.find(turn.ask.place.ref)
        if here is None or here.team is None:
            raise InvalidInput.on("embed", turn.text("settings.needs_team"))
        profile = (await belongings.profile(turn, embed)).id

    def revise(chat: Chat) -> Chat:
        look = profile if embed else chat.embed_profile_id
        return replace(chat, settings=replace(chat.settings, **given), embed_profile_id=look)

    return await _saved(turn, await turn.core.chats.change(turn.ask.place.ref, revise))


async def channels(turn: Turn, options: Values) -> Reply:
    """Where uploads are allowed.

    Raises:
        InvalidInput: nothing was given, or there would be too many.
    """
    if not options:
        raise InvalidInput.on("command", turn.text("settings.nothing"))
    allow, forbid = options.get("allow"), options.get("forbid")

    def revise(settings: ChatSettings) -> ChatSettings:
        kept = () if options.get("everywhere") else settings.channels
        added = dict.fromkeys([*kept, allow] if allow else kept)
        found = tuple(each for each in added if each != forbid)
        if len(found) > CHANNELS_MAX:
            raise InvalidInput.on("allow", turn.text("settings.many", most=CHANNELS_MAX))
        return replace(settings, channels=found)

    return await _revised(turn, revise)


async def automatic(turn: Turn, options: Values) -> Reply:
    """The channel whose every image is hosted; without one there is none.

    Raises:
        Forbidden: the bot does not see what is written there.
    """
    channel = options.get("channel")
    if channel and not await turn.ask.hears():
        raise Forbidden(turn.text(f"settings.deaf_{turn.ask.identity.platform}"))
    return await _revised(turn, lambda settings: replace(settings, automatic=channel))


async def _revised(turn: Turn, revise: Callable[[ChatSettings], ChatSettings]) -> Reply:
    changed = await turn.core.chats.change(
        turn.ask.place.ref, lambda chat: replace(chat, settings=revise(chat.settings))
    )
    return await _saved(turn, changed)


async def _saved(turn: Turn, chat: Chat) -> Reply:
    return Reply(joined([turn.say("settings.saved"), await _summary(turn, chat)]), quiet=True)


async def _summary(turn: Turn, chat: Chat | None) -> Words:
    settings = chat.settings if chat else None
    team, look = (chat.team, chat.embed_profile_id) if chat else (None, None)
    ttl = settings.ttl if settings else None
    public = settings.public if settings else None
    allowed = settings.channels if settings else ()
    listening = settings.automatic if settings else None
    visibility = {None: "usual", True: "public", False: "private"}[public]
    everywhere: Words = turn.say("settings.everywhere")
    rows: list[tuple[str, Words]] = [
        ("team", (words.line(team.name, NAME_CHARS),) if team else turn.say("settings.off")),
        ("embed", (await _profile_name(turn, look),) if look else turn.say("settings.usual")),
        ("ttl", (_span(turn, ttl),) if ttl else turn.say("settings.never")),
        ("visibility", turn.say(f"settings.{visibility}")),
        ("channels", joined([(_channel(turn, one),) for one in allowed], ", ") or everywhere),
        ("automatic", (_channel(turn, listening),) if listening else turn.say("settings.off")),
    ]
    lines = [(Bold(turn.text(f"settings.name.{name}")), ": ", *told) for name, told in rows]
    return joined([*lines, turn.say("settings.how")])


def _channel(turn: Turn, channel: str) -> Channel:
    here = channel == turn.ask.place.channel
    return Channel(channel, turn.text("settings.here") if here else "")


async def _profile_name(turn: Turn, profile_id: int) -> str:
    """By its name, if it is one of the asker's own."""
    mine = await turn.core.embeds.list_all(turn.caller)
    named = (words.line(each.name, NAME_CHARS) for each in mine if each.id == profile_id)
    return next(named, turn.text("settings.others_profile"))


def _span(turn: Turn, ttl: timedelta) -> str:
    return turn.ask.language.told(words.span(ttl))
