from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine import Engine, FixedClock, MasterKey
from engine.registry.names import syllables
from engine.store.cases import case_ids, find_case
from engine.store.steps import step_transaction
from tests.support import scratch
from web.demo import build
from web.demo_story import CHILDREN
from web.installation import Installation
from workflows import catalogue

MOMENT = datetime(2026, 11, 23, 3, 45, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo() -> Any:
    """The demo, built once as `./run` builds it."""
    with scratch.folder() as folder:
        home = Path(folder) / "demo"
        installation = Installation(home, f"sqlite:///{home / 'demo.db'}", home / "key" / "master.key")
        build(installation, MOMENT)
        engine = Engine(installation.url, MasterKey.load(installation.key), FixedClock(MOMENT))
        yield installation, engine
        engine.database.close()


def _cases(engine: Engine) -> list[str]:
    with engine.database.read() as connection:
        return list(case_ids(connection))


def _private_texts(engine: Engine) -> set[str]:
    """Every private text of every case, decrypted: long enough to be no accident of other bytes."""
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
            )
        found |= {text for value in values.values() for text in _texts(value)}
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if len(value) >= 8 else []
    if isinstance(value, tuple):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    return []


def test_every_case_of_the_demo_folds_to_its_row(demo: Any) -> None:
    _, engine = demo
    cases = _cases(engine)
    assert len(cases) > len(CHILDREN)
    assert {case: engine.replay(case) for case in cases} == dict.fromkeys(cases, ())


def test_no_private_value_of_the_demo_stands_in_the_database_file(demo: Any) -> None:
    installation, engine = demo
    texts = _private_texts(engine)
    assert any("Triệu" in each for each in texts)
    names = {child.name for child in CHILDREN if child.name}
    raw = b"".join(path.read_bytes() for path in installation.home.glob("demo.db*"))
    assert b"case_event" in raw
    shipped = "".join([*catalogue.definition_texts().values(), *map(str, catalogue.code_lists().values())])
    # What is also a word of the shipped workflows stands in the file as that word.
    own = {each for each in texts | names if each not in shipped and each not in catalogue.demo_people()}
    assert len(own) > 60
    assert [each for each in own if each.encode() in raw or " ".join(syllables(each)).encode() in raw] == []


def test_the_demo_shows_cases_in_many_states(demo: Any) -> None:
    _, engine = demo
    with engine.database.read() as connection:
        rows = [find_case(connection, case) for case in _cases(engine)]
    states = {row.state for row in rows if row and row.parent is None}
    assert {
        "reported",
        "verifying",
        "planning",
        "implementing",
        "closed",
        "monitoring",
        "not_verified",
    } <= states
    assert {row.definition for row in rows if row} >= {"child_case", "education_support", "family_livelihood"}


def test_nobody_in_the_demo_has_a_password(demo: Any) -> None:
    from engine.store import people

    _, engine = demo
    with engine.database.read() as connection:
        assert all(each.password is None for each in people.demo_people(connection))
