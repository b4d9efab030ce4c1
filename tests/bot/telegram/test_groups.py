"""In groups: what is for the bot, what is not, and what others must not read."""

from __future__ import annotations

import pictures
import pytest
from chats import picture
from telegrams import links

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL = ANONYMOUS | {"id": 136817688, "username": "Channel_Bot", "first_name": "Channel"}


async def test_pictures_are_hosted_where_they_are_asked_for(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    for telegram.privacy in (True, False):
        group = telegram.group("Cats", ada, bob)
        cat, dog = pictures.png(64, 48), pictures.png(48, 64)
        captioned = await ada.send_document(cat, "cat.png", caption="/upload", chat=group)
        assert await picture(server, *links(captioned)) == cat
        theirs = await bob.post(document=dog, chat=group)
        replying = await ada.send("/upload@pixferry_bot", chat=group, reply_to=theirs)
        assert await picture(server, *links(replying)) == dog
        named = await ada.send_document(cat, "cat.png", caption="a cat, @pixferry_bot", chat=group)
        assert await picture(server, *links(named)) == cat
        again = await bob.send("@Pixferry_Bot please", chat=group, reply_to=theirs)
        assert links(again), "it is his picture, too: hosted by Ada already"
    telegram.privacy = True


async def test_of_an_album_as_much_as_telegram_shows(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    group = telegram.group("Cats", ada)
    files = [pictures.png(40, 30, seed) for seed in range(3)]
    how = {"caption": "/upload Ducks", "kind": "document", "chat": group}
    first, *_ = await ada.post_album(files, **how)
    alone = await telegram.answer_to(first)
    assert await picture(server, *links(alone)) == files[0]
    assert "this one picture of the album" in alone.text
    replying = await ada.send("/upload", chat=group, reply_to=ada.sees(group)[2])
    assert await picture(server, *links(replying)) == files[2]
    telegram.privacy = False
    await ada.post_album(files, **how)
    await telegram.until(lambda: len(links(ada.sees(group)[-1])) == 3)
    assert "of the album" not in ada.sees(group)[-1].text
    telegram.privacy = True


async def test_what_is_not_for_the_bot_is_no_business_of_its(shared):
    _, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    telegram.privacy = False
    group = telegram.group("Cats", ada, bob, admins=[ada])
    photo = await bob.post(photo=pictures.jpeg(), chat=group)
    before = telegram.calls.copy()
    await bob.post(text="/upload@otherbot", chat=group, reply_to=photo)
    await bob.post(photo=pictures.jpeg(), caption="/upload@otherbot", chat=group)
    await bob.post(photo=pictures.jpeg(), caption="a cat", chat=group)
    await bob.post(text="/nosuchcommand", chat=group)
    await bob.post(text="https://example.org/cat.png hello", chat=group)
    await bob.post_album([pictures.jpeg(seed=seed) for seed in (1, 2)], chat=group)
    news = {"new_chat_members": [bob.account.data()], "new_chat_title": "Dogs"}
    for name, told in {**news, "pinned_message": photo.data, "delete_chat_photo": True}.items():
        await bob.post(chat=group, further={name: told})
        await bob.post(further={name: told})
    another = telegram.user("another").account.data() | {"is_bot": True}
    await bob.post(text="/upload", chat=group, reply_to=photo, further={"from": another})
    forward = {"is_automatic_forward": True, "from": CHANNEL | {"id": 777000, "is_bot": False}}
    await bob.post(text="/upload", chat=group, reply_to=photo, further=forward)
    await bob.post(text="/usage", chat=group, further={"via_bot": telegram.bot.data()})
    told = await ada.send("/usage", chat=group)
    mine = [one for one in ada.sees(group) if one.sender == telegram.bot.id]
    assert mine == [told]
    assert [one for one in ada.sees(bob.chat) if one.sender == telegram.bot.id] == []
    asked = {name for name, count in telegram.calls.items() if count > before[name]}
    assert asked <= {"getUpdates", "sendMessage"}, "for messages of groups nobody else is asked"
    telegram.privacy = True


async def test_who_writes_as_a_group_or_channel_is_told_that_it_does_not_go(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    group = telegram.group("Cats", ada)
    known = len(await server.core.accounts.list_users())
    for somebody in (ANONYMOUS, CHANNEL):
        asked = {"from": somebody, "sender_chat": group.data()}
        told = await ada.send_document(
            pictures.png(), "a.png", caption="/upload", chat=group, further=asked
        )
        assert "as yourself" in told.text
    assert len(await server.core.accounts.list_users()) == known, "nobody has an account for it"


async def test_answers_stay_in_their_topic(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    telegram.privacy = False
    forum = telegram.group("Forum", admins=[ada])
    dogs, cats = telegram.topic(forum, "Dogs"), telegram.topic(forum, "Cats")

    def topic_of(message):
        return message.data.get("message_thread_id")

    told = await ada.send("/settings automatic here", chat=forum, topic=cats)
    assert topic_of(told) == cats
    assert "Hosted without a command: here\n" in told.text, "Telegram shows no names of topics"
    shown = await ada.send("/settings show", chat=forum, topic=dogs)
    assert f"Hosted without a command: {cats}\n" in shown.text
    ignored = [
        await ada.post(photo=pictures.jpeg(), chat=forum, topic=dogs),
        await ada.post(photo=pictures.jpeg(), chat=forum),
        await ada.post(sticker=pictures.png(), chat=forum, topic=cats),
        await ada.post(animation=pictures.gif(), chat=forum, topic=cats),
    ]
    reply = await ada.send_photo(pictures.jpeg(), chat=forum, topic=cats)
    assert topic_of(reply) == cats
    assert links(reply)
    asked = await ada.post_album(
        [pictures.jpeg(seed=seed) for seed in (1, 2)], chat=forum, topic=cats
    )
    await telegram.until(lambda: len(links(ada.sees(forum)[-1])) == 2)
    album = ada.sees(forum)[-1]
    assert (topic_of(album), album.reply_to) == (cats, asked[0])
    await ada.send("/settings channels here", chat=forum, topic=dogs)
    general = await ada.send_photo(pictures.jpeg(), caption="/upload", chat=forum)
    assert topic_of(general) is None
    assert "not allowed in this channel" in general.text
    assert links(await ada.send_photo(pictures.jpeg(), caption="/upload", chat=forum, topic=dogs))
    await ada.tap(reply, "Details")
    assert topic_of(ada.sees(forum)[-1]) == cats
    answered = [one.reply_to for one in ada.sees(forum) if one.sender == telegram.bot.id]
    assert not {*ignored} & {*answered}
    telegram.privacy = True


async def test_a_topic_that_is_closed_or_gone_by_then(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    forum = telegram.group("Forum", ada)
    topic = telegram.topic(forum)
    forum.topics[topic] = False
    await ada.post(text="/usage", chat=forum, topic=topic)
    posted = await ada.post(text="/usage", chat=forum, topic=(gone := telegram.topic(forum)))
    forum.topics.pop(gone)
    told = await telegram.answer_to(posted)
    assert "message_thread_id" not in told.data
    assert "Plan" in told.text
    assert [one for one in ada.sees(forum) if one.sender == telegram.bot.id] == [told]


async def test_where_no_photos_may_be_sent_answers_are_in_words(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    group = telegram.group("Readers", ada)
    group.photos = False
    cat = pictures.png(64, 48)
    reply = await ada.send_document(cat, "cat.png", caption="/upload A cat", chat=group)
    assert await picture(server, *links(reply)) == cat
    assert "A cat" in reply.text
    assert (reply.photo, reply.preview) == (None, None)
    await ada.tap(reply, "Transform")
    assert "Choose what to change." in reply.text
    assert reply.photo is None


async def test_who_has_shut_the_bot_out_is_left_in_peace_until_it_is_let_in(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    group = telegram.group("Cats", ada)
    for chat, shut, let_in in (
        (group, telegram.remove_bot, telegram.add_bot),
        (ada.chat, lambda _: telegram.block(ada), lambda _: telegram.unblock(ada)),
    ):
        reply = await ada.send_document(pictures.png(), "a.png", caption="/upload", chat=chat)
        before = telegram.calls["sendMessage"] + telegram.calls["sendPhoto"]
        await ada.post(text="/usage", chat=chat)
        tap = ada.begin_tap(reply, "Details")
        shut(chat)
        chat.open = False

        def tried(was=before):
            return telegram.calls["sendMessage"] + telegram.calls["sendPhoto"] == was + 2

        assert await telegram.called.until(tried, 20)
        await tap.end(20, telegram.complaints)
        let_in(chat)
        assert "plan" in (await ada.send("/usage", chat=chat)).text.lower()
    assert not telegram.complaints
