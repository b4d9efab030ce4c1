"""Expressions that each database writes in its own way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

EVERY_SCRIPT = "und-x-icu"
"""PostgreSQL's collation that lowers Ü, Σ and Ж, whatever the database's own is."""


class lowered(GenericFunction[str]):  # noqa: N801  it reads as a function
    """A text in lower case, in every script.

    On SQLite `lower` is a function of ours: its own knows ASCII alone.
    """

    type = String()
    inherit_cache = True


_ESCAPE = "\\"


def contains(column: Any, words: str) -> ColumnElement[bool]:
    """Whether a text has those words in it, in whatever case."""
    pattern = words.lower()
    for special in (_ESCAPE, "%", "_"):
        pattern = pattern.replace(special, _ESCAPE + special)
    return lowered(column).like(f"%{pattern}%", escape=_ESCAPE)


class unindexed(GenericFunction[int]):  # noqa: N801  it reads as a function
    """A column as it is, but SQLite looks for no index on it.

    PostgreSQL knows by its statistics which index to take.
    """

    type = BigInteger()
    inherit_cache = True


@compiles(lowered)
def _lower(element: lowered, compiler: Any, **how: Any) -> str:
    return f"lower({compiler.process(element.clauses, **how)})"


@compiles(lowered, "postgresql")
def _lower_every_script(element: lowered, compiler: Any, **how: Any) -> str:
    return f'lower({compiler.process(element.clauses, **how)} COLLATE "{EVERY_SCRIPT}")'


@compiles(unindexed)
def _as_it_is(element: unindexed, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(unindexed, "sqlite")
def _with_plus(element: unindexed, compiler: Any, **how: Any) -> str:
    return f"+{compiler.process(element.clauses, **how)}"
