"""The start page, and its form as browsers without JavaScript send it."""

from __future__ import annotations

import re

import pictures
import pytest
import requests
from markup import Page

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def drop(server, data=None, name="photo.jpg", headers=HTML, **fields):
    files = {} if data is None else {"file": (name, data)}
    return requests.post(f"{server.url}/", files=files, data=fields, headers=headers, timeout=90)


def test_it_says_what_this_is_and_has_a_form_that_works_without_scripts(server):
    answer = server.get("/")
    page = Page(answer.text)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Drop a picture, get a link" in page.title
    form = page.one("form")
    assert (form["method"], form["action"], form["enctype"]) == (
        "post",
        "/",
        "multipart/form-data",
    )
    assert page.one("input", type="file")["name"] == "file"
    assert f"curl -F file=@photo.jpg {server.url}/v1/upload" in page.text
    assert "up to 20 MB (SVG: 10 MB)" in page.text


def test_every_field_has_a_label(server):
    page = Page(server.get("/").text)
    labelled = {label["for"] for label in page.all("label")}
    for tag in ("input", "select"):
        for field in page.all(tag):
            assert field.get("id") in labelled or field.get("aria-label"), field


def test_only_lives_within_the_plan_are_offered(server):
    page = Page(server.get("/").text)
    assert [option["value"] for option in page.all("option")] == ["1h", "1d", "7d", ""]


def test_a_form_without_scripts_gives_link_and_delete_token(server):
    photo = pictures.jpeg()
    answer = drop(server, photo, "Pier.jpg", caption="At the pier", ttl="")
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    link = page.one("input", aria_label="Link")["value"]
    src = page.one("input", aria_label="Direct link")["value"]
    token = page.one("input", aria_label="Delete token")["value"]
    assert link.startswith(server.url)
    assert requests.get(src, timeout=30).content == photo
    assert "At the pier" in requests.get(link, headers=HTML, timeout=30).text
    deleted = requests.delete(
        f"{server.url}/v1/media/{link[-10:]}", headers={"X-Delete-Token": token}, timeout=30
    )
    assert deleted.status_code == 204


def test_the_result_can_be_taken_back_by_its_own_button(server):
    page = Page(drop(server, pictures.png(), "x.png", caption="").text)
    button = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
    assert page.one("form")["action"] == "/delete"
    answer = requests.post(f"{server.url}/delete", data=button, headers=HTML, timeout=30)
    assert answer.status_code == 200
    assert Page(answer.text).title.startswith("Deleted")
    assert server.get(f"/{button['link']}", headers=HTML).status_code == 410


def test_the_chosen_life_holds(server):
    page = Page(drop(server, pictures.jpeg(), ttl="1h").text)
    media_id = page.one("input", name="link")["value"]
    media = server.get(f"/v1/media/{media_id}").json()
    assert media["expires_at"] - media["created_at"] == 3_600


def test_an_api_key_on_the_page_counts_for_nothing(server):
    """Pages ignore Authorization: neither a team's image comes of it, nor a refusal."""
    for headers in (server.auth, {"Authorization": "Bearer wrong"}):
        answer = drop(server, pictures.jpeg(), headers=HTML | headers)
        assert answer.status_code == 201
        assert Page(answer.text).one("input", aria_label="Delete token")["value"]


@pytest.mark.parametrize(
    ("data", "fields", "sentence"),
    [
        (b"no picture at all", {}, "not an image"),
        (b"", {}, "file"),
        (None, {"caption": "alone"}, "in a field named file"),
        (pictures.jpeg(), {"ttl": "1s"}, "ttl must be seconds"),
        (pictures.jpeg(), {"caption": "x" * 2_001}, "at most 2,000 characters"),
        (pictures.jpeg(), {"external_id": "mine"}, "This needs an API key"),
    ],
    ids=["no picture", "empty", "no file", "ttl", "caption", "external id"],
)
def test_the_rules_are_the_apis_told_as_a_page(server, data, fields, sentence):
    answer = drop(server, data, **fields)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert sentence in page.text.replace("`", "")
    assert page.meta("og:title") is None
    api = server.try_upload(data or b"", **fields)
    assert api.status_code == 422


def test_a_file_over_the_plans_limit_is_refused(narrow):
    answer = drop(narrow, pictures.jpeg() + b"\0" * 40_000)
    assert answer.status_code == 422
    assert "at most" in Page(answer.text).text


async def test_the_rate_is_the_apis_and_the_page_says_how_long_to_wait(local):
    async with local(anonymous_rate="1/hour") as server:
        status, _, _ = await server.upload(pictures.jpeg())
        assert status == 201
        status, headers, body = await server.upload_to_page(pictures.jpeg(seed=2))
        assert status == 429
        assert int(headers["Retry-After"]) > 0
        assert re.search(r"Try again in \d+ (minutes|seconds|hour)", Page(body.decode()).text)


async def test_without_anonymous_uploads_there_is_no_form(local):
    async with local(allow_anonymous=False) as server:
        _, _, body = await server.call("GET", "/")
        page = Page(body.decode())
        assert page.all("form") == []
        assert page.all("script") == []
        assert "with an API key alone" in page.text
        assert "Authorization: Bearer TOKEN" in page.text
        status, _, body = await server.upload_to_page(pictures.jpeg())
        assert status == 401
        assert "with an API key alone" in Page(body.decode()).text


async def test_a_plan_without_an_end_offers_to_keep_until_deleted(local, tmp_path, plans_file):
    file = tmp_path / "plans.toml"
    file.write_text(plans_file.read_text().replace("retention_days = 30", "", 1))
    async with local(plans_file=file) as server:
        _, _, body = await server.call("GET", "/")
        page = Page(body.decode())
        assert [option["value"] for option in page.all("option")] == [
            *("1h", "1d", "7d", "30d", "90d"),
            "",
        ]
        assert "until it is deleted" in page.text
        _, _, body = await server.upload_to_page(pictures.jpeg(), ttl="")
        media_id = Page(body.decode()).one("input", name="link")["value"]
        _, _, media = await server.call("GET", f"/v1/media/{media_id}")
        assert "expires_at" not in media
