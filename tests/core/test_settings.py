"""Settings: what is read, what is refused and how that is told, and the generated secret."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from ipaddress import ip_network

import pytest
from servers import ROOT

from core.data_folder import make_folders, signing_keys
from core.environment import load_settings, unknown_variables
from core.setting_types import SettingsInvalid
from core.settings import Settings


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No variable and no `.env` but the test's own."""
    for name in list(os.environ):
        if name.startswith("PIXFERRY_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch, **variables):
    for name, value in variables.items():
        monkeypatch.setenv(f"PIXFERRY_{name}", value)
    return load_settings()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "eighty", "valid integer"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("PORT", "-1", "greater than or equal to 0"),
        ("PUBLIC_URL", "pix.example", "https://pix.example"),
        ("PUBLIC_URL", "ftp://pix.example", "http or https"),
        ("PUBLIC_URL", "https://", "http or https"),
        ("PUBLIC_URL", "https://[::1", "http or https"),
        ("PUBLIC_URL", "https://pix.example:99999", "http or https"),
        ("PUBLIC_URL", "https://pix.example/path", "without a path"),
        ("PUBLIC_URL", "https://ü..example", "http or https"),
        ("MEDIA_URL", "https://pix.example?x=1", "without a path"),
        ("API_URL", "https://user:password@pix.example", "without a path"),
        ("DATABASE_URL", "mysql://db", "sqlite+aiosqlite:///PATH"),
        ("DATABASE_URL", "mysql://db", "postgresql+asyncpg://USER:PASSWORD@HOST"),
        ("DATABASE_URL", "postgresql://me:x@db/x", "instead of postgresql://"),
        ("DATABASE_URL", "postgresql+asyncpg://db", "a host and a database"),
        ("DATABASE_URL", "postgresql+asyncpg:///x", "a host and a database"),
        ("DATABASE_URL", "postgresql+asyncpg://db:many/x", "host or port can't be read"),
        ("DATABASE_URL", "sqlite+aiosqlite:///", "a file"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "a file"),
        ("STORAGE_URL", "/var/pictures", "file:///PATH"),
        ("STORAGE_URL", "s3:///bucket", "no host"),
        ("STORAGE_URL", "s3://s3.example/bucket", "access key or the secret"),
        ("STORAGE_URL", "s3://key@s3.example/bucket", "access key or the secret"),
        ("STORAGE_URL", "s3://key:secret@s3.example", "no name of a bucket"),
        ("STORAGE_URL", "s3://key:secret@s3.example/My_Bucket", "no name of a bucket"),
        ("STORAGE_URL", "s3://key:secret@s3.example/a/b", "no name of a bucket"),
        ("STORAGE_URL", "s3://key:secret@s3.example:nine/bucket", "host or port can't be read"),
        ("STORAGE_URL", "s3://key:secret@s3.example/bucket?secure=perhaps", "true (TLS) or false"),
        ("STORAGE_URL", "s3://key:secret@s3.example/bucket?tls=1", "not tls"),
        ("STORAGE_URL", "s3://key:secret@s3.example/bucket?region=", "such as us-east-1"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("REDIS_URL", "http://localhost", "redis://"),
        ("REDIS_URL", "redis://", "redis://"),
        ("REDIS_URL", "redis://localhost/first", "database's number"),
        ("REDIS_URL", "redis://localhost:many", "host or port can't be read"),
        ("DATABASE_POOL", "1", "greater than or equal to 2"),
        ("IMPORT_ALLOW", "10.0.0.0/8,nonsense", "such as 10.1.0.0/16"),
        ("IMPORT_ALLOW", "10.0.0.1/8", "such as 10.1.0.0/16"),
        ("IMPORT_ALLOW", "0.0.0.0/0", "import could reach everything"),
        ("IMPORT_ALLOW", "::/0", "import could reach everything"),
        ("IMPORT_PORTS", "80,http", "valid integer"),
        ("IMPORT_PORTS", "0", "1 to 65535"),
        ("IMPORT_SLOTS", "0", "greater than or equal to 1"),
        ("TRUSTED_PROXIES", "proxy.example", "such as 10.1.0.0/16"),
        ("ANONYMOUS_RATE", "many", "20/hour;100/day"),
        ("ANONYMOUS_RATE", "0/hour", "ALLOW_ANONYMOUS=false"),
        ("ALLOW_ANONYMOUS", "perhaps", "valid boolean"),
        ("MAIL_FROM", "pictures", "an @-sign. (Meaning: "),
        ("METADATA_KEEP", "nobody", "'owner' or 'anyone'"),
        ("WORKERS", "0", "greater than or equal to 1"),
        ("WORKER_MEMORY", "1000", "greater than or equal to 500000000"),
        ("STORE_SIDE", "20000", "less than or equal to 16383"),
        ("SWEEP_INTERVAL", "3600", "less than or equal to 60"),
        ("SWEEP_INTERVAL", "nan", "less than or equal to 60"),
        ("ORPHAN_GRACE", "inf", "less than or equal to"),
        ("RESERVATION_LIFE", "0", "greater than 0"),
        ("BODY_TIMEOUT", "-3", "greater than 0"),
        ("LOG_FORMAT", "xml", "'console' or 'json'"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_wrong_value_is_told_by_name_with_what_it_was_and_may_be(monkeypatch, name, value, told):
    with pytest.raises(SettingsInvalid) as caught:
        load(monkeypatch, **{name: value})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"PIXFERRY_{name} is ")
    assert told in line
    if "@" not in value:
        assert value.split(",")[-1] in line


def test_all_wrong_values_are_told_at_once(monkeypatch):
    with pytest.raises(SettingsInvalid) as caught:
        load(monkeypatch, PORT="x", WORKERS="0", LOG_LEVEL="loud")
    assert len(str(caught.value).splitlines()) == 3


def test_secrets_are_not_told(monkeypatch):
    with pytest.raises(SettingsInvalid) as caught:
        load(
            monkeypatch,
            DATABASE_URL="postgresql://me:hunter2@db/x",
            API_URL="https://me:hunter2@x.example/",
            SECRET_KEY="hunter2-and-more-of-it",
        )
    assert "hunter2" not in str(caught.value)
    for name in ("DATABASE_URL", "API_URL"):
        monkeypatch.delenv(f"PIXFERRY_{name}")
    assert "hunter2" not in repr(load_settings())


def test_values_are_read(monkeypatch):
    settings = load(
        monkeypatch,
        IMPORT_ALLOW="10.1.0.0/16, fd00::/16",
        IMPORT_PORTS="80, 8080",
        SECRET_KEY="a" * 16 + "," + "b" * 16,
        PUBLIC_URL="https://pix.example/",
        STORAGE_URL="file:///var/my%20pictures",
    )
    assert settings.import_allow == (ip_network("10.1.0.0/16"), ip_network("fd00::/16"))
    assert settings.import_ports == (80, 8080)
    assert signing_keys(settings) == ("a" * 16, "b" * 16)
    assert settings.public_base == settings.media_base == settings.api_base == "https://pix.example"
    assert str(settings.blob_folder) == "/var/my pictures"


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://Müller.example/", "https://xn--mller-kva.example"),
        ("HTTPS://Pix.Example:443", "https://pix.example"),
        ("https://pix.example:8443", "https://pix.example:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_addresses_are_written_as_browsers_name_them(monkeypatch, given, base):
    """Headers take ASCII alone, mail servers, too."""
    settings = load(monkeypatch, PUBLIC_URL=given, MEDIA_URL=given)
    assert settings.public_base == settings.media_base == base
    assert settings.mail_sender.isascii()


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://localhost:8080"),
        ("::", "http://localhost:8080"),
        ("::1", "http://[::1]:8080"),
        ("pix.example", "http://pix.example:8080"),
    ],
)
def test_links_begin_with_where_it_listens(monkeypatch, host, base):
    assert load(monkeypatch, HOST=host).public_base == base


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch):
    settings = load(monkeypatch, PORT="", PLANS_FILE="", SECRET_KEY="", PUBLIC_URL="")
    assert (settings.port, settings.plans_file, settings.secret_key) == (8080, None, ())


def test_the_env_file_is_read_and_the_environment_wins(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("PIXFERRY_PORT=9001\nPIXFERRY_WORKERS=3\n")
    settings = load(monkeypatch, PORT="9002")
    assert (settings.port, settings.workers) == (9002, 3)


def test_unknown_variables_are_told_with_a_guess(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("PIXFERRY_WORKRES=3\nOTHER=1\n")
    load(
        monkeypatch,
        PUBLIC_ULR="https://x.example",
        ZZZZZZ="1",
        PORT="9000",
        TEST_KILLS="3",
    )
    assert unknown_variables() == [
        "PIXFERRY_PUBLIC_ULR is no setting of this version; did you mean PIXFERRY_PUBLIC_URL?",
        "PIXFERRY_WORKRES is no setting of this version; did you mean PIXFERRY_WORKERS?",
        "PIXFERRY_ZZZZZZ is no setting of this version",
    ]


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


# The secret


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")
    (secret,) = signing_keys(settings)
    assert len(secret) >= 32
    file = tmp_path / "data" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing_keys(settings) == (secret,)
    assert [path.name for path in file.parent.iterdir()] == ["secret_key"]


def test_processes_that_race_agree_on_one_secret(tmp_path):
    program = (
        "import sys; from pathlib import Path; from core.data_folder import signing_keys; "
        "from core.settings import Settings;"
        "sys.stdin.read();"
        "print(*signing_keys(Settings(_env_file=None, data_dir=Path(sys.argv[1]))))"
    )
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", program, tmp_path / "data"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in racing:
        process.stdin.close()
    found = set()
    for process in racing:
        with process.stdout:
            found.add(process.stdout.read())
        assert process.wait(30) == 0
    assert len(found) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40])
def test_a_broken_secret_file_is_told(tmp_path, content):
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(SettingsInvalid) as caught:
        signing_keys(Settings(_env_file=None, data_dir=tmp_path))
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("given", ["short", "a" * 16 + ",short"])
def test_a_short_secret_is_refused(given):
    with pytest.raises(SettingsInvalid) as caught:
        signing_keys(Settings(_env_file=None, secret_key=given))
    assert "PIXFERRY_SECRET_KEY" in str(caught.value)
    assert "short" not in str(caught.value).replace("too short", "")


# Folders


@pytest.mark.parametrize("variable", ["DATA_DIR", "STORAGE_URL", "DATABASE_URL"])
def test_a_folder_that_can_not_be_written_is_told(tmp_path, variable):
    (tmp_path / "file").write_text("not a folder")
    place = tmp_path / "file" / "below"
    given = {
        "DATA_DIR": {"data_dir": place},
        "STORAGE_URL": {"storage_url": f"file://{place}"},
        "DATABASE_URL": {"database_url": f"sqlite+aiosqlite:///{place}/x.db"},
    }[variable]
    settings = Settings(_env_file=None, **{"data_dir": tmp_path / "data"} | given)
    with pytest.raises(SettingsInvalid) as caught:
        make_folders(settings)
    assert str(caught.value).startswith(f"PIXFERRY_{variable}: ")
    assert str(place) in str(caught.value)


def test_a_database_that_is_a_folder_is_told(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}"
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=url)
    with pytest.raises(SettingsInvalid, match="PIXFERRY_DATABASE_URL"):
        make_folders(settings)
