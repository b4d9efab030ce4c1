"""The Dockerfile, as far as it can be tried without an engine: the same files, the same commands."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from fnmatch import fnmatch

import pytest
from packaging.specifiers import SpecifierSet
from servers import ROOT, environment, free_port, start

from pixferry.cli import main as program

TEXT = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
LINES = [line.split(None, 1) for line in TEXT.splitlines() if line and line[0] not in "# "]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [
    name.removesuffix("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
]
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text().splitlines()
    if line and not line.startswith("#")
]


def instructions(name):
    return [rest for word, rest in LINES if word == name]


def sent(path):
    """Whether a top-level file reaches the builder: the last pattern that matches decides."""
    found = True
    for pattern in IGNORED:
        if fnmatch(path, pattern.removeprefix("!")):
            found = pattern.startswith("!")
    return found


SOURCES = [
    source
    for line in instructions("COPY")
    if not line.startswith("--from=")
    for source in line.split()[:-1]
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """What the image has in /app, but for the libraries."""
    folder = tmp_path_factory.mktemp("app")
    for source in SOURCES:
        path = ROOT / source
        if path.is_dir():
            leave = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(path, folder / source, ignore=leave)
        else:
            shutil.copy(path, folder / source)
    return folder


@pytest.fixture(scope="module")
def health_check():
    command = re.search(r"CMD (\[.*\])$", instructions("HEALTHCHECK")[0])
    return [sys.executable, *json.loads(command[1])[1:]]


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_copied_exists_and_is_sent_to_the_builder(source):
    assert (ROOT / source).exists()
    assert sent(source)


@pytest.mark.parametrize("name", [".env", "data", ".git", ".venv", "tests", "docker-compose.yml"])
def test_neither_data_nor_secrets_are_sent_to_the_builder(name):
    assert not sent(name)


def test_both_stages_have_one_python_that_the_project_allows():
    bases = [line.split()[0] for line in instructions("FROM")]
    assert len(set(bases)) == 1
    version = re.fullmatch(r"python:(3\.\d+)-slim-\w+", bases[0])[1]
    said = re.search(r'requires-python = "(.+)"', (ROOT / "pyproject.toml").read_text())[1]
    assert f"{version}.0" in SpecifierSet(said)


def test_the_program_runs_from_what_is_copied_alone(tree, tmp_path):
    env = environment(tmp_path / "data", free_port())
    for arguments in (["migrate"], ["openapi"], ["stats"]):
        ran = subprocess.run(
            [sys.executable, "-m", "pixferry", *arguments],
            env=env,
            cwd=tree,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_copied_and_compiled(tree, package):
    assert any((tree / package).rglob("*.py"))
    (compiled,) = [line for line in instructions("RUN") if "compileall" in line]
    assert package in compiled.split()


def test_it_is_installed_as_the_makefile_does():
    installed = next(line for line in instructions("RUN") if "pip install" in line)
    (extras,) = [line.removeprefix("EXTRAS=") for line in instructions("ARG")]
    assert "-c constraints.txt -e" in installed
    assert installed.split()[-1].strip('"').replace("$EXTRAS", extras) == ".[vision]"
    assert "-c constraints.txt -e '.[vision]'" in (ROOT / "Makefile").read_text()


def test_it_starts_a_command_of_the_program_without_a_shell_and_not_as_root():
    [entry], [command] = instructions("ENTRYPOINT"), instructions("CMD")
    assert json.loads(entry) == ["pixferry"]
    assert json.loads(command)[0] in program.commands
    assert instructions("USER") == ["pixferry"]
    assert instructions("VOLUME") == ["/data"]


def test_it_is_healthy_while_it_answers_and_ends_by_its_stop_signal(tmp_path, health_check):
    server = start(tmp_path / "data", command=json.loads(instructions("CMD")[0])[0])
    check = {"env": server.env, "capture_output": True}
    assert subprocess.run(health_check, **check, check=False).returncode == 0
    server.process.send_signal(signal.Signals[instructions("STOPSIGNAL")[0]])
    assert server.process.wait(30) == 0
    assert subprocess.run(health_check, **check, check=False).returncode != 0
