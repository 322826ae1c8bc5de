"""The demonstration told from days of every kind. Not collected by itself: `./test tests/soak/story.py` (half a minute a day)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.web.conftest import built_demo as built_demo
from tests.web.test_demo_story import Story, test_the_story_can_be_told_from_any_day
from tests.web.test_demo_story import story as story

DAYS = (
    datetime(2026, 11, 29, 4, 0, tzinfo=UTC),  # a Sunday
    datetime(2026, 11, 29, 17, 30, tzinfo=UTC),  # half past midnight on a Monday in Vietnam
    datetime(2026, 12, 31, 10, 0, tzinfo=UTC),
    datetime(2027, 2, 7, 3, 0, tzinfo=UTC),  # Tết
)


@pytest.mark.parametrize("moment", DAYS, ids=lambda each: f"{each:%Y-%m-%d %H:%M}")
def test_the_story_is_the_same_story(story: Story, moment: datetime) -> None:
    test_the_story_can_be_told_from_any_day(story, moment)
