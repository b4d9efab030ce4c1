"""/v1/albums, through real HTTP."""

from __future__ import annotations

import re
from urllib.parse import quote

import pictures
import pytest
import requests
import stored
from servers import running

PHOTO = pictures.jpeg(8, 8)
NONE = "1111111111"


def call(server, method, path, headers, **options):
    return requests.request(
        method, f"{server.url}/v1/albums{path}", headers=headers, timeout=30, **options
    )


def create(server, headers, **fields):
    answer = call(server, "POST", "", headers, json={"title": "Holiday"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def ids_in(server, album, headers=None):
    answer = call(server, "GET", f"/{album['id']}", headers or {})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    ids = [media["id"] for media in told["media"]]
    assert told["media_count"] == len(ids)
    return ids


def album_of(server, headers, media):
    return server.get(f"/v1/media/{media['id']}", headers=headers).json().get("album_id")


def test_albums_are_made_read_changed_and_deleted(server, teams):
    made = create(server, teams.ours, title="Ferien 🦆", description="two\nlines")
    assert re.fullmatch("[1-9A-HJ-NP-Za-km-z]{10}", made["id"])
    assert made == {
        "id": made["id"],
        "link": f"{server.url}/a/{made['id']}",
        "title": "Ferien 🦆",
        "description": "two\nlines",
        "public": True,
        "has_password": False,
        "media_count": 0,
        "created_at": made["created_at"],
    }
    path = f"/{made['id']}"
    page = {"media": [], "next_cursor": None, "has_more": False}
    assert call(server, "GET", path, teams.ours).json() == made | page

    changed = call(server, "PATCH", path, teams.ours, json={"title": "T", "description": None})
    expected = made | {"title": "T"}
    del expected["description"]
    assert (changed.status_code, changed.json()) == (200, expected)
    assert call(server, "PATCH", path, teams.ours, json={}).json() == expected
    assert call(server, "GET", path, teams.ours).json() == expected | page

    gone = call(server, "DELETE", path, teams.ours)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PATCH", "DELETE"):
        assert call(server, method, path, teams.ours, json={}).status_code == 404


WRONG = [
    ("title", ["", " ", "x" * 201, "a\0b", None, 5]),
    ("description", ["x" * 2001, "a\0b", 5]),
    ("public", ["true", 1, None]),
    ("password", ["", "x" * 201, "a\0b", 5]),
    ("embed_profile_id", [0, "1", 999_999, 1.5]),
    ("id", ["x"]),
    ("password_hash", ["x"]),
    ("has_password", [True]),
]


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG for value in values]
)
def test_what_is_refused(server, teams, field, value):
    made = create(server, teams.ours)
    for method, path in (("POST", ""), ("PATCH", f"/{made['id']}")):
        answer = call(server, method, path, teams.ours, json={"title": "a"} | {field: value})
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"] == "validation_error"
        assert list(answer.json()["errors"]) == [field]
    assert call(server, "GET", f"/{made['id']}", teams.ours).json()["title"] == "Holiday"


def test_all_that_is_wrong_is_told_at_once(server, teams):
    body = {"public": 1, "embed_profile_id": 999_999, "zz": 1}
    answer = call(server, "POST", "", teams.ours, json=body)
    assert set(answer.json()["errors"]) == {"title", "public", "embed_profile_id", "zz"}


@pytest.mark.parametrize("album_id", [NONE, "x", "0", "-1", "%00", "%FF", "x" * 300, "..%2f"])
def test_ids_that_name_nothing(server, teams, album_id):
    media = server.upload(PHOTO, headers=teams.ours)
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("PUT", f"/media/{media['id']}"),
        ("DELETE", f"/media/{media['id']}"),
    ):
        answer = call(server, method, f"/{album_id}{path}", teams.ours, json={})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found"), method


def test_a_list_is_the_teams_own_newest_first_in_pages(server):
    headers = server.new_key("albums-list@example.org", "--plan", "unlimited")
    made = [create(server, headers, title=str(number)) for number in range(5)][::-1]
    create(server, server.auth)
    found, query = [], "?limit=2"
    while True:
        page = call(server, "GET", query, headers).json()
        assert set(page) == {"data", "next_cursor", "has_more"}
        assert page["has_more"] is (page["next_cursor"] is not None)
        found += page["data"]
        if not page["has_more"]:
            break
        assert len(page["data"]) == 2
        query = f"?limit=2&cursor={quote(page['next_cursor'])}"
    assert found == made
    assert call(server, "GET", "", headers).json()["data"] == made


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor")],
)
def test_bad_pages_are_refused(server, teams, query, field):
    made = create(server, teams.ours)
    for path in (f"?{query}", f"/{made['id']}?{query}"):
        answer = call(server, "GET", path, teams.ours)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_a_cursor_is_good_for_its_own_list_alone(server, teams):
    made = [create(server, teams.ours) for _ in range(3)]
    for album in made[:2]:
        for _ in range(2):
            server.upload(PHOTO, headers=teams.ours, album_id=album["id"])
    of_list = call(server, "GET", "?limit=1", teams.ours).json()["next_cursor"]
    of_album = call(server, "GET", f"/{made[0]['id']}?limit=1", teams.ours).json()["next_cursor"]
    of_media = server.get("/v1/media?limit=1", headers=teams.ours).json()["next_cursor"]
    assert call(server, "GET", f"/{made[0]['id']}?cursor={of_album}", teams.ours).status_code == 200
    for path, cursor in (
        ("", of_album),
        ("", of_media),
        (f"/{made[0]['id']}", of_list),
        (f"/{made[1]['id']}", of_album),
        (f"/{made[0]['id']}", of_media),
    ):
        assert call(server, "GET", f"{path}?cursor={cursor}", teams.ours).status_code == 422
    theirs = server.add_key(teams.theirs, "*")
    assert call(server, "GET", f"?cursor={of_list}", theirs).status_code == 422


def test_an_albums_images_come_newest_first_in_pages(server, teams):
    album = create(server, teams.ours)
    ids = [server.upload(PHOTO, headers=teams.ours, album_id=album["id"])["id"] for _ in range(5)]
    found, query = [], "?limit=2"
    while query:
        page = call(server, "GET", f"/{album['id']}{query}", teams.ours).json()
        assert page["media_count"] == 5
        found += page["media"]
        query = page["has_more"] and f"?limit=2&cursor={quote(page['next_cursor'])}"
    assert [media["id"] for media in found] == ids[::-1]
    assert found[0] == server.get(f"/v1/media/{ids[-1]}", headers=teams.ours).json()


def test_an_image_is_in_one_album_at_most(server, teams):
    first, second = create(server, teams.ours), create(server, teams.ours)
    media = server.upload(PHOTO, headers=teams.ours)

    def put(album):
        answer = call(server, "PUT", f"/{album['id']}/media/{media['id']}", teams.ours)
        assert (answer.status_code, answer.content) == (204, b"")

    put(first)
    put(first)
    assert ids_in(server, first, teams.ours) == [media["id"]]
    put(second)
    assert ids_in(server, first, teams.ours) == []
    assert ids_in(server, second, teams.ours) == [media["id"]]
    assert album_of(server, teams.ours, media) == second["id"]

    out = f"/media/{media['id']}"
    assert call(server, "DELETE", f"/{first['id']}{out}", teams.ours).status_code == 404
    assert album_of(server, teams.ours, media) == second["id"]
    gone = call(server, "DELETE", f"/{second['id']}{out}", teams.ours)
    assert (gone.status_code, gone.content) == (204, b"")
    assert album_of(server, teams.ours, media) is None
    assert call(server, "DELETE", f"/{second['id']}{out}", teams.ours).status_code == 404


def test_foreign_albums_and_images_are_not_there(server, teams):
    ours, theirs = create(server, teams.ours, public=False), create(server, teams.theirs)
    media = server.upload(PHOTO, headers=teams.ours, album_id=ours["id"])
    foreign = server.upload(PHOTO, headers=teams.theirs, album_id=theirs["id"])
    for method, path in (
        ("GET", f"/{ours['id']}"),
        ("PATCH", f"/{ours['id']}"),
        ("DELETE", f"/{ours['id']}"),
        ("PUT", f"/{ours['id']}/media/{foreign['id']}"),
        ("PUT", f"/{theirs['id']}/media/{media['id']}"),
        ("DELETE", f"/{ours['id']}/media/{media['id']}"),
        ("DELETE", f"/{theirs['id']}/media/{media['id']}"),
        ("PUT", f"/{theirs['id']}/media/{NONE}"),
        ("PUT", f"/{theirs['id']}/media/x"),
        ("DELETE", f"/{theirs['id']}/media/%00"),
    ):
        answer = call(server, method, path, teams.theirs, json={"title": "theirs"})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found"), (method, path)
    assert call(server, "GET", f"/{ours['id']}", {}).status_code == 404
    assert album_of(server, teams.ours, media) == ours["id"]
    assert album_of(server, teams.theirs, foreign) == theirs["id"]
    refused = server.try_upload(PHOTO, headers=teams.theirs, album_id=ours["id"])
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["album_id"])


def test_deleting_an_album_keeps_its_images(server, teams):
    album = create(server, teams.ours)
    media = server.upload(PHOTO, headers=teams.ours, album_id=album["id"])
    assert album_of(server, teams.ours, media) == album["id"]
    assert call(server, "DELETE", f"/{album['id']}", teams.ours).status_code == 204
    kept = server.get(f"/v1/media/{media['id']}", headers=teams.ours).json()
    assert kept == {name: media[name] for name in media if name != "album_id"}
    assert server.get(f"/{media['id']}.jpeg").content == PHOTO


def test_others_see_public_images_of_public_albums(server, teams):
    album = create(server, teams.ours)
    shown = server.upload(PHOTO, headers=teams.ours, album_id=album["id"], external_id="albums-1")
    hidden = server.upload(PHOTO, headers=teams.ours, album_id=album["id"], public="false")
    assert set(ids_in(server, album, teams.ours)) == {shown["id"], hidden["id"]}
    for headers in ({}, teams.theirs):
        assert ids_in(server, album, headers) == [shown["id"]]
        told = call(server, "GET", f"/{album['id']}", headers).json()["media"][0]
        assert not {"external_id", "album_id", "embed_profile_id"} & set(told)
    call(server, "PATCH", f"/{album['id']}", teams.ours, json={"public": False})
    for headers in ({}, teams.theirs, {"X-Album-Password": "x"}):
        assert call(server, "GET", f"/{album['id']}", headers).status_code == 404
    assert call(server, "GET", f"/{album['id']}", {"Authorization": "Bearer x"}).status_code == 401


def test_an_embed_profile_is_shown_to_the_team_alone(server, teams):
    profile = requests.post(
        f"{server.url}/v1/embeds", json={"name": "a"}, headers=teams.ours, timeout=30
    ).json()["id"]
    album = create(server, teams.ours, embed_profile_id=profile)
    assert album["embed_profile_id"] == profile
    assert "embed_profile_id" not in call(server, "GET", f"/{album['id']}", {}).json()
    cleared = call(server, "PATCH", f"/{album['id']}", teams.ours, json={"embed_profile_id": None})
    assert "embed_profile_id" not in cleared.json()
    requests.delete(f"{server.url}/v1/embeds/{profile}", headers=teams.ours, timeout=30)


def test_a_password_opens_an_album_to_others(server, teams):
    password = "schlüssel 🦆"
    album = create(server, teams.ours, password=password)
    media = server.upload(PHOTO, headers=teams.ours, album_id=album["id"])
    assert (album["has_password"], "password" in album) == (True, False)
    path = f"/{album['id']}"
    assert ids_in(server, album, teams.ours) == [media["id"]]

    def told(given):
        headers = {} if given is None else {"X-Album-Password": given.encode()}
        answer = call(server, "GET", path, headers)
        return answer.status_code, answer.json()

    for wrong in (None, "", "x", password.upper(), password + "x", "x" * 5_000):
        status, body = told(wrong)
        assert (status, body["error"]) == (403, "forbidden"), wrong
        assert not {"title", "media"} & set(body)
    for _ in range(2):
        status, body = told(password)
        assert (status, [one["id"] for one in body["media"]]) == (200, [media["id"]])

    call(server, "PATCH", path, teams.ours, json={"password": "other"})
    assert told(password)[0] == 403
    assert told("other")[0] == 200
    cleared = call(server, "PATCH", path, teams.ours, json={"password": None}).json()
    assert cleared["has_password"] is False
    assert told(None)[0] == 200


def test_of_a_password_only_an_argon2_hash_is_kept(server, teams):
    album = create(server, teams.ours, password="secret of the album")
    call(server, "GET", f"/{album['id']}", {"X-Album-Password": "secret of the album"})
    rows = stored.rows(
        server.data_dir, "SELECT password_hash FROM albums WHERE id = ?", album["id"]
    )
    assert rows[0][0].startswith("$argon2id$")
    assert "secret of the album" not in stored.dump(server.data_dir)
    assert "secret of the album" not in server.log()


def test_guessing_is_limited_and_does_not_lock_out_who_knows(backing, tmp_path):
    with running(tmp_path / "data") as server:
        album = create(server, server.auth, password="right")
        path = f"/{album['id']}"
        assert call(server, "GET", path, {"X-Album-Password": "right"}).status_code == 200
        answers = [call(server, "GET", path, {"X-Album-Password": str(n)}) for n in range(12)]
        statuses = [answer.status_code for answer in answers]
        assert statuses == [403] * 9 + [429] * 3
        refused = answers[-1]
        assert refused.json()["error"] == "rate_limited"
        assert int(refused.headers["Retry-After"]) == refused.json()["action"]["seconds"] > 0
        assert call(server, "GET", path, {"X-Album-Password": "right"}).status_code == 200
        assert call(server, "GET", path, server.auth).status_code == 200


def test_head_and_other_methods(server, teams):
    album = create(server, teams.ours)
    head = call(server, "HEAD", f"/{album['id']}", teams.ours)
    assert (head.status_code, head.content) == (200, b"")
    for method, path in (
        ("PUT", ""),
        ("POST", f"/{album['id']}"),
        ("GET", f"/{album['id']}/media/x"),
    ):
        answer = call(server, method, path, teams.ours)
        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
        assert "OPTIONS" in answer.headers["Allow"]
    assert call(server, "GET", "/", teams.ours).status_code == 404
