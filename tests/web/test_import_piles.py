"""The rows of a preview in piles that add up, and rows that are the same left out unless they are asked for."""

from __future__ import annotations

import re

import pytest

from engine import Engine
from engine.store import tables
from engine.worker import Worker
from tests.schemas.books import LINE, listed
from tests.web.journey import OFFICER
from tests.web.test_imports import WRONG, sent
from tests.web.visitor import Visitor, rows
from web.app import create_app

OTHER = ["Ma Thị Thử", "12/3/2014", *LINE[2:]]
ALIKE = ["Ma Thị Thử", "12/3/2014", *LINE[2:6], "Bán hàng rong"]  # the same child, told of otherwise


@pytest.fixture
def officer(furnished: Engine) -> Visitor:
    visitor = Visitor(create_app(furnished, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(OFFICER)
    return visitor


def tiles(page: str) -> dict[str, int]:
    found = re.findall(
        r'tile-n num">(?:<svg.*?</svg>)?(\d+)</span>\s*<span class="tile-label">(.*?)<', page, re.S
    )
    return {label: int(n) for n, label in found}


def opened(engine: Engine) -> int:
    while Worker(engine).turn().imported:
        pass
    return len(rows(engine, tables.cases))


def test_the_tiles_have_no_row_in_common_and_add_up(officer: Visitor) -> None:
    page = officer.get(sent(officer, listed(LINE, LINE, OTHER, ALIKE, WRONG))).text
    assert tiles(page) == {
        "dòng phải sửa": 1, "dòng trùng dòng khác": 1, "dòng cần xem lại": 1, "dòng sẵn sàng": 2, "dòng đã nhận trước đây": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("list_", "there"), [("twins", [3]), ("warned", [5]), ("waiting", [2, 4])])
def test_each_tile_leads_to_its_own_rows(officer: Visitor, list_: str, there: list[int]) -> None:
    here = sent(officer, listed(LINE, LINE, OTHER, ALIKE, WRONG))
    page = officer.get(f"{here}?list={list_}").text
    assert [int(each) for each in re.findall(r'class="num nowrap">Dòng (\d+)', page)] == there


def test_a_row_that_says_the_same_as_another_is_left_out(officer: Visitor, furnished: Engine) -> None:
    here = sent(officer, listed(LINE, LINE, OTHER))
    assert "Mở 2 hồ sơ" in officer.get(here).text
    officer.post(f"{here}/start", {})
    assert opened(furnished) == 2
    assert "Dòng này giống hệt dòng 2." in officer.get(f"{here}?list=left").text


def test_it_is_brought_in_when_that_is_asked_for(officer: Visitor, furnished: Engine) -> None:
    here = sent(officer, listed(LINE, LINE, OTHER))
    assert "Mở cả 3 dòng, kể cả 1 dòng trùng" in officer.get(here).text
    officer.post(f"{here}/start", {"twins": "1"})
    assert opened(furnished) == 3


def test_a_list_that_cannot_start_loses_no_row(officer: Visitor, furnished: Engine) -> None:
    here = sent(officer, listed(LINE, LINE, WRONG))
    officer.post(f"{here}/start", {})  # a row is bad
    assert tiles(officer.get(here).text)["dòng trùng dòng khác"] == 1
    officer.post(f"{here}/start", {"good_only": "1"})
    assert opened(furnished) == 1
