"""The S3 storage away, hung, cut off, full or slow, under load: 503, then as before."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, islice

import backings
import outages
import pictures
import pytest
import requests
import stored
from aftermath import assert_away, assert_settled, ready
from load import SMALL, Ledger, Load
from relay import refusing, relayed
from servers import running

NEEDS_STORAGE, NEEDS_NONE = ("upload", "read"), ("list", "delete")


@pytest.fixture(scope="module")
def large():
    """Pictures of 7 MB, so that they are sent in parts; each is given once."""
    return (pictures.grains(1_500, seed) for seed in count())


def test_its_bucket_is_removed_and_restored(stage):
    """Nothing may be stored in place of what is lost: the operator has to say what to do."""
    with stage.loaded() as load:
        with stored.bucket_removed(stage.server.data_dir):
            load.turned_away(*NEEDS_STORAGE)
            stage.assert_away("storage")
            load.works(*NEEDS_NONE)
        load.works()


@pytest.mark.parametrize("outage", outages.OUTAGES)
def test_it_is_away_and_comes_back(stage, outage):
    with stage.loaded() as load:
        with outage(stage.s3):
            load.turned_away(*NEEDS_STORAGE)
            stage.assert_away("storage")
            load.works(*NEEDS_NONE)  # meanwhile
        load.works()


# On the way to it


@pytest.fixture(scope="module")
def way(own_services):
    with relayed(own_services.s3.port) as relay:
        yield relay


@pytest.fixture(scope="module")
def server(own_services, way, tmp_path_factory):
    """A server that reaches its storage by the relay."""
    direct = f":{own_services.s3.port}/"
    url = own_services.s3.new_url().replace(direct, f":{way.port}/")
    with (
        backings.chosen(own_services),
        running(tmp_path_factory.mktemp("way") / "data", STORAGE_URL=url, WORKERS=2) as found,
    ):
        yield found


@contextmanager
def loaded(server, **options):
    with Load(server, auth=server.auth, **options) as load:
        load.works()
        yield load
        load.works()
    assert_settled(server, server.auth, load.ledger)


@pytest.mark.parametrize(
    ("status", "code"), [(500, "InternalError"), (503, "SlowDown"), (507, "InsufficientStorage")]
)
def test_it_refuses_everything_for_a_while(own_services, server, way, status, code):
    with loaded(server) as load, refusing(status, code) as refusal:
        way.lead_to(refusal)
        load.turned_away(*NEEDS_STORAGE)
        assert_away(server, ("storage",))
        told = server.get("/readyz").json()["storage"]
        assert ("full" in told) == (status == 507)
        load.works(*NEEDS_NONE)
        way.lead_to(own_services.s3.port)


def test_connections_to_it_are_cut_in_the_midst_of_uploads(server, way, large):
    """Each upload is whole or refused, and no part of it stays."""
    with loaded(server, pictures=[*SMALL[:3], *islice(large, 3)]) as load:
        for _ in range(8):
            way.cut()
            time.sleep(0.3)
        load.works("upload")


def test_it_is_slow(server, way):
    with loaded(server) as load:
        way.rate = 200_000
        load.works()
        large = pictures.grains(1_000)  # a quarter of a minute's worth
        answer = server.try_upload(large, headers=server.auth)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        way.rate = None


def test_it_ends_an_answer_early_now_and_then(server, way, large):
    """What is lacking is asked for again."""
    photo = next(large)
    media_id = server.upload(photo, headers=server.auth)["id"]
    way.most = len(photo) // 2
    way.cut()
    try:
        assert server.get(f"/{media_id}.png").content == photo
    finally:
        way.most = None
    assert_settled(server, server.auth, Ledger(living={media_id: photo}))


def test_a_transfer_that_can_not_be_ended_is_broken_off(server, way, large):
    """The client must not take what came for the whole picture, or for a part that it asked for."""
    photo = next(large)
    media_id = server.upload(photo, headers=server.auth)["id"]
    way.most = len(photo) // 5
    way.cut()
    try:
        for asked in ({}, {"Range": f"bytes=0-{len(photo) - 2}"}):
            with pytest.raises(
                (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
            ):
                server.get(f"/{media_id}.png", headers=asked)
        assert server.get("/healthz").ok
    finally:
        way.most = None
    assert_settled(server, server.auth, Ledger(living={media_id: photo}))


def test_it_freezes_in_the_midst_of_transfers(own_services, server, large):
    """Both ways: whoever waits hears of it in time, and is not told half a picture."""
    photo = next(large)
    media_id = server.upload(photo, headers=server.auth)["id"]
    ledger = Ledger(living={media_id: photo})

    def read() -> bytes | None:
        try:
            answer = server.get(f"/{media_id}.png")
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            return None
        return answer.content if answer.ok else None

    with ThreadPoolExecutor(6) as pool:
        sent = {
            pool.submit(server.try_upload, one, "a.png", server.auth): one
            for one in islice(large, 2)
        }
        reads = [pool.submit(read) for _ in range(4)]
        time.sleep(0.5)
        with outages.frozen(own_services.s3):
            for each in reads:
                assert each.result() in {None, photo}
            for each, one in sent.items():
                answer = each.result()
                assert answer.status_code in {201, 503}
                if answer.status_code == 201:
                    ledger.living[answer.json()["id"]] = one
    ready(server)
    assert_settled(server, server.auth, ledger)
