"""GET /{id}.{ext} and /{id} as bytes: caching, ranges, names, metadata, through real HTTP."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

import pictures
import pytest
import requests
from servers import running
from wire import golden, part, post_form, raw, request_head

CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def tagged_jpeg() -> bytes:
    """A picture with a place, a device, an artist and a copyright."""
    image = pictures.pixels(60, 40)
    exif = image.getexif()
    exif[0x010F] = "SecretMaker"
    exif[0x0110] = "SecretModel"
    exif[0x013B] = "Jane Artist"
    exif[0x8298] = "(c) Jane"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 15.0), 3: "E", 4: (11.0, 34.0, 30.0)})
    return pictures.encoded(image, "JPEG", exif=exif.tobytes(), comment=b"secret comment")


TAGGED = tagged_jpeg()


@pytest.fixture(scope="module")
def image(server, teams):
    """A public image of ours and its address."""
    return server.upload(pictures.jpeg(300, 200), headers=teams.ours)


def test_the_bytes_have_every_header_they_need(server, image):
    answer = server.get(f"/{image['id']}.jpeg")
    assert answer.status_code == 200
    headers = answer.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert int(headers["Content-Length"]) == len(answer.content) == image["filesize"]
    assert re.fullmatch(r'"[!#-~]+"', headers["ETag"])
    assert int(parsedate_to_datetime(headers["Last-Modified"]).timestamp()) == image["created_at"]
    assert headers["Last-Modified"].endswith(" GMT")
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Cache-Control"] == "public, max-age=3600, s-maxage=60"
    assert headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == CSP
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in headers
    assert "Content-Encoding" not in headers
    assert "Vary" not in headers  # by its extension an address gives one thing alone


@pytest.mark.parametrize("case", golden("v1/conditions"), ids=str)
def test_conditions_and_ranges(server, image, case):
    path = f"/{image['id']}.jpeg"
    whole = server.get(path)
    etag, modified = whole.headers["ETag"], whole.headers["Last-Modified"]
    given = {
        name.replace("_", "-"): case[name]
        .replace("{etag}", etag)
        .replace("{bare}", etag.strip('"'))
        .replace("{modified}", modified)
        .encode()
        for name in ("if_none_match", "if_modified_since", "range", "if_range")
        if name in case
    }
    answer = server.get(path, headers=given)
    assert answer.status_code == case["status"]
    size = len(whole.content)
    if answer.status_code == 200:
        assert answer.content == whole.content
        assert "Content-Range" not in answer.headers
    elif answer.status_code == 206:
        start, end, _ = slice(*case["span"]).indices(size)
        assert answer.content == whole.content[start:end]
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert int(answer.headers["Content-Length"]) == end - start
    elif answer.status_code == 304:
        assert answer.content == b""
        assert "Content-Type" not in answer.headers
    else:
        assert answer.headers["Content-Range"] == f"bytes */{size}"
        assert answer.json()["error"] == "range_not_satisfiable"
    if answer.status_code != 416:
        for name in ("ETag", "Last-Modified", "Cache-Control", "Content-Security-Policy"):
            assert answer.headers[name] == whole.headers[name]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_several_if_none_match_headers_are_one_list(server, image):
    etag = server.get(f"/{image['id']}.jpeg").headers["ETag"]
    head = f"GET /{image['id']}.jpeg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += f'If-None-Match: "other"\r\nIf-None-Match: {etag}\r\n\r\n'
    assert raw(server.port, head.encode()).status == 304


def test_ranges_put_together_are_the_whole(server, teams):
    data = pictures.png(700, 500, seed=9)
    assert len(data) > 1 << 19
    made = server.upload(data + bytes(900_000), "a.png", headers=teams.ours)
    path = f"/{made['id']}.png"
    whole = server.get(path).content
    pieces = []
    for start in range(0, len(whole), 200_000):
        span = f"bytes={start}-{start + 199_999}"
        pieces.append(server.get(path, headers={"Range": span}).content)
    assert b"".join(pieces) == whole


def test_large_pictures_are_streamed_whole(server, teams):
    data = pictures.encoded(pictures.pixels(1500, 1000, mode="RGB"), "PNG", compress_level=1)
    assert len(data) > 2 << 20
    made = server.upload(data, "a.png", headers=teams.ours)
    answer = server.get(f"/{made['id']}.png")
    assert int(answer.headers["Content-Length"]) == len(answer.content) == made["filesize"]
    assert pictures.same_pixels(answer.content, data)
    tail = server.get(f"/{made['id']}.png", headers={"Range": "bytes=-1500000"})
    assert tail.content == answer.content[-1_500_000:]


def test_head_tells_the_length(server, image):
    answer = requests.head(f"{server.url}/{image['id']}.jpeg", timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) == image["filesize"]


NAMES = {
    # sent, as it stands in the form: shown as file name
    "urlaub.jpg": "urlaub.jpg",
    "URLAUB.JPEG": "URLAUB.JPEG",
    "drawing.png": "drawing.jpeg",
    "photo": "photo.jpeg",
    "two.dots.jpg": "two.dots.jpg",
    "Grüße aus Köln.jpg": "Grüße aus Köln.jpg",
    "写真.jpg": "写真.jpg",
    "🦆.jpg": "🦆.jpg",
    'a\\"b.jpg': 'a"b.jpg',
    "a%22b.jpg": 'a"b.jpg',
    "a;b=c.jpg": "a;b=c.jpg",
    "100%.jpg": "100%.jpg",
    "a\\\\b.jpg": "b.jpg",
    "a%0D%0ASet-Cookie: x=y.jpg": "aSet-Cookie: x=y.jpg",
    "evil\u202egpj.exe": "evilgpj.jpeg",
    "zero\u200bwidth.jpg": "zerowidth.jpg",
    "line\u2028break.jpg": "line\u2028break.jpg",
    "  spaces  .jpg": "spaces  .jpg",
    "C:/fakepath/image.jpg": "image.jpg",
    "tab\there.jpg": "tabhere.jpg",
}


def shown_name(header: str) -> tuple[str, str]:
    kind, _, rest = header.partition("; ")
    extended = re.search(r"filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+)$", rest)
    plain = re.match(r'filename="([^"\\\r\n]*)"', rest)
    assert plain
    assert header.isascii()
    return kind, unquote(extended[1]) if extended else plain[1]


@pytest.mark.parametrize("sent", NAMES)
def test_file_names(server, teams, sent):
    answer = post_form(server.port, part("file", pictures.jpeg(), sent), headers=teams.ours)
    made = answer.json()
    assert answer.status == 201, made
    headers = server.get(f"/{made['id']}.jpeg").headers
    assert shown_name(headers["Content-Disposition"]) == ("inline", NAMES[sent])
    assert "Set-Cookie" not in headers
    headers = server.get(f"/{made['id']}.jpeg?download=1").headers
    assert shown_name(headers["Content-Disposition"]) == ("attachment", NAMES[sent])
    headers = server.get(f"/{made['id']}.jpeg?download=0").headers
    assert headers["Content-Disposition"].startswith("inline")


def test_a_converted_picture_has_the_extension_of_what_is_sent(server, teams):
    data = pictures.encoded(pictures.pixels(20, 10), "BMP")
    made = server.upload(data, "scan.bmp", headers=teams.ours)
    answer = server.get(f"/{made['id']}.webp")
    assert answer.headers["Content-Disposition"] == 'inline; filename="scan.webp"'


def test_private_bytes_are_cached_by_nobody(server, teams):
    made = server.upload(pictures.jpeg(), headers=teams.ours, public="false")
    answer = server.get(f"/{made['id']}.jpeg", headers=teams.ours)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    for headers in ({}, teams.theirs):
        refused = server.get(f"/{made['id']}.jpeg", headers=headers)
        assert refused.status_code == 404
        assert "no-store" in refused.headers["Cache-Control"]


async def test_nothing_is_cached_longer_than_it_lives(local, clock):
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg(), ttl="2h")
        path = f"/{made['id']}.jpeg"

        async def ages():
            status, headers, _ = await server.call("GET", path)
            assert status == 200
            return [int(age) for age in re.findall(r"age=(\d+)", headers["Cache-Control"])]

        assert await ages() == [3_600, 60]
        clock.step(seconds=3_600)
        left = made["expires_at"] - clock.now().timestamp()
        age, shared = await ages()
        assert left - 1 <= age <= left
        assert shared == 60
        clock.step(seconds=3_570)
        left = made["expires_at"] - clock.now().timestamp()
        age, shared = await ages()
        assert age == shared
        assert left - 1 <= age <= left
        clock.step(seconds=left)
        status, headers, _ = await server.call("GET", path)
        assert status == 410
        assert headers["Cache-Control"] == "no-store"


PAGE = "text/html"
IMAGE = "image/jpeg"
ASKED = [
    # Accept, Sec-Fetch-Dest, type of the answer
    ("image/*", None, IMAGE),
    ("image/avif,image/webp,*/*;q=0.8", None, IMAGE),
    ("image/png", None, IMAGE),
    ("text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8", None, PAGE),
    ("text/html", None, PAGE),
    ("*/*", None, PAGE),
    (None, None, PAGE),
    ("", None, PAGE),
    ("application/json", None, PAGE),
    ("*/*", "image", IMAGE),
    ("text/html", "image", IMAGE),
    ("text/html,image/webp", "document", PAGE),
    ("IMAGE/*", None, IMAGE),
]


@pytest.mark.parametrize(("accept", "dest", "kind"), ASKED)
def test_an_id_alone_gives_a_page_or_the_picture(server, image, accept, dest, kind):
    given = {"Accept": accept, "Sec-Fetch-Dest": dest, "Connection": "close"}
    given = {name: value for name, value in given.items() if value is not None}
    answer = raw(server.port, request_head("GET", f"/{image['id']}", given))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(kind)
    assert {name.strip() for name in answer.headers["vary"].split(",")} == {
        "Accept",
        "Sec-Fetch-Dest",
    }
    if kind == IMAGE:
        whole = server.get(f"/{image['id']}.jpeg")
        assert answer.body == whole.content
        assert answer.headers["etag"] == whole.headers["ETag"]


def test_the_user_agent_changes_nothing(server, image):
    for agent in ("Discordbot/2.0", "Mozilla/5.0", "curl/8", ""):
        answer = server.get(f"/{image['id']}", headers={"User-Agent": agent, "Accept": "image/*"})
        assert answer.headers["Content-Type"] == IMAGE
        assert "User-Agent" not in answer.headers["Vary"]


def test_extensions_that_mean_the_same_give_the_same(server, image):
    whole = server.get(f"/{image['id']}.jpeg")
    for extension in ("jpg", "JPG", "JPEG", "Jpeg"):
        answer = server.get(f"/{image['id']}.{extension}")
        assert answer.status_code == 200
        assert answer.content == whole.content
        assert answer.headers["ETag"] == whole.headers["ETag"]
        assert answer.headers["Content-Type"] == IMAGE


@pytest.mark.parametrize(
    "extension", ["svg", "ico", "bmp", "heic", "tiff", "txt", "php", "jpeg2", "j"]
)
def test_extensions_of_nothing_we_serve_are_404(server, image, extension):
    answer = server.get(f"/{image['id']}.{extension}")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_svg_is_served_in_a_sandbox(server, teams):
    made = server.upload(pictures.SVG, "a.svg", headers=teams.ours)
    answer = server.get(f"/{made['id']}.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# Metadata


@pytest.fixture(scope="module")
def tagged(server, teams):
    return server.upload(TAGGED, headers=teams.ours)


def exif_of(data: bytes) -> dict[int, object]:
    return dict(pictures.opened(data).getexif())


def test_private_metadata_is_taken_out_and_copyright_kept(server, tagged):
    plain = server.get(f"/{tagged['id']}.jpeg")
    assert len(plain.content) == tagged["filesize"]
    assert exif_of(plain.content) == {0x013B: "Jane Artist", 0x8298: "(c) Jane"}
    assert b"Secret" not in plain.content
    assert b"secret" not in plain.content
    assert pictures.same_pixels(plain.content, TAGGED)
    same = server.get(f"/{tagged['id']}.jpeg?metadata=copyright")
    assert same.content == plain.content
    assert same.headers["ETag"] == plain.headers["ETag"]


def test_none_takes_copyright_out_too(server, tagged):
    answer = server.get(f"/{tagged['id']}.jpeg?metadata=none")
    assert exif_of(answer.content) == {}
    assert b"Jane" not in answer.content
    assert pictures.same_pixels(answer.content, TAGGED)


def test_keep_gives_the_owner_the_very_file_that_was_uploaded(server, teams, tagged):
    path = f"/{tagged['id']}.jpeg?metadata=keep"
    assert server.get(path, headers=teams.ours).content == TAGGED
    assert server.get(path, headers=teams.reader).content == TAGGED
    for headers in ({}, teams.theirs):
        answer = server.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
        assert "metadata=keep" in answer.json()["message"]
    # Also where there is nothing to keep: the rule does not tell.
    bare = server.upload(pictures.jpeg(), headers=teams.ours)
    assert server.get(f"/{bare['id']}.jpeg?metadata=keep").status_code == 403


def test_what_only_its_owner_may_see_is_not_cached_for_others(server, teams, tagged):
    answer = server.get(f"/{tagged['id']}.jpeg?metadata=keep", headers=teams.ours)
    assert "public" not in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("metadata", ["none", "keep"])
def test_ranges_and_conditions_hold_for_every_kind_of_metadata(server, teams, tagged, metadata):
    path = f"/{tagged['id']}.jpeg?metadata={metadata}"
    whole = server.get(path, headers=teams.ours)
    size = len(whole.content)
    assert int(whole.headers["Content-Length"]) == size
    joined = b""
    for start in range(0, size, 37):
        span = {"Range": f"bytes={start}-{start + 36}"}
        piece = server.get(path, headers=teams.ours | span)
        assert piece.status_code == 206
        assert piece.headers["Content-Range"].endswith(f"/{size}")
        joined += piece.content
        if start > 1200:
            break
    assert joined == whole.content[: len(joined)]
    tail = server.get(path, headers=teams.ours | {"Range": "bytes=-100"})
    assert tail.content == whole.content[-100:]
    same = server.get(path, headers=teams.ours | {"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304


def test_each_kind_of_metadata_has_a_tag_of_its_own(server, teams, tagged):
    tags = {
        server.get(f"/{tagged['id']}.jpeg?metadata={kind}", headers=teams.ours).headers["ETag"]
        for kind in ("copyright", "none", "keep")
    }
    assert len(tags) == 3


@pytest.mark.parametrize(
    "query",
    [
        "metadata=",
        "metadata=all",
        "metadata=KEEP",
        "metadata=none&metadata=none",
        "metadata=%00",
        "metadata=none&metadata=keep",
        "metadata=%FF",
        "metadata=" + "x" * 5000,
    ],
)
def test_wrong_metadata_is_422(server, teams, tagged, query):
    for path in (f"/{tagged['id']}.jpeg", f"/{tagged['id']}"):
        answer = server.get(f"{path}?{query}", headers=teams.ours | {"Accept": "image/*"})
        assert (answer.status_code, answer.json()["error"]) == (422, "validation_error")
        assert list(answer.json()["errors"]) == ["metadata"]


def test_who_may_not_see_an_image_is_told_before_what_is_wrong(server, tagged):
    path = f"/{tagged['id']}.jpeg?metadata=wrong"
    assert server.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert server.get("/1111111111.jpeg?metadata=wrong").status_code == 404


@pytest.mark.parametrize("setting", ["anyone", "owner"])
def test_an_operator_may_let_anyone_keep(tmp_path, setting):
    with running(tmp_path / "data", METADATA_KEEP=setting) as server:
        made = server.upload(TAGGED, headers=server.auth)
        answer = server.get(f"/{made['id']}.jpeg?metadata=keep")
        if setting == "anyone":
            assert answer.content == TAGGED
        else:
            assert answer.status_code == 403
        assert b"Secret" not in server.get(f"/{made['id']}.jpeg").content
        scaled = server.get(f"/{made['id']}.webp?metadata=keep&size=s")
        assert (b"Secret" in scaled.content) == (setting == "anyone")
        stranger = server.new_key("stranger@example.org", "--plan", "free", "--abilities", "*")
        asked = {"metadata": "keep", "w": 20}
        signed = requests.post(
            f"{server.url}/v1/media/{made['id']}/links", json=asked, headers=stranger, timeout=30
        )
        assert signed.status_code == (200 if setting == "anyone" else 403)
        private = server.upload(TAGGED, headers=server.auth, public="false")
        assert server.get(f"/{private['id']}.jpeg?metadata=keep").status_code == 404


# What is gone


@pytest.mark.parametrize(("public", "status"), [("true", 410), ("false", 404)])
def test_what_was_public_is_gone_and_what_was_private_never_was(server, teams, public, status):
    made = server.upload(pictures.jpeg(), headers=teams.ours, public=public)
    requests.delete(f"{server.url}/v1/media/{made['id']}", headers=teams.ours, timeout=30)
    code = {410: "not_found", 404: "not_found"}[status]
    for path, accept, html in (
        (f"/{made['id']}.jpeg", "text/html", False),
        (f"/{made['id']}.jpeg", "*/*", False),
        (f"/{made['id']}", "*/*", False),
        (f"/{made['id']}", "image/*", False),
        (f"/{made['id']}", "text/html,*/*", True),
    ):
        answer = server.get(path, headers={"Accept": accept})
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"
        if html:
            assert answer.headers["Content-Type"].startswith("text/html")
        else:
            assert answer.json()["error"] == code
        for headers in (teams.ours, teams.theirs):
            assert server.get(path, headers=headers | {"Accept": accept}).status_code == status


def test_what_turned_private_before_it_was_deleted_never_was(server, teams):
    made = server.upload(pictures.jpeg(), headers=teams.ours)
    path = f"{server.url}/v1/media/{made['id']}"
    requests.patch(path, json={"public": False}, headers=teams.ours, timeout=30)
    requests.delete(path, headers=teams.ours, timeout=30)
    assert server.get(f"/{made['id']}.jpeg").status_code == 404


async def test_no_cache_is_told_to_keep_its_head_in_an_images_last_hour(local, clock):
    """A cache that is told 304 may keep the old `max-age`, which promises more than is left."""
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg(), ttl="2h")
        path = f"/{made['id']}.jpeg"
        _, first, _ = await server.call("GET", path)
        known = {"If-None-Match": first["ETag"]}
        clock.step(minutes=59)
        status, _, _ = await server.call("GET", path, headers=known)
        assert status == 304
        clock.step(minutes=2)
        status, headers, _ = await server.call("GET", path, headers=known)
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=3539, s-maxage=60")
