"""Odd texts as albums and names of files: kept as they are, or refused, and never markup."""

from __future__ import annotations

import html

import naughty
import pictures
import pytest
import requests
from markdown_it import MarkdownIt

from core.albums import check_title
from core.file_names import check_file_name

pytestmark = pytest.mark.any_backing

TINY = pictures.png(1, 1)


def judged(rule, text):
    """What the rule makes of a text; None: it refuses it."""
    try:
        return rule(text)
    except ValueError:
        return None


def upload(base, headers, **fields):
    answer = requests.post(
        f"{base}/api/v1/upload",
        headers=headers,
        files={"file": ("a.png", TINY)} | {name: (None, text) for name, text in fields.items()},
        timeout=30,
    )
    return answer.status_code, answer.json()


def test_albums(compat, base):
    headers = compat.new_key("titles@example.org", "--plan", "unlimited")
    wanted = []
    for text in naughty.strings():
        status, told = upload(base, headers, album=text.encode())
        title = judged(check_title, text.strip()) if text else None
        if text and title is None:
            assert (status, told["error"]["code"]) == (400, "INVALID_PARAMETER"), text
            continue
        assert status == 200, text
        wanted += [title] if text else []
    albums = compat.get("/v1/albums?limit=100", headers=headers).json()
    found = [one["title"] for one in albums["data"]]
    while cursor := albums["next_cursor"]:
        albums = compat.get(f"/v1/albums?limit=100&cursor={cursor}", headers=headers).json()
        found += [one["title"] for one in albums["data"]]
    assert sorted(found) == sorted(set(wanted))


@pytest.mark.parametrize("text", [b"a\0b", b"\xff", "a\ud800".encode(errors="surrogatepass")])
def test_what_no_text_may_hold(base, keys, text):
    status, told = upload(base, keys("ours"), album=text)
    assert (status, told["error"]["code"]) == (400, "INVALID_PARAMETER")


def test_names_are_no_markup_in_links(compat, base, keys, make):
    one, markdown = make({}), MarkdownIt("commonmark")
    older = f"{compat.url}/compat/img.pro/1.0/v1/media/{one}"
    for text in naughty.strings():
        if judged(check_file_name, text) is None:
            continue
        renamed = requests.patch(older, json={"name": text}, headers=keys("ours"), timeout=30)
        shown = requests.get(f"{base}/api/v1/image/{one}", timeout=30).json()["data"]
        assert shown["filename"] == renamed.json()["name"]
        links = shown["links"]
        assert links["html"] == f'<img src="{html.escape(links["direct"])}">'
        (paragraph, inline, _) = markdown.parse(links["markdown"])
        assert paragraph.type == "paragraph_open", text
        (image,) = inline.children
        assert image.attrs["src"] == links["direct"], text
        alt = markdown.renderer.renderInlineAsText(image.children, markdown.options, {})
        assert alt.split() == shown["filename"].split(), text
