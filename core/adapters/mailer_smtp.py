"""Mails by a mail server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime, formataddr, make_msgid
from typing import TYPE_CHECKING

import idna

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosmtplib import SMTP

    from core.accounts import Mail
    from core.ports import Clock
    from core.smtp_address import SmtpAddress

TIMEOUT = 15.0
"""Seconds for each step of the conversation."""

_STARTTLS = {"always": False, "starttls": True, "offered": None, "never": False}


class SmtpMailer:
    """Sends each mail over a connection of its own."""

    def __init__(self, address: SmtpAddress, sender: str, clock: Clock) -> None:
        self._address = address
        self._sender = _in_ascii(sender)
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        async with self._connected() as server:
            await server.send_message(self._message(mail))

    async def check(self) -> None:
        async with self._connected() as server:
            await server.noop()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        import aiosmtplib

        address = self._address
        try:
            async with aiosmtplib.SMTP(
                hostname=address.host,
                port=address.port,
                username=address.user,
                password=address.password,
                use_tls=address.tls == "always",
                start_tls=_STARTTLS[address.tls],
                local_hostname=self._domain,  # else it asks the resolver, which may hang
                timeout=TIMEOUT,
            ) as server:
                yield server
        except (aiosmtplib.SMTPException, OSError, ValueError) as err:
            reason = f"The mail server {address.host}:{address.port} does not take mails: {err}"
            raise Unavailable("The mail could not be sent.", seconds=60, reason=reason) from err

    def _message(self, mail: Mail) -> EmailMessage:
        """The mail with its headers; line breaks in any of them raise ValueError."""
        message = EmailMessage(policy=SMTP_LINES)
        message["From"] = formataddr(("Pixferry", self._sender))
        message["To"] = _in_ascii(mail.to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=self._domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
        message.set_content(mail.text)
        return message

    @property
    def _domain(self) -> str:
        return self._sender.rpartition("@")[2]


def _in_ascii(address: str) -> str:
    """The address, its domain as DNS knows it: few servers take another (SMTPUTF8)."""
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    return f"{local}@{idna.encode(domain, uts46=True).decode()}"
