"""The document's own examples, as they stand but for base address, key, ids and file names."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pictures
import pytest
import requests
from example_programs import printed_by, shell
from node_tools import require
from servers import ROOT

pytestmark = pytest.mark.any_backing

EXAMPLES = Path(__file__).parent / "examples"
BODIES, ANSWERS = (
    json.loads((EXAMPLES / f"{name}.json").read_text("utf-8")) for name in ("bodies", "answers")
)
PHOTO = pictures.png(48, 32)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the examples find their files."""
    found = tmp_path_factory.mktemp("examples")
    for name in ("image.png", "screenshot.png"):
        (found / name).write_bytes(PHOTO)
    return found


@pytest.fixture(scope="module")
def key(keys):
    return keys("ours")["X-API-Key"]


@pytest.fixture
def media(make):
    return make({"file": "photo.png"})


@pytest.fixture
def example(base, key, media):
    """The text of an example, with our base address, key and image."""

    def read(name):
        text = (EXAMPLES / name).read_text("utf-8").replace("https://imglink.cc", base)
        return text.replace("YOUR_API_KEY", key).replace("aBcDeFgHiJ", media)

    return read


def like(found, documented):
    """Whether an answer has exactly the fields of the documented one, in its types."""
    assert type(found) is type(documented), found
    if isinstance(documented, dict):
        assert list(found) == list(documented)
        for name, value in documented.items():
            like(found[name], value)
    elif isinstance(documented, list) and documented:
        for one in found:
            like(one, documented[0])
    elif isinstance(documented, str):
        for pattern in (TIME, re.compile("https?://.*")):
            assert bool(pattern.fullmatch(found)) == bool(pattern.fullmatch(documented)), found
    return found


def is_there(url, viewer):
    assert requests.get(url, timeout=30).content == PHOTO
    page = requests.get(viewer, headers={"Accept": "text/html"}, timeout=30)
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (200, "text/html")


@pytest.mark.parametrize("name", ["authentication.sh", "upload.sh"])
def test_upload_by_curl(example, folder, name):
    (made,) = shell(example(name), folder)
    like(made, ANSWERS["single"])
    assert (made["width"], made["height"], made["size"], made["mime"]) == (
        *(48, 32, len(PHOTO)),
        "image/png",
    )
    is_there(made["url"], made["viewer"])
    thumbnail = requests.get(made["thumbnail"], timeout=30)
    assert thumbnail.headers["Content-Type"] == "image/webp"


def test_upload_by_python(example, folder):
    printed = printed_by([sys.executable, "-c", example("upload.python")], folder)
    is_there(*printed.split())


def test_upload_by_node(example, folder):
    """With the libraries that it was written for: it names none of them."""
    node, environment = require()
    given = (
        "const fs = require('fs'), FormData = require('form-data'), fetch = require('node-fetch');"
    )
    (folder / "upload.cjs").write_text(f"{given}\n(async () => {{\n{example('upload.js')}}})();\n")
    is_there(*printed_by([node, "upload.cjs"], folder, environment).split())


def test_get_and_delete_by_curl(example, folder, media):
    (shown,) = shell(example("get.sh"), folder)
    assert like(shown, ANSWERS["image"])["data"]["id"] == media
    (deleted,) = shell(example("delete.sh"), folder)
    assert deleted == ANSWERS["deleted"]
    (gone,) = shell(example("get.sh"), folder)
    like(gone, ANSWERS["failure"])


def test_several_files_and_the_gallery(base, keys):
    files = [("file", ("a.png", PHOTO)), ("file", ("b.png", PHOTO))]
    made = requests.post(
        f"{base}/api/upload", headers=keys("member"), files=files, timeout=60
    ).json()
    like(made, ANSWERS["several"])
    shown = requests.get(f"{base}/api/gallery", params={"limit": 40}, timeout=30).json()
    documented = {**ANSWERS["gallery"], "images": [ANSWERS["image"]["data"]]}
    like(shown, documented)
    ids = [one["id"] for one in shown["images"]]
    assert ids[:2] == [one["id"] for one in made["images"]][::-1]


def test_bodies(base, keys, make):
    """The document has these without a client, for whoever has signed in."""
    images = [make({"as": "member"}) for _ in range(3)]

    def send(route, **ours):
        method, _, path = route.partition(" ")
        body = {**BODIES[route], **{name: ours[name] for name in BODIES[route] if name in ours}}
        path = path.replace(":id", str(ours.get("id")))
        answer = requests.request(
            method, base + path, json=body, headers=keys("member"), timeout=30
        )
        assert answer.ok, answer.text
        return answer.json()

    album = send("POST /api/albums")["album"]
    assert {name: album[name] for name in BODIES["POST /api/albums"]} == BODIES["POST /api/albums"]
    assert send("POST /api/albums/:id/images", id=album["id"], imageId=images[0]) == {
        "success": True
    }
    profile = send("POST /api/embeds")["profile"]
    assert profile == {"id": profile["id"], **BODIES["POST /api/embeds"]}
    assert type(profile["id"]) is int
    chosen = {"embed_profile_id": profile["id"]}
    assert send("PATCH /api/images/:id/embed", id=images[0], **chosen) == {"success": True}
    assert titled(base, images[0]) == "Check this out"
    assert send("PATCH /api/images/bulk-embed", image_ids=images, **chosen) == {
        "success": True,
        "updated": 3,
    }
    assert titled(base, images[2]) == "Check this out"
    requests.delete(f"{base}/api/embeds/{profile['id']}", headers=keys("member"), timeout=30)
    assert titled(base, images[2]) == "photo.jpg", "it falls back to the default"


def test_the_guide_s_way_to_an_account(base, folder):
    guide = (ROOT / "docs" / "compat" / "imglink-cc.md").read_text("utf-8")
    (command,) = re.findall(
        r"^    (curl -X POST \S+/api/auth/register .*\n.*)$", guide, re.MULTILINE
    )
    command = command.replace("https://YOUR-SERVER/compat/imglink.cc", base)
    (made,) = shell(command.replace("jane@example.org", "guide@example.org"), folder)
    assert list(made) == ["token", "expires_at"]
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert requests.get(f"{base}/api/albums", headers=headers, timeout=30).json() == {
        "success": True,
        "albums": [],
    }


def titled(base, media):
    """What a chat shows of that image's link."""
    data = requests.get(f"{base}/api/v1/image/{media}", timeout=30).json()["data"]
    page = requests.get(data["viewer"], headers={"Accept": "text/html"}, timeout=30).text
    (title,) = re.findall(r'<meta property="og:title" content="([^"]*)">', page)
    return title
