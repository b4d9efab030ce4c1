"""What is asked of one picture: read from a query, spelled canonically, cheap to compare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from core.errors import InvalidInput
from core.imaging.transforms.table import PARAMETERS, SIGNED, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHOWN = 80
"""Characters of a wrong value that the refusal repeats."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Parameters that change something, sorted by name, each in its one spelling."""

    values: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """As a query string: the same picture asked for in other words has the same key."""
        return urlencode(self.values)

    @classmethod
    def from_key(cls, key: str) -> Recipe:
        """The recipe of a key that we made."""
        return cls(tuple(parse_qsl(key)))

    @classmethod
    def read(cls, query: Iterable[tuple[str, str]]) -> Recipe:
        """Read a query; what is no transform is ignored.

        Raises:
            InvalidInput: parameters are given twice, or not what they may be; all are named.
        """
        given = [(name, text) for name, text in query if name in PARAMETERS]
        errors: dict[str, list[str]] = {}
        values: dict[str, str] = {}
        counts = Counter(name for name, _ in given)
        for name, text in given:
            kind = PARAMETERS[name].kind
            try:
                if counts[name] > 1:
                    errors[name] = [f"{name} is given more than once; give it once."]
                elif canonical := kind.canonical(text):
                    values[name] = canonical
            except ValueError:
                errors[name] = [f"{name} is {text[:SHOWN]!r}; it may be {kind.allowed}."]
        if "size" in values and values.keys() & {"w", "h"}:
            errors["size"] = ["size goes with neither w nor h."]
        if errors:
            raise InvalidInput(errors=errors)
        return cls(tuple(sorted(_settled(values).items())))

    def get(self, name: str) -> str | None:
        """A parameter's canonical text, if it is given and changes anything."""
        return dict(self.values).get(name)

    def without(self, *names: str) -> Recipe:
        """The recipe less some parameters."""
        return Recipe(tuple(pair for pair in self.values if pair[0] not in names))

    def with_values(self, **values: str) -> Recipe:
        """The recipe with some parameters set."""
        return Recipe(tuple(sorted((dict(self.values) | values).items())))

    @property
    def needs_signature(self) -> bool:
        """Whether only a signed link may ask for it."""
        return any(name in SIGNED for name, _ in self.values)

    def arguments(self, step: Step) -> Mapping[str, Any] | None:
        """What to call a step with; None: it has nothing to do."""
        given = dict(self.values)
        found = {
            parameter.name: parameter.kind.value(given[parameter.name])
            for parameter in step.parameters
            if parameter.name in given
        }
        return found or None


def _settled(values: dict[str, str]) -> dict[str, str]:
    """Say the same in the one way: what has no effect beside the others goes.

    A fit matters between two dimensions, a gravity where something is cut; and of the eight
    ways that a picture can lie each has one name.
    """
    settled = dict(values)
    if not settled.keys() >= {"w", "h"}:
        settled.pop("fit", None)
    if not settled.keys() >= {"w", "h"} or "fit" in settled:  # which is `cover`, unless named
        settled.pop("gravity", None)
    turned, mirrored = settled.pop("rotate", "0"), settled.pop("flip", "")
    turn = (int(turned) + 180 * ("v" in mirrored)) % 360
    if mirrored in {"h", "v"} and turn == 180:  # noqa: PLR2004 -- degrees
        return settled | {"flip": "v"}
    lies = {"rotate": str(turn)} if turn else {}
    return settled | lies | ({"flip": "h"} if mirrored in {"h", "v"} else {})
