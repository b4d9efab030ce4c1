"""A mail server for tests, small and strict: what it takes stands in `taken`."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Taken:
    """One mail as it came: envelope, data, and what was said before."""

    sender: str
    recipients: list[str]
    data: bytes
    user: str | None
    over_tls: bool


@dataclass
class SmtpServer:
    port: int = 0
    tls: object = None  # a context: STARTTLS is offered
    password: str | None = None  # AUTH is offered, and needed
    refuses: str = ""  # a command that is answered 550
    silent: bool = False
    taken: list[Taken] = field(default_factory=list)
    auth_in_clear: bool = False

    async def serve(self, reader, writer):
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader, writer):
        async def say(line):
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        if self.silent:
            await reader.read()
            return
        await say("220 test ESMTP")
        user, sender, recipients, over_tls = None, "", [], False
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            if verb == self.refuses:
                await say("550 not here")
            elif verb == "EHLO":
                extras = ["STARTTLS"] if self.tls and not over_tls else []
                extras += ["AUTH PLAIN"] if self.password else []
                lines = ["test", *extras, "SMTPUTF8"]
                for each in lines[:-1]:
                    await say(f"250-{each}")
                await say(f"250 {lines[-1]}")
            elif verb == "STARTTLS":
                await say("220 go on")
                await writer.start_tls(self.tls)
                over_tls = True
            elif verb == "AUTH":
                self.auth_in_clear |= not over_tls
                _, name, secret = base64.b64decode(rest.split()[1]).decode().split("\0")
                if secret != self.password:
                    await say("535 wrong")
                    continue
                user = name
                await say("235 welcome")
            elif verb == "MAIL":
                if self.password and user is None:
                    await say("530 who are you?")
                    continue
                sender = rest.removeprefix("FROM:").split()[0].strip("<>")
                await say("250 ok")
            elif verb == "RCPT":
                recipients.append(rest.removeprefix("TO:").split()[0].strip("<>"))
                await say("250 ok")
            elif verb == "DATA":
                await say("354 go on")
                data = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                self.taken.append(Taken(sender, recipients, data, user, over_tls))
                await say("250 taken")
            elif verb == "QUIT":
                await say("221 bye")
                return
            else:
                await say("250 ok")


@asynccontextmanager
async def smtp_server(**options):
    """A mail server on a free port, for the length of a block."""
    found = SmtpServer(**options)
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
