"""What only npm has: two unfurlers, which know nothing of each other, axe, and libraries of examples.

open-graph-scraper reads with a full HTML parser and is the best kept; unfurl.js is the one that
follows oEmbed's discovery by itself, as chats do. (metascraper is kept as well, but reads neither
the size of a picture nor oEmbed, and wants a Node that Debian does not have.) The versions in
`node/package.json` are the newest that run on Debian 12's Node 18, too.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
from pathlib import Path

from needs import lack, need_program

FOLDER = Path(__file__).parent / "node"
_MODULES = FOLDER / "node_modules"
_MARK = _MODULES / ".installed"


def unfurled(*urls: str) -> list[dict]:
    """What each unfurler, by its name, reads of these pages; `failed` says why it read nothing."""
    done = subprocess.run(
        [_node(), FOLDER / "unfurl.js", *urls],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def axe() -> str:
    """The source of axe, which tells in a browser what a page lacks for people who can't see it."""
    _node()
    return (_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")


def require() -> tuple[str, dict[str, str]]:
    """The path of Node, and an environment in which `require` finds what npm has installed."""
    return _node(), os.environ | {"NODE_PATH": str(_MODULES)}


def _node() -> str:
    """The path of Node, once what tests need of npm is installed beside them."""
    found, npm = need_program("node"), need_program("npm")
    wanted = (FOLDER / "package.json").read_text("utf-8")
    with _alone():
        if not _MARK.exists() or _MARK.read_text("utf-8") != wanted:
            done = subprocess.run(
                [npm, "install", "--no-progress", "--loglevel=error"],
                cwd=FOLDER,
                capture_output=True,
                text=True,
                timeout=240,
                check=False,
            )
            if done.returncode:
                lack(f"what tests/node/package.json names ({done.stderr.strip()[:300]})")
            _MARK.write_text(wanted, "utf-8")
    return found


@contextlib.contextmanager
def _alone():
    """Lest two runs of the tests install at once."""
    folder = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
