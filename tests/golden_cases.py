"""Golden cases of HTTP: data files in a folder, each a list of one request and its answer each.

A dialect's folder is `golden`. In `golden/refused` is what is refused, and beside it the like that
is not: that is the same whatever servers keep data in, and so is played on one kind alone.

A case has a `name`, a `request` (`POST /v1/upload`), a `status` and an `answer`: all of its JSON;
none, where it has no body. Beside them it may have

    as        whose key is sent; `ours` unless it says so
    make      images that are there before, by the name that `{name}` stands for
    headers   sent on top
    form      texts of a form, as pairs; `file` beside it is the picture's name, null: none, a list:
              several; `files` are pairs of another field and a picture's name
    json      a body; `body` is one that is sent as it stands
    told      headers of the answer
    keep      what later steps may name of the answer: names to paths such as `album.id`
    then      further requests with their answers, in the same shape

In answers `~int`, `~text` and the like stand for whatever is of that kind, and `$media` for a media
object that differs from the usual one by what is said. A dialect may have more shapes than that one.
"""

from __future__ import annotations

import json
import re
import secrets
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

import pictures
import pytest
import requests
from wire import value_of

from core.ids import MEDIA_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PHOTO = pictures.jpeg()
FILES = {
    "photo.jpg": PHOTO,
    "photo.png": pictures.png(),
    "loop.gif": pictures.gif(),
    "drawing.svg": pictures.SVG,
    "photo.webp": pictures.encoded(pictures.pixels(64, 48), "WEBP"),
    "photo.bmp": pictures.encoded(pictures.pixels(64, 48), "BMP"),
    "photo.tiff": pictures.encoded(pictures.pixels(64, 48), "TIFF"),
    "photo.avif": pictures.encoded(pictures.pixels(64, 48), "AVIF"),
    "wide.png": pictures.encoded(pictures.pixels(16_384, 16), "PNG"),
    "icon.ico": pictures.encoded(pictures.pixels(32, 32), "ICO"),
    "notes.txt": b"no picture at all",
    "empty.jpg": b"",
    "cut.jpg": PHOTO[: len(PHOTO) // 2],
}


def cases(folder: Path) -> pytest.MarkDecorator:
    """Has a test play every case of every file of a folder, as its `case`."""
    found = [
        pytest.param(case, id=f"{file.stem}: {case['name']}")
        for file in sorted(folder.glob("*.json"))
        for case in json.loads(file.read_text("utf-8"))
    ]
    assert found, folder
    return pytest.mark.parametrize("case", found)


def hosting(url: str, keys: Callable[[str], Mapping[str, str]]) -> Callable[[Any], str]:
    """Hosts an image of these fields (`as`: of that team, `file`: that picture); gives its id."""

    def host(fields: Mapping[str, Any]) -> str:
        told = {"file": "photo.jpg", "as": "ours"} | fields
        name, who = told.pop("file"), told.pop("as")
        answer = requests.post(
            url, headers=keys(who), files={"file": (name, FILES[name])}, data=told, timeout=60
        )
        assert answer.ok, answer.text
        return answer.json()["id"]

    return host


class Teller:
    """Plays cases against the API below `base`, and holds its answers to them.

    `keys` gives headers by name; `make` hosts an image of these fields and gives its id; `media` is
    the usual media object, and `shapes` more such objects by name, in which null is a value; `known`
    is what `{name}` stands for beside images.
    """

    def __init__(
        self,
        base: str,
        keys: Callable[[str], Mapping[str, str]],
        make: Callable[[Mapping[str, Any]], str],
        media: Mapping[str, Any],
        links: Mapping[str, str],
        known: Mapping[str, str],
        shapes: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._base, self._keys, self._make, self._media = base, keys, make, media
        patterns = {f"~{name}": pattern for name, pattern in links.items()}
        self._kinds = {"~id": MEDIA_ID.pattern, "~text": "(?s).+", "~int": "[0-9]+"} | patterns
        self._known = dict(known)
        self._shapes = {f"${name}": shape for name, shape in (shapes or {}).items()}

    def play(self, case: Mapping[str, Any]) -> None:
        """Make what the case wants to be there, ask, and compare; `{salt}` is new each time."""
        known = self._known | {"salt": secrets.token_hex(4)}
        for name, fields in case.get("make", {}).items():
            known[name] = self._make(_filled(fields, known))
        for step in (case, *case.get("then", ())):
            self._step(step, known)

    def _step(self, step: Mapping[str, Any], known: Mapping[str, str]) -> None:
        method, _, path = _filled(step["request"], known).partition(" ")
        headers = dict(self._keys(step.get("as", "ours"))) | step.get("headers", {})
        options: dict[str, Any] = {}
        if step.keys() & {"form", "file", "files"}:
            options["files"] = _parts(step)
        elif "json" in step:
            options["json"] = _filled(step["json"], known)
        elif "body" in step:
            options["data"] = step["body"].encode()
        answer = requests.request(
            method,
            f"{self._base}{path}",
            headers=headers,
            timeout=60,
            allow_redirects=False,
            **options,
        )
        assert answer.status_code == step["status"], answer.text
        for name, value in step.get("told", {}).items():
            self._compare(_filled(value, known), answer.headers.get(name), name)
        if "answer" in step:
            assert answer.headers["Content-Type"].partition(";")[0] == "application/json"
            self._compare(_filled(step["answer"], known), answer.json(), "answer")
            for name, path in step.get("keep", {}).items():
                known[name] = str(reduce(getitem, path.split("."), answer.json()))
        else:
            assert answer.content == b""

    def _compare(self, expected: Any, found: Any, where: str) -> None:
        if isinstance(expected, dict) and "$media" in expected:
            changed = {**self._media, **expected["$media"]}
            expected = {name: value for name, value in changed.items() if value is not None}
        for name, shape in self._shapes.items():
            if isinstance(expected, dict) and name in expected:
                expected = {**shape, **expected[name]}
        if isinstance(expected, str) and expected in self._kinds:
            assert isinstance(found, int) == (expected == "~int"), (where, found)
            assert re.fullmatch(self._kinds[expected], str(found)), (where, found)
        elif isinstance(expected, dict) and "times" not in expected:
            assert isinstance(found, dict), (where, found)
            assert list(found) == list(expected) or set(found) == set(expected), (where, found)
            for name, value in expected.items():
                self._compare(value, found[name], f"{where}.{name}")
        elif isinstance(expected, list):
            assert isinstance(found, list), (where, found)
            assert len(found) == len(expected), (where, found)
            for number, value in enumerate(expected):
                self._compare(value, found[number], f"{where}.{number}")
        else:
            assert found == value_of(expected), (where, found)
            assert type(found) is type(value_of(expected)), (where, found)


def _parts(step: Mapping[str, Any]) -> list[Any]:
    """A form's parts as requests takes them."""
    file = step.get("file", None if "files" in step else "photo.jpg")
    names = file if isinstance(file, list) else [file] * (file is not None)
    parts = [(name, (None, value_of(value))) for name, value in step.get("form", ())]
    for field, name in [*step.get("files", ()), *(("file", one) for one in names)]:
        parts.append((field, (name, FILES[name])))
    # requests sends a form of parts only if it has a file: one without a name will do.
    return parts or [("", (None, ""))]


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """The value with the names in braces replaced, and with what is said of long ones."""
    value = value_of(value)
    if isinstance(value, str):
        return re.sub(r"\{([\w ]+)\}", lambda found: known.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {name: _filled(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, known) for one in value]
    return value
