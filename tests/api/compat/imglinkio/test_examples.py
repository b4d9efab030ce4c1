"""The document's own examples, as they stand but for base address, key and ids."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import example_programs
import pictures
import pytest
import requests
from example_programs import shell

pytestmark = pytest.mark.any_backing

EXAMPLES = Path(__file__).parent / "examples"
PHOTO = pictures.jpeg(48, 32)
FILES = {
    "my-photo.jpg": PHOTO,
    "image1.jpg": PHOTO,
    "image2.png": pictures.png(),
    "image3.gif": pictures.gif(),
}
ANSWER = json.loads((EXAMPLES / "upload.json").read_text("utf-8"))
BROWSERS = pytest.mark.parametrize("run", [example_programs.node, example_programs.browser])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the examples find their files."""
    found = tmp_path_factory.mktemp("examples")
    for name, data in FILES.items():
        (found / name).write_bytes(data)
    return found


@pytest.fixture(scope="module")
def key(compat):
    return compat.new_key("examples@example.org", "--plan", "pro")


@pytest.fixture
def code(base, key):
    """An example's text, for this server."""

    def read(name):
        token = key["Authorization"].removeprefix("Bearer ")
        text = (EXAMPLES / name).read_text("utf-8").replace("https://imglink.io", base)
        return text.replace("YOUR_API_KEY", token).replace("your-api-key", token)

    return read


@pytest.fixture
def image(base, key):
    """What stands for the image of the document."""
    answer = requests.post(
        f"{base}/api/v1/upload", headers=key, files={"file": ("a.jpg", PHOTO)}, timeout=60
    )
    return answer.json()["data"]


def shape(answer):
    """Names in their order, and types."""
    if isinstance(answer, dict):
        return [(name, shape(value)) for name, value in answer.items()]
    return type(answer)


def leads_to_the_photo(printed):
    said, _, link = printed.strip().rpartition(" ")
    assert said == "Image uploaded:"
    assert requests.get(link, timeout=30).content == PHOTO


def test_a_key_alone_uploads_nothing(code, folder):
    (told,) = shell(code("key.sh"), folder)
    assert told == {
        "success": False,
        "error": {"code": "NO_FILE", "message": told["error"]["message"]},
    }


@BROWSERS
def test_upload(code, folder, compat, key, run):
    said, _, told = run(code("upload.js"), folder, "my-photo.jpg").partition(": ")
    assert said == "Upload successful"
    made = json.loads(told)
    assert shape(made) == shape(ANSWER)
    (album,) = compat.get("/v1/albums", headers=key).json()["data"]
    assert album["title"] == "my-project"
    inside = compat.get(f"/v1/media?album={album['id']}", headers=key).json()["data"]
    assert inside[0]["id"] == made["data"]["id"]


def test_bulk(code, folder):
    made = ast.literal_eval(example_programs.python(code("bulk.python"), folder))
    assert made["success"] is True
    assert list(made) == ["success", "data"]
    assert [shape(one) for one in made["data"]] == [shape(ANSWER["data"])] * 3
    found = [(one["filename"], one["format"], one["size"]) for one in made["data"]]
    kinds = ("JPEG", "PNG", "GIF")
    sizes = [len(FILES[name]) for name, _, _ in found]
    assert found == list(zip(("image1.jpg", "image2.png", "image3.gif"), kinds, sizes, strict=True))


def test_get(code, folder, image):
    (told,) = shell(code("get.sh").replace("abc123", image["id"]), folder)
    assert told == {"success": True, "data": image}


def test_delete(code, folder, image):
    command = code("delete.sh").replace("abc123", image["id"])
    (told,) = shell(command, folder)
    assert told == {"success": True, "data": {"id": image["id"]}, "message": "Image deleted"}
    (again,) = shell(command, folder)
    assert again["error"]["code"] == "NOT_FOUND"
    assert requests.get(image["links"]["direct"], timeout=30).status_code == 410


@BROWSERS
def test_javascript_client(code, folder, run):
    called = code("client.js") + "await uploadImage(fileInput.files[0]);"
    leads_to_the_photo(run(called, folder, "my-photo.jpg"))


def test_python_client(code, folder):
    leads_to_the_photo(example_programs.python(code("client.python"), folder))


def test_python_client_tells_failures(code, folder):
    (folder / "notes.txt").write_text("no picture")
    told = code("client.python").replace("my-photo.jpg", "notes.txt")
    printed = example_programs.python(
        f"try:\n    exec({told!r})\nexcept Exception as e: print(e)", folder
    )
    assert printed.startswith("Upload failed: ")


def test_php_client(code, folder):
    leads_to_the_photo(example_programs.php(code("client.php"), folder))
