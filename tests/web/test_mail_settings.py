from __future__ import annotations

from pathlib import Path

import pytest

from web.mail_settings import NAMES, MailSettings, Unusable, mail_settings

RIGHT = {"host": "mail.example.vn", "sender": "may@example.vn", "base_url": "https://nangbuoc.example.vn/"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"CASEWORK_MAIL_{name.upper()}", raising=False)


def write(home: Path, **settings: str) -> None:
    lines = [f'{name} = "{value}"' for name, value in settings.items()]
    own(home / "mail.toml", "\n".join(lines))


def own(path: Path, text: str) -> None:
    """A file for its owner alone."""
    path.write_text(text, "utf-8")
    path.chmod(0o600)


def read(home: Path, **settings: str) -> MailSettings:
    write(home, **(RIGHT | settings))
    found = mail_settings(home, "real")
    assert found
    return found


def test_where_nothing_is_set_no_mail_is_sent(tmp_path: Path) -> None:
    assert mail_settings(tmp_path, "real") is None


def test_a_demonstration_never_sends_mail_whatever_is_set(tmp_path: Path) -> None:
    write(tmp_path, **RIGHT)
    assert mail_settings(tmp_path, "demo") is None


def test_the_file_is_enough_and_the_environment_stands_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read(tmp_path)
    assert (found.server.host, found.server.port, found.server.security) == (
        "mail.example.vn",
        587,
        "starttls",
    )
    assert found.url("/work") == "https://nangbuoc.example.vn/work"
    monkeypatch.setenv("CASEWORK_MAIL_SECURITY", "tls")
    assert read(tmp_path).server.port == 465
    monkeypatch.setenv("CASEWORK_MAIL_PORT", "2465")
    assert read(tmp_path).server.port == 2465


def test_files_are_found_beside_the_settings(tmp_path: Path) -> None:
    own(tmp_path / "mail.password", "mật khẩu thử")
    found = read(tmp_path, user="may", password_file="mail.password")
    assert found.server.password_file == str(tmp_path / "mail.password")
    assert "mail.password" not in repr(found)
    elsewhere = tmp_path / "secrets" / "mail"
    elsewhere.parent.mkdir()
    own(elsewhere, "mật khẩu thử")
    assert read(tmp_path, user="may", password_file=str(elsewhere)).server.password_file == str(elsewhere)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
@pytest.mark.parametrize("name", ["mail.toml", "mail.password"])
def test_a_file_that_others_can_read_or_write_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    own(tmp_path / "mail.password", "mật khẩu thử")
    write(tmp_path, **RIGHT, user="may", password_file="mail.password")
    (tmp_path / name).chmod(mode)
    with pytest.raises(Unusable) as raised:
        mail_settings(tmp_path, "real")
    assert (raised.value.name, raised.value.why) == (str(tmp_path / name), "open")


@pytest.mark.parametrize("there", [None, " \n"])
def test_a_password_that_is_not_there_is_told_before_the_first_mail(
    tmp_path: Path, there: str | None
) -> None:
    if there is not None:
        own(tmp_path / "mail.password", there)
    with pytest.raises(Unusable) as raised:
        read(tmp_path, user="may", password_file="mail.password")
    assert (raised.value.name, raised.value.why) == (str(tmp_path / "mail.password"), "password")


@pytest.mark.parametrize(
    ("settings", "name", "why"),
    [
        ({"host": ""}, "host", "missing"),
        ({"sender": ""}, "sender", "missing"),
        ({"base_url": ""}, "base_url", "missing"),
        ({"host": "mail example"}, "host", "host"),
        ({"port": "0"}, "port", "port"),
        ({"port": "66000"}, "port", "port"),
        ({"port": "٢٥"}, "port", "port"),
        ({"security": "ssl"}, "security", "security"),
        ({"security": "none"}, "security", "plain"),
        ({"sender": "Máy <may@example.vn>"}, "sender", "sender"),
        ({"user": "may"}, "password_file", "missing"),
        ({"password_file": "x"}, "user", "missing"),
        ({"base_url": "http://nangbuoc.example.vn"}, "base_url", "url"),
        ({"base_url": "https://example.vn/?a=1"}, "base_url", "url"),
        ({"base_url": "example.vn"}, "base_url", "url"),
        ({"password": "secret"}, "password", "unknown"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, settings: dict[str, str], name: str, why: str) -> None:
    with pytest.raises(Unusable) as raised:
        read(tmp_path, **settings)
    assert (raised.value.name, raised.value.why) == (name, why)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    own(tmp_path / "mail.toml", "host = mail")
    with pytest.raises(Unusable) as raised:
        mail_settings(tmp_path, "real")
    assert raised.value.why == "file"


def test_this_machine_may_be_spoken_to_openly(tmp_path: Path) -> None:
    found = read(tmp_path, host="127.0.0.1", security="none", base_url="http://localhost:8600")
    assert (found.server.port, found.base_url) == (25, "http://localhost:8600")
