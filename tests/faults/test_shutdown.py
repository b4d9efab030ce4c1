"""Ctrl-C: requests in flight finish, and nothing is lost."""

from __future__ import annotations

import json
import signal
import socket
import time
from contextlib import contextmanager

import pictures
import pytest
import requests
from servers import running, start

BOUNDARY = "fence"


@contextmanager
def started(folder, **options):
    """A server that the test ends itself."""
    server = start(folder, **options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def form(photo: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    return head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()


@contextmanager
def half_sent(server, photo: bytes):
    """An upload whose second half is still to come; gives the socket and that half."""
    body = form(photo)
    head = (
        f"POST /v1/upload HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    half = len(body) // 2
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(head.encode() + body[:half])
        while not any((server.data_dir / "work").glob("*/received-*")):  # until it has come in
            time.sleep(0.01)
        yield line, body[half:]


def answer_of(line) -> tuple[int, dict]:
    received = b""
    while chunk := line.recv(1 << 16):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def refuses_connections(server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=30).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_in_flight_finishes(tmp_path, number):
    photo = pictures.jpeg()
    with started(tmp_path / "data") as server, half_sent(server, photo) as (line, rest):
        server.process.send_signal(number)
        while not refuses_connections(server):
            time.sleep(0.01)
        line.sendall(rest)
        status, made = answer_of(line)
        assert status == 201, made
        assert server.process.wait(30) == 0
    assert "Traceback" not in server.log()
    assert "Stopping" in server.log_file.with_suffix(".out").read_text()
    assert list((server.data_dir / "work").iterdir()) == []
    with running(tmp_path / "data") as again:
        assert again.get(f"/{made['id']}.jpeg").content == photo


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_it_at_once(tmp_path, number):
    with started(tmp_path / "data") as server, half_sent(server, pictures.jpeg()):
        server.process.send_signal(number)
        while not refuses_connections(server):
            time.sleep(0.01)
        server.process.send_signal(number)
        assert server.process.wait(30) == -number
    assert "Traceback" not in server.log()


def test_an_idle_server_stops_although_clients_hold_connections(tmp_path):
    with started(tmp_path / "data") as server, requests.Session() as session:
        session.get(f"{server.url}/healthz", timeout=30)  # the connection stays open
        assert server.stop() == 0
    assert "Traceback" not in server.log()


def test_a_signal_during_the_start_ends_it_cleanly(tmp_path):
    """Whether it comes before, in or after the first sweep."""
    for _ in range(3):
        with started(tmp_path / "data", command="api") as server:
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(30) == 0
            assert "Traceback" not in server.log()
