"""The real nginx: as a server of static files, and with the configuration of `deploy/nginx`."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.harness import Process, free_port, listening, program
from bench.services import add_tests_to_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Edge(Process):
    """nginx before Pixferry. The same processes serve files at `plain` and `logged`, too."""

    plain: str
    logged: str


@contextlib.contextmanager
def nginx(files: Path, work: Path, workers: int) -> Iterator[Process]:
    """nginx with that folder as its static files: sendfile on, no access log."""
    work.mkdir()
    port = free_port()
    server = f"keepalive_requests 1000000;\n{_static(files, port, 'off')}"
    (work / "nginx.conf").write_text(_main(work, server, workers))
    with listening(_command(work), port, work / "nginx.log") as process:
        yield process


@contextlib.contextmanager
def edge(ports: Sequence[int], files: Path, work: Path) -> Iterator[Edge]:
    """nginx before the servers on these ports; `files` are what it serves by itself."""
    add_tests_to_path()
    from deploy.edge import lay_out

    port, plain, logged = free_port(), free_port(), free_port()
    work.mkdir()
    lay_out(work, f"127.0.0.1:{port}", tuple(ports[:2]))
    _extend(work / "pixferry" / "upstream.conf", ports)
    servers = "\n".join(
        [
            "include conf.d/*.conf;",
            _static(files, plain, "off"),
            _static(files, logged, f"{work}/static.log pixferry"),
        ]
    )
    (work / "nginx.conf").write_text(_main(work, servers))
    with listening(_command(work), port, work / "nginx.log") as process:
        yield Edge(
            process.process,
            port,
            process.seconds,
            plain=f"http://127.0.0.1:{plain}",
            logged=f"http://127.0.0.1:{logged}",
        )


def _extend(upstream: Path, ports: Sequence[int]) -> None:
    """Name the third server and those after it, as the first is."""
    lines = upstream.read_text().splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if f":{ports[0]} " in line)
    more = [lines[first].replace(f":{ports[0]} ", f":{port} ") for port in ports[2:]]
    upstream.write_text("".join([*lines[:first], *more, *lines[first:]]))


def _command(work: Path) -> list[str]:
    return [program("nginx"), "-p", str(work), "-c", str(work / "nginx.conf")]


def _main(work: Path, inside: str, workers: int = 2) -> str:
    paths = "\n".join(f"  {name}_temp_path {work}/{name};" for name in TEMPORARY)
    # Started by root, its workers would be another user, who may not read a private folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""
daemon off; worker_processes {workers}; pid {work}/nginx.pid; error_log stderr warn; {user}
events {{ worker_connections 1024; }}
http {{
  types {{ image/jpeg jpeg; }} sendfile on; tcp_nopush on; tcp_nodelay on;
{paths}
{inside}
}}
"""


def _static(files: Path, port: int, log: str) -> str:
    return f"""
  server {{
    listen 127.0.0.1:{port} reuseport; root {files}; access_log {log};
    add_header Cache-Control "public, max-age=3600";
  }}
"""
