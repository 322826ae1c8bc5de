"""The demonstration told from days of every kind. Not collected by itself: `./test tests/soak/story.py` (half a minute a day)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.verification import replay, verify
from tests.web import test_demo_story as told
from tests.web.conftest import built_demo as built_demo
from tests.web.demo_house import Story, built
from tests.web.test_demo_story import story as story
from web.demo.crew import BA_BE, CHO_RA
from web.demo.story import children

DAYS = (
    datetime(2026, 11, 29, 4, 0, tzinfo=UTC),  # a Sunday
    datetime(2026, 11, 29, 17, 30, tzinfo=UTC),  # half past midnight on a Monday in Vietnam
    datetime(2026, 12, 31, 10, 0, tzinfo=UTC),
    datetime(2027, 2, 7, 3, 0, tzinfo=UTC),  # Tết
    datetime(2028, 2, 29, 3, 0, tzinfo=UTC),
)


@pytest.mark.parametrize("moment", DAYS, ids=lambda each: f"{each:%Y-%m-%d %H:%M}")
def test_the_story_is_the_same_story(story: Story, moment: datetime) -> None:
    with built(moment) as (_, engine):
        other = Story(engine)
        assert {each.key: other.state(each.key) for each in children() if not each.found_by} == {
            each.key: story.state(each.key) for each in children() if not each.found_by
        }
        assert other.states() == told.all_states(other)
        assert not other.limits("cho")["measure"]["breached_at"]
        assert other.limits("su")["verify"]["breached_at"]
        assert {row.area for row in other.rows()} >= {BA_BE, CHO_RA, "01906@2017-01-01"}
        told.test_nobody_worked_at_night_or_on_a_day_off_but_in_an_emergency(other)
        told.test_every_class_is_that_of_the_rules_but_where_a_correction_asks_anew(other)
        assert verify(engine.database).clean
        assert not replay(engine.database).differences
