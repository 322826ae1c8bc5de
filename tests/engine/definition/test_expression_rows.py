"""What a condition asks of every row of a table."""

from __future__ import annotations

import pytest

from engine.definition.expression import asked_of_rows, parse, read_of_rows
from tests.engine.definition.expression_story import SCOPE


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("all_of(actions, known(goal))", {"goal"}),
        ("all_of(actions, known(goal) and known(due) and cost > 0)", {"goal", "due"}),
        ("not known(actions) or all_of(actions, known(goal))", {"goal"}),
        ("forced and all_of(actions, known(goal))", {"goal"}),
        # whether they are wanted depends on the rest:
        ("forced or all_of(actions, known(goal))", set()),
        ("not known(visits) or all_of(actions, known(goal))", set()),
        ("not known(actions) or forced or all_of(actions, known(goal))", set()),
        ("all_of(actions, known(goal) or known(due))", set()),
        ("not all_of(actions, known(goal))", set()),
        ("any_of(actions, known(goal))", set()),
        # of another table, or of none
        ("all_of(visits, known(note))", set()),
        ("count(actions) >= 1", set()),
    ],
)
def test_only_what_no_row_may_lack_is_asked_for(source: str, asked: set[str]) -> None:
    assert asked_of_rows(parse(source, SCOPE), "actions") == asked


def test_a_column_that_is_looked_at_in_any_way_is_told() -> None:
    assert read_of_rows(parse("forced or any_of(actions, cost > 0)", SCOPE), "actions") == {"cost"}
    assert read_of_rows(
        parse("sum(actions, cost) > 0 and all_of(visits, known(note))", SCOPE), "actions"
    ) == {"cost"}
    assert read_of_rows(parse("count(actions) >= 1", SCOPE), "actions") == set()
