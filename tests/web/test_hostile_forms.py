"""What no honest browser sends: numbers beyond every bound, thousands of rows and fields, people nobody knows."""

from __future__ import annotations

import re

import pytest

from engine import Engine, FixedClock
from schemas.forms import MAX_ROWS
from tests.web import journey
from tests.web.journey import OFFICER
from tests.web.visitor import Visitor
from web.app import create_app


@pytest.fixture
def engine(furnished: Engine) -> Engine:
    """The shipped content and the demonstration's people."""
    return furnished


@pytest.fixture
def officer(engine: Engine) -> Visitor:
    """At the door of the demonstration."""
    return Visitor(create_app(engine, demo_sign_in=True, testing=True), "127.0.0.1")


def bring(engine: Engine, officer: Visitor, upto: str) -> str:
    """The address of a case told so far, to an officer who has just come in."""
    clock = engine.clock
    assert isinstance(clock, FixedClock)
    case = journey.bring(engine, clock, upto)
    assert officer.click(OFFICER).status_code == 303
    return case


def triggers(engine: Engine, case: str) -> list[str]:
    return [each.transition for each in engine.timeline(case.rpartition("/")[2])]


def test_a_form_made_from_a_version_that_cannot_be_changes_nothing_and_is_no_fault(
    engine: Engine, officer: Visitor
) -> None:
    for version in ("9" * 30, "-" + "9" * 30, "9" * 9, "-1", "abc", ""):
        case = bring(engine, officer, "receive")
        answer = officer.post(f"{case}/start_verification", {"_version": version, "verifier": OFFICER})
        assert answer.status_code == 422, version
        assert triggers(engine, case) == ["open"]


def test_only_who_is_offered_can_be_named(engine: Engine, officer: Visitor) -> None:
    case = bring(engine, officer, "receive")
    for verifier in ("ghost <b>xx", "trieu_mui_nhan", "ban_thi_duyen_ha", "system"):
        answer = officer.post(f"{case}/start_verification", {"_version": "1", "verifier": verifier})
        assert answer.status_code == 422, verifier
        assert "“Người xác minh”: lựa chọn này không có hoặc không còn dùng." in answer.text
    assert triggers(engine, case) == ["open"]


def test_thousands_of_rows_are_told_in_a_sentence_and_not_drawn(engine: Engine, officer: Visitor) -> None:
    case = bring(engine, officer, "assess_specific")
    rows = {f"actions-{number}-activity": "x" for number in range(3000)}
    answer = officer.post(f"{case}/submit_plan", rows)
    assert answer.status_code == 422
    assert str(MAX_ROWS) in re.sub("<[^>]+>", " ", answer.text)
    assert len(set(re.findall(r'name="actions-(\d+)-activity"', answer.text))) <= MAX_ROWS + 1
    assert triggers(engine, case)[-1] == "assess_specific"


def test_of_thousands_of_unknown_fields_a_few_are_told(engine: Engine, officer: Visitor) -> None:
    case = bring(engine, officer, "receive")
    form = {f"strange{number}": "x" for number in range(2000)}
    answer = officer.post(f"{case}/start_verification", form | {"verifier": OFFICER})
    assert answer.status_code == 422
    assert answer.text.count("“strange") <= 40  # once at the top, perhaps once at its place


def test_a_name_cannot_be_written_backwards(officer: Visitor) -> None:
    officer.click(OFFICER)
    base = {"channel": "school", "current_condition": "Làm thuê."}
    assert officer.post("/new", base | {"child_name": "\u202eđức"}).status_code == 422
    for name in ("\u3164", "Đức\u2800An", "\u1160Đức"):
        assert "ký tự không hiển thị được" in officer.post("/new", base | {"child_name": name}).text
    shown = officer.post("/new", base | {"child_name": "Đức\u200b\ufeff An"})
    assert shown.status_code in (303, 422)
    assert "\u200b" not in shown.text or shown.status_code == 422
