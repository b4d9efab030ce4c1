"""Each dialect's OpenAPI document is true: of itself, of its routes, and of what it answers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from servers import running

from api.compat.openapi import document
from api.compat.registry import DIALECTS
from api.v1.openapi import to_json, to_yaml

pytestmark = pytest.mark.any_backing

V1_TESTS = Path(__file__).parents[1] / "v1"
BASE = "https://pix.example"
FOUND = {dialect.name: document(dialect, BASE) for dialect in DIALECTS}

each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


@each_dialect
def test_it_is_valid_openapi_3_1(dialect):
    import schemathesis  # takes seconds, in each process that collects tests

    found = FOUND[dialect.name]
    assert found["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(found).validate()
    assert json.loads(to_json(found)) == yaml.safe_load(to_yaml(found)) == found


@each_dialect
def test_every_route_stands_in_it(dialect):
    found = FOUND[dialect.name]
    names = set()
    for route in dialect.routes:
        operation = found["paths"][route.path][route.method.lower()]
        assert operation["summary"] == route.summary
        assert operation["description"]
        assert str(route.status) in operation["responses"]
        assert ("requestBody" in operation) == bool(route.request)
        names.add(operation["operationId"])
    assert len(names) == len(dialect.routes)


@each_dialect
def test_every_failure_fits_its_schema(dialect):
    found = FOUND[dialect.name]
    for reference in re.findall(r'"\$ref": "([^"]+)"', to_json(found)):
        place = found
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    for methods in found["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    schema = {**content["schema"], "components": found["components"]}
                    for example in content.get("examples", {}).values():
                        jsonschema_rs.validate(schema, example["value"])


@each_dialect
def test_it_is_served_and_printed(server, dialect):
    path = f"{dialect.prefix}/openapi.json"
    answer = server.get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = answer.json()
    assert found["servers"] == [{"url": f"{server.url}{dialect.prefix}"}]
    assert yaml.safe_load(server.get(f"{dialect.prefix}/openapi.yaml").text) == found
    again = server.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    printed = server.cli("openapi", "--format", "json", "--dialect", dialect.name).stdout
    assert json.loads(printed) == found


@each_dialect
def test_it_can_be_tried_in_the_browser(server, dialect):
    page = server.get(f"/api{dialect.prefix}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert f"<title>{dialect.title} {dialect.version} · Pixferry</title>" in page.text
    assert [each.title for each in DIALECTS].count(dialect.title) == 1
    assert f'data-document="{dialect.prefix}/openapi.json"' in page.text
    assert f'href="/api{dialect.prefix}"' in server.get("/api").text


def test_a_dialect_that_is_none_is_told(server):
    done = server.cli("openapi", "--dialect", "imgpr", check=False)
    assert done.returncode == 2
    assert "'imgpr' is no dialect; there are: imgpro" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def own_server(backing, tmp_path_factory, roomy_plans):
    """A server that random requests may spoil. Its imports reach nowhere: no port is theirs."""
    data = tmp_path_factory.mktemp("openapi") / "data"
    with running(data, IMPORT_PORTS=1, PLANS_FILE=roomy_plans) as found:
        yield found


@each_dialect
def test_a_server_answers_as_documented(own_server, dialect, tmp_path):
    """Every operation, with right and wrong data, the same each time."""
    config = Path(__file__).with_name("schemathesis.toml")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", config, "run"]
    document, key = f"{own_server.url}{dialect.prefix}/openapi.json", own_server.key
    found = subprocess.run(
        [*command, document, "--header", f"Authorization: Bearer {key}"],
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join([str(V1_TESTS), *sys.path]),
            "SCHEMATHESIS_HOOKS": "openapi_hooks",
        },
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"Tested: {len(dialect.routes)}" in found.stdout
    assert '"status": 500' not in own_server.log()


def test_the_command_names_every_dialect(server):
    told = " ".join(server.cli("openapi", "--help").stdout.split())
    for dialect in DIALECTS:
        assert dialect.name in told
