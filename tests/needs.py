"""What a test needs of the machine, and what happens where it is not there."""

from __future__ import annotations

import os
import shutil

import pytest


def need_program(name: str) -> str:
    """The path of an installed program. Without it the test is skipped.

    Where `PIXFERRY_TEST_REQUIRE=all` says that everything is there, it fails instead.
    """
    found = shutil.which(name)
    if found:
        return found
    reason = f"{name} is not installed"
    if os.environ.get("PIXFERRY_TEST_REQUIRE") == "all":
        pytest.fail(f"{reason}, and PIXFERRY_TEST_REQUIRE=all")
    pytest.skip(reason)
