"""`bench available`: every way on from a case's page, with its reasons, for the busiest case of the demonstration.

Also the whole page's reading (`view`), which decrypts all that the person may read and records the look.
"""

from __future__ import annotations

from functools import partial
from statistics import median

from engine import Engine
from engine.store.cases import case_ids, find_case
from tests.bench.ground import KINDS, demonstration, load, say, spread, timed

ROUNDS, TIMES = 7, 50


def main() -> None:
    """Measure both databases and print the result in milliseconds."""
    results = {}
    for kind in KINDS:
        with demonstration(kind) as running:
            results[kind] = _measure(kind, running)
    say("RESULT " + " ".join(f"{kind}_ms={took * 1e3:.2f}" for kind, took in results.items()))


def _measure(kind: str, running: Engine) -> float:
    ways, case, actor = max(_pairs(running))
    ask = partial(running.available, case, actor)
    view = partial(running.view, case, actor, "case page")
    timed(ask, TIMES)
    asked = [timed(ask, TIMES) for _ in range(ROUNDS)]
    viewed = [timed(view, TIMES) for _ in range(ROUNDS)]
    say(f"{kind}: {load()}; {ROUNDS} rounds of {TIMES}; a case with {ways} ways on")
    say(f"  available {spread(asked)}, view with its read log {spread(viewed)}")
    return median(asked)


def _pairs(running: Engine) -> list[tuple[int, str, str]]:
    """(how many ways, case, its owner) of the demonstration's cases."""
    with running.database.read() as connection:
        rows = [row for each in case_ids(connection) if (row := find_case(connection, each))]
    return [(len(running.available(row.id, row.owner)), row.id, row.owner) for row in rows if row.owner]


if __name__ == "__main__":
    main()
