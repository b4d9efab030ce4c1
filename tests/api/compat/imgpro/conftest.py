"""The dialect's base address, and images hosted through it."""

from __future__ import annotations

import pytest
from golden_cases import hosting

PREFIX = "/compat/img.pro/1.0"


@pytest.fixture(scope="session")
def base(compat):
    return f"{compat.url}{PREFIX}"


@pytest.fixture(scope="session")
def make(base, keys):
    """See `hosting`."""
    return hosting(f"{base}/v1/upload", keys)
