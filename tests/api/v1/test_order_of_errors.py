"""Which of several failures is told: 404 route, 405, 401, 403, 429, 409, 403 quota, 422, 5xx."""

from __future__ import annotations

import pictures
import pytest
import requests

BAD = {"tags": "x", "ttl": "1"}


@pytest.fixture(scope="module")
def full(narrow):
    """A key whose month's uploads are used up, and the id of its image `mine`."""
    headers = narrow.new_key("full@example.org", "--plan", "free")
    made = narrow.upload(pictures.jpeg(16, 16), headers=headers, external_id="mine")
    for _ in range(2):
        narrow.upload(pictures.jpeg(16, 16), headers=headers)
    return headers, made["id"]


def post(server, path, headers, **options):
    return requests.post(f"{server.url}{path}", headers=headers, timeout=30, **options)


def test_an_unknown_route_is_told_before_a_wrong_key(server):
    answer = post(server, "/v1/nope", {"Authorization": "Bearer wrong"})
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_a_wrong_method_is_told_before_a_wrong_key(server):
    answer = post(server, "/v1/usage", {"Authorization": "Bearer wrong"})
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/v1/upload", "/v1/import"])
def test_a_wrong_key_is_told_before_a_bad_body(server, path):
    answer = post(server, path, {"Authorization": "Bearer wrong"}, data=b"junk")
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


@pytest.mark.parametrize("path", ["/v1/upload", "/v1/import"])
def test_a_missing_ability_is_told_before_a_bad_body(server, teams, path):
    answer = post(server, path, teams.reader, data=b"junk")
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


def test_a_ban_is_told_before_a_missing_ability(server):
    headers = server.new_key("banned-first@example.org", "--abilities", "read")
    server.cli("users", "ban", "banned-first@example.org")
    answer = post(server, "/v1/upload", headers)
    assert answer.status_code == 403
    assert "banned" in answer.json()["message"]


def test_a_duplicate_external_id_is_told_before_a_full_quota(narrow, full):
    headers, media_id = full
    answer = narrow.try_upload(pictures.jpeg(), headers=headers, external_id="mine", **BAD)
    assert answer.status_code == 409
    assert answer.json()["id"] == media_id
    body = {"url": "http://127.0.0.1:9/", "external_id": "mine", **BAD}
    answer = post(narrow, "/v1/import", headers, json=body)
    assert answer.status_code == 409
    assert answer.json()["id"] == media_id


def test_a_full_quota_is_told_before_bad_fields(narrow, full):
    headers, _ = full
    for answer in (
        narrow.try_upload(b"no picture", headers=headers, **BAD),
        post(narrow, "/v1/upload", headers, data=b"no form"),
        post(narrow, "/v1/import", headers, json={"url": 5, **BAD}),
        post(narrow, "/v1/import", headers, data=b"{no json"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (403, "quota_exceeded")


def test_bad_fields_are_told_before_a_bad_file(server, teams):
    answer = server.try_upload(b"no picture", headers=teams.ours, **BAD)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(BAD)


def test_a_bad_file_is_told_before_storage_that_has_no_room(narrow):
    headers = narrow.new_key("room@example.org", "--plan", "free")
    big = pictures.png(90, 90, seed=5)
    assert 40_000 / 3 < len(big) <= 20_000
    for _ in range(2):
        narrow.upload(big, headers=headers)
    broken = narrow.try_upload(big[:-3000], headers=headers)
    assert broken.status_code == 422
    whole = narrow.try_upload(big, headers=headers)
    assert (whole.status_code, whole.json()["error"]) == (403, "quota_exceeded")
    assert narrow.upload(pictures.jpeg(16, 16), headers=headers)  # a small one still fits


def test_a_used_up_rate_is_told_before_anything_in_the_body(tmp_path):
    from servers import running

    with running(tmp_path / "data", ANONYMOUS_RATE="1/hour") as server:
        assert server.try_upload(b"no picture").status_code == 422
        answer = post(server, "/v1/import", {}, data=b"{")
        assert (answer.status_code, answer.json()["error"]) == (429, "rate_limited")
