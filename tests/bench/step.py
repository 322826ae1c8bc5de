"""`bench step`: a full step of the engine against the floor, on each database, alternating, medians of seven rounds.

The step is that of step.yaml. After the rounds every row that it must have written is counted, and every case is
replayed and its chain checked, so that nothing is fast because it was left out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import and_, func, select

import engine.engine
from engine import Command, Engine, FixedClock, MasterKey
from engine.store.steps import StepTransaction
from engine.store.tables import case_event, command, deadline, event_sealed, log_pending, outbox
from tests.bench.floor import floor
from tests.bench.ground import KINDS, database, load, say, spread
from tests.engine.evidence import assert_whole
from tests.support import world

CASES, STEPS, ROUNDS = 20, 60, 7
DEFINITION = (Path(__file__).parent / "step.yaml").read_text("utf-8")
NOTE = "Gia đình đề nghị hỗ trợ sách vở và xe đạp cho năm học mới."
WAYS = (("send", "officer"), ("send_back", "chair"))
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("digest", engine.engine, "digest_of"),
    ("read", StepTransaction, "look"),
    ("read sealed values", StepTransaction, "sealed"),
    ("judge", engine.engine, "judge"),
    ("change", engine.engine.changes, "of_way"),
    ("seal and chain", engine.engine, "record"),
    ("write", StepTransaction, "write"),
    ("commit", StepTransaction, "commit"),
)


def main() -> None:
    """Measure both databases and print the result."""
    ratios = {}
    for kind in KINDS:
        with database(kind) as url:
            ratios[kind] = _measure(kind, url)
    say("RESULT " + " ".join(f"{kind}={ratio:.2f}" for kind, ratio in ratios.items()))


def _measure(kind: str, url: str) -> float:
    """The speed of our step as a part of the floor's, on the database at `url`."""
    running = _world(url)
    step, low = _stepper(running), _floor(running, url)
    for number in range(4 * CASES):  # statements prepared, cases past their first step
        step(number)
        low(number)
    ours, lows = [], []
    for number in range(ROUNDS):
        first, second = ((low, lows), (step, ours))[:: 1 if number % 2 else -1]
        for function, times in (first, second):
            times.append(_timed(function))
    parts = _parts(step)
    _check(running, (4 * CASES) + (ROUNDS + 1) * STEPS)
    running.database.close()
    ratio = median(lows) / median(ours)
    each = sorted(lows[number] / ours[number] for number in range(ROUNDS))
    say(f"{kind}: {load()}; {ROUNDS} rounds of {STEPS} steps")
    say(f"  floor {spread(lows)}, step {spread(ours)}: {ratio:.2f} (rounds {each[0]:.2f} to {each[-1]:.2f})")
    say("  of a step, ms: " + ", ".join(f"{name} {took * 1e3:.2f}" for name, took in parts.items()))
    return ratio


def _world(url: str) -> Engine:
    world.build(url, FixedClock(datetime.now(UTC)), toy=False).database.close()
    running = Engine(url, MasterKey(world.SECRET))
    with running.database.write() as connection:
        world.publish(connection, DEFINITION)
    return running


def _floor(running: Engine, url: str) -> Callable[[int], None]:
    """The floor's `number`-th step, going round as many cases of its own."""
    cases, low = _cases(running), floor(url)
    return lambda number: low(cases[number % CASES])


def _cases(running: Engine) -> list[str]:
    cases = [str(uuid4()) for _ in range(CASES)]
    for case in cases:
        opening = {"place": world.BA_BE, "name": "Triệu Thị Thử"}
        assert running.open(
            "bench_step", id=case, command=str(uuid4()), actor="officer", values=opening
        ).applied
    return cases


def _stepper(running: Engine) -> Callable[[int], None]:
    """A function that takes the `number`-th step, going round the cases, to and fro."""
    cases = _cases(running)
    taken = Counter[str]()

    def step(number: int) -> None:
        case = cases[number % CASES]
        trigger, actor = WAYS[taken[case] % 2]
        values = {"amount": 1_000_000 + number, "urgency": "low", "note": NOTE}
        asked = Command(id=str(uuid4()), case=case, trigger=trigger, actor=actor, values=values)
        assert running.apply(asked).applied
        taken[case] += 1

    return step


def _timed(step: Callable[[int], None]) -> float:
    """Seconds of one step, on the average of a round."""
    start = time.perf_counter()
    for number in range(STEPS):
        step(number)
    return (time.perf_counter() - start) / STEPS


def _parts(step: Callable[[int], None]) -> dict[str, float]:
    """Seconds a step spends in each of its parts, and beside them."""
    took = Counter[str]()

    @contextmanager
    def watched(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        took[name] += time.perf_counter() - start

    with ExitStack() as stack:
        for name, where, function in PARTS:
            stack.enter_context(patch.object(where, function, watched(name)(getattr(where, function))))
        whole = _timed(step)
    parts = {name: took[name] / STEPS for name, _, _ in PARTS}
    return parts | {"the rest": whole - sum(parts.values())}


def _check(running: Engine, steps: int) -> None:
    """Every step left one row of each kind; every case folds to its row and hangs together."""
    in_step = case_event.c.transition.in_(("send", "send_back"))
    of_event = [
        and_(
            table.c.root == case_event.c.root,
            table.c.case_id == case_event.c.case_id,
            seq == case_event.c.seq,
        )
        for table, seq in (
            (log_pending, log_pending.c.seq),
            (event_sealed, event_sealed.c.seq),
            (deadline, deadline.c.created_seq),
            (outbox, outbox.c.seq),
        )
    ]
    rows = case_event.join(command, command.c.id == case_event.c.command_id)
    for table, on in zip((log_pending, event_sealed, deadline, outbox), of_event, strict=True):
        rows = rows.join(table, on)
    with running.database.read() as connection:
        events = connection.scalar(select(func.count()).select_from(case_event).where(in_step))
        whole = connection.scalar(select(func.count()).select_from(rows).where(in_step))
        superseded = connection.scalar(
            select(func.count()).select_from(deadline).where(deadline.c.ended_how == "superseded")
        )
        cases = connection.scalars(select(case_event.c.case_id).where(in_step).distinct()).all()
    assert (events, whole, superseded) == (steps, steps, steps - CASES), (events, whole, superseded)
    for case in cases:
        assert_whole(running, case)


if __name__ == "__main__":
    main()
