"""A worker with tasks that go wrong; run as a program."""

import json
import os
import signal
import sys
import time
from pathlib import Path

from core.imaging import worker


def hang(arguments, limits):
    Path(arguments["mark"]).touch()
    while True:
        time.sleep(0.01)


def spin(arguments, limits):
    while True:
        pass


def nap(arguments, limits):
    time.sleep(arguments["seconds"])
    return {"pid": os.getpid()}


def linger(arguments, limits):
    """Begin, and end when it is told to."""
    Path(arguments["mark"]).touch()
    while not Path(arguments["enough"]).exists():
        time.sleep(0.01)
    return {"pid": os.getpid()}


def blow(arguments, limits):
    return {"length": len(bytearray(1 << 40))}


def crash(arguments, limits):
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(arguments, limits):
    sys.exit(0)


def babble(arguments, limits):
    """Write to the parent what no worker would: found by its descriptor, as an intruder would."""
    said = arguments["said"].encode() * arguments.get("times", 1)
    for number in range(3, 12):
        try:
            os.write(number, said)
        except OSError:
            continue
    return {}


def complain(arguments, limits):
    for _ in range(200):
        os.write(2, b"x" * 100_000)
    return {}


def environment(arguments, limits):
    return {"environment": dict(os.environ), "cwd": os.getcwd()}


def limits_of(arguments, limits):
    return {"limits": json.loads(json.dumps(limits.format_pixels)), "max_frames": limits.max_frames}


for task in (hang, spin, nap, linger, blow, crash, leave, babble, complain, environment, limits_of):
    worker.TASKS[task.__name__] = task

if __name__ == "__main__":
    worker.main()
