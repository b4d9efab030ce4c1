"""GET /v1/usage, plans' quotas and their headers, through real HTTP."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import pictures
import pytest
import requests

QUOTA_HEADERS = {
    "X-Monthly-Uploads-Used",
    "X-Monthly-Uploads-Limit",
    "X-Monthly-Uploads-Remaining",
    "X-Storage-Used",
    "X-Storage-Limit",
    "X-Storage-Remaining",
}
SMALL = pictures.jpeg(16, 16)
BIG = pictures.png(90, 90, seed=5)  # two fit into the storage of `free`, three do not
RATE = re.compile("x-ratelimit-", re.IGNORECASE)


def quota_of(headers):
    return {name: int(headers[name]) for name in QUOTA_HEADERS if name in headers}


def usage(server, headers):
    answer = server.get("/v1/usage", headers=headers)
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def fresh(narrow):
    """Makes keys of new teams on the plan `free`: 3 uploads a month, 40,000 bytes."""
    made = iter(range(10_000))
    stamp = datetime.now(UTC).timestamp()
    return lambda: narrow.new_key(f"q{next(made)}-{stamp}@example.org", "--plan", "free")


def test_usage_has_the_documented_shape(server):
    headers = server.new_key("usage@example.org")
    now = datetime.now(UTC)
    following = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
    assert usage(server, headers) == {
        "monthly": {
            "uploads": 0,
            "uploads_limit": 100,
            "uploads_remaining": 100,
            "resets_at": int(following.timestamp()),
        },
        "totals": {
            "media_stored": 0,
            "storage_used_bytes": 0,
            "storage_limit_bytes": 5 << 30,
            "storage_remaining_bytes": 5 << 30,
        },
        "plan": "free",
    }
    made = server.upload(pictures.jpeg(), headers=headers)
    used = usage(server, headers)
    assert (used["monthly"]["uploads"], used["monthly"]["uploads_remaining"]) == (1, 99)
    assert used["totals"]["media_stored"] == 1
    assert used["totals"]["storage_used_bytes"] == made["filesize"]
    assert used["totals"]["storage_remaining_bytes"] == (5 << 30) - made["filesize"]


@pytest.mark.parametrize(
    ("plan", "uploads", "gigabytes"),
    [("pro", 1_000, 50), ("scale", 10_000, 500), ("max", 100_000, 5 * 1024)],
)
def test_the_plans_of_the_reference(server, plan, uploads, gigabytes):
    used = usage(server, server.new_key(f"{plan}@example.org", "--plan", plan))
    assert used["plan"] == plan
    assert used["monthly"]["uploads_limit"] == uploads
    assert used["totals"]["storage_limit_bytes"] == gigabytes << 30


def test_unlimited_is_null_and_has_no_headers(server, teams):
    used = usage(server, teams.ours)
    assert used["plan"] == "unlimited"
    assert used["monthly"]["uploads_limit"] is None
    assert used["monthly"]["uploads_remaining"] is None
    assert used["totals"]["storage_limit_bytes"] is None
    assert used["totals"]["storage_remaining_bytes"] is None
    answer = server.try_upload(SMALL, headers=teams.ours)
    assert set(quota_of(answer.headers)) == {"X-Monthly-Uploads-Used", "X-Storage-Used"}


def test_headers_tell_the_quota_after_each_upload(narrow, fresh):
    headers = fresh()
    answer = narrow.try_upload(SMALL, headers=headers)
    size = answer.json()["filesize"]
    expected = {
        "X-Monthly-Uploads-Used": 1,
        "X-Monthly-Uploads-Limit": 3,
        "X-Monthly-Uploads-Remaining": 2,
        "X-Storage-Used": size,
        "X-Storage-Limit": 40_000,
        "X-Storage-Remaining": 40_000 - size,
    }
    assert quota_of(answer.headers) == expected
    assert not [name for name in answer.headers if RATE.match(name)]
    # Refusals carry them too, unchanged: a failed upload counts nothing.
    refused = [
        narrow.try_upload(b"no picture", headers=headers),
        narrow.try_upload(SMALL, headers=headers, ttl="1"),
        narrow.try_upload(bytes(30_000), headers=headers),
        requests.post(f"{narrow.url}/v1/import", data=b"{", headers=headers, timeout=30),
    ]
    for answer in refused:
        assert answer.status_code == 422
        assert quota_of(answer.headers) == expected
    assert usage(narrow, headers)["monthly"]["uploads"] == 1
    # Other endpoints do not have them.
    assert not quota_of(narrow.get("/v1/usage", headers=headers).headers)


def test_headers_stand_on_a_refusal_for_a_missing_ability(narrow):
    headers = narrow.new_key("reads@example.org", "--plan", "free", "--abilities", "read")
    answer = narrow.try_upload(SMALL, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert set(quota_of(answer.headers)) == QUOTA_HEADERS


def test_exactly_as_many_uploads_as_the_plan_has(narrow, fresh):
    headers = fresh()
    made = [narrow.upload(SMALL, headers=headers) for _ in range(3)]
    answer = narrow.try_upload(SMALL, headers=headers)
    told = answer.json()
    assert (answer.status_code, told["error"]) == (403, "quota_exceeded")
    assert "3 uploads" in told["message"]
    assert set(told["action"]) == {"type", "url", "label"}
    assert told["action"]["type"] == "upgrade"
    assert told["action"]["url"].startswith(f"{narrow.url}/pricing?")
    assert quota_of(answer.headers)["X-Monthly-Uploads-Remaining"] == 0
    # Deleting gives the storage back at once, but not the month's upload.
    before = usage(narrow, headers)["totals"]
    path = f"{narrow.url}/v1/media/{made[0]['id']}"
    assert requests.delete(path, headers=headers, timeout=30).status_code == 204
    after = usage(narrow, headers)
    assert (
        after["totals"]["storage_used_bytes"] == before["storage_used_bytes"] - made[0]["filesize"]
    )
    assert after["totals"]["media_stored"] == 2
    assert after["monthly"]["uploads"] == 3
    assert narrow.try_upload(SMALL, headers=headers).status_code == 403


@pytest.mark.parametrize(("spare", "status"), [(0, 201), (-1, 403)])
async def test_storage_is_held_to_the_byte(local, tmp_path, plans_file, spare, status):
    exact = tmp_path / "plans.toml"
    storage = 2 * len(SMALL) + spare
    exact.write_text(plans_file.read_text().replace("storage = 40000", f"storage = {storage}"))
    async with local(plans_file=exact) as server:
        auth = await server.key(plan="free")
        _, _, made = await server.upload(SMALL, headers=auth)
        assert made["filesize"] == len(SMALL)
        found, headers, _ = await server.upload(SMALL, headers=auth)
        assert found == status
        assert headers["X-Storage-Remaining"] == str(0 if status == 201 else len(SMALL) - 1)


def test_storage_is_given_back(narrow, fresh):
    headers = fresh()
    made = [narrow.upload(BIG, headers=headers) for _ in range(2)]
    answer = narrow.try_upload(BIG, headers=headers)
    told = answer.json()
    assert (answer.status_code, told["error"]) == (403, "quota_exceeded")
    assert "storage" in told["message"]
    assert told["action"]["type"] == "upgrade"
    used = usage(narrow, headers)
    assert used["monthly"]["uploads"] == 2  # the refused one was not counted
    assert used["totals"]["storage_used_bytes"] == made[0]["filesize"] + made[1]["filesize"]
    body = {"ids": [made[0]["id"]]}
    requests.delete(f"{narrow.url}/v1/media/batch", json=body, headers=headers, timeout=30)
    narrow.upload(BIG, headers=headers)


def test_duplicates_count_in_full(narrow, fresh):
    headers = fresh()
    sizes = [narrow.upload(SMALL, headers=headers)["filesize"] for _ in range(2)]
    assert usage(narrow, headers)["totals"]["storage_used_bytes"] == sum(sizes)


def test_the_upgrade_link_opens_the_plans_for_that_team_without_sign_in(narrow, fresh):
    headers = fresh()
    for _ in range(3):
        narrow.upload(SMALL, headers=headers)
    url = narrow.try_upload(SMALL, headers=headers).json()["action"]["url"]
    page = requests.get(url, timeout=30)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    plain = requests.get(f"{narrow.url}/pricing", timeout=30)
    forged = requests.get(url[:-2] + ("AA" if url[-2:] != "AA" else "BB"), timeout=30)
    assert plain.status_code == 200
    assert page.text != plain.text  # it speaks of the team's own use
    assert forged.text != page.text


async def test_a_new_month_begins_at_nought(local, clock, plans_file):
    clock.time = datetime(2026, 12, 31, 23, 59, 0, tzinfo=UTC)
    async with local({"clock": clock}, plans_file=plans_file) as server:
        auth = await server.key(plan="free")
        for _ in range(3):
            assert (await server.upload(SMALL, headers=auth))[0] == 201
        assert (await server.upload(SMALL, headers=auth))[0] == 403
        _, _, used = await server.call("GET", "/v1/usage", headers=auth)
        assert used["monthly"]["resets_at"] == int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
        clock.step(seconds=60)
        _, _, used = await server.call("GET", "/v1/usage", headers=auth)
        assert used["monthly"]["uploads"] == 0
        assert used["monthly"]["resets_at"] == int(datetime(2027, 2, 1, tzinfo=UTC).timestamp())
        assert used["totals"]["media_stored"] == 3  # storage does not begin anew
        status, headers, _ = await server.upload(SMALL, headers=auth)
        assert status == 201
        assert headers["X-Monthly-Uploads-Used"] == "1"


async def test_of_many_uploads_at_once_exactly_as_many_succeed_as_fit(local, plans_file):
    async with local(plans_file=plans_file) as server:
        auth = await server.key(plan="free")
        answers = await asyncio.gather(*(server.upload(SMALL, headers=auth) for _ in range(8)))
        assert sorted(status for status, _, _ in answers) == [201] * 3 + [403] * 5
        _, _, used = await server.call("GET", "/v1/usage", headers=auth)
        assert used["monthly"]["uploads"] == used["totals"]["media_stored"] == 3


async def test_of_many_uploads_of_one_external_id_one_succeeds(local):
    async with local() as server:
        auth = await server.key()
        answers = await asyncio.gather(
            *(server.upload(SMALL, headers=auth, external_id="same") for _ in range(6))
        )
        assert sorted(status for status, _, _ in answers) == [201] + [409] * 5
        (made,) = [told for status, _, told in answers if status == 201]
        assert {told["id"] for _, _, told in answers} == {made["id"]}
        _, _, used = await server.call("GET", "/v1/usage", headers=auth)
        assert used["monthly"]["uploads"] == 1


async def test_expired_images_give_their_storage_back_when_swept(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        await server.upload(SMALL, headers=auth, ttl="5m")
        clock.step(seconds=301)
        await server.core.sweeper.sweep()
        _, _, used = await server.call("GET", "/v1/usage", headers=auth)
        assert used["totals"]["media_stored"] == used["totals"]["storage_used_bytes"] == 0
        assert used["monthly"]["uploads"] == 1


async def test_a_key_is_held_to_its_plans_limit_of_abuse(local, plans_file, tmp_path):
    limited = tmp_path / "plans.toml"
    limited.write_text(
        plans_file.read_text().replace('"Free"\nuploads', '"Free"\nrequests_minute = 3\nuploads')
    )
    async with local(plans_file=limited) as server:
        auth = await server.key(plan="free")
        for _ in range(3):
            assert (await server.call("GET", "/v1/usage", headers=auth))[0] == 200
        status, headers, told = await server.call("GET", "/v1/usage", headers=auth)
        assert (status, told["error"]) == (429, "rate_limited")
        assert told["action"]["type"] == "wait"
        assert headers["Retry-After"] == str(told["action"]["seconds"])
        assert 1 <= told["action"]["seconds"] <= 61
