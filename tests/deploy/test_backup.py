"""The commands of docs/backup.md, run while the server is being written to."""

from __future__ import annotations

import os
import random
import shlex
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager

import pictures
import requests
from deploy.documented import block, run
from needs import need_program
from servers import environment, free_port, running

from core.service_urls import s3_address

KEPT = 30
WRITERS = 2


def writer(server, auth, seed, stop, living):
    """Upload, and delete again what this writer has made."""
    rng = random.Random(seed)
    while not stop.is_set():
        photo = pictures.jpeg(90, 60, seed=rng.randrange(1_000_000))
        living[server.upload(photo, headers=auth)["id"]] = photo
        if rng.random() < 0.5:
            media_id = rng.choice(list(living))
            del living[media_id]
            requests.delete(f"{server.url}/v1/media/{media_id}", headers=auth, timeout=30)


@contextmanager
def being_written_to(server, auth):
    stop, living = threading.Event(), [{} for _ in range(WRITERS)]
    threads = [
        threading.Thread(target=writer, args=(server, auth, seed, stop, mine))
        for seed, mine in enumerate(living)
    ]
    for thread in threads:
        thread.start()
    try:
        yield living
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def slowed(tmp_path, program: str, *folders: str) -> str:
    """A PATH, with these folders, on which a program begins a second late: a copy is long."""
    folder = tmp_path / "bin"
    folder.mkdir()
    late = folder / program
    late.write_text(f'#!/bin/sh\nsleep 1\nexec {need_program(program, *folders)} "$@"\n')
    late.chmod(0o755)
    return os.pathsep.join([str(folder), *folders, os.environ["PATH"]])


def test_a_restored_folder_has_every_image_from_before_the_backup_whole(tmp_path):
    need_program("rsync")
    slow = {"PATH": slowed(tmp_path, "sqlite3")}
    old, new, copy = tmp_path / "old", tmp_path / "new", tmp_path / "copy"
    new.mkdir()
    places = {"/backup/pixferry": str(copy)}
    with running(old / "data", SWEEP_INTERVAL=0.1, WORKERS=1) as server:
        auth = server.new_key("me@example.org", "--plan", "unlimited")
        kept = uploaded(server, auth)
        with being_written_to(server, auth) as living:
            for _ in range(2):  # a first time, and again over it
                run(block("backup.md", "backup"), old, server.env | slow, places)
        # Also what came after the backup began, if its database names it.
        known = ids(copy / "pixferry.db")
        kept |= {name: photo for mine in living for name, photo in mine.items() if name in known}
        assert len(kept) > KEPT
    env = environment(new / "data", free_port())
    run(block("backup.md", "restore"), new, env, places)
    with running(new / "data") as server:
        assert_whole(server, auth, kept)
    assert (new / "data" / "secret_key").read_text() == (old / "data" / "secret_key").read_text()


def test_a_restored_database_and_bucket_have_every_image_that_the_database_names_whole(
    tmp_path, postgres, s3_server
):
    """Also those that are deleted before their bytes are copied: the sweeper pauses."""
    folders = [os.path.dirname(postgres.command()[0])]
    need_program("pg_dump", *folders)
    slow = {"PATH": slowed(tmp_path, "rclone", *folders)}
    old, new = (
        {"DATABASE_URL": postgres.new_database(), "STORAGE_URL": s3_server.new_url()}
        for _ in range(2)
    )
    copy = bucket(s3_server.new_url())  # made by rclone
    places = {"live:pixferry": f"live:{bucket(old['STORAGE_URL'])}"}
    places |= {"backup:pixferry-backup": f"backup:{copy}"}
    quick = {"SWEEP_INTERVAL": 0.1, "WORKERS": 1}
    with (
        running(tmp_path / "old", command="api", **quick, **old) as server,
        sweeping(server.env, tmp_path) as control,
    ):
        auth = server.new_key("me@example.org", "--plan", "unlimited")
        kept = uploaded(server, auth)
        env = server.env | slow | remotes(old["STORAGE_URL"]) | dumped(old)
        with being_written_to(server, auth):
            run(block("backup.md", "backup-services"), tmp_path, env, places | control)
    assert (tmp_path / "swept again").exists()
    places["live:pixferry"] = f"live:{bucket(new['STORAGE_URL'])}"
    env = environment(tmp_path / "new", free_port(), **new) | remotes(new["STORAGE_URL"])
    run(block("backup.md", "restore-services"), tmp_path, env | dumped(new), places)
    with running(tmp_path / "new", command="api", **new) as server:
        assert_whole(server, auth, kept)
        found = listed(server, auth)
        assert set(found) >= set(kept)
        for media in found.values():
            answer = server.get(f"/{media['id']}.jpeg")
            assert (answer.status_code, len(answer.content)) == (200, media["filesize"])


@contextmanager
def sweeping(env, folder):
    """A sweeper as a process of its own; gives how a script pauses it, for systemd's commands."""
    with subprocess.Popen(
        [sys.executable, "-m", "pixferry", "sweep", "--watch"], env=env
    ) as sweeper:
        reaper = threading.Thread(target=sweeper.wait)
        reaper.start()
        gone = (
            f"kill -INT {sweeper.pid}; while kill -0 {sweeper.pid} 2>/dev/null; do sleep 0.1; done"
        )
        again = shlex.quote(str(folder / "swept again"))
        try:
            yield {
                "'systemctl start pixferry-sweep'": shlex.quote(f"touch {again}"),
                "systemctl stop pixferry-sweep": gone,
            }
        finally:
            if sweeper.poll() is None:
                sweeper.terminate()
            reaper.join()


def listed(server, auth) -> dict[str, dict]:
    """All images of a team, as the API has them."""
    found, cursor = {}, None
    while True:
        query = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = requests.get(f"{server.url}/v1/media", params=query, headers=auth, timeout=30).json()
        found |= {media["id"]: media for media in page["data"]}
        cursor = page["next_cursor"]
        if not cursor:
            return found


def uploaded(server, auth):
    photos = [pictures.jpeg(120, 90, seed=seed) for seed in range(KEPT)]
    return {server.upload(photo, headers=auth)["id"]: photo for photo in photos}


def assert_whole(server, auth, kept):
    for media_id, photo in kept.items():
        answer = server.get(f"/{media_id}.jpeg")
        assert (answer.status_code, answer.content) == (200, photo)
    usage = requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30)
    assert usage.status_code == 200, "keys are as they were"
    assert usage.json()["totals"]["media_stored"] >= len(kept)


def ids(database) -> set[str]:
    """The images that a copied database names."""
    with closing(sqlite3.connect(database)) as opened:
        rows = opened.execute("SELECT id FROM media WHERE published_at IS NOT NULL")
        return {media_id for (media_id,) in rows}


def bucket(storage_url: str) -> str:
    return s3_address(storage_url).bucket


def dumped(addresses) -> dict[str, str]:
    """`DATABASE`, as the document says it is made."""
    return {"DATABASE": addresses["DATABASE_URL"].replace("postgresql+asyncpg://", "postgresql://")}


def remotes(storage_url: str) -> dict[str, str]:
    """rclone's two remotes, here on one server."""
    address = s3_address(storage_url)
    said = {
        "TYPE": "s3",
        "PROVIDER": "Other",
        "ENDPOINT": f"http://{address.endpoint}",
        "ACCESS_KEY_ID": address.access_key,
        "SECRET_ACCESS_KEY": address.secret_key,
        "REGION": address.region,
    }
    return {
        f"RCLONE_CONFIG_{remote}_{name}": value
        for remote in ("LIVE", "BACKUP")
        for name, value in said.items()
    }
