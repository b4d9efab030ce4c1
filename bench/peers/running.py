"""The servers that Pixferry's transforms are measured beside: installed once, started each time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.corpus import cache
from bench.harness import free_port, listening, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.harness import Process

HERE = Path(__file__).parent

_THUMBOR = """
LOADER = "thumbor.loaders.file_loader"
FILE_LOADER_ROOT_PATH = {folder!r}
STORAGE = "thumbor.storages.no_storage"
ALLOW_UNSAFE_URL = True
AUTO_WEBP = False
ENGINE_THREADPOOL_SIZE = 0
"""
_THUMBOR_KEEPS = """
RESULT_STORAGE = "thumbor.result_storages.file_storage"
RESULT_STORAGE_FILE_STORAGE_ROOT_PATH = {results!r}
RESULT_STORAGE_STORES_UNSAFE = True
"""


@contextmanager
def ipx(folder: Path, work: Path) -> Iterator[Process]:
    """ipx over the files of a folder: one process, whose libvips has threads of its own."""
    home = _installed_ipx()
    port = free_port()
    env = {**os.environ, "NODE_ENV": "production"}
    command = [program("node"), str(home / "ipx.mjs"), str(port), str(folder)]
    with listening(command, port, work / "ipx.log", env) as server:
        yield server


@contextmanager
def thumbor(folder: Path, work: Path, *, keeps: bool = False) -> Iterator[Process]:
    """thumbor over the files of a folder: a process a core. `keeps`: results, as files."""
    home = _installed_thumbor()
    port = free_port()
    name = "thumbor-keeps" if keeps else "thumbor"
    told = _THUMBOR.format(folder=str(folder))
    if keeps:
        told += _THUMBOR_KEEPS.format(results=str(work / "thumbor-results"))
    configuration = work / f"{name}.conf"
    configuration.write_text(told)
    command = [str(home / "bin" / "thumbor"), "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--conf", str(configuration), "--log-level", "error"]
    command += ["--processes", str(os.cpu_count() or 1)]
    with listening(command, port, work / f"{name}.log") as server:
        yield server


def _installed_ipx() -> Path:
    wanted = HERE / "package.json"
    home = cache() / "ipx"
    if _differs(home / "package.json", wanted) or not (home / "node_modules").exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(wanted, home)
        quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--silent")
        subprocess.run([program("npm"), "install", *quiet], cwd=home, check=True)
    shutil.copy(HERE / "ipx.mjs", home)
    return home


def _installed_thumbor() -> Path:
    wanted = HERE / "thumbor.txt"
    home = cache() / "thumbor"
    if _differs(home / "thumbor.txt", wanted):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        python = str(home / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(wanted)], check=True)
        shutil.copy(wanted, home)
    return home


def _differs(one: Path, other: Path) -> bool:
    return not one.exists() or one.read_bytes() != other.read_bytes()
