"""`/help` where commands are typed: it shows how."""

from __future__ import annotations

import pytest
from typed_texts import DE, EN, read

from bot.asking import Ask
from bot.commands import BY_NAME
from bot.service import ChatService
from core.chats import ChatRef, Identity, Platform
from core.services.chats import Place


@pytest.fixture
async def told(local):
    async with local() as server:
        service = ChatService(server.core)

        async def tell(language=EN, *, typed=True, **given):
            ask = Ask(
                Identity(Platform.TELEGRAM, "1", "Ada"),
                Place(ChatRef(Platform.TELEGRAM, "1")),
                "telegram:1:1",
                language,
                typed=typed,
            )
            reply = await service.run(ask, BY_NAME["help"], given)
            return "".join(getattr(each, "text", each) for each in reply.words)

        yield tell


async def test_it_shows_how_commands_are_typed(told):
    lines = (await told()).splitlines()
    shown = next(line for line in lines if "name=value" in line)
    assert read(shown[shown.index("/upload") :])[1].keys() == {"ttl", "private", "caption"}
    lines = (await told(command="album")).splitlines()
    assert "Such as /album create private Summer in Rome" in lines
    assert "Such as /album add Summer in Rome AbCdEfGhJk" in lines
    assert "Etwa /album create private Sommer in Rom" in await told(DE, command="album")


async def test_files_come_with_a_command_and_are_not_typed(told):
    assert "file2" not in await told(command="upload")
    assert "caption" in await told(command="upload")


async def test_where_options_have_fields_nothing_is_typed(told):
    assert "name=value" not in await told(typed=False)
    upload = await told(typed=False, command="upload")
    assert "Such as" not in upload
    assert "file2" in upload
