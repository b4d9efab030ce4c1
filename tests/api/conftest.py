"""Servers and teams that the tests of the HTTP face share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import backings
import pytest
from servers import Server, running
from sites import opened_site

PLANS = """
[plans.anonymous]
label = "Anonymous"
retention_days = 30
max_file = 30000
max_svg = 2000
price = "Free"

[plans.free]
label = "Free"
uploads_month = 3
storage = 40000
max_file = 20000
max_svg = 1000
price = "Free"

[plans.roomy]
label = "Roomy"
max_file = 20000
max_svg = 1000
requests_minute = 1000000
price = "Free"

[plans.weekly]
label = "Weekly"
retention_days = 7
max_file = 20000
max_svg = 1000
price = "Free"

[plans.unlimited]
label = "Unlimited"
max_file = 20000
max_svg = 1000
price = "Free"
offered = false
"""


def pytest_generate_tests(metafunc):
    """The whole HTTP suite runs twice, on the embedded default and on real services.

    But for modules marked `any_backing`: what they ask of a server, no data answers.
    """
    kinds = backings.KINDS
    if metafunc.definition.get_closest_marker("any_backing"):
        kinds = ("embedded",)
    metafunc.parametrize("backing", kinds, indirect=True, scope="session")


@pytest.fixture(autouse=True)
def backed(request, backing):
    """Holds fixtures that start servers to asking for `backing`, lest they outlive it."""
    yield
    for name, found in request.node.funcargs.items():
        if isinstance(found, Server):
            assert backings.kind_of(found.data_dir) == backing.kind, f"{name} must ask for backing"


@dataclass
class Teams:
    """Headers of the keys of two teams on the shared server."""

    ours: dict[str, str]
    theirs: dict[str, str]
    reader: dict[str, str]
    writer: dict[str, str]

    def of(self, who: str) -> dict[str, str]:
        """By name; `anonymous` has no headers."""
        return {} if who == "anonymous" else getattr(self, who)


@pytest.fixture(scope="session")
def teams(server) -> Teams:
    return Teams(
        ours=server.auth,
        theirs=server.new_key("theirs@example.org", "--plan", "unlimited", "--abilities", "*"),
        reader=server.add_key(server.auth, "read"),
        writer=server.add_key(server.auth, "write"),
    )


@pytest.fixture(scope="session")
def plans_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("plans") / "plans.toml"
    path.write_text(PLANS)
    return path


@pytest.fixture(scope="session")
def narrow(backing, tmp_path_factory, plans_file):
    """A server of small plans, that may import from this machine."""
    data = tmp_path_factory.mktemp("narrow") / "data"
    with running(data, PLANS_FILE=plans_file, IMPORT_ALLOW="127.0.0.1/32") as found:
        yield found


@pytest.fixture
def site(local, clock):
    """Opens servers that people have accounts on: `async with site() as found`."""
    return partial(opened_site, local, clock)
