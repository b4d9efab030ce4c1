"""Two server processes over one database and one storage: every limit is exact."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import backings
import pictures
import pytest
import recount
import requests
from aftermath import faults
from servers import running

pytestmark = pytest.mark.parametrize("backing", backings.KINDS, indirect=True, scope="session")

PLANS = """
[plans.anonymous]
label = "Anonymous"
price = ""
max_file = "1 MB"
max_svg = "1 MB"
[plans.free]
label = "Few"
price = ""
max_file = "1 MB"
max_svg = "1 MB"
uploads_month = 9
[plans.small]
label = "Small"
price = ""
max_file = "1 MB"
max_svg = "1 MB"
storage = {storage}
[plans.unlimited]
label = "All"
price = ""
max_file = "1 MB"
max_svg = "1 MB"
"""
PICTURES = [pictures.jpeg(80, 60, seed=seed) for seed in range(1, 31)]
FITTING = 7


@pytest.fixture(scope="module")
def pair(backing, tmp_path_factory):
    """Two processes on the same data; both sweep all the time."""
    folder = tmp_path_factory.mktemp("pair")
    plans = folder / "plans.toml"
    plans.write_text(PLANS.format(storage=FITTING * len(PICTURES[0]) + 5))
    settings = {"PLANS_FILE": plans, "SWEEP_INTERVAL": 0.05, "WORKERS": 1}
    with ExitStack() as stack:
        both = [stack.enter_context(running(folder / "data", **settings)) for _ in range(2)]
        yield both
        assert [faults(server) for server in both] == [[], []]


def race(pair, calls):
    """Make all calls at once, turn about to the two servers; gives the answers."""
    gate = threading.Barrier(len(calls))

    def call(server, photo, fields):
        gate.wait(30)
        return server.try_upload(photo, **fields)

    with ThreadPoolExecutor(len(calls)) as pool:
        made = zip(itertools.cycle(pair), calls, strict=False)
        return [
            future.result()
            for future in [pool.submit(call, server, *each) for server, each in made]
        ]


def usage(server, auth):
    return requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30).json()


def test_of_many_uploads_at_the_months_edge_as_many_succeed_as_fit(pair):
    auth = pair[0].new_key("month@example.org")
    answers = race(pair, [(photo, {"headers": auth}) for photo in PICTURES[:20]])
    assert sorted(answer.status_code for answer in answers) == [201] * 9 + [403] * 11
    refused = next(answer for answer in answers if answer.status_code == 403)
    assert refused.json()["error"] == "quota_exceeded"
    used = usage(pair[1], auth)
    assert used["monthly"]["uploads"] == used["totals"]["media_stored"] == 9


def test_of_many_uploads_at_the_storages_edge_as_many_succeed_as_fit(pair):
    auth = pair[0].new_key("storage@example.org", "--plan", "small")
    photo = PICTURES[0]
    for _ in range(2):  # a second time, after all was deleted: the storage came back exactly
        answers = race(pair, [(photo, {"headers": auth}) for _ in range(16)])
        made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        assert len(made) == FITTING
        assert {answer.status_code for answer in answers} == {201, 403}
        totals = usage(pair[1], auth)["totals"]
        assert totals["storage_used_bytes"] == FITTING * len(photo)
        assert totals["storage_remaining_bytes"] == 5
        gone = requests.delete(
            f"{pair[1].url}/v1/media/batch", json={"ids": made}, headers=auth, timeout=30
        )
        assert gone.json() == {"deleted": FITTING}
        assert usage(pair[0], auth)["totals"]["storage_used_bytes"] == 0


@pytest.mark.parametrize("same_picture", [True, False])
def test_one_external_id_raced_for_is_one_image(pair, same_picture):
    auth = pair[0].new_key("external@example.org", "--plan", "unlimited")
    for number in range(4):
        fields = {"headers": auth, "external_id": f"{same_picture}-{number}"}
        photos = PICTURES[:1] * 12 if same_picture else PICTURES[:12]
        answers = race(pair, [(photo, fields) for photo in photos])
        made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        assert len(made) == 1
        told = [answer.json() for answer in answers if answer.status_code != 201]
        assert {problem["error"] for problem in told} == {"external_id_duplicate"}
        assert {problem["id"] for problem in told} == set(made)


def test_a_failed_upload_frees_its_external_id_and_counts_nothing(pair):
    auth = pair[0].new_key("failing@example.org", "--plan", "unlimited")
    broken = PICTURES[0][:200]
    answers = race(
        pair,
        [(photo, {"headers": auth, "external_id": "x"}) for photo in [broken] * 6 + PICTURES[:2]],
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 422}
    assert usage(pair[0], auth)["monthly"]["uploads"] == 1


def test_bytes_never_vanish_under_a_living_image(pair):
    """Deleting the last image of some bytes races with uploading the same bytes again."""
    auth = pair[0].new_key("vanish@example.org", "--plan", "unlimited")
    with ThreadPoolExecutor(8) as pool:
        for number in range(25):
            photo = PICTURES[number % 3]
            old = pair[0].upload(photo, headers=auth)["id"]

            def delete(server, media_id=old):
                return requests.delete(
                    f"{server.url}/v1/media/{media_id}", headers=auth, timeout=30
                ).status_code

            deleted = [pool.submit(delete, server) for server in pair]
            made = [pool.submit(server.upload, photo, "a.jpg", auth) for server in pair * 2]
            assert sorted(each.result() for each in deleted) == [204, 404]
            ids = [each.result()["id"] for each in made]
            for server, media_id in itertools.product(pair, ids):
                assert server.get(f"/{media_id}.jpeg").content == photo
            requests.delete(
                f"{pair[1].url}/v1/media/batch", json={"ids": ids}, headers=auth, timeout=30
            )
    pair[0].cli("sweep")
    recount.assert_exact(pair[0].data_dir)


def test_what_one_server_does_the_other_knows_at_once(pair):
    one, other = pair
    auth = one.new_key("both@example.org")
    media_id = one.upload(PICTURES[0], headers=auth)["id"]
    assert other.get(f"/{media_id}.jpeg").content == PICTURES[0]
    patched = requests.patch(
        f"{one.url}/v1/media/{media_id}", json={"public": False}, headers=auth, timeout=30
    )
    assert patched.status_code == 200
    assert other.get(f"/{media_id}.jpeg").status_code == 404
    assert other.get(f"/{media_id}.jpeg", headers=auth).status_code == 200
    requests.delete(f"{other.url}/v1/media/{media_id}", headers=auth, timeout=30)
    assert one.get(f"/{media_id}.jpeg", headers=auth).status_code == 404
