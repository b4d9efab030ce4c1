"""Reports of images that somebody finds wrong."""

from __future__ import annotations

import hmac
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.accounts import Report
from core.errors import InvalidInput, NotFound, RateLimited
from core.fields import check_text
from core.services import letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model import Caller, Media
    from core.ports import Clock, RateLimiter
    from core.ports_accounts import ReportBook
    from core.services.mail import Post

REASONS = MappingProxyType(
    {
        "illegal": "It breaks the law",
        "hurtful": "It hurts or threatens somebody",
        "private": "It shows me, or what is mine, without my consent",
        "copyright": "It is my work, and I did not allow this",
        "spam": "It is spam or deceives people",
        "other": "Something else",
    }
)
COMMENT_MAX = 2_000
LIST_MAX = 1_000

CALLER_RATE = "5/hour;20/day"
"""Reports of one address (IPv6: its /64)."""

MAIL_RATE = "20/hour"
"""Reports that are mailed to the operator; more are recorded alone."""


class Reports:
    """Takes reports, and lists them for the operator."""

    def __init__(
        self,
        book: ReportBook,
        limiter: RateLimiter,
        post: Post,
        clock: Clock,
        secrets: Sequence[str],
        abuse_email: str | None,
    ) -> None:
        self._book = book
        self._limiter = limiter
        self._post = post
        self._clock = clock
        self._secret = secrets[0].encode()
        self._abuse_email = abuse_email

    async def report(
        self, media: Media, reason: str, comment: str, caller: Caller, link: str
    ) -> None:
        """Record what somebody says of an image, and tell the operator.

        The same reporter's second report of an image changes nothing.

        Raises:
            InvalidInput: no reason of that name, or too long a comment.
            RateLimited: too many reports.
        """
        if reason not in REASONS:
            raise InvalidInput.on("reason", "Choose what is wrong with the picture.")
        try:
            said = check_text(comment.strip(), COMMENT_MAX) or None
        except ValueError as err:
            raise InvalidInput.on("comment", str(err)) from err
        verdict = await self._limiter.hit(CALLER_RATE, f"report:{caller.subject}")
        if not verdict.allowed:
            raise RateLimited("Too many reports from here.", seconds=verdict.retry_after)
        now = self._clock.now()
        made = await self._book.add(media.id, reason, said, self._reporter(caller), now)
        if made is not None and self._abuse_email:
            verdict = await self._limiter.hit(MAIL_RATE, "report-mails")
            if verdict.allowed:
                report = Report(made, media.id, reason, said, now, None)
                self._post.send(letters.reported(self._abuse_email, report, link))

    async def list(self, *, closed: bool = False) -> list[Report]:
        """The reports that nobody has dealt with; with `closed` the others, too."""
        return await self._book.list(closed=closed, limit=LIST_MAX)

    async def close(self, report_id: int) -> None:
        """Note that a report was dealt with.

        Raises:
            NotFound: none of that id is open.
        """
        if not await self._book.close(report_id, self._clock.now()):
            raise NotFound(f"There is no open report {report_id}.")

    def _reporter(self, caller: Caller) -> str:
        """Tells one reporter from another on the same day, and no more."""
        salt = hmac.digest(self._secret, f"report {self._clock.now():%Y-%m-%d}".encode(), "sha256")
        return hmac.new(salt, caller.subject.encode(), "sha256").hexdigest()
