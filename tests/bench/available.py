"""`bench available`: every way on with all its reasons, for the page of a case under way with tracks beside it.

The floor is one read of the case's row by the driver alone, in a transaction of its own, in turn with ours. Beside
it stands the page's whole reading (`view`), which decrypts all that the person may read and records the look.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from sqlalchemy import func, select

import engine.engine
from engine import Engine
from engine.access.vault import Vault
from engine.store.steps import StepTransaction
from engine.store.tables import cases
from tests.bench.ground import (
    KINDS,
    demonstration,
    driver,
    in_turn,
    listed,
    load,
    parts,
    say,
    spread,
    timed,
)

ROUNDS, BLOCKS, BLOCK = 7, 6, 20
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("read", StepTransaction, "look"),
    ("unseal what guards read", Vault, "values"),
    ("judge", engine.engine, "ways"),
)


def main() -> None:
    """Measure both databases and print the result, in milliseconds."""
    results = {}
    for kind in KINDS:
        with demonstration(kind) as running:
            ours, low = _measure(kind, running)
        results |= {f"{kind}_ms": ours * 1e3, f"{kind}_floor_ms": low * 1e3}
    say("RESULT " + " ".join(f"{name}={took:.2f}" for name, took in results.items()))


def _measure(kind: str, running: Engine) -> tuple[float, float]:
    case, owner = _under_way(running)
    ask = partial(running.available, case, owner)
    ways = ask()
    assert any(way.blockers for way in ways) and any(not way.blockers for way in ways)
    with driver(running.database.url.render_as_string(hide_password=False)) as alone:
        low = _floor(alone, case)
        in_turn(ask, low, 1, BLOCK)
        rounds = [in_turn(ask, low, BLOCKS, BLOCK) for _ in range(ROUNDS)]
    with parts(PARTS) as took:
        whole = timed(ask, BLOCKS * BLOCK)
    went = {name: median(times) for name, times in took.items()}
    ours, lows = [each.ours for each in rounds], [each.floor for each in rounds]
    say(f"{kind}: {load()}; {ROUNDS} rounds of {BLOCKS * BLOCK}; {len(ways)} ways on")
    say(f"  available {spread(ours)}, one read {spread(lows)}")
    say(f"  of it, ms: {listed(went | {'the rest': whole - sum(went.values())})}")
    say(
        f"  view with its read log {timed(partial(running.view, case, owner, 'case page'), BLOCK) * 1e3:.2f} ms"
    )
    return median(ours), median(lows)


def _under_way(running: Engine) -> tuple[str, str]:
    """(case, its owner): a child's case whose plan is carried out, with two tracks."""
    family = cases.alias("family")
    tracks = select(family.c.root).group_by(family.c.root).having(func.count() == 3)
    wanted = select(cases.c.id, cases.c.owner).where(
        cases.c.definition == "child_case", cases.c.state == "implementing", cases.c.root.in_(tracks)
    )
    with running.database.read() as connection:
        case, owner = connection.execute(wanted).first() or ("", "")
    assert case and owner
    return case, owner


def _floor(connection: Any, case: str) -> Callable[[], None]:
    mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
    run, read = connection.execute, f"SELECT * FROM cases WHERE root = {mark} AND id = {mark}"

    def one_read() -> None:
        run("BEGIN")
        assert run(read, (case, case)).fetchone()
        run("ROLLBACK")

    return one_read


if __name__ == "__main__":
    main()
