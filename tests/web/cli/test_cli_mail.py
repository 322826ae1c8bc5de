from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import Engine, FixedClock, SystemClock
from tests.engine.worker.posted import mails, wants
from tests.engine.worker.story import open_helping
from tests.support import smtp
from tests.support.smtp import Mailbox
from tests.web.cli.hands import Call, one_sentence
from web.cli_run import mail_words
from web.cli_words import use
from web.mail_settings import NAMES, mail_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"CASEWORK_MAIL_{name.upper()}", raising=False)


@pytest.fixture
def box(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """The mailbox, and the installation set up to send to it."""
    given = {"host": "127.0.0.1", "port": str(box.port), "security": "none"}
    given |= {"sender": "may@example.vn", "base_url": "https://nangbuoc.example.vn"}
    for name, value in given.items():
        monkeypatch.setenv(f"CASEWORK_MAIL_{name.upper()}", value)
    return box


def test_a_test_mail_goes_out_and_the_answer_is_said(engine: Engine, call: Call, box: Mailbox) -> None:
    wants(engine, "officer", "off")
    said = call("mail", "test", "--to", "officer", "--lang", "en")
    assert said.code == 0
    assert "took the test mail" in said.out
    (arrived,) = box.mails()
    assert (arrived["To"], arrived["Subject"]) == ("officer@example.vn", "[Nâng Bước] Thư thử")
    (row,) = mails(engine)
    assert (row.kind, row.state, arrived["Message-ID"]) == ("test", "sent", f"<{row.id}@example.vn>")


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (smtp.UNKNOWN, ("không nhận địa chỉ người nhận", "550")),
        (smtp.TURN_AWAY, ("từ chối kết nối", "421")),
        (smtp.DROP_AFTER_DATA, ("ngắt kết nối giữa chừng",)),
        (smtp.SPAM, ("không nhận nội dung thư", "554")),
    ],
)
def test_a_refusal_is_said_in_words(
    engine: Engine, call: Call, box: Mailbox, behave: str, words: tuple[str, ...]
) -> None:
    wants(engine, "officer")
    box.behave = behave
    said = call("mail", "test", "--to", "officer")
    assert said.code == 1
    assert one_sentence(said.err)
    assert all(each in said.err for each in words), said.err
    assert [each.state for each in mails(engine)] == ["failed"]


def test_what_is_missing_is_said(
    engine: Engine, call: Call, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = call("mail", "test", "--to", "officer", "--lang", "en")
    assert said.code == 2
    assert "has no mail address" in said.err
    assert call("mail", "test", "--to", "nobody").code == 2
    monkeypatch.setenv("CASEWORK_MAIL_SENDER", "Máy")
    said = call("mail", "test", "--to", "officer", "--lang", "en")
    assert (said.code, "“sender”" in said.err) == (2, True)
    for name in NAMES:
        monkeypatch.delenv(f"CASEWORK_MAIL_{name.upper()}", raising=False)
    said = call("mail", "test", "--to", "officer", "--lang", "en")
    assert (said.code, "CASEWORK_MAIL_HOST" in said.err) == (2, True)
    assert box.taken == []


def test_the_worker_says_whether_it_signs_in_to_the_mail_server(
    box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use("en")
    assert mail_words(None) == "Mail: not set up, none is sent."
    assert "without signing in" in mail_words(mail_settings(tmp_path, "real"))
    (tmp_path / "password").write_text("secret", "utf-8")
    (tmp_path / "password").chmod(0o600)
    monkeypatch.setenv("CASEWORK_MAIL_USER", "may")
    monkeypatch.setenv("CASEWORK_MAIL_PASSWORD_FILE", "password")
    said = mail_words(mail_settings(tmp_path, "real"))
    assert said == f"Mail: on, through 127.0.0.1:{box.port}, signed in to the mail server."


def test_a_password_that_is_not_there_stops_the_mail_commands_in_one_sentence(
    engine: Engine, call: Call, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWORK_MAIL_USER", "may")
    monkeypatch.setenv("CASEWORK_MAIL_PASSWORD_FILE", "nowhere")
    for words in (("mail", "test", "--to", "officer"), ("worker", "--once")):
        said = call(*words)
        assert (said.code, one_sentence(said.err)) == (2, True)
        assert "Không đọc được tệp mật khẩu thư" in said.err


def test_one_turn_of_the_worker_sends_what_waits(engine: Engine, call: Call, box: Mailbox) -> None:
    wants(engine, "officer")
    engine.clock = FixedClock(datetime.now(UTC) - timedelta(days=2))
    case = open_helping(engine)
    engine.clock = SystemClock()
    said = call("worker", "--once", "--lang", "en")
    assert said.code == 0
    assert "Mails sent: " in said.out
    about = [each for each in box.mails() if "quá hạn" in each["Subject"] and "Hồ sơ" in each["Subject"]]
    assert len(about) == 1
    body = about[0].get_body(("plain",))
    assert body is not None
    assert f"https://nangbuoc.example.vn/cases/{case}" in body.get_content()
    sent = len(box.taken)
    assert call("worker", "--once").code == 0
    assert len(box.taken) == sent
