"""Changing how pictures look, from Discord."""

from __future__ import annotations

import io
import re

import pictures
import pytest
from PIL import Image


def link_of(text: str) -> str:
    """The first link of a message."""
    return re.search(r"<(http[^>]+)>", text)[1]


async def bytes_of(server, link: str):
    """The picture behind a link."""
    status, headers, body = await server.call(
        "GET", link.removeprefix(server.url), headers={"Accept": "image/*"}
    )
    assert status == 200, body
    return headers["Content-Type"], Image.open(io.BytesIO(body))


async def hosted(ada, guild, data=None):
    reply = await ada.command("upload", file=data or pictures.jpeg(640, 480), guild=guild)
    return reply, link_of(reply.text).rpartition("/")[2]


async def test_options_make_a_link_and_what_it_shows(chat):
    async with chat() as (server, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        _, image = await hosted(ada, guild)
        reply = await ada.command(
            "transform", image=image, format="webp", size="s", saturation=0.0, guild=guild
        )
        link = link_of(reply.text)
        assert link.endswith(f"{image}?format=webp&saturation=0&size=s")
        mime, picture = await bytes_of(server, link)
        assert (mime, picture.size) == ("image/webp", (320, 240))
        more = await ada.command("transform", image=link, rotate="90", size="m", guild=guild)
        assert link_of(more.text).endswith(f"{image}?format=webp&rotate=90&saturation=0&size=m")
        plain = await ada.command("transform", image=link, saturation=1.0, guild=guild)
        assert "saturation" not in plain.text


async def test_nothing_named_is_the_last_image_here_and_opens_the_editor(chat):
    async with chat() as (server, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        _, image = await hosted(ada, guild)
        editor = await ada.command("transform", guild=guild)
        assert editor.ephemeral
        assert image in editor.text
        await ada.choose(editor, "Format", "WEBP")
        await ada.choose(editor, "Rotate and flip", "A quarter to the right")
        await ada.choose(editor, "Effects", "Grey")
        assert "format=webp rotate=90 saturation=0" in editor.text
        await ada.press(editor, "Undo")
        assert "saturation" not in editor.text
        modal = await ada.press(editor, "Exact numbers")
        await ada.submit(modal, {"Blur": "5", "Others, as in links": "format=png sharp=1"})
        assert "blur=5 format=png sharp=1" in editor.text
        await ada.press(editor, "Done")
        mime, picture = await bytes_of(server, link_of(editor.text))
        assert (mime, picture.size) == ("image/png", (640, 480))
        assert "Undo" not in editor.buttons
        assert "Transform" in editor.buttons


async def test_a_wrong_number_in_the_form_is_told_and_nothing_is_lost(chat):
    async with chat() as (_, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        await hosted(ada, guild)
        editor = await ada.command("transform", guild=guild)
        await ada.choose(editor, "Size", "Small: 320 pixels")
        modal = await ada.press(editor, "Exact numbers")
        told = await ada.submit(modal, {"Blur": "900", "Others, as in links": "blurr=3"})
        assert told.ephemeral
        assert "Did you mean blur?" in told.text or "0 to 250" in told.text
        assert "size=s" in editor.text


async def test_saving_makes_a_new_image_of_ones_own(chat):
    async with chat() as (server, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        _, image = await hosted(ada, guild)
        saved = await ada.command("transform", image=image, size="s", save=True, guild=guild)
        link = link_of(saved.text)
        assert image not in link
        assert "?" not in link
        _, picture = await bytes_of(server, link)
        assert picture.size == (320, 240)


@pytest.mark.parametrize("way", ["attachment", "own link"])
async def test_the_menu_of_a_message_opens_the_editor_on_its_picture(chat, way):
    async with chat() as (_server, discord):
        ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild("Cats")
        if way == "attachment":
            message = await bob.say("look", guild=guild, attachments=[pictures.jpeg(64, 48)])
        else:
            message, image = await hosted(bob, guild)
        editor = await ada.message_command("Transform image", message)
        assert editor.ephemeral
        await ada.choose(editor, "Format", "PNG")
        assert "format=png" in editor.text
        if way == "own link":
            assert image in editor.text


async def test_an_editor_works_after_a_restart_and_only_for_its_owner(chat):
    async with chat() as (_, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        reply, _ = await hosted(ada, guild)
        editor = await ada.press(reply, "Transform")
        discord.gateway.drop()
        await ada.choose(editor, "Size", "Small: 320 pixels", repeat=2)
        assert editor.text.count("size=s") == 2  # in the link, and in what was done
        discord.forgive()


async def test_an_image_deleted_while_it_is_edited_is_told(chat):
    async with chat() as (_, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        _, image = await hosted(ada, guild)
        editor = await ada.command("transform", guild=guild)
        sure = await ada.command("delete", image=image, guild=guild)
        await ada.press(sure, "Delete for good")
        told = await ada.choose(editor, "Format", "PNG")
        assert "deleted or has expired" in told.text


async def signed_link(server, **transforms):
    """Of a picture of somebody's who is on no chat."""
    owner = await server.key("owner@example.org")
    _, _, image = await server.upload(pictures.jpeg(640, 480), headers=owner)
    path = f"/v1/media/{image['id']}/links"
    _, _, signed = await server.call("POST", path, json=transforms, headers=owner)
    return signed["link"]


async def test_a_signed_link_of_somebody_elses_gives_no_private_metadata(chat):
    async with chat() as (server, discord):
        link, ada = await signed_link(server, w=100), discord.user("ada")
        told = await ada.command("transform", image=link, metadata="keep")
        assert "owner's to give" in told.text
        editor = await ada.command("transform", image=link)
        modal = await ada.press(editor, "Exact numbers")
        told = await ada.submit(modal, {"Others, as in links": "metadata=keep"})
        assert "owner's to give" in told.text
        assert "metadata=keep" not in editor.text


async def test_exact_numbers_keep_the_dimensions_that_a_signed_link_gives(chat):
    async with chat() as (server, discord):
        link, ada = await signed_link(server, w=100), discord.user("ada")
        editor = await ada.command("transform", image=link)
        modal = await ada.press(editor, "Exact numbers")
        assert "w=100" not in str(modal.fields)
        await ada.submit(modal, {"Blur": "5"})
        assert "Now: `blur=5 w=100`" in editor.text
        _, picture = await bytes_of(server, link_of(editor.text))
        assert picture.width == 100
        modal = await ada.press(editor, "Exact numbers")
        await ada.submit(modal, {"Blur": "", "Others, as in links": "size=s"})
        assert "Now: `size=s`" in editor.text


async def test_what_became_private_is_not_opened_again_by_the_buttons_of_a_message(chat):
    async with chat(public_url="https://pix.example.org") as (_, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        reply, image = await hosted(ada, guild)
        assert "Open" in reply.buttons
        await ada.command("edit", image=image, private=True, guild=guild)
        await ada.press(reply, "Delete")
        await ada.press(reply, "Keep it")
        assert "Details" in reply.buttons
        assert "Open" not in reply.buttons
