"""Answers to taps and to what is typed after the bot's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram_platform.entities import units
from telegram_platform.refusals import bad, query_too_old
from telegram_platform.rules.results import check_results

if TYPE_CHECKING:
    from telegram_platform.bodies import Form
    from telegram_platform.stand_in import Telegram

ALERT_MAX = 200


async def answer_callback_query(telegram: Telegram, form: Form) -> bool:
    text = form.text("text")
    if units(text) > ALERT_MAX:
        raise bad("MESSAGE_TOO_LONG")
    url = form.text("url")
    if url and not url.startswith(f"https://t.me/{telegram.bot.username}"):
        raise bad("URL_INVALID")
    tap = telegram.taps.get(form.text("callback_query_id"))
    if tap is None:
        raise query_too_old(blame=True)
    if tap.answered or tap.late:
        raise query_too_old(blame=tap.repeat == 1)
    tap.answer(text, alert=form.flag("show_alert"), url=url)
    return True


async def answer_inline_query(telegram: Telegram, form: Form) -> bool:
    answer = check_results(form)
    typing = telegram.typings.get(form.text("inline_query_id"))
    if typing is None:
        raise query_too_old(blame=True)
    if typing.answered or typing.late:
        raise query_too_old(blame=typing.repeat == 1)
    typing.answer(answer)
    return True


METHODS = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}
