"""What signed links are made from. The fields are those of the transform table."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    create_model,
)

from core import fields
from core.imaging.transforms.kinds import Choice, Colour, Number, Whole
from core.imaging.transforms.recipe import SHOWN
from core.imaging.transforms.table import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.imaging.transforms.table import Parameter

LIFE_MIN = timedelta(seconds=60)
LIFE_SENTENCE = (
    "expires_in must be seconds or a span such as 5m, 2h, 7d or 2w, from 60 s to 90 days."
)
_PLACES = Decimal("0.000001")


def _life(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(LIFE_SENTENCE)  # noqa: TRY004  pydantic turns ValueError into a refusal
    return fields.parse_span(value, LIFE_MIN, fields.TTL_MAX, LIFE_SENTENCE)


def _text(parameter: Parameter, value: object) -> str:
    """The value as a query has it, if it is of its kind."""
    kind = parameter.kind
    text: str | None = None
    if isinstance(value, bool):
        pass
    elif isinstance(value, str) and isinstance(kind, Choice | Colour):
        text = value
    elif isinstance(value, int) and isinstance(kind, Whole | Number | Choice):
        text = str(value)
    elif isinstance(value, float) and isinstance(kind, Number) and kind.low <= value <= kind.high:
        text = f"{abs(Decimal(repr(value)).quantize(_PLACES, ROUND_HALF_UP)):f}"
    if text is None or (isinstance(kind, Choice) and text not in {*kind.words, *(kind.also or {})}):
        raise ValueError(_refusal(parameter, value))
    try:
        kind.canonical(text)
    except ValueError as err:
        raise ValueError(_refusal(parameter, value)) from err
    return text


def _refusal(parameter: Parameter, value: object) -> str:
    """As queries are refused, but for the value's spelling."""
    given = json.dumps(value)[:SHOWN]
    return f"{parameter.name} is {given}; it may be {parameter.kind.allowed}."


def _schema(parameter: Parameter) -> dict[str, Any]:
    kind = parameter.kind
    schema = {**kind.schema, "description": parameter.sentence}
    if isinstance(kind, Choice):
        words = [*kind.words, *(kind.also or {})]
        numbers = [int(word) for word in kind.words if word.isdecimal()]
        schema.pop("type")
        schema["enum"] = [*words, *numbers]
    return schema


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


_LIFE: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": fields.SPAN_PATTERN},
        {"type": "integer", "minimum": 60, "maximum": 7_776_000},
    ],
    "description": "How long the link works, from 60 s to 90 d. Left out: 7 days for a private "
    "image; a link to a public one does not expire.",
}


def _field(validator: Callable[[object], object], schema: dict[str, Any]) -> tuple[Any, Any]:
    """A field that may be left out, but not be null."""
    kind = Annotated[Any, PlainValidator(validator), WithJsonSchema(schema)]
    return kind, Field(None, json_schema_extra=_without_default)


_FIELDS: dict[str, Any] = {
    name: _field(partial(_text, parameter), _schema(parameter))
    for name, parameter in PARAMETERS.items()
}
LinkRequest = create_model(
    "LinkRequest",
    __config__=ConfigDict(extra="forbid"),
    __doc__="Any transforms, dimensions among them, and how long the link works.",
    **_FIELDS,
    expires_in=_field(_life, _LIFE),
)


class LinkObject(BaseModel):
    """A signed link: change any part of it, and it no longer works."""

    link: str = Field(description="The unit of sharing: a page for people, bytes for <img>.")
    src: str = Field(description="The bytes.")
    expires_at: int | None = Field(
        None, description="Unix seconds; only if the link, or the image, expires."
    )
