"""Which text of a rule table a case is judged by: the one in force on the work date, in the installation's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine import Engine
from tests.engine.evidence import row_of
from tests.engine.wide import open_wide
from tests.support.world import fire, publish

BY_MOMENT = (Path(__file__).parent / "wide.yaml").read_text("utf-8").replace("on: day,", "on: moment,")


@pytest.mark.parametrize(
    ("moment", "proposed"),
    [
        (datetime(2020, 12, 31, 16, 30, tzinfo=UTC), None),  # 23:30 of the last day without rules
        (datetime(2020, 12, 31, 17, 30, tzinfo=UTC), "heavy"),  # 0:30 of the first day with them
    ],
)
def test_a_moment_counts_as_its_day_in_vietnam(wide: Engine, moment: datetime, proposed: Any) -> None:
    with wide.database.write() as connection:
        publish(connection, BY_MOMENT)
    case = open_wide(wide).case
    assert fire(wide, case, "fill", "officer", moment=moment, weight=Decimal("20.5")).applied
    assert row_of(wide, case).data.get("proposed") == proposed
