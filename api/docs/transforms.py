"""The table of transforms as the documentation shows it, and its examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from api import files
from api.errors import problem_body, problem_of
from api.keys import CORE
from core import words
from core.errors import InvalidInput
from core.imaging.decode import LONGEST_DRAWN
from core.imaging.formats import BY_NAME
from core.imaging.output import ANIMATED_PIXELS
from core.imaging.transforms.kinds import Choice, Number, Whole
from core.imaging.transforms.recipe import Recipe
from core.imaging.transforms.table import PARAMETERS, SIGNED, STEPS
from core.services.previews import shown_size
from core.services.renders import SEGMENT_COST

if TYPE_CHECKING:
    from aiohttp import web

    from core.bootstrap import Core
    from core.imaging.transforms.kinds import Kind
    from core.imaging.transforms.table import Parameter
    from core.urls import Urls

SAMPLE_ADDRESS = "/api/transforms/sample.jpg"


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One picture: its query, and what it is like."""

    query: str
    width: int
    height: int
    kind: str

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{SAMPLE_ADDRESS}?{self.query}"


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter, in words."""

    name: str
    values: str
    default: str
    doc: str
    signed: bool
    examples: tuple[ExampleRow, ...]


def parameter_rows(core: Core) -> list[ParameterRow]:
    """Every parameter of the table, in its order."""
    return [
        ParameterRow(
            parameter.name,
            _values(parameter.kind),
            _default(parameter),
            parameter.sentence,
            parameter.signed,
            tuple(_example(core, query) for query in parameter.examples if _is_made(core, query)),
        )
        for parameter in PARAMETERS.values()
    ]


def values(core: Core, urls: Urls) -> dict[str, Any]:
    """What the texts tell of transforms."""
    settings = core.settings
    return {
        "parameters": parameter_rows(core),
        "linked": False,
        "sample": SAMPLE_ADDRESS,
        "steps": [step.name for step in STEPS],
        "signed": [f"`{name}`" for name in PARAMETERS if name in SIGNED],
        "drawn": LONGEST_DRAWN,
        "animated_pixels": ANIMATED_PIXELS,
        "render_rate": words.rate(settings.render_rate),
        "segment_cost": SEGMENT_COST,
        "segmenter": settings.segmenter,
        "refusal": _refusal(urls),
    }


async def sample(request: web.Request) -> web.StreamResponse:
    """Serve the sample, or an example of what can be made of it.

    Raises:
        InvalidInput: a parameter is wrong.
        NotFound: the documentation shows no such example.
    """
    samples = request.app[CORE].samples
    offer = samples.offer(request.query.items())
    return await files.give(request, offer, samples.open(offer))


def _refusal(urls: Urls) -> dict[str, Any]:
    """What wrong values are answered with."""
    try:
        Recipe.read([("blur", "1.5"), ("size", "huge")])
    except InvalidInput as err:
        return problem_body(problem_of(err, urls, None))
    raise AssertionError


def _example(core: Core, query: str) -> ExampleRow:
    samples = core.samples
    recipe = Recipe.read(parse_qsl(query))
    output = samples.offer(recipe.values).format
    return ExampleRow(query, *shown_size(samples.media, recipe), BY_NAME[output].extension.upper())


def _is_made(core: Core, query: str) -> bool:
    """Whether this server makes it at all."""
    return core.settings.segmenter != "off" or "segment=" not in query


def _values(kind: Kind) -> str:
    if isinstance(kind, Choice):
        return ", ".join(f"`{word}`" for word in (*kind.words, *(kind.also or {})))
    return kind.allowed


def _default(parameter: Parameter) -> str:
    """The value that changes nothing: what it is without the parameter."""
    kind = parameter.kind
    if isinstance(kind, Number | Whole):
        return f"`{max(kind.neutral):g}`" if kind.neutral else ""
    return ", ".join(f"`{word}`" for word in sorted(kind.neutral))
