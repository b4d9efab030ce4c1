"""Making renditions: once for all who want them, at the cost of whom it is made for."""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import aclosing, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from tempfile import TemporaryDirectory

import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.adapters.flights import MemoryFlights
from core.adapters.limiter import MemoryLimiter
from core.adapters.renditions_folder import FolderRenditionStore
from core.errors import NotTransformable, RateLimited, Unavailable
from core.imaging.transforms.recipe import Recipe
from core.model import Blob, Caller, Media, Rendered, StagedFile, Team
from core.services.orders import order
from core.services.renders import Renders
from core.services.stored import Stored

DATA = b"the stored bytes"
STRANGER = Caller("address:192.0.2.1")
OTHER = Caller("address:192.0.2.2")
OWNER = Caller("key:1", Team(7, "Ours", "free", default_public=True))


class Workshop:
    """Stands in for image work: what it makes names what was asked for."""

    def __init__(self):
        self.jobs = []
        self.at_work = self.most = 0
        self.pause = 0.0
        self.failure = None

    def refuse_if_full(self):
        """Never full."""

    async def render(self, source, workspace, stored, output, key, *, animated):
        self.jobs.append(key)
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        await asyncio.sleep(self.pause)
        self.at_work -= 1
        if self.failure:
            raise self.failure
        path = workspace / "rendition"
        path.write_bytes(b"|".join((source.read_bytes(), stored.encode(), key.encode())))
        return Rendered(output, 1, 1, animated, StagedFile(path, "", path.stat().st_size))


class Elsewhere(FolderBlobStore):
    """A storage whose bytes are no local files."""

    async def locate(self, blob_id):
        return None


@pytest.fixture(params=[FolderBlobStore, Elsewhere])
async def place(request, tmp_path):
    """A service, what stands in for image work, and a stored image."""
    folder = tmp_path / "blobs"
    folder.mkdir()
    blobs = request.param(folder)
    blob = Blob(secrets.token_hex(16), sha256(DATA).hexdigest(), len(DATA))
    upload = tmp_path / "upload"
    upload.write_bytes(DATA)
    await blobs.put(blob.id, upload)
    store = FolderRenditionStore(tmp_path / "derived", 1 << 20)
    workshop = Workshop()

    @asynccontextmanager
    async def workspace():
        with TemporaryDirectory(dir=tmp_path) as made:
            yield tmp_path / made

    yield (
        Renders(
            store,
            Stored(blobs),
            workshop,
            MemoryFlights(),
            MemoryLimiter(),
            workspace,
            "20/minute",
        ),
        workshop,
        image(blob),
    )
    await store.close()
    await blobs.close()


def image(blob) -> Media:
    return Media(
        id="7Hq2mXwYbK",
        team_id=7,
        user_id=None,
        blob=blob,
        sidecar=None,
        format="jpeg",
        width=1000,
        height=800,
        animated=False,
        name=None,
        caption=None,
        metadata={},
        public=True,
        external_id=None,
        album_id=None,
        embed_profile_id=None,
        created_at=datetime(2026, 5, 17, tzinfo=UTC),
        expires_at=None,
    )


def wanted(media, key="blur=5", metadata="copyright"):
    return order(media, metadata, Recipe.from_key(key))


async def given(renders, asked, caller=STRANGER) -> bytes:
    with closing(await renders.open(asked, caller)) as content:
        async with aclosing(content.stream(0, content.size)) as chunks:
            return b"".join([chunk async for chunk in chunks])


async def test_it_is_made_of_the_stored_bytes_and_found_from_then_on(place):
    renders, workshop, media = place
    first = await given(renders, wanted(media))
    assert first == DATA + b"|jpeg|blur=5"
    assert await given(renders, wanted(media), OTHER) == first
    assert workshop.jobs == ["blur=5"]


async def test_many_who_want_it_at_once_have_it_made_once(place):
    renders, workshop, media = place
    workshop.pause = 0.05
    found = await asyncio.gather(*(given(renders, wanted(media)) for _ in range(20)))
    assert set(found) == {DATA + b"|jpeg|blur=5"}
    assert workshop.jobs == ["blur=5"]


async def test_different_wishes_do_not_wait_for_each_other(place):
    renders, workshop, media = place
    workshop.pause = 0.05
    keys = [f"blur={radius}" for radius in range(1, 11)]
    found = await asyncio.gather(*(given(renders, wanted(media, key)) for key in keys))
    assert len(set(found)) == 10
    assert workshop.most == 10


async def test_a_picture_that_broke_its_job_is_not_tried_again_at_once(place):
    renders, workshop, media = place
    workshop.failure, workshop.pause = NotTransformable("Too large to transform."), 0.02
    tries = [given(renders, wanted(media)) for _ in range(5)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    found += await asyncio.gather(given(renders, wanted(media)), return_exceptions=True)
    assert [(type(one), str(one)) for one in found] == (
        [(NotTransformable, "Too large to transform.")] * 6
    )
    assert workshop.jobs == ["blur=5"]


async def test_a_refused_rendition_does_not_stand_in_the_way_of_others(place):
    renders, workshop, media = place
    workshop.failure = NotTransformable()
    with pytest.raises(NotTransformable):
        await given(renders, wanted(media))
    workshop.failure = None
    assert await given(renders, wanted(media, "blur=6"))
    twin = replace(media, blob=replace(media.blob, sha256="0" * 64))
    assert await given(renders, wanted(twin))


async def test_a_refusal_is_forgotten_after_a_while(place, monkeypatch):
    renders, workshop, media = place
    monkeypatch.setattr("core.services.renders.REFUSED_FOR", 0.0)
    workshop.failure = NotTransformable()
    with pytest.raises(NotTransformable):
        await given(renders, wanted(media))
    workshop.failure = None
    assert await given(renders, wanted(media))


async def test_all_who_waited_for_a_job_that_never_started_are_told_together(place):
    renders, workshop, media = place
    workshop.failure, workshop.pause = Unavailable(seconds=5), 0.02
    tries = [given(renders, wanted(media)) for _ in range(5)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable] * 5
    assert found[4].data == {"seconds": 5}
    assert workshop.jobs == ["blur=5"]


async def test_what_is_made_counts_and_what_is_found_does_not(place):
    renders, workshop, media = place
    for radius in range(1, 21):
        await given(renders, wanted(media, f"blur={radius}"))
    with pytest.raises(RateLimited) as told:
        await given(renders, wanted(media, "blur=21"))
    assert 0 < told.value.data["seconds"] <= 60
    assert await given(renders, wanted(media, "blur=1"))
    assert await given(renders, wanted(media, "blur=21"), OTHER)
    assert await given(renders, wanted(media, "blur=21"))
    assert len(workshop.jobs) == 21


async def test_the_owner_may_have_any_number_made(place):
    renders, workshop, media = place
    for radius in range(1, 31):
        await given(renders, wanted(media, f"blur={radius}"), OWNER)
    assert await given(renders, wanted(media, "blur=31"))
    assert len(workshop.jobs) == 31


async def test_to_look_for_the_foreground_counts_ten(place):
    renders, _, media = place
    await given(renders, wanted(media, "segment=foreground"))
    await given(renders, wanted(media, "blur=3&segment=foreground"))
    with pytest.raises(RateLimited):
        await given(renders, wanted(media, "blur=3"))


async def test_renditions_of_other_metadata_are_others(place):
    renders, workshop, media = place
    for metadata in ("copyright", "none"):
        await given(renders, wanted(media, metadata=metadata))
    assert workshop.jobs == ["blur=5", "blur=5"]


async def test_nothing_is_left_in_the_way_of_a_second_try(place):
    renders, workshop, media = place
    workshop.failure = RuntimeError("a fault of ours")
    with pytest.raises(RuntimeError):
        await given(renders, wanted(media))
    workshop.failure = None
    assert await given(renders, wanted(media)) == DATA + b"|jpeg|blur=5"


async def test_what_can_be_kept_nowhere_is_made_once_for_all_who_want_it_now(place, tmp_path):
    renders, workshop, media = place
    (tmp_path / "derived").write_text("not a folder")
    workshop.pause = 0.05
    found = await asyncio.gather(*(given(renders, wanted(media)) for _ in range(20)))
    assert set(found) == {DATA + b"|jpeg|blur=5"}
    assert workshop.jobs == ["blur=5"]
    await given(renders, wanted(media))
    assert workshop.jobs == ["blur=5"] * 2


async def test_no_file_is_left_open(place):
    renders, _, media = place
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        await asyncio.gather(*(given(renders, wanted(media)) for _ in range(20)))
    assert len(os.listdir("/proc/self/fd")) == before
