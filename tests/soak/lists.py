"""50,000 cases on each database: every list, the supervision grid and a timeline within a stated time.

Not collected by itself: `./test tests/soak/lists.py -s` (some minutes). SOAK_CASES in the environment: how many, 50000
if it is not set. The cases are copies of real ones (tests/bench/crowd.py); each line of the result names what was
asked, by whom, the median of five and the time stated for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import median

import pytest

from engine import Engine
from engine.listing import Listing
from engine.store.lists import Filter
from tests.bench.crowd import fill
from tests.bench.ground import KINDS, demonstration, load, say, timed
from web.demo.crew import BA_BE, LEAD, crew

CASES = int(os.environ.get("SOAK_CASES", "50000"))
STATED = {  # seconds; the machine may be busy with other tests
    "list": 0.5, "late": 0.5, "count": 0.5, "search": 1.0, "my work": 0.5, "supervision": 1.0, "stays": 1.0, "timeline": 0.2, "file": 0.5,
}  # fmt: skip
PEOPLE = {"officer": crew()[BA_BE]["officer"], "lead": LEAD}
SIZE, SEARCHED = 30, "luc thi ngan duc"


@pytest.fixture(params=KINDS)
def crowded(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, str]]:
    with demonstration(request.param) as running:
        yield running, fill(running, 0, CASES)[-1]


def asked(running: Engine, case: str, person: str) -> Mapping[str, Callable[[], object]]:
    """What a person asks of many cases, each as one call that reads the database anew."""

    def listing(ask: Callable[[Listing], object]) -> object:
        with running.database.read() as connection:
            return ask(Listing(running, connection, person))

    now = running.clock.now()
    functions = {"commune_officer", "province_child_lead"}
    return {
        "list": partial(listing, lambda lists: lists.shown(lists.page(Filter(), limit=SIZE))),
        "late": partial(listing, lambda lists: lists.page(Filter(late_at=now), limit=SIZE)),
        "count": partial(listing, lambda lists: lists.count(Filter())),
        "search": partial(listing, lambda lists: lists.search(SEARCHED)),
        "my work": partial(listing, lambda lists: lists.tasks(functions, limit=SIZE)),
        "supervision": partial(listing, lambda lists: lists.grid("child_case")),
        "stays": partial(listing, lambda lists: lists.stays("child_case")),
        "timeline": partial(running.timeline, case),
        "file": partial(running.view, case, LEAD, "case page"),
    }


def test_trap_20_with_fifty_thousand_cases_every_list_comes_in_the_time_stated(
    crowded: tuple[Engine, str],
) -> None:
    running, case = crowded
    assert {each.code for each in running.replay(case)} <= {"due_at"}  # a crowd spreads its due moments
    kind = "sqlite" if running.database.is_sqlite else "postgresql"
    say(f"{kind}, {CASES} cases; {load()}")
    late = []
    for name, person in PEOPLE.items():
        for what, ask in asked(running, case, person).items():
            assert ask(), what
            took = median(timed(ask, 1) for _ in range(5))
            say(f"  {name}: {what} {took * 1e3:.1f} ms (stated {STATED[what] * 1e3:.0f})")
            late += [(name, what, took)] if took > STATED[what] else []
    say(f"RESULT {kind} cases={CASES} late={len(late)}")
    assert not late
