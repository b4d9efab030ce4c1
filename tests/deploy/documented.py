"""Commands as the documents have them, made to run on a test's own folders."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from deploy.edge import replaced
from servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def block(document: str, name: str) -> str:
    """The code under `<!-- name -->` of a document."""
    text = (ROOT / "docs" / document).read_text()
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found, f"{document} has no block {name}"
    return found[1]


def run(script: str, folder: Path, env: Mapping[str, str], places: Mapping[str, str]) -> str:
    """Run a script in a folder, `.venv/bin/pixferry` being this program; gives what it printed.

    `places`: what stands in the document, and what it is here.
    """
    for place, here in places.items():
        script = replaced(script, place, here)
    program = f"{sys.executable} -m pixferry"
    script = script.replace(".venv/bin/pixferry", program)
    # Of what the shell says of AWS nothing may reach rclone.
    own = {name: value for name, value in env.items() if not name.startswith("AWS_")}
    ran = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=own | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
