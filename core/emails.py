"""Email addresses as people type them."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def normal_email(typed: str) -> str:
    """An address as accounts know it: in lower case, without blanks around it.

    Whether its domain exists is not asked: a server of one's own may use any.

    Raises:
        ValueError: it is no address; the text says why.
    """
    try:
        found = validate_email(typed.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as err:
        raise ValueError(str(err)) from err
    return found.normalized.lower()
