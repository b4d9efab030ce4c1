"""Hostile HTTP over raw sockets: the documented error, never a fault, nothing kept or counted.

Limits of time are small here (a second of silence, four for a body), bounds generous.
"""

from __future__ import annotations

import gzip
import json
import os
import time
import zlib
from contextlib import suppress
from pathlib import Path

import pictures
import pytest
import requests
import stored
from servers import running
from wire import (
    BOUNDARY,
    FORM,
    closed_within,
    connect,
    form,
    part,
    post_form,
    raw,
    receive,
    request_head,
)

STALL = 1.0
BODY = 4.0
PATIENCE = 30.0
PHOTO = pictures.jpeg()
FILE = part("file", PHOTO, "a.jpg")
COUNTS = ", ".join(
    f"(SELECT count(*) FROM {table})"
    for table in ("media", "blobs", "tombstones", "users", "api_keys")
)


@pytest.fixture(scope="module")
def hasty(backing, tmp_path_factory, plans_file):
    """A server that waits a second for silent clients, and four for a body."""
    settings = {"STALL_TIMEOUT": STALL, "BODY_TIMEOUT": BODY, "PLANS_FILE": plans_file}
    data = tmp_path_factory.mktemp("hasty") / "data"
    with running(data, **settings) as found:
        found.upload(PHOTO, headers=found.auth)  # so that there is something to compare
        yield found


def state(server):
    """All that a refused request must leave as it was."""
    told = server.get("/v1/usage", headers=server.auth).json()
    used = stored.rows(
        server.data_dir, "SELECT team_id, uploads, storage_bytes, media_count FROM usage"
    )
    counts = stored.rows(server.data_dir, f"SELECT {COUNTS}")
    return told, counts, sorted(used), stored.blob_names(server.data_dir)


def work(server) -> list[Path]:
    return list((server.data_dir / "work").iterdir())


@pytest.fixture(autouse=True)
def unharmed(hasty):
    """Each test leaves the server as it was, without a fault in its log."""
    before, told = state(hasty), len(hasty.log())
    yield
    deadline = time.monotonic() + 20
    while work(hasty) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert work(hasty) == []
    assert state(hasty) == before
    log = hasty.log()[told:]
    assert '"level": "error"' not in log, log
    assert "Traceback" not in log
    assert not [line for line in log.splitlines() if '"status": 5' in line]


def refused(answer, field="file", status=422, code="validation_error"):
    assert answer is not None
    told = answer.json()
    assert (answer.status, told["error"]) == (status, code), told
    assert told["message"]
    assert "Error(" not in told["message"]  # no exception's own words
    assert answer.headers["x-request-id"]
    if field:
        assert field in told["errors"]


def head_of(name: str, *more: str) -> bytes:
    return "\r\n".join([f'Content-Disposition: form-data; name="{name}"', *more, "", ""]).encode()


INNER = b"--inner\r\n" + part("file", PHOTO, "b.jpg") + b"\r\n--inner--\r\n"
PART_FORMS = {
    "nested multipart": [
        part("file", INNER, headers=["Content-Type: multipart/mixed; boundary=inner"])
    ],
    "nested multipart as a file": [
        part("file", INNER, "a.jpg", headers=["Content-Type: multipart/mixed; boundary=inner"])
    ],
    "the outer boundary within": [part("file", form(FILE), "a.jpg")],
    "no disposition": [part(None, PHOTO, headers=["Content-Type: image/jpeg"])],
    "no head at all": [b"\r\n" + PHOTO],
    "an attachment": [
        b'Content-Disposition: attachment; name="file"; filename="a"\r\n\r\n' + PHOTO
    ],
    "a head that is no head": [b"this is not a header\r\n\r\n" + PHOTO],
    "a head of bytes": [b"\xff\xfe\x00\x01: \x80\r\n\r\n" + PHOTO],
    "a disposition in Latin-1": [
        b'Content-Disposition: form-data; name="file"; filename="\xe9\xff.jpg"\r\n\r\n' + PHOTO
    ],
    "a disposition in UTF-16": [
        'Content-Disposition: form-data; name="file"; filename="a.jpg"'.encode("utf-16")
        + b"\r\n\r\n"
        + PHOTO
    ],
    "an endless head": [b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n" + PHOTO],
    "a head of many lines": [b"".join(b"X-%d: y\r\n" % n for n in range(5_000)) + b"\r\n" + PHOTO],
    "a head folded for ever": [b"X-A: b\r\n" + b" c\r\n" * 50_000 + b"\r\n" + PHOTO],
    "a head that never ends": [b"X-A: b\r\n"],
    "line feeds alone": [b'Content-Disposition: form-data; name="file"; filename="a"\n\n' + PHOTO],
    "a part that says it is longer": [
        part("file", PHOTO, "a.jpg", headers=["Content-Length: 99999"])
    ],
    "a part that says it is shorter": [part("file", PHOTO, "a.jpg", headers=["Content-Length: 3"])],
    "a part of negative length": [part("file", PHOTO, "a.jpg", headers=["Content-Length: -1"])],
    "two files": [FILE, FILE],
    "a thousand files": [FILE] * 1_000,
    "a thousand empty fields": [part(f"f{n}", "") for n in range(1_000)] + [FILE],
    "fields of a megabyte": [part("caption", "x" * (1 << 20)), FILE],
    "many fields of a megabyte in all": [part(f"f{n}", "x" * 30_000) for n in range(40)] + [FILE],
}


@pytest.mark.parametrize("kind", PART_FORMS)
def test_broken_parts(hasty, kind):
    refused(post_form(hasty.port, *PART_FORMS[kind], headers=hasty.auth))


@pytest.mark.parametrize(
    "charset", ["utf-16", "utf-7", "rot13", "\x00", "x" * 5_000, "undefined", "../../etc/passwd"]
)
def test_odd_charsets_do_not_change_how_text_is_read(hasty, charset):
    caption = part(
        "caption",
        "+ADw-b\xff".encode("latin-1"),
        headers=[f"Content-Type: text/plain; charset={charset}"],
    )
    answer = post_form(hasty.port, caption, part("ttl", "1"), FILE, headers=hasty.auth)
    told = answer.json()
    assert answer.status == 422
    assert set(told["errors"]) <= {"caption", "ttl", "file"}


def post(server, body, kind, **headers):
    given = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    return raw(
        server.port, request_head("POST", "/v1/upload", given | server.auth | headers) + body
    )


BOUNDARIES = {
    "none": "multipart/form-data",
    "empty": "multipart/form-data; boundary=",
    "empty in quotes": 'multipart/form-data; boundary=""',
    "another": "multipart/form-data; boundary=other",
    "shorter": f"multipart/form-data; boundary={BOUNDARY[:-1]}",
    "very long": "multipart/form-data; boundary=" + "x" * 6_000,
    "bytes": "multipart/form-data; boundary=\udcff\udcfe",
    "a quote alone": 'multipart/form-data; boundary="',
    "with a NUL escape": "multipart/form-data; boundary=a%00b",
    "two": f"multipart/form-data; boundary=other; boundary={BOUNDARY}x",
    "mixed": f"multipart/mixed; boundary={BOUNDARY}",
}


@pytest.mark.parametrize("kind", BOUNDARIES)
def test_broken_boundaries(hasty, kind):
    refused(post(hasty, form(FILE), BOUNDARIES[kind]))


BODIES = {
    "nothing": b"",
    "a line break": b"\r\n",
    "the end alone": form(),
    "no boundary in it": b"x" * 5_000,
    "no end": form(FILE, end=b""),
    "cut in the file": form(FILE, end=b"")[:-50],
    "cut in the head": form(FILE)[:60],
    "cut in the end": form(FILE)[:-6],
    "text before the first boundary, then the end": b"hello\r\n" + form(),
    "junk after a boundary": form(FILE).replace(
        BOUNDARY.encode() + b"\r\n", BOUNDARY.encode() + b"x\r\n", 1
    ),
    "boundaries alone": (f"--{BOUNDARY}\r\n" * 5_000).encode(),
    "a doubled boundary": f"--{BOUNDARY}\r\n".encode() + form(FILE),
    "dashes": b"-" * 100_000,
    "carriage returns": b"\r" * 100_000,
    "almost boundaries": (f"\r\n--{BOUNDARY[:-1]}" * 3_000).encode(),
    "NULs": bytes(100_000),
}


@pytest.mark.parametrize("kind", BODIES)
def test_broken_bodies(hasty, kind):
    refused(post(hasty, BODIES[kind], FORM))


@pytest.mark.parametrize("around", ["before", "after"])
def test_a_form_with_no_end_of_what_surrounds_it(hasty, around):
    """Chunk after chunk of what the parser skips: it ends when it is longer than a form can be."""
    head = request_head(
        "POST", "/v1/upload", hasty.auth | {"Content-Type": FORM, "Transfer-Encoding": "chunked"}
    )
    body = form(FILE)[:-2] + b"\r\n" if around == "after" else b""
    junk = b"y" * 65_536
    chunk = b"%x\r\n" % len(junk) + junk + b"\r\n"
    with connect(hasty.port, PATIENCE) as sock:
        sock.sendall(head + (b"%x\r\n" % len(body) + body + b"\r\n" if body else b""))
        sent, ended = 0, False
        while sent < 64 << 20 and not ended:
            with suppress(BrokenPipeError, ConnectionResetError):  # then the answer has come
                sock.sendall(chunk)
            sent += len(junk)
            sock.settimeout(0.001)
            try:
                first = sock.recv(4096)
                ended = True
            except TimeoutError:
                sock.settimeout(PATIENCE)
        assert ended
        assert b" 422 " in first.partition(b"\r\n")[0]


FILE_NAMES = {
    "a path": "../../../../etc/passwd",
    "a path of Windows": "..\\\\..\\\\boot.ini",
    "an encoded path": "..%2F..%2Fetc%2Fpasswd",
    "NUL": "a\x00.jpg",
    "an encoded NUL": "a%00.jpg",
    "encoded line breaks": "a%0d%0aX-Injected: yes%0d%0a.jpg",
    "right to left": "\u202egpj.exe",
    "10,000 characters": "x" * 10_000,
    "10,000 ducks": "🦆" * 7_000,
    "dots": "..",
    "a dot": ".",
    "spaces": "   ",
    "controls": "\x01\x02\x1b[31m.jpg",
    "a device": "CON",
    "markup": "<img src=x onerror=alert(1)>.jpg",
    "a home": "~/.ssh/id_rsa",
    "a template": "{{7*7}}${7*7}.jpg",
    "a lone surrogate, encoded": "\udced\udca0\udc80.jpg",
}


@pytest.mark.parametrize("kind", FILE_NAMES)
def test_hostile_file_names(hasty, kind):
    answer = post_form(hasty.port, part("file", PHOTO, FILE_NAMES[kind]), headers=hasty.auth)
    if answer.status != 201:
        refused(answer)
        return
    made = answer.json()
    shown = hasty.get(f"/{made['id']}.jpeg")
    assert shown.content == PHOTO
    said = shown.headers["Content-Disposition"]
    assert said.isascii()
    assert len(said) < 3_500
    assert "X-Injected" not in shown.headers
    assert not [char for char in said if ord(char) < 32]
    assert "/" not in said.replace("UTF-8''", "")
    forget(hasty, made["id"])


def forget(server, media_id):
    """Remove an upload and every trace of it, the counts of the month too."""
    path = f"{server.url}/v1/media/{media_id}"
    assert requests.delete(path, headers=server.auth, timeout=30).status_code == 204
    stored.rows(server.data_dir, "DELETE FROM tombstones WHERE id = ?", media_id)
    stored.rows(server.data_dir, "UPDATE usage SET uploads = uploads - 1 WHERE uploads > 1")


COMPRESSED = {
    "gzip": (gzip.compress(form(FILE)), "gzip"),
    "deflate": (zlib.compress(form(FILE)), "deflate"),
    "a bomb": (gzip.compress(bytes(64 << 20), 9), "gzip"),
    "a bomb in a bomb": (gzip.compress(gzip.compress(bytes(64 << 20), 9)), "gzip, gzip"),
    "broken gzip": (b"\x1f\x8b\x08\x00broken", "gzip"),
    "cut gzip": (gzip.compress(form(FILE))[:-20], "gzip"),
    "brotli": (b"\x00\x01\x02", "br"),
    "zstd": (b"\x28\xb5\x2f\xfd\x00", "zstd"),
    "unheard of": (form(FILE), "rot13"),
    "not compressed at all": (form(FILE), "gzip"),
}


@pytest.mark.parametrize("kind", COMPRESSED)
def test_compressed_bodies(hasty, kind):
    import psutil

    body, encoding = COMPRESSED[kind]
    process = psutil.Process(hasty.process.pid)
    before = process.memory_info().rss
    refused(post(hasty, body, FORM, **{"Content-Encoding": encoding}))
    given = hasty.auth | {
        "Content-Encoding": encoding,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    refused(raw(hasty.port, request_head("POST", "/v1/import", given) + body), field=None)
    assert process.memory_info().rss - before < 32 << 20


def test_a_body_shorter_than_its_length(hasty):
    """It stalls, and is given up."""
    body = form(FILE)
    given = hasty.auth | {"Content-Type": FORM, "Content-Length": str(len(body) + 100)}
    with connect(hasty.port, PATIENCE) as sock:
        sock.sendall(request_head("POST", "/v1/upload", given) + body)
        answer = receive(sock)
    refused(answer, field=None, status=408, code="request_timeout")


def test_a_body_longer_than_its_length_is_cut_there(hasty):
    """What follows is the next request, and none: either of the two may be told of."""
    given = hasty.auth | {"Content-Type": FORM, "Content-Length": "100", "Connection": "close"}
    answer = raw(hasty.port, request_head("POST", "/v1/upload", given) + form(FILE))
    assert (answer.status, answer.json()["error"]) in {
        (422, "validation_error"),
        (400, "bad_request"),
    }


def test_a_client_that_leaves_in_the_middle(hasty):
    given = hasty.auth | {"Content-Type": FORM, "Content-Length": "100000"}
    for _ in range(5):
        with connect(hasty.port, PATIENCE) as sock:
            sock.sendall(request_head("POST", "/v1/upload", given) + form(FILE)[:500])


@pytest.mark.parametrize(
    "chunks",
    [b"zz\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloXX\r\n0\r\n\r\n",
     b"ffffffffffffffffff\r\nhello", b"5;" + b"x" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"],
)  # fmt: skip
def test_broken_chunks(hasty, chunks):
    given = hasty.auth | {
        "Content-Type": FORM,
        "Transfer-Encoding": "chunked",
        "Connection": "close",
    }
    answer = raw(hasty.port, request_head("POST", "/v1/upload", given) + chunks)
    # Where the chunks break after the head was read, the connection can do no more than end.
    if answer is not None:
        assert answer.status in {400, 408, 422}
        assert answer.json()["error"] in {"bad_request", "request_timeout", "validation_error"}


def test_chunks_without_end_are_refused_as_soon_as_the_file_is_too_large(hasty):
    given = hasty.auth | {"Content-Type": FORM, "Transfer-Encoding": "chunked"}
    opening = form(part("file", PHOTO, "a.jpg"), end=b"")[:-2]
    with connect(hasty.port, PATIENCE) as sock:
        sock.sendall(request_head("POST", "/v1/upload", given))
        sock.sendall(b"%x\r\n" % len(opening) + opening + b"\r\n")
        for _ in range(40):
            try:
                sock.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            except (BrokenPipeError, ConnectionResetError):
                break
        refused(receive(sock))


# Silence, of which no backing hears


@pytest.mark.any_backing
@pytest.mark.parametrize("path", ["/v1/upload", "/v1/import"])
def test_a_body_that_stalls_is_408(hasty, path):
    body = form(FILE)[:400] if path == "/v1/upload" else b'{"url": "http'
    given = hasty.auth | {"Content-Type": FORM, "Content-Length": "5000"}
    with connect(hasty.port, PATIENCE) as sock:
        sock.sendall(request_head("POST", path, given) + body)
        refused(receive(sock), field=None, status=408, code="request_timeout")


@pytest.mark.any_backing
def test_a_body_that_drips_is_408_when_its_time_is_up(hasty):
    given = hasty.auth | {"Content-Type": FORM, "Content-Length": "5000"}
    with connect(hasty.port, PATIENCE) as sock:
        sock.sendall(request_head("POST", "/v1/upload", given) + form(FILE)[:200])
        answer, deadline = None, time.monotonic() + PATIENCE
        while answer is None and time.monotonic() < deadline:
            sock.settimeout(STALL / 4)
            try:
                answer = receive(sock)
            except TimeoutError:
                sock.sendall(b"x")
    refused(answer, field=None, status=408, code="request_timeout")


@pytest.mark.any_backing
@pytest.mark.parametrize(
    "head", [b"", b"G", b"GET /healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: "]
)
def test_a_head_that_stalls_ends_the_connection(hasty, head):
    with connect(hasty.port) as sock:
        if head:
            sock.sendall(head)
        assert closed_within(sock, PATIENCE)


@pytest.mark.any_backing
def test_a_head_that_drips_ends_the_connection(hasty):
    with connect(hasty.port) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\n")
        deadline = time.monotonic() + PATIENCE
        ended = False
        while not ended and time.monotonic() < deadline:
            try:
                sock.sendall(b"X: y\r\n")
            except (BrokenPipeError, ConnectionResetError):
                break
            ended = closed_within(sock, STALL / 4)
        assert time.monotonic() < deadline


@pytest.mark.any_backing
def test_a_connection_that_is_idle_ends(hasty):
    with connect(hasty.port) as sock:
        sock.sendall(request_head("GET", "/healthz"))
        assert receive(sock).status == 200
        assert closed_within(sock, PATIENCE)


@pytest.mark.any_backing
def test_a_client_that_does_not_read_holds_nothing_for_ever(hasty):
    made = requests.post(
        f"{hasty.url}/v1/upload", files={"file": ("a.jpg", PHOTO)}, headers=hasty.auth, timeout=30
    ).json()
    with connect(hasty.port) as sock:
        for _ in range(200):  # more answers than the buffers between us hold, and none is read
            try:
                sock.sendall(request_head("GET", f"/{made['id']}.jpeg") * 50)
            except (TimeoutError, BrokenPipeError, ConnectionResetError):
                break
            sock.settimeout(0.5)
        assert hasty.get("/healthz").ok
    forget(hasty, made["id"])


@pytest.mark.any_backing
def test_others_are_served_while_500_connections_stall(hasty):
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 600:
        pytest.skip(f"this needs 600 open files; {soft} are allowed (ulimit -n)")
    body = form(FILE)[:300]
    given = hasty.auth | {"Content-Type": FORM, "Content-Length": "5000"}
    half = request_head("POST", "/v1/upload", given) + body
    socks = []
    try:
        for number in range(500):
            sock = connect(hasty.port)
            socks.append(sock)
            sock.sendall(half if number % 2 else b"GET /healthz HTTP/1.1\r\nHost: ")
        answers = [requests.get(f"{hasty.url}/healthz", timeout=20) for _ in range(5)]
        assert all(answer.ok for answer in answers)
        answer = hasty.try_upload(b"no picture", headers=hasty.auth)
        assert answer.status_code == 422
        assert all(closed_within(sock, PATIENCE) for sock in socks)
    finally:
        for sock in socks:
            sock.close()


# JSON


def nested(opening: str, closing: str, depth: int = 1_000) -> str:
    return opening * depth + "1" + closing * depth


JSONS = {
    "lists a thousand deep": '{"ids": ' + nested("[", "]") + "}",
    "objects a thousand deep": '{"ids": ' + nested('{"a":', "}") + "}",
    "lists 100,000 deep": nested("[", "]", 100_000),
    "openings alone": "[" * 500_000,
    "an integer of 100,000 digits": '{"ids": ' + "9" * 100_000 + "}",
    "a float out of bounds": '{"ids": [1e999]}',
    "NaN": '{"ids": [NaN]}',
    "a lone surrogate": '{"ids": ["\\ud800"]}',
    "a lone surrogate as a name": '{"ids": ["1111111111"], "\\udc00": "x"}',
    "100,000 names": json.dumps({f"n{n}": "x" for n in range(50_000)}),
    "a name of 100,000": json.dumps({"ids": ["1111111111"], "x" * 100_000: "x"}),
    "a list of 100,000 ids": json.dumps({"ids": ["1111111111"] * 50_000}),
    "the same name often": '{"ids": [' + '"1111111111"' + "]," + '"ids": 1,' * 1_000 + '"ids": 2}',
    "two megabytes": '{"ids": ["' + "x" * (2 << 20) + '"]}',
    "two megabytes of space": " " * (2 << 20),
}


@pytest.mark.parametrize("kind", JSONS)
def test_hostile_json(hasty, kind):
    headers = hasty.auth | {"Content-Type": "application/json"}
    for method, path in (
        ("PATCH", "/v1/media/batch"),
        ("DELETE", "/v1/media/batch"),
        ("POST", "/v1/import"),
        ("POST", "/v1/keys"),
        ("POST", "/v1/embeds"),
        ("PATCH", "/v1/embeds/1"),
        ("POST", "/v1/albums"),
        ("PATCH", "/v1/albums/1111111111"),
    ):
        answer = requests.request(
            method, f"{hasty.url}{path}", data=JSONS[kind], headers=headers, timeout=30
        )
        told = answer.json()
        assert (answer.status_code, told["error"]) == (422, "validation_error"), told
        assert len(answer.content) < 6 << 20


WRONG_TYPES = [None, True, 0, -1, 1.5, 10**30, "", "x", [], [None], {}, {"a": {"b": []}}]


@pytest.mark.parametrize("value", WRONG_TYPES, ids=str)
def test_wrong_types_everywhere(hasty, value):
    for field in (
        "url",
        "caption",
        "ttl",
        "public",
        "external_id",
        "album_id",
        "embed_profile_id",
        "ids",
        "name",
        "abilities",
        "author",
    ):
        for method, path in (
            ("POST", "/v1/import"),
            ("PATCH", "/v1/media/1111111111"),
            ("PATCH", "/v1/media/batch"),
            ("DELETE", "/v1/media/batch"),
        ):
            answer = requests.request(
                method, f"{hasty.url}{path}", json={field: value}, headers=hasty.auth, timeout=30
            )
            assert answer.status_code in {404, 422}, (method, path, field)


# Junk in headers


NAUGHTY = [
    b"\xff\xfe", b"%00", b"'", b'"', b"{}", b"../..", b"x" * 7_000, "\u202e🦆".encode(), b",,,;;;==",
    b"bytes=" + b"0-1," * 1_000, b"Bearer", b"Bearer " + b"|" * 100, b'for="[::1";proto=x;by=_y',
    b"bytes=0-" + b"9" * 5_000, b"-1", b"0", b"1e400", b"W/", b"*,*", b"\t",
]  # fmt: skip
HEADERS = [
    *("Range", "If-Range", "If-None-Match", "If-Modified-Since", "Accept", "Sec-Fetch-Dest"),
    *("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id", "Origin", "Cookie"),
    *(
        "Authorization",
        "X-Delete-Token",
        "Content-Type",
        "Referer",
        "User-Agent",
        "Accept-Encoding",
    ),
    *("Content-Encoding", "If-Match", "Access-Control-Request-Method", "Priority", "TE", "Via"),
]


@pytest.mark.parametrize("header", HEADERS)
def test_junk_in_headers(hasty, header):
    ((media_id,),) = stored.rows(hasty.data_dir, "SELECT id FROM media")
    for junk in NAUGHTY:
        for method, path in (
            ("GET", f"/{media_id}.jpeg"),
            ("GET", f"/{media_id}"),
            ("GET", f"/v1/media/{media_id}"),
            ("DELETE", "/v1/media/1111111111"),
            ("OPTIONS", "/v1/upload"),
        ):
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}: ".encode()
            )
            answer = raw(hasty.port, head + junk + b"\r\n\r\n")
            assert answer is not None
            assert answer.status < 500, (method, path, junk)
            assert answer.headers["x-request-id"]


QUERIES = [
    *("limit=" + "9" * 5_000, "cursor=" + "A" * 5_000, "ids=" + "," * 5_000, "q=" + "%25" * 1_500),
    *("q=%00", "q=%ED%A0%80", "q=" + "ü" * 200, "album=%FF", "a" * 6_000, "&" * 5_000, "%", "%zz"),
    *("q='%20OR%201=1--", "ids[]=1", "limit[]=1", "limit=1;limit=2", "q=%F0%9F%A6%86", "=", "q"),
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:20])
def test_junk_in_queries(hasty, query):
    given = hasty.auth | {"Connection": "close"}
    answer = raw(hasty.port, request_head("GET", f"/v1/media?{query}", given))
    assert answer.status in {200, 400, 422}
    assert "error" in answer.json() or "data" in answer.json()


@pytest.mark.skipif(
    "PIXFERRY_TEST_STRINGS" not in os.environ, reason="PIXFERRY_TEST_STRINGS names no file"
)
def test_strings_that_break_software(hasty):
    strings = json.loads(Path(os.environ["PIXFERRY_TEST_STRINGS"]).read_text("utf-8"))
    made = hasty.upload(PHOTO, headers=hasty.auth)
    path = f"{hasty.url}/v1/media/{made['id']}"
    for start in range(0, len(strings), 50):
        some = {f"s{number}": text for number, text in enumerate(strings[start : start + 50])}
        answer = requests.patch(path, json=some, headers=hasty.auth, timeout=30)
        if answer.status_code == 422:
            wrong = answer.json()["errors"]
            assert all("\0" in some[name] or len(some[name]) > 2_000 for name in wrong)
            some = {name: text for name, text in some.items() if name not in wrong}
            answer = requests.patch(path, json=some, headers=hasty.auth, timeout=30)
        assert answer.status_code == 200, answer.text
        assert some.items() <= answer.json().items()
    for text in strings[::5]:
        query = {"q": text[:200]}
        found = requests.get(f"{hasty.url}/v1/media", params=query, headers=hasty.auth, timeout=30)
        assert found.status_code in {200, 422}, text
    forget(hasty, made["id"])
