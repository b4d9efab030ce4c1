"""What chats will show of a link by an embed profile, and what they cut: the linter's word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import belongings
from bot.cards import display
from bot.handlers.embeds import told_field
from bot.references import meant
from bot.replies import Reply
from bot.texts import Bold, joined
from core import words
from core.embeds import TEXTS, PictureSize

if TYPE_CHECKING:
    from bot.options import Values
    from bot.references import Meant
    from bot.replies import Display
    from bot.texts import Words
    from bot.turn import Turn
    from core.embeds import Look
    from core.services.linter import Finding, Shown

CHATS = {"discord": "Discord", "telegram": "Telegram"}
_TOLD_CHARS = 150
_DESCRIPTION_CHARS = 350


async def preview(turn: Turn, options: Values) -> Reply:
    """Of a profile, or of the one that applies.

    Raises:
        InvalidInput: there is no such profile.
        NotFound: there is no such image, or none at all yet.
    """
    found = await meant(turn, options.get("image"))
    given: str | None = options.get("profile")
    look = (await belongings.profile(turn, given)).look if given else None
    return await _previewed(turn, found, look)


async def preview_last(turn: Turn, target: str) -> Reply:
    """Of the profile that a button names, with the last image."""
    found = await meant(turn, None)
    profile = await turn.core.embeds.get(turn.caller, belongings.number(turn, target))
    return await _previewed(turn, found, profile.look)


async def _previewed(turn: Turn, found: Meant, look: Look | None) -> Reply:
    media = found.shown.media
    shown, findings = await turn.core.embeds.preview(look, media, turn.core.urls.src(media))
    lines: list[Words] = [_finding(turn, each) for each in findings]
    head = turn.say("embeds.findings") if findings else turn.say("embeds.no_findings")
    for each in shown:
        lines.extend(_shown(turn, each))
    card = _as_shown(await display(turn, found), shown[0])
    empty = not (card.url or card.data or card.title or card.words or card.author)
    return Reply(joined([head, *lines]), () if empty else (card,), quiet=True)


def _finding(turn: Turn, finding: Finding) -> Words:
    name = turn.ask.language.known(f"names.{finding.field}") or finding.field
    return turn.say(
        "embeds.finding",
        chat=CHATS[finding.chat],
        field=name,
        effect=turn.text(f"embeds.effect.{finding.effect}"),
        message=turn.ask.language.told(finding.message),
    )


def _shown(turn: Turn, shown: Shown) -> list[Words]:
    """One chat's part of the preview, in words."""
    about = [turn.text(f"embeds.layout.{shown.layout}")]
    about.append(turn.text(f"embeds.image.{shown.picture}"))
    if shown.spoiler:
        about.append(turn.text("embeds.spoiler"))
    lines: list[Words] = [(Bold(CHATS[shown.chat]), f": {', '.join(about)}")]
    lines.extend(
        told_field(turn, name, words.line(value, _TOLD_CHARS))
        for name in TEXTS
        if (value := getattr(shown, name))
    )
    if shown.buttons:
        labels = ", ".join(button.label for button in shown.buttons)
        lines.append(told_field(turn, "buttons", words.line(labels, _TOLD_CHARS)))
    return lines


def _as_shown(picture: Display, shown: Shown) -> Display:
    """The card as a chat makes it of the link."""
    bare = shown.picture is PictureSize.NONE
    described = (words.lines(shown.description or "")[:_DESCRIPTION_CHARS],)
    return replace(
        picture,
        url=None if bare else picture.url,
        data=None if bare else picture.data,
        title=words.line(shown.title or ""),
        words=described if shown.description else (),
        colour=shown.color,
        author=words.line(shown.author_name or "") or None,
        author_url=shown.author_url,
        spoiler=shown.spoiler,
    )
