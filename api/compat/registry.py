"""The dialects that are served, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.compat import documents
from api.compat.dialect import mount
from api.compat.imglinkcc.dialect import IMGLINKCC
from api.compat.imglinkio.dialect import IMGLINKIO
from api.compat.imgpro.dialect import IMGPRO
from api.errors import problem_json

if TYPE_CHECKING:
    from aiohttp import web

    from api.compat.dialect import Dialect
    from api.errors import Problem

DIALECTS: tuple[Dialect, ...] = (IMGPRO, IMGLINKIO, IMGLINKCC)


def mount_all(app: web.Application) -> None:
    """Serve every dialect, each with its OpenAPI document."""
    for dialect in DIALECTS:
        mount(app, dialect, *documents.routes(dialect))


def dialect_at(path: str) -> Dialect | None:
    """The dialect that an address belongs to."""
    return next((each for each in DIALECTS if each.owns(path)), None)


def as_json(problem: Problem, path: str) -> web.Response:
    """A failure in the shape of the API that an address belongs to: a dialect's, or `/v1`'s."""
    dialect = dialect_at(path)
    return dialect.show(problem) if dialect else problem_json(problem)


def dialect_named(name: str) -> Dialect:
    """The dialect of that name; see `names`."""
    return next(each for each in DIALECTS if each.name == name)


def names() -> list[str]:
    """Every dialect's name."""
    return [each.name for each in DIALECTS]
