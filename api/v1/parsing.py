"""From raw fields to the models' values, with every problem told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from core import fields
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web
    from pydantic_core import ErrorDetails

ModelT = TypeVar("ModelT", bound=BaseModel)

FIELDS_MAX = 200
"""Fields that are judged one by one; a request with more of them is not worth the time."""

_SENTENCES = {
    "missing": "This field is needed.",
    "extra_forbidden": "There is no such field here.",
    "string_type": "It must be a string.",
    "bool_type": "It must be true or false.",
    "int_type": "It must be a whole number.",
    "int_parsing": "It must be a whole number.",
    "list_type": "It must be a list.",
    "string_unicode": "It must be valid Unicode text.",
    "string_too_short": "It needs {min_length:,} or more characters.",
    "string_too_long": "It may have at most {max_length:,} characters.",
    "too_short": "It needs {min_length:,} or more {unit}.",
    "too_long": "It may have at most {max_length:,} {unit}.",
    "greater_than_equal": "It must be at least {ge:,}.",
    "less_than_equal": "It may be at most {le:,}.",
    "literal_error": "It must be {expected}.",
    "enum": "It must be {expected}.",
}
"""By Pydantic's names of what is wrong, in whose own words `Value should have at least 1 item after
validation` stands for an empty text."""


def parse(
    model: type[ModelT],
    data: Mapping[str, Any],
    problems: Mapping[str, list[str]] | None = None,
) -> ModelT:
    """Validate a request; fields that the model does not know are attribution.

    `problems` are told together with what is found here.

    Raises:
        InvalidInput: `errors` has every field at fault.
    """
    errors = {name: list(sentences) for name, sentences in (problems or {}).items()}
    if len(data) > FIELDS_MAX:
        raise InvalidInput.on("metadata", f"A request may have at most {FIELDS_MAX} fields.")
    value = None
    try:
        value = model.model_validate(dict(data))
    except ValidationError as err:
        for detail in err.errors():
            name = str(detail["loc"][0]) if detail["loc"] else "body"
            errors.setdefault(name, []).append(_sentence(detail))
    if model.model_config.get("extra") == "allow":
        _judge_names([name for name in data if name not in model.model_fields], errors)
    if errors or value is None:
        raise InvalidInput(errors={_shown(name): found for name, found in errors.items()})
    return value


def parse_query(model: type[ModelT], request: web.Request) -> ModelT:
    """Validate a query string; of a parameter given twice neither is believed.

    Raises:
        InvalidInput: `errors` has every parameter at fault.
    """
    problems = {
        name: ["This parameter was given more than once."]
        for name in model.model_fields
        if len(request.query.getall(name, [])) > 1
    }
    return parse(model, dict(request.query), problems)


def _judge_names(names: list[str], errors: dict[str, list[str]]) -> None:
    for name in names:
        try:
            fields.check_metadata_name(name)
        except ValueError as err:
            errors.setdefault(name, []).append(str(err))
    try:
        fields.check_metadata_count(len(names))
    except ValueError as err:
        errors.setdefault("metadata", []).append(str(err))


def _sentence(detail: ErrorDetails) -> str:
    if found := _SENTENCES.get(detail["type"]):
        unit = "characters" if isinstance(detail["input"], str) else "entries"
        return found.format(unit=unit, **detail.get("ctx", {}))
    return f"{detail['msg'].removeprefix('Value error, ').rstrip('.')}."


def _shown(name: str) -> str:
    """A field's name as an answer can carry it: any text may have been sent as one."""
    return name[:80].encode("utf-8", "replace").decode()
