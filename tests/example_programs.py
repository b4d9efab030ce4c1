"""Runs the examples of APIs' documents with the programs that they were written for."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from needs import need_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_IN_NODE = """
import {{ File }} from 'node:buffer';
import {{ readFileSync }} from 'node:fs';
const fileInput = {{ files: [new File([readFileSync('{0}')], '{0}')] }};
console.log = (...said) => process.stdout.write(
  said.map(one => typeof one === 'string' ? one : JSON.stringify(one)).join(' ') + '\\n'
);
"""


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


def python(code: str, folder: Path) -> str:
    """What Python prints, with requests."""
    return printed_by([sys.executable, "-c", code], folder)


def php(code: str, folder: Path) -> str:
    """What PHP prints, with its curl."""
    found = need_program("php")
    (folder / "example.php").write_text(code, "utf-8")
    return printed_by([found, "example.php"], folder)


def node(code: str, folder: Path, file: str) -> str:
    """What JavaScript prints outside of a browser, with `fileInput`, an input that has that file."""
    found = need_program("node")
    (folder / "example.mjs").write_text(_IN_NODE.format(file) + code, "utf-8")
    return printed_by([found, "example.mjs"], folder)


def browser(code: str, folder: Path, file: str) -> str:
    """The same, on a page of another site; it must print something."""
    path = need_program("chromium")
    from playwright.sync_api import sync_playwright

    said: list[Any] = []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = opened.new_page()
        page.on("console", lambda message: said.append(message))  # noqa: PLW0108  it marks functions
        page.set_content("<input type=file>")
        page.set_input_files("input", folder / file)
        with page.expect_console_message():
            page.evaluate(
                "async () => { const fileInput = document.querySelector('input');" + code + "}"
            )
        printed = "\n".join(map(_said, said))
        opened.close()
    return printed


def documents(text: str) -> Iterator[Any]:
    """JSON documents that stand one after the other."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text.rstrip()):
        found, place = decoder.raw_decode(text, place)
        yield found


def _said(message: Any) -> str:
    values = (each.json_value() for each in message.args)
    return " ".join(one if isinstance(one, str) else json.dumps(one) for one in values)
