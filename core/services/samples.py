"""What transforms make of a picture of ours, which the documentation shows."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from core.errors import NotFound
from core.imaging import transforms
from core.imaging.transforms.recipe import Recipe
from core.imaging.transforms.table import PARAMETERS
from core.model import Blob, BlobId, Caller, Media, MediaId
from core.services.signed_links import Shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from core.ports_bytes import Content
    from core.services.delivery import Delivery, Offer

SAMPLE = Path(transforms.__file__).with_name("sample.jpg")
"""Drawn for this. A ferry with edges, its captain with a face, a sky to be cut away."""

SAMPLE_SIZE = (720, 480)
_NOBODY = Caller("sample")
_OTHERS = "Of the sample there are the examples alone that the documentation shows."


class Samples:
    """Gives the examples of the table of transforms, and none besides.

    So there is nothing that strangers could fill a cache with, and nothing is counted against
    anybody. Renditions are made and kept as all are; the hourly walk takes them for those of a
    blob that is gone, and they are made again.
    """

    def __init__(self, delivery: Delivery) -> None:
        """`delivery` reads the sample, whatever the blob."""
        self._delivery = delivery
        self._turn = asyncio.Lock()
        self.media = _sample()
        read = (Recipe.read(parse_qsl(query)) for query in examples())
        self._recipes = frozenset({Recipe(), *read})

    def offer(self, query: Iterable[tuple[str, str]]) -> Offer:
        """What a query makes of the sample.

        Raises:
            InvalidInput: parameters are wrong; all are named.
            NotFound: it is none of the examples.
        """
        recipe = Recipe.read(query)
        if recipe not in self._recipes:
            raise NotFound(_OTHERS)
        return self._delivery.offer(Shown(self.media, recipe, None, signed=True), _NOBODY)

    @asynccontextmanager
    async def open(self, offer: Offer) -> AsyncIterator[Content]:
        """The bytes on offer, for the length of a block; see Delivery.open.

        They are made one at a time: a page full of them leaves workers to everybody else.
        """
        async with AsyncExitStack() as stack:
            async with self._turn:
                opened = self._delivery.open(offer, _NOBODY)
                content = await stack.enter_async_context(opened)
            yield content


def examples() -> list[str]:
    """The queries of all examples."""
    return [query for parameter in PARAMETERS.values() for query in parameter.examples]


def _sample() -> Media:
    """The sample as if somebody had uploaded it."""
    width, height = SAMPLE_SIZE
    stat = SAMPLE.stat()
    digest = sha256(SAMPLE.read_bytes()).hexdigest()
    return Media(
        id=MediaId("sample"),
        team_id=None,
        user_id=None,
        blob=Blob(BlobId(digest[:32]), digest, stat.st_size),
        sidecar=None,
        format="jpeg",
        width=width,
        height=height,
        animated=False,
        name=SAMPLE.name,
        caption=None,
        metadata={},
        public=True,
        external_id=None,
        album_id=None,
        embed_profile_id=None,
        created_at=datetime.fromtimestamp(int(stat.st_mtime), UTC),
        expires_at=None,
    )
