"""What the case page says of people and of what happened, in both languages."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask import Flask

from engine import Command, Engine, FixedClock
from tests.web.journey import OFFICER, bring
from tests.web.visitor import Visitor


@pytest.fixture
def engine(demo: Flask) -> Engine:
    found = demo.extensions["casework"]
    assert isinstance(found, Engine)
    return found


def page(demo: Flask, case: str, language: str) -> str:
    visitor = Visitor(demo, address="127.0.0.1", host="127.0.0.1:8000")
    visitor.client.set_cookie("language", language, domain="127.0.0.1")
    assert visitor.click(OFFICER).status_code == 303
    return visitor.get(case).text


def told(engine: Engine, upto: str) -> str:
    assert isinstance(engine.clock, FixedClock)
    return bring(engine, engine.clock, upto)


def people(text: str) -> list[str]:
    """The roles on the list of people."""
    return re.findall(r"<li><p>[^<]+<small>([^<]+)</small>", text.partition('id="people"')[2])


@pytest.mark.parametrize(
    ("language", "roles", "title"),
    [
        ("vi", {"Trẻ em", "Người đang chăm sóc trẻ"}, "Họ và tên trẻ"),
        ("en", {"Child", "Present carer"}, "Child's name"),
    ],
)
def test_people_are_called_by_who_they_are_and_not_by_the_title_of_a_field(
    demo: Flask, engine: Engine, language: str, roles: set[str], title: str
) -> None:
    said = people(page(demo, told(engine, "receive"), language))
    assert roles <= set(said)
    assert title not in said


@pytest.mark.parametrize(
    ("language", "asked", "taken"),
    [
        (
            "vi",
            "đề nghị đính chính. Thông tin: Họ và tên trẻ.",
            "bắt đầu xác minh. Hồ sơ chuyển sang “Đang xác minh”.",
        ),
        (
            "en",
            "proposed the step “Correct data”. Fields: Child&#39;s name.",
            "took the step “Start verification”. The case moved to “Verifying”.",
        ),
    ],
)
def test_a_step_that_waits_for_a_decision_was_proposed_and_any_other_was_taken(
    demo: Flask, engine: Engine, language: str, asked: str, taken: str
) -> None:
    case = told(engine, "start_verification")
    outcome = engine.apply(
        Command(
            id=str(uuid4()), case=case.rpartition("/")[2], trigger="correct_data", actor=OFFICER, reason="Giấy khai sinh",
            values={"child_name": "Triệu Thị Lúa"},
        )
    )  # fmt: skip
    assert outcome.applied, outcome.blockers
    text = page(demo, case, language)
    assert asked in text
    assert taken in text
