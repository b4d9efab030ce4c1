"""Whether anybody has written into the file: SQLite counts commits, and tells cheaply."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.ports import ChangeListener

_MARK = "SELECT mark FROM marks WHERE name = 'media'"


class SqliteChanges:
    """Asks, whenever it is asked, whether the file is still the one seen last.

    If it is not, the mark says whether images changed, which triggers set (migration 0005): most
    commits are of uploads, views and the like. Which images they were it does not say, so
    a listener hears that any may have.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._mark: int | None = None
        self._asked = self._current = False
        self._listeners: list[ChangeListener] = []

    def tell(self, listener: ChangeListener) -> None:
        self._listeners.append(listener)

    def current(self) -> bool:
        """See Changes. It takes some microseconds and waits for nobody.

        One answer holds for a turn of the event loop: whatever is done in a turn was asked for
        before it began, so no commit in the meantime had been told to whoever asked.
        """
        if not self._asked:
            self._asked = True
            asyncio.get_running_loop().call_soon(self._ask_again)
            self._current = self._look()
        return self._current

    def _ask_again(self) -> None:
        self._asked = False

    def _look(self) -> bool:
        try:
            if self._connection is None:
                # A connection of its own: what is written through it would not count.
                self._connection = sqlite3.connect(self._path, timeout=0, isolation_level=None)
                self._version = None
            version = self._ask("PRAGMA data_version")  # of commits by others, as it sees them
            if version != self._version:
                # Read after the version: what is committed in between is seen now or next time.
                mark = self._ask(_MARK)
                if mark != self._mark:
                    self._mark = mark
                    self._forget()
                self._version = version
        except sqlite3.Error:
            self._version = self._mark = None
            self._forget()
            return False
        return True

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._version = self._mark = None

    def _ask(self, question: str) -> int:
        """One number; no row is an error, too."""
        assert self._connection
        found = self._connection.execute(question).fetchone()
        if found is None:
            raise sqlite3.DataError(question)
        return int(found[0])

    def _forget(self) -> None:
        for listener in self._listeners:
            listener.forget(None)
