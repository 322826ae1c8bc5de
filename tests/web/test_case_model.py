"""What the case page says of time, without a page (web/case_model.py)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, g

from web.case_model import since_text

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
