"""Image work in a pool of worker processes: bounded in number, memory, time and queue."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from core.adapters.worker_process import WorkerDied, WorkerProcess
from core.errors import (
    CoreError,
    InvalidInput,
    NotTransformable,
    StorageFull,
    Unavailable,
    UnsupportedImage,
)
from core.image_work import Encoding, Segmentation
from core.imaging.formats import BY_NAME
from core.imaging.output import stays_animated
from core.model import GB, ImageLimits, Ingested, Rendered, StagedFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

WORKER = ("-m", "core.imaging.worker")
SECONDS = {"ingest": 60.0, "render": 10.0, "animation": 30.0}
"""Wall-clock limits of tasks; a rendition that is an animation has one of its own."""

RETRY_SECONDS = 5
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PASSED_ON: dict[str, type[CoreError]] = {
    kind.__name__: kind for kind in (UnsupportedImage, InvalidInput, StorageFull, Unavailable)
}


class WorkerPool:
    """Fulfils `core.ports.Imager`.

    A slot is the right to run one job. Processes are started when a job finds none idle; a job
    that breaks its limit of time, crashes or is cancelled takes its process with it, and
    nothing else.

    Args:
        limits: of pictures; handed to the workers.
        encoding: how hard the encoders of renditions try.
        segmentation: who tells foreground from background.
        workers: slots.
        queue_limit: jobs that may wait for a slot.
        memory: bytes of address space of each worker.
        seconds: wall-clock limits by task, over those of `SECONDS`.
        slot_seconds: a job that has no slot by then is not begun.
        idle_seconds: after so long without a job a process is ended, but for the last.
        worker: Python's arguments that start a worker.

    """

    def __init__(
        self,
        *,
        limits: ImageLimits | None = None,
        encoding: Encoding | None = None,
        segmentation: Segmentation | None = None,
        workers: int = 2,
        queue_limit: int = 16,
        memory: int = 3 * GB // 2,
        seconds: Mapping[str, float] | None = None,
        slot_seconds: float = 5,
        idle_seconds: float = 60,
        worker: Sequence[str] = WORKER,
    ) -> None:
        """Start nothing yet."""
        self._queue_limit = queue_limit
        self._seconds = {**SECONDS, **(seconds or {})}
        self._slot_seconds = slot_seconds
        self._idle_seconds = idle_seconds
        self._encoding = encoding or Encoding()
        self._segmentation = segmentation or Segmentation()
        told = json.dumps(asdict(limits or ImageLimits()))
        self._arguments = [*worker, "--memory", str(memory), "--limits", told]
        self._workers = workers
        self._slots = asyncio.Semaphore(workers)
        self._waiting = 0
        self._busy: set[WorkerProcess] = set()
        self._idle: dict[WorkerProcess, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    def refuse_if_full(self) -> None:
        if self._closed or (self._slots.locked() and self._waiting >= self._queue_limit):
            raise Unavailable("Too many pictures are being worked on.", seconds=RETRY_SECONDS)

    async def ingest(self, source: Path, workspace: Path) -> Ingested:
        made = await self.run("ingest", _absolute(source=source, workspace=workspace))
        try:
            return _ingested(made, workspace)
        except (KeyError, TypeError, ValueError, OSError) as err:
            logger.warning("a worker's answer to ingest makes no sense: %r", err)
            raise _failed("The picture could not be decoded.") from err

    async def render(
        self,
        source: Path,
        workspace: Path,
        stored: str,
        output: str,
        key: str,
        *,
        animated: bool,
    ) -> Rendered:
        moves = stays_animated(output, animated=animated)
        arguments: dict[str, Any] = {
            **_absolute(source=source, workspace=workspace),
            "stored": stored,
            "output": output,
            "key": key,
            "animated": moves,
            "encoding": asdict(replace(self._encoding, threads=self._threads())),
            "segmentation": asdict(self._segmentation),
        }
        try:
            made = await self.run("render", arguments, limit="animation" if moves else None)
        except UnsupportedImage as err:
            raise NotTransformable(err.public) from err
        try:
            return _rendered(made, workspace, output)
        except (KeyError, TypeError, ValueError, OSError) as err:
            logger.warning("a worker's answer to render makes no sense: %r", err)
            raise NotTransformable from err

    def _threads(self) -> int:
        """Threads of an encoder: two for a job that has the machine to itself.

        The bytes are the same. AVIF takes half the time; where all cores are busy it would not.
        """
        return 2 if self._workers > 1 and not self._busy else 1

    async def run(
        self, task: str, arguments: dict[str, Any], limit: str | None = None
    ) -> dict[str, Any]:
        """Have a worker do a task of its table; its time limit is the task's, or `limit`'s.

        Raises:
            UnsupportedImage: the task refused, or broke its limit of memory or time.
            Unavailable: it never started.
            StorageFull: there is no room for what it makes.

        """
        job = {"task": task, "arguments": arguments}
        await self._take_slot()
        try:
            answer = await self._done_by_worker(job, self._seconds[limit or task])
        finally:
            self._slots.release()
        if "refused" in answer:
            raise _refusal(task, answer["refused"])
        done = answer.get("done")
        if not isinstance(done, dict):
            raise _failed("The picture could not be decoded.")
        return done

    async def _take_slot(self) -> None:
        self.refuse_if_full()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._slot_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable(
                "Too many pictures are being worked on.", seconds=RETRY_SECONDS
            ) from None
        finally:
            self._waiting -= 1

    async def _done_by_worker(self, job: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Ask a worker; afterwards it is idle again, or gone."""
        worker = await self._worker()
        self._busy.add(worker)
        fit = False
        try:
            async with asyncio.timeout(seconds):
                answer = await worker.ask(job)
            fit = not answer.get("spent")
        except TimeoutError:
            logger.info("%s took over %g s and was ended", job["task"], seconds)
            raise _failed("The picture takes too long to work on.") from None
        except WorkerDied as err:
            logger.info("%s ended its worker: %s", job["task"], err)
            raise _failed("The picture takes too much memory, or broke its decoder.") from err
        else:
            return answer
        finally:
            self._busy.discard(worker)
            if fit and not self._closed:
                self._keep(worker)
            else:
                await self._end(worker)

    async def _worker(self) -> WorkerProcess:
        """Take the idle process that worked last, or start one."""
        while self._idle:
            worker, timer = self._idle.popitem()
            timer.cancel()
            if worker.is_alive:
                return worker
            await self._end(worker)
        try:
            return await WorkerProcess.start([*self._arguments, "--parent", str(os.getpid())])
        except (WorkerDied, OSError) as err:
            logger.exception("no worker could be started")
            raise Unavailable(seconds=RETRY_SECONDS) from err

    def _keep(self, worker: WorkerProcess) -> None:
        later = asyncio.get_running_loop().call_later
        self._idle[worker] = later(self._idle_seconds, self._end_if_idle, worker)

    def _end_if_idle(self, worker: WorkerProcess) -> None:
        """End it unless it is the last one: the next job shall not wait for a start."""
        if len(self._idle) + len(self._busy) > 1:
            del self._idle[worker]
            self._begin_end(worker)

    def _begin_end(self, worker: WorkerProcess) -> asyncio.Task[None]:
        ending = asyncio.create_task(worker.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        return ending

    async def _end(self, worker: WorkerProcess) -> None:
        """End it even if the caller is cancelled meanwhile."""
        await asyncio.shield(self._begin_end(worker))

    async def close(self) -> None:
        self._closed = True
        for timer in self._idle.values():
            timer.cancel()
        for worker in [*self._idle, *self._busy]:
            self._begin_end(worker)
        self._idle.clear()
        await asyncio.gather(*self._ending)


def _absolute(**paths: Path) -> dict[str, str]:
    """Say where files are to a process that runs in another folder."""
    return {name: str(path.absolute()) for name, path in paths.items()}


def _failed(sentence: str) -> CoreError:
    return UnsupportedImage.on("file", sentence)


def _refusal(task: str, told: Any) -> CoreError:
    """Make an error of what a worker told, trusting none of it."""
    if not isinstance(told, dict):
        return _failed("The picture could not be decoded.")
    if told.get("reason"):
        logger.info("%s refused: %r", task, told["reason"])
    kind = _PASSED_ON.get(str(told.get("error")), UnsupportedImage)
    public = str(told.get("public") or "") or None
    if issubclass(kind, Unavailable):
        return kind(public, seconds=RETRY_SECONDS)
    errors = told.get("errors")
    return kind(public, errors=errors if isinstance(errors, dict) else {})


def _ingested(made: dict[str, Any], workspace: Path) -> Ingested:
    """Check what a worker says that it made.

    Raises:
        KeyError, TypeError, ValueError, OSError: it can't be so.

    """
    row, width, height = BY_NAME[made["format"]], int(made["width"]), int(made["height"])
    frames = int(made["frames"])
    if not row.is_stored or min(width, height, frames) < 1:
        raise ValueError("no such picture can be stored")
    sidecar = made["sidecar"]
    return Ingested(
        format=row.name,
        width=width,
        height=height,
        animated=bool(made["animated"]),
        blob=_staged(made["blob"], workspace),
        sidecar=_staged(sidecar, workspace) if sidecar is not None else None,
        frames=frames,
    )


def _rendered(made: dict[str, Any], workspace: Path, output: str) -> Rendered:
    """Check what a worker says that it rendered.

    Raises:
        KeyError, TypeError, ValueError, OSError: it can't be so.

    """
    width, height = int(made["width"]), int(made["height"])
    if made["format"] != output or width < 1 or height < 1:
        raise ValueError("no such rendition was asked for")
    animated = stays_animated(output, animated=bool(made["animated"]))
    return Rendered(output, width, height, animated, _staged(made["file"], workspace))


def _staged(told: dict[str, Any], workspace: Path) -> StagedFile:
    name, digest, size = str(told["name"]), str(told["sha256"]), int(told["size"])
    path = workspace / name
    if path.parent != workspace or path.is_symlink() or not _SHA256.fullmatch(digest):
        raise ValueError("no such file can be staged")
    if path.stat().st_size != size:
        raise ValueError("the file has another size")
    return StagedFile(path, digest, size)
