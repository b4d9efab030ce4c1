"""PATCH /v1/media/{id}, and both batches, through real HTTP."""

from __future__ import annotations

import time

import pictures
import pytest
import requests
from wire import golden, value_of

PHOTO = pictures.jpeg(16, 16)


def patch(server, media_id, headers, body):
    return requests.patch(
        f"{server.url}/v1/media/{media_id}", json=body, headers=headers, timeout=30
    )


@pytest.mark.parametrize("case", golden("v1/patch"), ids=lambda case: case["name"])
def test_patches(server, teams, case):
    made = server.upload(PHOTO, headers=teams.ours, **case.get("given", {}))
    body = {name: value_of(value) for name, value in case["patch"].items()}
    before = int(time.time())
    answer = patch(server, made["id"], teams.ours, body)
    told = answer.json()
    now = server.get(f"/v1/media/{made['id']}", headers=teams.ours).json()
    if "errors" in case:
        assert answer.status_code == 422, told
        assert told["error"] == "validation_error"
        assert set(told["errors"]) == set(case["errors"])
        assert now == made
    else:
        assert answer.status_code == 200, told
        assert now == told
        assert told["id"] == made["id"]
        for name, value in case.get("has", {}).items():
            assert told[name] == value
        for name in case.get("absent", []):
            assert name not in told
        if "life" in case:
            assert before <= told["expires_at"] - case["life"] <= time.time() + 1
    requests.delete(f"{server.url}/v1/media/{made['id']}", headers=teams.ours, timeout=30)


def test_attribution_never_grows_beyond_50_fields(server, teams):
    fields = {f"field_{number}": "x" for number in range(50)}
    made = server.upload(PHOTO, headers=teams.ours, **fields)
    answer = patch(server, made["id"], teams.ours, {"one_more": "x"})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["metadata"]
    answer = patch(server, made["id"], teams.ours, {"one_more": "x", "field_0": None})
    assert answer.status_code == 200
    assert answer.json()["one_more"] == "x"
    assert "field_0" not in answer.json()


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b'{"caption": NaN}', b"\xff"])
def test_a_body_must_be_a_json_object(server, teams, body):
    made = server.upload(PHOTO, headers=teams.ours)
    for method, path in (
        ("PATCH", f"/v1/media/{made['id']}"),
        ("PATCH", "/v1/media/batch"),
        ("DELETE", "/v1/media/batch"),
        ("POST", "/v1/keys"),
    ):
        answer = requests.request(
            method, f"{server.url}{path}", data=body, headers=teams.ours, timeout=30
        )
        assert (answer.status_code, answer.json()["error"]) == (422, "validation_error")


async def test_a_new_ttl_counts_from_now(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        _, _, made = await server.upload(PHOTO, headers=auth, ttl="1h")
        clock.step(minutes=50)
        path = f"/v1/media/{made['id']}"
        _, _, told = await server.call("PATCH", path, json={"ttl": "1h"}, headers=auth)
        assert told["expires_at"] - made["expires_at"] == 50 * 60
        clock.step(minutes=59)
        assert (await server.call("GET", path))[0] == 200
        clock.step(minutes=1)
        assert (await server.call("GET", path))[0] == 404


async def test_what_was_made_permanent_stays(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        _, _, made = await server.upload(PHOTO, headers=auth, ttl="5m")
        path = f"/v1/media/{made['id']}"
        status, _, told = await server.call("PATCH", path, json={"ttl": None}, headers=auth)
        assert status == 200
        assert "expires_at" not in told
        clock.step(days=4000)
        assert (await server.call("GET", path))[0] == 200


def test_a_plan_with_retention_keeps_nothing_for_ever(narrow):
    headers = narrow.new_key("weekly@example.org", "--plan", "weekly")
    week = 7 * 86_400
    for ttl, life in ((None, week), ("30d", week), ("1h", 3_600)):
        fields = {} if ttl is None else {"ttl": ttl}
        made = narrow.upload(PHOTO, headers=headers, **fields)
        assert made["expires_at"] - made["created_at"] == life
    answer = patch(narrow, made["id"], headers, {"ttl": None})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["ttl"]
    answer = patch(narrow, made["id"], headers, {"ttl": "30d"})
    assert answer.status_code == 200
    assert abs(answer.json()["expires_at"] - made["created_at"] - week) < 60


def test_private_is_private_at_once_and_public_again_too(server, teams):
    made = server.upload(PHOTO, headers=teams.ours)
    for public, status in ((False, 404), (True, 200)):
        assert patch(server, made["id"], teams.ours, {"public": public}).json()["public"] is public
        assert server.get(f"/v1/media/{made['id']}").status_code == status
        assert server.get(f"/{made['id']}.jpeg").status_code == status


# Batches


@pytest.fixture(scope="module")
def some(server, teams):
    """Five of our images and one of somebody else's."""
    ours = [server.upload(PHOTO, headers=teams.ours, author=f"A{n}")["id"] for n in range(5)]
    return ours, server.upload(PHOTO, headers=teams.theirs)["id"]


def batch(server, method, headers, body):
    return requests.request(
        method, f"{server.url}/v1/media/batch", json=body, headers=headers, timeout=30
    )


def test_a_batch_changes_what_is_ours_and_skips_the_rest(server, teams, some):
    ours, foreign = some
    ids = [ours[2], foreign, "1111111111", "nonsense", "", "\x00", ours[0], ours[2]]
    body = {"ids": ids, "caption": "All alike", "ttl": "7d", "public": False}
    answer = batch(server, "PATCH", teams.ours, body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert set(told) == {"updated", "media"}
    assert told["updated"] == 2
    assert [one["id"] for one in told["media"]] == [ours[2], ours[0]]
    for one in told["media"]:
        assert (one["caption"], one["public"]) == ("All alike", False)
        assert "expires_at" in one
        assert one == server.get(f"/v1/media/{one['id']}", headers=teams.ours).json()
    assert "caption" not in server.get(f"/v1/media/{ours[1]}", headers=teams.ours).json()
    assert "caption" not in server.get(f"/v1/media/{foreign}").json()


def test_a_batch_merges_attribution(server, teams, some):
    ours, _ = some
    answer = batch(server, "PATCH", teams.ours, {"ids": ours[3:], "license": "cc0", "author": None})
    assert answer.json()["updated"] == 2
    for one in answer.json()["media"]:
        assert one["license"] == "cc0"
        assert "author" not in one


def test_a_batch_that_fails_changes_nothing(server, teams):
    fields = {f"field_{number}": "x" for number in range(50)}
    full = server.upload(PHOTO, headers=teams.ours, **fields)
    free = server.upload(PHOTO, headers=teams.ours)
    body = {"ids": [free["id"], full["id"]], "one_more": "x"}
    answer = batch(server, "PATCH", teams.ours, body)
    assert answer.status_code == 422
    assert server.get(f"/v1/media/{free['id']}", headers=teams.ours).json() == free


WRONG_IDS = {
    "none given": {},
    "null": {"ids": None},
    "a string": {"ids": "1111111111"},
    "no ids": {"ids": []},
    "101 ids": {"ids": ["1111111111"] * 101},
    "numbers": {"ids": [1]},
    "null within": {"ids": ["1111111111", None]},
    "lists": {"ids": [["1111111111"]]},
    "a huge string": {"ids": ["1" * 100_000]},
}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("name", WRONG_IDS)
def test_a_batch_needs_1_to_100_ids(server, teams, method, name):
    answer = batch(server, method, teams.ours, WRONG_IDS[name])
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["ids"]


def test_a_batch_of_100_is_taken(server, teams):
    ids = ["1111111111"] * 100
    assert batch(server, "PATCH", teams.ours, {"ids": ids}).json() == {"updated": 0, "media": []}
    assert batch(server, "DELETE", teams.ours, {"ids": ids}).json() == {"deleted": 0}


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"tags": "x"}, "tags"),
        ({"description": "x"}, "description"),
        ({"external_id": "x"}, "external_id"),
        ({"url": "x"}, "url"),
        ({"ttl": ""}, "ttl"),
        ({"public": "yes"}, "public"),
        ({"year": 5}, "year"),
        ({"album_id": "nope"}, "album_id"),
    ],
)
def test_a_batch_has_the_rules_of_a_single_patch(server, teams, some, extra, field):
    answer = batch(server, "PATCH", teams.ours, {"ids": some[0][:1]} | extra)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_a_batch_delete_takes_ids_alone(server, teams):
    answer = batch(server, "DELETE", teams.ours, {"ids": ["1111111111"], "force": True})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["force"]


def test_a_batch_deletes_what_is_ours_and_counts_it(server, teams):
    ours = [server.upload(PHOTO, headers=teams.ours)["id"] for _ in range(3)]
    foreign = server.upload(PHOTO, headers=teams.theirs)["id"]
    ids = [ours[0], ours[0], foreign, "nonsense", ours[2]]
    answer = batch(server, "DELETE", teams.ours, {"ids": ids})
    assert (answer.status_code, answer.json()) == (200, {"deleted": 2})
    statuses = [server.get(f"/{one}.jpeg").status_code for one in (*ours, foreign)]
    assert statuses == [410, 200, 410, 200]
