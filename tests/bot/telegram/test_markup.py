"""Nothing that a person typed becomes markup, a link or a mention on Telegram."""

from __future__ import annotations

import re

import naughty
import pictures
import pytest
from telegram_platform.entities import found_in, part, units
from telegram_platform.files import File
from telegram_platform.parse_html import parse_html
from telegrams import links, seen

from bot.telegram.markup import CAPTION_CHARS, TEXT_CHARS, html
from bot.texts import Address, Bold, Code, Quote
from core import words

PICTURE = pictures.png(8, 8)
LIVE = re.compile(r"(?i)://|[@#$]\w|\w\.(?:com|example|exe|org)\b")
"""What clients make a link, a mention or a hashtag of."""

LONG = ("<&>" * 2_000, "🐈" * 3_000, "&amp;" * 900, "@ada #x http://x.com " * 300, "\n" * 5_000)


def shown(text: str) -> str:
    """What a reader may see of somebody's text."""
    return words.straight(words.lines(text))


def read(written: str) -> tuple[str, list[dict]]:
    """A text in HTML as clients show it, and all that is more than text in it."""
    text, entities = parse_html(written)
    return text, [one for one in found_in(text, entities) if one["type"] != "bot_command"]


def test_every_text_is_written_so_that_its_readers_see_it_as_it_is():
    for text in naughty.strings():
        told, more = read(html((text,), 100_000))
        assert told.replace("\u2060", "") == shown(text)
        assert more == []
        assert not LIVE.search(told), text
        for kind, span in (("bold", Bold(text)), ("blockquote", Quote(text))):
            told, more = read(html((span, "end"), 100_000))
            assert told.replace("\u2060", "") == f"{shown(text)}end"
            assert {one["type"] for one in more} <= {kind}


def test_what_is_meant_to_be_copied_is_as_it_was_typed():
    for text in naughty.strings():
        told, more = read(html((Code(text),), 100_000))
        assert told == shown(text)
        assert "\u2060" not in told
        if told.strip():
            assert [(one["type"], part(told, one)) for one in more] == [("code", told)]


def test_an_address_leads_where_it_says():
    url = 'https://pix.example/AbCdEfGhJk?sig=a-b_c.d&blur="5"<>'
    told, [link] = read(html(("see ", Address(url))))
    assert told == f"see {url}"
    assert (link["type"], link["url"]) == ("text_link", url)


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 30, CAPTION_CHARS, TEXT_CHARS])
def test_what_is_cut_is_not_cut_amid_markup(most):
    for text in (*naughty.strings(), *LONG):
        for span in (text, Bold(text), Code(text), Quote(text), Address("https://a.example/x")):
            told, _ = read(html((span, "end"), most))
            assert units(told) <= most
            if most == TEXT_CHARS and isinstance(span, str) and units(told) < most - 5:
                assert told.endswith("end")


@pytest.mark.asyncio(loop_scope="module")
async def test_captions_and_names_of_files(shared):
    server, telegram = shared
    texts = [one for one in naughty.OWN if one.strip() and len(one) < CAPTION_CHARS]
    for number, text in enumerate(texts[::6]):
        ada = telegram.user(f"ada {number}")
        file = File(PICTURE, text.replace("\0", "") or "a.png", content_type="image/png")
        reply = await ada.send_document(file, caption=text)
        assert reply.text, text
        title = words.line(text)
        if links(reply):
            kinds = {one["type"] for one in reply.entities}
            assert kinds <= {"text_link", "bold", "bot_command"}, text
            assert all(link.startswith(server.url) for link in links(reply))
            assert title[:40] in seen(reply).replace("\u2060", ""), text
        else:
            assert "went wrong" not in reply.text, text
        told = await ada.send(f"/info {text[:100]}")
        assert {one["type"] for one in told.entities} <= {"bot_command", "code", "bold"}, text
        assert "went wrong" not in told.text, text
