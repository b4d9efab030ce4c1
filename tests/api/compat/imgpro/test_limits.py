"""Rates, sizes and quotas of img.pro's API 1.0, at, below and above each."""

from __future__ import annotations

import time

import pictures
import pytest
import requests
from servers import running

LIMITS = """
[plans.anonymous]
label = "Anonymous"
retention_days = 30
max_file = 1000
max_svg = 1000
price = "Free"

[plans.free]
label = "Free"
uploads_month = 3
storage = 60000
max_file = 1000
max_svg = 1000
requests_minute = 1
price = "Free"

[plans.unlimited]
label = "Unlimited"
max_file = 1000
max_svg = 1000
price = "Free"

[dialects.imgpro.standard]
plans = ["*"]
max_file = 30000
requests = "{}"
"""
pytestmark = pytest.mark.any_backing

PREFIX = "/compat/img.pro/1.0"
PHOTO = pictures.jpeg()


@pytest.fixture(scope="module")
def limited(backing, tmp_path_factory):
    """Opens servers with that rate of requests."""
    opened = []

    def open_server(rate):
        folder = tmp_path_factory.mktemp("limited")
        (folder / "plans.toml").write_text(LIMITS.format(rate))
        server = running(
            folder / "data", PLANS_FILE=folder / "plans.toml", IMPORT_ALLOW="127.0.0.1/32"
        )
        opened.append(server)
        return server.__enter__()

    yield open_server
    for server in opened:
        server.__exit__(None, None, None)


@pytest.fixture(scope="module")
def narrow(limited):
    return limited("1000000/minute")


def ask(server, method, path, headers=None, **options):
    return requests.request(
        method, f"{server.url}{PREFIX}{path}", headers=headers, timeout=60, **options
    )


def upload(server, headers, data, name="photo.jpg", **fields):
    return ask(server, "POST", "/v1/upload", headers, files={"file": (name, data)}, data=fields)


def padded(size: int) -> bytes:
    """A photo of that many bytes; what stands after its end is not kept."""
    return PHOTO + bytes(size - len(PHOTO))


def test_the_documents_rate_is_told(server):
    answer = ask(server, "GET", "/")
    assert answer.headers["X-RateLimit-Limit"] == "100"
    assert 0 <= int(answer.headers["X-RateLimit-Remaining"]) < 100
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 61
    assert "X-RateLimit-Limit-Daily" not in answer.headers


def test_every_request_of_a_token_is_counted_and_told(limited):
    server = limited("6/minute;8/hour")
    ours = server.new_key("ours@example.org")
    asked = [
        ("GET", "/v1/media", 200),
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/media", 405),
        ("PATCH", "/v1/media", 400),
        ("DELETE", "/v1/media/abc", 404),
        ("HEAD", "/", 200),
        ("GET", "/v1/media", 429),
        ("GET", "/v1/media", 429),
        ("GET", "/v1/nothing", 404),
    ]
    for number, (method, path, status) in enumerate(asked, 1):
        answer = ask(server, method, path, ours)
        assert answer.status_code == status
        told = {name: int(answer.headers[f"X-RateLimit-{name}"]) for name in TOLD}
        assert told["Limit"] == 6
        assert told["Remaining"] == max(0, 6 - number)
        assert -1 < told["Reset"] - time.time() <= 61
    refused = ask(server, "GET", "/v1/media", ours)
    assert refused.json() == {"error": refused.json()["error"], "code": "rate_limited"}
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    # Whoever has no token is counted by their address, a wrong token's bearer too.
    for number in range(7):
        headers = {"Authorization": "Bearer wrong"} if number % 2 else {}
        answer = ask(server, "GET", "/v1/media", headers)
        assert answer.status_code == 401, "who is nobody is told so first"
        assert answer.headers["X-RateLimit-Remaining"] == str(max(0, 5 - number))
    assert ask(server, "GET", "/").status_code == 429
    # Another token of the same address has its own count, and the newer API another.
    theirs = server.new_key("theirs@example.org")
    assert ask(server, "GET", "/v1/media", theirs).status_code == 200
    assert server.get("/v1/usage", headers=ours).status_code == 200


TOLD = ("Limit", "Remaining", "Reset")


def test_the_longer_window_refuses_too(limited):
    server = limited("5/second;6/hour")
    ours = server.new_key("ours@example.org")
    statuses = []
    while len(statuses) < 7:
        answer = ask(server, "GET", "/v1/media", ours)
        statuses.append(answer.status_code)
        if answer.status_code == 429 and len(statuses) < 7:
            statuses.pop()  # the shorter window's; it is over in a second
            assert answer.headers["Retry-After"] == "1"
            time.sleep(0.3)
        if len(statuses) == 6:
            time.sleep(1.1)
    assert statuses == [200] * 6 + [429]
    assert int(answer.headers["Retry-After"]) > 60
    assert answer.headers["X-RateLimit-Limit"] == "5", "the shorter window is the one that is told"


@pytest.mark.parametrize(("size", "status"), [(29_999, 201), (30_000, 201), (30_001, 413)])
def test_size_of_a_file(narrow, size, status):
    """The dialect's, not the plan's."""
    answer = upload(narrow, narrow.auth, padded(size))
    assert answer.status_code == status, answer.text
    if status == 413:
        told = answer.json()
        assert told == {"error": told["error"], "code": "file_too_large"}
        assert "30,000" in told["error"]


def test_a_file_over_the_limit_is_told_before_wrong_fields(narrow):
    answer = upload(narrow, narrow.auth, padded(40_000), ttl="1")
    assert answer.status_code == 413


def test_size_of_an_imported_file(narrow, source):
    answer = ask(narrow, "POST", "/v1/import", narrow.auth, json={"url": f"{source}/large.png"})
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


def test_size_of_an_svg(narrow):
    fits, large = (pictures.SVG + b" " * (size - len(pictures.SVG)) for size in (1_000, 1_001))
    assert upload(narrow, narrow.auth, fits, "a.svg").status_code == 201
    refused = upload(narrow, narrow.auth, large, "a.svg")
    assert (refused.status_code, refused.json()["code"]) == (413, "file_too_large")


@pytest.mark.parametrize(("size", "status"), [(1 << 20, 200), ((1 << 20) + 1, 400)])
def test_size_of_a_json_body(narrow, size, status):
    one = upload(narrow, narrow.auth, PHOTO).json()["id"]
    body = b'{"description": "x"}'
    answer = ask(narrow, "PATCH", f"/v1/media/{one}", narrow.auth, data=body.rjust(size))
    assert answer.status_code == status
    if status == 400:
        assert answer.json() == {
            "error": "Validation failed",
            "errors": {"body": ["The body may have 1,048,576 bytes at most"]},
        }


def test_the_plans_limit_of_abuse_is_not_the_dialects(narrow):
    headers = narrow.new_key("busy@example.org")  # one request a minute, says the plan
    for _ in range(3):
        assert ask(narrow, "GET", "/v1/media", headers).status_code == 200


def test_uploads_of_the_month_are_used_up(narrow, source):
    headers = narrow.new_key("month@example.org")
    for _ in range(3):
        assert upload(narrow, headers, pictures.jpeg(16, 16)).status_code == 201
    for answer in (
        upload(narrow, headers, pictures.jpeg(16, 16)),
        upload(narrow, headers, b"no picture", ttl="1"),
        upload(narrow, headers, padded(40_000)),
        ask(narrow, "POST", "/v1/import", headers, json={"url": f"{source}/photo.jpg"}),
        ask(narrow, "POST", "/v1/import", headers, data="{"),
    ):
        told = answer.json()
        assert (answer.status_code, told) == (403, {**told, "code": "quota_exceeded"})
        assert set(told) == {"error", "code"}
    assert ask(narrow, "GET", "/v1/media", headers).json()["has_more"] is False


def test_storage_is_used_up(narrow):
    headers = narrow.new_key("storage@example.org")
    large = pictures.grains(99)  # 29 KB each, of 60
    assert upload(narrow, headers, large, "a.png").status_code == 201
    assert upload(narrow, headers, large, "b.png").status_code == 201
    refused = upload(narrow, headers, large, "c.png")
    assert (refused.status_code, refused.json()["code"]) == (403, "quota_exceeded")


def test_a_ban_is_told(narrow):
    headers = narrow.new_key("banned@example.org")
    narrow.cli("users", "ban", "banned@example.org")
    answer = ask(narrow, "GET", "/v1/media", headers)
    told = answer.json()
    assert (answer.status_code, told) == (403, {**told, "code": "forbidden"})
    assert "banned" in told["error"]
