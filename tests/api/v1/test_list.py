"""GET /v1/media, through real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pictures
import pytest
import requests
import stored
from wire import golden


@pytest.fixture(scope="module")
def library(server):
    """Headers of a team of its own, and the ids of its 23 images, newest first."""
    headers = server.new_key("library@example.org", "--plan", "unlimited")
    photo = pictures.jpeg(16, 16)
    ids = [server.upload(photo, headers=headers, caption=f"No {n}")["id"] for n in range(23)]
    return headers, ids[::-1]


def listed(server, headers, query=""):
    answer = server.get(f"/v1/media?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids_of(page):
    return [media["id"] for media in page["data"]]


def all_pages(server, headers, limit, between=lambda: None):
    found, query = [], f"limit={limit}"
    for _ in range(100):
        page = listed(server, headers, query)
        assert len(page["data"]) <= limit
        assert page["has_more"] is (page["next_cursor"] is not None)
        found += ids_of(page)
        if not page["has_more"]:
            return found
        assert len(page["data"]) == limit
        query = f"limit={limit}&cursor={quote(page['next_cursor'])}"
        between()
    raise AssertionError("the list has no end")


def test_a_list_has_media_objects_newest_first(server, library):
    headers, ids = library
    page = listed(server, headers)
    assert set(page) == {"data", "next_cursor", "has_more"}
    assert ids_of(page) == ids
    assert (page["next_cursor"], page["has_more"]) == (None, False)
    one = server.get(f"/v1/media/{ids[0]}", headers=headers).json()
    assert page["data"][0] == one


def test_lists_carry_attribution(server, teams):
    made = server.upload(pictures.jpeg(), headers=teams.ours, author="Jane", external_id="listed-1")
    found = listed(server, teams.ours, f"ids={made['id']}")["data"]
    assert found == [made]


def test_the_default_is_50_a_page(server):
    headers = server.new_key("fifty@example.org", "--plan", "unlimited")
    photo = pictures.jpeg(8, 8)
    for _ in range(51):
        server.upload(photo, headers=headers)
    page = listed(server, headers)
    assert (len(page["data"]), page["has_more"]) == (50, True)
    assert len(listed(server, headers, "limit=100")["data"]) == 51


@pytest.mark.parametrize("limit", [1, 5, 22, 23, 24, 100])
def test_pages_show_everything_once(server, library, limit):
    headers, ids = library
    assert all_pages(server, headers, limit) == ids


def test_paging_neither_repeats_nor_skips_while_others_write(server):
    headers = server.new_key("paging@example.org", "--plan", "unlimited")
    photo = pictures.jpeg(8, 8)
    ids = [server.upload(photo, headers=headers)["id"] for _ in range(15)][::-1]
    gone = iter(ids[::-1])  # the oldest go while the list is read from the newest on

    def write():
        server.upload(photo, headers=headers)
        requests.delete(f"{server.url}/v1/media/{next(gone)}", headers=headers, timeout=30)

    found = all_pages(server, headers, 4, write)
    assert len(found) == len(set(found))
    deleted = set(ids) - set(all_pages(server, headers, 100))
    assert [one for one in found if one not in deleted] == [
        one for one in ids if one not in deleted
    ]
    assert set(found) <= set(ids)


def test_deleting_what_the_cursor_stands_on_does_not_lose_the_rest(server):
    headers = server.new_key("standing@example.org", "--plan", "unlimited")
    ids = [server.upload(pictures.jpeg(8, 8), headers=headers)["id"] for _ in range(5)][::-1]
    page = listed(server, headers, "limit=2")
    requests.delete(f"{server.url}/v1/media/{ids[1]}", headers=headers, timeout=30)
    rest = listed(server, headers, f"limit=10&cursor={quote(page['next_cursor'])}")
    assert ids_of(rest) == ids[2:]


async def test_images_of_one_moment_are_paged_by_id(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        made = [(await server.upload(pictures.jpeg(8, 8), headers=auth))[2] for _ in range(5)]
        assert len({one["created_at"] for one in made}) == 1
        expected = sorted((one["id"] for one in made), reverse=True)
        found, query = [], "limit=2"
        while query:
            _, _, page = await server.call("GET", f"/v1/media?{query}", headers=auth)
            found += ids_of(page)
            query = page["next_cursor"] and f"limit=2&cursor={quote(page['next_cursor'])}"
        assert found == expected


async def test_expired_images_leave_the_list_at_once(local, clock):
    async with local({"clock": clock}) as server:
        auth = await server.key()
        await server.upload(pictures.jpeg(8, 8), headers=auth, ttl="5m")
        _, _, stays = await server.upload(pictures.jpeg(8, 8), headers=auth)
        clock.step(seconds=300)
        _, _, page = await server.call("GET", "/v1/media", headers=auth)
        assert ids_of(page) == [stays["id"]]


@pytest.mark.parametrize("case", golden("v1/list_queries"), ids=lambda case: case["query"])
def test_queries(server, library, case):
    headers, _ = library
    answer = requests.get(f"{server.url}/v1/media?{case['query']}", headers=headers, timeout=30)
    assert answer.status_code == case["status"], answer.text
    if answer.status_code == 422:
        assert answer.json()["error"] == "validation_error"
        assert set(answer.json()["errors"]) == set(case["errors"])


def test_a_cursor_that_was_tampered_with_is_refused(server, library):
    headers, _ = library
    cursor = listed(server, headers, "limit=3")["next_cursor"]
    for at in range(0, len(cursor), 3):
        other = "A" if cursor[at] != "A" else "B"
        forged = cursor[:at] + other + cursor[at + 1 :]
        if at == len(cursor) - 1:
            continue  # the last character of base64 has bits that mean nothing
        answer = server.get(f"/v1/media?cursor={quote(forged)}", headers=headers)
        assert answer.status_code == 422, forged
        assert list(answer.json()["errors"]) == ["cursor"]


def test_a_cursor_of_another_team_is_refused(server, teams, library):
    headers, _ = library
    cursor = listed(server, headers, "limit=3")["next_cursor"]
    answer = server.get(f"/v1/media?cursor={quote(cursor)}", headers=teams.theirs)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["cursor"]


def test_ids_keeps_to_what_the_key_may_see(server, teams, library):
    headers, ids = library
    foreign = server.upload(pictures.jpeg(), headers=teams.theirs)["id"]
    anonymous = server.upload(pictures.jpeg())["id"]
    deleted = server.upload(pictures.jpeg(), headers=headers)["id"]
    requests.delete(f"{server.url}/v1/media/{deleted}", headers=headers, timeout=30)
    wanted = [
        ids[3],
        foreign,
        anonymous,
        deleted,
        "x",
        "0OIl0OIl0O",
        "%00",
        ids[1],
        ids[1],
        "",
        " ",
    ]
    page = listed(server, headers, f"ids={','.join(wanted)}")
    assert ids_of(page) == [ids[1], ids[3]]
    assert listed(server, headers, f"ids={foreign}")["data"] == []
    assert listed(server, headers, "ids=")["data"] == []


def test_ids_are_at_most_100(server, library):
    headers, ids = library
    assert listed(server, headers, "ids=" + ",".join([ids[0]] * 100))
    answer = server.get("/v1/media?ids=" + ",".join([ids[0]] * 101), headers=headers)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["ids"]


def test_ids_can_be_paged(server, library):
    headers, ids = library
    wanted = ",".join(ids[:5])
    first = listed(server, headers, f"ids={wanted}&limit=3")
    second = listed(server, headers, f"ids={wanted}&limit=3&cursor={quote(first['next_cursor'])}")
    assert ids_of(first) + ids_of(second) == ids[:5]


@pytest.fixture(scope="module")
def searchable(server):
    headers = server.new_key("search@example.org", "--plan", "unlimited")
    for name, caption in {
        "a.jpg": "Grüße aus KÖLN",
        "b.jpg": "100% wool",
        "c.jpg": "100 sheep",
        "snake_case.jpg": "",
        "snakeXcase.jpg": "",
        "back\\\\slash.jpg": "C:\\temp",
        "Ärger im Büro.jpg": "",
        "d.jpg": "it's a 'quote'",
        "e.jpg": "Привет МИР",
    }.items():
        server.upload(pictures.jpeg(8, 8), name, headers=headers, caption=caption)
    return headers


@pytest.mark.parametrize(
    ("words", "captions"),
    [
        ("köln", ["Grüße aus KÖLN"]),
        ("GRÜSSE", []),  # ß is no ss: letters are compared, not languages
        ("GRÜßE", ["Grüße aus KÖLN"]),
        ("100%", ["100% wool"]),
        ("%", ["100% wool"]),
        ("100", ["100 sheep", "100% wool"]),
        ("snake_case", [None]),
        ("_", [None]),
        ("\\", ["C:\\temp"]),
        ("büro", [None]),
        ("it's", ["it's a 'quote'"]),
        ("мир", ["Привет МИР"]),
        ("nothing like it", []),
    ],
)
def test_words_are_looked_for_in_captions_and_file_names(server, searchable, words, captions):
    page = listed(server, searchable, f"q={quote(words)}")
    assert sorted((one.get("caption") for one in page["data"]), key=str) == captions


def test_words_are_looked_for_in_pages(server, searchable):
    first = listed(server, searchable, "q=100&limit=1")
    second = listed(server, searchable, f"q=100&limit=1&cursor={quote(first['next_cursor'])}")
    assert {one["caption"] for one in first["data"] + second["data"]} == {"100 sheep", "100% wool"}
    assert second["next_cursor"] is None


def test_empty_words_are_none(server, library):
    headers, ids = library
    assert ids_of(listed(server, headers, "q=")) == ids


def test_an_album_narrows_the_list_to_the_teams_own(server, library, teams):
    headers, ids = library
    # Albums have no endpoint yet: one row each for us and for the others.
    ((team,),) = stored.rows(server.data_dir, "SELECT team_id FROM media WHERE id = ?", ids[0])
    now = datetime.now(UTC)
    stored.insert(
        server.data_dir,
        "INSERT INTO albums (id, team_id, title, public, created_at) VALUES (?, ?, '', TRUE, ?)",
        [("album-own", team, now), ("album-other", 1, now)],
    )
    changed = requests.patch(
        f"{server.url}/v1/media/{ids[2]}",
        json={"album_id": "album-own"},
        headers=headers,
        timeout=30,
    )
    assert changed.json()["album_id"] == "album-own"
    made = server.upload(pictures.jpeg(8, 8), headers=teams.ours, album_id="album-other")
    assert made["album_id"] == "album-other"
    assert ids_of(listed(server, headers, "album=album-own")) == [ids[2]]
    assert ids_of(listed(server, headers, "album=album-other")) == []
    assert ids_of(listed(server, teams.ours, "album=album-other")) == [made["id"]]
    for album in ("album-other", "nope"):
        refused = server.try_upload(pictures.jpeg(8, 8), headers=headers, album_id=album)
        assert refused.status_code == 422
        assert list(refused.json()["errors"]) == ["album_id"]
    # The album is its team's business alone.
    assert "album_id" not in server.get(f"/v1/media/{ids[2]}").json()
    cleared = requests.patch(
        f"{server.url}/v1/media/{ids[2]}", json={"album_id": None}, headers=headers, timeout=30
    )
    assert "album_id" not in cleared.json()
    assert ids_of(listed(server, headers, "album=album-own")) == []
