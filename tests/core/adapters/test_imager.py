import asyncio
import os
import signal
import time
from pathlib import Path

import bombs
import misbehaving_worker
import pictures
import psutil
import pytest

from core.adapters.imager import WorkerPool, _ingested, _rendered
from core.errors import (
    InvalidInput,
    NotTransformable,
    StorageFull,
    Unavailable,
    UnsupportedImage,
)
from core.image_work import Encoding, Segmentation
from core.imaging.formats import sniff
from core.model import ImageLimits

MISBEHAVING = (misbehaving_worker.__file__,)
TASKS = (
    "hang",
    "spin",
    "nap",
    "linger",
    "blow",
    "crash",
    "leave",
    "babble",
    "complain",
    "environment",
    "limits_of",
)


@pytest.fixture
async def pool_of():
    pools = []

    def make(**options):
        seconds = {**dict.fromkeys(TASKS, 10.0), **options.pop("seconds", {})}
        pool = WorkerPool(worker=MISBEHAVING, seconds=seconds, **options)
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        await pool.close()
    assert not workers()


def workers():
    children = psutil.Process().children()
    return [
        child
        for child in children
        if child.is_running()
        and child.status() != psutil.STATUS_ZOMBIE
        and "--parent" in child.cmdline()
    ]


async def until(condition, seconds=30.0):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come to be"
        await asyncio.sleep(0.02)


def upload(tmp_path, data):
    (tmp_path / "upload").write_bytes(data)
    (tmp_path / "work").mkdir(exist_ok=True)
    return tmp_path / "upload", tmp_path / "work"


async def nap(pool, seconds=0.0):
    return (await pool.run("nap", {"seconds": seconds}))["pid"]


async def lingering(pool, folder):
    """A job that has begun, and what ends it."""
    marks = {name: folder / name for name in ("mark", "enough")}
    told = {name: str(path) for name, path in marks.items()}
    job = asyncio.create_task(pool.run("linger", told))
    await until(marks["mark"].exists)
    return job, marks["enough"].touch


async def test_it_makes_of_an_upload_what_is_stored(pool_of, tmp_path):
    made = await pool_of().ingest(*upload(tmp_path, bombs.saved(bombs.noise(), "TIFF")))
    assert (made.format, made.width, made.height, made.animated) == ("webp", 64, 48, False)
    assert made.blob.path.parent == tmp_path / "work"
    assert made.blob.size == made.blob.path.stat().st_size


async def test_relative_paths_are_the_callers(pool_of, tmp_path, monkeypatch):
    upload(tmp_path, bombs.saved(bombs.noise(), "PNG"))
    monkeypatch.chdir(tmp_path)
    made = await pool_of().ingest(Path("upload"), Path("work"))
    assert made.blob.path == Path("work/served")


@pytest.mark.parametrize("name", ["gif 10,000 frames", "jpeg of 20,000 scans", "webp of 34 bytes"])
async def test_refusals_come_through_with_sentence_and_field(pool_of, tmp_path, name):
    data, words = bombs.BEYOND_LIMITS[name]
    with pytest.raises(UnsupportedImage, match=words) as refused:
        await pool_of().ingest(*upload(tmp_path, data))
    assert refused.value.errors == {"file": [refused.value.public]}


async def test_limits_reach_the_workers(pool_of):
    pool = pool_of(limits=ImageLimits(max_frames=7, format_pixels={"gif": 9}))
    assert await pool.run("limits_of", {}) == {"limits": {"gif": 9}, "max_frames": 7}


async def test_nothing_runs_before_the_first_job_and_one_process_does_many(pool_of):
    pool = pool_of()
    assert not workers()
    assert len({await nap(pool) for _ in range(5)}) == 1


@pytest.mark.parametrize("task", ["hang", "spin"])
async def test_a_job_that_takes_too_long_is_ended_and_costs_no_other(pool_of, tmp_path, task):
    pool = pool_of(seconds={task: 0.3})
    other = asyncio.create_task(nap(pool, 1.0))
    before = await nap(pool)
    with pytest.raises(UnsupportedImage, match="too long"):
        await pool.run(task, {"mark": str(tmp_path / "mark")})
    assert not psutil.pid_exists(before)
    assert await nap(pool) != before
    assert await other


async def test_a_real_picture_that_takes_too_long_is_refused(tmp_path):
    pool = WorkerPool(seconds={"ingest": 0.05})
    await_it = upload(tmp_path, bombs.saved(bombs.noise(3_000, 3_000), "BMP"))
    with pytest.raises(UnsupportedImage, match="too long"):
        await pool.ingest(*await_it)
    await pool.close()


@pytest.mark.parametrize("task", ["crash", "leave"])
async def test_a_worker_that_ends_costs_one_job(pool_of, task):
    pool = pool_of(workers=1)
    with pytest.raises(UnsupportedImage) as refused:
        await pool.run(task, {})
    assert refused.value.errors["file"]
    assert await nap(pool)


async def test_a_worker_killed_in_its_job_costs_that_job(pool_of, tmp_path):
    pool = pool_of(workers=1)
    victim = await nap(pool)
    job = asyncio.create_task(pool.run("hang", {"mark": str(tmp_path / "mark")}))
    await until((tmp_path / "mark").exists)
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(UnsupportedImage):
        await job
    assert await nap(pool) != victim


async def test_a_worker_killed_while_idle_costs_nothing(pool_of):
    pool = pool_of(workers=1)
    victim = await nap(pool)
    os.kill(victim, signal.SIGKILL)
    await until(lambda: not psutil.pid_exists(victim))
    await asyncio.sleep(0.1)
    assert await nap(pool) != victim


async def test_memory_is_limited_and_a_fresh_process_follows(pool_of):
    pool = pool_of(workers=1)
    before = await nap(pool)
    with pytest.raises(UnsupportedImage, match="too much memory"):
        await pool.run("blow", {})
    assert await nap(pool) != before


async def test_a_real_picture_cannot_take_more_memory_than_the_limit(tmp_path):
    pool = WorkerPool(memory=200 << 20)
    with pytest.raises(UnsupportedImage):
        await pool.ingest(
            *upload(tmp_path, bombs.saved(bombs.noise(1, 1).resize((9_000, 9_000)), "PNG"))
        )
    await pool.close()


async def test_a_full_queue_is_refused_at_once(pool_of, tmp_path):
    pool = pool_of(workers=1, queue_limit=1, slot_seconds=30)
    pool.refuse_if_full()
    running, end = await lingering(pool, tmp_path)
    pool.refuse_if_full()
    waiting = asyncio.create_task(nap(pool))
    await until(lambda: pool._waiting)
    with pytest.raises(Unavailable) as refused:
        pool.refuse_if_full()
    assert refused.value.data["seconds"] > 0
    with pytest.raises(Unavailable):
        await nap(pool)
    end()
    assert (await running)["pid"] == await waiting
    pool.refuse_if_full()


async def test_a_job_without_a_slot_in_time_is_not_begun(pool_of, tmp_path):
    pool = pool_of(workers=1, slot_seconds=0.1)
    running, end = await lingering(pool, tmp_path)
    with pytest.raises(Unavailable):
        await nap(pool)
    end()
    assert await running


async def test_no_more_processes_run_than_there_are_slots(pool_of):
    pool = pool_of(workers=2)
    pids = await asyncio.gather(*(nap(pool, 0.2) for _ in range(6)))
    assert len(set(pids)) == 2


async def test_a_cancelled_job_is_killed_and_its_slot_is_free(pool_of, tmp_path):
    pool = pool_of(workers=1, slot_seconds=1)
    victim = await nap(pool)
    job = asyncio.create_task(pool.run("hang", {"mark": str(tmp_path / "mark")}))
    await until((tmp_path / "mark").exists)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert not psutil.pid_exists(victim)
    assert await nap(pool) != victim


TELLING = """
import time
from pathlib import Path
from core.imaging import worker
def render(arguments, limits):
    time.sleep(1)
    made = Path(arguments["workspace"]) / str(time.monotonic_ns())
    made.touch()
    return {
        "format": "avif", "width": arguments["encoding"]["threads"], "height": 1,
        "animated": False, "file": {"name": made.name, "sha256": "0" * 64, "size": 0},
    }
worker.TASKS["render"] = render
worker.main()
"""
"""A worker that tells by a width how many threads an encoder may use."""


async def threads_of(tmp_path, workers, begun):
    pool = WorkerPool(worker=("-c", TELLING), workers=workers)
    jobs = []
    for number in range(begun):
        job = pool.render(tmp_path / "any", tmp_path, "png", "avif", "", animated=False)
        jobs.append(asyncio.create_task(job))
        await until(lambda number=number: len(pool._busy) > number)
    made = await asyncio.gather(*jobs)
    await pool.close()
    return [one.width for one in made]


@pytest.mark.parametrize(("workers", "threads"), [(1, [1]), (2, [2, 1]), (3, [2, 1])])
async def test_an_encoder_uses_a_second_core_that_has_nothing_to_do(tmp_path, workers, threads):
    assert await threads_of(tmp_path, workers, len(threads)) == threads


async def test_idle_processes_end_but_for_one(pool_of):
    pool = pool_of(workers=2, idle_seconds=0.2)
    await asyncio.gather(nap(pool, 0.3), nap(pool, 0.3))
    await until(lambda: len(workers()) == 1)
    await asyncio.sleep(0.5)
    (last,) = workers()
    assert await nap(pool) == last.pid


async def test_closing_ends_idle_and_busy_workers_and_takes_no_more(pool_of, tmp_path):
    pool = pool_of(workers=2)
    await asyncio.gather(nap(pool, 0.2), nap(pool, 0.2))
    job = asyncio.create_task(pool.run("hang", {"mark": str(tmp_path / "mark")}))
    await until((tmp_path / "mark").exists)
    await pool.close()
    assert not workers()
    with pytest.raises(UnsupportedImage):
        await job
    with pytest.raises(Unavailable):
        await nap(pool)


async def test_workers_see_none_of_the_parents_secrets(pool_of, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    seen = await pool_of().run("environment", {})
    assert set(seen["environment"]) <= {
        "GLIBC_TUNABLES",
        "LANG",
        "LC_CTYPE",
        "NUMBA_DISABLE_JIT",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "PATH",
        "PYTHONPATH",
        "VIPS_CONCURRENCY",
    }
    assert seen["cwd"] == "/"


async def test_a_worker_that_complains_without_end_is_not_held_up(pool_of):
    assert await pool_of().run("complain", {}) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"said": "nonsense\n"},
        {"said": "[]\n"},
        {"said": '{"done": 7}\n'},
        {"said": '{"refused": 7}\n'},
        {"said": '{"refused": {"error": "SystemExit", "public": 7, "errors": 8}}\n'},
        {"said": "[" * 100_000 + "\n"},
        {"said": "x" * 1_000, "times": 3_000},
    ],
)
async def test_an_answer_that_makes_no_sense_is_a_refusal(pool_of, said):
    pool = pool_of(seconds={"babble": 5})
    with pytest.raises(UnsupportedImage):
        await pool.run("babble", said)


async def test_a_full_disk_is_told_as_such(pool_of):
    with pytest.raises(StorageFull):
        await pool_of().run("babble", {"said": '{"refused": {"error": "StorageFull"}}\n'})


async def test_a_worker_that_cannot_start_is_our_fault(tmp_path):
    pool = WorkerPool(worker=("-c", "raise SystemExit(3)"))
    with pytest.raises(Unavailable):
        await pool.ingest(*upload(tmp_path, b"GIF89a"))
    await pool.close()


MADE = {"format": "png", "width": 4, "height": 4, "animated": False, "frames": 1, "sidecar": None}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "tiff"},
        {"format": "exe"},
        {"width": 0},
        {"width": "wide"},
        {"frames": 0},
        {"frames": None},
        {"blob": {"name": "../upload", "sha256": "0" * 64, "size": 3}},
        {"blob": {"name": "link", "sha256": "0" * 64, "size": 3}},
        {"blob": {"name": "served", "sha256": "0" * 63, "size": 3}},
        {"blob": {"name": "served", "sha256": "0" * 64, "size": 4}},
        {"blob": {"name": "absent", "sha256": "0" * 64, "size": 3}},
        {"blob": None},
    ],
)
def test_what_a_worker_says_it_made_is_checked(tmp_path, change):
    workspace = tmp_path / "work"
    workspace.mkdir()
    (tmp_path / "upload").write_bytes(b"abc")
    (workspace / "served").write_bytes(b"abc")
    (workspace / "link").symlink_to(tmp_path / "upload")
    told = MADE | {"blob": {"name": "served", "sha256": "0" * 64, "size": 3}}
    assert _ingested(told, workspace).blob.path == workspace / "served"
    with pytest.raises((KeyError, TypeError, ValueError, OSError)):
        _ingested(told | change, workspace)


RENDERED = {
    "format": "webp",
    "width": 1,
    "height": 1,
    "animated": True,
    "file": {"name": "rendition", "sha256": "0" * 64, "size": 3},
}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "png"},
        {"format": None},
        {"width": 0},
        {"height": "tall"},
        {"file": None},
        {"file": {"name": "../stored", "sha256": "0" * 64, "size": 3}},
        {"file": {"name": "link", "sha256": "0" * 64, "size": 3}},
        {"file": {"name": "absent", "sha256": "0" * 64, "size": 3}},
        {"file": {"name": "rendition", "sha256": "x", "size": 3}},
        {"file": {"name": "rendition", "sha256": "0" * 64, "size": 4}},
    ],
)
def test_nothing_that_a_worker_says_of_a_rendition_is_trusted(tmp_path, change):
    workspace = tmp_path / "work"
    workspace.mkdir()
    for path in (workspace / "rendition", tmp_path / "stored"):
        path.write_bytes(b"abc")
    (workspace / "link").symlink_to(tmp_path / "stored")
    assert _rendered(RENDERED, workspace, "webp").file.path == workspace / "rendition"
    with pytest.raises((KeyError, TypeError, ValueError, OSError)):
        _rendered(RENDERED | change, workspace, "webp")


async def rendering(pool, folder, data, stored="png", output="webp", key="", animated=False):
    source, workspace = folder / "stored", folder / "work"
    workspace.mkdir(exist_ok=True)
    source.write_bytes(data)
    return await pool.render(source, workspace, stored, output, key, animated=animated)


async def test_a_rendition_is_made_by_a_worker(pool_of, tmp_path):
    made = await rendering(
        pool_of(), tmp_path, pictures.png(640, 480), output="jpeg", key="rotate=90&size=s"
    )
    assert (made.format, made.width, made.height, made.animated) == ("jpeg", 240, 320, False)
    assert made.file.path.read_bytes()[:3] == b"\xff\xd8\xff"


async def test_an_animation_stays_one_where_the_output_can_move(pool_of, tmp_path):
    pool = pool_of()
    gif = pictures.gif()
    assert (await rendering(pool, tmp_path, gif, "gif", "webp", animated=True)).animated
    assert not (await rendering(pool, tmp_path, gif, "gif", "avif", animated=True)).animated


async def test_the_encoders_settings_reach_the_worker(pool_of, tmp_path):
    picture = pictures.png(200, 150)
    sizes = [
        (
            await rendering(
                pool_of(encoding=Encoding(jpeg_quality=quality)), tmp_path, picture, output="jpeg"
            )
        ).file.size
        for quality in (20, 95)
    ]
    assert sizes[0] < sizes[1] / 2


async def test_what_a_server_can_not_do_is_refused_by_its_parameter(pool_of, tmp_path):
    pool = pool_of(segmentation=Segmentation("off"))
    with pytest.raises(InvalidInput) as refusal:
        await rendering(pool, tmp_path, pictures.png(), key="segment=foreground")
    assert list(refusal.value.errors) == ["segment"]


SHOWN_AT_FIRST = {"gif second frame", "png without end"}
"""Their first picture is whole."""


@pytest.mark.parametrize("name", sorted(bombs.UNDECODABLE.keys() - SHOWN_AT_FIRST))
async def test_a_picture_that_breaks_when_transformed_is_not_transformable(pool_of, tmp_path, name):
    data = bombs.UNDECODABLE[name]
    row = sniff(data)
    with pytest.raises(NotTransformable) as refusal:
        await rendering(pool_of(), tmp_path, data, row.name if row else "png", key="size=s")
    assert refusal.value.errors == {}


def picture_that_explodes():
    """Layers as large as the picture, one within the other: a few bytes a layer."""
    inner = '<rect width="2560" height="2560"/>'
    layers = '<g opacity="0.9">' * 240 + inner + "</g>" * 240
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="2560" height="2560">{layers}</svg>'


async def test_what_explodes_only_when_transformed_costs_its_own_job_alone(pool_of, tmp_path):
    pool = pool_of(workers=1, seconds={"render": 5})
    with pytest.raises(NotTransformable):
        await rendering(pool, tmp_path, picture_that_explodes().encode(), "svg", "png")
    made = await rendering(pool, tmp_path, pictures.png(640, 480), key="size=s")
    assert made.width == 320


async def test_an_animation_has_a_time_limit_of_its_own(pool_of, tmp_path):
    pool = pool_of(workers=1, seconds={"animation": 0.01})
    with pytest.raises(NotTransformable, match="too long"):
        await rendering(pool, tmp_path, pictures.gif(20, 400, 300), "gif", "gif", animated=True)
    made = await rendering(pool, tmp_path, pictures.gif(), "gif", "jpeg", animated=True)
    assert made.format == "jpeg"
