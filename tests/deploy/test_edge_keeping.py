"""What nginx keeps, by the application's word alone: a stand-in's two seconds are the real minute."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from deploy.edge import running_edge
from deploy.stand_in import BODY, ETAG, StandIn, standing_in
from servers import free_port

PICTURE = "/abcdefghij.jpeg"
OVER = 3.1  # seconds after which what may be kept for two seconds is too old for nginx's clock


@pytest.fixture(scope="module")
def behind():
    """An edge, and what stands behind it."""
    with standing_in() as found, running_edge(found.port) as edge:
        yield edge, found


@pytest.fixture
def fresh(behind):
    """The same, in its first state; each test asks for a picture of its own."""
    edge, upstream = behind
    vars(upstream).update(vars(StandIn(upstream.server)))
    return edge, upstream


def kept(edge, path):
    """Have a picture kept."""
    assert edge.get(path).headers["X-Cache"] == "MISS"
    again = edge.get(path)
    assert (again.content, again.headers["X-Cache"]) == (BODY, "HIT")


def test_what_is_kept_is_asked_for_again_after_its_time_and_not_sent_anew(fresh):
    edge, upstream = fresh
    kept(edge, PICTURE)
    assert len(upstream.asked) == 1
    time.sleep(OVER)
    again = edge.get(PICTURE)
    assert (again.content, again.headers["X-Cache"]) == (BODY, "REVALIDATED")
    assert upstream.asked[1]["If-None-Match"] == ETAG
    assert edge.get(PICTURE).headers["X-Cache"] == "HIT"


def test_a_deleted_picture_is_gone_for_everybody_once_its_time_is_over(fresh):
    """Also for those who ask while the first of them is still waiting for the answer."""
    edge, upstream = fresh
    kept(edge, "/bbbbbbbbbb.jpeg")
    upstream.status, upstream.headers, upstream.delay = 410, {"Cache-Control": "no-store"}, 0.7
    time.sleep(OVER)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: edge.get("/bbbbbbbbbb.jpeg"), range(24)))
    assert {answer.status_code for answer in answers} == {410}
    assert edge.get("/bbbbbbbbbb.jpeg").status_code == 410


@pytest.mark.parametrize("status", [500, 503])
def test_a_failing_server_brings_nothing_old_back(fresh, status):
    edge, upstream = fresh
    path = f"/cccccccccc.jpeg?{status}"
    kept(edge, path)
    upstream.status, upstream.headers = status, {}
    time.sleep(OVER)
    answer = edge.get(path)
    assert (answer.status_code, answer.content) == (status, b"")


def test_a_server_that_is_away_brings_nothing_old_back():
    with standing_in() as upstream, running_edge(upstream.port) as edge:
        kept(edge, PICTURE)
        upstream.leave()
        time.sleep(OVER)
        assert edge.get(PICTURE).status_code == 503


def test_a_server_that_is_away_may_come_back_within_the_time_unnoticed():
    with standing_in() as upstream, running_edge(upstream.port) as edge:
        upstream.headers = {"Cache-Control": "public, s-maxage=60"}
        kept(edge, PICTURE)
        upstream.leave()
        answer = edge.get(PICTURE)
        assert (answer.content, answer.headers["X-Cache"]) == (BODY, "HIT")


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "private, no-store"},
        {"Cache-Control": "no-cache"},
        {"Cache-Control": "public, max-age=60, s-maxage=0"},
        {"Cache-Control": "public, s-maxage=60", "Set-Cookie": "session=1"},
        {"Cache-Control": "public, s-maxage=60", "Vary": "*"},
        {},
    ],
    ids=lambda headers: ", ".join(map(": ".join, headers.items())) or "nothing said",
)
def test_what_may_not_be_kept_is_not(fresh, headers):
    edge, upstream = fresh
    upstream.headers = headers
    for _ in range(2):
        answer = edge.get("/dddddddddd.jpeg", params=headers)
        assert (answer.content, answer.headers["X-Cache"]) == (BODY, "MISS")
    assert len(upstream.asked) == 2


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-API-Key", "X-Album-Password"])
def test_who_says_who_they_are_is_answered_by_the_application(fresh, name):
    """Neither is their answer kept for others, nor do they get what is kept."""
    edge, upstream = fresh
    upstream.headers = {"Cache-Control": "public, s-maxage=60"}
    path = f"/eeeeeeeeee.jpeg?{name}"
    assert "X-Cache" not in edge.get(path, headers={name: "0"}).headers
    kept(edge, path)
    assert "X-Cache" not in edge.get(path, headers={name: "0"}).headers
    assert len(upstream.asked) == 3


def test_of_many_who_ask_at_once_for_what_is_not_kept_one_fetches_it(fresh):
    edge, upstream = fresh
    upstream.headers = {"Cache-Control": "public, s-maxage=60"}
    upstream.delay = 0.1
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: edge.get("/ffffffffff.jpeg"), range(12)))
    assert {answer.content for answer in answers} == {BODY}
    assert len(upstream.asked) == 1


def test_no_servers_at_all_is_said_in_the_applications_own_shape():
    from api.errors import problem_body, problem_of
    from core.errors import Unavailable

    own = problem_body(problem_of(Unavailable(seconds=5), None, None))
    with running_edge(free_port()) as edge:
        for answer in (edge.get("/v1/media"), edge.get("/")):
            assert (answer.status_code, answer.json()) == (503, own)
            assert answer.headers["Retry-After"] == "5"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
