"""`bench check`: all checks of a definition of 200 states and of its growth from 25 to 400 states, on one core.

Made up: a road of states, each with three ways out, one of them a choice of two alternatives whose guards read four
fields; one time limit a state. The floor is one walk over the graph. Loading the file is told beside it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from engine.definition import checks
from engine.definition.checks.graph import edges, initial, reach
from engine.definition.checks.net import net_of
from engine.definition.checks.questions import questions_of
from engine.definition.model import Definition
from schemas.load import load_definition
from tests.bench.ground import load, say

SIZES, ROUNDS, ASKED = (25, 50, 100, 200, 400), 5, 200
HEAD = """\
format: 1
id: wide
title: {vi: Rộng, en: Wide}
reference: "{area}-{year}-{number}"
subject: child
calendar: vn_public
access: {officer: "*", chair: "*"}
open: {title: {vi: Mở, en: Open}, by: [officer], form: all}
stages: {work: {vi: Việc, en: Work}}
fields:
  risk: {type: choice, title: {vi: Nguy cơ, en: Risk}, options: {low: {vi: a, en: Low}, medium: {vi: b, en: Medium}, high: {vi: c, en: High}}, open: true}
  age: {type: integer, title: {vi: Tuổi, en: Age}, min: 0, max: 17, open: true}
  hours: {type: integer, title: {vi: Giờ, en: Hours}, min: 0, max: 126, open: true}
  forced: {type: boolean, title: {vi: Ép buộc, en: Forced}, open: true}
forms:
  all: {title: {vi: Tất cả, en: All}, fields: {risk: required, age: required, hours: required, forced: required}}
"""


def written(states: int) -> str:
    """The file of a definition with so many states."""
    lines = [HEAD, "states:"]
    for at in range(states):
        limit = f"deadlines: {{next: {{title: {{vi: Hạn, en: Limit}}, within: {3 + at % 5} days}}}}"
        lines.append(
            f"  s{at}: {{title: {{vi: Trạng thái {at}, en: State {at}}}, stage: work, {'initial: true, ' if at == 0 else ''}{limit}}}"
        )
    lines += ["  done: {title: {vi: Xong, en: Done}, stage: work, final: true}", "transitions:"]
    for at in range(states):
        ahead = f"s{at + 1}" if at + 1 < states else "done"
        back = f"s{max(0, at - 3)}"
        high = f'risk == "high" and age < {5 + at % 10} or forced and hours > {10 + at % 30}'
        for key, trigger, to, when in (
            (f"go{at}", f"go{at}", ahead, f"not ({high})"),
            (f"go{at}_back", f"go{at}", back if at else ahead, high),
            (f"end{at}", f"end{at}", "done", ""),
        ):
            guard = f", when: '{when}'" if when else ""
            lines.append(
                f"  {key}: {{trigger: {trigger}, title: {{vi: Bước {key}, en: Step {key}}}, from: s{at}, to: {to}, by: [officer, chair], form: all{guard}}}"
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure each size and print what a definition of 200 states takes, and how it grows."""
    took: dict[int, float] = {}
    for size in SIZES:
        begun = time.perf_counter()
        loaded = load_definition(written(size), {})
        loading = time.perf_counter() - begun
        assert loaded.definition, loaded.findings[:3]
        definition = loaded.definition
        gc.collect()  # what reading the file has left is not the checks' to clear away
        took[size] = best(lambda definition=definition: checks.run(definition))  # type: ignore[misc]
        floor = best(lambda definition=definition: reach(initial(definition), edges(definition)))  # type: ignore[misc]
        say(
            f"{size} states, {len(definition.transitions)} transitions, {size} choices; {load()}: all checks"
            f" {took[size] * 1e3:.0f} ms, one walk over the graph {floor * 1e3:.1f} ms, loading the file {loading * 1e3:.0f} ms"
        )
        if size == ASKED:
            by_rule(definition)
    growth = took[SIZES[-1]] / took[SIZES[0]] / (SIZES[-1] / SIZES[0])
    say(f"RESULT total_ms={took[ASKED] * 1e3:.0f} growth={growth:.2f}")


def by_rule(definition: Definition) -> None:
    """Where the time goes."""
    spent = {rule.CODE: best(partial(alone, rule, definition)) for rule in checks.RULES}
    slow = sorted(spent.items(), key=lambda each: -each[1])[:8]
    say("  each rule alone, ms: " + ", ".join(f"{code} {seconds * 1e3:.1f}" for code, seconds in slow))


def alone(rule: Any, definition: Definition) -> None:
    """One rule, which has to work out what others would have left for it."""
    questions_of.forget()
    net_of.forget()
    list(rule.check(definition, {}))


def best(run: Callable[[], object]) -> float:
    """Seconds of one run, the median of a few."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return median(times)


if __name__ == "__main__":
    main()
