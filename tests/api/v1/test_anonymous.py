"""Uploads without a key: their rate, whom it counts, and how it is told."""

from __future__ import annotations

import time

import pictures
import pytest
import requests
from servers import running

PHOTO = pictures.jpeg(16, 16)
HEADERS = [
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-RateLimit-Limit-Daily",
    "X-RateLimit-Remaining-Daily",
]


@pytest.fixture(scope="module")
def proxied(backing, tmp_path_factory):
    """A server behind a proxy on this machine; five uploads an hour, seven a day."""
    data = tmp_path_factory.mktemp("proxied") / "data"
    settings = {"ANONYMOUS_RATE": "5/hour;7/day", "TRUSTED_PROXIES": "127.0.0.1/32,10.9.0.0/16"}
    with running(data, **settings) as found:
        yield found


def from_(address, **more):
    return {"X-Forwarded-For": address} | more


def rate_of(headers):
    return [int(headers[name]) for name in HEADERS]


def test_five_headers_tell_the_rate(proxied):
    answer = proxied.try_upload(PHOTO, headers=from_("198.51.100.1"))
    assert answer.status_code == 201
    limit, remaining, reset, daily, daily_remaining = rate_of(answer.headers)
    assert (limit, remaining, daily, daily_remaining) == (5, 4, 7, 6)
    assert time.time() < reset <= time.time() + 3_601
    assert not [name for name in answer.headers if name.startswith(("X-Monthly", "X-Storage"))]


def test_refused_uploads_count_and_the_limit_is_told(proxied):
    headers = from_("198.51.100.2")
    attempts = [
        lambda: proxied.try_upload(PHOTO, headers=headers),
        lambda: proxied.try_upload(b"no picture", headers=headers),
        lambda: proxied.try_upload(PHOTO, headers=headers, ttl="1"),
        lambda: requests.post(f"{proxied.url}/v1/upload", headers=headers, timeout=30),
        lambda: requests.post(f"{proxied.url}/v1/import", data=b"{", headers=headers, timeout=30),
    ]
    for used, attempt in enumerate(attempts, 1):
        answer = attempt()
        assert answer.status_code == (201 if used == 1 else 422)
        assert rate_of(answer.headers)[:2] == [5, 5 - used]
        assert rate_of(answer.headers)[3:] == [7, 7 - used]
    for path in ("/v1/upload", "/v1/import"):
        before = time.time()
        answer = requests.post(f"{proxied.url}{path}", headers=headers, timeout=30)
        told = answer.json()
        assert (answer.status_code, told["error"]) == (429, "rate_limited")
        assert set(told["action"]) == {"type", "seconds", "label"}
        assert told["action"]["type"] == "wait"
        assert answer.headers["Retry-After"] == str(told["action"]["seconds"])
        assert 1 <= told["action"]["seconds"] <= 3_601
        limit, remaining, reset, daily, daily_remaining = rate_of(answer.headers)
        assert (limit, remaining, daily, daily_remaining) == (5, 0, 7, 2)
        assert before - 2 < reset - told["action"]["seconds"] < time.time() + 2
    # What does not host is not counted, and a key is not held to the address's rate.
    assert (
        requests.get(f"{proxied.url}/v1/media/1111111111", headers=headers, timeout=30).status_code
        == 404
    )
    keyed = proxied.try_upload(PHOTO, headers=headers | proxied.auth)
    assert keyed.status_code == 201
    assert "X-RateLimit-Limit" not in keyed.headers


def used_up(server, headers):
    """Use up an address's hour."""
    for _ in range(6):
        answer = requests.post(f"{server.url}/v1/upload", headers=headers, timeout=30)
    assert answer.status_code == 429


def refused(server, headers):
    answer = requests.post(f"{server.url}/v1/upload", headers=headers, timeout=30)
    assert answer.status_code in {422, 429}
    return answer.status_code == 429


def test_ipv6_addresses_count_by_their_64(proxied):
    used_up(proxied, from_("2001:db8:1:1::1"))
    assert refused(proxied, from_("2001:db8:1:1:ffff:ffff:ffff:ffff"))
    assert refused(proxied, from_("2001:0DB8:0001:0001::2"))
    assert not refused(proxied, from_("2001:db8:1:2::1"))


def test_ipv4_within_ipv6_counts_as_ipv4(proxied):
    used_up(proxied, from_("198.51.100.3"))
    assert refused(proxied, from_("::ffff:198.51.100.3"))
    assert not refused(proxied, from_("::ffff:198.51.100.4"))


def test_a_client_can_not_write_its_own_address(proxied):
    used_up(proxied, from_("198.51.100.5"))
    # What the client wrote stands left of what the proxy saw.
    assert refused(proxied, from_("203.0.113.77, 198.51.100.5"))
    assert refused(proxied, from_("203.0.113.78,198.51.100.5"))
    assert refused(proxied, from_("127.0.0.1, 198.51.100.5"))
    assert refused(proxied, from_("junk, 198.51.100.5"))
    # A second proxy of ours is looked through.
    assert refused(proxied, from_("203.0.113.79, 198.51.100.5, 10.9.1.1"))
    assert not refused(proxied, from_("198.51.100.5, 203.0.113.80, 10.9.1.1"))


@pytest.mark.parametrize(
    "junk",
    ["", ",", "unknown", "999.1.1.1", "1.2.3", "<script>", "::::", "x" * 4000, "ü", ",,,,1,,"],
)
def test_junk_of_a_proxy_counts_as_the_proxys_own_address(proxied, junk):
    answer = requests.post(f"{proxied.url}/v1/upload", headers=from_(junk.encode()), timeout=30)
    assert answer.status_code in {422, 429}


def test_without_trusted_proxies_the_header_is_ignored(tmp_path):
    with running(tmp_path / "data", ANONYMOUS_RATE="2/hour") as server:
        for number in range(2):
            assert not refused(server, from_(f"198.51.100.{number}"))
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"):
            assert refused(server, {header: "198.51.100.9"})
        answer = requests.post(f"{server.url}/v1/upload", timeout=30)
        assert answer.status_code == 429
        # Without a daily window there is nothing to tell of one.
        assert "X-RateLimit-Limit" in answer.headers
        assert "X-RateLimit-Limit-Daily" not in answer.headers


def test_a_server_may_take_no_anonymous_uploads(tmp_path):
    with running(tmp_path / "data", ALLOW_ANONYMOUS="false") as server:
        for path in ("/v1/upload", "/v1/import"):
            answer = requests.post(f"{server.url}{path}", timeout=30)
            assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
            assert "key" in answer.json()["message"]
        made = server.upload(PHOTO, headers=server.auth)
        assert server.get(f"/v1/media/{made['id']}").status_code == 200  # seeing is another thing
        assert server.get(f"/{made['id']}.jpeg").status_code == 200


async def test_the_anonymous_plan_is_data(local, tmp_path, plans_file):
    changed = tmp_path / "plans.toml"
    changed.write_text(plans_file.read_text().replace("retention_days = 30", "retention_days = 3"))
    async with local(plans_file=changed) as server:
        _, _, made = await server.upload(PHOTO)
        assert made["expires_at"] - made["created_at"] == 3 * 86_400
        assert "3 uploads/month" in made["upgrade"]["message"]
