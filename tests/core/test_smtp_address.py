"""The address of a mail server, as settings have it."""

from __future__ import annotations

import pytest

from core.smtp_address import SmtpAddress, smtp_address


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("smtp://mail.example", SmtpAddress("mail.example", 587, "offered")),
        ("smtp://mail.example:25", SmtpAddress("mail.example", 25, "offered")),
        (
            "smtp://pix:s%2Fcr%23t@mail.example:587",
            SmtpAddress("mail.example", 587, "starttls", "pix", "s/cr#t"),
        ),
        (
            "smtp://a%40b.example:x@mail.example",
            SmtpAddress("mail.example", 587, "starttls", "a@b.example", "x"),
        ),
        ("smtps://pix:x@mail.example", SmtpAddress("mail.example", 465, "always", "pix", "x")),
        ("smtp://pix:x@localhost:25", SmtpAddress("localhost", 25, "offered", "pix", "x")),
        ("smtp://pix:x@127.0.0.1", SmtpAddress("127.0.0.1", 587, "offered", "pix", "x")),
        ("smtp://pix:x@[::1]", SmtpAddress("::1", 587, "offered", "pix", "x")),
        (
            "smtp://pix:x@10.0.0.1?starttls=never",
            SmtpAddress("10.0.0.1", 587, "never", "pix", "x"),
        ),
    ],
)
def test_it_is_read(given, read):
    assert smtp_address(given) == read


@pytest.mark.parametrize(
    "given",
    [
        "mail.example",
        "mail.example:587",
        "http://mail.example",
        "smtp://",
        "smtp://:25",
        "smtp://user@mail.example",
        "smtp://:password@mail.example",
        "smtp://a:b/c@mail.example",
        "smtp://a:b#c@mail.example",
        "smtp://mail.example:0",
        "smtp://mail.example:70000",
        "smtp://mail.example:x",
        "smtp://[::1",
        "smtp://mail.example/inbox",
        "smtp://mail.example?tls=on",
        "smtp://mail.example?starttls=perhaps",
        "smtp://mail example",
    ],
)
def test_what_is_none_is_refused_with_a_sentence(given):
    with pytest.raises(ValueError, match=r"it |its |after "):
        smtp_address(given)


def test_it_shows_no_password():
    assert "secret" not in repr(smtp_address("smtp://pix:secret@mail.example"))
