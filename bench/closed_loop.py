"""Clients that ask, wait for the answer, and ask again; each answer is looked at afterwards."""

from __future__ import annotations

import http.client
import io
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 900
PAUSE = 0.5


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


@dataclass(frozen=True)
class Expected:
    """What every answer has to be: a picture of that format and size."""

    mime: str
    size: tuple[int, int]
    frames: int = 1

    def check(self, answer: Answer) -> None:
        """Raise RuntimeError if it is another."""
        if answer.status != http.HTTPStatus.OK or answer.kind != self.mime:
            raise RuntimeError(f"{answer.status} {answer.kind}: {answer.body[:300]!r}")
        with Image.open(io.BytesIO(answer.body)) as picture:
            found = (Image.MIME[picture.format or ""], picture.size)
            frames = getattr(picture, "n_frames", 1)
        if found != (self.mime, self.size) or frames < self.frames:
            raise RuntimeError(f"{found}, {frames} frames; expected {self}")


@dataclass(frozen=True)
class Rate:
    """Requests a second, how many there were, and how many were turned away besides (503)."""

    a_second: float
    count: int
    turned_away: int


def rate(
    port: int,
    paths: Sequence[str],
    at_once: int,
    seconds: float,
    expected: Expected,
) -> Rate:
    """Requests a second, `at_once` at a time, begun within so many seconds.

    No path is asked for twice at the same time. What is under way at the end is waited for, and
    who is turned away as the server has too much to do asks again, which counts as one request.

    Raises:
        RuntimeError: an answer is not what is expected.

    """
    free: queue.SimpleQueue[str] = queue.SimpleQueue()
    for path in paths:
        free.put(path)
    answers: list[Answer] = []
    turned_away: list[str] = []
    start = threading.Barrier(at_once + 1)

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        start.wait()
        while time.perf_counter() - began < seconds:
            path = free.get()
            while (answer := ask(connection, path)).status == http.HTTPStatus.SERVICE_UNAVAILABLE:
                turned_away.append(path)
                time.sleep(PAUSE)
            answers.append(answer)
            free.put(path)
        connection.close()

    with ThreadPoolExecutor(at_once) as threads:
        clients = [threads.submit(client) for _ in range(at_once)]
        began = time.perf_counter()
        start.wait()
        for one in clients:
            one.result()
        took = time.perf_counter() - began
    for answer in answers:
        expected.check(answer)
    return Rate(len(answers) / took, len(answers), len(turned_away))


def ask(connection: http.client.HTTPConnection, path: str) -> Answer:
    """One request, its answer read whole."""
    connection.request("GET", path)
    answer = connection.getresponse()
    return Answer(answer.status, answer.headers.get_content_type(), answer.read())
