"""What the documents show works as it stands, and what they name is there."""

from __future__ import annotations

import http.client
import re
import ssl
import subprocess

import click
import pytest
import requests
from deploy.documented import block
from deploy.edge import Edge, lay_out, replaced
from needs import need_program
from servers import ROOT, free_port
from services.daemon import running as daemon_running

from core.settings import Settings
from pixferry.cli import main as program

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def test_the_documented_tls_server_works(tmp_path):
    plain, secure = free_port(), free_port()
    made = ["-keyout", "privkey.pem", "-out", "fullchain.pem", "-subj", "/CN=pix.example"]
    subprocess.run(
        [need_program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    server = block("deployment.md", "tls")
    for there, here in (
        ("/etc/letsencrypt/live/pix.example", str(tmp_path)),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
    ):
        server = replaced(server, there, here)
    lay_out(tmp_path, "", (free_port(),), server)
    with daemon_running(Edge(tmp_path, secure)):
        moved = requests.get(f"http://127.0.0.1:{plain}/x?y", allow_redirects=False, timeout=30)
        assert (moved.status_code, moved.headers["Location"]) == (301, "https://127.0.0.1/x?y")
        trust = ssl.create_default_context(cafile=tmp_path / "fullchain.pem")
        trust.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", secure, timeout=30, context=trust)
        connection.request("GET", "/")
        assert connection.getresponse().status == 503, "it speaks TLS; nothing is behind it here"
        connection.close()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_of_the_program_with_settings_that_it_has(unit):
    text = unit.read_text()
    words = re.search(r"^ExecStart=/opt/pixferry/\.venv/bin/pixferry (.+)$", text, re.MULTILINE)[1]
    name, *options = words.split()
    program.commands[name].make_context(
        name, options, parent=click.Context(program, **program.context_settings)
    )
    for setting in re.findall(r"PIXFERRY_(\w+)=", text):
        assert setting.lower() in Settings.model_fields


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_settings_and_commands_that_a_document_names_exist(document):
    text = document.read_text()
    for path in re.findall(r"(?<![\w/])((?:docs|deploy|bench|tests)/[\w./@-]+\.\w+)", text):
        assert (ROOT / path).exists(), path
    for setting in re.findall(r"PIXFERRY_([A-Z_]+[A-Z])\b", text):
        assert setting.lower() in Settings.model_fields, setting
    for name in re.findall(r"(?:bin/|`)pixferry ([a-z]+)", text):
        assert name in program.commands, name


def test_the_metrics_to_watch_are_those_that_there_are(server):
    told = server.get("/metrics").text
    text = (ROOT / "docs" / "deployment.md").read_text()
    named = set(re.findall(r"`(pixferry_\w+)", text))
    assert named
    assert all(re.search(rf"^# (HELP|TYPE) {name} ", told, re.MULTILINE) for name in named)
