"""What must hold once everything is back: nothing lost, nothing left over, every count exact."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import recount
import requests
from apart import run_apart
from backings import TRIES
from load import AS_IMAGE, PATIENCE, RECOVERY

from core.errors import Unavailable

if TYPE_CHECKING:
    from core.model import Swept

LATER = timedelta(hours=2)
"""When reservations of the dead and bytes without a name are old enough to be swept."""


class Later:
    """A clock that is ahead, so that tests need not wait."""

    def now(self) -> datetime:
        return datetime.now(UTC) + LATER


def sweep_later(server) -> Swept:
    """Sweep the data of this server as a process with the same settings does in two hours."""

    async def sweep() -> Swept:
        async with server.opened(clock=Later()) as core:
            return await core.sweeper.sweep()

    for _ in range(TRIES):
        with suppress(Unavailable):  # a busy machine; a sweep goes on where one ended
            return run_apart(sweep())
    return run_apart(sweep())


def ready(server, *, within: float = RECOVERY) -> None:
    """Wait until it says so of all its parts."""
    deadline = time.monotonic() + within
    while not (told := server.get("/readyz")).ok or set(told.json().values()) != {"ok"}:
        assert time.monotonic() < deadline, told.text
        time.sleep(0.1)


def assert_away(server, parts: tuple[str, ...], optional: tuple[str, ...] = ("redis",)) -> None:
    """It says in time that these parts are away and no others, and that it lives."""
    began = time.monotonic()
    told = server.get("/readyz")
    assert time.monotonic() - began < PATIENCE
    needed = set(parts) - set(optional)
    assert told.status_code == (503 if needed else 200), told.text
    assert not needed or int(told.headers["Retry-After"]) >= 1
    found = told.json()
    assert found.pop("status") == ("unavailable" if needed else "ok")
    assert {name for name, said in found.items() if said != "ok"} == set(parts)
    assert server.get("/healthz").ok


def assert_settled(server, auth, ledger) -> None:
    """The server, which nobody uses right now, has kept its word, and serves as before."""
    ready(server)
    assert_kept(server, auth, ledger)
    sweep_later(server)
    recount.assert_exact(server.data_dir)
    assert unfinished_uploads(server) == []
    ((counted,),) = recount.rows(server.data_dir, "SELECT sum(uploads) FROM usage")
    ((there, buried),) = recount.rows(
        server.data_dir, "SELECT (SELECT count(*) FROM media), (SELECT count(*) FROM tombstones)"
    )
    assert counted == there + buried
    assert faults(server) == []


def assert_kept(server, auth, ledger) -> None:
    """What was acknowledged is there, byte for byte; what was deleted is gone."""

    def read(media_id: str) -> requests.Response:
        asked = AS_IMAGE["headers"] | auth
        return requests.get(
            f"{server.url}/{media_id}", params={"metadata": "keep"}, headers=asked, timeout=60
        )

    with ThreadPoolExecutor(4) as pool:
        for photo, answer in zip(
            ledger.living.values(), pool.map(read, ledger.living), strict=True
        ):
            assert (answer.status_code, answer.content) == (200, photo)
        for answer in pool.map(read, ledger.gone):
            assert answer.status_code == 410
        for photo, answer in zip(
            ledger.unsure.values(), pool.map(read, ledger.unsure), strict=True
        ):
            assert answer.status_code == 410 or answer.content == photo


def unfinished_uploads(server) -> list[str]:
    """Uploads in parts that the storage still holds the parts of."""
    from core.adapters.s3.bucket import Bucket
    from core.service_urls import s3_address

    url = server.env.get("PIXFERRY_STORAGE_URL", "")
    if not url.startswith("s3://"):
        return []
    bucket = Bucket(s3_address(url))
    pages = bucket._client.unfinished(bucket._name)
    found = [upload.object_name for page in pages for upload in page]
    bucket.close()
    return found


def faults(server) -> list[str]:
    """What the log tells of faults of ours; what others do to us is a warning.

    Transactions that wait for each other are ours, too. A storage that lost bytes is not.
    """
    found = []
    for line in server.log().splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            told = {"level": "critical"}
        serious = told.get("level") not in {"debug", "info", "warning"} or "exception" in told
        lost = told.get("event") == "a blob is missing"
        if (serious and not lost) or "deadlock" in line:
            found.append(line)
    return found
