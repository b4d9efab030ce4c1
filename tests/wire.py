"""HTTP as bytes: forms part by part, and raw requests that no client library would send."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BOUNDARY = "pixferry-test-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
GOLDEN = Path(__file__).parent / "golden"


def golden(name: str) -> list[dict]:
    """The cases of a data file, such as `v1/upload_fields`."""
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


def value_of(described):
    """A value of a golden case: `{"times": n, "text": "x"}` repeats, `{"hex": "ff"}` is bytes."""
    if isinstance(described, dict) and "times" in described:
        return described["text"] * described["times"]
    if isinstance(described, dict) and "hex" in described:
        return bytes.fromhex(described["hex"])
    return described


def part(name, value, filename=None, headers=()) -> bytes:
    """One part of a form. Texts are UTF-8; `name` None leaves the disposition out."""
    if isinstance(value, str):
        value = value.encode()
    lines = [*headers]
    if name is not None:
        said = f'Content-Disposition: form-data; name="{name}"'
        if filename is not None:
            said += f'; filename="{filename}"'
        lines.insert(0, said)
    head = b"".join(
        (line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape")) + b"\r\n"
        for line in lines
    )
    return head + b"\r\n" + value


def form(*parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode()) -> bytes:
    """A form's body."""
    opening = f"--{BOUNDARY}\r\n".encode()
    return b"".join(opening + one + b"\r\n" for one in parts) + end


@dataclass
class Answer:
    """A raw response: `headers` by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


def request_head(method: str, path: str, headers: dict[str, str] | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: pix.test"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def connect(port: int, patience: float = 30.0) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=patience)


def receive(sock: socket.socket) -> Answer | None:
    """Read one response; None if the server closed without any."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            chunk = sock.recv(1 << 16)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    length = int(headers.get("content-length", "0"))
    while len(body) < length:
        chunk = sock.recv(1 << 16)
        if not chunk:
            break
        body += chunk
    return Answer(int(first.split(" ")[1]), headers, body)


def raw(port: int, data: bytes, patience: float = 30.0) -> Answer | None:
    """Send bytes as they are and read the response to them."""
    with connect(port, patience) as sock:
        # The server may answer and close before it has read everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(data)
        return receive(sock)


def post_form(port: int, *parts: bytes, headers: dict[str, str] | None = None, **more) -> Answer:
    """POST a form to /v1/upload."""
    body = form(*parts, **more)
    given = {"Content-Type": FORM, "Content-Length": str(len(body)), "Connection": "close"}
    answer = raw(port, request_head("POST", "/v1/upload", given | (headers or {})) + body)
    assert answer is not None
    return answer


def closed_within(sock: socket.socket, seconds: float) -> bool:
    """Whether the server ends the connection within that time, whatever it says first."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            if not sock.recv(1 << 16):
                return True
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True
    return False
