r"""ShareX as its documentation of custom uploaders has it: reads a `.sxcu`, uploads, reads the answer.

Texts are read as its parser does: `{name:value|value}` calls a function, `\\` takes the meaning away
from what follows, and outside of functions `|` and `}` end the text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import requests

FIELDS = {
    *("Version", "Name", "DestinationType", "RequestMethod", "RequestURL", "Parameters", "Headers"),
    *("Body", "Arguments", "FileFormName", "Data", "URL", "ThumbnailURL", "DeletionURL"),
    "ErrorMessage",
}
KINDS = {"ImageUploader", "TextUploader", "FileUploader", "URLShortener", "URLSharingService"}


@dataclass
class Uploaded:
    """What ShareX shows of an upload; of one that failed `error` alone."""

    url: str = ""
    thumbnail: str = ""
    deletion: str = ""
    error: str = ""


class ShareX:
    """With one uploader opened, which must be as the documentation has them."""

    def __init__(self, text: str) -> None:
        self.uploader = json.loads(text)
        assert self.uploader.keys() <= FIELDS
        assert re.fullmatch(r"(1[4-9]|[2-9]\d)\.\d+\.\d+", self.uploader["Version"])
        assert set(self.uploader["DestinationType"].split(", ")) <= KINDS
        assert self.uploader["RequestMethod"] in {"GET", "POST", "PUT", "PATCH", "DELETE"}
        assert self.uploader["Body"] == "MultipartFormData"

    @property
    def headers(self) -> dict[str, str]:
        """As they are sent."""
        return {name: read(text, {}) for name, text in self.uploader.get("Headers", {}).items()}

    def upload(self, data: bytes, name: str) -> Uploaded:
        arguments = self.uploader.get("Arguments", {})
        answer = requests.request(
            self.uploader["RequestMethod"],
            read(self.uploader["RequestURL"], {}),
            params={name: read(text, {}) for name, text in self.uploader.get("Parameters", {})},
            headers=self.headers,
            data={name: read(text, {}) for name, text in arguments.items()},
            files={self.uploader["FileFormName"]: (name, data)},
            timeout=60,
        )
        found = answer.json()
        if not answer.ok:
            return Uploaded(error=read(self.uploader["ErrorMessage"], found))
        names = ("URL", "ThumbnailURL", "DeletionURL")
        return Uploaded(*(read(self.uploader[name], found) for name in names))


def read(text: str, answer: object) -> str:
    """A text with its functions called."""
    return _read(text, 0, answer)[0]


def _read(text: str, place: int, answer: object) -> tuple[str, int]:
    said = ""
    while place < len(text):
        char = text[place]
        if char in "|}":
            break
        if char == "{":
            found, place = _call(text, place + 1, answer)
            said += found
        else:
            place += char == "\\"
            said += text[place]
        place += 1
    return said, place


def _call(text: str, place: int, answer: object) -> tuple[str, int]:
    """What a function gives, and the place of its `}`."""
    name = re.compile(r"\w+").match(text, place)
    assert name, text
    assert name[0] == "json", "no other is needed here"
    place, values = name.end(), []
    while text[place] in ":|":
        value, place = _read(text, place + 1, answer)
        values.append(value)
    assert text[place] == "}"
    (path,) = values
    for step in path.split("."):
        answer = answer[step]
    return str(answer), place
