"""POST /v1/media/{id}/links, and what the links that it gives open."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pictures
import pytest
import requests

DAY = 86_400


@pytest.fixture(scope="module")
def image(server, teams):
    return server.upload(pictures.jpeg(900, 600), headers=teams.ours)


@pytest.fixture(scope="module")
def hidden(server, teams):
    return server.upload(pictures.jpeg(900, 600, seed=2), headers=teams.ours, public="false")


def ask(server, media, headers, **body):
    url = f"{server.url}/v1/media/{media['id']}/links"
    return requests.post(url, json=body, headers=headers, timeout=60)


def sign(server, media, headers, **body) -> dict:
    answer = ask(server, media, headers, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def path(url) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def changed(url, **values) -> str:
    """The address with some of its parameters set to others; None drops one."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | values
    return f"{parts.path}?{urlencode({key: text for key, text in query.items() if text})}"


def picture(answer):
    assert answer.status_code == 200, answer.text
    return pictures.opened(answer.content)


def test_a_link_has_its_dimensions_baked_in(server, image, teams):
    made = sign(server, image, teams.ours, w=300, h=300, fit="cover", gravity="ne")
    assert made.keys() == {"link", "src"}
    assert made["link"].startswith(f"{image['link']}?")
    assert made["src"].startswith(f"{image['src']}?")
    assert picture(server.get(path(made["src"]))).size == (300, 300)
    assert picture(server.get(path(made["link"]), headers={"Accept": "image/*"})).size == (300, 300)


def test_the_link_stays_short(server, image, hidden, teams):
    for media in (image, hidden):
        made = sign(server, media, teams.ours, w=1280, h=720, expires_in="1d")
        assert len(made["link"]) - len(media["link"]) < 70


def test_its_src_has_the_extension_of_what_it_gives(server, image, teams):
    made = sign(server, image, teams.ours, w=100, format="webp")
    assert urlsplit(made["src"]).path == f"/{image['id']}.webp"
    assert picture(server.get(path(made["src"]))).format == "WEBP"
    drawn = server.upload(pictures.SVG, "a.svg", headers=teams.ours)
    for body, extension in (({"w": 60}, "png"), ({"expires_in": 60}, "svg")):
        made = sign(server, drawn, teams.ours, **body)
        assert urlsplit(made["src"]).path == f"/{drawn['id']}.{extension}"
        assert server.get(path(made["src"])).status_code == 200


def test_any_transform_can_be_signed(server, image, teams):
    body = {
        "w": 100,
        "h": 80,
        "fit": "contain",
        "rotate": 90,
        "flip": "h",
        "background": "rgba(255, 0, 0, 0.5)",
        "brightness": 1.1,
        "contrast": 1,
        "gamma": 0.9000000001,
        "saturation": 2,
        "blur": 1,
        "sharp": 0.5,
        "metadata": "none",
        "format": "png",
    }
    made = sign(server, image, teams.ours, **body)
    assert picture(server.get(path(made["src"]))).size == (80, 100)


@pytest.mark.parametrize(
    "change",
    [
        {"w": "301"},
        {"h": "300"},
        {"fit": "fill"},
        {"w": None},
        {"blur": "3"},
        {"format": "webp"},
        {"sig": "x"},
        {"sig": "é" * 27},
        {"sig": "." * 40},
        {"sig": "A" * 27},
        {"sig": "A" * 5_000},
    ],
    ids=str,
)
def test_a_changed_link_is_refused(server, image, hidden, teams, change):
    for media, status in ((image, 403), (hidden, 404)):
        made = sign(server, media, teams.ours, w=300, h=200)
        answer = server.get(changed(made["src"], **change))
        assert answer.status_code == status
        assert "etag" not in answer.headers


def test_every_character_of_a_signature_counts(server, image, teams):
    made = sign(server, image, teams.ours, w=300, expires_in="1h")
    signature = dict(parse_qsl(urlsplit(made["src"]).query))["sig"]
    for place, old in enumerate(signature):
        for new in "AB1":
            if new != old:
                other = signature[:place] + new + signature[place + 1 :]
                assert server.get(changed(made["src"], sig=other)).status_code == 403, place
    for other in (
        signature[:-1],
        f"{signature}0",
        f"{signature}.",
        f"{signature}=",
        f" {signature}",
    ):
        assert server.get(changed(made["src"], sig=other)).status_code == 403


def test_a_signature_is_for_one_image(server, image, teams):
    other = server.upload(pictures.jpeg(900, 600, seed=3), headers=teams.ours)
    made = sign(server, image, teams.ours, w=300)
    moved = path(made["src"]).replace(image["id"], other["id"])
    assert server.get(moved).status_code == 403


def test_another_extension_is_a_change(server, image, teams):
    made = sign(server, image, teams.ours, w=300)
    assert server.get(path(made["src"]).replace(".jpeg?", ".webp?")).status_code == 403
    assert server.get(path(made["src"]).replace(".jpeg?", ".JPG?")).status_code == 200


def test_what_changes_nothing_may_be_added(server, image, teams):
    made = sign(server, image, teams.ours, w=300, blur=0)
    answers = [server.get(path(made["src"]) + more) for more in ("", "&download=1", "&gamma=1")]
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def test_a_signature_given_twice_is_none(server, image, teams):
    made = sign(server, image, teams.ours, w=300)
    signature = dict(parse_qsl(urlsplit(made["src"]).query))["sig"]
    assert server.get(f"{path(made['src'])}&sig={signature}").status_code == 403


def test_a_link_opens_a_private_image_without_a_key(server, hidden, teams):
    made = sign(server, hidden, teams.ours)
    for address in (made["src"], made["link"]):
        answer = server.get(path(address), headers={"Accept": "image/*"})
        assert answer.content == server.get(f"/{hidden['id']}.jpeg", headers=teams.ours).content
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert server.get(f"/{hidden['id']}.jpeg").status_code == 404


def test_a_link_to_a_private_image_lasts_a_week_unless_told(server, hidden, image, teams):
    now = time.time()
    assert sign(server, hidden, teams.ours)["expires_at"] == pytest.approx(now + 7 * DAY, abs=60)
    made = sign(server, hidden, teams.ours, expires_in="2h")
    assert made["expires_at"] == pytest.approx(now + 7_200, abs=60)
    assert "expires_at" not in sign(server, image, teams.ours)


@pytest.mark.parametrize("given", [60, "60", "5m", "2h", "7d", "2w", 90 * DAY])
def test_lives_that_a_link_may_have(server, image, teams, given):
    assert sign(server, image, teams.ours, expires_in=given)["expires_at"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"expires_in": 59}, "expires_in"),
        ({"expires_in": "91d"}, "expires_in"),
        ({"expires_in": "soon"}, "expires_in"),
        ({"expires_in": True}, "expires_in"),
        ({"expires_in": None}, "expires_in"),
        ({"expires_in": 60.5}, "expires_in"),
        ({"w": 0}, "w"),
        ({"w": 4097}, "w"),
        ({"w": "300"}, "w"),
        ({"w": True}, "w"),
        ({"h": 10**30}, "h"),
        ({"fit": "crop"}, "fit"),
        ({"gravity": "up"}, "gravity"),
        ({"rotate": 91}, "rotate"),
        ({"gamma": 10.01}, "gamma"),
        ({"gamma": "1"}, "gamma"),
        ({"background": "nocolour"}, "background"),
        ({"blur": 1.5}, "blur"),
        ({"size": "s", "w": 10}, "size"),
        ({"sig": "x"}, "sig"),
        ({"width": 300}, "width"),
    ],
    ids=str,
)
def test_what_can_not_be_signed_is_named(server, image, teams, body, field):
    answer = ask(server, image, teams.ours, **body)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"w": 4097}, "w is 4097; it may be a whole number from 1 to 4096."),
        ({"w": "300"}, 'w is "300"; it may be a whole number from 1 to 4096.'),
        ({"fit": None}, "fit is null; it may be cover, contain, inside, fill."),
        ({"gamma": 10.01}, "gamma is 10.01; it may be a number from 0 to 10."),
        ({"rotate": "9" * 500}, f'rotate is "{"9" * 79}; it may be 90, 180, 270.'),
    ],
    ids=str,
)
def test_what_was_given_and_what_may_be_is_told(server, image, teams, body, sentence):
    (said,) = ask(server, image, teams.ours, **body).json()["errors"].values()
    assert said == [sentence]


def test_all_that_is_wrong_is_named_at_once(server, image, teams):
    answer = ask(server, image, teams.ours, w=0, gamma=11, expires_in=1, other=1)
    assert sorted(answer.json()["errors"]) == ["expires_in", "gamma", "other", "w"]


def test_who_may_sign(server, image, hidden, teams):
    assert ask(server, image, {}).status_code == 401
    assert ask(server, image, teams.reader, w=10).status_code == 403
    assert ask(server, image, teams.writer, w=10).status_code == 200
    assert ask(server, hidden, teams.theirs).status_code == 404
    assert ask(server, {"id": "zzzzzzzzzz"}, teams.ours).status_code == 404
    assert ask(server, {"id": "no-id"}, teams.ours).status_code == 404


def test_metadata_is_its_owners_to_sign_for(server, teams):
    picture_of = pictures.pixels(60, 40)
    exif = picture_of.getexif()
    exif[0x010F] = "SecretMaker"
    data = pictures.encoded(picture_of, "JPEG", exif=exif.tobytes())
    made = server.upload(data, headers=teams.ours)
    assert ask(server, made, teams.theirs, metadata="keep").status_code == 403
    signed = sign(server, made, teams.ours, metadata="keep")
    answer = server.get(path(signed["src"]))
    assert answer.content == data
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert server.get(changed(signed["src"], sig=None)).status_code == 403
    plain = sign(server, made, teams.ours)
    assert server.get(changed(plain["src"], metadata="keep")).status_code == 403


def set_public(server, media, headers, public):
    url = f"{server.url}/v1/media/{media['id']}"
    answer = requests.patch(url, json={"public": public}, headers=headers, timeout=30)
    assert answer.status_code == 200


def test_an_image_that_becomes_private_is_closed_to_links_signed_before(server, teams):
    made = server.upload(pictures.jpeg(90, 60, seed=8), headers=teams.ours)
    early = sign(server, made, teams.ours, w=30)
    foreign = sign(server, made, teams.theirs, w=30)
    set_public(server, made, teams.ours, public=False)
    for one in (early, foreign):
        assert server.get(path(one["src"])).status_code == 404
    late = sign(server, made, teams.ours, w=30)
    assert picture(server.get(path(late["src"]))).size == (30, 20)
    set_public(server, made, teams.ours, public=True)
    assert server.get(path(late["src"])).status_code == 200


@pytest.mark.parametrize("first", [False, True])
def test_what_was_closed_once_opens_to_no_link_from_before(server, teams, first):
    """However it was when they were signed: private, public, private again is closed to them."""
    public = "true" if first else "false"
    made = server.upload(pictures.jpeg(90, 60), headers=teams.ours, public=public)
    early = [sign(server, made, teams.ours, **each) for each in ({"w": 30}, {"rotate": 90}, {})]
    assert {server.get(path(one["src"])).status_code for one in early} == {200}
    if not first:
        set_public(server, made, teams.ours, public=True)
        assert {server.get(path(one["src"])).status_code for one in early} == {200}
    set_public(server, made, teams.ours, public=False)
    set_public(server, made, teams.ours, public=False)
    assert {server.get(path(one["src"])).status_code for one in early} == {404}
    late = sign(server, made, teams.ours, w=30)
    assert server.get(path(late["src"])).status_code == 200
    set_public(server, made, teams.ours, public=True)
    assert {server.get(path(one["src"])).status_code for one in early} == {403}
    assert server.get(path(late["src"])).status_code == 200


def test_a_link_ends_with_its_image(server, teams):
    made = server.upload(pictures.jpeg(90, 60, seed=9), headers=teams.ours, public="false")
    signed = sign(server, made, teams.ours)
    assert server.get(path(signed["src"])).status_code == 200
    url = f"{server.url}/v1/media/{made['id']}"
    assert requests.delete(url, headers=teams.ours, timeout=30).status_code == 204
    assert server.get(path(signed["src"])).status_code == 404


def test_a_link_tells_the_image_s_end_where_that_is_first(server, teams):
    made = server.upload(pictures.jpeg(90, 60, seed=10), headers=teams.ours, ttl="1h")
    for body in ({}, {"expires_in": "2h"}):
        assert sign(server, made, teams.ours, **body)["expires_at"] == made["expires_at"]


async def test_a_link_that_has_expired_is_gone(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        for public in ("true", "false"):
            _, _, made = await server.upload(pictures.jpeg(90, 60), headers=auth, public=public)
            route = f"/v1/media/{made['id']}/links"
            body = {"w": 30, "expires_in": 60}
            status, _, signed = await server.call("POST", route, json=body, headers=auth)
            assert status == 200
            assert signed["expires_at"] == int(clock.now().timestamp()) + 60
            src = path(signed["src"])
            status, headers, _ = await server.call("GET", src)
            assert status == 200
            if public == "true":
                assert headers["Cache-Control"] == "public, max-age=59, s-maxage=59"
            clock.step(seconds=59)
            assert (await server.call("GET", src))[0] == 200
            clock.step(seconds=1)
            for given in ({}, auth):
                status, _, body = await server.call("GET", src, headers=given)
                assert (status, body["error"]) == (410, "not_found")
                assert "expired" in body["message"]


async def test_a_link_near_its_end_is_answered_whole(local, clock):
    """A 304 would let a cache keep what it was told before."""
    async with local({"clock": clock}) as server:
        auth = await server.key()
        _, _, made = await server.upload(pictures.jpeg(90, 60), headers=auth)
        route = f"/v1/media/{made['id']}/links"
        _, _, signed = await server.call("POST", route, json={"expires_in": "2h"}, headers=auth)
        src = path(signed["src"])
        _, headers, _ = await server.call("GET", src)
        again = {"If-None-Match": headers["ETag"]}
        assert (await server.call("GET", src, headers=again))[0] == 304
        clock.step(seconds=timedelta(hours=1).total_seconds() + 1)
        assert (await server.call("GET", src, headers=again))[0] == 200


async def test_links_outlive_a_rotation_of_the_secret_and_no_more(local):
    first, second, third = ("first-secret-key", "second-secret-key", "third-secret-key")
    async with local(secret_key=first) as server:
        auth = await server.key()
        _, _, made = await server.upload(pictures.jpeg(90, 60), headers=auth, public="false")
        route = f"/v1/media/{made['id']}/links"
        _, _, signed = await server.call("POST", route, json={"w": 30}, headers=auth)
    async with local(secret_key=f"{second},{first}") as server:
        assert (await server.call("GET", path(signed["src"])))[0] == 200
        _, _, newer = await server.call("POST", route, json={"w": 30}, headers=auth)
    async with local(secret_key=f"{third},{second}") as server:
        assert (await server.call("GET", path(signed["src"])))[0] == 404
        assert (await server.call("GET", path(newer["src"])))[0] == 200
