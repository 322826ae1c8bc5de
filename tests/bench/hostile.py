"""`bench hostile`: until a file made to hurt is refused, and a guard made to escape; the slowest of each, and the memory.

Time is the processor's, the best of a few; memory is the most that Python holds beyond what it held before. Beside them
stands what the checks of the widest definitions within the bounds take.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from engine.definition import checks
from engine.definition.expression import ExpressionError, parse
from schemas.load import load, load_definition
from tests.bench.ground import load as busy
from tests.bench.ground import say
from tests.engine.definition.expression_story import SCOPE
from tests.engine.definition.test_expression_escapes import ATTEMPTS
from tests.support.hostile import FILES

ROUNDS, WIDE = 5, ((400, 6, 400), (40, 60, 200))
TITLE = "title: {vi: a, en: a}"


def wide(states: int, ways: int, fields: int) -> str:
    """A definition whose every way but a few reads two fields that nobody has filled in."""
    lines = [
        "format: 1", "id: wide", TITLE, 'reference: "{number}"', "subject: child", "calendar: vn_public",
        'access: {officer: "*"}', f"open: {{{TITLE}, by: [officer], form: all}}", "stages: {work: {vi: a, en: a}}", "fields:",
        f"  first: {{type: integer, {TITLE}}}", *(f"  f{at}: {{type: integer, {TITLE}}}" for at in range(fields)),
        f"forms: {{all: {{{TITLE}, fields: {{first: required}}}}}}", "states:",
        *(f"  s{at}: {{{TITLE}, stage: work{', initial: true' * (at == 0)}}}" for at in range(states)),
        f"  done: {{{TITLE}, stage: work, final: true}}", "transitions:",
    ]  # fmt: skip
    for at in range(states * ways):
        state, way = divmod(at, ways)
        to = (state + 1 if way == 0 else state * 3 + way * 7) % states
        when = f", when: f{at * 2 % fields} > {at % 50} and f{(at * 2 + 1) % fields} > {at % 30}"
        lines.append(
            f"  t{at}: {{{TITLE}, from: s{state}, to: {'done' if way == ways - 1 else f's{to}'}, by: [officer]"
            f"{when if way or not state % 2 else ''}}}"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure each and print the slowest and the largest."""
    files = {name: _measured(lambda text=text: load(text, {})) for name, (text, _) in FILES.items()}  # type: ignore[misc]
    guards = {repr(each)[:40]: _measured(lambda each=each: _refused(each)) for each in ATTEMPTS}  # type: ignore[misc]
    say(f"{len(FILES)} files and {len(ATTEMPTS)} guards; {busy()}")
    for what, took in (("files", files), ("guards", guards)):
        slow = sorted(took.items(), key=lambda each: -each[1][0])[:5]
        say(f"  slowest {what}: " + ", ".join(f"{name} {ms:.1f} ms" for name, (ms, _) in slow))
    for size in WIDE:
        text = wide(*size)
        loaded, reading = _timed(lambda text=text: load_definition(text, {}))  # type: ignore[misc]
        found, took = _timed(lambda definition=loaded.definition: checks.run(definition))  # type: ignore[misc]
        say(
            f"  {size[0] * size[1]} ways, {len(text) // 1000} kB: reading {reading:.0f} ms, checks {took:.0f} ms, {len(found)} findings"
        )
    worst_ms = max(ms for ms, _ in files.values())
    worst_mb = max(mb for _, mb in (*files.values(), *guards.values()))
    guard_ms = max(ms for ms, _ in guards.values())
    say(f"RESULT worst_ms={worst_ms:.1f} worst_mb={worst_mb:.1f} guard_ms={guard_ms:.1f}")


def _refused(attempt: str) -> None:
    try:
        parse(attempt, SCOPE)
    except ExpressionError:
        return
    raise AssertionError(attempt)


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and milliseconds of the processor."""
    begun = time.thread_time()
    made = run()
    return made, (time.thread_time() - begun) * 1e3


def _measured(run: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds, the best of a few rounds, and megabytes at most."""
    fastest = min(_timed(run)[1] for _ in range(ROUNDS))
    gc.collect()
    tracemalloc.start()
    run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return fastest, most / 1e6


if __name__ == "__main__":
    main()
