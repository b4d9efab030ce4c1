"""Nothing that a person typed becomes markup, a link or a ping, wherever it is shown."""

from __future__ import annotations

import itertools

import naughty
import pictures
import pytest
from chats import links, new_profile
from discord_platform.cdn import File
from discord_platform.markdown import kinds, plain, read

from bot.discord.markup import markdown
from bot.texts import Bold, Code, Quote
from core import words
from core.embeds import Look

pytestmark = pytest.mark.asyncio(loop_scope="module")
PICTURE = pictures.png(8, 8)


def shown(text: str) -> str:
    """What a reader may see of somebody's text."""
    return words.straight(words.lines(text))


async def test_every_text_is_written_so_that_its_readers_see_it_as_it_is():
    for text in naughty.strings():
        written = markdown((text,), 100_000)
        assert plain(written) == shown(text)
        if shown(text):
            assert [kind for kind, _ in read(markdown((Code(text),), 100_000))] == ["code"]
        assert read(markdown((Bold(text), "end"), 100_000))[-1][1].endswith("end")


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 30, 200])
async def test_what_is_cut_is_not_cut_amid_markup(most):
    for text in (*naughty.strings(), "`" * 300, "\\" * 300, "[x](https://evil.example) " * 20):
        assert len(markdown((text,), most)) <= most
        plain(markdown((text,), most))
        for span in (Bold(text), Code(text), Quote(text)):
            assert len(markdown((span, "end"), most)) <= most
        assert kinds(markdown((Code(text),), most)) <= {"code", "text"}


def typed(most: int) -> list[str]:
    """What a client sends as an option."""
    return [text for text in naughty.strings() if text.strip() and len(text) <= most]


def people(discord):
    """Somebody new every 20 requests, so that nobody's plan is used up."""
    for number in itertools.count():
        yield from itertools.repeat(discord.user(f"person {number}"), 20)


async def test_captions(shared):
    _, discord = shared
    for ada, text in zip(people(discord), typed(2_000), strict=False):
        reply = await ada.command("upload", file=PICTURE, caption=text)
        assert [kind for kind, _ in read(reply.content)] == ["link"]
        [embed], title = reply.embeds, words.line(text)
        seen = plain(embed.get("title", ""))
        assert seen == title or (seen.endswith("…") and title.startswith(seen[:-1])), text
        assert plain(embed["description"].split("\n")[0])


async def test_names_of_files_and_of_people(shared):
    server, discord = shared
    for number, text in enumerate(naughty.OWN[::3]):
        ada = discord.user(text)
        if number % 8 == 0:
            await new_profile(server, ada, "Mine", Look(title="{name}", author_name="{uploader}"))
        told = {"embed": "Mine"} if number % 8 == 0 else {}
        reply = await ada.command(
            "upload", file=File(PICTURE, text), file2=File(b"none", text), **told
        )
        assert kinds(reply.content) <= {"text", "link"}
        plain(reply.embeds[0].get("title", ""))


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("info", "image"),
        ("import", "url"),
        ("upload", "album"),
        ("upload", "embed"),
        ("upload", "ttl"),
        ("transform", "background"),
    ],
)
async def test_what_is_told_back_of_an_option(shared, command, option):
    server, discord = shared
    texts = typed(100)[::3]
    for ada, text in zip(people(discord), texts, strict=False):
        more = {"file": PICTURE} if command == "upload" else {}
        reply = await ada.command(command, **more, **{option: text})
        assert kinds(reply.content) <= {"text", "link", "code"}, text
        assert reply.content
        assert all(link.startswith(server.url) for link in links(reply.content))
