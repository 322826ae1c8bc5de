"""WF603: a warning that is due before its time limit has begun, so that it comes at the start.

Told only if it is so of every duration the limit may have, however weekends, holidays and months fall.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import Family, found
from engine.definition.durations import HOURS, days_of, duration_text
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Duration, Limit
from engine.definition.model import Definition

CODE = "WF603"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each time limit with such a warning."""
    for path, key, start, within, warn in _warned(definition):
        durations = [each for limit in within for each in _durations(limit)]
        if start in definition.fields:
            continue  # it may begin on a day to come, and is warned of before that day
        if durations and all(_longer(warn, each) for each in durations):
            longest = max(durations, key=lambda each: days_of(each)[1])
            yield found(
                definition, CODE, SEVERITY, f"{path}.warn",
                witness={"warn": duration_text(warn), "within": duration_text(longest)},
                deadline=key, start=start, warn=warn, limit=longest,
            )  # fmt: skip


def _warned(definition: Definition) -> Iterator[tuple[str, str, str, tuple[Limit, ...], Duration]]:
    """Path, key, start, durations and warning of every limit that has one."""
    places = [("deadlines", definition.deadlines)]
    places += [(f"states.{key}.deadlines", each.deadlines) for key, each in definition.states.items()]
    for path, deadlines in places:
        for key, each in deadlines.items():
            if each.warn:
                yield f"{path}.{key}", key, each.start, each.within, each.warn
    for state in definition.states.values():
        for key, repeat in state.repeats.items():
            if repeat.warn:
                yield f"states.{state.key}.repeats.{key}", key, "", (repeat.every,), repeat.warn


def _durations(limit: Limit) -> tuple[Duration, ...]:
    return (limit.duration,) if limit.duration else tuple(limit.durations.values())


def _longer(warn: Duration, limit: Duration) -> bool:
    """Does `warn` before the end always fall before the start?"""
    if warn.unit == limit.unit:
        return warn.amount > limit.amount
    # Days run to the end of the last one: nearly a day more than their number.
    more = 1 if warn.unit in HOURS and limit.unit not in HOURS else 0
    return days_of(warn)[0] > days_of(limit)[1] + more
