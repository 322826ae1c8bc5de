"""`bench migrate`: 10,000 live cases go to another version of `child_case`: the dry run and the moving, each against the floor.

The floor is one read and one write a case by the driver alone, kept (floor.py), on cases of its own in the same
database, slice by slice in turn. The new version gives a state another name. Afterwards some cases are replayed and their
chains checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import engine.engine
import engine.lookup
from engine import Engine
from engine.access.vault import Vault
from engine.migration import advance, confirmed, create, look, plan_between, running, start
from engine.store import moves
from engine.store.steps import StepTransaction
from schemas.load import load_definition
from tests.bench.crowd import fill
from tests.bench.floor import floor
from tests.bench.ground import KINDS, demonstration, driver, kept, listed, load, parts, say
from tests.engine.evidence import flaws_of
from workflows import catalogue

CASES, COPIES, OF_FLOOR = 10_000, 15_000, 400  # of the copies two in three are open
CHECKED = 20
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("read", StepTransaction, "look"),
    ("unseal", Vault, "values"),
    ("find, with read and unseal", engine.lookup.Lookup, "look"),
    ("change", engine.engine, "of_move"),
    ("seal and chain", engine.engine, "record"),
    ("write", StepTransaction, "write"),
    ("commit", StepTransaction, "commit"),
    ("report", running, "of_case"),
)


def main() -> None:
    """Measure both databases and print the result: our rates as a part of the floor's."""
    result = []
    for kind in KINDS:
        with demonstration(kind) as found:
            result += [f"{kind}_{what}={ratio:.2f}" for what, ratio in _measured(kind, found).items()]
    say("RESULT " + " ".join(result))


def _measured(kind: str, found: Engine) -> dict[str, float]:
    fill(found, 0, COPIES)
    by = next(
        key
        for key, each in catalogue.demo_people().items()
        if "admin" in {held.function for held in each.holdings}
    )
    target = _published(found, by)
    old, new = (found.library.workflow("child_case", number).definition for number in (1, target))
    plan = confirmed(plan_between(old, new, 1, target), sure=["states.verifying"], only=tuple(old.states))
    with found.database.read() as connection:
        spare = [each.id for each in moves.live(connection, "child_case", 1, (), (), "", 10 * CASES)][
            -OF_FLOOR:
        ]
    migration = create(found, plan, by)
    rates: dict[str, float] = {}
    say(f"{kind}: {load()}; a write kept {kept() * 1e3:.2f} ms")
    with driver(found.database.url.render_as_string(hide_password=False)) as alone:
        low = _rounds(floor(alone), spare)
        look(found, migration, by)
        rates["dry_run"] = _ran(kind, "dry run", found, migration.id, low)
        with found.database.read() as connection:
            row = moves.get(connection, migration.id)
            totals = moves.totals(connection, migration.id)
        assert row is not None and row.report_sha256 is not None
        say(f"  {dict(totals)}")
        start(found, row, row.report_sha256, by, "đo tốc độ")
        rates["apply"] = _ran(kind, "apply", found, migration.id, low)
    with found.database.read() as connection:
        done = [each.case_id for each in moves.report(connection, migration.id, "migrated")]
    assert len(done) >= CASES, len(done)
    for case in done[:CHECKED]:
        assert {each.code for each in found.replay(case)} <= {
            "due_at",
            "next_due",
        }  # a crowd spreads its due moments
        assert flaws_of(found, case) == ()
    return rates


def _rounds(step: Callable[[str], None], spare: list[str]) -> Callable[[int], float]:
    """Seconds that the floor takes for so many cases."""
    turn = 0

    def take(number: int) -> float:
        nonlocal turn
        began = time.perf_counter()
        for _ in range(number):
            step(spare[turn % len(spare)])
            turn += 1
        return time.perf_counter() - began

    return take


def _ran(kind: str, what: str, found: Engine, id: str, low: Callable[[int], float]) -> float:
    ours = floors = 0.0
    cases = 0
    with parts(PARTS) as took:
        while True:
            began = time.perf_counter()
            dealt = advance(found, id)
            if not dealt:
                break
            ours += time.perf_counter() - began
            floors += low(dealt)
            cases += dealt
    went = {name: sum(times) / cases for name, times in took.items() if times}
    say(
        f"  {what}: {cases} cases, {cases / ours:.0f} a second; floor {cases / floors:.0f} a second; "
        f"ratio {floors / ours:.2f}; of one case, ms: {listed(went | {'whole': ours / cases})}"
    )
    return floors / ours


def _published(found: Engine, by: str) -> int:
    text = catalogue.definition_texts()["child_case"]
    loaded = load_definition(_changed(text), catalogue.code_lists())
    assert loaded.plain, loaded.findings
    return found.publish(loaded.plain, source=text, by=by)


def _changed(text: str) -> str:
    return text.replace("verifying", "checking")


if __name__ == "__main__":
    main()
