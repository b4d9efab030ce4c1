"""A link's picture, or another one of the same image, with its address and facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.imaging.formats import BY_NAME
from core.services.orders import output_of
from core.services.previews import preview, shown_size

if TYPE_CHECKING:
    from core.imaging.formats import Format
    from core.imaging.transforms.recipe import Recipe
    from core.model import Caller
    from core.services.delivery import Delivery
    from core.services.signed_links import Shown, SignedLinks
    from core.urls import Urls

VERSION = "v"
"""The parameter with a hash of the content. Nothing reads it: it makes another address of it, as
media proxies keep pictures by their address, longer than anything else."""

_HASH_CHARS = 16


@dataclass(frozen=True, slots=True)
class Picture:
    """What a `<img>` needs, and `og:image`. `size`: bytes, where they are stored as they are."""

    url: str
    width: int
    height: int
    kind: Format
    size: int | None


class Pictures:
    """Finds the addresses of what links show."""

    def __init__(self, delivery: Delivery, links: SignedLinks, urls: Urls) -> None:
        self._delivery = delivery
        self._links = links
        self._urls = urls

    def find(
        self, shown: Shown, recipe: Recipe, caller: Caller, *, versioned: bool = False
    ) -> Picture:
        """What a recipe makes of a link's image, for whoever may follow the link.

        `versioned`: at an address that changes with the picture.

        Raises:
            Forbidden: `metadata=keep`, which is not this caller's to have.
        """
        offer = self._delivery.offer(replace(shown, recipe=recipe), caller)
        bare = _named_by_extension(shown, recipe, offer.format)
        query = self._links.continued(shown, bare, offer.format)
        if versioned:
            hashed = f"{VERSION}={offer.tag[:_HASH_CHARS]}"
            query = f"{query}&{hashed}" if query else hashed
        width, height = shown_size(shown.media, recipe)
        return Picture(
            self._urls.picture(shown.media, offer.format, query),
            width,
            height,
            BY_NAME[offer.format],
            None if offer.order else shown.media.blob.size,
        )

    def preview(self, shown: Shown, caller: Caller) -> Picture:
        """The picture of a link that chats show."""
        return self.find(shown, preview(shown.media, shown.recipe), caller, versioned=True)


def _named_by_extension(shown: Shown, recipe: Recipe, output: str) -> Recipe:
    """Without its format, which the address's extension says.

    But the stored format's own extension asks for nothing: said of a picture that would else
    come out in another one, it has to stay.
    """
    bare = recipe.without("format")
    said = output != shown.media.format or output_of(shown.media, bare) == output
    return bare if said else recipe
