"""A way over TCP that the test may slow down, cut, or lead elsewhere; and who answers there."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLOCK = 16 * 1024


class Relay:
    """Passes on what comes to `port` to `target`, another port of this machine, and back.

    `rate`: bytes a second that each connection passes on each way, None as many as come.
    `most`: bytes of an answer after which each connection is cut off, None never.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.rate: int | None = None
        self.most: int | None = None
        self._ends: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._begin(self._accept)

    def cut(self) -> None:
        """Break every connection off, as when a cable is pulled and put in again."""
        for end in list(self._ends):
            _shut(end)

    def lead_to(self, target: int) -> None:
        """Pass on to another port from now on."""
        self.target = target
        self.cut()

    def close(self) -> None:
        _shut(self._listener)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it is closed
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target), 30)
                except OSError:
                    near.close()
                    continue
                far.settimeout(None)
                self._begin(self._carry, near, far)

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with near, far:
            self._ends |= {near, far}
            answering = self._begin(self._pass_on, far, near, back=True)
            self._pass_on(near, far)
            answering.join()
            self._ends -= {near, far}

    def _pass_on(self, source: socket.socket, sink: socket.socket, *, back: bool = False) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(BLOCK):
                sink.sendall(data)
                passed += len(data)
                if self.rate:
                    time.sleep(len(data) / self.rate)
                if back and self.most is not None and passed > self.most:
                    break
        _shut(source)
        _shut(sink)

    def _begin(self, work, *arguments, **named) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, kwargs=named, daemon=True)
        thread.start()
        return thread


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def relayed(target: int):
    """A Relay to that port, for the length of a block."""
    relay = Relay(target)
    try:
        yield relay
    finally:
        relay.close()


@contextlib.contextmanager
def refusing(status: int, code: str):
    """The port of a storage that refuses everything with this status and S3 code."""
    body = f"<Error><Code>{code}</Code><Message>by the test</Message></Error>".encode()

    class Refusal(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def refuse(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def __getattr__(self, name: str):
            if name.startswith("do_"):
                return self.refuse
            raise AttributeError(name)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
