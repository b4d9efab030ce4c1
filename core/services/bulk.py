"""Hosting many files of one request, each by itself: one that fails leaves the others alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import CoreError, FileTooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model import Caller, Plan
    from core.services.quotas import Quotas
    from core.services.uploads import Hosted, ReceivedFile, Uploads, Wishes


class Bulk:
    """Takes in files one after the other, so that images have the order in which they were sent."""

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
        return [
            await self._host(caller, plan, file, wishes, counted=number == 0)
            for number, file in enumerate(files)
        ]

    async def _host(
        self, caller: Caller, plan: Plan, file: ReceivedFile, wishes: Wishes, *, counted: bool
    ) -> Hosted | CoreError:
        try:
            if not counted and caller.team is None:
                await self._quotas.admit(caller, await self._quotas.count_attempt(caller))
            if file.size > plan.max_file:
                raise FileTooLarge.on("file", f"A file may have {plan.max_file:,} bytes at most.")
            async with self._uploads.workspace() as workspace:
                return await self._uploads.host(caller, plan, file, wishes, workspace)
        except CoreError as err:
            return err
        finally:
            # Lest a request of many large files needs room for all that is made of them, too.
            await asyncio.to_thread(file.path.unlink, missing_ok=True)
