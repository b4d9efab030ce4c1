"""Hosting many files of one request, each by itself: one that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.errors import CoreError, FileTooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from core.model import Caller, Plan
    from core.services.quotas import Quotas
    from core.services.uploads import Hosted, ReceivedFile, Uploads, Wishes

AT_ONCE = 2
"""Files of a request that are worked on at the same time: there are others who want their turn."""


class Bulk:
    """Takes in files, two at a time; images have the order in which they were sent."""

    def __init__(self, uploads: Uploads, quotas: Quotas) -> None:
        self._uploads = uploads
        self._quotas = quotas

    async def host(
        self, caller: Caller, plan: Plan, files: Sequence[ReceivedFile], wishes: Wishes
    ) -> list[Hosted | CoreError]:
        """What became of each file: an image, or why it is none; see Uploads.host.

        The caller has been admitted for one image; each further one is counted here. The files
        are used up.
        """
        order, room = _Order(len(files)), asyncio.Semaphore(AT_ONCE)

        async def host_one(number: int, file: ReceivedFile) -> Hosted | CoreError:
            async with room, order.place(number):
                return await self._host(caller, plan, file, wishes, number, order)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(host_one(*each)) for each in enumerate(files)]
        return [task.result() for task in tasks]

    async def _host(
        self,
        caller: Caller,
        plan: Plan,
        file: ReceivedFile,
        wishes: Wishes,
        number: int,
        order: _Order,
    ) -> Hosted | CoreError:
        try:
            if number and caller.team is None:
                await self._quotas.admit(caller, await self._quotas.count_attempt(caller))
            if file.size > plan.max_file:
                raise FileTooLarge.on("file", f"A file may have {plan.max_file:,} bytes at most.")
            async with self._uploads.workspace() as workspace:
                return await self._uploads.host(
                    caller, plan, file, wishes, workspace, order.turn(number)
                )
        except CoreError as err:
            return err
        finally:
            # Lest a request of many large files needs room for all that is made of them, too.
            await asyncio.to_thread(file.path.unlink, missing_ok=True)


class _Order:
    """Places in a row: each has its turn once all before it are left."""

    def __init__(self, places: int) -> None:
        self._left = [asyncio.Event() for _ in range(places)]
        self._gone = 0

    @asynccontextmanager
    async def place(self, number: int) -> AsyncIterator[None]:
        """Be in that place; it is left at the end, whether its turn has come or not."""
        try:
            yield
        finally:
            self._left[number].set()

    @asynccontextmanager
    async def turn(self, number: int) -> AsyncIterator[None]:
        """Wait for the turn of that place."""
        while self._gone < number:
            first = self._gone
            await self._left[first].wait()
            self._gone = max(self._gone, first + 1)  # who waited beside us may have seen more go
        yield
