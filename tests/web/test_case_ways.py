"""How the steps that can be taken at any time are announced (web/case_ways.py)."""

from __future__ import annotations

import re
from uuid import uuid4

from flask import Flask

from engine import Command, Engine, FixedClock
from tests.web.journey import CHAIR, OFFICER, bring
from tests.web.visitor import Visitor


def summary(demo: Flask, person: str, case: str) -> list[str]:
    """The line that folds them up, if there is one."""
    visitor = Visitor(demo, address="127.0.0.1", host="127.0.0.1:8000")
    assert visitor.click(person).status_code == 303
    return re.findall(r'asides"><summary>(.*?)</summary>', visitor.get(case).text)


def test_where_nothing_else_can_be_done_that_is_said_in_words(demo: Flask) -> None:
    engine = demo.extensions["casework"]
    assert isinstance(engine, Engine)
    assert isinstance(engine.clock, FixedClock)
    case = bring(engine, engine.clock, "receive", channel="school")
    assert summary(demo, CHAIR, case) == ["Việc khác trên hồ sơ (2 việc làm được ngay)"]
    withdrawn = Command(
        id=str(uuid4()), case=case.rpartition("/")[2], trigger="withdraw", actor=OFFICER, reason="Nhập nhầm"
    )
    assert engine.apply(withdrawn).applied
    assert summary(demo, CHAIR, case) == ["Việc khác trên hồ sơ (hiện chưa có việc nào làm được)"]
