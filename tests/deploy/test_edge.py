"""The real nginx, by our own configuration, in front of two real processes on one data folder."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import ExitStack, contextmanager

import pictures
import pytest
import requests
from deploy.edge import running_edge
from servers import running, start
from wire import FORM, form, part

PHOTO = pictures.jpeg(400, 300)
LINKS = "https://pix.example"
SETTINGS = {"TRUSTED_PROXIES": "127.0.0.1/32", "PUBLIC_URL": LINKS, "WORKERS": 1}
BACK_SECONDS = 60  # nginx tries a process again after five


@contextmanager
def processes(folder, count=2, **settings):
    """So many `pixferry api` on one data folder, and the edge before them."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running(folder / "data", command="api", **SETTINGS | settings))
            for _ in range(count)
        ]
        edge = stack.enter_context(running_edge(*(server.port for server in servers)))
        yield edge, servers


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with processes(tmp_path_factory.mktemp("edge")) as found:
        yield found


@pytest.fixture(scope="module")
def edge(pair):
    return pair[0]


@pytest.fixture(scope="module")
def auth(pair):
    """Headers of a team whose limits are far away."""
    return pair[1][0].new_key("edge@example.org", "--plan", "unlimited")


def upload(edge, data=PHOTO, headers=None, **fields):
    answer = edge.post("/v1/upload", files={"file": ("a.jpg", data)}, data=fields, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path_of(media):
    return media["src"].removeprefix(LINKS)


# What is kept


def test_a_picture_is_fetched_once_and_then_kept(pair):
    edge, servers = pair
    path = path_of(upload(edge))
    first, second = edge.get(path), edge.get(path)
    assert [first.headers["X-Cache"], second.headers["X-Cache"]] == ["MISS", "HIT"]
    assert first.content == second.content == servers[0].get(path).content
    own = servers[0].get(path).headers
    for name in set(own) - {"Date", "Server", "X-Request-Id"}:
        assert first.headers[name] == second.headers[name] == own[name], name
    assert "s-maxage=60" in second.headers["Cache-Control"]


def test_an_address_is_a_page_or_the_picture_for_whom_it_was_kept_as_that(edge):
    path = f"/{upload(edge)['id']}"
    page = {"Accept": "text/html,*/*", "Sec-Fetch-Dest": "document"}
    shown = {"Accept": "image/avif,image/webp,*/*"}
    embedded = {"Accept": "text/html,*/*", "Sec-Fetch-Dest": "image"}
    kinds = [(page, "text/html"), (shown, "image/jpeg"), (embedded, "image/jpeg")]
    for known in ("MISS", "HIT"):
        for headers, kind in kinds:
            answer = edge.get(path, headers=headers)
            assert (answer.headers["Content-Type"].split(";")[0], answer.headers["X-Cache"]) == (
                kind,
                known,
            )


@pytest.mark.parametrize("known", ["MISS", "HIT"])
def test_ranges_are_served_whether_it_is_kept_or_not(edge, known):
    media = upload(edge)
    path, whole = path_of(media), edge.get(path_of(media) + "?other").content
    if known == "HIT":
        edge.get(path)
    for asked, wanted in (("bytes=10-19", whole[10:20]), ("bytes=-5", whole[-5:])):
        answer = edge.get(path, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, wanted)
        assert answer.headers["Content-Range"].endswith(f"/{len(whole)}")
    refused = edge.get(path, headers={"Range": f"bytes={len(whole)}-"})
    assert (refused.status_code, refused.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")


def test_head_and_conditional_requests_are_answered_from_what_is_kept(edge):
    path = path_of(upload(edge))
    whole = edge.get(path)
    head = requests.head(edge.url + path, timeout=30)
    assert (head.status_code, head.content, head.headers["X-Cache"]) == (200, b"", "HIT")
    assert head.headers["Content-Length"] == str(len(whole.content))
    for name, value in (
        ("If-None-Match", whole.headers["ETag"]),
        ("If-Modified-Since", whole.headers["Last-Modified"]),
    ):
        unchanged = edge.get(path, headers={name: value})
        assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_head_first_keeps_the_picture_whole(edge):
    path = path_of(upload(edge))
    assert requests.head(edge.url + path, timeout=30).headers["X-Cache"] == "MISS"
    assert (edge.get(path).headers["X-Cache"], edge.get(path).status_code) == ("HIT", 200)


def test_a_private_picture_is_for_its_owner_and_is_never_kept(edge, auth):
    path = path_of(upload(edge, headers=auth, public="false"))
    for _ in range(2):
        own = edge.get(path, headers=auth)
        assert own.status_code == 200
        assert own.headers["Cache-Control"] == "private, no-store"
        assert "X-Cache" not in own.headers
        assert edge.get(path).status_code == 404
    part_of_it = edge.get(path, headers=auth | {"Range": "bytes=0-3"})
    assert (part_of_it.status_code, part_of_it.content) == (206, own.content[:4])
    same = edge.get(path, headers=auth | {"If-None-Match": own.headers["ETag"]})
    assert same.status_code == 304


def test_a_wrong_key_gets_nothing_of_what_is_kept(edge):
    path = path_of(upload(edge))
    edge.get(path)
    assert edge.get(path).headers["X-Cache"] == "HIT"
    assert edge.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_what_is_not_there_is_not_kept_either(edge):
    media = upload(edge)
    token = {"X-Delete-Token": media["delete_token"]}
    gone = requests.delete(f"{edge.url}/v1/media/{media['id']}", headers=token, timeout=30)
    assert gone.status_code == 204
    for _ in range(2):
        assert edge.get(path_of(media)).status_code == 410
        missing = edge.get("/zzzzzzzzzz.jpeg")
        assert (missing.status_code, missing.headers["X-Cache"]) == (404, "MISS")
        assert missing.json()["error"] == "not_found"


# Who asks


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/readyz", "//metrics", "/%6detrics", "/x/../metrics", "/./readyz", "/metrics?a"],
)
def test_strangers_do_not_see_the_inside(pair, path):
    edge, servers = pair
    assert servers[0].get("/metrics").ok
    assert servers[0].get("/readyz").ok
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["error"]) == (404, "not_found")
    connection.close()


def test_links_are_the_operators_whatever_a_client_says_of_hosts(edge):
    lies = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "Host": "evil.example",
    }
    lies |= {"Forwarded": "for=1.2.3.4;host=evil.example;proto=gopher"}
    media = upload(edge, headers=lies)
    assert media["link"] == f"{LINKS}/{media['id']}"
    page = edge.get(f"/{media['id']}", headers=lies | {"Accept": "text/html"})
    assert page.status_code == 200
    assert "evil.example" not in page.text
    assert "gopher" not in page.text


def test_limits_count_people_and_can_not_be_cheated(tmp_path):
    with processes(tmp_path, 1, ANONYMOUS_RATE="2/hour") as (edge, _):

        def status(source, forwarded):
            connection = http.client.HTTPConnection(
                "127.0.0.1", edge.port, timeout=30, source_address=(source, 0)
            )
            body = form(part("file", PHOTO, filename="a.jpg"))
            headers = {"Content-Type": FORM, "X-Forwarded-For": forwarded}
            connection.request("POST", "/v1/upload", body, headers)
            answer = connection.getresponse().status
            connection.close()
            return answer

        lies = ["203.0.113.1", "203.0.113.2", "203.0.113.3, 127.0.0.1", "127.0.0.1", ""]
        assert [status("127.0.0.2", lie) for lie in lies] == [201, 201, 429, 429, 429]
        assert status("127.0.0.3", "127.0.0.2") == 201


# What passes through


def test_a_large_upload_passes_whole(edge, auth):
    large = pictures.png(2600, 2400)
    assert len(large) > 10 << 20
    assert edge.get(path_of(upload(edge, large, auth))).content == large


def test_a_slow_upload_passes_as_it_comes(edge):
    body = form(part("file", PHOTO, filename="a.jpg"))
    head = f"POST /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", edge.port), 30) as connection:
        connection.sendall(head.encode())
        for start_ in range(0, len(body), len(body) // 10 + 1):
            connection.sendall(body[start_ : start_ + len(body) // 10 + 1])
            time.sleep(0.2)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["filesize"]) == (201, len(PHOTO))


def test_an_upload_is_refused_before_it_has_come_in(edge):
    """Nothing is gathered at the edge first: here most of the body never comes."""
    head = (
        "POST /v1/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: {60 << 20}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", edge.port), 30) as connection:
        connection.sendall(head.encode() + b"-" * 1000)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["error"]) == (401, "unauthorized")


def test_a_file_over_the_plans_size_is_refused_in_the_applications_words(pair):
    edge, servers = pair
    files = {"file": ("a.png", bytes(25 << 20))}
    answer = edge.post("/v1/upload", files=files)
    own = requests.post(f"{servers[0].url}/v1/upload", files=files, timeout=90)
    assert answer.status_code == own.status_code == 422
    assert answer.json() == own.json()
    assert "20,971,520 bytes" in answer.json()["message"]


def test_the_log_tells_no_secrets(edge):
    edge.get("/pricing?team=a-signed-token")
    edge.get("/v1/usage", headers={"Authorization": "Bearer 1|a-secret-key"})
    said = edge.access_log()
    assert "GET /pricing" in said
    assert "a-signed-token" not in said
    assert "a-secret-key" not in said


# When a process dies


def test_when_one_process_dies_the_other_answers_and_it_is_taken_back(tmp_path):
    with processes(tmp_path) as (edge, servers):
        first, second = servers
        media = upload(edge)
        first.kill()
        for number in range(12):
            assert edge.get(f"/v1/media/{media['id']}").status_code == 200
            assert upload(edge, pictures.jpeg(seed=number + 2))["id"]
        second.kill()
        away = edge.get(f"/v1/media/{media['id']}")
        assert (away.status_code, away.json()["error"]) == (503, "unavailable")
        again = start(first.data_dir, command="api", port=first.port, **SETTINGS)
        try:
            deadline = time.monotonic() + BACK_SECONDS
            while edge.get(f"/v1/media/{media['id']}").status_code != 200:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        finally:
            again.stop()
