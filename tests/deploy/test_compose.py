"""docker-compose.yml: accepted by the schema, complete, without a default password."""

from __future__ import annotations

import re
import subprocess
import sys

import click
import pytest
import yaml
from deploy.edge import FILES, lay_out, nginx, replaced
from needs import need_module
from servers import ROOT, free_port

from core.environment import load_settings
from core.settings import Settings
from pixferry.cli import main as program

FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == "pixferry"}
ENV_EXAMPLE = ROOT / "deploy" / "compose.env.example"
NEEDED = set(re.findall(r"\$\{(\w+):\?", TEXT))
BOTS = ("discord", "telegram")


def filled(text, **values):
    """With variables filled in, as Compose does."""
    filled_in = re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", lambda found: _value(found, values), text)
    return filled_in.replace("$$", "$")


def _value(found, values):
    name, kind, rest = found.groups()
    if kind == ":?":
        return values[name]
    return values.get(name) or rest


def test_the_schema_accepts_it():
    need_module("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    ran = subprocess.run([*command, str(FILE)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_variable_that_is_a_secret_has_a_default():
    named = set(re.findall(r"\$\{(\w+)", TEXT))
    secret = {name for name in named if re.search(r"KEY|PASSWORD|SECRET|TOKEN", name)}
    assert secret >= {"PIXFERRY_SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
    assert secret <= NEEDED
    optional = re.findall(r"\$\{(\w+)(?!\w|:)", TEXT)
    assert not optional, "a variable is needed, or has a default"


def test_the_example_names_what_is_needed_and_gives_no_secret():
    lines = [line for line in ENV_EXAMPLE.read_text().splitlines() if line and line[0] != "#"]
    values = dict(line.split("=", 1) for line in lines)
    assert set(values) == NEEDED
    assert {name for name, value in values.items() if value} == {"S3_ACCESS_KEY"}


@pytest.mark.parametrize("name", OURS)
def test_every_process_is_a_command_of_the_program(name):
    words, command = OURS[name]["command"], program
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    assert command is not program
    ours = click.Context(program, **program.context_settings)
    command.make_context(name, list(words), parent=ours)  # its options are such that it has


@pytest.mark.parametrize("name", BOTS)
def test_a_bot_is_a_service_under_its_profile_as_soon_as_the_program_has_it(name):
    if name in program.commands:
        assert SERVICES[name]["profiles"] == [name]
        assert SERVICES[name]["command"][0] == name
    else:
        assert name not in SERVICES


def test_the_processes_settings_are_right(monkeypatch):
    for name in list(Settings.model_fields):
        monkeypatch.delenv(f"PIXFERRY_{name.upper()}", raising=False)
    values = dict.fromkeys(NEEDED, "0123456789abcdef") | {
        "PIXFERRY_PUBLIC_URL": "https://pix.example"
    }
    found = yaml.safe_load(filled(TEXT, **values))["services"]
    for name in OURS:
        environment = found[name]["environment"]
        assert environment == found["api"]["environment"], name
        for variable, value in environment.items():
            assert variable.removeprefix("PIXFERRY_").lower() in Settings.model_fields
            monkeypatch.setenv(variable, str(value))
        settings = load_settings(_env_file=None)
        assert settings.s3.secret_key == "0123456789abcdef"
        assert settings.public_base == "https://pix.example"
        hosts = (settings.database, f"//{settings.s3.endpoint}", settings.redis_url)
        for address, service in zip(hosts, ("postgres", "storage", "valkey"), strict=True):
            assert re.search(rf"(@|//){service}:\d+", address)


def test_the_edge_alone_is_seen_from_outside_and_reaches_the_processes_alone():
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["nginx"]
    assert SERVICES["nginx"]["networks"] == ["edge"]
    behind = set(SERVICES) - set(OURS) - {"nginx"}
    assert all(SERVICES[name]["networks"] == ["inside"] for name in behind)
    [subnet] = COMPOSE["networks"]["edge"]["ipam"]["config"]
    assert OURS["api"]["environment"]["PIXFERRY_TRUSTED_PROXIES"] == subnet["subnet"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_restarts_has_a_limit_and_says_how_it_is(name):
    one = SERVICES[name]
    assert one["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert one["deploy"]["resources"]["limits"]["memory"]
    if name != "api":  # whose check is the image's
        assert "healthcheck" in one
    for other, how in one.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert not SERVICES[other].get("healthcheck", {}).get("disable")
        else:
            assert (other, how["condition"]) == ("migrate", "service_completed_successfully")


def test_images_are_of_a_version():
    for name, one in SERVICES.items():
        assert name in OURS or re.search(r":\d+[\w.-]*$", one["image"]), name


def test_the_processes_together_stay_below_the_databases_connections():
    settings = Settings(_env_file=None)
    processes = OURS["api"]["deploy"]["replicas"] + len(OURS) - 1
    limit = int(re.search(r"max_connections=(\d+)", " ".join(SERVICES["postgres"]["command"]))[1])
    assert processes * settings.database_pool < limit


def test_volumes_and_files_are_there():
    used = set()
    for one in SERVICES.values():
        for mount in one.get("volumes", ()):
            source = mount.split(":")[0]
            used.add(source)
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file(), source
    assert set(COMPOSE["volumes"]) <= used


def test_nginx_takes_the_upstream_of_the_compose_file(tmp_path):
    """But for `resolve`, which needs a newer nginx than many machines have."""
    lay_out(tmp_path, f"127.0.0.1:{free_port()}", ())
    inside = tmp_path / "pixferry"
    (inside / "telegram.conf").write_text((FILES / "telegram.conf").read_text())
    for name, service in (("upstream", "api"), ("upstream-telegram", "telegram")):
        upstream = (FILES / f"{name}-compose.conf").read_text()
        upstream = replaced(upstream, f"{service}:8080 resolve", "127.0.0.1:8080")
        (inside / f"{name}.conf").write_text(upstream)
    command = [nginx(), "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", ["upstream", "upstream-telegram"])
def test_both_upstreams_say_the_same_but_for_their_servers(name):
    def rest(file):
        block = (FILES / f"{file}.conf").read_text().partition("\nupstream ")[2]
        lines = [line.partition("  #")[0].strip() for line in block.splitlines()]
        return [line for line in lines if line and not line.startswith(("server ", "zone ", "#"))]

    assert rest(name) == rest(f"{name}-compose")
    assert rest(name)[0] in {"pixferry {", "pixferry_telegram {"}
