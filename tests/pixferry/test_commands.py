"""The commands, as processes beside a running server."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pictures
import pytest
import requests
import yaml
from servers import ROOT, environment, pixferry

TOKEN = re.compile(r"\d+\|\S{40,}\n")


@pytest.fixture
def env(tmp_path):
    """The environment of a server that was never started."""
    return environment(tmp_path / "data", 0)


def failed(answer) -> str:
    """The one sentence that a failed command says."""
    assert answer.returncode != 0
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    (line,) = [line for line in answer.stderr.splitlines() if line.startswith("Error: ")]
    return line


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.strip()}"}


def usage(server, auth):
    return requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30)


# Help

COMMANDS = [
    [],
    ["up"],
    ["api"],
    ["discord"],
    ["telegram"],
    ["sweep"],
    ["migrate"],
    ["keys"],
    ["keys", "create"],
    ["keys", "list"],
    ["keys", "revoke"],
    ["users"],
    ["users", "list"],
    ["users", "ban"],
    ["users", "unban"],
    ["users", "prefer"],
    ["users", "invite"],
    ["reports"],
    ["reports", "list"],
    ["reports", "close"],
    ["storage"],
    ["storage", "move"],
    ["doctor"],
    ["stats"],
    ["openapi"],
]


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(env, command, flag):
    from click.testing import CliRunner

    from pixferry.cli import main

    told = CliRunner().invoke(main, [*command, flag])
    assert told.exit_code == 0
    assert told.output.startswith("Usage: ")
    assert len(told.output.splitlines()) > 3


def test_the_list_of_commands_above_is_complete():
    from pixferry.cli import main

    def walk(group, path):
        yield path
        for name, command in getattr(group, "commands", {}).items():
            yield from walk(command, [*path, name])

    assert sorted(walk(main, [])) == sorted(COMMANDS)


def test_help_imports_nothing_heavy(env):
    program = (
        "import sys; sys.argv = ['pixferry', '--help']\n"
        "from pixferry.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'aiohttp', 'sqlalchemy', 'pydantic', 'alembic', 'PIL', 'rich', 'structlog'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told.stderr == "[]\n"


def test_the_version(env):
    assert re.fullmatch(r"pixferry, version \d+\.\d+\.\d+\n", pixferry("--version", env=env).stdout)


@pytest.mark.parametrize("words", [["fly"], ["keys", "fly"], ["up", "--fly"], ["users", "ban"]])
def test_what_is_no_command_is_told(env, words):
    answer = pixferry(*words, env=env, check=False)
    assert answer.returncode == 2
    failed(answer)


# Keys


def test_a_new_key_stands_alone_on_standard_output_and_works_at_once(server):
    answer = server.cli("keys", "create", "--email", "New.Person@Example.org", "--name", "laptop")
    assert TOKEN.fullmatch(answer.stdout)
    assert usage(server, bearer(answer.stdout)).json()["plan"] == "free"
    assert usage(server, bearer(answer.stdout.partition("|")[2])).status_code == 200
    key_id = answer.stdout.partition("|")[0]
    row = next(
        line.split("\t")
        for line in server.cli("keys", "list").stdout.splitlines()
        if line.startswith(f"{key_id}\t")
    )
    assert row[2:4] == ["laptop", "read,write"]
    secret = answer.stdout.strip().partition("|")[2]
    assert secret not in server.cli("keys", "list").stdout


def test_the_plan_of_an_existing_team_is_set(server):
    auth = bearer(server.cli("keys", "create", "--email", "rise@example.org").stdout)
    server.cli("keys", "create", "--email", "RISE@example.org", "--plan", "pro")
    assert usage(server, auth).json()["plan"] == "pro"
    server.cli("keys", "create", "--email", "rise@example.org")
    assert usage(server, auth).json()["plan"] == "pro"


@pytest.mark.parametrize(
    ("abilities", "may_read", "may_write"),
    [("read", 200, 403), ("write", 403, 201), ("read, write", 200, 201), ("*", 200, 201)],
)
def test_abilities(server, abilities, may_read, may_write):
    words = ["--email", "able@example.org", "--abilities", abilities, "--plan", "unlimited"]
    auth = bearer(server.cli("keys", "create", *words).stdout)
    assert usage(server, auth).status_code == may_read
    assert server.try_upload(pictures.jpeg(), headers=auth).status_code == may_write


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--email", "nobody"], "'nobody' is no email address"),
        (["--email", "a@example.org", "--plan", "gold"], "free, pro, scale, max, unlimited"),
        (["--email", "a@example.org", "--plan", "anonymous"], "'anonymous' is no plan"),
        (["--email", "a@example.org", "--abilities", "fly"], "read, write or *"),
        (["--email", "a@example.org", "--abilities", ","], "read, write or *"),
    ],
)
def test_what_a_key_can_not_be_is_told(env, words, told):
    answer = pixferry("keys", "create", *words, env=env, check=False)
    assert answer.returncode == 1
    assert told in failed(answer)
    assert "`errors`" not in answer.stderr


def test_a_revoked_key_is_worthless_at_once(server):
    token = server.cli("keys", "create", "--email", "revoked@example.org").stdout
    key_id = token.partition("|")[0]
    assert usage(server, bearer(token)).status_code == 200
    assert server.cli("keys", "revoke", key_id).stdout == f"Key {key_id} is revoked.\n"
    assert usage(server, bearer(token)).status_code == 401
    assert "no such key" in failed(server.cli("keys", "revoke", key_id, check=False))
    assert failed(server.cli("keys", "revoke", "9" * 30, check=False))


# Users


def test_a_ban_holds_at_once_until_it_is_lifted(server):
    email = "lifted@example.org"
    auth = server.new_key(email)
    made = server.upload(pictures.jpeg(), headers=auth)
    assert "is banned" in server.cli("users", "ban", email, "--reason", "spam").stdout
    told = usage(server, auth)
    assert (told.status_code, told.json()["error"]) == (403, "forbidden")
    assert "banned" in told.json()["message"]
    assert server.try_upload(pictures.jpeg(), headers=auth).status_code == 403
    assert server.get(f"/{made['id']}.jpeg").status_code == 200  # without --delete they stay
    row = next(line for line in server.cli("users", "list").stdout.splitlines() if email in line)
    assert re.fullmatch(r"\d+\t\S+\t\d+\tfree\t1\t\d+\t\d{4}-\d\d-\d\d", row)
    by_id = row.partition("\t")[0]
    assert "no longer banned" in server.cli("users", "unban", by_id).stdout
    assert usage(server, auth).status_code == 200


def test_a_ban_can_remove_the_images(server):
    auth = server.new_key("all-gone@example.org")
    photo = pictures.jpeg(seed=40)
    made = [server.upload(photo, headers=auth)["id"] for _ in range(3)]
    stays = server.upload(photo)["id"]
    answer = server.cli("users", "ban", "all-gone@example.org", "--delete")
    assert "3 images were removed" in answer.stdout
    assert [server.get(f"/{one}.jpeg").status_code for one in made] == [410] * 3
    assert server.get(f"/{stays}.jpeg").content == photo


@pytest.mark.parametrize(
    ("command", "who"),
    [("ban", "nobody@example.org"), ("ban", "9" * 40), ("unban", "999999")],
)
def test_nobody_can_not_be_banned(server, command, who):
    assert "no user" in failed(server.cli("users", command, who, check=False))


# The rest


def test_stats_count(server):
    before = counted(server)
    server.upload(pictures.jpeg(seed=41))
    after = counted(server)
    assert set(after) == {"users", "teams", "keys", "images", "blobs", "bytes"}
    assert after["images"] == before["images"] + 1
    assert after["bytes"] > before["bytes"]


def counted(server) -> dict[str, int]:
    rows = (line.split() for line in server.cli("stats").stdout.splitlines())
    return {name: int(count.replace(",", "")) for name, count in rows}


def test_migrating(env):
    assert re.fullmatch(
        r"The database went from revision nothing to \d{4}\.\n", pixferry("migrate", env=env).stdout
    )
    assert re.fullmatch(
        r"The database is at revision \d{4} already\.\n", pixferry("migrate", env=env).stdout
    )


def test_sweeping_says_what_it_removed(env):
    told = pixferry("sweep", env=env).stdout
    assert told == ("0 expired images, 0 unfinished uploads, 0 blobs and 0 stray files removed\n")


def test_openapi_is_printed_as_yaml_and_json(env):
    as_yaml = yaml.safe_load(pixferry("openapi", env=env).stdout)
    as_json = json.loads(pixferry("openapi", "--format", "json", env=env).stdout)
    assert as_yaml == as_json
    assert as_json["openapi"].startswith("3.1")
    assert "/v1/upload" in as_json["paths"]
