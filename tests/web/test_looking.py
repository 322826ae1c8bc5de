"""Looking changes nothing but the log of who looked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from engine import Engine, FixedClock
from engine.store.tables import metadata, read_log
from tests.web.journey import ADMIN, CHAIR, OFFICER, SUPERVISOR, TEACHER
from tests.web.visitor import Visitor
from web.app import create_app


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables but the log of who looked."""
    found: dict[str, list[Any]] = {}
    with engine.database.read() as connection:
        for table in metadata.sorted_tables:
            if table is not read_log:
                found[table.name] = sorted(map(repr, connection.execute(select(table))))
    return found


def addresses(rule: Rule, case: str) -> Iterator[str]:
    """Addresses of a rule that answers GET, its places filled with what exists."""
    if "GET" in (rule.methods or ()) and rule.arguments <= {"case"}:
        path = re.sub(r"<(?:\w+:)?case>", case, rule.rule)
        yield path
        yield f"{path}?list=late&definition=child_case&way=submit_plan&story=due&find=duc&id=1&url=/&page=2&area=x"


@pytest.mark.parametrize("person", [OFFICER, CHAIR, TEACHER, SUPERVISOR, ADMIN])
def test_looking_changes_nothing_and_keeps_no_connection(
    demonstration: tuple[Engine, str], person: str
) -> None:
    engine = demonstration[0]
    app = create_app(engine, demo_sign_in=True, testing=True)
    visitor = Visitor(app, "127.0.0.1")
    visitor.click(person)
    links = re.findall(
        r'href="/cases/([0-9a-f-]{36})', visitor.get("/cases").text + visitor.get("/work").text
    )
    before = everything(engine)
    answers = [
        visitor.get(path).status_code
        for rule in app.url_map.iter_rules()
        for path in addresses(rule, links[0] if links else str(UUID(int=0)))
    ]
    assert len(answers) > 20
    assert set(answers) <= {200, 302, 404}
    assert everything(engine) == before
    assert engine.database.reader.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert engine.database.writer.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_what_changes_something_is_not_to_be_had_by_looking(demonstration: tuple[Engine, str]) -> None:
    app = create_app(demonstration[0], demo_sign_in=True, testing=True)
    visitor = Visitor(app, "127.0.0.1")
    visitor.click(ADMIN)
    rules = list(app.url_map.iter_rules())
    looked_at = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
    sent_only = [rule.rule for rule in rules if rule.rule not in looked_at]
    assert len(sent_only) >= 5
    for rule in sent_only:
        assert visitor.get(re.sub("<.*?>", "x", rule)).status_code in (404, 405), rule


def test_a_case_page_is_written_down_as_looked_at(demonstration: tuple[Engine, str]) -> None:
    engine = demonstration[0]
    assert isinstance(engine.clock, FixedClock)
    visitor = Visitor(create_app(engine, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(SUPERVISOR)
    case = re.findall(r'href="/cases/([0-9a-f-]{36})', visitor.get("/cases").text)[0]

    def looks() -> list[tuple[str, str]]:
        with engine.database.read() as connection:
            rows = connection.execute(
                select(read_log.c.actor, read_log.c.what).where(read_log.c.case_id == case)
            )
            return [(row.actor, row.what) for row in rows]

    before = looks()
    visitor.get(f"/cases/{case}")
    assert sorted(looks()) == sorted([*before, (SUPERVISOR, "case page")])
