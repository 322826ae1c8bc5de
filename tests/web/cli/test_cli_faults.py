from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine import Engine
from tests.web.cli.hands import Call, keep_key, one_sentence


@pytest.mark.parametrize(
    "words", [["verify"], ["replay"], ["worker", "--once"], ["case", "list", "--as", "officer"], ["serve"]]
)
def test_before_anything_is_installed_one_sentence_says_what_to_run(call: Call, words: list[str]) -> None:
    said = call(*words)
    assert said.code == 2
    assert one_sentence(said.err)
    assert "./run init" in said.err


EVERY = (
    ["verify"], ["replay"], ["worker", "--once"], ["case", "list", "--as", "officer"],
    ["case", "show", "X", "--as", "officer"], ["case", "open", "toy", "--as", "officer"],
    ["case", "fire", "X", "ask", "--as", "officer"], ["publish", "x.yaml", "--as", "admin"], ["drafts"],
    ["publish", "--draft", "x", "--as", "admin"], ["retire", "toy", "1", "--reason", "x", "--as", "admin"],
)  # fmt: skip


@pytest.mark.parametrize("words", EVERY, ids=lambda words: " ".join(words[:2]))
def test_nothing_goes_without_the_key_file(engine: Engine, home: Path, call: Call, words: list[str]) -> None:
    key = home / "key" / "master.key"
    key.chmod(0o644)
    assert call(*words).code == 2
    key.unlink()
    said = call(*words, "--lang", "en")
    assert said.code == 2
    assert said.out == ""
    assert one_sentence(said.err)
    assert str(key) in said.err


@pytest.mark.parametrize(
    "address",
    [
        "frob", "mysql://u:geheim@localhost/x", "postgresql://u:geheim@127.0.0.1:1/x", "sqlite:////nowhere/at/all.db",
        "postgresql://u:geheim@nowhere.invalid/x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["verify", "serve"])
def test_a_bad_database_address_is_one_sentence_without_the_password(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch, address: str, command: str
) -> None:
    keep_key(home)
    monkeypatch.setenv("CASEWORK_DATABASE", address)
    said = call(command)
    assert said.code == 2
    assert one_sentence(said.err)
    assert "geheim" not in said.err


def test_a_file_that_is_no_database_is_one_sentence(call: Call, home: Path) -> None:
    keep_key(home)
    (home / "casework.db").write_text("not a database, though long enough to be looked at" * 40, "utf-8")
    said = call("verify")
    assert said.code == 2
    assert one_sentence(said.err)


def test_an_empty_database_is_told_to_be_set_up(call: Call, home: Path) -> None:
    keep_key(home)
    sqlite3.connect(home / "casework.db").close()
    (home / "casework.db").chmod(0o600)
    said = call("verify")
    assert said.code == 2
    assert "./run init" in said.err


def test_a_fault_of_ours_is_one_sentence_that_quotes_nothing(
    engine: Engine, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Triệu Thị Đức")

    monkeypatch.setattr("web.cli_record.verify_all", broken)
    said = call("verify")
    assert said.code == 2
    assert one_sentence(said.err)
    assert "RuntimeError" in said.err
    assert "Triệu" not in said.err


def test_an_interrupted_call_says_so(engine: Engine, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("web.cli_record.verify_all", interrupted)
    said = call("verify")
    assert (said.code, said.out, said.err.strip()) == (130, "", "Đã ngừng.")
