"""What the case page says of time, without a page (web/case_model.py)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g

from engine import Engine
from engine.store.cases import case_ids, find_case
from engine.words import Words
from tests.web.journey import TEACHER
from web.app import create_app
from web.case_line import bar
from web.case_model import since_text, standing

ENTERED = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # half an hour before midnight in Hà Nội


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({"minutes": 59}, "chưa đến 1 giờ"),
        ({"hours": 5}, "đã 5 giờ"),
        ({"hours": 23, "minutes": 59}, "đã 23 giờ"),
        ({"hours": 24}, "đã 1 ngày"),
        ({"hours": 47}, "đã 1 ngày"),
        ({"days": 13, "hours": 2}, "đã 13 ngày"),
    ],
)
def test_time_in_a_state_is_told_in_hours_within_the_first_day_and_in_full_days_then(
    demo: Flask, later: dict[str, int], said: str
) -> None:
    with demo.test_request_context():
        g.language = "vi"
        assert since_text(ENTERED, ENTERED + timedelta(**later)) == said


def test_time_in_a_state_counts_from_coming_there_and_a_track_aims_at_its_good_end(
    demonstration: tuple[Engine, str],
) -> None:
    engine = demonstration[0]
    view = next(
        view
        for case in _tracks(engine)
        if (view := engine.view(case, TEACHER, "test")) and view.scene.state == "active"
        and any(each.from_state == each.to_state == "active" for each in view.story)
    )  # fmt: skip
    came = next(each.at for each in view.story if each.to_state == "active")
    assert view.scene.case
    assert came < view.scene.case.entered_at  # a step from the state to itself enters it again
    words = Words(view.scene.workflow, "vi", str, engine.library.zone)
    with create_app(engine, demo_sign_in=True, testing=True).test_request_context():
        g.language = "vi"
        assert f"{came.astimezone(engine.library.zone):%d/%m/%Y}" in standing(view, words)["since"]
        titles = [each["title"] for stage in bar(view, words)["stages"] for each in stage["states"]]
    assert titles[-2:] == ["Đang đi học", "Hoàn thành"]


def _tracks(engine: Engine) -> list[str]:
    with engine.database.read() as connection:
        found = [find_case(connection, each) for each in case_ids(connection)]
    return [each.id for each in found if each and each.definition == "education_support"]
