from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from core.accounts import Mail

log = structlog.get_logger(__name__)


class LogMailer:
    """Where there is no mail server: the operator finds the mail, its link and all, in the log."""

    async def send(self, mail: Mail) -> None:
        log.warning(
            "a mail that PIXFERRY_SMTP_URL would send",
            to=mail.to,
            about=mail.subject,
            text=mail.text,
        )

    async def check(self) -> None:
        """The log takes everything."""
