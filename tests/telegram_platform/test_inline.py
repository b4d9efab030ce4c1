"""Inline mode: answers, their limits, the cache, and what becomes of a result."""

from __future__ import annotations

import asyncio

import pictures
import pytest
from aiohttp import web
from loopback import web_server

PHOTO = {
    "type": "photo",
    "id": "1",
    "photo_url": "https://x.org/a.jpg",
    "thumbnail_url": "https://x.org/a.jpg",
}
ARTICLE = {
    "type": "article",
    "id": "1",
    "title": "a",
    "input_message_content": {"message_text": "x"},
}


async def answered(bare, person, query="cats", **answer):
    """Somebody types, and the bot answers."""
    typing = asyncio.create_task(person.inline(query))
    (update,) = await bare.updates(timeout=20)
    asked = update["inline_query"]
    assert (asked["query"], asked["from"]["id"]) == (query, person.id)
    await bare.call("answerInlineQuery", inline_query_id=asked["id"], **answer)
    return await typing


async def test_results_that_are_not_personal_are_shown_to_everybody(ada, bare, platform):
    bob = platform.user("bob")
    shown = await answered(bare, ada, results=[ARTICLE], is_personal=True)
    assert shown.titles == ["a"]
    assert (await ada.inline("cats")).cached
    assert not (await answered(bare, bob, results=[], cache_time=0)).cached
    await answered(bare, bob, "dogs", results=[ARTICLE])
    assert (await ada.inline("dogs")).cached


async def test_a_result_becomes_a_message(ada, bare, platform):
    async def picture(_):
        return web.Response(body=pictures.jpeg(), content_type="image/jpeg")

    async def other(_):
        return web.Response(body=pictures.png(), content_type="image/jpeg")

    keys = {"inline_keyboard": [[{"text": "B", "callback_data": "b"}]]}
    async with web_server({"/a.jpg": picture, "/b.jpg": other}) as url:
        photos = [
            PHOTO | {"id": f"{name}", "photo_url": f"{url}/{name}.jpg", "reply_markup": keys}
            for name in "ab"
        ]
        shown = await answered(bare, ada, results=photos, cache_time=0)
        message = await ada.choose(shown, 0, query="cats")
        assert pictures.opened(message.photo).size == (64, 48)
        with pytest.raises(Exception, match="WEBPAGE_MEDIA_EMPTY"):
            await ada.choose(shown, 1)
        assert "is no JPEG" in platform.forgive()[0].message
    chosen, *_ = await bare.updates()
    number = chosen["chosen_inline_result"]["inline_message_id"]
    await bare.call("editMessageCaption", inline_message_id=number, caption="new")
    assert (message.text, message.data["via_bot"]["id"]) == ("new", platform.bot.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"results": [ARTICLE | {"id": str(n)} for n in range(51)]},
        {"results": [ARTICLE, ARTICLE]},
        {"results": [ARTICLE | {"id": ""}]},
        {"results": [ARTICLE | {"id": "é" * 33}]},
        {"results": [ARTICLE | {"title": ""}]},
        {"results": [{"type": "article", "id": "1", "title": "a"}]},
        {"results": [ARTICLE | {"type": "nothing"}]},
        {"results": [ARTICLE | {"input_message_content": {"message_text": "x" * 4097}}]},
        {"results": [PHOTO | {"photo_url": "https://x.org/a.png"}]},
        {"results": [PHOTO | {"photo_url": "a.jpg"}]},
        {"results": [PHOTO | {"thumbnail_url": None}]},
        {"results": [PHOTO | {"photo_file_id": "x"}]},
        {"results": [PHOTO | {"caption": "x" * 1025}]},
        {"results": [PHOTO | {"reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}]},
        {"next_offset": "x" * 65},
        {"button": {"text": "a", "start_parameter": "x" * 65}},
        {"button": {"text": "a"}},
        {"results": None},
    ],
)
async def test_answers_that_are_refused(ada, bare, wrong):
    good = {"inline_query_id": "1", "results": [PHOTO]}
    said = await bare.refused("answerInlineQuery", **good | wrong)
    assert "query is too old" not in said


async def test_a_query_is_answered_once_and_in_time(ada, bare, platform):
    shown = await answered(bare, ada, results=[ARTICLE])
    assert shown.results == [ARTICLE]
    number = next(iter(platform.typings))
    for query in (number, "5"):
        said = await bare.refused("answerInlineQuery", inline_query_id=query, results=[])
        assert "query is too old" in said
