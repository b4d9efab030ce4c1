"""`pixferry storage move`, beside running servers."""

from __future__ import annotations

import hashlib
import os
import pty
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import aclosing, contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pictures
import pytest
import recount
import requests
from apart import run_apart
from servers import ROOT, environment, pixferry, running, start
from stored import rows

from core.choices import open_blobs
from core.service_urls import storage_place

SHORT = {"RESERVATION_LIFE": 3, "ORPHAN_GRACE": 3, "WORKERS": 2}
ME = "me@example.org"
LATER = datetime(2100, 1, 1, tzinfo=UTC)


# What storages hold, asked past the program


async def _held(url):
    store = open_blobs(storage_place(url, "the test"))
    try:
        return {one async for portion in store.list_older(LATER) for one in portion}
    finally:
        await store.close()


def held(url) -> set[str]:
    """The names of all that a storage holds."""
    return run_apart(_held(url))


async def _read(url, sizes):
    store = open_blobs(storage_place(url, "the test"))
    try:
        found = {}
        for one, size in sizes.items():
            async with aclosing(store.read(one, 0, size)) as chunks:
                found[one] = b"".join([chunk async for chunk in chunks])
        return found
    finally:
        await store.close()


def assert_holds_exactly_the_living(url, data):
    """The storage has every living blob, whole by its hash, and nothing else."""
    assert held(url) == assert_holds_the_living(url, data)


def assert_holds_the_living(url, data) -> set[str]:
    """The storage has every living blob, whole by its hash; gives their names."""
    known = rows(data, "SELECT id, sha256, size FROM blobs WHERE doomed_at IS NULL")
    found = run_apart(_read(url, {one: size for one, _, size in known}))
    for one, sha256, _ in known:
        assert hashlib.sha256(found[one]).hexdigest() == sha256
    return {one for one, _, _ in known}


def folder_url(path) -> str:
    return f"file://{path}"


def error_of(answer) -> str:
    """The one sentence that a failed move says."""
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    (line,) = [line for line in answer.stderr.splitlines() if line.startswith("Error: ")]
    return line


@pytest.fixture(params=["folder", "s3"])
def storages(request, tmp_path):
    """Makes addresses of new, empty storages."""

    def new(name):
        if request.param == "s3":
            return request.getfixturevalue("s3_server").new_url()
        (tmp_path / name).mkdir()
        return folder_url(tmp_path / name)

    return new


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A data folder with three images, their bytes by id, and whose they are."""
    data = tmp_path_factory.mktemp("template") / "data"
    with running(data, WORKERS=1) as server:
        auth = server.new_key(ME, "--plan", "unlimited")
        photos = [pictures.jpeg(seed=seed) for seed in range(3)]
        made = {server.upload(photo, headers=auth)["id"]: photo for photo in photos}
    return data, made, auth


@pytest.fixture
def filled(template, tmp_path):
    """A data folder of the test's own with three images in it."""
    data, made, auth = template
    shutil.copytree(data, tmp_path / "data")
    return Filled(tmp_path / "data", dict(made), auth)


class Filled:
    def __init__(self, data, photos, auth) -> None:
        self.data, self.photos, self.auth = data, photos, auth
        self.old = folder_url(data / "blobs")

    def move(self, *words, check=True, **settings):
        env = environment(self.data, 0, **settings)
        return pixferry("storage", "move", *words, env=env, check=check)

    def assert_served(self, **settings):
        with running(self.data, WORKERS=1, **settings) as server:
            for media_id, photo in self.photos.items():
                assert server.get(f"/{media_id}.jpeg").content == photo

    def blob_files(self):
        return sorted(path for path in (self.data / "blobs").rglob("*") if path.is_file())


# There and back


@pytest.mark.parametrize("storages", ["folder", "s3"], indirect=True)
def test_pictures_move_to_another_storage_and_back(filled, storages, tmp_path):
    new, newer = storages("new"), storages("newer")
    told = filled.move("--to", new).stdout
    assert re.search(r"^3 blobs copied \(.+\)\.$", told, re.MULTILINE)
    assert "set PIXFERRY_STORAGE_URL" in told
    assert_holds_exactly_the_living(new, filled.data)
    filled.assert_served(STORAGE_URL=new)
    filled.move("--to", newer, STORAGE_URL=new)
    assert_holds_exactly_the_living(newer, filled.data)
    (tmp_path / "back").mkdir()
    back = folder_url(tmp_path / "back")
    filled.move("--from", newer, STORAGE_URL=back)
    assert_holds_exactly_the_living(back, filled.data)
    assert held(new) == held(newer) == held(filled.old)  # none was emptied unasked


def test_what_is_there_already_is_not_copied_again(filled, tmp_path):
    new = folder_url(tmp_path / "new")
    filled.move("--to", new)

    def inodes():
        found = (path for path in (tmp_path / "new").rglob("*") if path.is_file())
        return {path: path.stat().st_ino for path in found}

    before = inodes()
    assert "0 blobs copied" in filled.move("--to", new).stdout
    assert "0 blobs copied" in filled.move("--to", new, "--verify").stdout
    assert inodes() == before


def test_without_addresses_the_fallback_is_moved_to_the_storage_in_use(filled, storages):
    new = storages("new")
    both = {"STORAGE_URL": new, "STORAGE_FALLBACK_URL": filled.old}
    filled.assert_served(**both)
    assert held(new) == set()
    told = filled.move(**both).stdout
    assert "3 blobs copied" in told
    assert "unset PIXFERRY_STORAGE_FALLBACK_URL" in told
    filled.assert_served(STORAGE_URL=new)


# Emptying the source


def test_the_source_is_emptied_when_told_so(filled, storages):
    new = storages("new")
    both = {"STORAGE_URL": new, "STORAGE_FALLBACK_URL": filled.old}
    assert "3 removed" in filled.move("--remove-source", **both).stdout
    assert filled.blob_files() == []
    assert_holds_exactly_the_living(new, filled.data)
    assert "0 blobs copied" in filled.move("--remove-source", **both).stdout
    filled.assert_served(**both)
    filled.assert_served(STORAGE_URL=new)


def test_nothing_is_removed_from_the_source_that_the_target_does_not_give_back(filled, tmp_path):
    filled.move("--to", folder_url(tmp_path / "new"))
    first, second, third = sorted(p for p in (tmp_path / "new").rglob("*") if p.is_file())
    good = first.read_bytes()
    first.write_bytes(b"x" * len(good))  # of the right length
    in_source = filled.data / "blobs" / second.relative_to(tmp_path / "new")
    rotten = b"x" * len(second.read_bytes())
    for file in (second, in_source):
        file.unlink()
        file.write_bytes(rotten)
    both = {"STORAGE_URL": folder_url(tmp_path / "new"), "STORAGE_FALLBACK_URL": filled.old}
    answer = filled.move("--remove-source", check=False, **both)
    assert "1 blobs could not be moved" in error_of(answer)
    assert f"Blob {second.name}: its bytes are not those that were uploaded." in answer.stderr
    assert first.read_bytes() == good  # mended
    assert third.is_file()
    assert filled.blob_files() == [in_source]


def test_a_storage_that_servers_still_write_to_is_not_emptied(filled, tmp_path):
    answer = filled.move("--to", folder_url(tmp_path / "new"), "--remove-source", check=False)
    assert "first set PIXFERRY_STORAGE_URL" in error_of(answer)
    assert len(filled.blob_files()) == 3


# What is damaged


def test_a_damaged_copy_is_found_and_mended_by_verifying(filled, tmp_path):
    new = folder_url(tmp_path / "new")
    filled.move("--to", new)
    (one, *_) = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    size = one.stat().st_size
    one.write_bytes(b"x" * size)
    assert "0 blobs copied" in filled.move("--to", new).stdout
    assert "1 blobs copied" in filled.move("--to", new, "--verify").stdout
    assert_holds_exactly_the_living(new, filled.data)
    one.write_bytes(b"x" * (size - 1))  # a wrong length is seen at once
    assert "1 blobs copied" in filled.move("--to", new).stdout
    assert_holds_exactly_the_living(new, filled.data)


def test_lost_and_damaged_blobs_are_named_and_the_others_moved(filled, tmp_path):
    lost, damaged, fine = filled.blob_files()
    lost.unlink()
    damaged.write_bytes(b"x" * damaged.stat().st_size)
    answer = filled.move("--to", folder_url(tmp_path / "new"), check=False)
    assert "2 blobs could not be moved" in error_of(answer)
    assert f"Blob {lost.name}: it is in neither storage." in answer.stderr
    assert f"Blob {damaged.name}: its bytes are not those that were uploaded." in answer.stderr
    assert held(folder_url(tmp_path / "new")) == {fine.name}


# What is refused


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "give --to URL, or set PIXFERRY_STORAGE_FALLBACK_URL"),
        (["--to", "ftp://pictures.example"], "--to: it must be file:///PATH or s3://"),
        (["--to", "s3://me@s3.example/x"], "--to: it lacks the access key or the secret"),
        (["--to", "file:///proc/none"], "/proc/none can't be used"),
        (["--from", "file:///none/such"], "there is no folder /none/such"),
        (
            ["--to", "s3://key:hush-hush@127.0.0.1:1/bucket?secure=false"],
            "--to: the storage at 127",
        ),
    ],
)
def test_a_wrong_address_is_told(filled, words, told):
    answer = filled.move(*words, check=False)
    assert told in error_of(answer)
    assert "hush-hush" not in answer.stderr


def test_a_wrong_secret_is_told_and_not_shown(filled, s3_server):
    url = s3_server.new_url().replace("test%2Fsecret", "hush-hush")
    assert "hush-hush" in url
    answer = filled.move("--to", url, check=False)
    assert "--to: the storage at 127.0.0.1" in error_of(answer)
    assert "hush-hush" not in answer.stderr + answer.stdout


def test_one_storage_is_not_moved_into_itself(filled, tmp_path, storages):
    alias = tmp_path / "alias"
    alias.symlink_to(filled.data / "blobs")
    for url in (filled.old, folder_url(alias)):
        assert "one storage" in error_of(filled.move("--to", url, check=False))
    new = storages("new")
    same = new.replace("127.0.0.1", "localhost")
    assert "one storage" in error_of(filled.move("--from", new, "--to", same, check=False))
    assert len(filled.blob_files()) == 3
    assert held(new) == set()


# What comes in its way


@contextmanager
def small_disk(path, size):
    """A file system of that size; skips where none may be mounted."""
    path.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no file system may be mounted here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_full_target_is_told_and_the_move_goes_on_when_there_is_room(filled, tmp_path):
    with running(filled.data, WORKERS=1) as server:
        large = pictures.png(400, 300, seed=9)
        filled.photos = {server.upload(large, "a.png", filled.auth)["id"]: large}
    target = tmp_path / "small"
    with small_disk(target, "60k"):
        answer = filled.move("--to", folder_url(target), check=False)
        assert "disk is full" in error_of(answer)
        assert "The same command goes on" in answer.stderr
        subprocess.run(["mount", "-o", "remount,size=16m", str(target)], check=True)
        filled.move("--to", folder_url(target))
        assert_holds_exactly_the_living(folder_url(target), filled.data)


def test_a_target_that_is_away_for_a_moment_is_waited_for(filled, own_s3):
    new = own_s3.new_url()
    recount.plant(filled.data, 150, datetime.now(UTC) + timedelta(days=1), ME)
    words = [sys.executable, "-m", "pixferry", "storage", "move", "--to", new]
    env = environment(filled.data, 0)
    moving = subprocess.Popen(words, env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        while "blobs seen" not in moving.stderr.readline():
            assert moving.poll() is None
        own_s3.stop()
        while "trying again" not in moving.stderr.readline():
            assert moving.poll() is None
        own_s3.start()
        _, errors = moving.communicate(timeout=120)
        assert moving.returncode == 0, errors
    finally:
        moving.kill()
        moving.communicate()
    # Read, not listed: Swift lists what it took while it went down some time later.
    assert_holds_the_living(new, filled.data)


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(filled, tmp_path):
    lines = filled.move("--to", folder_url(tmp_path / "new")).stderr
    assert "3 of 3 blobs seen, 3 copied" in lines
    ours, theirs = pty.openpty()
    env = environment(filled.data, 0) | {"TERM": "xterm"}
    words = ["storage", "move", "--to", folder_url(tmp_path / "newer")]
    subprocess.run(
        [sys.executable, "-m", "pixferry", *words],
        env=env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        timeout=60,
        check=True,
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the end
        while chunk := os.read(ours, 65_536):
            shown += chunk
    os.close(ours)
    assert "3/3" in shown.decode()
    assert "━" in shown.decode()


# Deleting meanwhile


def test_what_is_deleted_after_it_was_copied_does_not_stay(filled, tmp_path):
    """The old storage is in use yet, so nobody told the new one."""
    new = folder_url(tmp_path / "new")
    filled.move("--to", new)
    deleted, _ = filled.photos.popitem()
    with running(filled.data, **SHORT) as server:
        requests.delete(
            f"{server.url}/v1/media/{deleted}", headers=filled.auth, timeout=30
        ).raise_for_status()
        server.cli("sweep")
    assert len(held(new)) == 3
    time.sleep(SHORT["ORPHAN_GRACE"] + 0.5)
    with running(filled.data, STORAGE_URL=new, **SHORT) as server:
        server.cli("sweep")
        assert_holds_exactly_the_living(new, filled.data)
    assert len(held(new)) == 2
    filled.assert_served(STORAGE_URL=new)


def test_what_is_deleted_while_both_are_read_goes_from_both_at_once(filled, storages):
    new = storages("new")
    both = {"STORAGE_URL": new, "STORAGE_FALLBACK_URL": filled.old}
    filled.move(**both)
    deleted, _ = filled.photos.popitem()
    with running(filled.data, WORKERS=1, **both) as server:
        requests.delete(
            f"{server.url}/v1/media/{deleted}", headers=filled.auth, timeout=30
        ).raise_for_status()
        server.cli("sweep")
    assert len(held(new)) == len(held(filled.old)) == 2
    filled.assert_served(**both)


# All at once


class Load(threading.Thread):
    """Uploads, reads and deletes on one server after the other; notes what it was not to see."""

    def __init__(self, seed, auth):
        super().__init__(daemon=True)
        self.rng = random.Random(seed)
        self.auth, self.servers, self.stop = auth, [], threading.Event()
        self.living, self.gone, self.wrong = {}, set(), []
        self.done = 0

    def run(self):
        while not self.stop.wait(0.2):  # the more is stored, the longer it takes to check it all
            server = self.rng.choice(self.servers)
            try:
                self.step(server)
            except requests.ConnectionError:
                if server in self.servers:  # else it was just stopped, as it may
                    self.wrong.append("no connection")
            self.done += 1

    def step(self, server):
        photo = pictures.jpeg(80, 60, seed=self.rng.randrange(10_000))
        answer = server.try_upload(photo, headers=self.auth)
        if answer.status_code != 201:
            self.wrong.append(answer.text)
            return
        self.living[answer.json()["id"]] = photo
        media_id, photo = self.rng.choice(list(self.living.items()))
        answer = server.get(f"/{media_id}.jpeg")
        if answer.content != photo:
            self.wrong.append(f"{media_id}: {answer.status_code} {answer.text[:300]}")
        if self.rng.random() < 0.4:
            del self.living[media_id]
            answer = requests.delete(
                f"{server.url}/v1/media/{media_id}", headers=self.auth, timeout=30
            )
            if answer.status_code != 204:
                self.wrong.append(answer.text)
            self.gone.add(media_id)


@contextmanager
def load(auth, servers):
    threads = [Load(seed, auth) for seed in range(2)]
    for thread in threads:
        thread.servers = servers
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.stop.set()
        for thread in threads:
            thread.join(60)


def succeed(*words, env) -> None:
    answer = pixferry(*words, env=env, check=False)
    assert answer.returncode == 0, answer.stderr


def stop_gently(server, servers):
    """Take a server out of use, as a proxy does, and then stop it."""
    servers.remove(server)
    time.sleep(1.5)  # requests that chose it before are done
    assert server.stop() == 0


def test_a_move_under_load_that_is_killed_again_and_again_loses_nothing(tmp_path, s3_server):
    """Two servers are switched over one after the other; no request fails at any time."""
    data, new = tmp_path / "data", s3_server.new_url()
    old = folder_url(data / "blobs")
    before = {"STORAGE_FALLBACK_URL": new, **SHORT}
    after = {"STORAGE_URL": new, "STORAGE_FALLBACK_URL": old, **SHORT}
    first = start(data, **before)
    auth = first.new_key(ME, "--plan", "unlimited")
    planted = recount.plant(data, 150, datetime.now(UTC) + timedelta(days=1), ME)
    servers = [first, start(data, command="api", **before)]
    try:
        with load(auth, servers) as threads:
            env = environment(data, 0, **before)
            words = [sys.executable, "-m", "pixferry", "storage", "move", "--to", new]
            kills = 0
            for seed in range(3):
                moving = subprocess.Popen(words, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)
                time.sleep(random.Random(seed).uniform(1.5, 3))
                kills += moving.poll() is None
                moving.kill()
                moving.wait()
            assert kills
            succeed("storage", "move", "--to", new, env=env)
            for server in list(servers):
                servers.append(start(data, command="api", **after))
                stop_gently(server, servers)
            succeed("storage", "move", "--remove-source", env=environment(data, 0, **after))
            time.sleep(1)
            at_the_end = [thread.done for thread in threads]
            assert min(at_the_end) > 3
        wrong = [one for thread in threads for one in thread.wrong]
        assert wrong == []
    finally:
        for server in servers:
            server.stop()
    time.sleep(SHORT["ORPHAN_GRACE"] + 0.5)
    succeed("sweep", env=environment(data, 0, **after))
    assert held(old) == set()
    assert_holds_exactly_the_living(new, data)
    with running(data, STORAGE_URL=new, **SHORT) as server:
        for thread in threads:
            for media_id, photo in thread.living.items():
                assert server.get(f"/{media_id}.jpeg").content == photo
            for media_id in thread.gone:
                assert server.get(f"/{media_id}.jpeg").status_code == 410
        for media_id in random.Random(0).sample(planted, 30):
            assert server.get(f"/{media_id}.jpeg").content.startswith(b"picture ")
