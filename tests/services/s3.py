"""A real S3 server for tests: OpenStack Swift, which checks signatures."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from needs import lack, need_module
from servers import free_port
from services.daemon import Daemon, running

KEY, SECRET, REGION = "test:tester", "test/secret", "us-east-1"


@dataclass
class S3Server(Daemon):
    """Each test has a bucket of its own by its name."""

    name: ClassVar[str] = "Swift"
    numbers: itertools.count = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        """The address of a bucket that tests share."""
        return self.url_of("shared")

    def url_of(self, bucket: str) -> str:
        who = f"{quote(KEY, safe='')}:{quote(SECRET, safe='')}"
        return f"s3://{who}@127.0.0.1:{self.port}/{bucket}?region={REGION}&secure=false"

    def new_url(self) -> str:
        """The address of a bucket that is yet to be made."""
        return self.url_of(f"bucket-{next(self.numbers)}")

    def command(self) -> list[str]:
        script = Path(__file__).with_name("swift_in_one_process.py")
        return [sys.executable, str(script), str(self.folder), str(self.port), KEY, SECRET, REGION]

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            asked = f"http://127.0.0.1:{self.port}/healthcheck"
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return answer.status == 200
        return False


@contextlib.contextmanager
def running_s3():
    """An S3 server of one's own, for the length of a block."""
    need_module("swift")
    need_module("pyeclib")
    with (
        tempfile.TemporaryDirectory(prefix="pixferry-s3-", dir=_place()) as folder,
        running(S3Server(Path(folder), free_port())) as server,
    ):
        yield server


def _place() -> str:
    """Where files may have the attributes in which Swift keeps what it knows of them."""
    for place in (tempfile.gettempdir(), "/var/tmp", "/dev/shm"):
        with (
            contextlib.suppress(OSError),
            tempfile.NamedTemporaryFile(dir=place) as probe,
        ):
            os.setxattr(probe.name, "user.probe", bytes(2000))
            return place
    return lack("a file system with user attributes")
