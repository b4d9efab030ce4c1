"""GET /{id}.{ext}?… : renditions, through real HTTP."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pictures
import pytest
import requests
from PIL import Image
from servers import running
from wire import raw

from core.model import Caller
from core.services.delivery import Variant

CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.fixture(scope="module")
def image(server, teams):
    return server.upload(pictures.jpeg(900, 600), headers=teams.ours)


@pytest.fixture(scope="module")
def hidden(server, teams):
    return server.upload(pictures.jpeg(900, 600, seed=2), headers=teams.ours, public="false")


def shown(answer) -> Image.Image:
    assert answer.status_code == 200, answer.text
    return pictures.opened(answer.content)


def test_a_query_transforms(server, image):
    answer = server.get(f"/{image['id']}.jpeg?size=s")
    assert shown(answer).size == (320, 213)
    assert shown(answer).format == "JPEG"


def test_a_rendition_has_every_header_that_the_picture_has(server, image):
    plain = server.get(f"/{image['id']}.jpeg")
    answer = server.get(f"/{image['id']}.jpeg?size=s&format=webp")
    assert answer.headers["Content-Type"] == "image/webp"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.webp"'
    assert answer.headers["ETag"] != plain.headers["ETag"]
    for name in (
        "Last-Modified",
        "Accept-Ranges",
        "Cache-Control",
        "Content-Security-Policy",
        "Cross-Origin-Resource-Policy",
        "Access-Control-Allow-Origin",
        "X-Content-Type-Options",
    ):
        assert answer.headers[name] == plain.headers[name]
    assert "Vary" not in answer.headers
    assert answer.headers["Content-Security-Policy"] == CSP


def test_without_an_extension_it_is_the_same_bytes_for_whoever_asks_for_a_picture(server, image):
    one = server.get(f"/{image['id']}.jpeg?size=s")
    other = server.get(f"/{image['id']}?size=s", headers={"Accept": "image/*"})
    assert other.content == one.content
    assert other.headers["ETag"] == one.headers["ETag"]
    assert other.headers["Vary"] == "Accept, Sec-Fetch-Dest"


@pytest.mark.parametrize(
    ("extension", "kind"),
    [("webp", "WEBP"), ("png", "PNG"), ("gif", "GIF"), ("avif", "AVIF"), ("WebP", "WEBP")],
)
def test_another_extension_converts(server, image, extension, kind):
    answer = server.get(f"/{image['id']}.{extension}")
    assert shown(answer).format == kind
    assert shown(answer).size == (900, 600)
    named = server.get(f"/{image['id']}.jpeg?format={extension.lower()}")
    assert named.headers["ETag"] == answer.headers["ETag"]
    assert named.content == answer.content


@pytest.mark.parametrize("extension", ["jpg", "jpeg"])
def test_jpg_and_jpeg_convert_alike(server, teams, extension):
    made = server.upload(pictures.png(40, 30), "a.png", headers=teams.ours)
    assert shown(server.get(f"/{made['id']}.{extension}")).format == "JPEG"


@pytest.mark.parametrize("extension", ["svg", "ico", "heic", "tiff", "bmp", "html", "jpegx"])
def test_extensions_that_are_no_conversion_are_not_found(server, image, extension):
    assert server.get(f"/{image['id']}.{extension}").status_code == 404


def test_format_beats_the_extension(server, image):
    answer = server.get(f"/{image['id']}.png?format=webp&size=s")
    assert answer.headers["Content-Type"] == "image/webp"
    assert shown(answer).format == "WEBP"


@pytest.mark.parametrize(
    "query",
    ["size=xl", "format=jpg", "brightness=1&blur=0&rotate=45", "nonsense=1", "background=red"],
)
def test_with_nothing_left_to_do_the_stored_bytes_are_served(server, image, query):
    plain = server.get(f"/{image['id']}.jpeg")
    answer = server.get(f"/{image['id']}.jpeg?{query}")
    assert answer.content == plain.content
    assert answer.headers["ETag"] == plain.headers["ETag"]


def test_the_same_picture_in_other_words_is_the_same_entry(server, image):
    words = ["size=s&blur=2", "blur=2&size=s", "size=s&blur=02&gamma=1", "blur=2&size=s&x=1"]
    answers = [server.get(f"/{image['id']}.jpeg?{one}") for one in words]
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert len({answer.content for answer in answers}) == 1


def test_conditions_and_ranges_hold_for_renditions(server, image):
    path = f"/{image['id']}.webp?size=m"
    whole = server.get(path)
    etag, size = whole.headers["ETag"], len(whole.content)
    unchanged = server.get(path, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    part = server.get(path, headers={"Range": "bytes=10-99", "If-Range": etag})
    assert part.status_code == 206
    assert part.content == whole.content[10:100]
    assert part.headers["Content-Range"] == f"bytes 10-99/{size}"
    assert part.headers["Content-Type"] == "image/webp"
    beyond = server.get(path, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    head = requests.head(server.url + path, timeout=30)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Length", "ETag", "Content-Type", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("size=huge", "size"),
        ("blur=251", "blur"),
        ("blur=1.5", "blur"),
        ("blur=", "blur"),
        ("blur=1&blur=2", "blur"),
        ("brightness=-1", "brightness"),
        ("brightness=nan", "brightness"),
        ("format=bmp", "format"),
        ("flip=vh", "flip"),
        ("background=nocolour", "background"),
        ("metadata=some", "metadata"),
        ("gamma=" + "9" * 5_000, "gamma"),
        ("size=s&w=10", "size"),
    ],
)
def test_a_wrong_parameter_is_named(server, image, query, field):
    answer = server.get(f"/{image['id']}.jpeg?{query}")
    assert answer.status_code == 422
    body = answer.json()
    assert body["error"] == "validation_error"
    assert list(body["errors"]) == [field]
    assert len(body["message"]) < 400


def test_all_wrong_parameters_are_named_at_once(server, image):
    body = server.get(f"/{image['id']}.jpeg?size=huge&blur=x&gamma=11").json()
    assert sorted(body["errors"]) == ["blur", "gamma", "size"]


def test_wrong_parameters_tell_nothing_of_what_is_hidden(server, hidden):
    answer = server.get(f"/{hidden['id']}.jpeg?blur=x")
    assert answer.status_code == 404
    assert server.get("/zzzzzzzzzz.jpeg?blur=x").status_code == 404


def test_a_private_picture_is_transformed_for_its_team_alone(server, hidden, teams):
    path = f"/{hidden['id']}.webp?size=s"
    answer = server.get(path, headers=teams.ours)
    assert shown(answer).size == (320, 213)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert server.get(path).status_code == 404
    assert server.get(path, headers=teams.theirs).status_code == 404


def test_dimensions_need_a_signature(server, image, teams):
    for query in ("w=100", "h=100", "w=100&h=100&fit=fill", "gravity=n&w=10", "w=100&sig=x"):
        answer = server.get(f"/{image['id']}.jpeg?{query}", headers=teams.ours)
        assert answer.status_code == 403, query
        assert answer.json()["error"] == "forbidden"


def tagged() -> bytes:
    picture = pictures.pixels(400, 300)
    exif = picture.getexif()
    exif[0x010F] = "SecretMaker"
    exif[0x8298] = "(c) Jane"
    return pictures.encoded(picture, "JPEG", exif=exif.tobytes())


def test_metadata_goes_along_as_asked_for(server, teams):
    made = server.upload(tagged(), headers=teams.ours)
    path = f"/{made['id']}.webp?size=s"
    usual = server.get(path)
    bare = server.get(f"{path}&metadata=none")
    all_of_it = server.get(f"{path}&metadata=keep", headers=teams.ours)
    assert b"SecretMaker" not in usual.content
    assert b"(c) Jane" in usual.content
    assert b"SecretMaker" not in bare.content
    assert b"(c) Jane" not in bare.content
    assert b"SecretMaker" in all_of_it.content
    assert b"(c) Jane" in all_of_it.content
    assert all_of_it.headers["Cache-Control"] == "private, no-store"
    assert len({answer.headers["ETag"] for answer in (usual, bare, all_of_it)}) == 3
    for headers in ({}, teams.theirs):
        refused = server.get(f"{path}&metadata=keep", headers=headers)
        assert refused.status_code == 403
        assert refused.json()["error"] == "forbidden"


def test_private_metadata_is_not_kept_on_disk(backing, tmp_path):
    with running(tmp_path / "data") as own:
        made = own.upload(tagged(), headers=own.auth)
        path = f"/{made['id']}.webp?size=s"
        for query in ("", "&metadata=none", "&metadata=keep", "&metadata=keep"):
            assert own.get(path + query, headers=own.auth).status_code == 200
        kept = list((tmp_path / "data" / "derived").rglob("*.webp"))
        assert len(kept) == 2
        assert not any(b"SecretMaker" in file.read_bytes() for file in kept)


def test_of_many_at_once_each_gets_the_same_picture(server, image):
    path = f"/{image['id']}.webp?blur=9"
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda _: server.get(path), range(24)))
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.content for answer in found}) == 1


def test_a_lost_cache_costs_time_alone(backing, tmp_path):
    with running(tmp_path / "data", HOT_BYTES=0) as own:
        made = own.upload(pictures.jpeg(500, 400), headers=own.auth)
        path = f"/{made['id']}.webp?size=s"
        first = own.get(path).content
        for file in (tmp_path / "data" / "derived").rglob("*.webp"):
            file.unlink()
        assert own.get(path).content == first
        (tmp_path / "data" / "derived").rename(tmp_path / "gone")
        assert own.get(path).content == first


def test_where_renditions_can_not_be_kept_they_are_given(backing, tmp_path):
    derived = tmp_path / "derived"
    with running(tmp_path / "data", HOT_BYTES=0, DERIVED_DIR=derived) as own:
        made = own.upload(pictures.jpeg(500, 400), headers=own.auth)
        derived.write_text("not a folder")
        for _ in range(2):
            assert shown(own.get(f"/{made['id']}.webp?size=s")).format == "WEBP"
        assert own.get("/readyz").json()["status"] == "ok"


def test_what_was_made_of_an_image_goes_with_it(backing, tmp_path):
    derived = tmp_path / "data" / "derived"
    with running(tmp_path / "data") as own:
        made = own.upload(pictures.jpeg(500, 400), headers=own.auth)
        other = own.upload(pictures.jpeg(500, 400, seed=3), headers=own.auth)
        for one in (made, other):
            for path in (f"/{one['id']}.webp?size=s", f"/{one['id']}.png"):
                assert own.get(path).status_code == 200
        assert len(list(derived.rglob("*.*"))) == 4
        gone = requests.delete(f"{own.url}/v1/media/{made['id']}", headers=own.auth, timeout=30)
        assert gone.status_code == 204
        assert own.get(f"/{made['id']}.png").status_code == 410
        own.cli("sweep")
        assert len(list(derived.rglob("*.*"))) == 2
        assert own.get(f"/{other['id']}.png").status_code == 200


def test_the_limit_is_held_by_a_sweep(backing, tmp_path):
    derived = tmp_path / "data" / "derived"
    with running(tmp_path / "data", DERIVED_LIMIT=60_000, HOT_BYTES=0) as own:
        made = own.upload(pictures.jpeg(600, 400), headers=own.auth)
        for radius in range(1, 13):
            assert own.get(f"/{made['id']}.jpeg?blur={radius}").status_code == 200
        own.cli("sweep")
        assert 0 < sum(file.stat().st_size for file in derived.rglob("*.*")) <= 60_000


def test_uncached_renditions_are_limited_and_cached_ones_are_not(backing, tmp_path):
    with running(tmp_path / "data", RENDER_RATE="3/minute") as own:
        made = own.upload(pictures.jpeg(200, 100), headers=own.auth)
        for radius in (1, 2, 3):
            assert own.get(f"/{made['id']}.jpeg?blur={radius}").status_code == 200
        refused = own.get(f"/{made['id']}.jpeg?blur=4")
        assert refused.status_code == 429
        body = refused.json()
        assert body["error"] == "rate_limited"
        assert body["action"]["type"] == "wait"
        assert int(refused.headers["Retry-After"]) == body["action"]["seconds"] > 0
        assert own.get(f"/{made['id']}.jpeg?blur=3").status_code == 200
        assert own.get(f"/{made['id']}.jpeg").status_code == 200
        assert own.get(f"/{made['id']}.jpeg?blur=4", headers=own.auth).status_code == 200
        assert own.get(f"/{made['id']}.jpeg?blur=4").status_code == 200


def test_animations_stay_animations_where_they_can(server, teams):
    made = server.upload(pictures.gif(4), "a.gif", headers=teams.ours)
    for path, frames in ((f"/{made['id']}.webp", 4), (f"/{made['id']}.jpg", 1)):
        answer = server.get(path)
        assert answer.status_code == 200
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert getattr(picture, "n_frames", 1) == frames


def test_an_animation_over_100_megapixels_is_served_as_it_is_and_not_transformed(server, teams):
    data = pictures.endless_gif()
    made = server.upload(data, "a.gif", headers=teams.ours)
    assert server.get(f"/{made['id']}.gif").content == data
    assert shown(server.get(f"/{made['id']}.jpg?size=s")).size == (320, 213)
    for path in ("gif?size=s", "webp", "png?brightness=2"):
        refused = server.get(f"/{made['id']}.{path}")
        assert refused.status_code == 422
        assert refused.json()["error"] == "validation_error"
        assert "too large to transform" in refused.json()["message"]


def test_an_svg_is_drawn_when_something_is_to_be_done(server, teams):
    made = server.upload(pictures.SVG, "a.svg", headers=teams.ours)
    assert server.get(f"/{made['id']}.svg?size=xl").headers["Content-Type"] == "image/svg+xml"
    assert shown(server.get(f"/{made['id']}.png")).size == (120, 80)
    blurred = server.get(f"/{made['id']}.svg?blur=2")
    assert blurred.headers["Content-Type"] == "image/png"
    assert 'filename="' in blurred.headers["Content-Disposition"]
    assert blurred.headers["Content-Disposition"].endswith('.png"')


def test_the_browser_may_ask_in_any_case_and_order(server, image):
    head = f"GET /{image['id']}.JPEG?size=s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert raw(server.port, head.encode()).status == 200


async def test_sizes_made_so_far_are_known_with_what_they_are(local):
    async with local() as server:
        _, _, made = await server.upload(pictures.jpeg(900, 600))
        core = server.core
        media = await core.delivery.find(made["id"], Caller("address:127.0.0.1"))
        assert await core.delivery.variants(media) == {}
        sizes = {}
        for name in ("m", "s", "l"):
            _, _, sizes[name] = await server.call("GET", f"/{made['id']}.jpeg?size={name}")
        found = await core.delivery.variants(media)
        assert list(found) == ["s", "m"], "l would be larger than the image itself"
        assert found["s"] == Variant("jpeg", 320, 213, len(sizes["s"]))
        assert found["m"] == Variant("jpeg", 640, 427, len(sizes["m"]))
