from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engine.worker.smtp import Server, Undelivered, deliver
from tests.support import smtp
from tests.support.smtp import Mailbox, mailbox


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "may@example.vn", "nguoi@example.vn", "Thư thử"
    made.set_content(".một dòng bắt đầu bằng dấu chấm\n", cte="quoted-printable")
    return made


def at(box: Mailbox, **more: str) -> Server:
    return Server("127.0.0.1", box.port, **({"security": "none"} | more), timeout=0.5)  # type: ignore[arg-type]


def fault(server: Server) -> Undelivered:
    with pytest.raises(Undelivered) as raised:
        deliver(server, message())
    return raised.value


def test_a_mail_arrives_as_it_was_written(box: Mailbox) -> None:
    deliver(at(box), message())
    (arrived,) = box.mails()
    assert arrived["Subject"] == "Thư thử"
    assert arrived.get_content().strip() == ".một dòng bắt đầu bằng dấu chấm"


def test_the_name_of_the_machine_is_told_to_nobody(box: Mailbox) -> None:
    deliver(at(box), message())
    assert box.talked[0].lower() == "ehlo localhost"


@pytest.mark.parametrize(
    ("behave", "code", "final", "server"),
    [
        (smtp.UNKNOWN, "recipient:550", True, False),
        (smtp.FULL, "recipient:451", False, False),
        (smtp.SPAM, "message:554", True, False),
        (smtp.TURN_AWAY, "busy:421", False, True),
        (smtp.HANG, "timeout", False, True),
        (smtp.DROP_AFTER_DATA, "disconnected", False, True),
        (smtp.DROP_AFTER_TAKING, "disconnected", False, True),
    ],
)
def test_every_way_a_server_refuses_is_a_code_without_a_word_of_it(
    box: Mailbox, behave: str, code: str, final: bool, server: bool
) -> None:
    box.behave = behave
    found = fault(at(box))
    assert (str(found), found.final, found.server) == (code, final, server)
    assert found.__cause__ is None


def test_where_nothing_listens_and_where_nobody_is(box: Mailbox) -> None:
    with mailbox() as gone:
        pass
    assert str(fault(at(gone))) == "refused"
    assert str(fault(Server("no-such-host.invalid", 25, "none"))) == "host"


def test_a_server_without_starttls_is_given_nothing(box: Mailbox) -> None:
    assert str(fault(at(box, security="starttls"))) == "unsupported"
    assert box.taken == []


def test_starttls_with_user_and_password(tmp_path: Path) -> None:
    context, trusted = _certificate(tmp_path)
    password = tmp_path / "password"
    password.write_text("secret\n")
    with mailbox(context, login=("may", "secret")) as box:
        server = Server("127.0.0.1", box.port, "starttls", "may", str(password), str(trusted), timeout=2)
        deliver(server, message())
        assert len(box.taken) == 1
        password.write_text("another")
        assert str(fault(server)) == "password:535"
        password.unlink()
        assert str(fault(server)) == "password_file"
        assert str(fault(Server("127.0.0.1", box.port, "starttls", timeout=2))) == "certificate"
        assert str(fault(Server("127.0.0.1", box.port, "starttls", trusted="/no/such"))) == "trusted_file"
        assert len(box.taken) == 1
        assert "secret" not in repr(server)


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for the loopback address, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "server.pem", folder / "server.key"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return context, trusted
