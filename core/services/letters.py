"""The mails that Pixferry writes. A person's text stands in none but reports to the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.accounts import Mail

if TYPE_CHECKING:
    from datetime import timedelta

    from core.accounts import Report


def welcome(to: str, link: str, life: timedelta) -> Mail:
    """To somebody who asked for an account."""
    return Mail(
        to,
        "Your Pixferry account",
        f"Somebody, hopefully you, asked for an account for this address.\n\n"
        f"To make it, open this link within {_span(life)} and choose a password:\n\n{link}\n\n"
        f"If that was not you, do nothing: without the link there is no account.\n",
    )


def welcome_back(to: str, login: str) -> Mail:
    """To somebody who asked for an account and has one."""
    return Mail(
        to,
        "You have a Pixferry account already",
        f"Somebody, hopefully you, asked for an account for this address. There is one already.\n\n"
        f"Sign in here; a forgotten password is replaced there, too:\n\n{login}\n\n"
        f"If that was not you, do nothing: nothing has changed.\n",
    )


def new_password(to: str, link: str, life: timedelta) -> Mail:
    """To somebody who asked for another password."""
    return Mail(
        to,
        "A new password for Pixferry",
        f"Somebody, hopefully you, asked for a new password for this address.\n\n"
        f"To choose it, open this link within {_span(life)}:\n\n{link}\n\n"
        f"If that was not you, do nothing: your password stays as it is.\n",
    )


def confirmation(to: str, link: str, reset: str, life: timedelta) -> Mail:
    """To somebody whose address was given for an account that is there already."""
    return Mail(
        to,
        "Confirm your address for Pixferry",
        f"Somebody, hopefully you, has made an account for this address.\n\n"
        f"To confirm that the address is yours, open this link within {_span(life)}:\n\n{link}\n\n"
        f"If that was not you, do not open it. To make the account yours instead, and shut that "
        f"somebody out, set a password of your own:\n\n{reset}\n",
    )


def invitation(to: str, link: str, life: timedelta) -> Mail:
    """To somebody whom the operator invites."""
    return Mail(
        to,
        "An invitation to Pixferry",
        f"You are invited to an account on a Pixferry server.\n\n"
        f"To make it, open this link within {_span(life)} and choose a password:\n\n{link}\n",
    )


def password_changed(to: str, reset: str) -> Mail:
    """To somebody whose password was just replaced."""
    return Mail(
        to,
        "Your Pixferry password was changed",
        f"Your password was just set anew, and every browser was signed out.\n\n"
        f"If that was not you, set another one at once:\n\n{reset}\n",
    )


def reported(to: str, report: Report, link: str) -> Mail:
    """To the operator, of an image that somebody finds wrong."""
    said = "\n".join(f"> {line}" for line in (report.comment or "(no comment)").splitlines())
    return Mail(
        to,
        f"Report {report.id}: {report.reason}",
        f"Somebody reports {link}\n\nReason: {report.reason}\n\n{said}\n\n"
        f"When you have dealt with it: pixferry reports close {report.id}\n",
    )


def _span(life: timedelta) -> str:
    hours = int(life.total_seconds()) // 3_600
    if hours % 24 == 0 and hours > 24:  # noqa: PLR2004  a day
        return f"{hours // 24} days"
    return "an hour" if hours == 1 else f"{hours} hours"
