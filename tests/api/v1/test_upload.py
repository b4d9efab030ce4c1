"""POST /v1/upload, through real HTTP: what a picture becomes, and how a form may look."""

from __future__ import annotations

import time

import pictures
import pytest
import requests
from wire import FORM, connect, form, golden, part, post_form, receive, request_head, value_of

from core.fields import FORBIDDEN_NAMES, RESERVED_NAMES

MEDIA_FIELDS = {
    "id",
    "link",
    "extension",
    "width",
    "height",
    "filesize",
    "created_at",
    "src",
    "mime",
    "public",
    "animated",
}

TYPES = {
    # what goes in: extension, mime and whether it moves, of what is stored
    "jpeg": (pictures.jpeg(), "jpeg", "image/jpeg", False),
    "png": (pictures.png(), "png", "image/png", False),
    "apng": (
        pictures.encoded(
            pictures.pixels(20, 10, 1),
            "PNG",
            save_all=True,
            append_images=[pictures.pixels(20, 10, 2)],
            duration=100,
        ),
        "png",
        "image/png",
        True,
    ),
    "gif": (pictures.gif(1), "gif", "image/gif", False),
    "moving gif": (pictures.gif(3), "gif", "image/gif", True),
    "webp": (pictures.encoded(pictures.pixels(30, 20), "WEBP"), "webp", "image/webp", False),
    "moving webp": (
        pictures.encoded(
            pictures.pixels(30, 20, 1),
            "WEBP",
            save_all=True,
            append_images=[pictures.pixels(30, 20, 2)],
            duration=100,
        ),
        "webp",
        "image/webp",
        True,
    ),
    "svg": (pictures.SVG, "svg", "image/svg+xml", False),
    "ico": (pictures.encoded(pictures.pixels(32, 32), "ICO"), "ico", "image/x-icon", False),
    "bmp": (pictures.encoded(pictures.pixels(30, 20), "BMP"), "webp", "image/webp", False),
    "tiff": (pictures.encoded(pictures.pixels(30, 20), "TIFF"), "webp", "image/webp", False),
    "avif": (pictures.encoded(pictures.pixels(32, 24), "AVIF"), "webp", "image/webp", False),
}


def heic(width: int, height: int) -> bytes:
    import io

    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(pictures.pixels(width, height)).save(out)
    return out.getvalue()


TYPES["heic"] = (heic(32, 24), "webp", "image/webp", False)


@pytest.mark.parametrize("kind", TYPES)
def test_what_each_type_becomes(server, teams, kind):
    data, extension, mime, animated = TYPES[kind]
    # The name and the declared type lie on purpose: content alone decides.
    answer = requests.post(
        f"{server.url}/v1/upload",
        files={"file": ("report.pdf", data, "application/pdf")},
        headers=teams.ours,
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["extension"], made["mime"], made["animated"]) == (extension, mime, animated)
    assert made["src"] == f"{server.url}/{made['id']}.{extension}"
    shown = requests.get(made["src"], timeout=30)
    assert shown.headers["Content-Type"] == mime
    assert len(shown.content) == made["filesize"]
    if extension != "svg":
        image = pictures.opened(shown.content)
        assert image.size == (made["width"], made["height"])
        assert image.format.lower() == extension
    else:
        assert (made["width"], made["height"]) == (120, 80)


def test_the_media_object_has_exactly_the_documented_fields(server, teams):
    before = int(time.time())
    made = server.upload(pictures.jpeg(), headers=teams.ours)
    assert set(made) == MEDIA_FIELDS
    assert list(made)[:2] == ["id", "link"]  # the unit of sharing comes first among addresses
    assert made["link"] == f"{server.url}/{made['id']}"
    assert len(made["id"]) == 10
    assert not set(made["id"]) & set("0OIl")
    assert before <= made["created_at"] <= time.time()
    for name in ("width", "height", "filesize", "created_at"):
        assert type(made[name]) is int


def test_the_answer_is_201_with_the_link_as_location(server, teams):
    answer = server.try_upload(pictures.jpeg(), headers=teams.ours)
    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.json()["link"]
    assert answer.headers["Content-Type"].startswith("application/json")


def test_jpeg_turned_by_its_orientation_has_the_size_shown(server, teams):
    image = pictures.pixels(40, 20)
    exif = image.getexif()
    exif[0x0112] = 6
    made = server.upload(pictures.encoded(image, "JPEG", exif=exif.tobytes()), headers=teams.ours)
    assert (made["width"], made["height"]) == (20, 40)


def test_an_anonymous_upload_expires_has_a_delete_token_and_a_hint(server):
    made = server.upload(pictures.jpeg())
    assert set(made) == MEDIA_FIELDS | {"expires_at", "delete_token", "upgrade"}
    assert made["expires_at"] - made["created_at"] == 30 * 86_400
    assert made["public"] is True
    assert set(made["upgrade"]) == {"type", "url", "message", "label"}
    assert made["upgrade"]["type"] == "register"
    assert made["upgrade"]["url"] == f"{server.url}/auth/register?from_cta=api"
    assert "100 uploads/month" in made["upgrade"]["message"]
    seen = server.get(f"/v1/media/{made['id']}").json()
    assert "delete_token" not in seen
    assert "upgrade" not in seen


@pytest.mark.parametrize(
    ("ttl", "life"), [("5m", 300), ("29d", 29 * 86_400), ("30d", 30 * 86_400), ("90d", 30 * 86_400)]
)
def test_anonymous_uploads_live_30_days_or_their_shorter_ttl(server, ttl, life):
    made = server.upload(pictures.jpeg(), ttl=ttl)
    assert made["expires_at"] - made["created_at"] == life


@pytest.mark.parametrize("case", golden("v1/ttl"), ids=lambda case: repr(case["ttl"]))
def test_ttl(server, teams, case):
    answer = server.try_upload(pictures.jpeg(), headers=teams.ours, ttl=case["ttl"])
    if "seconds" in case:
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert made["expires_at"] - made["created_at"] == case["seconds"]
    else:
        assert answer.status_code == 422, answer.text
        assert list(answer.json()["errors"]) == ["ttl"]


@pytest.mark.parametrize("case", golden("v1/upload_fields"), ids=lambda case: case["name"])
def test_fields(server, teams, case):
    fields = [(value_of(name), value_of(value)) for name, value in case["fields"]]
    fields += [(f"field_{number}", "x") for number in range(case.get("many", 0))]
    parts = [part(name, value) for name, value in fields]
    answer = post_form(
        server.port,
        *parts,
        part("file", pictures.jpeg(), "a.jpg"),
        headers=teams.of(case.get("as", "ours")),
    )
    told = answer.json()
    assert answer.status == case["status"], told
    if answer.status == 201:
        for name, value in case.get("body", {}).items():
            assert told[name] == value_of(value)
        for name in case.get("absent", []):
            assert name not in told
    else:
        assert told["error"] == "validation_error"
        assert told["message"]
        if "errors" in case:
            assert set(told["errors"]) == {value_of(name) for name in case["errors"]}
        for sentences in told["errors"].values():
            assert sentences
            assert all(isinstance(sentence, str) and sentence for sentence in sentences)


@pytest.mark.parametrize("name", sorted(FORBIDDEN_NAMES))
def test_the_six_words_are_refused_on_upload(server, teams, name):
    assert len(FORBIDDEN_NAMES) == 6
    answer = server.try_upload(pictures.jpeg(), headers=teams.ours, **{name: "x"})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [name]


ANSWER_FIELDS = [
    *("id", "link", "extension", "width", "height", "filesize", "created_at", "expires_at"),
    *("src", "mime", "animated", "upgrade", "delete_token", "error", "message", "name"),
    *("action", "errors", "request_id", "data", "next_cursor", "has_more", "updated", "media"),
    *("deleted", "monthly", "totals", "plan", "ids", "token", "abilities"),
]


@pytest.mark.parametrize("name", ANSWER_FIELDS)
def test_names_that_answers_use_are_refused(server, teams, name):
    assert name in RESERVED_NAMES
    answer = post_form(server.port, FILE, part(name, "x"), headers=teams.ours)
    assert answer.status == 422
    assert list(answer.json()["errors"]) == [name]


def test_the_order_of_fields_does_not_matter(server, teams):
    file = part("file", pictures.jpeg(), "a.jpg")
    texts = [part("caption", "C"), part("ttl", "7d"), part("author", "A")]
    for parts in ([file, *texts], [*texts, file], [texts[0], file, *texts[1:]]):
        answer = post_form(server.port, *parts, headers=teams.ours)
        told = answer.json()
        assert answer.status == 201, told
        assert (told["caption"], told["author"]) == ("C", "A")
        assert told["expires_at"] - told["created_at"] == 7 * 86_400


FILE = part("file", pictures.jpeg(), "a.jpg")
BAD_FORMS = {
    "no parts": [],
    "no file": [part("caption", "x")],
    "file as text": [part("file", "x")],
    "file without a name": [part("file", pictures.jpeg())],
    "file with an empty name": [part("file", pictures.jpeg(), "")],
    "two files": [FILE, FILE],
    "two files, one as text": [FILE, part("file", "x")],
    "the same, the other way round": [part("file", "x"), FILE],
    "file in another field": [part("image", pictures.jpeg(), "a.jpg")],
    "empty file": [part("file", b"", "a.jpg")],
    "one byte": [part("file", b"\xff", "a.jpg")],
    "a text": [part("file", b"hello there, this is no picture", "a.jpg")],
    "HTML named .jpg": [part("file", b"<!doctype html><html><body>hi</body></html>", "a.jpg")],
    "ZIP named .png": [part("file", b"PK\x03\x04" + b"\0" * 100, "a.png")],
    "PDF": [part("file", b"%PDF-1.7\n" + b"x" * 100, "a.jpg")],
    "a truncated picture": [part("file", pictures.jpeg()[:300], "a.jpg")],
    "a PNG without pixels": [part("file", pictures.png()[:40], "a.png")],
}


@pytest.mark.parametrize("name", BAD_FORMS)
def test_forms_without_one_good_file(server, teams, name):
    answer = post_form(server.port, *BAD_FORMS[name], headers=teams.ours)
    told = answer.json()
    assert answer.status == 422, told
    assert told["error"] == "validation_error"
    assert "file" in told["errors"]


def test_a_file_in_a_text_field_is_refused(server, teams):
    answer = post_form(server.port, FILE, part("author", "Jane", "author.txt"), headers=teams.ours)
    assert answer.status == 422
    assert list(answer.json()["errors"]) == ["author"]


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "image/jpeg",
        "multipart/mixed; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary",
        "nonsense",
    ],
)
def test_a_body_that_is_no_form(server, teams, kind):
    headers = teams.ours | ({} if kind is None else {"Content-Type": kind})
    answer = requests.post(
        f"{server.url}/v1/upload", data=pictures.jpeg(), headers=headers, timeout=30
    )
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["file"]


def test_no_body_at_all(server, teams):
    answer = requests.post(f"{server.url}/v1/upload", headers=teams.ours, timeout=30)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["file"]


def test_the_same_picture_twice_is_two_images(server, teams):
    photo = pictures.jpeg(seed=77)
    one, other = (server.upload(photo, headers=teams.ours) for _ in range(2))
    assert one["id"] != other["id"]
    requests.delete(f"{server.url}/v1/media/{one['id']}", headers=teams.ours, timeout=30)
    assert server.get(f"/{other['id']}.jpeg").content == photo


def test_an_external_id_is_unique_within_its_team_until_it_is_deleted(server, teams):
    photo = pictures.jpeg()
    made = server.upload(photo, headers=teams.ours, external_id="once")
    assert made["external_id"] == "once"
    again = server.try_upload(photo, headers=teams.ours, external_id="once")
    assert again.status_code == 409
    assert again.json()["error"] == "external_id_duplicate"
    assert again.json()["id"] == made["id"]
    # Another team has its own, and does not learn of ours.
    assert server.upload(photo, headers=teams.theirs, external_id="once")["id"] != made["id"]
    requests.delete(f"{server.url}/v1/media/{made['id']}", headers=teams.ours, timeout=30)
    assert server.upload(photo, headers=teams.ours, external_id="once")["id"] != made["id"]


async def test_an_external_id_is_free_once_its_image_is_expired(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        photo = pictures.jpeg()
        _, _, made = await server.upload(photo, headers=auth, external_id="x", ttl="5m")
        clock.step(seconds=299)
        assert (await server.upload(photo, headers=auth, external_id="x"))[0] == 409
        clock.step(seconds=1)
        status, _, again = await server.upload(photo, headers=auth, external_id="x")
        assert status == 201
        assert again["id"] != made["id"]


async def test_an_id_is_never_given_twice(local):
    drawn = iter(["a" * 10, "a" * 10, "b" * 10, "a" * 10, "b" * 10, "c" * 10])
    async with local({"new_id": lambda: next(drawn)}) as server:
        auth = await server.key()
        ids = []
        for _ in range(2):
            status, _, made = await server.upload(pictures.jpeg(), headers=auth)
            assert status == 201
            ids.append(made["id"])
        await server.call("DELETE", f"/v1/media/{ids[0]}", headers=auth)
        _, _, third = await server.upload(pictures.jpeg(), headers=auth)
        assert [*ids, third["id"]] == ["a" * 10, "b" * 10, "c" * 10]  # not even a deleted one's


def padded(size: int) -> bytes:
    """A JPEG of exactly that many bytes, by a comment as long as it takes."""
    photo = pictures.jpeg(32, 24)
    missing = size - len(photo)
    comments = b""
    while missing > 0:
        length = min(missing - 4, 60_000)
        comments += b"\xff\xfe" + (length + 2).to_bytes(2, "big") + b"c" * length
        missing -= length + 4
    assert missing == 0
    return photo[:2] + comments + photo[2:]


def padded_svg(size: int) -> bytes:
    return pictures.SVG + b" " * (size - len(pictures.SVG))


@pytest.fixture(scope="module")
def roomy(narrow):
    return narrow.new_key("roomy@example.org", "--plan", "roomy")


@pytest.mark.parametrize("spare", [1, 0])
def test_files_up_to_the_limit_are_taken(narrow, roomy, spare):
    narrow.upload(padded(20_000 - spare), headers=roomy)
    narrow.upload(padded(30_000 - spare))  # the anonymous plan has a limit of its own
    narrow.upload(padded_svg(1_000 - spare), "a.svg", headers=roomy)
    narrow.upload(padded_svg(2_000 - spare), "a.svg")


@pytest.mark.parametrize("over", [1, 1_000, 3_000_000])
def test_files_over_the_limit_are_refused(narrow, roomy, over):
    for headers, limit in ((roomy, "20,000"), ({}, "30,000")):
        size = int(limit.replace(",", "")) + over
        answer = narrow.try_upload(padded(size), headers=headers)
        assert answer.status_code == 422
        assert answer.json()["error"] == "validation_error"
        assert limit in answer.json()["errors"]["file"][0]
    answer = narrow.try_upload(padded_svg(1_000 + min(over, 10_000)), "a.svg", headers=roomy)
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"file"}
    if over < 3_000_000:
        assert "1,000" in answer.json()["errors"]["file"][0]


def test_a_file_over_its_limit_is_refused_while_it_is_still_being_sent(narrow, roomy):
    # A gigabyte is announced, 60 KB are sent, and then nothing: the answer comes all the same.
    opening = form(part("file", padded(60_000), "a.jpg"), end=b"")
    headers = {"Content-Type": FORM, "Content-Length": str(1 << 30)} | roomy
    with connect(narrow.port, patience=20) as sock:
        sock.sendall(request_head("POST", "/v1/upload", headers) + opening)
        answer = receive(sock)
    assert answer.status == 422
    assert list(answer.json()["errors"]) == ["file"]


def test_a_large_upload_does_not_grow_the_servers_memory(server, teams):
    import psutil

    # 40 MB after the picture's end: received, hashed and looked at without being held.
    data = pictures.jpeg(2000, 1500) + bytes(40 << 20)
    server.upload(pictures.jpeg(2000, 1500), headers=teams.ours)
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    server.upload(data, headers=teams.ours)
    assert process.memory_info().rss - before < 32 << 20


def test_what_was_uploaded_under_any_name_is_served_under_a_plain_one(server, teams):
    for sent, shown in {
        "../../etc/passwd": "passwd.jpeg",
        "C:\\fotos\\urlaub.JPG": "urlaub.JPG",
        "a/b/c.png": "c.jpeg",
        "no extension": "no extension.jpeg",
        ".hidden": ".hidden.jpeg",
        "..": None,
    }.items():
        answer = post_form(
            server.port,
            part("file", pictures.jpeg(), sent.replace("\\", "\\\\")),
            headers=teams.ours,
        )
        made = answer.json()
        assert answer.status == 201, made
        served = server.get("/" + made["src"].rpartition("/")[2])
        expected = shown or f"{made['id']}.jpeg"
        assert served.headers["Content-Disposition"] == f'inline; filename="{expected}"'


async def test_a_full_queue_of_image_work_is_told_before_the_body_is_read(local):
    from core.errors import Unavailable

    class FullImager:
        def refuse_if_full(self):
            raise Unavailable("Too much image work waits.", seconds=7)

        async def ingest(self, source, workspace):
            raise AssertionError("nothing may get here")

        async def close(self):
            pass

    async with local({"imager": FullImager()}) as server:
        status, headers, body = await server.upload(pictures.jpeg())
        assert (status, body["error"]) == (503, "unavailable")
        assert headers["Retry-After"] == "7"


async def test_a_fault_of_ours_keeps_nothing_and_counts_nothing(local):
    class BrokenImager:
        def refuse_if_full(self):
            pass

        async def ingest(self, source, workspace):
            raise RuntimeError("secret detail")

        async def close(self):
            pass

    async with local({"imager": BrokenImager()}) as server:
        auth = await server.key()
        status, headers, body = await server.upload(pictures.jpeg(), headers=auth)
        assert (status, body["error"]) == (500, "upload_failed")
        assert body["request_id"] == headers["X-Request-Id"]
        assert "secret" not in str(body)
        _, _, usage = await server.call("GET", "/v1/usage", headers=auth)
        assert usage["monthly"]["uploads"] == usage["totals"]["media_stored"] == 0
        assert list(server.core.settings.work_folder.iterdir()) == []
