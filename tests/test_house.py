"""Walks the code: what exists is documented, what is documented is fresh, the house is in order."""

from __future__ import annotations

import ast
import html
import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import click
import pytest
from dotenv import dotenv_values

import core
from api.docs.content import UNSEEN, error_rows
from api.errors import EDGE_CODES, status_of
from api.sharex import Uploader
from api.v1 import models
from api.v1.failures import classes
from api.v1.openapi import document
from api.v1.routes import ROUTES
from bot.actions import ACTIONS
from bot.commands import COMMANDS as BOT_COMMANDS
from bot.commands import every
from bot.languages import languages
from bot.options import option_text
from bot.replies import ID_BYTES
from core import errors, fields
from core.imaging.transforms.table import PARAMETERS
from core.setting_types import PREFIX
from core.settings import Settings
from pixferry import reference
from pixferry.cli import main as program

ROOT = Path(__file__).parents[1]
PACKAGES = ("core", "api", "bot", "pixferry")
MODULES = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
ERRORS = list(classes())
GROUPS = [command for command in BOT_COMMANDS if command.commands]
LINES_MAX = 400


def all_subclasses(kind):
    for child in kind.__subclasses__():
        yield child
        yield from all_subclasses(child)


# Errors


def test_every_error_is_of_the_one_tree():
    for module in walk_packages(core.__path__, "core."):
        if not module.name.endswith(("__main__", ".worker")):
            import_module(module.name)
    strays = [kind for kind in all_subclasses(errors.CoreError) if kind not in ERRORS]
    assert not strays, "errors are defined in core/errors.py alone"


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_says_what_happened_and_what_to_do(kind):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    for text in (kind.sentence, kind.advice):
        assert text.endswith("."), text
        assert text.strip() == text
    assert 400 <= status_of(kind) <= 599


def test_a_code_is_one_category():
    """Classes of one code are one category and what is under it: clients need no more than code."""
    owners = {}
    for kind in ERRORS:
        owner = owners.setdefault(kind.code, kind)
        assert issubclass(kind, owner), f"{kind.__name__} took the code of {owner.__name__}"
    for code, (status, _) in EDGE_CODES.items():
        if code in owners:
            assert status == status_of(owners[code]), code


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.fullmatch(r" {4}((?:│   |    )*)(?:[├└]── )?([A-Z]\w+)(?: .*)?", line)
        if found:
            is_root = "──" not in line
            drawn.append((0 if is_root else len(found[1]) // 4 + 1, found[2]))
    real = [(len(kind.__mro__) - len(errors.CoreError.__mro__), kind.__name__) for kind in ERRORS]
    assert drawn == real


def test_every_error_stands_in_the_documentation(server):
    pages = [server.get(path).text for path in ("/api/errors", "/api/reference", "/llms.txt")]
    rows = error_rows(server.url)
    assert len(rows) == len(ERRORS) - len(UNSEEN) + len(EDGE_CODES)
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        for page in pages:
            shown = html.unescape(re.sub(r"<[^>]+>", "", page)).replace("`", "")
            for text in (row.code, row.sentence, row.advice):
                assert text.replace("`", "") in shown, text


# Settings and commands


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_described(name):
    said = Settings.model_fields[name].description
    assert said
    assert not said.endswith("."), "it stands within a sentence"
    variable = f"{PREFIX}{name.upper()}"
    assert f"# {variable}=" in (ROOT / ".env.example").read_text()
    assert f"| `{variable}` |" in (ROOT / "README.md").read_text()


def test_the_tables_are_fresh():
    assert not reference.stale(), "run: python -m pixferry.reference"


def test_the_example_settings_are_the_defaults(tmp_path, monkeypatch):
    """Taking the # away from a line changes nothing yet."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    set_lines = [line[2:] for line in lines if re.match(rf"# {PREFIX}\w+=.", line)]
    file = tmp_path / ".env"
    file.write_text("\n".join(set_lines))
    assert len(dotenv_values(file)) == len(set_lines) > 10
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    assert Settings(_env_file=file) == Settings(_env_file=None)


def all_commands(command=program, path="pixferry"):
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from all_commands(child, f"{path} {name}")


COMMANDS = dict(all_commands())


@pytest.mark.parametrize("path", list(COMMANDS))
def test_every_command_and_option_has_help(path):
    command = COMMANDS[path]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.opts}"


# The API


@pytest.fixture(scope="module")
def documentation(server):
    """OpenAPI's paths, the plain text, and the reference."""
    page = html.unescape(server.get("/api/reference").text)
    return document(server.url)["paths"], server.get("/llms.txt").text, page


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_documented(documentation, route):
    paths, text, page = documentation
    assert route.method.lower() in paths[route.path]
    section = text.partition(f"\n## {route.method} {route.path}\n")[2].partition("\n## ")[0]
    assert route.summary in section
    assert f"Answer: {route.status}" in section
    for model in (route.request, route.query):
        for name in model.model_fields if model else ():
            assert f"| `{name}` |" in section, name
    assert f">{route.method} {route.path}</h2>" in page


def response_models():
    # An uploader is a file in ShareX's form: nothing of an image's stands in it.
    found = {route.response for route in ROUTES if route.response} - {Uploader}
    return sorted(found | {models.ErrorObject}, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", response_models(), ids=lambda model: model.__name__)
def test_attribution_can_take_no_name_of_an_answer(model):
    assert set(model.model_fields) <= fields.RESERVED_NAMES


def test_no_name_is_reserved_for_a_request_field_alone_by_accident():
    for model in (models.UploadRequest, models.ImportRequest, models.BatchPatchRequest):
        assert set(model.model_fields) <= fields.RESERVED_NAMES


# Transforms


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
def test_every_transform_is_documented(server, parameter):
    name, kind = parameter.name, parameter.kind
    assert len(kind.doc) <= 100, "Discord shows no more of an option"
    assert not kind.doc.endswith("."), "it stands within a sentence"
    page = server.get("/api/transforms").text
    section = page.partition(f'<h3 id="{name}">{name}</h3>')[2].partition("<h")[0]
    assert html.escape(parameter.sentence, quote=False) in section
    assert parameter.examples
    assert section.count("<img ") == len(parameter.examples)
    for path in ("/llms.txt", "/api/reference", "/api/transforms"):
        assert parameter.sentence in html.unescape(server.get(path).text)
    assert f"\n| `{name}` |" in server.get("/llms.txt").text
    found = document(server.url)
    bytes_route = found["paths"]["/{id}.{extension}"]["get"]["parameters"]
    told = next(each for each in bytes_route if each["name"] == name)
    assert told["schema"] == kind.schema
    assert told["description"].startswith(parameter.sentence)
    assert ("signed links" in told["description"]) == parameter.signed
    body = found["components"]["schemas"]["LinkRequest"]["properties"]
    assert body[name]["description"] == parameter.sentence


FORMULAS = {
    "brightness": "channel × value",
    "contrast": "(channel - 127.5) × value + 127.5",
    "gamma": "255 × (channel / 255) ^ value",
    "saturation": "luma + (channel - luma) × value, with Rec. 601 luma",
    "blur": "standard deviation, in pixels of the output",
    "sharp": "unsharp mask, radius 1, amount value × 100 %",
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_are_told_where_the_transform_is(name):
    assert FORMULAS[name] in PARAMETERS[name].kind.doc


# Bots


@pytest.mark.parametrize("path", list(dict(every())))
def test_every_command_of_bots_and_each_option_is_described(path):
    command, key = dict(every())[path], path.replace(" ", ".")
    for language in languages().values():
        assert language.texts[f"commands.{key}.doc"]
        for option in command.options:
            assert language.texts[option_text(key, option.name)]


def test_no_command_of_bots_has_the_name_of_another():
    for language in languages().values():
        for path, commands in [("", BOT_COMMANDS), *((f"{g.name}.", g.commands) for g in GROUPS)]:
            names = [
                language.known(f"commands.{path}{each.name}.name") or each.name for each in commands
            ]
            assert len(set(names)) == len(names), names
        for _, command in every():
            names = [language.known(f"names.{each.name}") or each.name for each in command.options]
            assert len(set(names)) == len(names), names


@pytest.mark.parametrize("name", list(ACTIONS))
def test_every_action_says_what_it_does(name):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert len(name) <= ID_BYTES - 20, "conversations and pages have to fit behind it"
    assert inspect.getdoc(ACTIONS[name].handler)


# Files


def imported(file):
    """Names of the modules that a file imports, wherever in it; not those for types alone."""
    tree = ast.parse(file.read_text("utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_core_knows_no_face():
    forbidden = {"aiohttp.web", "click", "jinja2", "discord", "telegram", "api", "bot", "pixferry"}
    for file in (ROOT / "core").rglob("*.py"):
        for name in imported(file):
            parts = name.split(".")
            roots = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
            assert not roots & forbidden, f"{file.relative_to(ROOT)} imports {name}"


def test_the_environment_is_read_in_one_place():
    allowed = {"core/environment.py", "core/adapters/worker_process.py"}
    for file in MODULES:
        text = file.read_text("utf-8")
        if str(file.relative_to(ROOT)) not in allowed:
            assert "os.environ" not in text, file
            assert "getenv" not in text, file


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_are_small(file):
    assert len(file.read_text("utf-8").splitlines()) <= LINES_MAX


def test_every_package_has_its_marker_and_tests_have_none():
    assert not list((ROOT / "tests").rglob("__init__.py"))
    for file in MODULES:
        assert (file.parent / "__init__.py").exists(), f"{file.parent} is no package"


def test_every_handler_says_what_it_answers():
    for route in ROUTES:
        assert inspect.getdoc(route.handler), route.path
