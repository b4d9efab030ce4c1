"""What every failure looks like, and the headers of everything, through real HTTP."""

from __future__ import annotations

import re

import pictures
import pytest
import requests
from wire import raw, request_head

from core.ports import BlobStore

MEDIA = "/v1/media/1111111111"
METHODS = {
    "/v1/upload": {"POST"},
    "/v1/import": {"POST"},
    "/v1/media": {"GET", "HEAD"},
    MEDIA: {"GET", "HEAD", "PATCH", "DELETE"},
    "/v1/media/batch": {"PATCH", "DELETE"},
    "/v1/usage": {"GET", "HEAD"},
    "/v1/keys": {"GET", "HEAD", "POST"},
    "/v1/keys/1": {"DELETE"},
    "/healthz": {"GET", "HEAD"},
    "/readyz": {"GET", "HEAD"},
    "/metrics": {"GET", "HEAD"},
    "/1111111111": {"GET", "HEAD"},
    "/1111111111.jpeg": {"GET", "HEAD"},
}
EXPOSED = {
    *("x-request-id", "retry-after"),
    *("x-monthly-uploads-used", "x-monthly-uploads-limit", "x-monthly-uploads-remaining"),
    *("x-storage-used", "x-storage-limit", "x-storage-remaining"),
    *("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
    *("x-ratelimit-limit-daily", "x-ratelimit-remaining-daily"),
}
UNKNOWN = [
    *("/v1", "/v1/", "/v1/nope", "/v2/upload", "/V1/upload", "/v1/upload/", "/v1/media/"),
    *("/v1/usage/", "/v1/keys/", "/v1/media/1111111111/", "/v1/media/batch/", "//v1/upload"),
    *("/v1/media/1111111111/x", "/healthz/", "/nope/nope", "/1111111111/", "/0OIl0OIl0O.jpg"),
    *("/1111111111.", "/1111111111.jpeg/", "/11111111111.jpeg", "/.env", "/v1%2Fupload", "/%00"),
    *("/1111111111.jp%65g%00", "/..%2f..%2fetc%2fpasswd", "/%ff"),
]


def send(server, method, path, headers=None):
    """Without the tidying that client libraries do to paths."""
    given = {"Connection": "close"} | (headers or {})
    return raw(server.port, request_head(method, path, given))


def is_error(answer, status, code):
    assert answer.status == status, answer
    assert answer.headers["content-type"].startswith("application/json")
    told = answer.json()
    assert set(told) <= {"error", "message", "action", "errors", "id", "request_id"}
    assert told["error"] == code
    assert isinstance(told["message"], str)
    assert told["message"]
    assert answer.headers["x-request-id"]
    return told


@pytest.mark.parametrize("path", UNKNOWN)
def test_unknown_routes_are_404_in_json(server, path):
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        is_error(send(server, method, path), 404, "not_found")


@pytest.mark.parametrize("path", METHODS)
def test_wrong_methods_are_405_and_tell_the_right_ones(server, path):
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - METHODS[path]:
        answer = send(server, method, path)
        allowed = set(answer.headers["allow"].split(", "))
        assert allowed == METHODS[path] | {"OPTIONS"}
        if method != "HEAD":
            is_error(answer, 405, "method_not_allowed")
        else:
            assert answer.status == 405


@pytest.mark.parametrize("path", METHODS)
def test_options_without_origin_tell_the_methods(server, path):
    answer = send(server, "OPTIONS", path)
    assert (answer.status, answer.body) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == METHODS[path] | {"OPTIONS"}
    assert "access-control-allow-methods" not in answer.headers


@pytest.mark.parametrize("path", [path for path in METHODS if path.startswith(("/v1/", "/1"))])
def test_preflights_are_answered(server, path):
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, x-delete-token",
    }
    answer = send(server, "OPTIONS", path, asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert METHODS[path] <= set(answer.headers["access-control-allow-methods"].split(", "))
    allowed = {name.lower() for name in answer.headers["access-control-allow-headers"].split(", ")}
    assert allowed == {
        *("authorization", "content-type", "x-api-key", "x-delete-token", "x-album-password")
    }
    assert int(answer.headers["access-control-max-age"]) > 0
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", [path for path in METHODS if path.startswith("/v1/")])
def test_any_origin_may_read_answers_and_errors_of_v1(server, path):
    for method in ("GET", "POST", "PUT"):
        answer = send(server, method, path, {"Origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].lower().split(", ")
        assert set(exposed) >= EXPOSED


def test_pages_are_not_for_other_origins(server):
    made = server.upload(pictures.jpeg())
    page = server.get(f"/{made['id']}", headers={"Accept": "text/html", "Origin": "https://x.y"})
    assert page.status_code == 200
    assert "Access-Control-Allow-Origin" not in page.headers


def test_head_answers_as_get_without_the_body(server, teams):
    made = server.upload(pictures.jpeg(), headers=teams.ours)
    paths = [
        *("/v1/media?limit=2", "/v1/usage", "/v1/keys", f"/v1/media/{made['id']}"),
        *(f"/{made['id']}.jpeg", f"/{made['id']}", "/healthz", "/readyz", "/v1/nope", MEDIA),
    ]
    for path in paths:
        get = requests.get(f"{server.url}{path}", headers=teams.ours, timeout=30)
        head = requests.head(f"{server.url}{path}", headers=teams.ours, timeout=30)
        assert head.status_code == get.status_code, path
        assert head.content == b""
        for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Vary"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)
        assert int(head.headers["Content-Length"]) > 0


def test_every_response_has_a_request_id_and_may_not_be_sniffed(server, teams):
    made = server.upload(pictures.jpeg(), headers=teams.ours)
    answers = [
        server.get(path, headers=headers)
        for path in ("/healthz", "/metrics", "/v1/usage", "/nope", f"/{made['id']}.jpeg")
        for headers in ({}, teams.ours, {"Authorization": "Bearer wrong"})
    ]
    answers.append(requests.options(f"{server.url}/v1/usage", timeout=30))
    answers.append(server.get(f"/{made['id']}.jpeg", headers={"Range": "bytes=999999-"}))
    answers.append(server.get(f"/{made['id']}.jpeg", headers={"If-None-Match": "*"}))
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)
    assert all(answer.headers["X-Content-Type-Options"] == "nosniff" for answer in answers)
    for answer in answers:
        assert "Python" not in answer.headers.get("Server", "")
        assert "aiohttp" not in answer.headers.get("Server", "")


def test_a_request_id_of_a_proxy_is_kept_if_it_is_one(server):
    kept = server.get("/healthz", headers={"X-Request-Id": "abc-DEF_12345"})
    assert kept.headers["X-Request-Id"] == "abc-DEF_12345"
    for junk in ("x", "x" * 65, "a b c d e f g h", "<script>alert(1)</script>", "ümlaut-ümlaut"):
        answer = server.get("/healthz", headers={"X-Request-Id": junk.encode()})
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_the_request_id_of_a_fault_stands_in_the_log_too(server, teams):
    answer = server.get("/v1/usage", headers=teams.ours | {"X-Request-Id": "find-me-in-the-log"})
    assert answer.status_code == 200
    assert "find-me-in-the-log" in server.log()


async def test_a_fault_of_ours_shows_an_id_alone(local):
    class BrokenStore(BlobStore):
        async def check(self):
            raise RuntimeError("secret detail")

        def read(self, *_):
            raise RuntimeError("secret detail")

        async def put(self, *_):
            pass

        async def remove(self, *_):
            pass

    async with local({"blobs": BrokenStore()}) as server:
        status, _, made = await server.upload(pictures.jpeg())
        assert status == 201
        status, headers, told = await server.call("GET", f"/{made['id']}.jpeg")
        assert (status, told["error"]) == (500, "internal_error")
        assert told["request_id"] == headers["X-Request-Id"]
        assert "secret" not in str(told)
        page = await server.call("GET", f"/{made['id']}.jpeg", headers={"Accept": "text/html"})
        assert page[0] == 500


async def test_a_dependency_out_of_reach_is_503_with_retry_after(local):
    from core.errors import Unavailable

    class AwayStore(BlobStore):
        async def check(self):
            raise Unavailable("The storage can't be reached right now.", seconds=9)

        async def read(self, *_):
            raise Unavailable("The storage can't be reached right now.", seconds=9)
            yield b""

        async def put(self, *_):
            raise Unavailable("The storage can't be reached right now.", seconds=9)

        async def remove(self, *_):
            pass

    async with local({"blobs": AwayStore()}) as server:
        auth = await server.key()
        status, headers, told = await server.upload(pictures.jpeg(), headers=auth)
        assert (status, told["error"]) == (503, "unavailable")
        assert headers["Retry-After"] == "9"
        _, _, used = await server.call("GET", "/v1/usage", headers=auth)
        assert used["monthly"]["uploads"] == used["totals"]["media_stored"] == 0
        status, _, told = await server.call("GET", "/readyz")
        assert (status, told["database"]) == (503, "ok")
        assert told["storage"] != "ok"


MALFORMED = {
    "no HTTP at all": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a method unheard of": b"FROBNICATE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method in small letters": b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP 9": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n",
    "a header with a space in its name": b"GET / HTTP/1.1\r\nHost: x\r\nX y: z\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n",
    "a huge header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n",
    "a huge path": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a negative length": b"POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a length that is no number": b"POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
    "two lengths": b"POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunked": b"POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an encoding unheard of": b"POST /v1/upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: rot13\r\n\r\n",
    "a port that is none": b"GET http://h:99999999/ HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_what_is_no_http_gets_400_in_json(server, kind):
    answer = raw(server.port, MALFORMED[kind])
    assert answer is not None
    is_error(answer, 400, "bad_request")
    assert server.get("/healthz").ok


ODD = [
    b"GET /\r\n\r\n",
    b"GET /static/../../pyproject.toml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"POST /v1/nope HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\nConnection: close\r\n\r\n",
    b"GET http://other.example/v1/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /v1/usage HTTP/1.1\r\nConnection: close\r\n\r\n",
    b"GET /v1/usage HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    b"GET /v1/usage HTTP/1.0\r\n\r\n",
    b"GET /v1/usage?%zz&&=%ff&a=%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /v1/usage HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\nConnection: close\r\n\r\n",
    b"GET /v1/usage HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /v1/usage HTTP/1.1\r\nHost: x\r\nX-\xff: \xff\r\nConnection: close\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET [ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET http://[::1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
]


@pytest.mark.parametrize("data", ODD)
def test_odd_requests_are_answered_and_never_a_fault(server, data):
    answer = raw(server.port, data)
    assert answer is not None
    assert answer.status < 500
    if answer.status >= 400 and not answer.headers["content-type"].startswith("text/html"):
        assert {"error", "message"} <= set(answer.json())
    assert answer.headers["x-request-id"]


def test_problems_are_pages_for_people(server):
    page = server.get("/1111111111", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    for path, accept in (
        ("/1111111111.jpeg", "text/html"),
        ("/1111111111", "*/*"),
        ("/v1/nope", "text/html"),
    ):
        answer = server.get(path, headers={"Accept": accept})
        assert answer.status_code == 404
        assert answer.json()["error"] == "not_found"


@pytest.mark.parametrize("path", ["/v1/usage", "/v1/nope", "/1111111111.jpeg"])
def test_expectations_that_nobody_has(server, path):
    answer = send(server, "GET", path, {"Expect": "a miracle"})
    is_error(answer, 417, "expectation_failed")
