"""Services that tests may harm, and a server over them that is not restarted in between."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aftermath
import backings
import pytest
from load import Load
from servers import running
from services.postgres import running_postgres
from services.redis import running_redis
from services.s3 import running_s3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers import Server
    from services.postgres import PostgresServer
    from services.redis import RedisServer
    from services.s3 import S3Server


@dataclass
class Stage:
    """The services, and a server over them; `away` are the parts of /readyz."""

    postgres: PostgresServer
    s3: S3Server
    redis: RedisServer
    server: Server

    @contextmanager
    def loaded(self, **options) -> Iterator[Load]:
        """A server at work; afterwards it serves as before, and all its data are right."""
        with Load(self.server, auth=self.server.auth, **options) as load:
            load.works()
            yield load
            load.works()
        aftermath.assert_settled(self.server, self.server.auth, load.ledger)

    def assert_away(self, *parts: str) -> None:
        """/readyz says in time that these parts are away, and no others."""
        aftermath.assert_away(self.server, parts)


@pytest.fixture(scope="module")
def own_services():
    """PostgreSQL, S3 and Redis that the tests of a module may freeze, stop and kill."""
    with ExitStack() as stack:
        yield backings.Services(
            *(
                stack.enter_context(service())
                for service in (running_postgres, running_s3, running_redis)
            )
        )


@pytest.fixture(scope="module")
def stage(own_services, tmp_path_factory):
    with (
        backings.chosen(own_services),
        running(tmp_path_factory.mktemp("stage") / "data", WORKERS=2) as server,
    ):
        yield Stage(own_services.postgres, own_services.s3, own_services.redis, server)
