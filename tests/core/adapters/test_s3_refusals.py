"""Wrong addresses and storages that answer wrongly: a sentence for each, never a wrong picture."""

from __future__ import annotations

import socket
import ssl
import subprocess
import traceback
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from loopback import application_server, raw_server

from core.adapters.s3.store import S3BlobStore
from core.errors import BlobMissing, StorageFull, Unavailable
from core.service_urls import S3Address, s3_address

ONE = "ab" * 16
SECRET = "a-secret/of+mine"
HTML = "<html><body><h1>It works!</h1></body></html>"
NOWHERE = S3Address("127.0.0.1:1", "pictures", "KEY", SECRET, secure=False)


@asynccontextmanager
async def standing_in(answer, tls=None):
    """A server that answers all requests by `answer(request)`; gives its address as a bucket's."""
    app = web.Application(client_max_size=100 << 20)
    app.router.add_route("*", "/{anything:.*}", answer)
    async with application_server(app, tls) as port:
        yield replace(NOWHERE, endpoint=f"127.0.0.1:{port}", secure=tls is not None)


async def content(store, start=0, end=10) -> bytes:
    async with aclosing(store.read(ONE, start, end)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def walk(store) -> None:
    async for _ in store.list_older(datetime.now(UTC) + timedelta(hours=1)):
        pass


CALLS = {
    "prepare": lambda store, _: store.prepare(),
    "check": lambda store, _: store.check(),
    "put": lambda store, source: store.put(ONE, source),
    "read": lambda store, _: content(store),
    "remove": lambda store, _: store.remove([ONE]),
    "list_older": lambda store, _: walk(store),
}


@pytest.fixture(params=list(CALLS))
def call(request, tmp_path):
    """One method of the store, called on a store."""
    source = tmp_path / "source"
    source.write_bytes(b"0123456789")
    return lambda store: CALLS[request.param](store, source)


async def refusal(address: S3Address, call=CALLS["prepare"]) -> Unavailable:
    """What is raised; never is the secret in it, nor anything of the operator's in public."""
    with pytest.raises(Unavailable) as caught:
        store = S3BlobStore(address)
        try:
            await (call(store) if call not in CALLS.values() else call(store, None))
        finally:
            await store.close()
    told = "".join(traceback.format_exception(caught.value))
    assert address.secret_key not in told
    assert "PIXFERRY" not in caught.value.public
    assert address.endpoint not in caught.value.public
    return caught.value


def xml_error(status: int, code: str, message: str = "So it is."):
    async def answer(request):
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return web.Response(status=status, text=body, content_type="application/xml")

    return answer


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"access_key": "nobody:here"}, "do not belong together"),
        ({"access_key": "test:stranger"}, "do not belong together"),
        ({"secret_key": "not-this-one"}, "do not belong together"),
        ({"region": "eu-west-1"}, "expecting 'us-east-1'"),
        ({"secure": True}, "Set secure=false"),
        ({"bucket": "192.168.1.1"}, "does not allow the name '192.168.1.1'"),
        ({"endpoint": "no-such-host.invalid:9000"}, "Check the host"),
        ({"endpoint": "127.0.0.1:1"}, "takes no connections"),
    ],
)
async def test_each_wrong_part_of_the_address_has_a_sentence(s3_server, changed, said, call):
    address = replace(s3_address(s3_server.url), **changed)
    reason = (await refusal(address, call)).reason
    assert reason.startswith(f"PIXFERRY_STORAGE_URL: the storage at {address.endpoint} ")
    assert said in reason


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "InvalidAccessKeyId", "does not know the access key"),
        (403, "AccessDenied", "Give the key the rights"),
        (403, "RequestTimeTooSkewed", "Set this machine's clock"),
        (400, "AuthorizationHeaderMalformed", "Set region="),
        (301, "PermanentRedirect", "Set region="),
        (400, "InvalidBucketName", "Choose another"),
        (503, "SlowDown", "has refused (SlowDown: So it is.)"),
        (500, "InternalError", "has refused (InternalError: So it is.)"),
    ],
)
async def test_each_refusal_has_a_sentence(status, code, said, call):
    async with standing_in(xml_error(status, code)) as address:
        error = await refusal(address, call)
    assert type(error) is Unavailable
    assert error.reason.startswith("PIXFERRY_STORAGE_URL: ")
    assert said in error.reason


@pytest.mark.parametrize(
    ("status", "code"),
    [(507, "XMinioStorageFull"), (507, "Whatever"), (403, "QuotaExceeded")],
)
async def test_a_full_storage(status, code, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"x")
    async with standing_in(xml_error(status, code)) as address:
        error = await refusal(address, lambda store: store.put(ONE, source))
    assert type(error) is StorageFull


async def test_a_bucket_that_somebody_else_has():
    async def answer(request):
        if request.method == "PUT":
            return await xml_error(409, "BucketAlreadyExists")(request)
        return await xml_error(404, "NoSuchBucket")(request)

    async with standing_in(answer) as address:
        assert "belongs to somebody else" in (await refusal(address)).reason


@pytest.mark.parametrize("name", ["check", "put", "read", "remove", "list_older"])
async def test_a_bucket_that_is_gone(name, s3_server, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"x")
    address = s3_address(s3_server.new_url())
    error = await refusal(address, lambda store: CALLS[name](store, source))
    assert type(error) is Unavailable
    assert "has no bucket" in error.reason


async def test_a_list_of_what_could_not_be_removed_is_no_success():
    async def answer(request):
        body = "<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code></Error></DeleteResult>"
        return web.Response(text=body, content_type="application/xml")

    async with standing_in(answer) as address:
        error = await refusal(address, lambda store: store.remove([ONE]))
    assert "Give the key the rights" in error.reason


@pytest.mark.parametrize("status", [200, 204, 206, 302, 404, 500, 502])
async def test_pages_are_no_answers(call, status):
    """What a web server answers to everything; 204 is right for what is removed."""

    async def answer(request):
        body = "" if status == 204 else HTML
        moved = {"Location": "http://127.0.0.1:1/"} if status == 302 else None
        return web.Response(status=status, text=body, content_type="text/html", headers=moved)

    async with standing_in(answer) as address:
        error = await refusal(address, call)
    assert type(error) is Unavailable
    assert "Check host and port" in error.reason


@pytest.mark.parametrize(
    "head",
    [
        b"-ERR unknown command\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"\xff\xfe\x00garbage\r\n\r\n",
        b"HTTP/1.1 500 \r\nContent-Type: application/xml\r\nContent-Length: 2\r\n\r\n<x",
        b"HTTP/1.1 500 \r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n\xff\xfe",
    ],
)
async def test_what_does_not_speak_s3_has_a_sentence(head, call):
    async def answer(_, writer):
        writer.write(head)

    async with raw_server(answer) as (base, _):
        error = await refusal(replace(NOWHERE, endpoint=base.removeprefix("http://")), call)
    assert type(error) is Unavailable
    assert "Check host and port" in error.reason


async def test_the_port_of_a_redis(redis_server, call):
    error = await refusal(replace(NOWHERE, endpoint=f"127.0.0.1:{redis_server.port}"), call)
    assert "does not speak HTTP" in error.reason


def partial(body=b"0123456789", given="bytes 0-9/20", status=206, **headers):
    async def answer(request):
        return web.Response(status=status, body=body, headers={"Content-Range": given} | headers)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        partial(status=200),
        partial(given="bytes 0-9"),
        partial(given="bytes 1-10/20"),
        partial(given="bytes 0-19/20", body=b"x" * 20),
        partial(given="pages 0-9/20"),
        partial(body=b"0123456789more"),
        partial(body=b"01234"),
        partial(body=b""),
    ],
)
async def test_bytes_that_were_not_asked_for_are_not_served(answer):
    async with standing_in(answer) as address:
        error = await refusal(address, content)
    assert type(error) is Unavailable
    assert error.reason.startswith("PIXFERRY_STORAGE_URL: ")


@pytest.mark.parametrize(
    "answer",
    [
        xml_error(404, "NoSuchKey"),
        xml_error(416, "InvalidRange"),
        partial(b"01234", given="bytes 0-4/5"),
    ],
)
async def test_missing_bytes_are_told_from_a_storage_that_is_away(answer):
    async with standing_in(answer) as address:
        assert type(await refusal(address, content)) is BlobMissing


@pytest.mark.parametrize("body", [b"", b"01", b"0123456789", bytes(600_000)])
async def test_a_body_that_is_always_cut_off_is_an_error(body):
    """By `Content-Length`, more was to come."""
    size = 1_000_000

    async def answer(head, writer):
        first = int(head.split(b"bytes=")[1].split(b"-")[0])
        said = f"bytes {first}-{size - 1}/{size}"
        heads = f"HTTP/1.1 206 x\r\nContent-Range: {said}\r\nContent-Length: {size - first}\r\n\r\n"
        writer.write(heads.encode() + body[: size - first - 1])

    async with raw_server(answer) as (base, _):
        address = replace(NOWHERE, endpoint=base.removeprefix("http://"))
        error = await refusal(address, lambda store: content(store, 0, size))
    assert type(error) is Unavailable
    assert "breaks off" in error.reason


async def test_a_body_that_is_cut_off_once_is_fetched_to_its_end():
    data = bytes(range(256)) * 4_000
    answers = 0

    async def answer(head, writer):
        nonlocal answers
        answers += 1
        first = int(head.split(b"bytes=")[1].split(b"-")[0])
        said = f"bytes {first}-{len(data) - 1}/{len(data)}"
        left = data[first:]
        heads = f"HTTP/1.1 206 x\r\nContent-Range: {said}\r\nContent-Length: {len(left)}\r\n\r\n"
        writer.write(heads.encode() + (left[:600_000] if answers == 1 else left))

    async with raw_server(answer) as (base, _):
        store = S3BlobStore(replace(NOWHERE, endpoint=base.removeprefix("http://")))
        assert await content(store, 0, len(data)) == data
        await store.close()
    assert answers == 2


@pytest.mark.parametrize("size", [10, 6 << 20])
@pytest.mark.parametrize("stored", [0, 9])
async def test_a_file_that_was_not_stored_whole_is_an_error(tmp_path, size, stored):
    source = tmp_path / "source"
    source.write_bytes(bytes(size))

    async def answer(request):
        await request.read()
        if request.method == "HEAD":
            return web.Response(headers={"Content-Length": str(stored), "ETag": '"x"'})
        bodies = {
            "uploads": "<R><UploadId>u</UploadId></R>",
            "uploadId": "<R><Bucket>b</Bucket><Key>k</Key><ETag>x</ETag></R>",
        }
        body = bodies.get(request.query_string.split("=")[0], "")
        headers = {"ETag": '"x"'}
        return web.Response(text=body, content_type="application/xml", headers=headers)

    async with standing_in(answer) as address:
        error = await refusal(address, lambda store: store.put(ONE, source))
    assert f"{stored} bytes stored of {size}" in error.reason


async def test_a_storage_that_can_not_be_connected_to_is_told_in_time(call):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent:
        port = silent.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # fill its queue: others hear nothing
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        error = await refusal(replace(NOWHERE, endpoint=f"127.0.0.1:{port}"), call)
        for one in waiting:
            one.close()
    assert "in time" in error.reason


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A context with a fresh self-signed certificate for 127.0.0.1, and its file."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2"
    subject = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command.split(), *subject], cwd=folder, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


async def test_a_certificate_that_nobody_vouches_for(certificate, call):
    async with standing_in(xml_error(404, "NoSuchKey"), certificate[0]) as address:
        error = await refusal(address, call)
    assert "certificate that is not trusted" in error.reason
    assert "SSL_CERT_FILE" in error.reason


async def test_a_certificate_that_the_machine_trusts(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    async with standing_in(partial(), certificate[0]) as address:
        store = S3BlobStore(address)
        assert await content(store) == b"0123456789"
        await store.close()


async def test_a_plain_request_to_a_port_for_tls(certificate, call):
    async with standing_in(partial(), certificate[0]) as address:
        error = await refusal(replace(address, secure=False), call)
    assert "secure=" in error.reason


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", "<html>The plain HTTP request was sent to HTTPS port</html>"),
        ("text/plain", "Client sent an HTTP request to an HTTPS server."),
    ],
)
async def test_a_port_for_tls_that_says_so(kind, body, call):
    async def answer(request):
        return web.Response(status=400, text=body, content_type=kind)

    async with standing_in(answer) as address:
        assert "Set secure=true" in (await refusal(address, call)).reason
