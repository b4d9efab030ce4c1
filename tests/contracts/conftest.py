"""The implementations of each port. A new one is one more parameter here."""

from __future__ import annotations

import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.adapters.clock import SystemClock
from core.adapters.db.engine import Database
from core.adapters.db.migrate import migrate
from core.adapters.limiter import MemoryLimiter


@pytest.fixture(params=["folder"])
def blobs(request, tmp_path):
    """An empty BlobStore."""
    folder = tmp_path / "blobs"
    folder.mkdir()
    return FolderBlobStore(folder)


@pytest.fixture(params=["sqlite"])
async def databases(request, tmp_path):
    """Two openings of one empty database, as two processes have."""
    opened = [Database(f"sqlite+aiosqlite:///{tmp_path}/pixferry.db") for _ in range(2)]
    await migrate(opened[0])
    yield opened
    for database in opened:
        await database.close()


@pytest.fixture(params=["memory"])
def limiter(request):
    """A RateLimiter that has counted nothing."""
    return MemoryLimiter()


@pytest.fixture(params=["system"])
def real_clock(request):
    return SystemClock()
