"""Plans: what a team may upload and store. The table is data (`plans.toml`, `PLANS_FILE`)."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from limits import parse_many
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from core.dialects import OTHERS, Tier
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


def _rate(value: str) -> str:
    try:
        parse_many(value)
    except ValueError as err:
        raise ValueError("it must read like 100/minute;1000/hour") from err
    return value


Rate = Annotated[str, AfterValidator(_rate)]
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
    once_verified: str | None = None


class _TierRow(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    plans: list[str]
    max_file: Size | None = None
    files: int = Field(1, ge=1)
    requests: Rate | None = None
    uploads: Rate | None = None
    address_requests: Rate | None = None


def _whole(tiers: dict[str, _TierRow]) -> dict[str, _TierRow]:
    """A dialect has a tier for every plan."""
    if not any(OTHERS in tier.plans for tier in tiers.values()):
        raise ValueError(f"one of the tiers must have {OTHERS!r} among its plans")
    return tiers


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plans: dict[str, _Row]
    dialects: dict[str, Annotated[dict[str, _TierRow], AfterValidator(_whole)]] = Field(
        default_factory=dict
    )


def load_plans(path: Path | None = None) -> dict[str, Plan]:
    """Read the table of plans, in the file's order.

    Raises:
        PlansInvalid: the file is absent, no TOML, or has a wrong or missing entry.
    """
    return {name: _plan(name, row) for name, row in _read(path).plans.items()}


def load_dialects(path: Path | None = None) -> dict[str, tuple[Tier, ...]]:
    """Read the tiers of each dialect; one that the file does not name has the built-in ones.

    Raises:
        PlansInvalid: see `load_plans`.
    """
    built_in = _read(None).dialects
    own = _read(path).dialects if path else {}
    if strange := own.keys() - built_in.keys():
        known = f"there is no such dialect; there are: {', '.join(built_in)}"
        raise PlansInvalid(f"{_told(path)}: dialects.{min(strange)}: {known}")
    return {dialect: _tiers(rows) for dialect, rows in (built_in | own).items()}


def _read(path: Path | None) -> _File:
    source, told = path or BUILT_IN, _told(path)
    try:
        table = _File.model_validate(tomllib.loads(source.read_text("utf-8")))
    except OSError as err:
        raise PlansInvalid(f"{told}: it can't be read: {err.strerror}") from err
    except ValidationError as err:
        raise PlansInvalid(f"{told}: {'; '.join(map(_sentence, err.errors()))}") from err
    except ValueError as err:
        raise PlansInvalid(f"{told}: it is no TOML: {err}") from err
    missing = [name for name in NEEDED if name not in table.plans]
    missing += [
        row.once_verified
        for row in table.plans.values()
        if row.once_verified and row.once_verified not in table.plans
    ]
    if missing:
        raise PlansInvalid(f"{told}: these plans must exist: {', '.join(missing)}")
    return table


def _told(path: Path | None) -> str:
    return f"PIXFERRY_PLANS_FILE is {str(path or BUILT_IN)!r}"


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
        once_verified=row.once_verified,
    )


def _tiers(rows: Mapping[str, _TierRow]) -> tuple[Tier, ...]:
    return tuple(
        Tier(**{**row.model_dump(), "name": name, "plans": tuple(row.plans)})
        for name, row in rows.items()
    )
