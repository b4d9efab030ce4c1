"""Forms as questions that people reply to; the question itself says what it is about.

So a reply is understood after a restart, too, and by whichever process hears of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from telegram import ForceReply, LinkPreviewOptions, MessageEntity
from telegram.constants import ParseMode

from bot.telegram.markup import html, link
from bot.texts import Code, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    import telegram

    from bot.languages import Language
    from bot.replies import Form

_ACTION, _TARGET, _MORE = "_action", "_target", "more"
_HINT_CHARS = 64


def question_of(form: Form, language: Language, me: str) -> dict[str, Any]:
    """The message that asks for a form's fields, in the library's words.

    What it is about stands in the link behind its title.
    """
    texts = [field for field in form.fields if not field.files]
    about = {_ACTION: form.action, _TARGET: form.target} | {
        field.name: field.value for field in texts
    }
    title = link(f"https://t.me/{me}#{urlencode(about)}", form.title)
    lines = [
        language.say("telegram.field", name=Code(field.name), label=field.label, hint=field.hint)
        for field in texts
    ]
    example = texts[0]
    how = language.say("telegram.reply", example=Code(f"{example.name}={example.hint}"))
    return {
        "text": f"{title}\n{html(joined([*lines, how]))}",
        "parse_mode": ParseMode.HTML,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        "reply_markup": ForceReply(
            selective=True, input_field_placeholder=example.label[:_HINT_CHARS]
        ),
    }


def form_of(message: telegram.Message) -> tuple[str, str, dict[str, str]] | None:
    """Action, target and fields of the question that a message is; None: it is none."""
    for entity in message.entities:
        if entity.type == MessageEntity.TEXT_LINK and entity.url:
            about = dict(parse_qsl(urlsplit(entity.url).fragment, keep_blank_values=True))
            if _ACTION in about:
                return about.pop(_ACTION), about.pop(_TARGET, ""), about
    return None


def answer_of(text: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form as a reply to its question gives them; others stay as they were.

    `name=value` sets a field; what stands before goes into the first one. Where a form takes
    `more`, that is for all names that it does not know, and values have no spaces.

    >>> answer_of("Ducks description=All of them", {"title": "", "description": ""})
    {'title': 'Ducks', 'description': 'All of them'}
    >>> answer_of("blur=5 gamma=0.8", {"blur": "2", "more": "gamma=1 sharp=1"})
    {'blur': '5', 'more': 'gamma=0.8 sharp=1'}
    """
    if _MORE in fields:
        return _pairs(text, fields)
    names = "|".join(map(re.escape, fields))
    first, *rest = re.split(rf"(?:^|\s)({names})\s*=\s*", text, flags=re.IGNORECASE)
    found = dict(fields)
    if first.strip():
        found[next(iter(fields))] = first.strip()
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        found[name.lower()] = value.strip()
    return found


def _pairs(text: str, fields: Mapping[str, str]) -> dict[str, str]:
    found = dict(fields)
    more = {pair.partition("=")[0]: pair for pair in fields[_MORE].split()}
    for pair in text.split():
        name, _, value = pair.partition("=")
        if name.lower() in fields:
            found[name.lower()] = value
        else:
            more[name] = pair
    return found | {_MORE: " ".join(more.values())}
