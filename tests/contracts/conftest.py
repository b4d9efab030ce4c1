"""The implementations of each port. A new one is one more parameter here."""

from __future__ import annotations

import shutil

import pytest
from apart import run_apart
from backings import bring_up_to_date, new_database

from core.adapters.blobs_folder import FolderBlobStore
from core.adapters.clock import SystemClock
from core.adapters.db.engine import open_database
from core.adapters.flights import MemoryFlights
from core.adapters.flights_redis import RedisFlights
from core.adapters.limiter import MemoryLimiter
from core.adapters.limiter_redis import RedisLimiter
from core.adapters.redis_link import RedisLink
from core.adapters.s3.store import S3BlobStore
from core.service_urls import s3_address


@pytest.fixture(params=["folder", "s3"])
async def blobs(request, tmp_path):
    """An empty BlobStore."""
    if request.param == "s3":
        store = S3BlobStore(s3_address(request.getfixturevalue("s3_server").new_url()))
    else:
        folder = tmp_path / "blobs"
        folder.mkdir()
        store = FolderBlobStore(folder)
    await store.prepare()
    yield store
    await store.close()


@pytest.fixture(scope="session")
def sqlite_to_copy(tmp_path_factory):
    """A database with its tables: to copy it is quicker than to make them."""
    path = tmp_path_factory.mktemp("sqlite") / "pixferry.db"
    run_apart(bring_up_to_date(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path):
    """The address of a database whose tables are empty."""
    if request.param == "postgres":
        return new_database(request.getfixturevalue("postgres"))
    copy = shutil.copy(request.getfixturevalue("sqlite_to_copy"), tmp_path / "pixferry.db")
    return f"sqlite+aiosqlite:///{copy}"


@pytest.fixture
async def databases(database_url):
    """Two openings of one empty database, as two processes have."""
    opened = [open_database(database_url, pool=8) for _ in range(2)]
    yield opened
    for database in opened:
        await database.close()


@pytest.fixture(params=["memory", "redis"])
async def sharing(request):
    """Limiters and flights, of which nothing was asked yet: a pair for each of two processes.

    What is in memory has one process alone.
    """
    if request.param == "memory":
        yield [(MemoryLimiter(), MemoryFlights())] * 2
        return
    url = request.getfixturevalue("redis_server").new_url()
    links = [RedisLink(url) for _ in range(2)]
    for link in links:
        await link.open()
    yield [(RedisLimiter(link), RedisFlights(link)) for link in links]
    for link in links:
        await link.check()  # else it was not Redis that was tested
        await link.close()


@pytest.fixture
def limiters(sharing):
    return [limiter for limiter, _ in sharing]


@pytest.fixture
def limiter(limiters):
    return limiters[0]


@pytest.fixture
def flights(sharing):
    return [found for _, found in sharing]


@pytest.fixture(params=["system"])
def real_clock(request):
    return SystemClock()
