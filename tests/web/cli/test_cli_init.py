from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.store import Database, ground, reference
from tests.web.cli.hands import Call, keep_key, one_sentence
from web.accounts import is_one_time
from web.installation import Installation


def _type(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_init_makes_everything_with_one_administrator_and_a_one_time_password(call: Call, home: Path) -> None:
    said = call("init", "--username", " Quan.Tri ", "--name", "Quản Trị Thử")
    assert said.code == 0
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "key" / "master.key").stat().st_mode & 0o777 == 0o600
    assert (home / "casework.db").stat().st_mode & 0o777 == 0o600
    (once,) = re.findall(r"(?:[0-9a-z]{4}-){3}[0-9a-z]{4}", said.out)
    assert is_one_time(once)
    database = Database(Installation.real().url)
    with database.read() as connection:
        held = reference.load(connection)
        people = connection.execute(
            select(ground.actor.c.username, ground.actor.c.password, ground.actor.c.name)
        ).all()
        functions = connection.scalars(select(ground.holding.c.function)).all()
        published = {each.definition for each in reference.definitions(connection)}
    database.close()
    assert held.installation.kind == "real"
    assert held.installation.demo_now is None
    ((username, password, name),) = people
    assert (username, name) == ("quan.tri", "Quản Trị Thử")
    assert password.startswith("$argon2id$")
    assert once not in password
    assert functions == ["admin"]
    assert published == {"child_case", "education_support", "vocational_training", "family_livelihood"}
    assert len(held.areas) > 50
    assert held.decision_tables.keys() >= {"child_labour_legal_2021"}
    assert call("verify").code == 0


def test_init_asks_for_what_was_not_given(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _type(monkeypatch, "quan.tri", "Quản Trị Thử")
    said = call("init", "--lang", "en")
    assert said.code == 0
    assert "User name of the first administrator" in said.out
    assert "Sign in as quan.tri" in said.out


def test_init_takes_a_password_from_standard_input_and_does_not_print_it(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _type(monkeypatch, "short")
    said = call("init", "--username", "quan.tri", "--name", "Quản Trị Thử", "--password-stdin")
    assert said.code == 2
    assert "12" in said.err
    _type(monkeypatch, "mười hai con vịt xuống ao")
    said = call("init", "--username", "quan.tri", "--name", "Quản Trị Thử", "--password-stdin")
    assert said.code == 0
    assert "con vịt" not in said.out + said.err


def test_init_again_changes_nothing_but_the_schema_and_guards(call: Call, installed: Path) -> None:
    home = installed
    key = (home / "key" / "master.key").read_bytes()
    connection = sqlite3.connect(home / "casework.db")
    connection.execute("DROP TRIGGER guard_case_event_update")
    connection.commit()
    said = call("serve", "--lang", "en")
    assert said.code == 1
    assert "case_event.update" in said.err
    assert "./run init" in said.err
    assert call("init").code == 0
    assert (home / "key" / "master.key").read_bytes() == key
    assert connection.execute("SELECT count(*) FROM actor").fetchone() == (1,)
    assert connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'guard_case_event_update'"
    ).fetchone() == (1,)
    connection.close()


def test_init_makes_no_second_key_for_an_installation_that_has_lost_its_own(
    call: Call, installed: Path
) -> None:
    key = installed / "key" / "master.key"
    key.unlink()
    said = call("init")
    assert said.code != 0
    assert one_sentence(said.err)
    assert not key.exists()


def test_init_refuses_a_folder_others_can_enter(call: Call, home: Path) -> None:
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    said = call("init", "--username", "quan.tri", "--name", "X")
    assert said.code == 2
    assert f"chmod 700 {home}" in said.err
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("username", ["ab", "Quản", "a b c", "-abc", "x" * 65])
def test_init_refuses_a_user_name_that_is_none(call: Call, home: Path, username: str) -> None:
    said = call("init", f"--username={username}", "--name", "X")
    assert said.code == 2
    assert one_sentence(said.err)
    assert not home.exists()


def test_after_a_refused_init_the_next_one_goes_on(call: Call, home: Path) -> None:
    call("init", "--username", "ab", "--name", "X")
    assert call("init", "--username", "quan.tri", "--name", "X").code == 0
    assert is_made(home)


def test_an_init_that_is_broken_off_leaves_nothing_behind(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answers in ((), ("quan.tri",)):
        _type(monkeypatch, *answers)
        assert call("init").code == 130
        assert not home.exists()


def test_what_was_made_by_half_is_no_installation(call: Call, home: Path) -> None:
    from engine.store import migrate

    keep_key(home)
    migrate(Installation.real().url)
    said = call("case", "list", "--as", "admin")
    assert said.code == 2
    assert "./run init" in said.err
    assert "bản trình diễn" in said.err
    assert call("serve").code == 2
    assert call("init", "--username", "quan.tri", "--name", "X").code == 0
    assert is_made(home)


def test_a_database_without_an_installation_names_the_demonstration(
    database: str, call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_key(home)
    monkeypatch.setenv("CASEWORK_DATABASE", database)
    said = call("case", "list", "--as", "officer")
    assert said.code == 2
    assert ("./run" if database.startswith("sqlite") else "--demo") in said.err


def is_made(home: Path) -> bool:
    """Is there an installation in the folder's database?"""
    with closing(sqlite3.connect(home / "casework.db")) as connection:
        return bool(connection.execute("SELECT count(*) FROM installation").fetchone()[0])


def test_a_demonstration_never_becomes_a_real_installation(call: Call, home: Path) -> None:
    keep_key(home)
    from engine.store import migrate

    migrate(Installation.real().url)
    database = Database(Installation.real().url)
    with database.write() as connection:
        reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", datetime.now(UTC))
    database.close()
    assert call("init", "--username", "quan.tri", "--name", "X").code == 2
    assert call("serve").code == 2
