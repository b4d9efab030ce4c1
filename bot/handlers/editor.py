"""The editor: a picture, and menus that change it step by step; what was done can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from bot import belongings
from bot.cards import controls, display, for_asker, page
from bot.parameters import OFFERED, changed, read_pairs
from bot.references import Meant, as_shown
from bot.replies import Button, Choice, Field, Form, Menu, Reply, Style
from bot.texts import Address, Code, joined
from core.imaging.transforms import kinds
from core.imaging.transforms.recipe import Recipe
from core.imaging.transforms.table import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.asking import Inputs
    from bot.replies import Control
    from bot.turn import Turn

KIND = "editor"
SHOW = "edit-show"
STEPS_KEPT = 100
NONE = "none"

TURNS = ("rotate=90", "rotate=180", "rotate=270", "flip=h", "flip=v")
MORE = "more"
NUMBERS = ("brightness", "contrast", "saturation", "blur")
"""Fields of the form for exact numbers, whose last one takes all others."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One entry of the menu of effects: a number moved by a step, or a value set."""

    name: str
    parameter: str
    step: float = 0.0
    value: str = ""

    def pair(self, recipe: Recipe) -> tuple[str, str]:
        """The parameter's new value, within its bounds."""
        if self.value:
            return self.parameter, self.value
        kind = PARAMETERS[self.parameter].kind
        assert isinstance(kind, kinds.Number | kinds.Whole)
        neutral = max(kind.neutral)  # gamma does nothing at 0 and at 1
        given = recipe.get(self.parameter)
        moved = (neutral if given is None else float(given)) + self.step
        return self.parameter, f"{round(min(max(moved, kind.low), kind.high), 2):g}"


EFFECTS = (
    Effect("brighter", "brightness", 0.2),
    Effect("darker", "brightness", -0.2),
    Effect("more-contrast", "contrast", 0.2),
    Effect("less-contrast", "contrast", -0.2),
    Effect("vivid", "saturation", 0.3),
    Effect("grey", "saturation", value="0"),
    Effect("lighter-shadows", "gamma", -0.15),
    Effect("blur", "blur", 5),
    Effect("sharper", "sharp", 0.5),
    Effect("cut-out", "segment", value="foreground"),
    Effect("white-ground", "background", value="white"),
    Effect("black-ground", "background", value="black"),
)


async def open_editor(turn: Turn, found: Meant) -> Reply:
    """An editor of its own for that picture."""
    shown = found.shown
    state = {
        "image": shown.media.id,
        "query": turn.core.links.continued(shown, shown.recipe) if shown.signed else "",
        "steps": [shown.recipe.key],
    }
    begun = await turn.core.conversations.begin(turn.caller, KIND, state)
    return await _screen(turn, begun.id, begun.state)


async def open_for(turn: Turn, image: str) -> Reply:
    """Likewise, for the image that a button names, as its message shows it."""
    return await open_editor(turn, await as_shown(turn, image))


async def show(turn: Turn, target: str) -> Reply:
    """An editor as it is."""
    begun = await turn.core.conversations.find(turn.caller, KIND, target)
    return await _screen(turn, begun.id, begun.state)


async def choose(turn: Turn, target: str, inputs: Inputs) -> Reply:
    """A menu was used; `target` is the editor's id and the menu's name."""
    value = belongings.chosen(turn, inputs)
    editor, _, _ = target.partition(".")
    return await _step(turn, editor, lambda recipe: _chosen(recipe, value))


async def undo(turn: Turn, target: str) -> Reply:
    """Take the last step back."""

    def back(state: Mapping[str, Any]) -> Mapping[str, Any]:
        steps: list[str] = state["steps"]
        return {**state, "steps": steps[:-1] or steps}

    begun = await turn.core.conversations.change(turn.caller, KIND, target, back)
    return await _screen(turn, begun.id, begun.state)


async def ask_numbers(turn: Turn, target: str) -> Reply:
    """A form for exact numbers, filled in with those of now."""
    begun = await turn.core.conversations.find(turn.caller, KIND, target)
    recipe = _now(begun.state)
    others = recipe.without(*NUMBERS)
    more = " ".join(f"{name}={value}" for name, value in others.values if name in OFFERED)
    fields = [
        Field(
            name,
            turn.text(f"editor.number.{name}"),
            recipe.get(name) or "",
            PARAMETERS[name].kind.allowed,
        )
        for name in NUMBERS
    ]
    fields.append(Field(MORE, turn.text("editor.number.more"), more, "gamma=0.8 sharp=1"))
    form = Form(turn.text("editor.numbers"), "edit-set", target, tuple(fields), "transform")
    return Reply(form=form)


async def set_numbers(turn: Turn, target: str, inputs: Inputs) -> Reply:
    """The form came back: what is empty in it is done no more, but for what it can't say."""

    def revise(recipe: Recipe) -> Recipe:
        pairs = [(name, inputs[name]) for name in NUMBERS if inputs.get(name)]
        kept = recipe.without(*OFFERED)
        return changed(kept, [*read_pairs(inputs.get(MORE, "")), *pairs])

    return await _step(turn, target, revise)


async def done(turn: Turn, target: str) -> Reply:
    """The final picture and its link, with the buttons of any other."""
    found = await picture_of(turn, target)
    shown = await display(turn, found)
    return for_asker(
        Reply((Address(page(turn, found)),), (shown,), (controls(turn, found),)), found
    )


async def picture_of(turn: Turn, target: str) -> Meant:
    """What an editor shows right now."""
    begun = await turn.core.conversations.find(turn.caller, KIND, target)
    return await _picture(turn, begun.state)


async def _step(turn: Turn, target: str, revise: Callable[[Recipe], Recipe]) -> Reply:
    """One more step, shown before it is kept: what can't be made is no step."""
    begun = await turn.core.conversations.find(turn.caller, KIND, target)
    made = revise(_now(begun.state))
    await display(turn, await _picture(turn, begun.state, made))

    def onward(state: Mapping[str, Any]) -> Mapping[str, Any]:
        key = revise(_now(state)).key
        steps: list[str] = state["steps"]
        return {**state, "steps": steps if steps[-1] == key else [*steps, key][-STEPS_KEPT:]}

    changed_ = await turn.core.conversations.change(turn.caller, KIND, target, onward)
    return await _screen(turn, changed_.id, changed_.state)


def _now(state: Mapping[str, Any]) -> Recipe:
    return Recipe.from_key(state["steps"][-1])


async def _picture(turn: Turn, state: Mapping[str, Any], recipe: Recipe | None = None) -> Meant:
    """The editor's image by the last step's recipe, or by another one."""
    core, image = turn.core, state["image"]
    caller = await core.chats.onlooker(turn.caller, turn.ask.place, image)
    pairs = parse_qsl(state["query"], keep_blank_values=True)
    shown = await core.links.follow(image, pairs, caller)
    return Meant(replace(shown, recipe=_now(state) if recipe is None else recipe), caller)


def _chosen(recipe: Recipe, value: str) -> Recipe:
    """The recipe after a menu said `name=value`, an effect's name, or `name=none`."""
    for effect in EFFECTS:
        if effect.name == value:
            return changed(recipe, [effect.pair(recipe)])
    name, _, given = value.partition("=")
    if given == NONE:
        return recipe.without(*_TOGETHER.get(name, (name,)))
    return changed(recipe, [(name, given)])


_TOGETHER = {
    "turn": ("rotate", "flip"),
    "size": ("size", "w", "h", "fit", "gravity"),
    "effects": tuple(dict.fromkeys(effect.parameter for effect in EFFECTS)),
}
"""Parameters that one entry of a menu takes back together."""


async def _screen(turn: Turn, editor: str, state: Mapping[str, Any]) -> Reply:
    found = await _picture(turn, state)
    recipe = found.shown.recipe
    told = " ".join(f"{name}={value}" for name, value in recipe.values)
    words = joined(
        [
            (Address(page(turn, found)),),
            turn.say("editor.now", recipe=Code(told)) if told else turn.say("editor.begin"),
        ]
    )
    menus = (
        _menu(turn, editor, "format", _values("format"), recipe.get("format")),
        _menu(turn, editor, "size", _values("size"), recipe.get("size")),
        _menu(turn, editor, "turn", TURNS, None),
        _menu(turn, editor, "effects", tuple(effect.name for effect in EFFECTS), None),
    )
    buttons = (
        Button(turn.text("editor.undo"), "undo", editor, enabled=len(state["steps"]) > 1),
        Button(turn.text("editor.numbers"), "edit-numbers", editor),
        Button(turn.text("editor.save"), "edit-save", editor, enabled=bool(told)),
        Button(turn.text("editor.done"), "edit-done", editor, Style.MAIN),
    )
    rows: tuple[tuple[Control, ...], ...] = (*((menu,) for menu in menus), buttons)
    return for_asker(Reply(words, (await display(turn, found),), rows), found)


def _values(name: str) -> tuple[str, ...]:
    kind = PARAMETERS[name].kind
    assert isinstance(kind, kinds.Choice)
    return tuple(f"{name}={word}" for word in kind.words)


def _menu(turn: Turn, editor: str, name: str, values: tuple[str, ...], chosen: str | None) -> Menu:
    none = Choice(turn.text(f"editor.{name}.none"), f"{name}={NONE}")
    choices = [
        Choice(_label(turn, value), value, chosen=value == f"{name}={chosen}") for value in values
    ]
    return Menu(
        turn.text(f"editor.{name}.title"),
        "edit",
        f"{editor}.{name}",
        (none, *choices),
        (SHOW, editor),
    )


def _label(turn: Turn, value: str) -> str:
    name, _, word = value.partition("=")
    known = turn.ask.language.known(f"editor.choice.{value.replace('=', '-')}")
    return known or (word.upper() if name == "format" else word or name)
