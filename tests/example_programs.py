"""Runs the examples of APIs' documents with the programs that they were written for."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from needs import need_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def printed_by(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> str:
    """What a program prints that runs in that folder and succeeds."""
    found = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def shell(script: str, folder: Path) -> list[Any]:
    """The JSON documents that the curl commands of a script print."""
    need_program("curl")
    return list(documents(printed_by([need_program("bash"), "-e", "-c", script], folder)))


def documents(text: str) -> Iterator[Any]:
    """JSON documents that stand one after the other."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text.rstrip()):
        found, place = decoder.raw_decode(text, place)
        yield found
