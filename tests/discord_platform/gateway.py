"""The websocket over which the platform tells the bot what happens."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web
from discord_platform.connection import RATE_LIMITED, Closing, Connection
from discord_platform.refusals import Complaint
from discord_platform.sessions import Session
from signals import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_platform.world import App, Guild

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, ACK = 8, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, INVALID_SEQUENCE = 4005, 4007
INVALID_SHARD, SHARDING_REQUIRED = 4010, 4011
INVALID_VERSION, INVALID_INTENTS, DISALLOWED_INTENTS = 4012, 4013, 4014
GUILDS, MEMBERS, PRESENCES, MESSAGE_CONTENT = 1, 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT
KNOWN_INTENTS = (1 << 26) - 1
SESSIONS_KEPT = 64
IDENTIFY_EVERY = 5  # seconds between two shards of one bucket
BLAMED = {
    UNKNOWN_OPCODE: "Unknown opcode",
    DECODE_ERROR: "Decode error",
    NOT_AUTHENTICATED: "Not authenticated",
    ALREADY_AUTHENTICATED: "Already authenticated",
    RATE_LIMITED: "Rate limited",
    INVALID_SHARD: "Invalid shard",
    SHARDING_REQUIRED: "Sharding required",
    INVALID_VERSION: "Invalid API version",
    INVALID_INTENTS: "Invalid intent(s)",
}


class Gateway:
    """All connections and sessions. `identify_every`, `heartbeat` and `shards` may be set by tests."""

    def __init__(
        self, app: App, guilds: Callable[[], list[Guild]], complaints: list[Complaint]
    ) -> None:
        self.app, self._guilds, self._complaints = app, guilds, complaints
        self.url = ""  # known once the server listens
        self.shards, self.max_concurrency = 1, 1
        self.least_shards = 1  # fewer are too few for as many servers
        self.identify_every: float = IDENTIFY_EVERY
        self.heartbeat: float = 41.25  # seconds
        self.silent = False  # acknowledges no heartbeat while set
        self.closed_to_new = False  # refuses connections while set
        self.identifies: list[dict] = []
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.changed = Signal()
        self._last_identify: dict[int, tuple[int, float]] = {}  # bucket -> shard, when

    # What the platform does

    def dispatch(self, key: int, event: str, data: dict | Callable[[Session], dict | None]) -> None:
        """Send to each session of that shard key; `data` may look different to each."""
        for session in self.sessions.values():
            if session.receives(key):
                seen = data(session) if callable(data) else data
                if seen is not None:
                    session.dispatch(event, seen)

    @property
    def live(self) -> list[Session]:
        return [one for one in self.sessions.values() if one.connection is not None]

    def serves(self, key: int) -> bool:
        return any(session.receives(key) for session in self.live)

    def drop(self) -> None:
        """Cut all connections, as a network that dies. The bot may resume."""
        for connection in list(self.connections):
            connection.abort()

    async def close(self, code: int) -> None:
        """Close all connections with this code."""
        for connection in list(self.connections):
            await connection.close(code)

    def ask_to_reconnect(self) -> None:
        for connection in self.connections:
            connection.send_op(RECONNECT, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Say that sessions are invalid; unless `resumable`, forget them."""
        for session in self.live:
            session.connection.send_op(INVALID_SESSION, resumable)
            if not resumable:
                self.sessions.pop(session.id, None)

    # What the bot does

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.closed_to_new:
            raise web.HTTPServiceUnavailable
        query = request.query
        socket = web.WebSocketResponse(max_msg_size=4096, compress=False)
        await socket.prepare(request)
        connection = Connection(socket, query.get("compress"))
        connection.resumed_at = request.path
        self.connections.add(connection)
        try:
            if query.get("v") != "10" or query.get("encoding") != "json":
                raise Closing(INVALID_VERSION)
            connection.send_op(HELLO, {"heartbeat_interval": int(self.heartbeat * 1000)})
            async for message in socket:
                connection.count()
                try:
                    self._receive(connection, self._parsed(message))
                except (KeyError, TypeError, AttributeError):  # it lacks what it must have
                    raise Closing(DECODE_ERROR) from None
        except Closing as closing:
            await connection.flush()
            if closing.code in BLAMED:
                said = BLAMED[closing.code]
                self._complaints.append(Complaint("gateway", closing.code, closing.code, said))
            await connection.close(closing.code)
        finally:
            connection.end()
            self.connections.discard(connection)
            if connection.session and connection.session.connection is connection:
                connection.session.connection = None
                if socket.close_code in {1000, 1001} and not connection.closed_here:
                    # the bot ended its session
                    self.sessions.pop(connection.session.id, None)
            self.changed.fire()
        return socket

    @staticmethod
    def _parsed(message) -> dict:
        if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
            raise Closing(DECODE_ERROR)
        try:
            parsed = json.loads(message.data)
        except ValueError:
            raise Closing(DECODE_ERROR) from None
        if not isinstance(parsed, dict) or "op" not in parsed:
            raise Closing(DECODE_ERROR)
        return parsed

    def _receive(self, connection: Connection, message: dict) -> None:
        op, data = message["op"], message.get("d")
        if op == HEARTBEAT:
            if not self.silent:
                connection.send_op(ACK, None)
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            raise Closing(NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            self._send_members(connection.session, data)
        elif op not in {PRESENCE, VOICE}:
            raise Closing(UNKNOWN_OPCODE)
        self.changed.fire()

    def _identify(self, connection: Connection, data: dict) -> None:
        if connection.session is not None:
            raise Closing(ALREADY_AUTHENTICATED)
        if data["token"] != self.app.token:
            raise Closing(AUTHENTICATION_FAILED)
        shard = tuple(data.get("shard", (0, 1)))
        intents = data["intents"]
        if not 0 <= shard[0] < shard[1]:
            raise Closing(INVALID_SHARD)
        if shard[1] < self.least_shards:
            raise Closing(SHARDING_REQUIRED)
        if intents & ~KNOWN_INTENTS:
            raise Closing(INVALID_INTENTS)
        if intents & PRIVILEGED & ~self.app.privileged_intents:
            raise Closing(DISALLOWED_INTENTS)
        self.identifies.append({"shard": shard, "intents": intents, "at": time.monotonic()})
        bucket, now = shard[0] % self.max_concurrency, time.monotonic()
        last, when = self._last_identify.get(bucket, (shard[0], 0))
        # the platform paces a bot that starts anew, too; tests would only wait for that
        if last != shard[0] and now - when < self.identify_every:
            connection.send_op(INVALID_SESSION, False)
            return
        self._last_identify[bucket] = (shard[0], now)
        session = Session(secrets.token_hex(16), shard, intents, connection)
        connection.session = self.sessions[session.id] = session
        while len(self.sessions) > SESSIONS_KEPT:
            self.sessions.pop(next(iter(self.sessions)))
        self._greet(session)

    def _greet(self, session: Session) -> None:
        guilds = [g for g in self._guilds() if g.has_bot and session.receives(int(g.id) >> 22)]
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": self.app.account.data() | {"verified": True, "mfa_enabled": True},
                "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
                "private_channels": [],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": f"{self.url}/resume",
                "shard": list(session.shard),
                "application": {"id": self.app.id, "flags": self.app.data()["flags"]},
            },
        )
        if session.intents & GUILDS:
            for guild in guilds:
                session.dispatch("GUILD_CREATE", guild.data())

    def _resume(self, connection: Connection, data: dict) -> None:
        if data["token"] != self.app.token:
            raise Closing(AUTHENTICATION_FAILED)
        session = self.sessions.get(data["session_id"])
        if session is None:
            connection.send_op(INVALID_SESSION, False)
            return
        if data["seq"] > session.sequence:
            raise Closing(INVALID_SEQUENCE)
        if not session.can_resume_from(data["seq"]):
            self.sessions.pop(session.id)
            connection.send_op(INVALID_SESSION, False)
            return
        connection.session = session
        session.replay(connection, data["seq"])

    def _send_members(self, session: Session, data: dict) -> None:
        guild = next((g for g in self._guilds() if g.id == str(data["guild_id"])), None)
        if guild is None or not guild.has_bot:
            return
        if not data.get("query") and not data.get("user_ids") and not session.intents & MEMBERS:
            return
        accounts = [account for account, _ in guild.members.values()] + [guild.bot]
        wanted = {str(one) for one in data.get("user_ids", [])}
        shown = [a for a in accounts if not wanted or a.id in wanted]
        chunk = {
            "guild_id": guild.id,
            "members": [guild.member_with_user(account) for account in shown],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        nonce = {"nonce": data["nonce"]} if "nonce" in data else {}
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk | nonce)
