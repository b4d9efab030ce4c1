"""Texts, captions and their styles: what is refused, and what becomes of the rest."""

from __future__ import annotations

import pictures
import pytest
from telegram_platform.bare_bot import bare_bot
from telegram_platform.stand_in import telegram_platform

HTML = [
    ("<b>bold</b> &lt;x&gt; &amp; &quot;", '<b>bold</b> &lt;x&gt; &amp; "'),
    ("<i>a<u>b</u></i>", "<i>a<u>b</u></i>"),
    ('<a href="https://x.org/?a=1&amp;b">l</a>', '<a href="https://x.org/?a=1&amp;b">l</a>'),
    ("<code>1 &lt; 2</code><pre>x</pre>", "<code>1 &lt; 2</code><pre>x</pre>"),
    ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', None),
    ("<blockquote expandable>long</blockquote>", "<blockquote>long</blockquote>"),
    ("  <b> 🐈 cat</b>  ", "<b>🐈 cat</b>"),
    ("<strong>a</strong><em>b</em><del>c</del>", "<b>a</b><i>b</i><s>c</s>"),
    ('<a href="http://localhost/">no link</a>', "no link"),
    ("a &nosuch; &copy;", "a &amp;nosuch; &amp;copy;"),
    ("plain https://x.org/a.", "plain https://x.org/a."),
]
BAD_HTML = [
    ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b>bo<i>ld</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
    ("é</b>", "Unexpected end tag at byte offset 2"),
    ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
    ("1 <", "Unclosed start tag at byte offset 2"),
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<img src=x>", 'Unsupported start tag "img" at byte offset 0'),
    ("a <> b", 'Unsupported start tag "" at byte offset 2'),
]
MARKDOWN = [
    (r"*bold* \*not\* 1\.5", "<b>bold</b> *not* 1.5"),
    ("_i_ __u__ ~s~ ||p||", "<i>i</i> <u>u</u> <s>s</s> <tg-spoiler>p</tg-spoiler>"),
    (r"[a\.b](https://x.org/a_b\)c)", '<a href="https://x.org/a_b)c">a.b</a>'),
    ("`1 * 2` ```py\nx = 1```", "<code>1 * 2</code> <pre>x = 1</pre>"),
    (">one\n>two\nthree", "<blockquote>one\ntwo</blockquote>\nthree"),
    ("*a _b_*", "<b>a <i>b</i></b>"),
]
BAD_MARKDOWN = [
    ("1.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("a - b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
    ("é *bold", "Can't find end of Bold entity at byte offset 3"),
    ("[a](https://x.org", "Can't find end of a URL at byte offset 0"),
    ("```py\nx", "Can't find end of PreCode entity at byte offset 0"),
    ("```x", "Can't find end of Pre entity at byte offset 0"),
    ("`code", "Can't find end of Code entity at byte offset 0"),
]


@pytest.mark.parametrize(("source", "shown"), HTML)
async def test_html_is_shown(ada, bare, source, shown):
    await bare.call("sendMessage", chat_id=ada.id, text=source, parse_mode="HTML")
    seen = ada.sees()[-1].html
    assert seen == (shown or "<tg-spoiler>a</tg-spoiler><tg-spoiler>b</tg-spoiler>")


@pytest.mark.parametrize(("source", "shown"), MARKDOWN)
async def test_markdown_is_shown(ada, bare, source, shown):
    await bare.call("sendMessage", chat_id=ada.id, text=source, parse_mode="MarkdownV2")
    assert ada.sees()[-1].html == shown


@pytest.mark.parametrize(
    ("mode", "source", "reason"),
    [("HTML", *one) for one in BAD_HTML] + [("MarkdownV2", *one) for one in BAD_MARKDOWN],
)
async def test_what_is_no_markup_is_refused(ada, bare, mode, source, reason):
    said = await bare.refused("sendMessage", chat_id=ada.id, text=source, parse_mode=mode)
    assert said == f"Bad Request: can't parse entities: {reason}"
    assert ada.sees() == []


async def test_lengths_are_counted_after_parsing_in_utf16(ada, bare):
    for text in ("x" * 4096, "🐈" * 2048, "<b>" + "&lt;" * 4096 + "</b>"):
        await bare.call("sendMessage", chat_id=ada.id, text=text, parse_mode="HTML")
    for text in ("x" * 4097, "🐈" * 2048 + "x"):
        said = await bare.refused("sendMessage", chat_id=ada.id, text=text)
        assert said == "Bad Request: message is too long"
    for text in ("", " \n ", "<b></b>"):
        said = await bare.refused("sendMessage", chat_id=ada.id, text=text, parse_mode="HTML")
        assert said == "Bad Request: message text is empty"
    photo = {"photo": ("a.jpg", pictures.jpeg())}
    for length, well in ((1024, True), (1025, False)):
        asked = {"chat_id": str(ada.id), "caption": "x" * length, "files": photo}
        if well:
            await bare.call("sendPhoto", **asked)
        else:
            said = await bare.refused("sendPhoto", **asked)
            assert said == "Bad Request: message caption is too long"
    assert await bare.refused("sendMessage", chat_id=ada.id, text="x", parse_mode="BB")


async def test_entities_are_checked_and_further_ones_ignored(ada, bare, platform):
    bold = {"type": "bold", "offset": 2, "length": 3}
    await bare.call("sendMessage", chat_id=ada.id, text="🐈cat", entities=[bold])
    assert ada.sees()[-1].html == "🐈<b>cat</b>"
    for wrong in ({"offset": 3}, {"type": "loud"}, {"length": 0}, {"offset": "a"}):
        sent = {"chat_id": ada.id, "text": "🐈cat", "entities": [bold | wrong]}
        assert "can't parse entities" in await bare.refused("sendMessage", **sent)
    link = {"type": "text_link", "offset": 0, "length": 2, "url": "http://localhost/"}
    said = await bare.refused("sendMessage", chat_id=ada.id, text="cat", entities=[link])
    assert said == "Bad Request: entity URL 'http://localhost/' is invalid: Wrong HTTP URL"
    many = "<b>a</b> " * 101
    sent = await bare.call("sendMessage", chat_id=ada.id, text=many, parse_mode="HTML")
    assert len(sent["entities"]) == 100
    assert [one.status for one in platform.forgive()] == [200]


async def test_previews_are_those_of_the_first_link_or_the_one_given(ada, bare, platform):
    async def shown(**options):
        text = "https://a.org/1 and https://b.org/2"
        sent = {"chat_id": ada.id, "text": text, "link_preview_options": options}
        await bare.call("sendMessage", **sent)
        return ada.sees()[-1].preview

    assert await shown() == {"url": "https://a.org/1"}
    assert await shown(is_disabled=True) is None
    large = {"url": "https://c.org/", "prefer_large_media": True}
    assert await shown(**large) == large
    assert platform.complaints == []
    await shown(prefer_large_media=True)
    assert "ignored unless url" in platform.forgive()[0].message
    assert ada.sees()[-1].links == ["https://a.org/1", "https://b.org/2"]


async def test_a_complaint_fails_the_block(ada):
    with pytest.raises(AssertionError, match="sendMessage: 400 Bad Request: message text is empty"):
        async with telegram_platform() as other, bare_bot(other) as bot:
            await bot.ask("sendMessage", chat_id=other.user("bob").id)
