"""Keyboards: each limit of the platform, and taps."""

from __future__ import annotations

import pytest
from telegram_platform.answers import NotAnswered, NotOffered

GOOD = [
    {"callback_data": "x"},
    {"callback_data": "é" * 32},
    {"url": "https://pix.example/abc?w=1"},
    {"url": "https://t.me/pixferry_bot?start=" + "a" * 64},
    {"url": "tg://resolve?domain=x"},
    {"copy_text": {"text": "c" * 256}},
    {"switch_inline_query_current_chat": ""},
    {"callback_data": "x", "style": "danger"},
]
BAD = [
    ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
    ({"callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
    ({"callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
    ({"callback_data": 5}, "BUTTON_DATA_INVALID"),
    ({}, "text buttons are unallowed"),
    ({"callback_data": "x", "url": "https://x.org"}, "exactly one action"),
    ({"callback_data": "x", "text": " "}, "non-empty"),
    ({"copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
    ({"copy_text": {"text": "c" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ({"url": "javascript:alert(1)"}, "Unsupported URL protocol"),
    ({"url": "http://127.0.0.1:8080/a"}, "Wrong HTTP URL"),
    ({"url": "http://localhost/a"}, "Wrong HTTP URL"),
    ({"url": "https://x.org/a b"}, "Wrong HTTP URL"),
    ({"url": "https://t.me/pixferry_bot?start=" + "a" * 65}, "START_PARAM_INVALID"),
    ({"url": "https://t.me/pixferry_bot?start=a.b"}, "START_PARAM_INVALID"),
    ({"callback_dada": "x"}, "unknown fields"),
    ({"callback_data": "x", "style": "loud"}, "style"),
]


def keyboard(*buttons):
    return {"inline_keyboard": [[{"text": "B"} | button for button in buttons]]}


@pytest.mark.parametrize("button", GOOD)
async def test_what_is_allowed(ada, bare, button):
    sent = {"chat_id": ada.id, "text": "x", "reply_markup": keyboard(button)}
    assert (await bare.call("sendMessage", **sent))["reply_markup"] == sent["reply_markup"]
    assert ada.sees()[-1].rows == [["B"]]


@pytest.mark.parametrize(("button", "reason"), BAD)
async def test_what_is_refused(ada, bare, button, reason):
    sent = {"chat_id": ada.id, "text": "x", "reply_markup": keyboard(button)}
    assert reason in await bare.refused("sendMessage", **sent)


async def test_sizes_and_shapes(ada, bare):
    one = {"callback_data": "x"}
    full = {"inline_keyboard": keyboard(*[one] * 8)["inline_keyboard"] * 12}
    await bare.call("sendMessage", chat_id=ada.id, text="x", reply_markup=full)
    wide, long = keyboard(*[one] * 9), {"inline_keyboard": full["inline_keyboard"] * 2}
    shapes = ({"inline_keyboard": [{}]}, {"buttons": []}, "nonsense")
    for wrong in (wide, long, *shapes):
        assert await bare.refused("sendMessage", chat_id=ada.id, text="x", reply_markup=wrong)
    away = {"remove_keyboard": True}
    await bare.call("sendMessage", chat_id=ada.id, text="x", reply_markup=away)


async def test_a_tap_is_told_with_its_message_and_answered_once(ada, bare, platform):
    one, copied = {"text": "One", "callback_data": "d"}, {"text": "c"}
    rows = [[one, {"text": "Copy", "copy_text": copied}, {"text": "Go", "url": "https://x.org"}]]
    sent = {"chat_id": ada.id, "text": "x", "reply_markup": {"inline_keyboard": rows}}
    told = await bare.call("sendMessage", **sent)
    message = ada.sees()[-1]
    tap = ada.begin_tap(message, "One")
    (update,) = await bare.updates()
    query = update["callback_query"]
    assert (query["data"], query["message"], query["from"]["id"]) == ("d", told, ada.id)
    answer = {"callback_query_id": query["id"], "text": "t" * 200, "show_alert": True}
    long = answer | {"text": "t" * 201}
    assert await bare.refused("answerCallbackQuery", **long) == "Bad Request: MESSAGE_TOO_LONG"
    await bare.call("answerCallbackQuery", **answer)
    assert (tap.text, tap.alert) == ("t" * 200, True)
    assert "query is too old" in await bare.refused("answerCallbackQuery", **answer)
    assert "query is too old" in await bare.refused("answerCallbackQuery", callback_query_id="1")
    await ada.tap(message, "Copy")
    assert ada.clipboard == "c"
    with pytest.raises(NotOffered, match=r"x\.org"):
        await ada.tap(message, "Go")
    with pytest.raises(NotOffered, match="no 'Two'"):
        await ada.tap(message, "Two")
    platform.patience = 0.05
    with pytest.raises(NotAnswered, match="One"):
        await ada.tap(message, "One")


async def test_a_late_answer_is_refused(ada, bare, platform):
    platform.tap_life = 0
    rows = keyboard({"callback_data": "d"})
    await bare.call("sendMessage", chat_id=ada.id, text="x", reply_markup=rows)
    tap = ada.begin_tap(ada.sees()[-1], "B")
    assert "too old" in await bare.refused("answerCallbackQuery", callback_query_id=tap.id)
    assert not tap.answered
    assert platform.unanswered == ["B"]
