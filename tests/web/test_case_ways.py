"""Which steps stand first, which are folded away, and how My work leads to them (web/case_ways.py, web/views/work.py)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from engine import Command, Engine, FixedClock
from engine.store import reference
from engine.store.rows import HoldingRow
from tests.web import roads
from tests.web.journey import BA_BE, CHAIR, OFFICER, SUPERVISOR, bring
from tests.web.visitor import Visitor
from web.endings import ending


@pytest.fixture
def engine(demo: Flask) -> Engine:
    found = demo.extensions["casework"]
    assert isinstance(found, Engine)
    return found


def told(engine: Engine, upto: str, **child: str) -> str:
    """The address of a case told up to a step."""
    assert isinstance(engine.clock, FixedClock)
    return bring(engine, engine.clock, upto, **child)


def page(demo: Flask, person: str, address: str) -> str:
    visitor = Visitor(demo, address="127.0.0.1", host="127.0.0.1:8000")
    assert visitor.click(person).status_code == 303
    return visitor.get(address).text


def cards(text: str) -> list[tuple[str, str]]:
    """(look of the button, trigger) of the next steps that can be taken, in their order."""
    part = text.partition("card-ways")[2].partition("asides")[0]
    return re.findall(r'class="button button-(\w+)" href="[^"]*#(\w+)"', part)


# Told in the order of their limits: due on the day of the report, on the third day, on the seventh.
@pytest.mark.parametrize(
    ("upto", "first"),
    [
        ("receive", "forward"),
        ("start_verification", "confirm"),
        ("assess_initial", "assess_specific"),
        ("approve_plan", "end_screening"),
    ],
)
def test_the_green_button_stands_first_and_ends_the_nearest_limit(
    demo: Flask, engine: Engine, upto: str, first: str
) -> None:
    case = told(engine, upto)
    view = engine.view(case.rpartition("/")[2], OFFICER, "test")
    assert view
    nearest = min(view.scene.seen.deadlines, key=lambda row: row["due_at"])
    scene = view.scene
    of_state = "" if nearest["scope"] == "case" else nearest["state"]
    ends = {each.transition.trigger for each in ending(scene.workflow, scene.state, of_state, nearest["key"])}
    found = cards(page(demo, OFFICER, case))
    assert found[0] == ("primary", first)
    assert first in ends
    assert {look for look, _ in found[1:]} == {"plain"}


def test_my_work_opens_the_step_itself_for_whoever_may_take_it(demo: Flask, engine: Engine) -> None:
    case = told(engine, "submit_plan")
    links = re.findall(r'class="button button-plain" href="([^"]*)"', page(demo, CHAIR, "/work"))
    assert links == [f"{case}?way=approve_plan#approve_plan"]
    assert '<form class="form" id="approve_plan"' in page(demo, CHAIR, links[0].partition("#")[0])
    waiting = page(demo, OFFICER, "/work?list=waiting")
    assert case not in re.findall(r'class="button button-plain" href="([^"?]*)\?', waiting)


def test_an_emergency_stands_on_top_for_who_answers_for_the_case_and_says_who_must_act(
    demo: Flask, engine: Engine
) -> None:
    no_chair(engine)
    told(engine, "start_verification")
    case = told(engine, "receive").rpartition("/")[2]
    step(engine, case, "declare_emergency", values=roads.EMERGENCY)
    rows = page(demo, OFFICER, "/work").partition("<tbody>")[2].split("</tr>")
    assert "Thực hiện biện pháp khẩn cấp" in rows[0]
    assert "Chờ Chủ tịch UBND cấp xã" in rows[0]
    assert f'href="/cases/{case}"' in rows[0]
    assert "Chờ " not in "".join(rows[1:])
    own = page(demo, CHAIR, "/work").partition("<tbody>")[2].partition("</tr>")[0]
    assert f'href="/cases/{case}?way=secure_child#secure_child"' in own
    assert "Chờ " not in own


def test_what_only_others_may_do_is_one_line_with_every_reason_inside(demo: Flask, engine: Engine) -> None:
    case = told(engine, "confirm")
    part = page(demo, CHAIR, case).partition("card-ways")[2].partition("asides")[0]
    before, _, fold = part.partition('<details class="fold others">')
    assert "<summary>2 bước do người khác thực hiện</summary>" in fold
    others = ["Đánh giá ban đầu", "Chuyển theo dõi"]
    assert re.findall(r"<h3>(.*?) <span", fold) == others
    assert fold.count("Chưa được:") == 2
    assert "way-blocked" not in before
    officer = page(demo, OFFICER, told(engine, "assess_initial"))
    assert "others" not in officer.partition("card-ways")[2].partition("asides")[0]
    assert "way-blocked" in officer  # blocked for another reason: in sight


def test_there_is_a_card_of_tracks_where_there_are_some_or_one_can_be_opened(
    demo: Flask, engine: Engine
) -> None:
    for upto, person, there in (
        ("receive", OFFICER, False),
        ("approve_plan", OFFICER, True),
        ("approve_plan", CHAIR, False),
    ):
        assert ('id="tracks"' in page(demo, person, told(engine, upto))) == there


def no_chair(engine: Engine) -> None:
    """The officer of this demonstration stands in for the chairman; not any more."""
    ended = HoldingRow(
        id=f"{OFFICER}:second", actor=OFFICER, function="commune_chair", agency="ubnd_ba_be", area=BA_BE,
        valid_from=date(2025, 7, 1), valid_to=date(2026, 1, 1),
    )  # fmt: skip
    with engine.database.write() as connection:
        reference.put_holdings(connection, [ended])


def step(engine: Engine, case: str, trigger: str, **more: Any) -> None:
    outcome = engine.apply(Command(id=str(uuid4()), case=case, trigger=trigger, actor=OFFICER, **more))
    assert outcome.applied, outcome.blockers


def summary(demo: Flask, person: str, case: str) -> list[str]:
    """The line that folds them up, if there is one."""
    return re.findall(r'asides"><summary>(.*?)</summary>', page(demo, person, case))


def test_where_nothing_else_can_be_done_that_is_said_in_words(demo: Flask, engine: Engine) -> None:
    case = told(engine, "receive", channel="school")
    assert summary(demo, CHAIR, case) == ["Việc khác trên hồ sơ (2 việc làm được ngay)"]
    step(engine, case.rpartition("/")[2], "withdraw", reason="Nhập nhầm")
    assert summary(demo, CHAIR, case) == ["Việc khác trên hồ sơ (hiện chưa có việc nào làm được)"]


def test_where_another_must_act_no_step_aside_is_green_and_who_must_act_is_in_sight(
    demo: Flask, engine: Engine
) -> None:
    no_chair(engine)
    case = told(engine, "receive")
    step(engine, case.rpartition("/")[2], "declare_emergency", values=roads.EMERGENCY)
    officer = page(demo, OFFICER, case)
    assert "primary" not in {look for look, _ in cards(officer)}
    _, _, fold = officer.partition('<details class="fold others" open>')
    assert "Thực hiện biện pháp khẩn cấp" in fold.partition("</details>")[0]
    assert "propose_closure" in fold.partition("</details>")[2]
    assert cards(page(demo, CHAIR, case))[0] == ("primary", "secure_child")


def test_opening_an_ended_case_again_is_never_the_green_step(demo: Flask, engine: Engine) -> None:
    case = told(engine, "receive", channel="school")
    step(engine, case.rpartition("/")[2], "withdraw", reason="Nhập nhầm")
    assert cards(page(demo, SUPERVISOR, case)) == [("plain", "reopen")]
