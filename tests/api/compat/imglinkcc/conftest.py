"""The dialect's base address, its ways to say who calls, and images hosted through it."""

from __future__ import annotations

import pytest
import requests
from golden_cases import hosting

PREFIX = "/compat/imglink.cc"
MEMBER = {"email": "member@example.org", "password": "four words are best"}


@pytest.fixture(scope="session")
def base(compat):
    return f"{compat.url}{PREFIX}"


@pytest.fixture(scope="session")
def keys(keys, base):
    """Headers by name: keys as `X-API-Key`, `member` has a token, `bearer` a key as one."""

    def named(who):
        return {"X-API-Key": keys(who)["Authorization"].removeprefix("Bearer ")}

    made = requests.post(f"{base}/api/auth/register", json=MEMBER, timeout=30)
    assert made.status_code == 201, made.text
    member = {"Authorization": f"Bearer {made.json()['token']}"}
    names = ("ours", "theirs", "reader", "writer", "secret alone", "wrong", "malformed")
    known = {who: named(who) for who in names} | {
        "member": member,
        "bearer": keys("ours"),
        "key and token": named("ours") | member,
        "wrong key and token": named("wrong") | member,
        "key and wrong token": named("ours") | {"Authorization": "Bearer a.b.c"},
        "no token": {"Authorization": "Bearer a.b.c"},
        "token as key": {"X-API-Key": member["Authorization"].removeprefix("Bearer ")},
        "basic": keys("basic"),
        "anonymous": {},
    }
    return known.__getitem__


@pytest.fixture(scope="session")
def make(base, keys):
    """See `hosting`."""
    return hosting(f"{base}/api/upload", keys)
