"""Rules for answers to inline queries."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from telegram_platform.answers import InlineAnswer
from telegram_platform.bodies import Form
from telegram_platform.refusals import bad
from telegram_platform.rules.keyboards import PAYLOAD, check_inline_keyboard
from telegram_platform.rules.texts import read_caption, read_text

RESULTS_MAX, ID_MAX, OFFSET_MAX = 50, 64, 64  # ids and offsets in bytes
ADDRESS = re.compile(r"https?://[^\s]+")
OTHER_PICTURES = (".png", ".webp", ".gif", ".avif", ".svg", ".heic")
SOURCES = {  # what each type is shown from: an address, or a file_id
    "photo": ("photo_url", "photo_file_id"),
    "gif": ("gif_url", "gif_file_id"),
    "document": ("document_url", "document_file_id"),
    "article": (),
}


def check_results(form: Form) -> InlineAnswer:
    results = form.json("results", list)
    if results is None:
        raise bad("can't parse inline query results")
    if len(results) > RESULTS_MAX:
        raise bad("too many inline query results specified")
    if len(form.text("next_offset").encode()) > OFFSET_MAX:
        raise bad("NEXT_OFFSET_INVALID")
    ids = [_check(one) for one in results]
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    button = form.json("button", dict)
    if button is not None:
        _check_button(button)
    return InlineAnswer(
        results,
        button,
        form.text("next_offset"),
        form.number("cache_time", 300),
        personal=form.flag("is_personal"),
    )


def content_of(result: dict, note=lambda _: None) -> dict:
    """Text or caption of the message that a result becomes."""
    given = result.get("input_message_content")
    if given is None:
        return read_caption(Form(result), note)
    if not isinstance(given, dict) or "message_text" not in given:
        raise bad("can't parse input message content")
    return read_text(Form(given | {"text": given["message_text"]}), note)


def _check(result: object) -> str:
    if not isinstance(result, dict):
        raise bad("can't parse inline query result: expected an Object")
    kind, number = result.get("type"), result.get("id")
    if kind not in SOURCES:
        raise bad(f"can't parse inline query result: type {kind!r} is not known here")
    if not isinstance(number, str) or not 1 <= len(number.encode()) <= ID_MAX:
        raise bad("RESULT_ID_INVALID")
    if kind == "article":
        if not result.get("title") or "input_message_content" not in result:
            raise bad("can't parse inline query result: an article needs title and content")
    else:
        _check_source(result, *SOURCES[kind])
    content_of(result)
    if result.get("reply_markup") is not None:
        check_inline_keyboard(result["reply_markup"])
    return number


def _check_source(result: dict, address: str, file_id: str) -> None:
    if (address in result) == (file_id in result):
        raise bad(f"can't parse inline query result: either {address} or {file_id}")
    if file_id in result:
        return
    names = [address] if result["type"] == "document" else [address, "thumbnail_url"]
    for name in names:
        if not isinstance(result.get(name), str) or not ADDRESS.fullmatch(result[name]):
            raise bad(f"can't parse inline query result: wrong {name}")
    path = urlsplit(result[address]).path.lower()
    if result["type"] == "photo" and path.endswith(OTHER_PICTURES):
        raise bad("PHOTO_INVALID: a photo must be a JPEG")
    if result["type"] == "document" and result.get("mime_type") not in {
        "application/pdf",
        "application/zip",
    }:
        raise bad("can't parse inline query result: wrong mime_type")


def _check_button(button: dict) -> None:
    actions = button.keys() & {"start_parameter", "web_app"}
    if not button.get("text") or len(actions) != 1:
        raise bad("can't parse inline query results button: text and one action are needed")
    if "start_parameter" in button and not PAYLOAD.fullmatch(button["start_parameter"]):
        raise bad("START_PARAM_INVALID")
