"""The document's own examples, as they stand but for base address, key, ids and file names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import example_programs
import pictures
import pytest
import requests
from example_programs import shell
from servers import ROOT

pytestmark = pytest.mark.any_backing

EXAMPLES = Path(__file__).parent / "examples"
IDS = ("abc123", "def456", "ghi789")
PHOTO = pictures.jpeg(48, 32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the examples find their photo."""
    found = tmp_path_factory.mktemp("examples")
    (found / "photo.jpg").write_bytes(PHOTO)
    return found


@pytest.fixture(scope="module")
def key(compat):
    return compat.new_key("examples@example.org", "--plan", "unlimited")


@pytest.fixture(scope="module")
def token(key):
    return key["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def ids(base, key):
    """Three images that stand for those of the document."""
    return [
        requests.post(
            f"{base}/v1/upload",
            headers=key,
            files={"file": (f"photo{number}.jpg", PHOTO)},
            data={"tags": "vacation,old-tag"},
            timeout=60,
        ).json()["id"]
        for number in (1, 2, 3)
    ]


@pytest.fixture
def run(base, token, folder, source):
    """Runs a file of curl commands; gives the JSON that each printed."""

    def run_file(name, ids=IDS):
        script = (EXAMPLES / name).read_text("utf-8")
        script = script.replace("https://api.img.pro", base).replace("your-token", token)
        script = script.replace("https://example.com/image.jpg", f"{source}/photo.jpg")
        for theirs, ours in zip(IDS, ids, strict=True):
            script = script.replace(theirs, ours)
        return shell(script, folder)

    return run_file


def test_upload(run):
    (made,) = run("upload.sh")
    assert made["name"] == "photo.jpg"
    assert made["description"] == "My awesome photo"
    assert made["tags"] == ["vacation", "beach", "sunset"]
    assert (made["width"], made["height"], made["filesize"]) == (48, 32, len(PHOTO))
    assert requests.get(made["src"], timeout=30).content == PHOTO
    assert requests.get(made["url"], timeout=30).headers["Content-Type"].startswith("text/html")


def test_import(run):
    (made,) = run("import.sh")
    assert made["description"] == "Imported image"
    assert made["tags"] == ["imported", "example"]
    assert made["url"]


def test_list(run, ids):
    first, after, chosen, any_tag, every_tag = run("list.sh", ids)
    assert {one["id"] for one in first["data"]} >= set(ids)
    assert after == {"data": [], "has_more": False}, "it asks for what is older than 2024"
    assert [one["id"] for one in chosen["data"]] == ids[::-1]
    assert {one["id"] for one in any_tag["data"]} >= set(ids)
    assert all({"vacation", "beach"} <= set(one["tags"]) for one in every_tag["data"])


def test_get(run, ids):
    shown, with_key = run("get.sh", ids)
    assert shown["id"] == with_key["id"] == ids[0]


def test_update(run, ids):
    (changed,) = run("update.sh", ids)
    assert changed["description"] == "Updated description"
    assert changed["tags"] == ["updated", "new-tags"]


def test_batch_update(run, ids):
    replaced, added, removed = run("batch_update.sh", ids)
    assert (replaced["updated"], added["updated"], removed["updated"]) == (3, 2, 2)
    assert {tuple(one["tags"]) for one in replaced["media"]} == {("batch", "updated")}
    new = ("batch", "updated", "new-tag", "another-tag")
    assert {tuple(one["tags"]) for one in added["media"]} == {new}
    assert {tuple(one["tags"]) for one in removed["media"]} == {new}


def test_delete(run, ids, base, key):
    assert run("delete.sh", ids) == []
    assert requests.get(f"{base}/v1/media/{ids[0]}", headers=key, timeout=30).status_code == 404


def test_batch_delete(run, ids):
    (told,) = run("batch_delete.sh", [*ids[:2], "ghi789"])
    assert told == {
        "deleted": 2,
        "not_found": 1,
        "ids": {"deleted": ids[:2], "not_found": ["ghi789"]},
    }


def test_the_command_of_our_own_guide(base, token, folder):
    guide = (ROOT / "docs" / "compat" / "imgpro-1.0.md").read_text("utf-8")
    command = guide.partition("```sh\n")[2].partition("```")[0]
    command = command.replace("https://YOUR-SERVER/compat/img.pro/1.0", base)
    (made,) = shell(command.replace("YOUR_TOKEN", token), folder)
    assert made["tags"] == ["vacation", "beach"]


@pytest.fixture(scope="module")
def library(compat):
    """A team with more images than a page has: its token."""
    key = compat.new_key("many@example.org", "--plan", "unlimited")
    tiny = pictures.png(1, 1)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: compat.upload(tiny, f"{n}.png", headers=key), range(100)))
    return key["Authorization"].removeprefix("Bearer ")


def test_a_page_has_50_unless_it_is_said_otherwise(base, library):
    headers = {"Authorization": f"Bearer {library}"}
    page = requests.get(f"{base}/v1/media", headers=headers, timeout=30).json()
    assert (len(page["data"]), page["has_more"]) == (50, True)


def client(name, base) -> str:
    return (EXAMPLES / name).read_text("utf-8").replace("https://api.img.pro", base)


def shows_upload_and_all_pages(printed, compat):
    first, *names = printed.splitlines()
    assert first.startswith(f"Uploaded: {compat.url}/")
    assert names[0] == "photo.jpg"
    assert sorted(name for name in names if name.endswith(".png")) == sorted(
        f"{number}.png" for number in range(100)
    )


def test_python(base, library, folder, compat):
    code = f"api_token = {library!r}\n" + client("client.python", base)
    shows_upload_and_all_pages(example_programs.python(code, folder), compat)


def test_php(base, library, folder, compat):
    code = client("client.php", base).replace("<?php", f"<?php $apiToken = '{library}';", 1)
    shows_upload_and_all_pages(example_programs.php(code, folder), compat)


@pytest.mark.parametrize("run", [example_programs.node, example_programs.browser])
def test_javascript(base, library, folder, compat, run):
    code = f"const apiToken = '{library}';\n" + client("client.js", base)
    shows_upload_and_all_pages(run(code, folder, "photo.jpg"), compat)
