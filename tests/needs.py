"""What a test needs of the machine, and what happens where it is not there."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest


def need_program(name: str, *folders: str) -> str:
    """The path of an installed program, looked for in these folders too; without it see `lack`."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders)) or lack(name)


def need_module(name: str) -> None:
    """An importable library; without it see `lack`."""
    if importlib.util.find_spec(name) is None:
        lack(name)


def lack(name: str) -> None:
    """Skip the test: the machine has no such thing.

    Where `PIXFERRY_TEST_REQUIRE=all` says that everything is there, it fails instead.
    """
    reason = f"{name} is not installed"
    if os.environ.get("PIXFERRY_TEST_REQUIRE") == "all":
        pytest.fail(f"{reason}, and PIXFERRY_TEST_REQUIRE=all")
    pytest.skip(reason)
