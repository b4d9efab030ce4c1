"""Hosting what no request's body carries: a chat's attachments, addresses, renditions."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.errors import (
    ExternalIdDuplicate,
    FetchFailed,
    FetchTimedOut,
    FileTooLarge,
    StorageFull,
    UnsupportedImage,
)
from core.services.uploads import ReceivedFile
from core.words import size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from core.model import Caller, FetchedFile, Media, Plan
    from core.ports import Fetcher
    from core.ports_bytes import Content
    from core.services.delivery import Delivery
    from core.services.imports import Imports
    from core.services.quotas import Quotas
    from core.services.signed_links import Shown
    from core.services.uploads import Hosted, Uploads, Wishes
    from core.services.visibility import Visibility

    Receive = Callable[[Plan, Path], Awaitable[Hosted]]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a platform keeps for a message; `size` in bytes, if the platform tells it.

    `name` None: as it is called in its address; empty: it has none.

    The address is as good as a secret: Telegram's have the bot's token in them.
    """

    url: str = field(repr=False)
    name: str | None = None
    size: int | None = None


class Intake:
    """Hosts for a team. What has been hosted under its external id already is given again."""

    def __init__(
        self,
        uploads: Uploads,
        imports: Imports,
        quotas: Quotas,
        attachments: Fetcher,
        delivery: Delivery,
        visibility: Visibility,
    ) -> None:
        self._uploads = uploads
        self._imports = imports
        self._quotas = quotas
        self._attachments = attachments
        self._delivery = delivery
        self._visibility = visibility

    async def attachment(self, caller: Caller, found: Attachment, wishes: Wishes) -> Media:
        """Fetch an attachment from its platform and host it.

        Raises:
            FileTooLarge: it is larger than the plan allows; what is declared so is not fetched.
            CoreError: what Fetcher.fetch, Quotas.admit and Uploads.host raise.
        """

        async def receive(plan: Plan, workspace: Path) -> Hosted:
            if found.size is not None and found.size > plan.max_file:
                raise FileTooLarge(
                    f"The file has {size(found.size)}; your plan takes files of up to "
                    f"{size(plan.max_file)}."
                )
            target = workspace / "attachment"
            fetched = await self._fetch(found.url, target, plan)
            name = fetched.name if found.name is None else found.name
            file = ReceivedFile(fetched.path, fetched.size, name)
            return await self._uploads.host(caller, plan, file, wishes, workspace)

        return await self._host(caller, wishes, receive)

    async def address(self, caller: Caller, url: str, wishes: Wishes) -> Media:
        """Import the image at an address.

        Raises:
            CoreError: what Quotas.admit and Imports.host raise.
        """

        async def receive(plan: Plan, workspace: Path) -> Hosted:
            return await self._imports.host(caller, plan, url, wishes, workspace)

        return await self._host(caller, wishes, receive)

    async def rendition(self, caller: Caller, shown: Shown, wishes: Wishes) -> Media:
        """Host what a link shows as an image of its own.

        Raises:
            CoreError: what Delivery.offer and open, Quotas.admit and Uploads.host raise.
        """
        offer = self._delivery.offer(shown, caller)

        async def receive(plan: Plan, workspace: Path) -> Hosted:
            target = workspace / "rendition"
            async with self._delivery.open(offer, caller) as content:
                if content.size > plan.max_file:
                    raise _too_large(content.size, plan)
                await _save(content, target)
                received = ReceivedFile(target, content.size, shown.media.name)
            return await self._uploads.host(caller, plan, received, wishes, workspace)

        return await self._host(caller, wishes, receive)

    async def _fetch(self, url: str, target: Path, plan: Plan) -> FetchedFile:
        """The file of an attachment; what is wrong with it is told as of a file, not an address."""
        try:
            return await self._attachments.fetch(url, target, plan.max_file)
        except UnsupportedImage as err:
            raise UnsupportedImage.on("file", UnsupportedImage.sentence) from err
        except FileTooLarge as err:
            told = f"The file is larger than your plan takes, which is {size(plan.max_file)}."
            raise FileTooLarge.on("file", told) from err
        except FetchTimedOut as err:
            raise FetchTimedOut("The chat's platform gave the file too slowly.") from err
        except FetchFailed as err:
            raise FetchFailed("The chat's platform no longer gives this file.") from err

    async def _host(self, caller: Caller, wishes: Wishes, receive: Receive) -> Media:
        admission = await self._quotas.admit(caller, None)
        try:
            await self._uploads.check(caller, admission, wishes.external_id)
            self._uploads.refuse_if_full()
            async with self._uploads.workspace() as workspace:
                return (await receive(admission.plan, workspace)).media
        except ExternalIdDuplicate as err:
            return await self._visibility.find(err.data["id"], caller)


def _too_large(found: int, plan: Plan) -> FileTooLarge:
    return FileTooLarge(
        f"The picture would have {size(found)}; your plan takes files of up to "
        f"{size(plan.max_file)}."
    )


async def _save(content: Content, target: Path) -> None:
    """Write it to a file, off the event loop.

    Raises:
        StorageFull: the disk takes no more.
    """
    async with aclosing(content.stream(0, content.size)) as chunks:
        async for chunk in chunks:
            try:
                await asyncio.to_thread(_append, target, chunk)
            except OSError as err:
                raise StorageFull("The server can't take files right now.", seconds=30) from err


def _append(target: Path, chunk: bytes) -> None:
    with target.open("ab") as file:
        file.write(chunk)
