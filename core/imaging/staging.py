"""Files that are ready to be stored."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from core.model import StagedFile

if TYPE_CHECKING:
    from pathlib import Path


def staged(path: Path) -> StagedFile:
    """Measure and hash a finished file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return StagedFile(path, digest, path.stat().st_size)
