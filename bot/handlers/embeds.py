"""Embed profiles: how links preview in chats, made and changed by commands, forms and buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot import belongings
from bot.options import Buttons, Flag, Option, Text, Word, read_options
from bot.replies import Button, Choice, Field, Form, Menu, Reply, Style
from bot.texts import Bold, Code, Quote, joined
from core import embed_rules as rules
from core import words
from core.embeds import TEXTS, Layout, Look, PictureSize
from core.errors import Forbidden, InvalidInput
from core.services.embeds import Revision, look_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.asking import Ask, Inputs
    from bot.options import Values
    from bot.replies import Control
    from bot.texts import Words
    from bot.turn import Turn
    from core.chats import Chat
    from core.embeds import EmbedProfile

COLOR_CHARS = len("#rrggbb")
NAME = Option("name", Text(rules.NAME_MAX, check=rules.check_name))
LOOK = (
    Option("title", Text(rules.TITLE_MAX, check=rules.check_title, clears=True)),
    Option(
        "description",
        Text(rules.DESCRIPTION_MAX, lines=True, check=rules.check_description, clears=True),
    ),
    Option("color", Text(COLOR_CHARS, check=rules.check_color, clears=True, word=True)),
    Option("author_name", Text(rules.AUTHOR_NAME_MAX, check=rules.check_author_name, clears=True)),
    Option("author_url", Text(rules.AUTHOR_URL_MAX, check=rules.check_url, clears=True, word=True)),
    Option("site_name", Text(rules.SITE_NAME_MAX, check=rules.check_site_name, clears=True)),
    Option("layout", Word(tuple(Layout))),
    Option("image", Word(tuple(PictureSize))),
    Option("spoiler", Flag()),
    Option("buttons", Buttons()),
)
MINE, CHAT = "mine", "chat"
WHERE = (MINE, CHAT)

_FORM = {
    "name": rules.NAME_MAX,
    "title": rules.TITLE_MAX,
    "description": rules.DESCRIPTION_MAX,
    "color": COLOR_CHARS,
    "author_name": rules.AUTHOR_NAME_MAX,
}
"""What a form asks for, and how long it may be."""

_TOLD_CHARS = 150
_QUOTED_CHARS = 300
_LISTED_CHARS = 40
_MENU_MOST = 25
_LABEL_CHARS = 100


async def create(turn: Turn, options: Values) -> Reply:
    """Make a profile; what is not said is as the built-in one has it.

    Raises:
        InvalidInput: it has no name.
        TooManyProfiles: the person has as many as one may have.
    """
    if "name" not in options:
        raise InvalidInput.on("name", turn.text("embeds.nameless"))
    look = Look(**_look(options))
    made = await turn.core.embeds.add(turn.caller, options["name"], look, default=False)
    return _told(turn, made, turn.say("embeds.made"))


def create_form(ask: Ask, given: Mapping[str, Any]) -> Form:
    """Asks for what most profiles say."""
    return _form(ask, "embed-create", "", {name: given.get(name, "") for name in _FORM})


async def create_by_form(turn: Turn, _: str, inputs: Inputs) -> Reply:
    """Make a profile of what a form says."""
    return await create(turn, read_options((NAME, *LOOK), inputs))


async def edit(turn: Turn, options: Values) -> Reply:
    """Change a profile: what is said, and nothing else.

    Raises:
        InvalidInput: there is no such profile, or nothing to change.
    """
    found = await belongings.profile(turn, options["profile"])
    if len(options) == 1:
        raise InvalidInput.on("profile", turn.text("embeds.nothing"))
    return await _changed(turn, found.id, options)


async def ask_texts(turn: Turn, target: str) -> Reply:
    """A form with the texts that a profile has now."""
    found = await turn.core.embeds.get(turn.caller, belongings.number(turn, target))
    now = {name: getattr(found.look, name, None) or "" for name in _FORM} | {"name": found.name}
    return Reply(form=_form(turn.ask, "embed-set", target, now))


async def set_texts(turn: Turn, target: str, inputs: Inputs) -> Reply:
    """The form came back: what is empty in it is said no more."""
    number = belongings.number(turn, target)
    told = {**dict.fromkeys(_FORM, ""), **inputs}
    return await _changed(turn, number, read_options((NAME, *LOOK), told))


async def list_(turn: Turn, _: Values) -> Reply:
    """All of one's profiles, with a menu of them."""
    found = await turn.core.embeds.list_all(turn.caller)
    if not found:
        return Reply(turn.say("embeds.none"), quiet=True)
    lines = [_line(turn, each, _LISTED_CHARS) for each in found]
    choices = tuple(
        Choice(words.line(f"{each.name} ({each.id})", _LABEL_CHARS), str(each.id))
        for each in found[-_MENU_MOST:]
    )
    menu = Menu(turn.text("embeds.pick"), "embed-pick", "", choices)
    return Reply(joined(lines), (), ((menu,),), quiet=True)


async def pick(turn: Turn, _: str, inputs: Inputs) -> Reply:
    """The profile that was chosen from the list."""
    number = belongings.number(turn, belongings.chosen(turn, inputs))
    return _told(turn, await turn.core.embeds.get(turn.caller, number))


async def delete(turn: Turn, options: Values) -> Reply:
    """Ask whether a profile is to be deleted."""
    found = await belongings.profile(turn, options["profile"])
    return await ask_to_delete(turn, str(found.id))


async def ask_to_delete(turn: Turn, target: str) -> Reply:
    """Ask once."""
    found = await turn.core.embeds.get(turn.caller, belongings.number(turn, target))
    buttons = (
        Button(turn.text("delete.yes"), "embed-delete-now", target, Style.DANGER),
        Button(turn.text("delete.no"), "embed-keep", target),
    )
    return Reply(turn.say("embeds.sure", name=_name(found)), (), (buttons,), quiet=True)


async def delete_now(turn: Turn, target: str) -> Reply:
    """Delete a profile; what had it falls back to the next in order."""
    found = await turn.core.embeds.get(turn.caller, belongings.number(turn, target))
    await turn.core.embeds.delete(turn.caller, found.id)
    return Reply(turn.say("embeds.deleted", name=_name(found)))


async def keep(turn: Turn, target: str) -> Reply:
    """Do not delete it after all."""
    return _told(turn, await turn.core.embeds.get(turn.caller, belongings.number(turn, target)))


async def use(turn: Turn, options: Values) -> Reply:
    """Choose what applies to all images without a profile: one's own, or those of the chat.

    Raises:
        InvalidInput: there is no such profile, or no shared team to show it.
        Forbidden: that is for the chat's administrators.
    """
    given: str = options.get("profile", "none")
    chosen = None if belongings.is_none(given) else await belongings.profile(turn, given)
    if options.get("where", MINE) == CHAT:
        return await _use_here(turn, chosen)
    if chosen:
        return await use_now(turn, str(chosen.id))
    for each in await turn.core.embeds.list_all(turn.caller):
        if each.default:
            await turn.core.embeds.change(turn.caller, each.id, Revision(default=False))
    return Reply(turn.say("embeds.built_in"), quiet=True)


async def use_now(turn: Turn, target: str) -> Reply:
    """Have a profile apply to all of one's images that have no other."""
    number = belongings.number(turn, target)
    chosen = await turn.core.embeds.change(turn.caller, number, Revision(default=True))
    return _told(turn, chosen, turn.say("embeds.used"))


async def _use_here(turn: Turn, chosen: EmbedProfile | None) -> Reply:
    if not await turn.ask.administers():
        raise Forbidden(turn.text("failure.administrators"))

    here = await turn.core.chats.find(turn.ask.place.ref)
    if chosen and (here is None or here.team is None):
        raise InvalidInput.on("embed", turn.text("settings.needs_team"))

    def revise(chat: Chat) -> Chat:
        return replace(chat, embed_profile_id=chosen.id if chosen else None)

    await turn.core.chats.change(turn.ask.place.ref, revise)
    if chosen is None:
        return Reply(turn.say("embeds.built_in_here"), quiet=True)
    return Reply(turn.say("embeds.used_here", name=_name(chosen)), quiet=True)


async def _changed(turn: Turn, profile_id: int, options: Values) -> Reply:
    revision = Revision(options.get("name"), None, _look(options))
    changed = await turn.core.embeds.change(turn.caller, profile_id, revision)
    return _told(turn, changed, turn.say("embeds.changed"))


def _look(options: Values) -> dict[str, Any]:
    """A look's fields of the options."""
    names = {option.name for option in LOOK}
    found = look_fields({name: value for name, value in options.items() if name in names})
    for name, kind in (("layout", Layout), ("image", PictureSize)):
        if name in found:
            found[name] = kind(found[name])
    return found


def _form(ask: Ask, action: str, target: str, values: Mapping[str, str]) -> Form:
    text = ask.language.text
    fields = tuple(
        Field(
            name,
            text(f"embeds.form.{name}"),
            value,
            ask.language.known(f"embeds.hint.{name}") or "",
            required=name == "name",
            lines=name == "description",
            most=_FORM[name],
        )
        for name, value in values.items()
    )
    return Form(text("embeds.form.head"), action, target, fields, "embed create")


def _told(turn: Turn, found: EmbedProfile, done: Words = ()) -> Reply:
    """A profile with all that it says, and what can be done with it."""
    look, target = found.look, str(found.id)
    lines = [done, _line(turn, found)]
    lines.extend(told_field(turn, name, value) for name in TEXTS if (value := getattr(look, name)))
    lines.append(told_field(turn, "image", turn.text(f"embeds.image.{look.image}")))
    if look.spoiler:
        lines.append(turn.say("embeds.spoiler"))
    lines.extend(
        told_field(turn, "buttons", f"{button.label} {button.url}") for button in look.buttons
    )
    controls: tuple[Control, ...] = (
        Button(turn.text("embeds.preview"), "embed-preview", target, Style.MAIN),
        Button(turn.text("embeds.edit"), "embed-ask", target),
        Button(turn.text("embeds.use"), "embed-use", target, enabled=not found.default),
        Button(turn.text("button.delete"), "embed-delete", target, Style.DANGER),
    )
    return Reply(joined(lines), (), (controls,), quiet=True)


def told_field(turn: Turn, name: str, value: str) -> Words:
    """A field by its name, and what it says; several lines below it."""
    known = turn.ask.language.known(f"names.{name}") or name
    if "\n" in value:
        cut = value if len(value) <= _QUOTED_CHARS else f"{value[: _QUOTED_CHARS - 1]}…"
        return (f"{known}:\n", Quote(words.lines(cut)))
    return (f"{known}: ", Code(words.line(value, _TOLD_CHARS)))


def _line(turn: Turn, found: EmbedProfile, most: int = belongings.NAME_CHARS) -> Words:
    about = [f" ({found.id})", turn.text(f"embeds.layout.{found.look.layout}")]
    if found.default:
        about.append(turn.text("embeds.default"))
    return (_name(found, most), " · ".join(about))


def _name(found: EmbedProfile, most: int = belongings.NAME_CHARS) -> Bold:
    return Bold(words.line(found.name, most))
