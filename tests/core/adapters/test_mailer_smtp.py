"""Mails over a real connection to a mail server of ours."""

from __future__ import annotations

import email
import email.policy
import ssl

import pytest
from smtp_server import smtp_server

from core.accounts import Mail
from core.adapters import mailer_smtp
from core.adapters.mailer_smtp import SmtpMailer
from core.errors import Unavailable
from core.smtp_address import SmtpAddress

MAIL = Mail("somebody@example.org", "A link – for you", "Hello\n\nhttp://pix.example/x?token=a.b\n")


@pytest.fixture
def mailer_to(clock):
    def make(server, tls="offered", user=None, password=None):
        address = SmtpAddress("127.0.0.1", server.port, tls, user, password)
        return SmtpMailer(address, "pix@pix.example", clock)

    return make


async def test_a_mail_arrives_as_it_was_written(mailer_to):
    async with smtp_server() as server:
        await mailer_to(server).send(MAIL)
    (taken,) = server.taken
    assert (taken.sender, taken.recipients) == ("pix@pix.example", ["somebody@example.org"])
    message = email.message_from_bytes(taken.data, policy=email.policy.SMTP)
    assert message["From"] == "Pixferry <pix@pix.example>"
    assert message["To"] == "somebody@example.org"
    assert message["Subject"] == MAIL.subject
    assert message["Date"].datetime.year == 2026
    assert message["Message-ID"].endswith("@pix.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == MAIL.text
    assert message.get_content_type() == "text/plain"


async def test_an_address_in_another_script_arrives(mailer_to):
    async with smtp_server() as server:
        await mailer_to(server).send(Mail("jörg@müller.example", "Hello", "Hello\n"))
    assert server.taken[0].recipients == ["jörg@xn--mller-kva.example"]


async def test_domains_are_told_as_dns_knows_them(clock):
    """Each server takes them so; the greeting can't hold another."""
    async with smtp_server() as server:
        address = SmtpAddress("127.0.0.1", server.port, "offered", None, None)
        mail = Mail("joe@müller.example", "Hello", "Hello\n")
        await SmtpMailer(address, "pix@bücher.example", clock).send(mail)
    (taken,) = server.taken
    assert (taken.sender, taken.recipients) == (
        "pix@xn--bcher-kva.example",
        ["joe@xn--mller-kva.example"],
    )
    message = email.message_from_bytes(taken.data, policy=email.policy.SMTP)
    assert message["From"] == "Pixferry <pix@xn--bcher-kva.example>"


@pytest.mark.parametrize(
    "mail",
    [
        Mail("a@example.org\r\nBcc: b@example.org", "x", "x"),
        Mail("a@example.org\nBcc: b@example.org", "x", "x"),
        Mail("a@example.org", "x\r\nBcc: b@example.org", "x"),
        Mail("a@example.org", "x\nTo: b@example.org\n\nbody", "x"),
    ],
)
async def test_a_line_break_makes_no_header(mailer_to, mail):
    async with smtp_server() as server:
        with pytest.raises(Unavailable):
            await mailer_to(server).send(mail)
    assert server.taken == []


async def test_lines_of_dots_and_from_stay_text(mailer_to):
    text = ".\n..\nFrom here\n.\nQUIT\n"
    async with smtp_server() as server:
        await mailer_to(server).send(Mail("a@example.org", "x", text))
    assert (
        server.taken[0]
        .data.replace(b"\r\n", b"\n")
        .endswith(b"\n\n" + text.replace("\n.", "\n..").encode().replace(b".", b"..", 1))
    )
    assert len(server.taken) == 1


async def test_the_server_is_told_who_we_are(mailer_to):
    async with smtp_server(password="s€cret") as server:
        await mailer_to(server, user="pix", password="s€cret").send(MAIL)
        assert server.taken[0].user == "pix"
        with pytest.raises(Unavailable) as refused:
            await mailer_to(server, user="pix", password="wrong-one").send(MAIL)
    assert "535" in refused.value.reason
    assert "wrong-one" not in refused.value.reason
    assert "mail" in refused.value.public
    assert str(server.port) not in refused.value.public


async def test_no_password_is_sent_to_a_server_that_lacks_tls(mailer_to):
    async with smtp_server(password="secret") as server:
        with pytest.raises(Unavailable):
            await mailer_to(server, "starttls", "pix", "secret").send(MAIL)
    assert not server.auth_in_clear
    assert server.taken == []


async def test_a_certificate_that_is_not_the_servers_is_not_taken(mailer_to, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    async with smtp_server(tls=context, password="secret") as server:
        with pytest.raises(Unavailable):
            await mailer_to(server, "starttls", "pix", "secret").send(MAIL)
    assert server.taken == []
    assert not server.auth_in_clear


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
async def test_whatever_is_refused_is_told(mailer_to, verb):
    async with smtp_server(refuses=verb) as server:
        with pytest.raises(Unavailable) as refused:
            await mailer_to(server).send(MAIL)
    assert "127.0.0.1" in refused.value.reason
    assert server.taken == []


async def test_a_server_that_is_not_there_or_silent_is_told(mailer_to, monkeypatch):
    monkeypatch.setattr(mailer_smtp, "TIMEOUT", 0.2)
    async with smtp_server(silent=True) as server:
        with pytest.raises(Unavailable):
            await mailer_to(server).send(MAIL)
    with pytest.raises(Unavailable):
        await mailer_to(server).send(MAIL)


async def test_to_check_sends_nothing(mailer_to):
    async with smtp_server(password="secret") as server:
        await mailer_to(server, user="pix", password="secret").check()
        with pytest.raises(Unavailable):
            await mailer_to(server, user="pix", password="wrong").check()
    with pytest.raises(Unavailable):
        await mailer_to(server).check()
    assert server.taken == []


def self_signed(folder):
    """Files with a certificate that nobody vouches for, and its key."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret
