"""The `.sxcu` files do in ShareX what they should."""

from __future__ import annotations

import pictures
import pytest
import requests
from sharex_client import ShareX, read

PHOTO = pictures.jpeg()
FILES = {"/v1": "pixferry.sxcu", "/compat/imglink.cc": "imglink.cc.sxcu"}
KEYS = [
    ("/v1", lambda key: {"Authorization": f"Bearer {key}"}),
    ("/v1", lambda key: {"Authorization": f"Bearer {key.partition('|')[2]}"}),
    ("/compat/imglink.cc", lambda key: {"X-API-Key": key}),
    ("/compat/imglink.cc", lambda key: {"Authorization": f"Bearer {key}"}),
]


def uploader(server, prefix, headers=None):
    answer = server.get(f"{prefix}/sharex.sxcu", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{FILES[prefix]}"'
    assert answer.headers["Cache-Control"] == "no-store"
    return ShareX(answer.text)


@pytest.mark.parametrize(("prefix", "headers_of"), KEYS)
def test_with_a_key_it_uploads_at_once(server, prefix, headers_of):
    sharex = uploader(server, prefix, headers_of(server.key))
    made = sharex.upload(PHOTO, "screenshot.png")
    assert made.error == ""
    page = requests.get(made.url, headers={"Accept": "text/html"}, timeout=30)
    assert page.headers["Content-Type"].startswith("text/html")
    assert requests.get(made.url, headers={"Accept": "image/*"}, timeout=30).content == PHOTO
    thumbnail = requests.get(made.thumbnail, timeout=30)
    assert pictures.opened(thumbnail.content).size == (64, 48)
    deleted = requests.delete(made.deletion, headers=sharex.headers, timeout=30)
    assert deleted.ok, deleted.text
    assert requests.get(made.url, timeout=30).status_code == 410


@pytest.mark.parametrize(("prefix", "headers_of"), KEYS)
def test_what_is_wrong_is_told(server, prefix, headers_of):
    sharex = uploader(server, prefix, headers_of(server.key))
    assert sharex.upload(b"no picture", "x.png").error == (
        "The file is not an image that we can read."
    )


@pytest.mark.parametrize("prefix", FILES)
def test_without_a_key_there_is_a_place_for_one(server, prefix):
    sharex = uploader(server, prefix)
    ((name, value),) = sharex.uploader["Headers"].items()
    assert value.endswith("YOUR_API_KEY")
    assert "API key" in sharex.upload(PHOTO, "x.png").error
    secret = server.key.partition("|")[2]
    sharex.uploader["Headers"][name] = value.replace("YOUR_API_KEY", secret)
    assert sharex.upload(PHOTO, "x.png").url


@pytest.mark.parametrize(
    ("prefix", "headers"),
    [
        ("/v1", {"Authorization": "Bearer 1|nothing"}),
        ("/compat/imglink.cc", {"X-API-Key": "1|nothing"}),
        ("/compat/imglink.cc", {"Authorization": "Bearer a.b.c"}),
    ],
)
def test_a_wrong_key_is_not_filled_in(server, prefix, headers):
    answer = server.get(f"{prefix}/sharex.sxcu", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{json:a}", "1"),
        ("x/{json:b.c}?y=z", "x/2?y=z"),
        (r"1\|2\{3\}", "1|2{3}"),
        ("1|2", "1"),
    ],
)
def test_texts_are_read_as_sharex_does(text, expected):
    assert read(text, {"a": 1, "b": {"c": 2}}) == expected
