"""`pixferry doctor`, against real services that are well, ill, or not there."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from servers import ROOT, environment, free_port, pixferry, running
from services.postgres import query

from core.errors import BlobMissing
from core.plans import BUILT_IN
from pixferry.doctor.clocks import judge
from pixferry.doctor.database import file_system
from pixferry.doctor.storage import round_trip

QUICK = {"WORKERS": 1}


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def examine(data, *, port=None, **settings):
    """The doctor's exit status and what it found: subject to levels and sentences."""
    env = environment(data, port or free_port(), **QUICK | settings)
    told = pixferry("doctor", "--json", env=env, check=False)
    assert told.stderr == ""
    found = json.loads(told.stdout)
    assert {"ok": 0, "warning": 0, "wrong": 1}[found["status"]] == told.returncode
    subjects = {}
    for one in found["findings"]:
        said = f"{one['text']} {one['advice']}".strip()
        assert said.endswith((".", ")", "?")) or "chmod" in said, said
        assert one["advice"] or one["level"] != "warning"
        subjects.setdefault(one["subject"], []).append((one["level"], said))
    return told.returncode, subjects


def finding(subjects, subject) -> tuple[str, str]:
    """The one finding on a subject."""
    (found,) = subjects[subject]
    return found


def level(subjects, subject) -> str:
    return finding(subjects, subject)[0]


@contextmanager
def answering(status, body=b"", **headers):
    """An HTTP server that gives everybody one answer; gives its address."""

    class Answer(BaseHTTPRequestHandler):
        def answer(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815  the base's names

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


# As a whole


def test_a_machine_on_which_nothing_was_started_is_well_and_stays_untouched(data):
    status, found = examine(data)
    assert status == 0
    assert "is made at the first start" in finding(found, "data folder")[1]
    assert "is made at the first start" in finding(found, "database")[1]
    assert "is made at the first start" in finding(found, "storage")[1]
    assert "not set" in finding(found, "redis")[1]
    assert "go into the log" in finding(found, "mail")[1]
    assert "PNG, HEIC, AVIF" in finding(found, "image workers")[1]
    assert "free, pro" in finding(found, "plans")[1]
    wrong = [one for many in found.values() for one in many if one[0] == "wrong"]
    assert wrong == []
    assert not data.exists()


def test_beside_a_running_server_it_finds_it_and_changes_nothing(data):
    with running(data, WORKERS=1) as server:
        before = {path: path.stat().st_size for path in data.rglob("*") if path.is_file()}
        status, found = examine(data, port=server.port)
        assert status == 0
        assert found["public address"][1] == (
            "ok",
            f"Pixferry answers at {server.url}/healthz.",
        )
        assert "work on this machine alone" in found["public address"][0][1]
        assert level(found, "storage") == "ok"
        assert level(found, "secret key") == "ok"
        assert "is this version's" in finding(found, "database")[1]
        after = {path: path.stat().st_size for path in data.rglob("*") if path.is_file()}
        assert after == before
        assert server.get("/readyz").ok


def test_all_services_at_once(data, postgres, s3_server, redis_server):
    settings = {
        "DATABASE_URL": postgres.new_database(),
        "STORAGE_URL": s3_server.new_url(),
        "REDIS_URL": redis_server.new_url(),
    }
    with running(data, **settings) as server:
        status, found = examine(data, port=server.port, **settings)
    assert status == 0
    assert "PostgreSQL" in found["database"][0][1]
    assert {one for one, _ in found["database"]} == {"ok"}
    assert level(found, "storage") == "ok"
    assert level(found, "redis") == "ok"
    assert [one for one, _ in found["clocks"]] == ["ok", "ok"]


def test_what_it_says_in_words(data):
    env = environment(data, free_port(), **QUICK)
    told = pixferry("doctor", env=env)
    assert "ok       plans:  " in told.stdout
    assert "warning  public address:  Links begin with" in told.stdout
    assert told.stdout.endswith("\nNothing is wrong; 2 warnings.\n")
    told = pixferry("doctor", env=env | {"PIXFERRY_TRUSTED_PROXIES": "0.0.0.0/0"}, check=False)
    assert told.returncode == 1
    assert told.stdout.endswith("\n1 thing wrong, 2 warnings.\n")


def test_a_table_on_a_terminal(data):
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "pixferry", "doctor"],
        env=environment(data, free_port(), **QUICK) | {"TERM": "xterm", "COLUMNS": "100"},
        cwd=ROOT,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the end
        while chunk := os.read(ours, 65_536):
            shown += chunk
    os.close(ours)
    assert "\x1b[32mok" in shown.decode()
    assert "Nothing is wrong" in shown.decode()


# Settings and the machine


def test_a_typing_error_is_told_with_what_was_meant(data):
    status, found = examine(data, STORAGE_ULR="file:///x")
    assert status == 0
    assert level(found, "settings") == "warning"
    assert "did you mean PIXFERRY_STORAGE_URL?" in finding(found, "settings")[1]


def test_settings_that_can_not_be_read_are_told_each(data):
    env = environment(data, 0, WORKERS="many", STORAGE_URL="s3://key:hush-hush@host")
    told = pixferry("doctor", env=env, check=False)
    assert told.returncode == 1
    assert "PIXFERRY_WORKERS is 'many'" in told.stdout
    assert "PIXFERRY_STORAGE_URL is" in told.stdout
    assert "Nothing else was checked." in told.stdout
    assert "hush-hush" not in told.stdout + told.stderr


def test_a_data_folder_that_can_not_be_made(data):
    status, found = examine("/proc/pixferry")
    assert status == 1
    for subject in ("data folder", "database", "storage"):
        assert level(found, subject) == "wrong"
    assert "PIXFERRY_DATA_DIR: /proc can't be written" in finding(found, "data folder")[1]


def test_a_folder_of_renditions_that_can_not_be_made(data):
    """Nothing fails without; but all would be made anew each time, and only the log say so."""
    status, found = examine(data, DERIVED_DIR="/proc/pixferry")
    assert status == 0
    seriousness, told = finding(found, "renditions")
    assert seriousness == "warning"
    assert "PIXFERRY_DERIVED_DIR: /proc can't be written" in told
    assert "renditions" not in examine(data, DERIVED_DIR="/proc/pixferry", DERIVED_LIMIT=0)[1]


def test_a_secret_key_that_others_can_read(data):
    data.mkdir()
    key = data / "secret_key"
    key.write_text("0123456789abcdef0123456789abcdef")
    key.chmod(0o644)
    status, found = examine(data)
    assert status == 0
    assert finding(found, "secret key") == (
        "warning",
        f"{key} can be read by other users of this machine (mode 0644). chmod 600 {key}",
    )
    key.write_text("short")
    assert level(examine(data)[1], "secret key") == "wrong"
    assert level(examine(data, SECRET_KEY="too short")[1], "secret key") == "wrong"
    assert level(examine(data, SECRET_KEY="long enough " * 3)[1], "secret key") == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "[plans.free]\nlabel = 1",
        BUILT_IN.read_text("utf-8") + '[dialects.imgpr.standard]\nplans = ["*"]\n',
    ],
    ids=["plans", "dialects"],
)
def test_a_file_of_plans_that_can_not_be_used(data, tmp_path, text):
    plans = tmp_path / "plans.toml"
    plans.write_text(text, "utf-8")
    status, found = examine(data, PLANS_FILE=plans)
    assert (status, level(found, "plans")) == (1, "wrong")


def test_workers_that_can_not_start(data):
    status, found = examine(data, WORKER_MEMORY=500_000_000, MAX_DECODED_BYTES=1)
    assert status == 1
    assert "can't read PNG, HEIC, AVIF" in finding(found, "image workers")[1]


# The database


@pytest.fixture
def migrated(data):
    pixferry("migrate", env=environment(data, 0))
    return data


def set_revision(data, revision):
    with closing(sqlite3.connect(data / "pixferry.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_a_database_of_another_revision_is_told_and_left_so(migrated):
    set_revision(migrated, "0000")
    status, found = examine(migrated)
    assert (status, level(found, "database")) == (0, "warning")
    assert "is behind this version's" in finding(found, "database")[1]
    set_revision(migrated, "9999")
    status, found = examine(migrated)
    assert (status, level(found, "database")) == (1, "wrong")
    assert "is newer than this version's" in finding(found, "database")[1]
    with closing(sqlite3.connect(migrated / "pixferry.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_file_that_is_no_database(data):
    data.mkdir()
    (data / "pixferry.db").write_bytes(b"this is no database, whatever its name says " * 100)
    status, found = examine(data)
    assert (status, level(found, "database")) == (1, "wrong")


def test_a_database_that_another_process_keeps_locked(migrated):
    with closing(sqlite3.connect(migrated / "pixferry.db")) as database:
        database.execute("BEGIN IMMEDIATE")
        status, found = examine(migrated)
    assert (status, level(found, "database")) == (1, "wrong")
    assert "can be read and not written" in finding(found, "database")[1]


def test_postgresql_with_too_few_connections(data, postgres):
    status, found = examine(data, DATABASE_URL=postgres.new_database(), DATABASE_POOL=1_000)
    assert status == 1
    levels = [one for one, _ in found["database"]]
    assert levels == ["ok", "wrong"]
    assert "PIXFERRY_DATABASE_POOL is 1000" in found["database"][1][1]


def test_postgresql_that_only_reads(data, postgres):
    url = postgres.new_database()
    query(
        postgres.url,
        f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on",
    )
    status, found = examine(data, DATABASE_URL=url)
    assert status == 1
    assert "read-only" in found["database"][0][1]


@pytest.mark.parametrize("mistake", ["password", "name", "port"])
def test_postgresql_that_does_not_let_us_in(data, postgres, mistake):
    url = postgres.new_database()
    password = urlsplit(url).password
    url = {
        "password": url.replace(f":{password}@", ":hush-hush@"),
        "name": f"{url}_not",
        "port": url.replace(f":{postgres.port}/", f":{free_port()}/"),
    }[mistake]
    status, found = examine(data, DATABASE_URL=url)
    assert (status, level(found, "database")) == (1, "wrong")
    assert "PIXFERRY_DATABASE_URL" in finding(found, "database")[1]
    assert "hush-hush" not in str(found)
    assert password not in str(found)
    assert level(found, "image workers") == "ok"  # nothing else waits for it
    assert "clocks" not in found


def test_services_that_hang_hold_nothing_up(data, own_postgres, own_s3, own_redis):
    settings = {
        "DATABASE_URL": own_postgres.new_database(),
        "STORAGE_URL": own_s3.new_url(),
        "REDIS_URL": own_redis.new_url(),
    }
    services = (own_postgres, own_s3, own_redis)
    for service in services:
        service.freeze()
    try:
        status, found = examine(data, **settings)
    finally:
        for service in services:
            service.thaw()
    assert status == 1
    for subject in ("database", "storage", "redis"):
        assert level(found, subject) == "wrong"
    assert level(found, "plans") == level(found, "image workers") == "ok"
    assert examine(data, **settings)[0] == 0


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/srv/pictures/pixferry.db", "nfs4"),
        ("/srv/a b/pixferry.db", "cifs"),
        ("/srv/pixferry.db", None),
        ("/elsewhere/pixferry.db", None),
        ("/home/me/pixferry.db", "fuse.sshfs"),
    ],
)
def test_network_file_systems_are_known(tmp_path, file, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/vda / ext4 rw 0 0\n"
        "/dev/vdb /srv xfs rw 0 0\n"
        "nas:/x /srv/pictures nfs4 rw 0 0\n"
        "//nas/x /srv/a\\040b cifs rw 0 0\n"
        "me@host: /home/me fuse.sshfs rw 0 0\n"
    )
    assert file_system(type(tmp_path)(file), mounts) == kind


# The storage


@pytest.mark.parametrize("mistake", ["key", "secret", "port", "tls"])
def test_s3_that_does_not_let_us_in(data, s3_server, mistake):
    url = s3_server.new_url()
    url = {
        "key": url.replace("test%3Atester", "test%3Anobody"),
        "secret": url.replace("test%2Fsecret", "hush-hush"),
        "port": url.replace(f":{s3_server.port}/", f":{free_port()}/"),
        "tls": url.replace("secure=false", "secure=true"),
    }[mistake]
    assert url != s3_server.url_of("x")
    status, found = examine(data, STORAGE_URL=url)
    assert (status, level(found, "storage")) == (1, "wrong")
    assert "PIXFERRY_STORAGE_URL" in finding(found, "storage")[1]
    assert "hush-hush" not in str(found)
    assert "test/secret" not in str(found)


def test_something_that_is_no_s3(data):
    with answering(200, b"<html>Welcome!</html>") as url:
        where = url.removeprefix("http://")
        status, found = examine(data, STORAGE_URL=f"s3://key:hush@{where}/bucket?secure=false")
    assert (status, level(found, "storage")) == (1, "wrong")
    assert "hush" not in str(found)


class Lying:
    """A storage in memory; `lie` is what it does wrong."""

    def __init__(self, lie) -> None:
        self.lie, self.kept = lie, {}

    async def put(self, blob_id, source):
        self.kept[blob_id] = source.read_bytes()

    async def read(self, blob_id, start, end):
        if blob_id not in self.kept:
            raise BlobMissing
        data = self.kept[blob_id]
        if self.lie == "bytes":
            data = data[::-1]
        if self.lie == "range" and end - start < len(data):
            start, end = 0, end - start
        yield data[start:end]

    async def remove(self, blob_ids):
        if self.lie != "removal":
            for one in blob_ids:
                self.kept.pop(one, None)


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (None, None),
        ("bytes", "gives back other bytes than it was given."),
        ("range", "gives other bytes than the range that was asked for."),
        ("removal", "still has what was removed from it."),
    ],
)
async def test_a_storage_that_answers_wrongly_is_found_out(lie, told):
    assert await round_trip(Lying(lie)) == told


def test_the_fallback_is_tried_out_too(data, tmp_path, s3_server):
    status, found = examine(data, STORAGE_FALLBACK_URL="file:///none/such")
    assert (status, level(found, "fallback storage")) == (1, "wrong")
    status, found = examine(data, STORAGE_FALLBACK_URL=s3_server.new_url())
    assert status == 0
    assert [one for one, _ in found["fallback storage"]] == ["ok", "warning"]
    (tmp_path / "same").mkdir()
    same = f"file://{tmp_path}/same"
    _, found = examine(data, STORAGE_URL=same, STORAGE_FALLBACK_URL=same)
    assert "names the storage in use" in finding(found, "fallback storage")[1]


# Redis


@pytest.mark.parametrize("mistake", ["password", "port", "none"])
def test_redis_that_does_not_let_us_in(data, redis_server, mistake):
    url = redis_server.new_url()
    password = urlsplit(url).password
    url = {
        "password": url.replace(f":{password}@", ":hush-hush@"),
        "port": url.replace(f":{redis_server.port}/", f":{free_port()}/"),
        "none": url.replace(f":{password}@", ""),
    }[mistake]
    status, found = examine(data, REDIS_URL=url)
    assert (status, level(found, "redis")) == (1, "wrong")
    assert "PIXFERRY_REDIS_URL" in finding(found, "redis")[1]
    assert "hush-hush" not in str(found)


# Addresses


def test_a_name_that_leads_nowhere(data):
    status, found = examine(data, PUBLIC_URL="https://pictures.invalid")
    assert status == 1
    assert finding(found, "public address")[0] == "wrong"
    assert "pictures.invalid has no address" in finding(found, "public address")[1]


def test_an_address_that_something_else_answers(data):
    with answering(404, b"not here") as url:
        status, found = examine(data, PUBLIC_URL=url, MEDIA_URL=url, API_URL=url)
    assert status == 1
    for subject in ("public address", "media address", "API address"):
        assert found[subject][1][0] == "wrong"
        assert "something else than Pixferry (status 404)" in found[subject][1][1]


def test_an_address_that_redirects(data):
    with answering(301, Location="https://pictures.example/healthz") as url:
        status, found = examine(data, PUBLIC_URL=url)
    assert status == 0
    assert "redirects to https://pictures.example/healthz" in found["public address"][1][1]


def test_no_public_address_for_a_server_on_every_address(data):
    _, found = examine(data, HOST="0.0.0.0")
    assert "Set PIXFERRY_PUBLIC_URL" in finding(found, "public address")[1]


def test_a_private_address(data):
    _, found = examine(data, PUBLIC_URL="http://10.255.255.1:9")
    assert "work in this network alone (10.255.255.1 is private)" in found["public address"][0][1]


@pytest.mark.parametrize(
    ("networks", "status", "told"),
    [
        ("0.0.0.0/0", 1, "pass every rate limit"),
        ("::/0", 1, "pass every rate limit"),
        ("127.0.0.1/32,10.0.0.0/8", 0, "believed from 127.0.0.1/32, 10.0.0.0/8"),
        ("", 0, "None are set"),
    ],
)
def test_who_is_believed(data, networks, status, told):
    found_status, found = examine(data, TRUSTED_PROXIES=networks)
    assert found_status == status
    assert told in finding(found, "proxies")[1]


def test_encryption_needs_a_proxy(data):
    _, found = examine(data, PUBLIC_URL="https://pictures.invalid")
    assert level(found, "proxies") == "warning"


# Clocks


@pytest.mark.parametrize(
    ("skew", "level", "told"),
    [
        (0.4, "ok", "agree on the time"),
        (-2.9, "ok", "agree on the time"),
        (20, "warning", "20 s ahead of"),
        (-20, "warning", "20 s behind"),
        (4_000, "wrong", "4,000 s ahead of"),
    ],
)
def test_clocks_are_judged(skew, level, told):
    found = judge("PostgreSQL", skew)
    assert found.level == level
    assert told in found.text


def test_a_mail_server_that_is_not_there(data):
    status, found = examine(data, SMTP_URL=f"smtp://pix:hunter22@127.0.0.1:{free_port()}", **QUICK)
    assert status == 1
    assert level(found, "mail") == "wrong"
    assert "127.0.0.1" in finding(found, "mail")[1]
    assert "hunter22" not in str(found)


# Bots

APPLICATION = json.dumps({"id": "1", "name": "Pixferry", "flags": 0}).encode()
JSON = {"Content-Type": "application/json"}
BOT = {"DISCORD_TOKEN": "t0ken.of.a-bot", "PUBLIC_URL": "https://pix.example.org"}


def test_a_bot_that_discord_lets_in(data):
    with answering(200, APPLICATION, **JSON) as url:
        _, found = examine(data, DISCORD_API_URL=f"{url}/api/v10", **BOT)
    assert finding(found, "Discord") == ("ok", "It lets the bot in as Pixferry.")


@pytest.mark.parametrize(
    ("status", "settings", "wanted"),
    [
        (401, {}, ("wrong", "Discord does not know it")),
        (503, {}, ("warning", "status 503")),
        (200, {"DISCORD_MESSAGE_CONTENT": "true"}, ("wrong", "Message Content Intent")),
        (200, {"PUBLIC_URL": "http://127.0.0.1:8080"}, ("warning", "attaches pictures")),
    ],
)
def test_what_is_wrong_with_a_bot_is_told_without_its_token(data, status, settings, wanted):
    with answering(status, APPLICATION, **JSON) as url:
        _, found = examine(data, DISCORD_API_URL=f"{url}/api/v10", **BOT | settings)
    told, said = found["Discord"][-1]
    assert told == wanted[0]
    assert wanted[1] in said
    assert BOT["DISCORD_TOKEN"] not in json.dumps(found)


def test_discord_away_and_no_bot_at_all(data):
    nowhere = f"http://127.0.0.1:{free_port()}/api/v10"
    _, found = examine(data, DISCORD_API_URL=nowhere, **BOT)
    assert finding(found, "Discord") == (
        "wrong",
        "Discord is out of reach. See whether this machine reaches the internet.",
    )
    _, found = examine(data)
    assert level(found, "Discord") == "ok"
