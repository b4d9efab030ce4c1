"""GET and DELETE of one image, delete tokens, and who sees what, through real HTTP."""

from __future__ import annotations

import pictures
import pytest
import requests


def delete(server, media_id, headers=None):
    return requests.delete(f"{server.url}/v1/media/{media_id}", headers=headers, timeout=30)


@pytest.fixture(scope="module")
def images(server, teams):
    """One image in each state."""
    photo = pictures.jpeg()
    made = {
        "public": server.upload(photo, headers=teams.ours, external_id="matrix"),
        "private": server.upload(photo, headers=teams.ours, public="false"),
        "anonymous": server.upload(photo),
    }
    for state, public in (("deleted public", "true"), ("deleted private", "false")):
        made[state] = server.upload(photo, headers=teams.ours, public=public)
        assert delete(server, made[state]["id"], teams.ours).status_code == 204
    return made


SEEN = {
    # state: what /v1 answers to the owner, another team, nobody known
    "public": (200, 200, 200),
    "private": (200, 404, 404),
    "anonymous": (200, 200, 200),
    "deleted public": (404, 404, 404),
    "deleted private": (404, 404, 404),
}
BYTES = SEEN | {"deleted public": (410, 410, 410)}


@pytest.mark.parametrize("state", SEEN)
def test_who_sees_what(server, teams, images, state):
    made = images[state]
    for who, details, shown in zip(
        ("ours", "theirs", "anonymous"), SEEN[state], BYTES[state], strict=True
    ):
        headers = teams.of(who)
        answer = server.get(f"/v1/media/{made['id']}", headers=headers)
        assert answer.status_code == details, who
        if details == 404:
            assert answer.json()["error"] == "not_found"
        answer = server.get(f"/{made['id']}.jpeg", headers=headers)
        assert answer.status_code == shown, who
        answer = server.get(f"/{made['id']}", headers=headers | {"Accept": "image/*"})
        assert answer.status_code == shown, who


@pytest.mark.parametrize(("public", "gone"), [("true", 410), ("false", 404)])
async def test_who_sees_an_expired_image(local, clock, public, gone):
    async with local({"clock": clock}) as server:
        ours, theirs = await server.key(), await server.key("other@example.org")
        photo = pictures.jpeg()
        _, _, made = await server.upload(photo, headers=ours, public=public, ttl="5m")
        clock.step(seconds=299)
        assert (await server.call("GET", f"/v1/media/{made['id']}", headers=ours))[0] == 200
        clock.step(seconds=1)
        for headers in (ours, theirs, {}):
            status, _, told = await server.call("GET", f"/v1/media/{made['id']}", headers=headers)
            assert (status, told["error"]) == (404, "not_found")
            status, _, _ = await server.call("GET", f"/{made['id']}.jpeg", headers=headers)
            assert status == gone
        for method, body in (("PATCH", {"ttl": None}), ("DELETE", None)):
            path = f"/v1/media/{made['id']}"
            status, _, _ = await server.call(method, path, json=body, headers=ours)
            assert status == 404
        clock.step(seconds=-60)  # a clock that steps back raises nothing from the dead
        status, _, _ = await server.call("GET", f"/{made['id']}.jpeg", headers=ours)
        assert status == gone


def test_others_do_not_see_what_ties_an_image_to_its_team(server, teams, images):
    ours = server.get(f"/v1/media/{images['public']['id']}", headers=teams.ours).json()
    assert ours == images["public"]
    for who in ("theirs", "anonymous"):
        seen = server.get(f"/v1/media/{images['public']['id']}", headers=teams.of(who)).json()
        assert seen == {name: value for name, value in ours.items() if name != "external_id"}


@pytest.mark.parametrize(
    "media_id",
    [
        *("abc123", "1111111111", "0000000000", "x" * 11, "x" * 5000, "batch", "..", "%2e%2e"),
        *("%00", "%ff", "%F0%9F%A6%86", "'%20OR%201=1--", "1111111111.jpeg", "1111111111%2F"),
    ],
)
def test_ids_that_name_nothing(server, teams, media_id):
    for method in ("GET", "PATCH", "DELETE"):
        session = requests.Session()
        prepared = requests.Request(method, server.url, headers=teams.ours, json={}).prepare()
        prepared.url = f"{server.url}/v1/media/{media_id}"
        answer = session.send(prepared, timeout=30)
        if media_id == "batch":
            assert answer.status_code in {405, 422}
        else:
            assert (answer.status_code, answer.json()["error"]) == (404, "not_found"), method
        session.close()


def test_delete_is_at_once_and_for_good(server, teams):
    made = server.upload(pictures.jpeg(), headers=teams.ours)
    answer = delete(server, made["id"], teams.ours)
    assert (answer.status_code, answer.content) == (204, b"")
    assert server.get(f"/{made['id']}.jpeg").status_code == 410
    assert server.get(f"/v1/media/{made['id']}", headers=teams.ours).status_code == 404
    assert delete(server, made["id"], teams.ours).status_code == 404


def test_delete_needs_a_key_or_a_token(server, images):
    answer = delete(server, images["public"]["id"])
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("state", ["public", "private", "anonymous"])
def test_nobody_changes_what_is_not_theirs(server, teams, images, method, state):
    answer = requests.request(
        method,
        f"{server.url}/v1/media/{images[state]['id']}",
        json={},
        headers=teams.theirs,
        timeout=30,
    )
    assert answer.status_code == 404
    assert server.get(f"/v1/media/{images[state]['id']}", headers=teams.ours).status_code == 200


def test_the_delete_token_takes_an_anonymous_upload_back(server):
    made = server.upload(pictures.jpeg())
    other = server.upload(pictures.jpeg())
    for wrong in (
        other["delete_token"],
        "x",
        "",
        "\xff\xfe",
        made["delete_token"][:-1],
        "x" * 5000,
    ):
        answer = delete(server, made["id"], {"X-Delete-Token": wrong.encode("latin-1")})
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden"), wrong
    assert delete(server, made["id"], {"X-Delete-Token": made["delete_token"]}).status_code == 204
    assert server.get(f"/{made['id']}.jpeg").status_code == 410
    again = delete(server, made["id"], {"X-Delete-Token": made["delete_token"]})
    assert again.status_code == 404


def test_a_delete_token_is_of_no_use_for_a_teams_image(server, images):
    token = {"X-Delete-Token": images["anonymous"]["delete_token"]}
    assert delete(server, images["public"]["id"], token).status_code == 403
    assert delete(server, images["private"]["id"], token).status_code == 404
    assert delete(server, "1111111111", token).status_code == 404


def test_a_wrong_key_is_not_helped_by_a_right_token(server):
    made = server.upload(pictures.jpeg())
    headers = {"X-Delete-Token": made["delete_token"], "Authorization": "Bearer wrong"}
    assert delete(server, made["id"], headers).status_code == 401
    assert delete(server, made["id"], {"X-Delete-Token": made["delete_token"]}).status_code == 204
