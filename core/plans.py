"""Plans: what a team may upload and store. The table is data (`plans.toml`, `PLANS_FILE`)."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from core.model import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

BUILT_IN = Path(__file__).with_name("plans.toml")
NEEDED = ("anonymous", "free", "unlimited")
_UNITS = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}


class PlansInvalid(ValueError):
    """The plans file can't be used; the text says where and why."""


def _size(value: object) -> object:
    """Bytes of `"70 MB"`; anything else is left for the model to judge."""
    if isinstance(value, str):
        number, _, unit = value.strip().partition(" ")
        if number.isdigit() and unit.upper() in _UNITS:
            return int(number) * _UNITS[unit.upper()]
    return value


Size = Annotated[int, BeforeValidator(_size), Field(gt=0)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    label: str
    price: str
    max_file: Size
    max_svg: Size
    uploads_month: int | None = Field(None, ge=0)
    storage: Size | None = None
    retention_days: int | None = Field(None, ge=1)
    requests_minute: int | None = Field(None, ge=1)
    offered: bool = True


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plans: dict[str, _Row]


def load_plans(path: Path | None = None) -> dict[str, Plan]:
    """Read the table of plans, in the file's order.

    Raises:
        PlansInvalid: the file is absent, no TOML, or has a wrong or missing entry.
    """
    source = path or BUILT_IN
    told = f"PIXFERRY_PLANS_FILE is {str(source)!r}"
    try:
        table = _File.model_validate(tomllib.loads(source.read_text("utf-8")))
    except OSError as err:
        raise PlansInvalid(f"{told}: it can't be read: {err.strerror}") from err
    except ValidationError as err:
        raise PlansInvalid(f"{told}: {'; '.join(map(_sentence, err.errors()))}") from err
    except ValueError as err:
        raise PlansInvalid(f"{told}: it is no TOML: {err}") from err
    missing = [name for name in NEEDED if name not in table.plans]
    if missing:
        raise PlansInvalid(f"{told}: these plans must exist: {', '.join(missing)}")
    return {name: _plan(name, row) for name, row in table.plans.items()}


def _sentence(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where} is {error['input']!r}: {error['msg']}"


def plan_named(plans: Mapping[str, Plan], name: str) -> Plan:
    """The plan of that name; one that the table no longer has counts as `free`."""
    return plans.get(name) or plans["free"]


def _plan(name: str, row: _Row) -> Plan:
    return Plan(
        id=name,
        label=row.label,
        price=row.price,
        max_file=row.max_file,
        max_svg=row.max_svg,
        uploads_month=row.uploads_month,
        storage=row.storage,
        retention=None if row.retention_days is None else timedelta(days=row.retention_days),
        requests_minute=row.requests_minute,
        offered=row.offered,
    )
