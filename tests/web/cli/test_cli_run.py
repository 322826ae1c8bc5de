from __future__ import annotations

import http.client
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import Engine, FixedClock, SystemClock
from engine.clock import DatabaseClock
from engine.store import Database
from engine.store.safety import unsafe
from tests.engine.worker.story import done, open_helping
from tests.support.world import fire, open_toy
from tests.web.cli.hands import Call, lay_down
from web import cli_words
from web.cli_common import installation
from web.installation import Installation

ANYWHERE = "0.0.0.0"  # noqa: S104 (what is warned of)

# ------------------------------------------------------------------ serving and the worker


def test_serve_refuses_a_database_file_others_can_read(call: Call, installed: Path) -> None:
    (installed / "casework.db").chmod(0o640)
    said = call("serve")
    assert said.code == 1
    assert f"chmod 600 {installed / 'casework.db'}" in said.err


def test_serve_refuses_debug(call: Call, installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    said = call("serve", "--lang", "en")
    assert said.code == 1
    assert "FLASK_DEBUG" in said.err


def test_serve_says_when_it_cannot_listen(call: Call, installed: Path) -> None:
    for host in ("999.1.1.1", "203.0.113.7"):
        said = call("serve", "--host", host)
        assert said.code == 2
        assert host in said.err


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        (("--host", ANYWHERE), True),
        (("--host", ANYWHERE, "--proxy", "127.0.0.1"), False),
        (("--host", "localhost"), False),
        ((), False),
    ],
)
def test_serving_in_the_open_without_https_in_front_is_warned_of(
    call: Call, installed: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], warned: bool
) -> None:
    monkeypatch.setattr("web.cli_run._until_told", lambda server: server.close())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = call("serve", "--port", str(port), *words)
    assert said.code == 0
    assert ("CẢNH BÁO" in said.err) == warned
    assert ("HTTPS" in said.err) == warned


def test_a_postgresql_that_may_lose_steps_or_is_a_superusers_is_unsafe(postgresql_database: str) -> None:
    database = Database(postgresql_database)
    found = unsafe(database)
    assert "superuser" in found
    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        }
    database.close()
    for name, value in settings.items():
        assert (name in found) == (value == "off")


def test_every_unsafe_setting_has_its_sentence() -> None:
    for code in (
        "file_open",
        "fsync",
        "full_page_writes",
        "synchronous_commit",
        "superuser",
        "debug",
        "guards",
    ):
        assert cli_words.say(f"unsafe.{code}", file="x", guards="y")


def test_one_turn_of_the_worker_by_hand(engine: Engine, call: Call) -> None:
    engine.clock = FixedClock(datetime.now(UTC) - timedelta(days=2))
    case = open_helping(engine)
    engine.clock = SystemClock()
    assert call("worker", "--once", "--lang", "en").out.startswith(
        "Missed: 1. Warned: 0. Messages dealt with: 2. New notices: 2."
    )
    assert [each.kind for each in engine.timeline(case)] == ["case_opened", "deadline_breached", "step_taken"]
    assert call("worker", "--once").out.startswith("Quá hạn: 0. ")


def test_a_clock_that_jumped_back_is_told_and_confirmed(engine: Engine, call: Call) -> None:
    from engine.worker import Worker

    engine.clock = FixedClock(datetime.now(UTC) + timedelta(hours=1))
    Worker(engine).turn()
    for _ in range(2):
        said = call("worker", "--once")
        assert said.code == 1
        assert "--confirm-clock" in said.err
    assert call("worker", "--confirm-clock").code == 0
    assert call("worker", "--once").code == 0


def test_a_server_tells_the_time_of_its_installation(engine: Engine, call: Call) -> None:
    found = installation().engine()
    assert isinstance(found.clock, SystemClock if found.database.is_sqlite else DatabaseClock)
    found.database.close()


# ------------------------------------------------------------------ the demonstration


def test_the_demonstration_is_built_served_and_keeps_its_clock_when_it_stops(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "web.cli"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/",
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
            line = process.stdout.readline()
            assert line, said
            said += line
        asked = http.client.HTTPConnection(found[0].removeprefix("http://"), timeout=20)
        asked.request("GET", "/sign-in")
        answer = asked.getresponse()
        assert answer.status == 200
        assert "Bản trình diễn" in answer.read().decode()
        asked.close()
        second = subprocess.run(
            [sys.executable, "-P", "-m", "web.cli"], capture_output=True, text=True, cwd="/", check=False
        )
        assert second.returncode == 1
        assert found[0] in second.stderr
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert rest.endswith("Đã dừng.\n")
    connection = sqlite3.connect(home / "demo" / "demo.db")
    ((kind, kept, made),) = connection.execute(
        "SELECT kind, demo_now, created_at FROM installation"
    ).fetchall()
    connection.close()
    assert kind == "demo"
    assert kept > made
    assert (home / "demo").stat().st_mode & 0o777 == 0o700


def test_a_demonstration_that_was_not_built_to_the_end_is_built_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web import cli_run, demo

    which = Installation.demo()
    which.home.mkdir(parents=True)
    (which.home / "demo.db").touch()
    assert not cli_run.is_built(which)
    monkeypatch.setattr(demo, "build", lambda it: lay_down(it, "demo"))
    cli_run.build(which)
    assert cli_run.is_built(which)


def test_the_real_installation_goes_before_the_demonstration(home: Path) -> None:
    lay_down(Installation.demo(), "demo")
    assert installation() == Installation.demo()
    (home / "casework.db").touch()  # one made by half is none
    assert installation() == Installation.demo()
    lay_down(Installation.real(), "real")
    assert installation() == Installation.real()
    assert installation(demo=True) == Installation.demo()


# ------------------------------------------------------------------ benchmarks


def test_a_benchmark_is_run_by_name(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tests" / "bench").mkdir(parents=True)
    said = call("bench", "frob", "--lang", "en")
    assert said.code == 2
    assert "step" in said.err
    ran: list[str] = []
    monkeypatch.setattr("web.cli_bench.run_module", lambda name, run_name: ran.append(name))
    monkeypatch.setattr(sys, "argv", ["x"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert call("bench", "step").code == 0
    assert ran == ["tests.bench.step"]
    monkeypatch.setattr("web.cli_bench.ROOT", tmp_path / "elsewhere")
    assert call("bench", "step").code == 2


def test_toy_cases_by_hand_and_by_script_are_the_same_record(engine: Engine, call: Call) -> None:
    case = done(open_toy(engine)).case
    done(fire(engine, case, "ask", "officer", amount=5, urgency="low"))
    assert call("case", "fire", case, "grant", "--as", "chair", "--set", "number=12/QĐ").code == 0
    assert call("verify", "--case", case).code == 0
