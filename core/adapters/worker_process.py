"""One worker process as its parent sees it: started, asked, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import core

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

ANSWER_BYTES = 1 << 20
"""An answer longer than that is no answer."""

READY_SECONDS = 15
_LOGGED_BYTES = 16_384
_CHUNK_BYTES = 4_096


_MALLOC = ":".join(
    (
        # Huge pages for pixels: 18 to 36 % less time on large pictures.
        "glibc.malloc.hugetlb=1",
        # What pictures of up to 32 megapixels take is kept for the next job: to be given zeroed
        # pages anew takes a quarter of the time of a WebP of 12. The worker gives it back.
        f"glibc.malloc.mmap_threshold={128 << 20}",
        f"glibc.malloc.trim_threshold={256 << 20}",
    )
)


class WorkerDied(Exception):
    """The process ended, or said what no worker says."""


class WorkerProcess:
    """A running worker. Made by `start`."""

    def __init__(self, process: Process) -> None:
        """Take over a process whose three streams are pipes."""
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._log = asyncio.create_task(_drain(process.stderr, process.pid))

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> WorkerProcess:
        """Start Python with these arguments, and wait until it is ready.

        Raises:
            WorkerDied: it ended instead, or took over 15 s.
            OSError: no process could be made.

        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # only what PYTHONPATH names is imported, not what lies in some folder
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=ANSWER_BYTES,
            cwd="/",
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the parent, which ends its workers itself
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(READY_SECONDS):
                await worker._answer()
        except TimeoutError:
            await worker.end()
            raise WorkerDied("not ready in time") from None
        except BaseException:
            await worker.end()
            raise
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """Give a job, and wait for its answer however long it takes.

        Raises:
            WorkerDied: there will be none.

        """
        self._stdin.write(json.dumps(job).encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # then there is no answer, either
            await self._stdin.drain()
        return await self._answer()

    async def _answer(self) -> dict[str, Any]:
        try:
            line = await self._stdout.readline()
            answer = json.loads(line) if line.endswith(b"\n") else None
        except (ValueError, RecursionError, ConnectionError) as err:
            raise WorkerDied(f"no sense in its answer: {type(err).__name__}") from err
        if not isinstance(answer, dict):
            raise WorkerDied("it ended without an answer")
        return answer

    async def end(self) -> None:
        """Kill the process if it runs, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._stdin.close()
        await self._process.wait()
        await self._log


def _environment() -> dict[str, str]:
    """Only what a worker needs: none of the parent's secrets."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(core.__file__).parents[1]),
        # A worker is one of as many as there are cores; and each thread costs address space.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "VIPS_CONCURRENCY": "1",
        # rembg brings pymatting, which compiles itself when first imported: that takes longer than
        # a picture may, and none of it is used.
        "NUMBA_DISABLE_JIT": "1",
        "GLIBC_TUNABLES": _MALLOC,
    }


async def _drain(stream: asyncio.StreamReader, pid: int) -> None:
    """Read all that a worker complains of, log the first of it: a full pipe would stop it."""
    left = _LOGGED_BYTES
    while chunk := await stream.read(_CHUNK_BYTES):
        if left > 0:
            logger.debug("worker %d: %r", pid, chunk[:left])
            left -= len(chunk)
