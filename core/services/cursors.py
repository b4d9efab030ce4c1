"""Where the next page of a list begins, as a text that clients can't make or change."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeSerializer

from core.errors import InvalidInput
from core.model import MediaId, Position

if TYPE_CHECKING:
    from collections.abc import Sequence


class Cursors:
    """The cursors of one kind of list."""

    def __init__(self, secrets: Sequence[str], salt: str) -> None:
        """`secrets` newest first; `salt` names the kind."""
        # The last key of the list signs, all are believed.
        self._signer = URLSafeSerializer(list(reversed(secrets)), salt=salt)

    def after(self, owner: int | str, created_at: datetime, row_id: str) -> str:
        """A cursor behind that row of the owner's list."""
        return str(self._signer.dumps([owner, created_at.isoformat(), row_id]))

    def read(self, owner: int | str, cursor: str) -> Position:
        """The row that a cursor stands behind.

        Raises:
            InvalidInput: it is not one that we gave for this owner's list.
        """
        refusal = InvalidInput.on("cursor", "This cursor is not one that we gave.")
        try:
            whose, created_at, row_id = self._signer.loads(cursor)
            position = Position(datetime.fromisoformat(created_at), MediaId(row_id))
        except (BadData, ValueError, TypeError) as err:
            raise refusal from err
        if whose != owner:
            raise refusal
        return position
