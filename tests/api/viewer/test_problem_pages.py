"""Failures, as people see them."""

from __future__ import annotations

import pictures
import pytest
import requests
from markup import Page

from core.ports import BlobStore

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_an_unknown_id_is_a_friendly_404(server):
    answer = server.get("/2222222222", headers=HTML)
    page = Page(answer.text)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert "Nothing here" in page.title
    assert page.one("a", class_="button")["href"] == "/"


def test_a_deleted_picture_is_410_without_any_preview(server):
    made = server.upload(pictures.jpeg(), caption="What it was")
    requests.delete(
        f"{server.url}/v1/media/{made['id']}",
        headers={"X-Delete-Token": made["delete_token"]},
        timeout=30,
    )
    answer = server.get(f"/{made['id']}", headers=HTML)
    page = Page(answer.text)
    assert answer.status_code == 410
    assert "ask who shared it" in page.text
    assert "What it was" not in answer.text
    names = [meta.get("property") or meta.get("name") or "" for meta in page.all("meta")]
    assert not [name for name in names if name.startswith(("og:", "twitter:", "description"))]


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/2222222222", "text/html", "text/html"),
        ("/no/such/page", "text/html;q=0.9,*/*", "text/html"),
        ("/2222222222.png", "text/html", "application/json"),
        ("/2222222222", "application/json", "application/json"),
        ("/2222222222", "*/*", "application/json"),
        ("/v1/media/2222222222", "text/html", "application/json"),
        ("/static/none.css", "text/html", "application/json"),
    ],
)
def test_who_asks_decides_whether_it_is_a_page(server, path, accept, kind):
    answer = server.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith(kind)


def test_a_wrong_method_is_told_with_those_that_work(server):
    answer = requests.put(f"{server.url}/pricing", headers=HTML, timeout=30)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Content-Type"].startswith("text/html")


class _Fails(BlobStore):
    """A store whose bytes are out of reach, or that has a bug."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def put(self, blob_id, source):
        raise self._error

    async def check(self):
        return None


async def test_storage_out_of_reach_says_when_to_try_again(local):
    from core.errors import Unavailable

    async with local({"blobs": _Fails(Unavailable(seconds=45))}) as server:
        status, headers, body = await server.upload_to_page(pictures.jpeg())
        page = Page(body.decode())
        assert (status, headers["Retry-After"]) == (503, "45")
        assert "Try again in 45 seconds." in page.text


async def test_a_fault_of_ours_shows_its_id_and_no_more(local):
    async with local({"blobs": _Fails(ZeroDivisionError("inner secret"))}) as server:
        status, headers, body = await server.upload_to_page(pictures.jpeg())
        page = Page(body.decode())
        assert status == 500
        assert headers["X-Request-Id"] in page.text
        assert "inner secret" not in page.text
        assert "Our fault" in page.title


def test_a_wrong_parameter_of_the_bytes_is_told_to_people_too(server):
    made = server.upload(pictures.jpeg())
    answer = server.get(
        f"/{made['id']}?metadata=%3Cscript%3E", headers=HTML | {"Sec-Fetch-Dest": "image"}
    )
    assert answer.status_code == 422
    assert "<script>" not in answer.text
