"""Hundreds of random plans of migration, there and back. Not collected by itself: `./test tests/soak/moves.py`.

SOAK_RUNS in the environment: how many plans on each database, 300 if it is not set (some ten minutes).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings

from engine import Engine
from tests.engine.conftest import toy as toy
from tests.engine.migration import test_back_and_forth

MANY = settings(
    max_examples=int(os.environ.get("SOAK_RUNS", "300")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_hundreds_of_plans(toy: Engine) -> None:
    law = test_back_and_forth.test_taken_back_at_once_every_case_is_exactly_as_it_was.hypothesis.inner_test  # type: ignore[attr-defined]
    MANY(given(drawn=test_back_and_forth.DRAWN)(law))(toy=toy)
