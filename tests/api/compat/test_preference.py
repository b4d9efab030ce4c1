"""Whether images are public where an upload does not say is the team's preference, on every API."""

from __future__ import annotations

import pictures
import pytest
import requests

pytestmark = pytest.mark.any_backing

TINY = pictures.png(2, 2)
UPLOADS = {
    "native": ("/v1/upload", "file", lambda told: told["id"]),
    "img.pro": ("/compat/img.pro/1.0/v1/upload", "file", lambda told: told["id"]),
    "imglink.io": ("/compat/imglink.io/api/v1/upload", "file", lambda told: told["data"]["id"]),
    "imglink.io, in bulk": (
        *("/compat/imglink.io/api/v1/upload/bulk", "files"),
        lambda told: told["data"][0]["id"],
    ),
    "imglink.cc": ("/compat/imglink.cc/api/v1/upload", "file", lambda told: told["id"]),
}


@pytest.fixture(scope="module")
def preferring(compat):
    """A team's headers, once it prefers that."""
    email = "prefers@example.org"
    headers = compat.new_key(email, "--plan", "unlimited")

    def prefer(visibility):
        told = compat.cli("users", "prefer", email, visibility).stdout
        assert f"are {visibility} unless they say otherwise" in told
        return headers

    return prefer


def is_public(compat, headers, api, **fields):
    path, field, id_of = UPLOADS[api]
    answer = requests.post(
        compat.url + path, headers=headers, files={field: ("a.png", TINY)}, data=fields, timeout=60
    )
    assert answer.ok, answer.text
    media = id_of(answer.json())
    public = compat.get(f"/v1/media/{media}", headers=headers).json()["public"]
    assert compat.get(f"/v1/media/{media}").status_code == (200 if public else 404)
    return public


def test_uploads_that_do_not_say(compat, preferring):
    for visibility in ("private", "public"):
        headers = preferring(visibility)
        for api in UPLOADS:
            assert is_public(compat, headers, api) is (visibility == "public"), api


def test_uploads_that_say(compat, preferring):
    headers = preferring("private")
    for api in ("native", "img.pro"):
        assert is_public(compat, headers, api, public="1")
    assert not is_public(compat, preferring("public"), "img.pro", public="0")


def test_nobody_prefers_nothing(compat):
    told = compat.cli("users", "prefer", "nobody@example.org", "private", check=False)
    assert told.returncode != 0
    assert "nobody@example.org" in told.stderr
