"""Standard streams for a program that was started without."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def fill() -> None:
    """Have `/dev/null` stand for each standard stream that was closed (`<&-` in a shell).

    Their numbers would be given to the event loop's pipes and sockets otherwise: libuv ends the
    process over that, and no worker can be started.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  open for good
