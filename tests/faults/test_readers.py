"""Clients that read pictures slowly, of those that are kept in memory: as long as they do read."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

import pictures
import pytest
from servers import running

STALL = 2
PHOTO = pictures.grains(1_050)
"""Small enough to be kept in memory."""

TIMES = 6
"""Together more than the system's buffers swallow."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Gives a connection that has asked for the picture some times at once."""
    assert 3_000_000 < len(PHOTO) < 4 << 20
    with running(tmp_path_factory.mktemp("readers") / "data", STALL_TIMEOUT=STALL) as server:
        src = "/" + server.upload(PHOTO, "a.png")["src"].rpartition("/")[2]
        for _ in range(2):
            assert server.get(src).content == PHOTO

        def ask():
            line = socket.create_connection(("127.0.0.1", server.port), timeout=30)
            line.sendall(f"GET {src} HTTP/1.1\r\nHost: here\r\n\r\n".encode() * TIMES)
            return line

        yield ask


def received(line, pause: float) -> int:
    """How many whole pictures come, if it waits between two reads."""
    found = bytearray()

    def whole() -> int:
        if len(found) < TIMES * len(PHOTO):  # to look for them each time would take too long
            return 0
        return found.count(b"\r\n\r\n" + PHOTO)

    with suppress(ConnectionError):
        while whole() < TIMES and (data := line.recv(300_000)):
            found += data
            time.sleep(pause)
    return found.count(b"\r\n\r\n" + PHOTO)


def test_a_slow_reader_gets_whole_pictures_however_long_it_takes(asked):
    began = time.monotonic()
    with asked() as line:
        assert received(line, 0.07) == TIMES
    assert time.monotonic() - began > 2 * STALL


def test_a_reader_that_stops_is_cut_off(asked):
    with asked() as line:
        time.sleep(3 * STALL)
        assert received(line, 0) < TIMES
