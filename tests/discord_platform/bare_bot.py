"""A bot without a library: it sends exactly what a test says, however wrong."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import asynccontextmanager

import aiohttp

QUERY = "?v=10&encoding=json"
COMMAND = {"name": "do", "description": "Does it", "integration_types": [0, 1]}
SOON = 30
"""Seconds for what comes at once on a machine that is not busy."""

MENU = {"name": "Look at it", "type": 3, "integration_types": [0, 1]}


class BareBot:
    """A connection to the gateway and a way to call the API."""

    def __init__(self, platform, http: aiohttp.ClientSession) -> None:
        self.platform, self.http = platform, http
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.events: asyncio.Queue = asyncio.Queue()
        self.sequence = 0
        self._reader: asyncio.Task | None = None

    async def connect(self, path: str = "/", query: str = QUERY) -> dict:
        """Open a websocket; gives what the gateway says first."""
        self.socket = await self.http.ws_connect(f"{self.platform.gateway.url}{path}{query}")
        return await self.receive()

    async def receive(self) -> dict:
        """The next message; `{"closed": code}` when the gateway closed."""
        message = await self.socket.receive(timeout=SOON)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return {"closed": self.socket.close_code}
        parsed = json.loads(message.data)
        self.sequence = parsed.get("s") or self.sequence
        return parsed

    async def send(self, op: int, data: object) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def identify(self, **more) -> dict:
        properties = {"os": "linux", "browser": "bare", "device": "bare"}
        told = {"token": self.platform.token, "intents": 1, "properties": properties}
        await self.send(2, told | more)
        return await self.receive()

    def listen(self) -> None:
        """From now on events go to `events`."""

        async def read() -> None:
            while "closed" not in (message := await self.receive()):
                if message["op"] == 0:
                    self.events.put_nowait((message["t"], message["d"]))

        self._reader = asyncio.create_task(read())

    async def event(self, name: str) -> dict:
        while True:
            got, data = await asyncio.wait_for(self.events.get(), SOON)
            if got == name:
                return data

    async def call(self, method: str, path: str, payload=None, *, files=(), token=None):
        """Status and answer. With `files` (name and bytes) the request is a form."""
        headers = {"Authorization": f"Bot {token or self.platform.token}"}
        options = {"json": payload}
        if files:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(payload))
            for number, (name, data) in enumerate(files):
                form.add_field(f"files[{number}]", io.BytesIO(data), filename=name)
            options = {"data": form}
        elif payload is None:
            options = {}
        url = f"{self.platform.api_url}{path}"
        async with self.http.request(method, url, headers=headers, **options) as answer:
            body = await answer.read()
            return answer.status, json.loads(body) if body else None

    async def register(self, *commands: dict, guild=None):
        place = f"/guilds/{guild.id}" if guild else ""
        path = f"/applications/{self.platform.app.id}{place}/commands"
        return await self.call("PUT", path, list(commands))

    async def begin(self, person, **place):
        """A command is called; gives the interaction of it."""
        begun = await person.begin_command("do", **place)
        data = await self.event("INTERACTION_CREATE")
        assert data["token"] == begun.token
        return begun

    async def respond(self, interaction, kind: int, data=None, *, files=(), query=""):
        path = f"/interactions/{interaction.id}/{interaction.token}/callback{query}"
        return await self.call("POST", path, {"type": kind, "data": data or {}}, files=files)

    async def hook(self, method: str, interaction, path: str = "", payload=None, *, files=()):
        base = f"/webhooks/{self.platform.app.id}/{interaction.token}"
        return await self.call(method, f"{base}{path}", payload, files=files)

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        if self.socket is not None:
            await self.socket.close()


@asynccontextmanager
async def bare_bot(platform):
    """Not connected yet."""
    async with aiohttp.ClientSession() as http:
        bot = BareBot(platform, http)
        try:
            yield bot
        finally:
            await bot.close()


@asynccontextmanager
async def listening_bot(platform):
    """Connected, with the command `do` and the message command `Look at it`."""
    async with bare_bot(platform) as bot:
        await bot.register(COMMAND, MENU)
        await bot.connect()
        await bot.identify(intents=1 | 1 << 9 | 1 << 12)
        bot.listen()
        yield bot


def codes(errors: dict, *path: object) -> list[str]:
    """The codes of the errors at a place of a payload."""
    for step in path:
        errors = errors.get(str(step), {})
    return [one["code"] for one in errors.get("_errors", [])]
