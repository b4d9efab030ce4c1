"""Settings of the bots: what is refused, how that is told, and that no token is."""

from __future__ import annotations

import os

import pytest

from core.environment import load_settings
from core.setting_types import SettingsInvalid

SECRET = "AAEhBOweik9ad2nrqYfyXzPA-fYIz_kBz5w"
TOKEN = f"1234567890:{SECRET}"
OWN = "http://127.0.0.1:8081"
HOOK = "https://pix.example/telegram/updates"


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


def refused(monkeypatch, **variables) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        load(monkeypatch, **variables)
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        SECRET,
        f"bot{TOKEN}",
        f"{TOKEN} ",
        f"{TOKEN}\n",
        f" {TOKEN}",
        f"12 34:{SECRET}",
        f"1234567890:{SECRET[:10]}",
        f"1234567890:{SECRET}/getMe",
        f"١٢٣٤:{SECRET}",
    ],
)
def test_what_is_no_token_of_telegrams_is_refused_and_not_shown(monkeypatch, token):
    told = refused(monkeypatch, TELEGRAM_TOKEN=token)
    assert told.startswith("PIXFERRY_TELEGRAM_TOKEN is (hidden): it must be a number, a colon")
    assert SECRET[:10] not in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DISCORD_SHARDS", "3", "must read like 0-3/16"),
        ("DISCORD_SHARDS", "0,1/2", "must read like 0-3/16"),
        ("DISCORD_SHARDS", "0-2/2", "count from 0"),
        ("DISCORD_SHARDS", "3-2/8", "count from 0"),
        ("DISCORD_SHARDS", "0/0", "count from 0"),
        ("DISCORD_API_URL", "discord.example", "http or https"),
        ("DISCORD_API_URL", "http://[::1", "http or https"),
        ("DISCORD_API_URL", "http://discord.example/api?v=10", "end with a path"),
        ("TELEGRAM_API_URL", "127.0.0.1:8081", "http or https"),
        ("TELEGRAM_API_URL", "ftp://127.0.0.1:8081", "http or https"),
        ("TELEGRAM_API_URL", "http://:8081", "http or https"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:0", "http or https"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:many", "http or https"),
        ("TELEGRAM_API_URL", "http://me:word@127.0.0.1:8081", "http or https"),
        ("TELEGRAM_API_URL", f"{OWN}/bot", "before /bot"),
        ("TELEGRAM_API_URL", f"{OWN}/bot{TOKEN}", "before /bot"),
        ("TELEGRAM_API_URL", f"{OWN}/bot{TOKEN}/getMe", "before /bot"),
        ("TELEGRAM_API_URL", f"{OWN}/../etc", "something odd"),
        ("TELEGRAM_API_URL", f"{OWN}//api", "something odd"),
        ("TELEGRAM_API_URL", f"{OWN}/a b", "something odd"),
        ("TELEGRAM_API_URL", f"{OWN}/?x=1", "end with a path"),
        ("TELEGRAM_API_URL", f"{OWN}/#x", "end with a path"),
        ("TELEGRAM_API_URL", "http://api.telegram.org", "is https://api.telegram.org"),
        ("TELEGRAM_API_URL", "https://api.telegram.org/v1", "is https://api.telegram.org"),
        ("TELEGRAM_LOCAL_MODE", "perhaps", "valid boolean"),
        ("TELEGRAM_LOCAL_MODE", "true", "set PIXFERRY_TELEGRAM_API_URL"),
        ("TELEGRAM_WEBHOOK_URL", "pix.example/hook", "http or https"),
        ("TELEGRAM_WEBHOOK_URL", "http://pix.example/hook", "must begin with https"),
        ("TELEGRAM_WEBHOOK_URL", "https://me:word@pix.example/hook", "http or https"),
        ("TELEGRAM_WEBHOOK_URL", "https://pix.example:8080/hook", "443, 80, 88, 8443"),
        ("TELEGRAM_WEBHOOK_URL", "https://pix.example", "a path of its own"),
        ("TELEGRAM_WEBHOOK_URL", "https://pix.example/", "a path of its own"),
        ("TELEGRAM_WEBHOOK_URL", f"{HOOK}?x=1", "without ? and #"),
        ("TELEGRAM_WEBHOOK_URL", f"{HOOK}#x", "without ? and #"),
        ("TELEGRAM_WEBHOOK_URL", f"{HOOK}?", "without ? and #"),
        ("TELEGRAM_WEBHOOK_URL", f"{HOOK}/", "single slashes"),
        ("TELEGRAM_WEBHOOK_URL", "https://pix.example//hook", "single slashes"),
        ("TELEGRAM_WEBHOOK_URL", "https://pix.example/a/../b", "letters, digits"),
        ("TELEGRAM_WEBHOOK_URL", "https://pix.example/{id}", "letters, digits"),
        ("TELEGRAM_WEBHOOK_URL", "https://pix.example/h%20k", "letters, digits"),
        ("TELEGRAM_WEBHOOK_URL", f"https://pix.example/{TOKEN}", "no token"),
        ("TELEGRAM_WEBHOOK_URL", f"https://pix.example/{TOKEN.replace(':', '%3A')}", "no token"),
    ],
)
def test_a_wrong_value_is_told_by_name_with_what_it_may_be(monkeypatch, name, value, told):
    line = refused(monkeypatch, **{name: value})
    assert line.startswith(f"PIXFERRY_{name} is ")
    assert told in line
    assert SECRET not in line
    assert "word" not in line.partition(" (Meaning: ")[0]


@pytest.mark.parametrize("port", ["", ":443", ":80", ":88", ":8443"])
def test_telegram_delivers_to_these_ports(monkeypatch, port):
    settings = load(monkeypatch, TELEGRAM_WEBHOOK_URL=f"https://pix.example{port}/a/b-c_d.e~f")
    assert settings.telegram_webhook_path == "/a/b-c_d.e~f"


def test_a_server_of_ones_own_delivers_anywhere_and_has_files_here(monkeypatch):
    settings = load(
        monkeypatch,
        TELEGRAM_API_URL=f"{OWN}/behind/a-proxy/",
        TELEGRAM_LOCAL_MODE="true",
        TELEGRAM_WEBHOOK_URL="http://127.0.0.1:8080/hook",
    )
    assert settings.telegram_api_url == f"{OWN}/behind/a-proxy"
    assert settings.telegram_api_origin == OWN
    assert settings.telegram_local_mode
    assert settings.telegram_webhook_path == "/hook"


def test_telegram_is_asked_at_its_own_api_unless_told_otherwise(monkeypatch):
    settings = load(monkeypatch, TELEGRAM_TOKEN=TOKEN)
    assert settings.telegram_api_url == settings.telegram_api_origin == "https://api.telegram.org"
    assert settings.telegram_webhook_path is None
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert SECRET not in repr(settings)
