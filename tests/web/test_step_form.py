"""What the form of a step says of the columns of a table: which must be filled in each row, and which need not be."""

from __future__ import annotations

import re

from tests.web import journey
from tests.web.journey import OFFICER, House

MUST, OPTIONAL = "bắt buộc", "không bắt buộc"


def labels(house: House, upto: str, way: str, table: str) -> dict[str, str]:
    """By column, what is marked beside it in the first row."""
    case = journey.bring(house.engine, house.clock, upto)
    officer = house.hands(OFFICER)
    officer.go(f"{case}?way={way}")
    found = {}
    for label in officer.page.locator(f'[data-rows-of="{table}"] [data-row]').first.locator("label").all():
        text = label.text_content() or ""
        mark = next((each for each in (OPTIONAL, MUST) if each in text), "")
        found[re.sub(rf"\s*(\*|{OPTIONAL}|{MUST}).*", "", text, flags=re.DOTALL).strip()] = mark
        control = officer.page.locator(f'[id="{label.get_attribute("for")}"]')
        assert (control.get_attribute("aria-required") == "true") == (mark == MUST)
    return found


def test_a_plan_marks_what_each_action_must_have_and_what_comes_only_later(house: House) -> None:
    marked = labels(house, "assess_specific", "submit_plan", "actions")
    assert {each for each, mark in marked.items() if mark == MUST} == {
        "Người thực hiện",
        "Thời hạn",
        "Nguồn kinh phí",
    }
    assert {"Kết quả", "Lý do hủy", "Kinh phí"} <= {each for each, mark in marked.items() if mark == OPTIONAL}
    assert "" not in marked.values()


def test_a_column_that_is_wanted_only_sometimes_carries_no_mark(house: House) -> None:
    marked = labels(house, "approve_plan", "start_review", "actions")
    assert marked == {"Kết quả": "", "Lý do hủy": OPTIONAL}
