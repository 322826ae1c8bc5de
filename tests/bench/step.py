"""`bench step`: a full step of the engine against the floor, on each database, alternating, medians of seven rounds.

The step is that of step.yaml. After the rounds every row that it must have written is counted, and every case is
replayed and its chain checked, so that nothing is fast because it was left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, func, select

import engine.engine
import engine.lookup
from engine import Command, Engine, FixedClock, MasterKey
from engine.store.steps import StepTransaction
from engine.store.tables import case_event, command, deadline, event_sealed, log_pending, outbox
from tests.bench.floor import floor
from tests.bench.ground import KINDS, database, driver, in_turn, kept, listed, load, parts, say, spread, timed
from tests.engine.evidence import assert_whole
from tests.support import world

CASES, WARM, ROUNDS, BLOCKS, BLOCK = 40, 160, 7, 6, 10
DEFINITION = (Path(__file__).parent / "step.yaml").read_text("utf-8")
NOTE = "Gia đình đề nghị hỗ trợ sách vở và xe đạp cho năm học mới."
WAYS = (("send", "officer"), ("send_back", "chair"))
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("digest", engine.lookup, "digest_of"),
    ("read", StepTransaction, "look"),
    ("judge", engine.engine, "judge"),
    ("change", engine.engine.changes, "of_way"),
    ("seal and chain", engine.engine, "record"),
    ("write", StepTransaction, "write"),
    ("commit", StepTransaction, "commit"),
)
Take = Callable[[], None]


def main() -> None:
    """Measure both databases and print the result: how fast we are as a part of the floor."""
    results = {}
    for kind in KINDS:
        with database(kind) as url:
            results[kind] = _measure(kind, url)
    say("RESULT " + " ".join(f"{kind}={ratio:.2f}" for kind, ratio in results.items()))


def _measure(kind: str, url: str) -> float:
    running = _world(url)
    with driver(url) as alone:
        ours, low = _ours(running), _floor(running, alone)
        for _ in range(WARM):  # statements prepared, every case past its first step
            ours()
            low()
        rounds = [in_turn(ours, low, BLOCKS, BLOCK) for _ in range(ROUNDS)]
    went = _parts(ours)
    _check(running, WARM + (ROUNDS + 1) * BLOCKS * BLOCK)
    running.database.close()
    ratios = sorted(each.floor / each.ours for each in rounds)
    say(f"{kind}: {load()}; {ROUNDS} rounds of {BLOCKS * BLOCK} steps each, {BLOCK} by {BLOCK} in turn")
    say(f"  step {spread([each.ours for each in rounds])}, floor {spread([each.floor for each in rounds])}")
    say(
        f"  floor / step: {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}); a write kept {kept() * 1e3:.2f} ms"
    )
    say(f"  of a step, ms: {listed(went)}")
    return median(ratios)


# ------------------------------------------------------------------ the two that run


def _world(url: str) -> Engine:
    built = world.build(url, FixedClock(datetime.now(UTC)), toy=False).database
    with built.write() as connection:
        world.publish(connection, DEFINITION)
    built.close()
    return Engine(url, MasterKey(world.SECRET))


def _cases(running: Engine) -> list[str]:
    cases = [str(uuid4()) for _ in range(CASES)]
    values = {"place": world.BA_BE, "name": "Triệu Thị Thử"}
    for case in cases:
        opened = running.open("bench_step", id=case, command=str(uuid4()), actor="officer", values=values)
        assert opened.applied, opened.blockers
    return cases


def _ours(running: Engine) -> Take:
    """Takes the next step, going round the cases, to and fro."""
    cases = _cases(running)
    taken = 0

    def take() -> None:
        nonlocal taken
        trigger, actor = WAYS[taken // CASES % 2]
        values = {"amount": 1_000_000 + taken, "urgency": "low", "note": NOTE}
        asked = Command(
            id=str(uuid4()), case=cases[taken % CASES], trigger=trigger, actor=actor, values=values
        )
        outcome = running.apply(asked)
        assert outcome.applied, outcome.blockers
        taken += 1

    return take


def _floor(running: Engine, alone: Any) -> Take:
    """The floor's next step, going round as many cases of its own."""
    cases, low = _cases(running), floor(alone)
    taken = 0

    def take() -> None:
        nonlocal taken
        low(cases[taken % CASES])
        taken += 1

    return take


# ------------------------------------------------------------------ where the time goes, and what it bought


def _parts(ours: Take) -> dict[str, float]:
    """Seconds a step spends in each of its parts, and beside them: medians of a round."""
    with parts(PARTS) as took:
        whole = timed(ours, BLOCKS * BLOCK)
    found = {name: median(times) for name, times in took.items()}
    return found | {"the rest": whole - sum(found.values())}


def _check(running: Engine, steps: int) -> None:
    """Every step left one row of each kind; every case folds to its row and hangs together."""
    in_step = case_event.c.transition.in_([trigger for trigger, _ in WAYS])
    rows = case_event.join(command, command.c.id == case_event.c.command_id)
    for table in (log_pending, event_sealed, deadline, outbox):
        same_event = and_(
            table.c.root == case_event.c.root,
            table.c.case_id == case_event.c.case_id,
            table.c["created_seq" if table is deadline else "seq"] == case_event.c.seq,
        )
        rows = rows.join(table, same_event)
    superseded = select(func.count()).where(deadline.c.ended_how == "superseded")
    with running.database.read() as connection:
        found = Counter(
            events=connection.scalar(select(func.count()).select_from(case_event).where(in_step)),
            whole=connection.scalar(select(func.count()).select_from(rows).where(in_step)),
            superseded=connection.scalar(superseded),
        )
        cases = connection.scalars(select(case_event.c.case_id).where(in_step).distinct()).all()
    assert found == Counter(events=steps, whole=steps, superseded=steps - CASES), found
    for case in cases:
        assert_whole(running, case)


if __name__ == "__main__":
    main()
