"""Whether anybody has written into the file: SQLite counts commits, and tells cheaply."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.ports import ChangeListener


class SqliteChanges:
    """Asks, whenever it is asked, whether the file is still the one seen last.

    What changed SQLite does not say, so a listener hears that anything may have.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._listeners: list[ChangeListener] = []

    def tell(self, listener: ChangeListener) -> None:
        self._listeners.append(listener)

    def current(self) -> bool:
        """See Changes. It takes some microseconds and waits for nobody."""
        version = self._ask()
        if version is None or version != self._version:
            self._version = version
            for listener in self._listeners:
                listener.forget(None)
        return version is not None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._version = None

    def _ask(self) -> int | None:
        """The count of commits by others, as this connection sees it; None: it can't be told."""
        try:
            if self._connection is None:
                # A connection of its own: what is written through it would not count.
                self._connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
                self._version = None
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return None
