"""Whether mails can be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.adapters.clock import SystemClock
from core.choices import open_mailer
from core.errors import Unavailable
from core.setting_types import PREFIX
from pixferry.doctor.findings import Finding, ok, wrong

if TYPE_CHECKING:
    from core.settings import Settings


async def check(settings: Settings) -> list[Finding]:
    """Sign in to the mail server, if one is set; nothing is sent."""
    if settings.smtp_url is None:
        return [ok(f"{PREFIX}SMTP_URL is not set: mails, with their links, go into the log.")]
    try:
        await open_mailer(settings, SystemClock()).check()
    except Unavailable as err:
        return [wrong(err.reason, "Until then nobody gets an account or a new password.")]
    return [ok(f"It lets us in; mails are from {settings.mail_sender}.")]
