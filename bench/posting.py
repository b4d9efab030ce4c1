"""Sending pictures: a client that costs little, so that the server has the machine."""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.harness import Process

BOUNDARY = "pixferry-bench-boundary"
HEAD = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
    "Content-Type: image/jpeg\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()

Pieces = list[bytes | memoryview]


def post(
    connection: http.client.HTTPConnection, path: str, pieces: Pieces, headers: Mapping[str, str]
) -> dict[str, Any]:
    """Send one picture as a form; gives the JSON of the answer.

    Raises:
        RuntimeError: the answer is no success.
    """
    body = [HEAD, *pieces, TAIL]
    sent = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(sum(len(piece) for piece in body)),
    }
    connection.request("POST", path, iter(body), {**sent, **headers})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status not in {200, 201}:
        raise RuntimeError(f"{answer.status} {said!r}")
    found: dict[str, Any] = json.loads(said)
    return found


def post_one(
    server: Process, path: str, pieces: Pieces, headers: Mapping[str, str]
) -> dict[str, Any]:
    """Send one picture over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        return post(connection, path, pieces, headers)
    finally:
        connection.close()


def post_all(
    server: Process,
    path: str,
    pictures: Sequence[Pieces],
    at_once: int,
    headers: Mapping[str, str],
) -> float:
    """Send all of them, `at_once` at a time over as many connections; requests a second.

    Threads do: `sendall` works outside of the interpreter's lock.
    """
    mine = threading.local()
    opened = []

    def connect() -> None:
        mine.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        opened.append(mine.connection)

    with ThreadPoolExecutor(at_once, initializer=connect) as threads:
        began = time.perf_counter()
        jobs = [
            threads.submit(lambda one: post(mine.connection, path, one, headers), picture)
            for picture in pictures
        ]
        for job in jobs:
            job.result()
        seconds = time.perf_counter() - began
    for connection in opened:
        connection.close()
    return len(pictures) / seconds
