from __future__ import annotations

import html
import logging
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from engine import Engine
from engine.registry.names import syllables
from engine.store.cases import case_ids, find_case
from engine.store.steps import step_transaction
from tests.web.demo_house import MOMENT, copied
from tests.web.visitor import Visitor
from web.app import create_app
from web.demo.crew import LEAD
from web.demo.story import children
from workflows import catalogue


@pytest.fixture(scope="module")
def demo(built_demo: Path) -> Any:
    """The demo, built once as `./run` builds it."""
    with copied(built_demo) as made:
        yield made


def _cases(engine: Engine) -> list[str]:
    with engine.database.read() as connection:
        return list(case_ids(connection))


def _private_values(engine: Engine) -> set[str]:
    """Every private text, date and telephone number of every case, decrypted, as it would stand in a file.

    Left out is what would be found by accident: words of fewer than eight letters, plain amounts.
    """
    found: set[str] = set()
    for case in _cases(engine):
        with (
            step_transaction(engine.database, write=False) as transaction,
            engine.database.read() as connection,
        ):
            row = find_case(connection, case)
            assert row is not None
            seen = transaction.look(case=case, command="", actor="", today=MOMENT.date(), lock=False)
            workflow = engine.library.workflow(row.definition, row.definition_number)
            values = engine.vault.unsealed(
                workflow.field, row, seen.keys, transaction.sealed(row, list(row.sealed))
            ).values
        found |= {text for name, value in values.items() for text in _texts(value, born=name == "child_dob")}
    return found


def _texts(value: Any, *, born: bool = False) -> list[str]:
    match value:
        case str():
            return [value] if len(value) >= 8 else []
        case date() if born:  # other dates are also dates of open things
            return [value.isoformat(), f"{value:%d/%m/%Y}"]
        case tuple():
            return [text for each in value for text in _texts(each)]
        case dict():
            return [text for each in value.values() for text in _texts(each)]
    return []


def test_every_case_of_the_demo_folds_to_its_row(demo: Any) -> None:
    _, engine = demo
    cases = _cases(engine)
    assert len(cases) > len(children())
    assert {case: engine.replay(case) for case in cases} == dict.fromkeys(cases, ())


def test_no_private_value_of_the_demo_stands_in_a_file_or_a_log(
    demo: Any, caplog: pytest.LogCaptureFixture
) -> None:
    installation, engine = demo
    caplog.set_level(logging.DEBUG)
    holding = sqlite3.connect(
        installation.home / "demo.db"
    )  # keeps the write-ahead log from being cleared away
    holding.execute("BEGIN")
    holding.execute("SELECT count(*) FROM cases").fetchone()
    shown = _look_at_everything(engine)
    secrets = _private_values(engine)
    assert sum(each in shown for each in secrets) > 60  # the pages did show them, to someone who may look
    files = {path.name: path.read_bytes() for path in installation.home.glob("demo.db*")}
    holding.close()
    assert b"case_event" in files["demo.db"]
    assert len(files["demo.db-wal"]) > 10_000
    shipped = "".join([*catalogue.definition_texts().values(), *map(str, catalogue.code_lists().values())])
    # What is also a word of the shipped workflows stands in the file as that word.
    own = {each for each in secrets if each not in shipped and each not in catalogue.demo_people()}
    assert {child.name for child in children() if child.name} <= own
    said = {"log": caplog.text.encode(), **files}
    assert "sign_in" in caplog.text
    found = [
        (name, each)
        for name, text in said.items()
        for each in own
        if each.encode() in text or " ".join(syllables(each)).encode() in text
    ]
    assert found == []


def _look_at_everything(engine: Engine) -> str:
    """The pages of all cases as the provincial supervisor sees them, and one that was refused."""
    visitor = Visitor(create_app(engine, demo_sign_in=True), address="127.0.0.1")
    assert visitor.click(LEAD).status_code == 303
    pages = [visitor.get(f"/cases/{case}{more}") for case in _cases(engine) for more in ("", "/record")]
    pages += [visitor.get("/cases/" + str(UUID(int=7))), visitor.get("/cases"), visitor.get("/supervision")]
    assert {each.status_code for each in pages} == {200, 404}
    return html.unescape("".join(each.text for each in pages))


def test_nobody_in_the_demo_has_a_password(demo: Any) -> None:
    from engine.store import people

    _, engine = demo
    with engine.database.read() as connection:
        assert all(each.password is None for each in people.demo_people(connection))
