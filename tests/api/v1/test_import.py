"""POST /v1/import, through real HTTP, from a real server on this machine."""

from __future__ import annotations

import socket
import threading

import pytest
import requests
import stored
from picture_source import PHOTO, serving_pictures
from servers import free_port
from wire import golden, value_of


@pytest.fixture(scope="module")
def source():
    with serving_pictures() as url:
        yield url


@pytest.fixture(scope="module")
def key(narrow):
    return narrow.new_key("importer@example.org", "--plan", "roomy")


def import_(server, headers, **body):
    return requests.post(f"{server.url}/v1/import", json=body, headers=headers, timeout=60)


def state(server, headers):
    """What must not change when an import fails."""
    usage = server.get("/v1/usage", headers=headers).json()
    return usage, stored.blob_names(server.data_dir), list((server.data_dir / "work").iterdir())


def test_an_import_answers_as_an_upload_does(narrow, key, source):
    answer = import_(narrow, key, url=f"{source}/photo.jpg", caption="C", author="A")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["caption"], made["author"]) == ("C", "A")
    assert (made["extension"], made["width"], made["height"]) == ("jpeg", 40, 30)
    assert answer.headers["Location"] == made["link"]
    assert set(made) - {"caption", "author"} == set(narrow.upload(PHOTO, headers=key))
    assert narrow.get(f"/{made['id']}.jpeg").content == PHOTO
    shown = narrow.get(f"/{made['id']}.jpeg").headers["Content-Disposition"]
    assert shown == 'inline; filename="photo.jpg"'


def test_an_anonymous_import_expires_and_can_be_taken_back(narrow, source):
    made = import_(narrow, {}, url=f"{source}/photo.jpg").json()
    assert made["expires_at"] - made["created_at"] == 30 * 86_400
    assert made["upgrade"]["type"] == "register"
    headers = {"X-Delete-Token": made["delete_token"]}
    answer = requests.delete(f"{narrow.url}/v1/media/{made['id']}", headers=headers, timeout=30)
    assert answer.status_code == 204


def test_content_decides_and_redirects_are_followed(narrow, key, source):
    for path in ("/lies", "/moved.jpg", "/photo.jpg?size=large#top"):
        answer = import_(narrow, key, url=f"{source}{path}")
        assert answer.status_code == 201, (path, answer.text)


@pytest.mark.parametrize("case", golden("v1/json_fields"), ids=lambda case: case["name"])
def test_fields(narrow, key, source, case):
    body = {name: value_of(value) for name, value in case["body"].items()}
    answer = import_(narrow, key, url=f"{source}/photo.jpg", **body)
    told = answer.json()
    assert answer.status_code == case["status"], told
    if answer.status_code == 201:
        for name, value in case.get("body_has", {}).items():
            assert told[name] == value
        for name in case.get("absent", []):
            assert name not in told
        if "life" in case:
            assert told["expires_at"] - told["created_at"] == case["life"]
    else:
        assert told["error"] == "validation_error"
        assert set(told["errors"]) == set(case["errors"])


FAILURES = {
    # path: status, code, field in `errors`
    "/page.jpg": (422, "validation_error"),
    "/broken.jpg": (422, "validation_error"),
    "/empty.jpg": (422, "validation_error"),
    "/large.png": (422, "validation_error"),
    "/drawing.svg": (422, "validation_error"),
    "/secret.jpg": (502, "fetch_failed"),
    "/missing.jpg": (502, "fetch_failed"),
    "/fault.jpg": (502, "fetch_failed"),
    "/loop": (502, "fetch_failed"),
    "/cut.jpg": (502, "fetch_failed"),
}


@pytest.mark.parametrize("path", FAILURES)
def test_what_can_not_be_imported_leaves_nothing(narrow, key, source, path):
    before = state(narrow, key)
    answer = import_(narrow, key, url=f"{source}{path}", external_id=f"failing{path}")
    told = answer.json()
    assert (answer.status_code, told["error"]) == FAILURES[path], told
    assert told["message"]
    assert state(narrow, key) == before
    # The external id was not taken by the failure.
    found = import_(narrow, key, url=f"{source}/photo.jpg", external_id=f"failing{path}")
    assert found.status_code == 201


REFUSED = [
    *("", " ", "photo.jpg", "/photo.jpg", "//example.com/a.jpg", "http://", "http:///a.jpg"),
    *("ftp://example.com/a.jpg", "file:///etc/passwd", "data:image/png;base64,AA", "javascript:1"),
    *("http://10.0.0.1/a.jpg", "http://169.254.169.254/", "http://[::1]/a.jpg", "http://0/a.jpg"),
    *("http://192.168.1.1/a.jpg", "http://2130706433/", "http://0x7f.1/", "http://127.0.0.2/"),
    *("http://user:pw@127.0.0.1/a.jpg", "http://localhost:80\\@example.com/", "http://a b/"),
    *("http://[fe80::1%25eth0]/", "http://[::ffff:10.0.0.1]/", "http://exa\nmple.com/", "\ud83e"),
    "http://example.com:99999/",
    "x" * 100_000,
]


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: repr(url)[:40])
def test_addresses_that_are_refused(narrow, key, url):
    answer = import_(narrow, key, url=url)
    told = answer.json()
    assert (answer.status_code, told["error"]) == (422, "validation_error"), told


def test_a_server_without_exceptions_does_not_reach_this_machine(server, teams, source):
    answer = import_(server, teams.ours, url=f"{source}/photo.jpg")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["url"]


@pytest.mark.parametrize("url", [None, 5, True, [], {}, ["http://example.com/a.jpg"]])
def test_an_address_must_be_text(narrow, key, url):
    answer = import_(narrow, key, url=url)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["url"]


def test_an_address_is_needed(narrow, key):
    answer = import_(narrow, key, caption="x")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["url"]


def test_what_can_not_be_connected_is_one_message(narrow, key):
    closed = import_(narrow, key, url=f"http://127.0.0.1:{free_port()}/a.jpg")
    assert (closed.status_code, closed.json()["error"]) == (502, "fetch_failed")
    unknown = import_(narrow, key, url="http://no-such-name.invalid/a.jpg")
    assert (unknown.status_code, unknown.json()["error"]) == (502, "fetch_failed")
    assert closed.json()["message"] == unknown.json()["message"]


def test_what_is_no_http_is_a_failed_fetch(narrow, key):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_junk():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")

        thread = threading.Thread(target=answer_junk)
        thread.start()
        answer = import_(narrow, key, url=f"http://127.0.0.1:{listener.getsockname()[1]}/a.jpg")
        thread.join()
    assert (answer.status_code, answer.json()["error"]) == (502, "fetch_failed")


async def test_a_slow_address_is_504(local, source):
    from ipaddress import ip_network

    from core.adapters.fetcher import GuardedFetcher
    from core.imaging.formats import sniff

    fetcher = GuardedFetcher(
        lambda head: sniff(head) is not None,
        user_agent="test",
        allow=(ip_network("127.0.0.1/32"),),
        total_timeout=1.0,
    )
    async with local({"fetcher": fetcher}) as server:
        body = {"url": f"{source}/slow.jpg"}
        status, _, told = await server.call("POST", "/v1/import", json=body)
        assert (status, told["error"]) == (504, "fetch_failed")
        assert list(server.core.settings.work_folder.iterdir()) == []


async def test_a_fault_of_ours_is_import_failed(local):
    class BrokenFetcher:
        async def fetch(self, url, target, max_bytes):
            raise RuntimeError("secret detail")

        async def close(self):
            pass

    async with local({"fetcher": BrokenFetcher()}) as server:
        status, headers, told = await server.call(
            "POST", "/v1/import", json={"url": "http://example.com/"}
        )
        assert (status, told["error"]) == (500, "import_failed")
        assert told["request_id"] == headers["X-Request-Id"]
        assert "secret" not in str(told)


DEEP = b'{"url": "http://127.0.0.1:9/", "author": ' + b"[" * 1_000 + b"]" * 1_000 + b"}"
BODIES = {
    "nothing": b"",
    "no JSON": b"url=http://example.com/a.jpg",
    "a string": b'"http://example.com/a.jpg"',
    "a list": b'[{"url": "http://example.com/a.jpg"}]',
    "null": b"null",
    "a number": b"5",
    "cut short": b'{"url": "http://example.com/a.jpg"',
    "trailing comma": b'{"url": "http://example.com/a.jpg",}',
    "two values": b'{"url": "x"} {"url": "x"}',
    "single quotes": b"{'url': 'x'}",
    "NaN": b'{"url": "http://127.0.0.1:9/", "ttl": NaN}',
    "Infinity": b'{"url": "http://127.0.0.1:9/", "ttl": Infinity}',
    "a thousand deep": DEEP,
    "not UTF-8": b'{"url": "\xff\xfe"}',
    "a lone surrogate": b'{"url": "http://127.0.0.1:9/", "caption": "\\ud800"}',
    "a lone surrogate as a name": b'{"url": "http://127.0.0.1:9/", "\\udfff": "x"}',
    "a number of 10,000 digits": b'{"url": "http://127.0.0.1:9/", "ttl": ' + b"9" * 10_000 + b"}",
    "UTF-16": '{"url": "http://example.com"}'.encode("utf-16"),
    "over a megabyte": b'{"url": "' + b"x" * (1 << 20) + b'"}',
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_are_no_json_object(narrow, key, name):
    headers = key | {"Content-Type": "application/json"}
    answer = requests.post(
        f"{narrow.url}/v1/import", data=BODIES[name], headers=headers, timeout=30
    )
    told = answer.json()
    assert (answer.status_code, told["error"]) == (422, "validation_error"), told
    assert told["message"]


def test_a_form_is_no_import(narrow, key, source):
    answer = requests.post(
        f"{narrow.url}/v1/import", data={"url": f"{source}/photo.jpg"}, headers=key, timeout=30
    )
    assert answer.status_code == 422


def test_imports_count_as_uploads_do(narrow, source):
    headers = narrow.new_key("counting@example.org", "--plan", "free")
    for used in (1, 2, 3):
        answer = import_(narrow, headers, url=f"{source}/photo.jpg")
        assert answer.status_code == 201
        assert answer.headers["X-Monthly-Uploads-Used"] == str(used)
        assert answer.headers["X-Monthly-Uploads-Remaining"] == str(3 - used)
    answer = import_(narrow, headers, url=f"{source}/photo.jpg")
    assert (answer.status_code, answer.json()["error"]) == (403, "quota_exceeded")
