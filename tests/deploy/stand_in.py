"""An upstream that says how long it may be kept, and can be told to change its mind."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = b"a picture" * 100
ETAG = '"one"'


@dataclass
class StandIn:
    """What it answers, and what it was asked."""

    server: ThreadingHTTPServer
    status: int = 200
    headers: dict[str, str] = field(
        default_factory=lambda: {"Cache-Control": "public, max-age=3600, s-maxage=2"}
    )
    delay: float = 0
    away: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    def leave(self) -> None:
        """Be gone, as a process that died."""
        self.away = True
        self.server.socket.close()

    @property
    def port(self) -> int:
        return self.server.server_address[1]


@contextmanager
def standing_in():
    """Serves for the length of a block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            found.asked.append(dict(self.headers))
            time.sleep(found.delay)
            if found.away:  # connections that are open lead nowhere, either
                self.close_connection = True
                return
            status, body = found.status, BODY if found.status == 200 else b""
            if status == 200 and self.headers.get("If-None-Match") == ETAG:
                status, body = 304, b""
            self.send_response(status)
            if found.status == 200:
                self.send_header("ETag", ETAG)
            for name, value in found.headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        found = StandIn(server)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
