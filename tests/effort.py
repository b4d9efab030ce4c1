"""How much work something is, whatever else the machine does meanwhile."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """This process works no longer than that in the block; time in which it waits is not counted.

    Give ten times what is usual or more: it is to tell what grows with the input's square apart.
    """
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < seconds, f"{spent:.1f} s of work"
