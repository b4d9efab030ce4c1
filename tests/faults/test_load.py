"""Too much at once: what can't be served is refused at once, and others are not held up."""

from __future__ import annotations

import json
import signal
import socket
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress

import pictures
import psutil
import requests
from servers import running


def worker_of(server) -> psutil.Process:
    for child in psutil.Process(server.process.pid).children():
        if "core.imaging.worker" in child.cmdline():
            return child
    raise AssertionError("there is no worker")


def test_a_full_queue_is_told_before_the_body_is_read(tmp_path):
    with running(tmp_path / "data", WORKERS=1, WORKER_QUEUE=1) as server:
        server.upload(pictures.jpeg())
        worker = worker_of(server)
        worker.send_signal(signal.SIGSTOP)  # it works and works
        try:
            with ThreadPoolExecutor(2) as pool:
                both = [pool.submit(server.try_upload, pictures.jpeg(seed=seed)) for seed in (2, 3)]
                answer = None
                while answer is None:
                    answer = announced_upload(server)
                head, body = answer
                assert head.startswith(b"HTTP/1.1 503 ")
                assert b"\r\nRetry-After: 5\r\n" in head
                assert json.loads(body)["error"] == "unavailable"
                assert server.get("/healthz").ok
                # One of them, whichever came first, is being worked on; the other waits.
                done, pending = wait(both, return_when=FIRST_COMPLETED)
                late = done.pop().result()  # it got no slot in its time
                assert late.status_code == 503
                assert late.headers["Retry-After"] == "5"
                worker.send_signal(signal.SIGCONT)
                assert pending.pop().result().status_code == 201
        finally:
            with suppress(psutil.NoSuchProcess):
                worker.send_signal(signal.SIGCONT)
        assert server.upload(pictures.jpeg(seed=3))


def announced_upload(server):
    """Send only the head of a large upload; gives the answer, or None if the body is awaited."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.3) as line:
        line.sendall(
            b"POST /v1/upload HTTP/1.1\r\nHost: here\r\nContent-Length: 10000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        received = b""
        try:
            while not received.endswith(b"}"):
                received += line.recv(1 << 16)
        except TimeoutError:
            return None
        head, _, body = received.partition(b"\r\n\r\n")
        return head, body


def test_stalled_downloads_hold_nobody_up_and_are_ended(tmp_path):
    with running(tmp_path / "data", STALL_TIMEOUT=3) as server, ExitStack() as stack:
        photo = pictures.grains(2_000)  # 12 MB that no socket's buffers can swallow
        src = "/" + server.upload(photo, "a.png")["src"].rpartition("/")[2]
        stalled = []
        for _ in range(60):
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            line.connect(("127.0.0.1", server.port))
            line.sendall(f"GET {src} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            stalled.append(line)
        assert server.get(src).content == photo
        made = server.upload(pictures.jpeg())
        assert server.get(f"/{made['id']}.jpeg").ok
        process = psutil.Process(server.process.pid)
        while established(process, server.port):  # until they are ended
            assert server.get("/healthz").ok
            time.sleep(0.2)
        received = 0
        stalled[0].settimeout(30)
        with suppress(ConnectionError):
            while chunk := stalled[0].recv(1 << 20):
                received += len(chunk)
        assert received < len(photo)
        assert "Traceback" not in server.log()
        deadline = time.monotonic() + 20
        while any("/blobs/" in one.path for one in process.open_files()):  # no file stays open
            assert time.monotonic() < deadline
            time.sleep(0.2)


def established(process, port):
    return [
        one
        for one in process.net_connections("tcp")
        if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port
    ]


def test_a_stalled_upload_is_ended_and_leaves_nothing(tmp_path):
    with running(tmp_path / "data", STALL_TIMEOUT=1) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
            line.sendall(
                b"POST /v1/upload HTTP/1.1\r\nHost: here\r\nContent-Length: 10000000\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
            )
            assert line.recv(1 << 16).startswith(b"HTTP/1.1 408 ")
        assert list((server.data_dir / "work").iterdir()) == []
        assert requests.get(f"{server.url}/readyz", timeout=30).ok
