"""Giving out an image's bytes: as stored, or as a link's recipe asks for."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from core.errors import Forbidden, NotTransformable
from core.imaging.formats import BY_NAME
from core.imaging.transforms.recipe import Recipe
from core.imaging.transforms.resize import LONGEST
from core.services.access import owns
from core.services.orders import Order, order, refusal
from core.services.previews import shown_size
from core.services.signed_links import KEEP_SENTENCE
from core.services.stored import Metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from core.model import Caller, Media
    from core.ports_bytes import Content
    from core.services.hot_bytes import HeldContent, HotBytes
    from core.services.renders import Renders
    from core.services.signed_links import Shown
    from core.services.stored import Stored
    from core.services.visibility import Visibility

_KINDS: tuple[Metadata, ...] = get_args(Metadata)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link gives, before any byte of it was touched.

    Args:
        media: the image.
        metadata: how much of its metadata goes along.
        order: the rendition that it is; None: the stored bytes.
        tag: changes when a byte does.
        private: for some eyes alone, so no cache may give it to anybody else.
        until: when the link or the image ends.

    """

    media: Media
    metadata: Metadata
    order: Order | None
    tag: str
    private: bool
    until: datetime | None

    @property
    def format(self) -> str:
        """The name of the bytes' format."""
        return self.order.output if self.order else self.media.format


@dataclass(frozen=True, slots=True)
class Variant:
    """A size of an image that was made: its format's name, pixels and bytes."""

    format: str
    width: int
    height: int
    filesize: int


class Delivery:
    """Gives bytes to whom may have them."""

    def __init__(
        self,
        visibility: Visibility,
        stored: Stored,
        renders: Renders,
        hot: HotBytes,
        *,
        encoding: str,
        keep_for_anyone: bool,
    ) -> None:
        """`encoding` stands for the encoders' settings."""
        self._visibility = visibility
        self._stored = stored
        self._renders = renders
        self._hot = hot
        self._encoding = encoding
        self._keep_for_anyone = keep_for_anyone

    async def find(self, media_id: str, caller: Caller) -> Media:
        """The image; see Visibility.find."""
        return await self._visibility.find(media_id, caller)

    def offer(self, shown: Shown, caller: Caller) -> Offer:
        """What a link gives.

        Raises:
            Forbidden: `metadata=keep`, neither by the image's owner nor in a link that they signed.
            NotTransformable: an animation too large for it.
        """
        media = shown.media
        metadata = _metadata(shown)
        entitled = self._keep_for_anyone or shown.keeps or owns(caller, media)
        if metadata == "keep" and not entitled:
            raise Forbidden(KEEP_SENTENCE)
        private = not media.public or (metadata == "keep" and not self._keep_for_anyone)
        wanted = order(media, metadata, shown.recipe, self._encoding)
        if wanted and (reason := refusal(wanted)):
            raise NotTransformable(reason)
        tag = wanted.tag if wanted else _tag(media, metadata)
        return Offer(media, metadata, wanted, tag, private, shown.until)

    async def variants(self, media: Media) -> dict[str, Variant]:
        """The sizes of an image that were made so far, by name, smallest first.

        Those that this machine keeps: no more is known, and any may be gone a moment later. Names
        that would enlarge the image are left out: what they ask for is the stored picture.
        """
        asked = {name: Recipe((("size", name),)) for name in LONGEST}
        orders = {
            name: found
            for name, recipe in asked.items()
            if (found := order(media, "copyright", recipe, self._encoding))
        }
        made = await self._renders.measure(list(orders.values()))
        return {
            name: Variant(found.output, *shown_size(media, asked[name]), filesize)
            for (name, found), filesize in zip(orders.items(), made, strict=True)
            if filesize is not None
        }

    def at_hand(self, media_id: str, extension: str) -> tuple[Offer, HeldContent] | None:
        """What everybody gets by an image's own address, with no query, if all of it is in memory.

        None: it is not, or not so simple; the link is to be followed then.
        """
        media = self._visibility.at_hand(media_id)
        if media is None or extension != BY_NAME[media.format].extension:
            return None
        tag = _tag(media, "copyright")
        held = self._hot.find(tag)
        if held is None:
            return None
        return Offer(media, "copyright", None, tag, private=False, until=media.expires_at), held

    def open(self, offer: Offer, caller: Caller) -> AbstractAsyncContextManager[Content]:
        """The bytes on offer, for the length of a block.

        Raises:
            Unavailable: the storage can't be reached, or image work is full.
            InvalidInput: the picture can't be transformed so; see Renders.open.
            RateLimited: the caller has had as many renditions made as it may.
        """
        held = self._hot.find(offer.tag)
        return self._opened(offer, caller) if held is None else nullcontext(held)

    @asynccontextmanager
    async def _opened(self, offer: Offer, caller: Caller) -> AsyncIterator[Content]:
        if offer.order:
            content: Content = await self._renders.open(offer.order, caller)
        else:
            content = await self._stored.open(offer.media, offer.metadata)
        try:
            yield self._hot.through(offer.tag, content)
        finally:
            content.close()


def _metadata(shown: Shown) -> Metadata:
    asked = shown.recipe.get("metadata")
    return next((kind for kind in _KINDS if kind == asked), "copyright") if asked else "copyright"


def _tag(media: Media, metadata: Metadata) -> str:
    """Names the stored bytes among all."""
    if media.sidecar is None or metadata == "copyright":
        return media.blob.sha256[:32]
    return f"{media.blob.sha256[:16]}-{media.sidecar.sha256[:16]}-{metadata}"
