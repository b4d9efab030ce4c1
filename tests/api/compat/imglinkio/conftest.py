"""The dialect's base address, and images hosted through the native API."""

from __future__ import annotations

import pytest
from golden_cases import hosting

PREFIX = "/compat/imglink.io"


@pytest.fixture(scope="session")
def base(compat):
    return f"{compat.url}{PREFIX}"


@pytest.fixture(scope="session")
def make(compat, keys):
    """See `hosting`."""
    return hosting(f"{compat.url}/v1/upload", keys)
