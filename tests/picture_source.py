"""A foreign server on this machine, for imports."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pictures

PHOTO = pictures.jpeg(40, 30)


class Pictures(BaseHTTPRequestHandler):
    """Gives pictures, and answers that are none."""

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/slow.jpg":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(PHOTO[:100])
            self.wfile.flush()
            self.server.let_go.wait(60)
        elif path in {"/moved.jpg", "/loop"}:
            self.send_response(302)
            self.send_header("Location", "/loop" if path == "/loop" else "/photo.jpg")
            self.end_headers()
        elif path == "/cut.jpg":
            self.send_response(200)
            self.send_header("Content-Length", str(len(PHOTO)))
            self.end_headers()
            self.wfile.write(PHOTO[:-50])
        else:
            status, data, kind = {
                "/photo.jpg": (200, PHOTO, "image/jpeg"),
                "/lies": (200, PHOTO, "text/html"),
                "/page.jpg": (200, b"<!doctype html><p>no picture", "image/jpeg"),
                "/broken.jpg": (200, PHOTO[:200], "image/jpeg"),
                "/empty.jpg": (200, b"", "image/jpeg"),
                "/large.png": (200, PHOTO + bytes(100_000), "image/jpeg"),
                "/drawing.svg": (200, pictures.SVG + b" " * 1_000, "image/svg+xml"),
                "/secret.jpg": (403, PHOTO, "image/jpeg"),
                "/fault.jpg": (500, PHOTO, "image/jpeg"),
            }.get(path, (404, PHOTO, "image/jpeg"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *args):
        pass


@contextmanager
def serving_pictures():
    """The base address of such a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    server.let_go = threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.let_go.set()
    server.shutdown()
    server.server_close()
