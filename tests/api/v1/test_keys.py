"""Authentication, abilities, keys and bans, through real HTTP."""

from __future__ import annotations

import pictures
import pytest
import requests
import stored

NONE = "1111111111"
ENDPOINTS = {
    # method and path: the ability it takes (None: anybody may), and the status with that ability
    ("POST", "/v1/upload"): ("write", 422),
    ("POST", "/v1/import"): ("write", 422),
    ("GET", "/v1/media"): ("read", 200),
    ("HEAD", "/v1/media"): ("read", 200),
    ("GET", f"/v1/media/{NONE}"): ("read", 404),
    ("PATCH", f"/v1/media/{NONE}"): ("write", 422),
    ("DELETE", f"/v1/media/{NONE}"): ("write", 404),
    ("PATCH", "/v1/media/batch"): ("write", 422),
    ("DELETE", "/v1/media/batch"): ("write", 422),
    ("GET", "/v1/usage"): ("read", 200),
    ("GET", "/v1/keys"): ("*", 200),
    ("POST", "/v1/keys"): ("*", 422),
    ("DELETE", "/v1/keys/999999"): ("*", 404),
    ("GET", "/v1/embeds"): ("read", 200),
    ("POST", "/v1/embeds"): ("write", 422),
    ("GET", "/v1/embeds/999999"): ("read", 404),
    ("PATCH", "/v1/embeds/999999"): ("write", 422),
    ("DELETE", "/v1/embeds/999999"): ("write", 404),
    ("GET", f"/v1/embeds/999999/preview?media={NONE}"): ("read", 404),
    ("GET", "/v1/albums"): ("read", 200),
    ("POST", "/v1/albums"): ("write", 422),
    ("GET", f"/v1/albums/{NONE}"): ("read", 404),
    ("PATCH", f"/v1/albums/{NONE}"): ("write", 422),
    ("DELETE", f"/v1/albums/{NONE}"): ("write", 404),
    ("PUT", f"/v1/albums/{NONE}/media/{NONE}"): ("write", 404),
    ("DELETE", f"/v1/albums/{NONE}/media/{NONE}"): ("write", 404),
    ("GET", f"/{NONE}.jpeg"): ("read", 404),
}
OPTIONAL = {
    *("/v1/upload", "/v1/import", f"/v1/media/{NONE}", f"/v1/albums/{NONE}", f"/{NONE}.jpeg")
}
HOLDS = {"reader": {"read"}, "writer": {"write"}, "ours": {"read", "write", "*"}}


def call(server, method, path, headers):
    return requests.request(method, f"{server.url}{path}", headers=headers, timeout=30)


@pytest.mark.parametrize("who", HOLDS)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=" ".join)
def test_what_each_ability_opens(server, teams, endpoint, who):
    ability, status = ENDPOINTS[endpoint]
    answer = call(server, *endpoint, teams.of(who))
    if ability in HOLDS[who]:
        assert answer.status_code == status
    else:
        assert answer.status_code == 403
        if endpoint[0] != "HEAD":
            assert answer.json()["error"] == "forbidden"
            assert f"`{ability}`" in answer.json()["message"]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=" ".join)
def test_what_is_open_without_a_key(server, endpoint):
    method, path = endpoint
    answer = call(server, method, path, {})
    if path in OPTIONAL and method in {"GET", "POST"}:
        assert answer.status_code in {404, 422}
    else:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def wrong_headers(key: str) -> dict[str, str | bytes]:
    number, _, secret = key.partition("|")
    return {
        "empty": "",
        "scheme alone": "Bearer",
        "scheme and space": "Bearer ",
        "no scheme": key,
        "Basic": "Basic dXNlcjpwYXNz",
        "Basic with the key": f"Basic {key}",
        "Token": f"Token {key}",
        "wrong secret": f"Bearer {number}|{secret[:-1]}x",
        "wrong bare secret": f"Bearer {secret}x",
        "the id alone": f"Bearer {number}",
        "the id and nothing": f"Bearer {number}|",
        "nothing and the secret": f"Bearer |{secret}",
        "another id": f"Bearer 999999|{secret}",
        "an id too large": f"Bearer {'9' * 30}|{secret}",
        "a negative id": f"Bearer -{number}|{secret}",
        "three parts": f"Bearer {number}|{secret}|x",
        "two tokens": f"Bearer {key} {key}",
        "two tokens with a comma": f"Bearer {key}, Bearer {key}",
        "other case": f"Bearer {number}|{secret.swapcase()}",
        "quotes": f'Bearer "{key}"',
        "SQL": "Bearer ' OR 1=1 --",
        "bytes": b"Bearer \xff\xfe",
        "full-width digits": f"Bearer １|{secret}".encode(),
        "very long": f"Bearer {'x' * 5000}",
        "a JWT": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    }


@pytest.mark.parametrize("kind", wrong_headers("1|x"))
def test_a_wrong_key_is_401_and_never_anonymous(server, kind):
    header = wrong_headers(server.key)[kind]
    for method, path in ENDPOINTS:
        answer = call(server, method, path, {"Authorization": header})
        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        if method != "HEAD":
            assert answer.json()["error"] == "unauthorized"


def test_a_wrong_key_is_401_on_a_public_image_and_ignored_by_its_page(server):
    made = server.upload(pictures.jpeg())
    wrong = {"Authorization": "Bearer wrong"}
    assert server.get(f"/{made['id']}.jpeg", headers=wrong).status_code == 401
    assert server.get(f"/{made['id']}", headers=wrong | {"Accept": "image/*"}).status_code == 401
    assert server.get(f"/v1/media/{made['id']}", headers=wrong).status_code == 401
    assert server.get(f"/{made['id']}", headers=wrong | {"Accept": "text/html"}).status_code == 200


def test_two_authorization_headers_are_one_too_many(server):
    from wire import raw

    head = f"GET /v1/usage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
    answer = raw(server.port, (head + "Authorization: Bearer other\r\n\r\n").encode())
    assert answer.status in {400, 401}


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_key_may_be_whole_or_its_bare_secret(server, scheme):
    for token in (server.key, server.key.partition("|")[2]):
        answer = call(server, "GET", "/v1/usage", {"Authorization": f"{scheme} {token}"})
        assert answer.status_code == 200


def test_keys_are_made_listed_and_revoked(server, teams):
    made = requests.post(
        f"{server.url}/v1/keys",
        json={"name": "CI ü", "abilities": ["write", "read"]},
        headers=teams.ours,
        timeout=30,
    )
    assert made.status_code == 201
    told = made.json()
    assert set(told) == {"id", "name", "abilities", "created_at", "last_used_at", "token"}
    assert (told["name"], told["abilities"]) == ("CI ü", ["read", "write"])
    assert told["last_used_at"] is None
    assert type(told["id"]) is int
    assert told["token"].startswith(f"{told['id']}|")

    auth = {"Authorization": f"Bearer {told['token']}"}
    assert call(server, "GET", "/v1/usage", auth).status_code == 200

    found = call(server, "GET", "/v1/keys", teams.ours).json()
    mine = next(key for key in found["data"] if key["id"] == told["id"])
    assert mine.pop("last_used_at") >= told["created_at"]
    assert mine == {name: told[name] for name in ("id", "name", "abilities", "created_at")}
    assert told["token"].partition("|")[2] not in str(found)

    path = f"/v1/keys/{told['id']}"
    assert call(server, "DELETE", path, teams.theirs).status_code == 404
    assert call(server, "GET", "/v1/usage", auth).status_code == 200
    assert call(server, "DELETE", path, teams.ours).status_code == 204
    assert call(server, "GET", "/v1/usage", auth).status_code == 401  # at once
    assert call(server, "GET", f"/{NONE}.jpeg", auth).status_code == 401
    assert call(server, "DELETE", path, teams.ours).status_code == 404


def test_a_key_may_revoke_itself(server, teams):
    auth = server.add_key(teams.ours, "*")
    number = auth["Authorization"].removeprefix("Bearer ").partition("|")[0]
    assert call(server, "DELETE", f"/v1/keys/{number}", auth).status_code == 204
    assert call(server, "GET", "/v1/keys", auth).status_code == 401


def test_a_key_of_all_abilities_does_everything(server, teams):
    auth = server.add_key(teams.ours, "*")
    made = server.upload(pictures.jpeg(), headers=auth)
    assert call(server, "GET", f"/v1/media/{made['id']}", auth).status_code == 200
    assert call(server, "DELETE", f"/v1/media/{made['id']}", auth).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"abilities": []}, "abilities"),
        ({"abilities": ["admin"]}, "abilities"),
        ({"abilities": "read"}, "abilities"),
        ({"abilities": [1]}, "abilities"),
        ({"abilities": ["read"] * 4}, "abilities"),
        ({"abilities": None}, "abilities"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"token": "mine"}, "token"),
        ({"plan": "max"}, "plan"),
    ],
)
def test_keys_that_can_not_be_made(server, teams, body, field):
    answer = requests.post(f"{server.url}/v1/keys", json=body, headers=teams.ours, timeout=30)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("key_id", ["0", "-1", "x", "1.0", "9" * 18, "9" * 40, "%00", "１", "1e1"])
def test_key_ids_that_name_nothing(server, teams, key_id):
    assert call(server, "DELETE", f"/v1/keys/{key_id}", teams.ours).status_code == 404


def test_of_a_secret_only_a_hash_is_kept(server, teams):
    auth = server.add_key(teams.ours, "read")
    secret = auth["Authorization"].partition("|")[2]
    server.get("/v1/usage", headers=auth)
    for file in server.data_dir.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file
    assert secret not in server.log()
    assert secret not in stored.dump(server.data_dir)
    hashes = stored.rows(server.data_dir, "SELECT secret_hash FROM api_keys")
    assert {len(one) for (one,) in hashes} == {64}


def test_a_banned_user_is_told_so_everywhere_and_may_come_back(server):
    headers = server.new_key("banned@example.org", "--plan", "unlimited", "--abilities", "*")
    made = server.upload(pictures.jpeg(), headers=headers)
    server.cli("users", "ban", "banned@example.org", "--reason", "spam")
    for method, path in ENDPOINTS:
        answer = call(server, method, path, headers)
        assert answer.status_code == 403, (method, path)
        if method != "HEAD":
            assert answer.json()["error"] == "forbidden"
            assert "banned" in answer.json()["message"]
            assert "spam" not in answer.json()["message"]
    assert server.get(f"/{made['id']}.jpeg", headers=headers).status_code == 403
    assert server.get(f"/{made['id']}.jpeg").status_code == 200  # images stay, unless deleted
    server.cli("users", "unban", "banned@example.org")
    assert call(server, "GET", "/v1/usage", headers).status_code == 200
    server.cli("users", "ban", "banned@example.org", "--delete")
    assert server.get(f"/{made['id']}.jpeg").status_code == 410
