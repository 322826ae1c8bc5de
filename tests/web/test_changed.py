"""Pages that go by a workflow which was changed in the database: a sentence, no stack trace, nothing done."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from engine import Engine, FixedClock, MasterKey
from tests.engine.evidence import snapshot
from tests.engine.intruder import intruder
from tests.support.world import NOON, SECRET, open_toy
from tests.web.journey import OFFICER
from tests.web.visitor import Visitor
from web.app import create_app

SAID = {
    "vi": "quy trình “toy”, phiên bản 1, không còn đúng như khi ban hành",
    "en": "workflow “toy”, version 1, is not the one that was published",
}


@pytest.fixture
def changed(engine: Engine) -> Iterator[tuple[Engine, str]]:
    """The installation as another process finds it after the workflow was changed, and a case of it."""
    case = open_toy(engine).case
    url = engine.database.url.render_as_string(hide_password=False)
    with intruder(url, case) as there:
        there.run("UPDATE definition_version SET plain = '{}'")
    made = Engine(url, MasterKey(SECRET), FixedClock(NOON))
    yield made, case
    made.database.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_that_goes_by_it_says_which_workflow_and_what_to_do(
    changed: tuple[Engine, str], language: str
) -> None:
    engine, case = changed
    visitor = Visitor(create_app(engine, testing=True))
    visitor.client.set_cookie("language", language)
    visitor.sign_in("officer")
    refused = 0
    for path in (
        "/",
        "/work",
        "/cases",
        f"/cases/{case}",
        f"/cases/{case}/ask",
        f"/cases/{case}/record",
        "/new",
    ):
        answer = visitor.get(path)
        if answer.status_code == 500:
            refused += 1
            assert SAID[language] in answer.text
            assert "./run verify" in answer.text
            assert "Traceback" not in answer.text
    assert refused >= 3
    assert visitor.get(f"/cases/{case}").status_code == 500


def test_a_step_sent_to_it_is_not_taken(changed: tuple[Engine, str]) -> None:
    engine, case = changed
    visitor = Visitor(create_app(engine, testing=True))
    visitor.sign_in("officer")
    before = snapshot(engine.database)
    answer = visitor.post(f"/cases/{case}/ask", {"command": str(uuid4()), "amount": "5", "urgency": "low"})
    assert answer.status_code == 500
    assert SAID["vi"] in answer.text
    assert snapshot(engine.database) == before


def test_what_does_not_go_by_it_still_opens(furnished: Engine) -> None:
    with intruder(furnished.database.url.render_as_string(hide_password=False), "") as there:
        there.run("UPDATE definition_version SET plain = '{}' WHERE definition = 'child_case'")
    visitor = Visitor(create_app(furnished, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(OFFICER)
    found = {path: visitor.get(path).status_code for path in ("/preferences", "/nowhere", "/cases")}
    assert found == {"/preferences": 200, "/nowhere": 404, "/cases": 500}


def test_the_administration_still_opens(changed: tuple[Engine, str]) -> None:
    visitor = Visitor(create_app(changed[0], testing=True))
    visitor.sign_in("admin")
    assert {visitor.get(path).status_code for path in ("/admin/", "/admin/tables/", "/admin/actors/")} == {
        200
    }
