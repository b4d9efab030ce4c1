"""The dialect's base address, and images hosted through it."""

from __future__ import annotations

import pytest
import requests
from golden_cases import FILES

PREFIX = "/compat/img.pro/1.0"


@pytest.fixture(scope="session")
def base(compat):
    return f"{compat.url}{PREFIX}"


@pytest.fixture(scope="session")
def make(base, keys):
    """Hosts an image of these fields (`as`: of that team, `file`: that picture); gives its id."""

    def host(fields) -> str:
        told = {"file": "photo.jpg", "as": "ours"} | fields
        name, who = told.pop("file"), told.pop("as")
        answer = requests.post(
            f"{base}/v1/upload",
            headers=keys(who),
            files={"file": (name, FILES[name])},
            data=told,
            timeout=60,
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return host
