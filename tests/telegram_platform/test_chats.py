"""Groups, what the bot is told of there, and whom it may write to."""

from __future__ import annotations

import pictures
import pytest


@pytest.fixture
def bob(platform):
    return platform.user("bob")


async def told(bare):
    return [one["message"].get("text", "picture") for one in await bare.updates()]


async def test_in_groups_the_bot_is_told_of_what_is_meant_for_it(ada, bare, platform):
    group = platform.group("Cats", ada)
    answer = await bare.call("sendMessage", chat_id=group.id, text="hello")
    photo = await ada.post(photo=pictures.jpeg(), chat=group)
    await ada.post(text="just words /not_a_start", chat=group)
    await ada.post(text="/upload@other_bot", chat=group)
    await ada.post(text="hey @pixferry_bot_2", chat=group)
    assert await told(bare) == ["just words /not_a_start"]
    await ada.post(text="hey @Pixferry_bot!", chat=group)
    await ada.post(text="/upload@pixferry_bot", chat=group, reply_to=photo)
    await ada.post(text="thanks", chat=group, reply_to=group.messages[answer["message_id"]])
    updates = await bare.updates()
    assert [one["message"]["text"] for one in updates] == [
        "hey @Pixferry_bot!",
        "/upload@pixferry_bot",
        "thanks",
    ]
    assert updates[1]["message"]["reply_to_message"]["photo"] == photo.data["photo"]
    assert updates[2]["message"]["reply_to_message"]["from"]["is_bot"]


@pytest.mark.parametrize("how", ["privacy off", "administrator"])
async def test_a_bot_that_may_is_told_of_everything(ada, bare, platform, how):
    group = platform.group("Cats", ada, bot_admin=how == "administrator")
    platform.privacy = how == "administrator"
    await ada.post(photo=pictures.jpeg(), chat=group)
    await ada.post(text="words", chat=group)
    assert await told(bare) == ["picture", "words"]


async def test_members_and_administrators(ada, bob, bare, platform):
    group = platform.group("Cats", bob, admins=[ada])
    asked = {"chat_id": group.id}

    async def status(person):
        return (await bare.call("getChatMember", **asked, user_id=person.id))["status"]

    assert await status(ada) == "administrator"
    assert await status(bob) == "member"
    assert await status(platform.user("eve")) == "left"
    assert await status(platform.owner_of(group)) == "creator"
    listed = await bare.call("getChatAdministrators", **asked)
    assert [one["status"] for one in listed] == ["creator", "administrator"]
    assert await bare.call("getChatMemberCount", **asked) == 4
    assert (await bare.call("getChat", **asked))["title"] == "Cats"
    assert (await bare.call("getChat", chat_id=ada.id))["type"] == "private"
    assert await bare.refused("getChatAdministrators", chat_id=ada.id)
    assert await bare.refused("getChatMember", **asked, user_id=1, blamed=False)
    await bare.call("sendChatAction", **asked, action="typing")
    assert group.actions == ["typing"]
    assert await bare.refused("sendChatAction", **asked, action="sleeping")


async def test_message_numbers_are_of_one_supergroup(ada, bare, platform):
    one, other = platform.group("One", ada), platform.group("Other", ada)
    first = await ada.post(text="/a", chat=one)
    second = await ada.post(text="/a", chat=other)
    assert (first.id, second.id) == (1, 1)


async def test_whom_the_bot_may_not_write_to(ada, bob, bare, platform):
    eve, group = platform.user("eve", started=False), platform.group("Cats", ada)
    platform.block(bob)
    platform.remove_bot(group)
    for chat, reason in (
        (eve.id, "bot can't initiate conversation with a user"),
        (bob.id, "bot was blocked by the user"),
        (group.id, "bot was kicked from the supergroup chat"),
    ):
        sent = {"chat_id": chat, "text": "x", "blamed": False}
        assert await bare.refused("sendMessage", **sent) == f"Forbidden: {reason}"
    kinds = [update["my_chat_member"]["new_chat_member"] for update in await bare.updates()]
    assert [one["status"] for one in kinds] == ["kicked", "kicked"]
    platform.unblock(bob)
    platform.add_bot(group)
    for chat in (bob.id, group.id):
        await bare.call("sendMessage", chat_id=chat, text="again")
    states = [update["my_chat_member"]["new_chat_member"] for update in await bare.updates()]
    assert [one["status"] for one in states] == ["member", "member"]
    await eve.post(text="/start")
    await bare.call("sendMessage", chat_id=eve.id, text="welcome")


async def test_replies_to_what_is_there(ada, bare):
    message = await ada.post(text="hello")
    asked = {"chat_id": ada.id, "text": "x"}
    here = {"message_id": message.id}
    await bare.call("sendMessage", **asked, reply_parameters=here)
    assert ada.sees()[-1].reply_to is message
    ada.delete(message)
    said = await bare.refused("sendMessage", **asked, reply_parameters=here, blamed=False)
    assert said == "Bad Request: message to be replied not found"
    lenient = here | {"allow_sending_without_reply": True}
    await bare.call("sendMessage", **asked, reply_parameters=lenient)
    assert await bare.refused("sendMessage", **asked, reply_parameters={"message_id": 10**6})
    assert await bare.refused("sendMessage", **asked, reply_parameters={})


async def test_commands_are_kept_for_each_scope_and_language(ada, bare, platform):
    boss, hans = platform.user("boss"), platform.user("hans", language="de")
    group = platform.group("Cats", ada, admins=[boss])

    async def register(name, **place):
        commands = [{"command": name, "description": "what it does"}]
        await bare.call("setMyCommands", commands=commands, **place)

    await register("all")
    await register("alle", language_code="de")
    await register("private", scope={"type": "all_private_chats"})
    await register("bosses", scope={"type": "all_chat_administrators"})
    await register("here", scope={"type": "chat", "chat_id": group.id})
    assert (list(ada.commands()), list(hans.commands())) == (["private"], ["private"])
    assert (list(ada.commands(group)), list(boss.commands(group))) == (["here"], ["here"])
    await bare.call("deleteMyCommands", scope={"type": "chat", "chat_id": group.id})
    assert (list(ada.commands(group)), list(boss.commands(group))) == (["all"], ["bosses"])
    assert list(hans.commands(group)) == ["alle"]
    found = await bare.call("getMyCommands", language_code="de")
    assert found == [{"command": "alle", "description": "what it does"}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"commands": [{"command": "Upper", "description": "x"}]},
        {"commands": [{"command": "", "description": "x"}]},
        {"commands": [{"command": "x" * 33, "description": "x"}]},
        {"commands": [{"command": "with-dash", "description": "x"}]},
        {"commands": [{"command": "a", "description": ""}]},
        {"commands": [{"command": "a", "description": "x" * 257}]},
        {"commands": [{"command": "a", "description": "x"}] * 2},
        {"commands": [{"command": f"a{n}", "description": "x"} for n in range(101)]},
        {"commands": ["a"]},
        {"language_code": "english"},
        {"scope": {"type": "everywhere"}},
        {"scope": {"type": "chat", "chat_id": 1}},
    ],
)
async def test_commands_that_are_refused(bare, wrong):
    good = {"commands": [{"command": "a_1", "description": "x" * 256}]}
    assert await bare.refused("setMyCommands", **good | wrong)


async def test_a_group_becomes_a_supergroup(ada, bare, platform):
    group = platform.group("Cats", ada, supergroup=False)
    await ada.post(text="/before", chat=group)
    chat = platform.upgrade(group)
    status, body = await bare.ask("sendMessage", chat_id=group.id, text="x")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": chat.id})
    assert platform.complaints == []
    first, second = [one["message"] for one in (await bare.updates())[1:]]
    assert (first["chat"]["id"], first["migrate_to_chat_id"]) == (group.id, chat.id)
    assert (second["chat"]["id"], second["migrate_from_chat_id"]) == (chat.id, group.id)
    await bare.call("sendMessage", chat_id=chat.id, text="x")
    assert chat.status_of(ada.account) == "member"
