"""Renditions: made once, kept while there is room, made again when they are wanted again."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.errors import InvalidInput, RateLimited, Unavailable
from core.services.access import owns
from core.services.just_made import JustMade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from core.errors import CoreError
    from core.model import Caller
    from core.ports import Imager, RateLimiter, SingleFlight
    from core.ports_bytes import Content, RenditionStore
    from core.services.orders import Order
    from core.services.stored import Stored

LEASE = 15.0
"""Seconds after which another process may make what one that died was making."""

REFUSED_FOR = 60.0
"""Seconds for which a picture that broke its job is not tried again."""

PUT_OFF_FOR = 1.0
"""Seconds for which all who waited for a job that never started are told so, too."""

REMEMBERED = 1_000
"""Failures that are remembered."""

SEGMENT_COST = 10
"""What counts of a rendition that looks for its foreground, where others count 1."""


class Renders:
    """Gives renditions, having them made where they are not kept."""

    def __init__(
        self,
        store: RenditionStore,
        stored: Stored,
        imager: Imager,
        flights: SingleFlight,
        limiter: RateLimiter,
        workspace: Callable[[], AbstractAsyncContextManager[Path]],
        rate: str | None,
    ) -> None:
        """`rate`: renditions that one address may have made; None: whatever is asked for."""
        self._store = store
        self._stored = stored
        self._imager = imager
        self._flights = flights
        self._limiter = limiter
        self._workspace = workspace
        self._rate = rate
        self._failures = _Failures()
        self._made = JustMade()

    async def open(self, order: Order, caller: Caller) -> Content:
        """The rendition's bytes; of many who want it at once, one has it made.

        Raises:
            NotTransformable: the picture is too large for it, or broke the job, now or lately.
            InvalidInput: this server lacks what a parameter needs.
            RateLimited: the address has had as many made as it may.
            Unavailable: the job never started, or the storage can't be reached.
        """
        found = await self._find(order)
        if found is not None:
            return found
        self._failures.raise_again(order.tag)
        with self._made.wanted(order.tag):
            async with self._flights.turn(f"render:{order.tag}", LEASE):
                # Made by this process just now, or by another one; or it failed.
                found = self._made.find(order.tag) or await self._find(order)
                if found is not None:
                    return found
                self._failures.raise_again(order.tag)
                await self._count(order, caller)
                return self._made.share(order.tag, await self._try(order))

    async def measure(self, orders: Sequence[Order]) -> list[int | None]:
        """Bytes of each of one image's renditions; None: it is not kept here."""
        if not orders:
            return []
        kept = await self._store.measure(orders[0].media.blob.id, [each.name for each in orders])
        return [kept.get(each.name) for each in orders]

    async def _find(self, order: Order) -> Content | None:
        if not _is_kept(order):
            return None
        return await self._store.find(order.media.blob.id, order.name)

    async def _count(self, order: Order, caller: Caller) -> None:
        """Count what has to be made against the caller's rate; the owner's own is free."""
        if self._rate is None or owns(caller, order.media):
            return
        cost = SEGMENT_COST if order.recipe.get("segment") else 1
        verdict = await self._limiter.hit(self._rate, f"render:{caller.subject}", cost)
        if not verdict.allowed:
            raise RateLimited(
                "This address has asked for as many new renditions as it may for now.",
                seconds=verdict.retry_after,
            )

    async def _try(self, order: Order) -> Content:
        try:
            return await self._make(order)
        except InvalidInput as err:
            self._failures.note(order.tag, err, REFUSED_FOR)
            raise
        except Unavailable as err:
            self._failures.note(order.tag, err, PUT_OFF_FOR)
            raise

    async def _make(self, order: Order) -> Content:
        media = order.media
        self._imager.refuse_if_full()
        async with self._workspace() as workspace:
            source = await self._stored.bring(media, order.metadata, workspace)
            made = await self._imager.render(
                source,
                workspace,
                media.format,
                order.output,
                order.recipe.key,
                animated=media.animated,
            )
            name = order.name if _is_kept(order) else None
            return await self._store.take(media.blob.id, name, made.file.path)


def _is_kept(order: Order) -> bool:
    """Private metadata is not: it would lie under the blob, which may outlive its sidecar."""
    return order.metadata != "keep" or order.media.sidecar is None


class _Failures:
    """What failed lately, by the tag of what was to be made."""

    def __init__(self) -> None:
        self._noted: OrderedDict[str, tuple[float, type[CoreError], str, dict[str, object]]] = (
            OrderedDict()
        )

    def note(self, tag: str, err: CoreError, seconds: float) -> None:
        """Remember a failure for so long."""
        self._noted[tag] = (time.monotonic() + seconds, type(err), err.public, err.data)
        self._noted.move_to_end(tag)
        while len(self._noted) > REMEMBERED:
            self._noted.popitem(last=False)

    def raise_again(self, tag: str) -> None:
        """Raise what is remembered."""
        if tag not in self._noted:
            return
        until, kind, public, data = self._noted[tag]
        if time.monotonic() < until:
            raise kind(public, **data)
        del self._noted[tag]
