"""A server program as a child of the tests, which may freeze, thaw, stop, kill and restart it."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import psutil
from needs import need_program
from servers import START_LIMIT, STOP_LIMIT

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Daemon:
    """One program on one port of 127.0.0.1, with its data in `folder`.

    It dies with the thread that called `start`, so call that from a thread that stays.
    """

    folder: Path
    port: int
    owner: str | None = None  # whom it runs as, where the tests are root
    process: subprocess.Popen | None = field(default=None, init=False)
    guard: subprocess.Popen | None = field(default=None, init=False)
    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def command(self) -> list[str]:
        """The program and its arguments."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it serves by now."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        """Run it, on the same port and data as before, and wait until it serves."""
        self.process = self._spawn(self.command(), subprocess.Popen)
        deadline = time.monotonic() + START_LIMIT
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.name} did not start: {self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask it to end, as an operator does."""
        self.thaw()
        self.process.send_signal(self.stop_signal)
        self.process.wait(STOP_LIMIT)

    def kill(self) -> None:
        """kill -9 of all its processes, as a power cut."""
        family = self._family()
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait(STOP_LIMIT)
        self.thaw()
        while any(map(_lives, family)):  # whoever holds the data would refuse the next start
            time.sleep(0.01)

    def freeze(self) -> None:
        """Stop all its processes as they are: connections stay open, and nothing answers."""
        while moving := self.moves():
            for one in moving:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.suspend()
        # What is frozen does not notice that its parent died: this ends it if the tests are killed.
        pids = [str(one.pid) for one in self._family()]
        guard = ["sh", "-c", 'read -r thawed || kill -KILL "$@"', "guard", *pids]
        self.guard = subprocess.Popen(guard, stdin=subprocess.PIPE)

    def moves(self) -> list[psutil.Process]:
        """Its processes that may still do something: neither stopped nor ended.

        One that ends before its parent is stopped stays a zombie until the parent goes on.
        """
        return [one for one in self._family() if _moves(one)]

    def thaw(self) -> None:
        """Let it go on."""
        if self.guard:
            self.guard.communicate(b"thawed\n")
            self.guard = None
        for one in self._family():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.resume()

    def log(self) -> str:
        """What it has said."""
        return (self.folder / "log").read_text(errors="replace")

    def run_once(self, *command: str) -> None:
        """Run a program that prepares the data, as whom the server runs."""
        try:
            self._spawn(list(command), subprocess.run).check_returncode()
        except subprocess.CalledProcessError as err:
            raise AssertionError(f"{self.name} could not be prepared: {self.log()}") from err

    def _spawn(self, command, run):
        guarded = [need_program("setpriv"), "--pdeathsig", "KILL"]
        if self.owner and os.geteuid() == 0:
            account = pwd.getpwnam(self.owner)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            guarded += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        with (self.folder / "log").open("ab") as log:
            return run(
                [*guarded, *command],
                cwd=self.folder,
                env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _family(self) -> list[psutil.Process]:
        """The process and all its descendants; empty once it has ended."""
        try:
            first = psutil.Process(self.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


@contextlib.contextmanager
def running(daemon: Daemon):
    """The daemon, for the length of a block."""
    try:
        daemon.start()
        yield daemon
    finally:
        if daemon.process and daemon.process.poll() is None:
            daemon.kill()


def _lives(process: psutil.Process) -> bool:
    return _state(process) not in {None, psutil.STATUS_ZOMBIE}


def _moves(process: psutil.Process) -> bool:
    return _state(process) not in {None, psutil.STATUS_ZOMBIE, psutil.STATUS_STOPPED}


def _state(process: psutil.Process) -> str | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status()
    return None
