"""Thousands of random guards and workflows for the provers. Not collected by itself: `./test tests/soak/proof.py`.

SOAK_RUNS in the environment: how many of each law, 5000 if it is not set (some ten minutes).
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.definition.proof import test_compared, test_ends, test_provers, test_reach

LAWS = [
    test_provers.test_enumeration_z3_and_brute_force_agree_exactly,
    test_provers.test_z3_calculates_as_the_guards_do,
    test_provers.test_what_is_not_looked_into_allows_more_and_never_less,
    test_provers.test_a_witness_shows_it_whatever_the_rest_is,
    test_reach.test_no_case_goes_where_the_proof_says_that_none_can,
    given(test_reach.WAYS)(
        test_ends.test_a_case_that_can_never_end_is_told_and_no_other.hypothesis.inner_test
    ),  # type: ignore[attr-defined]
    test_compared.test_what_passes_one_guard_alone_is_found_exactly,
    test_compared.test_where_it_is_decided_nothing_is_overlooked,
    test_compared.test_turned_round_stricter_is_looser,
]
MANY = settings(
    max_examples=int(os.environ.get("SOAK_RUNS", "5000")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_thousands_of_runs(law: Any) -> None:
    MANY(law)()
