"""Forms as questions that people reply to, for platforms that have none.

What a question is about is kept in the database, and the question names it by the link behind its
title. So a reply is understood after a restart, too, and by whichever process hears of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from telegram import ForceReply, LinkPreviewOptions, MessageEntity
from telegram.constants import ParseMode

from bot.actions import ACTIONS
from bot.failures import failure
from bot.replies import Field, Form, Reply
from bot.telegram.markup import html, link
from bot.texts import Code, joined
from bot.typed import read_given
from bot.typed.names import spelled
from core import words
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    import telegram

    from bot.languages import Language
    from bot.turn import Turn

    Answer = dict[str, str]

KIND = "form"
VALUE_CHARS = 150
_FORM, _MORE = "form", "more"
_HINT_CHARS = 64
_JOINER = "\u2060"


def is_askable(form: Form) -> bool:
    """Whether all that a form asks for can be typed."""
    return not any(field.files for field in form.fields)


async def asked(turn: Turn, form: Form) -> Reply:
    """The question that asks for a form's fields: what it is about is kept."""
    state = {
        "title": form.title,
        "action": form.action,
        "target": form.target,
        "command": form.command,
        "fields": [
            {"name": one.name, "label": one.label, "value": one.value, "hint": one.hint}
            for one in form.fields
        ],
    }
    begun = await turn.core.conversations.begin(turn.caller, KIND, state)
    return Reply(form=_form(begun.id, state))


async def answered(turn: Turn, form_id: str, text: str) -> Reply:
    """What a reply to the question of a form gives; asked again where it can't be taken.

    Raises:
        CoreError: what the form's action raises; the form is over, or somebody else's.
    """
    found = await turn.core.conversations.find(turn.caller, KIND, form_id)
    state = found.state
    fields = {each["name"]: each["value"] for each in state["fields"]}
    try:
        inputs = answer_of(text, fields, state["command"], turn.ask.language)
        told = {name: value for name, value in inputs.items() if value}
        reply = await ACTIONS[state["action"]].handler(turn, state["target"], told)
    except InvalidInput as err:
        refused = failure(err, turn.ask.language, turn.core.urls, turn.caller.team)
        return replace(refused, form=_form(found.id, state))

    def onward(now: Mapping[str, Any]) -> Mapping[str, Any]:
        filled = [{**each, "value": inputs.get(each["name"], "")} for each in now["fields"]]
        return {**now, "fields": filled}

    if any(fields.values()):  # it tells what there is, so a second reply begins with what is now
        await turn.core.conversations.change(turn.caller, KIND, found.id, onward)
    return reply


def _form(form_id: str, state: Mapping[str, Any]) -> Form:
    fields = tuple(Field(**each) for each in state["fields"])
    return Form(state["title"], _FORM, form_id, fields, state["command"])


def question_of(reply: Reply, language: Language, me: str) -> dict[str, Any]:
    """The message that asks for a form's fields, in the library's words.

    What was wrong with an answer before stands above it.
    """
    form = reply.form
    assert form
    title = link(f"https://t.me/{me}#{_FORM}={form.target}", form.title)
    lines = [_line(field, language) for field in form.fields]
    how = "change" if any(field.value for field in form.fields) else "reply"
    lines.append(language.say(f"telegram.{how}", example=Code(_example(form, language))))
    wrong = f"{html(reply.words)}\n\n" if reply.words else ""
    return {
        "text": f"{wrong}{title}\n{html(joined(lines))}",
        "parse_mode": ParseMode.HTML,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        "reply_markup": ForceReply(
            selective=True, input_field_placeholder=form.fields[0].label[:_HINT_CHARS]
        ),
    }


def _line(field: Field, language: Language) -> Any:
    """A field by the name that it is answered by: what it is, or what it is now."""
    now = Code(words.line(field.value, VALUE_CHARS)) if field.value else field.hint
    told = {"name": Code(field.name), "hint": now}
    if spelled(field.label) == field.name:
        return language.say("telegram.field", **told)
    return language.say("telegram.field_called", label=field.label, **told)


def _example(form: Form, language: Language) -> str:
    """How a form is answered."""
    names = [field.name for field in form.fields]
    if _MORE in names:
        return "blur=5 gamma=0.8"
    first, *others = [(name, language.known(f"typed.sample.{name}")) for name in names]
    name, value = next((other for other in reversed(others) if other[1]), first)
    if form.fields[0].value or not first[1]:
        return f"{name}={value or '…'}"
    return first[1] if name == first[0] else f"{first[1]} {name}={value}"


def form_of(message: telegram.Message) -> str | None:
    """Which form the question that a message is asks for; None: it is none."""
    for entity in message.entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url:
            about = parse_qs(urlsplit(entity.url).fragment)
            if _FORM in about:
                return about[_FORM][0]
    return None


def answer_of(text: str, fields: Mapping[str, str], command: str, language: Language) -> Answer:
    """The fields of a form as a reply to its question gives them; others stay as they were.

    It is typed as the options of the form's command are. Where a form takes `more`, that is for
    all options that are no fields of its.

    Raises:
        InvalidInput: something in it can't be read.
    """
    given = read_given(command, text.replace(_JOINER, ""), language=language)
    if _MORE not in fields:
        return {**fields, **given}
    known = {name: value for name, value in given.items() if name in fields}
    before = dict(pair.split("=", 1) for pair in fields[_MORE].split())
    others = {name: value for name, value in given.items() if name not in fields}
    more = " ".join(f"{name}={value}" for name, value in (before | others).items())
    return {**fields, **known, _MORE: more}
