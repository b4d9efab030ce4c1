"""One process of image work: `python -m core.imaging.worker`.

It reads a job a line from stdin, `{"task": name, "arguments": {...}}`, and answers a line each:
`{"done": {...}}` or `{"refused": {"error", "public", "errors", "reason"}}`, after a first line
`{"ready": true}`. JSON, and not pickle: a picture that takes over this process can't execute
anything in its parent by what it answers.

Every exception in a job is a refusal. `error` names the class for the parent, `reason` is for
its log alone. `"spent": true` beside it says that this process should not be used again.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CoreError, InvalidInput, StorageFull, Unavailable
from core.image_work import Encoding, Segmentation
from core.imaging.declared import refusal
from core.imaging.ingest import ingest
from core.imaging.inspection import prepare_pillow
from core.imaging.render import render
from core.imaging.transforms.recipe import Recipe
from core.model import ImageLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.model import StagedFile

OPEN_FILES = 64
REASON_CHARACTERS = 300
IDLE_SECONDS = 0.25
"""After so long without a job, memory is given back."""

KEPT_BYTES = 400_000_000
"""Beyond it memory is given back after each job."""

_NO_ROOM = (
    "can't start new thread",
    "Encoding of color planes failed",
    "Encoding of alpha plane failed",
)
"""What libraries say, by a RuntimeError, whose memory has run out; the latter two are AVIF's."""

_STATM = Path("/proc/self/statm")

_DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# Not EINVAL and the like: pictures that send their decoder to impossible places cause those.
_DISK_FAILS = frozenset({errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT})


def _ingest(arguments: dict[str, Any], limits: ImageLimits) -> dict[str, Any]:
    made = ingest(Path(arguments["source"]), Path(arguments["workspace"]), limits)
    return {
        "format": made.format,
        "width": made.width,
        "height": made.height,
        "animated": made.animated,
        "frames": made.frames,
        "blob": _staged(made.blob),
        "sidecar": _staged(made.sidecar) if made.sidecar else None,
    }


def _staged(file: StagedFile) -> dict[str, Any]:
    """Name the file within its workspace; the parent knows where that is."""
    return {"name": file.path.name, "sha256": file.sha256, "size": file.size}


def _render(arguments: dict[str, Any], _limits: ImageLimits) -> dict[str, Any]:
    made = render(
        Path(arguments["source"]),
        Path(arguments["workspace"]),
        arguments["stored"],
        arguments["output"],
        Recipe.from_key(arguments["key"]),
        animated=arguments["animated"],
        encoding=Encoding(**arguments["encoding"]),
        segmentation=Segmentation(**arguments["segmentation"]),
    )
    return {
        "format": made.format,
        "width": made.width,
        "height": made.height,
        "animated": made.animated,
        "file": _staged(made.file),
    }


TASKS: dict[str, Callable[[dict[str, Any], ImageLimits], dict[str, Any]]] = {
    "ingest": _ingest,
    "render": _render,
}
"""What can be asked for. Paths come in as text; what goes out must be JSON."""


def answer(line: str | bytes, limits: ImageLimits) -> dict[str, Any]:
    """Do the job of one line; whatever happens becomes the answer."""
    try:
        job = json.loads(line)
        return {"done": TASKS[job["task"]](job["arguments"], limits)}
    except (InvalidInput, StorageFull, Unavailable) as error:
        return _refused(error)
    except Exception as error:  # noqa: BLE001 -- decoders raise a dozen kinds; all are refusals
        return _unexpected(error)


def _unexpected(error: Exception) -> dict[str, Any]:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOMEM or _had_no_room(error):
        # What the job's libraries still hold on to would fail the next one.
        refused = _refused(refusal("The picture takes too much memory to work on."), error)
        return {**refused, "spent": True}
    if number in _DISK_IS_FULL:
        return _refused(StorageFull(), error)
    if number in _DISK_FAILS:
        return _refused(Unavailable(), error)
    return _refused(refusal("The picture could not be decoded."), error)


def _had_no_room(error: Exception) -> bool:
    # A library that is here, and can't be loaded: its code takes address space, too.
    unloadable = isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError)
    told = isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_ROOM)
    return isinstance(error, MemoryError) or unloadable or told


def _refused(error: CoreError, cause: Exception | None = None) -> dict[str, Any]:
    reason = f"{type(cause).__name__}: {cause}"[:REASON_CHARACTERS] if cause else ""
    return {
        "refused": {
            "error": type(error).__name__,
            "public": error.public,
            "errors": error.data.get("errors", {}),
            "reason": reason,
        }
    }


def confine(memory: int, parent: int) -> None:
    """Limit what this process may take, and tie its life to its parent's.

    Args:
        memory: bytes of address space.
        parent: the process whose end ends this one, even by SIGKILL (on Linux; elsewhere a
            closed stdin does it after the job).

    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked to be told
            sys.exit(1)


def _give_back() -> None:
    """Return memory to the system: else a process may keep half a gigabyte while it idles."""
    gc.collect()  # a picture may be held by the traceback of a refusal
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(AttributeError):  # of glibc alone
            ctypes.CDLL(None).malloc_trim(0)


def _resident() -> int:
    """Bytes in memory; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    return 0


def serve(limits: ImageLimits) -> None:
    """Answer jobs until stdin ends."""
    # A library that prints or reads must not get into the conversation.
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 -- a descriptor, not a file of ours
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)

    def say(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message).encode() + b"\n")
        answers.flush()

    gc.freeze()  # what is imported stays, and need not be looked through again
    say({"ready": True})
    for line in jobs:
        say(answer(line, limits))
        # Where jobs follow each other, taking the same memory again costs more than many a job.
        if _resident() > KEPT_BYTES or not select.select([jobs], [], [], IDLE_SECONDS)[0]:
            _give_back()


def main() -> None:
    """Read the limits from the command line, and serve."""
    parser = argparse.ArgumentParser(description="One process of image work.")
    parser.add_argument("--memory", type=int, required=True, help="bytes of address space")
    parser.add_argument("--parent", type=int, required=True, help="id of the parent process")
    parser.add_argument("--limits", type=json.loads, default={}, help="ImageLimits as JSON")
    arguments = parser.parse_args()
    limits = ImageLimits(**arguments.limits)
    confine(arguments.memory, arguments.parent)
    prepare_pillow(limits)
    serve(limits)


if __name__ == "__main__":
    main()
