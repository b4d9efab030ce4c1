import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import bombs
import psutil
import pytest
from PIL import Image

from core.errors import Gone, InvalidInput, StorageFull
from core.imaging import worker
from core.imaging.inspection import prepare_pillow
from core.model import GB, ImageLimits

ROOT = Path(worker.__file__).parents[2]
LIMITS = ImageLimits()


@pytest.fixture(autouse=True)
def _pillow():
    before = Image.MAX_IMAGE_PIXELS
    prepare_pillow(LIMITS)
    yield
    Image.MAX_IMAGE_PIXELS = before


def asked(task):
    return json.dumps({"task": task, "arguments": {}})


def refused_as(monkeypatch, error):
    def fail(arguments, limits):
        raise error

    monkeypatch.setitem(worker.TASKS, "fail", fail)
    return worker.answer(asked("fail"), LIMITS)


@pytest.mark.parametrize("name", bombs.UNDECODABLE)
def test_whatever_a_decoder_raises_is_a_refusal(tmp_path, name):
    (tmp_path / "upload").write_bytes(bombs.UNDECODABLE[name])
    arguments = {"source": str(tmp_path / "upload"), "workspace": str(tmp_path)}
    refused = worker.answer(json.dumps({"task": "ingest", "arguments": arguments}), LIMITS)[
        "refused"
    ]
    assert refused["error"] == "UnsupportedImage"
    assert refused["errors"] == {"file": [refused["public"]]}
    assert str(tmp_path) not in refused["public"]


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        SyntaxError("x"),
        KeyError("x"),
        RecursionError(),
        OSError(errno.EINVAL, "x"),
        Gone(),
    ],
)
def test_the_reason_is_for_the_log_alone(monkeypatch, error):
    refused = refused_as(monkeypatch, error)["refused"]
    assert refused["error"] == "UnsupportedImage"
    assert refused["public"] == "The picture could not be decoded."
    assert refused["reason"].startswith(type(error).__name__)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "x"),
        ImportError("cv2.abi3.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
        RuntimeError("Failed to encode image: Encoding of color planes failed"),
    ],
)
def test_after_memory_ran_out_the_process_is_spent(monkeypatch, error):
    answer = refused_as(monkeypatch, error)
    assert answer["spent"]
    assert "memory" in answer["refused"]["public"]


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, "StorageFull"), (errno.EIO, "Unavailable")]
)
def test_a_disk_that_fails_is_not_the_pictures_fault(monkeypatch, number, kind):
    assert refused_as(monkeypatch, OSError(number, "x"))["refused"]["error"] == kind


@pytest.mark.parametrize("error", [InvalidInput.on("size", "No such size."), StorageFull()])
def test_refusals_of_ours_keep_their_sentence_and_field(monkeypatch, error):
    refused = refused_as(monkeypatch, error)["refused"]
    assert (refused["error"], refused["public"], refused["errors"]) == (
        type(error).__name__,
        error.public,
        error.data.get("errors", {}),
    )


@pytest.mark.parametrize(
    "line", ["", "nonsense", "[]", '{"task": "none", "arguments": {}}', "[" * 100_000]
)
def test_a_job_that_makes_no_sense_is_refused(line):
    assert "refused" in worker.answer(line, LIMITS)


def start(code=None):
    command = [sys.executable, *(["-c", code] if code else ["-m", "core.imaging.worker"])]
    command += ["--memory", str(GB), "--parent", str(os.getpid())]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_it_is_ready_soon_with_its_limits_and_ends_with_its_input():
    with start() as process:
        assert json.loads(process.stdout.readline()) == {"ready": True}
        spent = psutil.Process(process.pid).cpu_times()
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        process.stdin.close()
        assert process.wait(30) == 0
    assert spent.user + spent.system < 2  # a tenth of it is usual
    rows = {" ".join(line.split("  ")[0].split()): line.split() for line in limits.splitlines()}
    assert str(GB) in rows["Max address space"]
    assert "64" in rows["Max open files"]
    assert rows["Max core file size"][4] == "0"


PRINTING = """
import os, sys
from core.imaging import worker
def chatter(arguments, limits):
    print("in python"); sys.stdout.flush(); os.write(1, b"in C\\n")
    return {"read": sys.stdin.read()}
worker.TASKS["chatter"] = chatter
worker.main()
"""


def test_what_libraries_print_or_read_stays_out_of_the_conversation():
    with start(PRINTING) as process:
        process.stdout.readline()
        process.stdin.write(asked("chatter").encode() + b"\n" + asked("chatter").encode() + b"\n")
        process.stdin.close()
        answers = [json.loads(line) for line in process.stdout]
        noise = process.stderr.read()
    assert answers == [{"done": {"read": ""}}] * 2
    assert noise.count(b"in python") == noise.count(b"in C") == 2


TAKING = """
from core.imaging import worker
class Held: pass
def take(arguments, limits):
    held = Held()
    held.itself, held.pieces = held, [bytes(60_000) for _ in range(MB * 16)]
    return {}
worker.TASKS["take"] = take
worker.main()
"""


@pytest.mark.parametrize("megabytes", [100, 400])
def test_memory_is_given_back_between_jobs(megabytes):
    """Of pieces that no part of the heap is free of, held by a circle."""
    with start(TAKING.replace("MB", str(megabytes))) as process:
        process.stdout.readline()
        before = psutil.Process(process.pid).memory_info().rss
        process.stdin.write(asked("take").encode() + b"\n")
        process.stdin.flush()
        assert "done" in json.loads(process.stdout.readline())
        until = time.monotonic() + 30
        while psutil.Process(process.pid).memory_info().rss > before + (20 << 20):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.stdin.close()


PARENT = """
import os, subprocess, sys, time
command = [sys.executable, "-m", "core.imaging.worker", "--memory", str(1 << 30), "--parent", str(os.getpid())]
worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
worker.stdout.readline()
print(worker.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_its_parent_even_by_kill():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()
        parent.send_signal(signal.SIGKILL)
    try:
        child.wait(30)
    except psutil.TimeoutExpired:
        assert child.status() == psutil.STATUS_ZOMBIE  # nobody here reaps what has lost its parent


def test_it_does_not_start_for_a_parent_that_is_gone():
    with subprocess.Popen(
        [sys.executable, "-m", "core.imaging.worker", "--memory", str(GB), "--parent", "1"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.read() == b""
        assert process.wait() == 1
