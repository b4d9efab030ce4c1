"""Forms on Telegram: questions that people reply to."""

from __future__ import annotations

import naughty
import pictures
import pytest
from chats import album_of, page, status_of
from telegrams import asks, links

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_album_without_a_title_is_asked_for_one(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    question = await ada.send("/album create")
    assert asks(question)
    assert "title: What it is called" in question.text
    assert "<code>Summer in Rome</code>" in question.html
    made = await ada.send("Pond = ours\ndescription=Ducks,\nall of them private", reply_to=question)
    assert "Pond = ours" in made.text
    assert "Ducks,\nall of them" in made.text
    assert "private" in made.text
    assert await status_of(server, album_of(made)) == 404
    question = await ada.send("/album_create private=yes description=Ducks")
    assert "description: Ducks" in question.text
    made = await ada.send("Lake password=quack", reply_to=question)
    assert "private · with a password" in made.text
    assert "Ducks" in made.text


async def test_an_answer_that_can_not_be_taken_is_asked_for_again(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    question = await ada.send("/embed create")
    assert asks(question)
    again = await ada.send("Shop title={capton} color=reddish", reply_to=question)
    assert asks(again)
    assert "There is no placeholder {capton}" in again.text
    assert "color: It must be a colour" in again.text
    again = await ada.send("Shop colour=#ff5733", reply_to=again)
    assert asks(again)
    assert "Did you mean color?" in again.text
    again = await ada.send("color=#ff5733", reply_to=again)
    assert "A profile needs a name." in again.text
    made = await ada.send("Shop title={caption}! color=#⁠ff5733", reply_to=again)
    assert not asks(made)
    assert "title: {caption}!" in made.text
    assert "color: #ff5733" in made.text
    assert "Shop" in (await ada.send("/embed list")).text


async def test_texts_are_edited_one_by_one(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    link = links(await ada.send_document(pictures.png(), "cat.png", caption="Cat"))[0]
    made = await ada.send('/embed create Shop title="{caption}!" author-name=Ada')
    await ada.tap(made, "Use for my images")
    assert "Cat!" in await page(server, link)
    await ada.tap(made, "Edit texts")
    question = ada.sees()[-1]
    assert asks(question)
    assert "title: {caption}!" in question.text
    assert "author_name – Author: Ada" in question.text
    changed = await ada.send("description=Two\nlines layout=image", reply_to=question)
    assert "Two\nlines" in changed.text
    assert "picture alone" in changed.text
    changed = await ada.send("title=none", reply_to=question)
    assert "title" not in changed.text
    assert "Two\nlines" in changed.text, "what was answered before stays"
    assert "author_name: Ada" in changed.text
    changed = await ada.send("Boutique", reply_to=question)
    assert "Boutique" in changed.text
    assert "Two\nlines" in changed.text


async def test_exact_numbers(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    await ada.send_document(pictures.png(), "cat.png")
    editor = await ada.send("/transform")
    await ada.tap(editor, "Format ▾")
    await ada.tap(editor, "PNG")
    await ada.tap(editor, "Exact numbers")
    question = ada.sees()[-1]
    assert asks(question)
    for wrong, told in (
        ("blur=900", "0 to 250"),
        ("blurr=3", "Did you mean blur?"),
        ("save=yes", "There is no transform 'save'"),
        ("gamma=0.5", ""),
    ):
        question = await ada.send(wrong, reply_to=question)
        assert told in question.text
        assert bool(told) == asks(question)
    assert "Now: format=png gamma=0.5" in question.text
    question = [one for one in ada.sees() if asks(one)][-1]
    editor = await ada.send("blur=5 Brightness: 1,2", reply_to=question)
    assert "Now: blur=5 brightness=1.2 format=png gamma=0.5" in editor.text
    await ada.tap(editor, "Done")
    assert "blur=5&brightness=1.2&format=png&gamma=0.5" in links(editor)[0]


async def test_a_question_is_its_askers_alone_and_what_is_no_answer_is_read_as_ever(shared):
    _, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    cats = telegram.group("Cats", ada, bob)
    question = await ada.send("/album create", chat=cats)
    assert asks(question)
    told = await bob.send("Loot", chat=cats, reply_to=question)
    assert "belong to somebody else" in told.text
    helped = await ada.send("/help@pixferry_bot", chat=cats, reply_to=question)
    assert "Pixferry makes links" in helped.text
    made = await ada.send("Trip", chat=cats, reply_to=question)
    assert "Trip" in made.text


async def test_questions_are_german_for_who_reads_german(shared):
    _, telegram = shared
    eva = telegram.user("eva", language="de")
    question = await eva.send("/album neu")
    assert "Antworte auf diese Nachricht, etwa Sommer in Rom" in question.text
    made = await eva.send("Teich beschreibung=Enten privat", reply_to=question)
    assert "Teich" in made.text
    assert "Enten" in made.text
    assert "privat" in made.text


async def test_whatever_is_answered_is_read_or_asked_again(shared):
    _, telegram = shared
    for text in [text for text in naughty.OWN if text.strip()][::4]:
        ada = telegram.user("ada")
        question = await ada.send("/embed create")
        told = await ada.send(text, reply_to=question)
        assert "on our side" not in told.text, text
        assert asks(told) or told.text.startswith(("The profile is there.", "There is no")), text
