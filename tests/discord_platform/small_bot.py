"""A small bot on the real library, for the tests of the stand-in."""

from __future__ import annotations

import asyncio
import contextlib
import io

import aiohttp
import discord
import yarl
from discord import app_commands


class Undo(discord.ui.DynamicItem[discord.ui.Button], template=r"undo:(?P<number>\d+)"):
    """A button that outlives its bot."""

    def __init__(self, number: int) -> None:
        super().__init__(discord.ui.Button(label="Undo", custom_id=f"undo:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, interaction, item, match, /):
        return cls(int(match["number"]))

    async def callback(self, interaction):
        await interaction.response.edit_message(content=f"undone {self.number}", view=None)


class Form(discord.ui.Modal, title="Pictures"):
    caption = discord.ui.Label(text="Caption", component=discord.ui.TextInput(required=False))
    files = discord.ui.Label(
        text="Files", component=discord.ui.FileUpload(min_values=1, max_values=10)
    )

    async def on_submit(self, interaction):
        await interaction.response.defer(thinking=True, ephemeral=True)
        sizes = [len(await one.read()) for one in self.files.component.values]
        await interaction.edit_original_response(content=f"{self.caption.component.value} {sizes}")


class SmallBot(discord.AutoShardedClient):
    def __init__(self, api_url: str, *, intents: discord.Intents | None = None, **options) -> None:
        super().__init__(intents=intents or discord.Intents(guilds=True), **options)
        self.api_url = api_url
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.heard: list[str] = []
        add_commands(self.tree)

    async def before_identify_hook(self, shard_id, *, initial=False) -> None:
        """No pause, which the library makes for the platform's sake."""

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Undo)
        await self.tree.sync()

    async def on_message(self, message) -> None:
        if message.author.id != self.user.id:
            self.heard.append(message.content)
            if message.attachments:
                await message.reply(f"{len(await message.attachments[0].read())} bytes")

    async def on_shard_resumed(self, number) -> None:
        self.heard.append(f"resumed {number}")


def add_commands(tree: app_commands.CommandTree) -> None:
    @tree.command(description="Answers at once")
    @app_commands.describe(text="What to say")
    async def echo(interaction, text: str, loud: bool = False):
        shown = text.upper() if loud else text
        await interaction.response.send_message(shown, ephemeral=loud)

    @tree.command(description="Takes a picture")
    @app_commands.describe(file="The picture", caption="Some words")
    async def upload(interaction, file: discord.Attachment, caption: str = ""):
        await interaction.response.defer(thinking=True)
        data = await file.read()
        embed = discord.Embed(title=caption or None, description=f"{len(data)} bytes")
        embed.set_image(url="attachment://copy.png")
        view = discord.ui.View(timeout=None)
        view.add_item(Undo(len(data)))
        view.add_item(discord.ui.Button(label="Open", url="https://example.org/"))
        await interaction.edit_original_response(
            content="here it is",
            embed=embed,
            view=view,
            attachments=[discord.File(io.BytesIO(data), "copy.png", description="a copy")],
        )

    @tree.command(description="Asks for pictures")
    async def ask(interaction):
        await interaction.response.send_modal(Form())

    @tree.command(description="Completes what is typed")
    @app_commands.describe(image="Which one")
    async def pick(interaction, image: str):
        await interaction.response.send_message(image)

    @pick.autocomplete("image")
    async def complete(interaction, typed: str):
        names = ["abbot", "about", "above"]
        return [app_commands.Choice(name=one, value=one) for one in names if one.startswith(typed)]

    @tree.command(description="Says several things")
    @app_commands.describe(count="How many")
    async def many(interaction, count: app_commands.Range[int, 1, 10]):
        await interaction.response.defer()
        for number in range(count):
            await interaction.followup.send(f"number {number}", wait=True)

    group = app_commands.Group(name="album", description="Albums")
    tree.add_command(group)

    @group.command(description="Makes one")
    @app_commands.describe(name="Its name", size="Its size")
    @app_commands.choices(size=[app_commands.Choice(name="Large", value="l")])
    async def create(interaction, name: str, size: app_commands.Choice[str] | None = None):
        await interaction.response.send_message(f"{name} {size.value if size else '-'}")

    @tree.context_menu(name="Count pictures")
    async def count(interaction, message: discord.Message):
        shots = sum(len(one.attachments) for one in message.message_snapshots)
        await interaction.response.send_message(
            f"{len(message.attachments)} {shots} {len(message.stickers)}", ephemeral=True
        )

    @tree.command(description="Deletes itself")
    async def vanish(interaction):
        await interaction.response.send_message("soon gone", view=Vanishing())

    @tree.command(description="Has a menu")
    async def menu(interaction):
        await interaction.response.send_message("choose", view=Menu())

    @tree.command(description="Greets somebody")
    @app_commands.describe(who="Whom")
    async def greet(interaction, who: discord.Member):
        await interaction.response.send_message(f"hello {who.name}", view=Where())

    @tree.command(description="Never answers")
    async def mute(interaction):
        pass


class Vanishing(discord.ui.View):
    @discord.ui.button(label="Delete", style=discord.ButtonStyle.danger)
    async def delete(self, interaction, button):
        await interaction.response.defer()
        await interaction.delete_original_response()


class Where(discord.ui.View):
    @discord.ui.select(cls=discord.ui.ChannelSelect, placeholder="Where")
    async def chosen(self, interaction, select):
        await interaction.response.edit_message(content=f"in {select.values[0].name}")


class Menu(discord.ui.View):
    @discord.ui.select(
        placeholder="Format",
        options=[discord.SelectOption(label=one.upper(), value=one) for one in ("png", "webp")],
    )
    async def chosen(self, interaction, select):
        await interaction.response.edit_message(content=f"chose {select.values[0]}")


@contextlib.asynccontextmanager
async def running_bot(platform, *, token: str | None = None, patch, **options):
    """The small bot, connected. `patch` is pytest's monkeypatch."""
    patch.setattr(discord.http.Route, "BASE", platform.api_url)
    gateway = yarl.URL(platform.gateway.url)
    patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    bot = SmallBot(platform.api_url, connector=aiohttp.TCPConnector(limit=0), **options)
    running = asyncio.create_task(bot.start(token or platform.token))
    try:
        yield bot
    finally:
        await bot.close()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
