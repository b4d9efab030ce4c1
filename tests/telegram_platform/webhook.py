"""Updates pushed to the bot's server, again until it takes them."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from telegram_platform.refusals import bad

if TYPE_CHECKING:
    from telegram_platform.updates import Update, Updates

PORTS = {443, 80, 88, 8443}
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds before a further try
PATIENCE = 30  # seconds for an answer


@dataclass(eq=False)
class Webhook:
    url: str
    updates: Updates
    secret: str = ""
    connections: int = 40
    told: int = 0  # deliveries that were taken
    refused: int = 0  # and not
    last_error: tuple[int, str] | None = None
    _busy: set[tuple[int, int]] = field(default_factory=set)
    _tasks: set[asyncio.Task] = field(default_factory=set)
    _http: aiohttp.ClientSession | None = None
    _timers: set[asyncio.TimerHandle] = field(default_factory=set)
    _ended: bool = False

    def pump(self) -> None:
        """Send what waits, as many at once as the bot wants, one at a time of each chat."""
        now = time.monotonic()
        if self._ended:
            return
        taken: set[tuple[int, int]] = set()  # places whose first one has to wait
        for update in self.updates.pending:
            if len(self._busy) >= self.connections:
                break
            place = (update.place, update.copy)
            if place in self._busy or place in taken:
                continue
            if update.not_before > now:
                taken.add(place)
                continue
            self._busy.add(place)
            task = asyncio.create_task(self._deliver(update, place))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, update: Update, place: tuple[int, int]) -> None:
        try:
            failure = await self._post(update)
        finally:
            self._busy.discard(place)
        if failure is None:
            self.told += 1
            if update in self.updates.pending:
                self.updates.pending.remove(update)
        else:
            self.refused += 1
            self.last_error = (int(time.time()), failure)
            update.failures += 1
            pause = min(FIRST_PAUSE * 2 ** (update.failures - 1), LONGEST_PAUSE)
            update.not_before = time.monotonic() + pause
            timer = asyncio.get_running_loop().call_later(pause + 0.01, self.pump)
            self._timers = {one for one in self._timers if not one.cancelled()} | {timer}
        self.updates.changed.fire()
        self.pump()

    async def _post(self, update: Update) -> str | None:
        """Why it was not taken."""
        if self._http is None:
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
                connector=aiohttp.TCPConnector(limit=0),
            )
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with self._http.post(self.url, json=update.body(), headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except (aiohttp.ClientError, OSError):
            return "Connection refused"

    async def end(self) -> None:
        self._ended = True
        for timer in self._timers:
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()


def check_webhook_url(url: str) -> None:
    """HTTPS and one of the platform's ports, but for a server on this machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise bad("bad webhook: invalid URL") from None
    if _is_loopback(host):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if "." not in host:
        raise bad("bad webhook: Failed to resolve host: Name or service not known")
    if (port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
