"""The real nginx with the files of deploy/nginx, as whoever runs the tests, on a port of its own."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import requests
from needs import need_program
from servers import ROOT, free_port
from services.daemon import Daemon, running

FILES = ROOT / "deploy" / "nginx"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# What stands for the machine in our files, and what it is here.
CACHE, LOGS, LISTEN, TELEGRAM, UPSTREAM = (
    "/var/cache/nginx-pixferry",
    "/var/log/nginx",
    "listen 80;",
    "127.0.0.1:8090",
    ("127.0.0.1:8081", "127.0.0.1:8082"),
)


@dataclass
class Edge(Daemon):
    """nginx in front of servers; `url` is its address."""

    name: ClassVar[str] = "nginx"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [nginx(), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def get(self, path: str, **options) -> requests.Response:
        return requests.get(f"{self.url}{path}", timeout=30, **options)

    def post(self, path: str, **options) -> requests.Response:
        return requests.post(f"{self.url}{path}", timeout=90, **options)

    def access_log(self) -> str:
        return (self.folder / "access.log").read_text()


def nginx() -> str:
    return need_program("nginx", "/usr/sbin", "/usr/local/sbin")


@contextlib.contextmanager
def running_edge(*ports: int, telegram: tuple[int, ...] = ()):
    """nginx before the servers on these ports, at most as many as the upstream names.

    `telegram`: likewise of processes of the Telegram bot, as many as there are.
    """
    with tempfile.TemporaryDirectory(prefix="pixferry-edge-") as name:
        edge = Edge(Path(name), free_port())
        lay_out(edge.folder, f"127.0.0.1:{edge.port}", ports)
        if telegram:
            lay_out_telegram(edge.folder, telegram)
        with running(edge):
            yield edge


def lay_out(folder: Path, listen: str, ports: tuple[int, ...], server: str | None = None) -> None:
    """Put our files where nginx looks for them, each place of the machine replaced by one here.

    `server`: what stands for the `server` block of pixferry.conf.
    """
    upstream = (FILES / "upstream.conf").read_text()
    for address, port in zip(UPSTREAM, ports, strict=False):
        upstream = replaced(upstream, address, f"127.0.0.1:{port}")
    for unused in UPSTREAM[len(ports) :]:
        kept = [line for line in upstream.splitlines(keepends=True) if unused not in line]
        upstream = "".join(kept)
    http = replaced((FILES / "pixferry.conf").read_text(), CACHE, f"{folder}/cache")
    if server is not None:
        http = http[: http.index("server {")] + server
    inside = folder / "pixferry"
    inside.mkdir()
    (inside / "upstream.conf").write_text(upstream)
    edge = replaced((FILES / "edge.conf").read_text(), LOGS, str(folder))
    (inside / "edge.conf").write_text(edge)
    (folder / "conf.d").mkdir()
    own = http if server is not None else replaced(http, LISTEN, f"listen {listen};")
    (folder / "conf.d" / "pixferry.conf").write_text(own)
    paths = "\n".join(f"  {each}_temp_path {folder}/{each};" for each in TEMPORARY)
    # Started by root, its workers would be another user, who may not read a private folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"""
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log stderr warn; {user}
events {{ worker_connections 256; }}
http {{
{paths}
  include conf.d/*.conf;
}}
"""
    )


def lay_out_telegram(folder: Path, ports: tuple[int, ...]) -> None:
    """Put those files beside the others that are for a Telegram bot with processes of its own."""
    (folder / "pixferry" / "telegram.conf").write_text((FILES / "telegram.conf").read_text())
    upstream = (FILES / "upstream-telegram.conf").read_text()
    (line,) = [one for one in upstream.splitlines() if TELEGRAM in one]
    lines = "\n".join(replaced(line, TELEGRAM, f"127.0.0.1:{port}") for port in ports)
    (folder / "pixferry" / "upstream-telegram.conf").write_text(upstream.replace(line, lines))


def replaced(text: str, old: str, new: str) -> str:
    """With every `old` made `new`; there must be one, or the test would try nothing."""
    assert old in text, old
    return text.replace(old, new)
