"""Tags: words by which a team finds its images again, and what changes of them come to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import InvalidInput
from core.fields import check_text

if TYPE_CHECKING:
    from collections.abc import Iterable

TAGS_MAX = 10
TAG_MAX = 50
TOO_MANY = f"Maximum {TAGS_MAX} tags allowed"


class TagMode(StrEnum):
    """What becomes of the tags that an image has."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class TagChange:
    """A change of an image's tags; `tags` as `clean_tags` gives them."""

    mode: TagMode
    tags: tuple[str, ...]

    def applied(self, old: Iterable[str]) -> tuple[str, ...]:
        """The tags after it, in their order.

        Raises:
            InvalidInput: there would be too many.
        """
        if self.mode is TagMode.REPLACE:
            return self.tags
        if self.mode is TagMode.REMOVE:
            return tuple(tag for tag in old if tag not in self.tags)
        joined = tuple(dict.fromkeys((*old, *self.tags)))
        if len(joined) > TAGS_MAX:
            raise InvalidInput.on("tags", TOO_MANY)
        return joined


def clean_tags(given: Iterable[str], most: int = TAGS_MAX) -> tuple[str, ...]:
    """Tags without the space around them, each once, in the order given, their case kept.

    >>> clean_tags([" sea ", "Sea", "", "sea"])
    ('sea', 'Sea')
    """
    tags = tuple(dict.fromkeys(tag for each in given if (tag := each.strip())))
    if len(tags) > most:
        raise ValueError(TOO_MANY if most == TAGS_MAX else f"Maximum {most} tags allowed")
    for tag in tags:
        check_text(tag, len(tag))
        if len(tag) > TAG_MAX:
            raise ValueError(f"A tag may have at most {TAG_MAX} characters")
        if "," in tag:
            raise ValueError("A tag can't have a comma: commas stand between tags")
    return tags
