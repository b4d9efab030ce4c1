"""A server for the dialects, where no rate stands in the way of a test, and its teams."""

from __future__ import annotations

import re

import pytest
from picture_source import serving_pictures
from servers import running

from core.plans import BUILT_IN


@pytest.fixture(scope="session")
def roomy_plans(tmp_path_factory):
    """The built-in plans and dialects, with rates that no test reaches."""
    text = re.sub(
        r'^(requests|uploads|address_requests) = ".*"',
        r'\1 = "1000000/minute"',
        BUILT_IN.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    path = tmp_path_factory.mktemp("plans") / "plans.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="session")
def compat(backing, tmp_path_factory, roomy_plans):
    """A server that may import from this machine."""
    data = tmp_path_factory.mktemp("compat") / "data"
    with running(data, PLANS_FILE=roomy_plans, IMPORT_ALLOW="127.0.0.1/32") as found:
        yield found


@pytest.fixture(scope="session")
def keys(compat):
    """Headers by name: `ours` and `theirs` are two teams; `anonymous` and `wrong` are none."""
    ours = compat.new_key("ours@example.org", "--plan", "unlimited", "--abilities", "*")
    known = {
        "ours": ours,
        "theirs": compat.new_key("theirs@example.org", "--plan", "unlimited"),
        "reader": compat.add_key(ours, "read"),
        "writer": compat.add_key(ours, "write"),
        "secret alone": {"Authorization": "Bearer " + ours["Authorization"].partition("|")[2]},
        "wrong": {"Authorization": "Bearer 1|nothing"},
        "malformed": {"Authorization": "Bearer a|b|c"},
        "basic": {"Authorization": "Basic b3VyczpvdXJz"},
        "anonymous": {},
    }
    return known.__getitem__


@pytest.fixture(scope="session")
def source():
    """The base address of pictures on this machine, and of what is none."""
    with serving_pictures() as url:
        yield url
