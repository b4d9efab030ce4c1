"""The OpenAPI document is true: of itself, of the routes, and of what a real server answers."""

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

from api.v1.examples import anonymous_example
from api.v1.openapi import document, to_json, to_yaml
from api.v1.routes import ROUTES
from core.imaging.transforms.table import PARAMETERS

HERE = Path(__file__).parent
BASE = "https://pix.example"
FOUND = document(BASE)
OPERATIONS = [
    (path, method, operation)
    for path, methods in FOUND["paths"].items()
    for method, operation in methods.items()
]


def schema_of(name):
    """A component's schema, with its references within reach."""
    return {"$ref": f"#/components/schemas/{name}", "components": FOUND["components"]}


def test_it_is_valid_openapi_3_1():
    import schemathesis  # takes seconds, in each process that collects tests

    assert FOUND["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(FOUND).validate()


def test_json_and_yaml_say_the_same():
    assert json.loads(to_json(FOUND)) == yaml.safe_load(to_yaml(FOUND)) == FOUND


def test_every_reference_leads_somewhere():
    for reference in re.findall(r'"\$ref": "([^"]+)"', to_json(FOUND)):
        found = FOUND
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_stands_in_it(route):
    operation = FOUND["paths"][route.path][route.method.lower()]
    assert operation["summary"] == route.summary
    assert str(route.status) in operation["responses"]
    assert ("requestBody" in operation) == bool(route.request)


def test_bytes_have_the_host_that_they_are_served_from():
    found = document(BASE, BASE, "https://img.example")["paths"]["/{id}.{extension}"]["get"]
    assert found["servers"] == [{"url": "https://img.example"}]
    names = [each["name"] for each in found["parameters"]]
    assert names == ["id", "extension", *PARAMETERS, "sig", "download"]
    assert {"200", "206", "304", "404", "410", "416", "422", "429"} <= found["responses"].keys()
    assert {"image/jpeg", "image/webp", "image/svg+xml"} <= found["responses"]["200"][
        "content"
    ].keys()


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_example_fits_its_schema(path, method, operation):
    contents = list(operation.get("requestBody", {}).get("content", {}).values())
    for answer in operation["responses"].values():
        contents += answer.get("content", {}).values()
    for content in contents:
        shown = [content["example"]] if "example" in content else []
        for example in content.get("examples", {}).values():
            name = example["$ref"].rpartition("/")[2]
            shown.append(FOUND["components"]["examples"][name]["value"])
        schema = {**content["schema"], "components": FOUND["components"]}
        for value in shown:
            jsonschema_rs.validate(schema, value)


def test_the_anonymous_example_fits_too():
    jsonschema_rs.validate(schema_of("HostedObject"), anonymous_example(BASE, BASE))


def test_attribution_names_are_held_to_the_rules():
    schema = schema_of("ImportRequest")
    jsonschema_rs.validate(schema, {"url": "http://a.example/b.png", "author": "Jane"})
    for name in ("tags", "width", "a b", "x" * 65):
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(schema, {"url": "http://a.example/b.png", name: "x"})


@pytest.mark.parametrize(
    ("path", "media_type", "read"),
    [
        ("/openapi.json", "application/json", json.loads),
        ("/openapi.yaml", "application/yaml", yaml.safe_load),
    ],
)
def test_it_is_served_to_any_origin_and_once(server, path, media_type, read):
    answer = server.get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]
    found = read(answer.text)
    assert found["servers"] == [{"url": server.url}]
    assert found["paths"].keys() == FOUND["paths"].keys()
    again = server.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_command_prints_what_is_served(server):
    printed = server.cli("openapi", "--format", "json").stdout
    assert json.loads(printed) == server.get("/openapi.json").json()


@pytest.fixture(scope="module")
def own_server(backing, tmp_path_factory):
    """A server that random requests may spoil. Its imports reach nowhere: no port is theirs."""
    with running(tmp_path_factory.mktemp("openapi") / "data", IMPORT_PORTS=1) as found:
        yield found


def run_schemathesis(server, folder, *options):
    """Run the command in a folder of its own; gives what it printed, once it found nothing."""
    other = server.new_key("other@example.org", "--abilities", "*", "--plan", "unlimited")
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path]),
        "SCHEMATHESIS_HOOKS": "openapi_hooks",
        "PIXFERRY_TEST_OTHER_KEY": other["Authorization"].removeprefix("Bearer "),
    }
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file"]
    found = subprocess.run(
        [*command, HERE / "schemathesis.toml", "run", f"{server.url}/openapi.json", *options],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=570,  # the whole test has 600
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def test_a_server_answers_as_documented_with_a_key(own_server, tmp_path):
    told = run_schemathesis(
        own_server, tmp_path, "--header", f"Authorization: Bearer {own_server.key}"
    )
    assert f"Tested: {len(OPERATIONS)}" in told
    assert '"status": 500' not in own_server.log()
    stored = own_server.get("/v1/usage", headers=own_server.auth).json()
    assert stored["monthly"]["uploads"] > 0, "not one upload went through"


def test_a_server_answers_as_documented_without_a_key(own_server, tmp_path):
    told = run_schemathesis(own_server, tmp_path)
    assert f"Tested: {len(OPERATIONS)}" in told
    assert '"status": 500' not in own_server.log()
