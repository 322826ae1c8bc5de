"""WF702: a guard made stricter, so that some open cases can no longer take a step that they could take today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.definition.checks.rule import found, path_of
from engine.definition.expression import Expression
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Transition
from engine.definition.live import Live
from engine.definition.model import Definition
from engine.definition.proof.compared import compared
from engine.definition.proof.telling import told
from engine.definition.proof.terms import Effort

CODE = "WF702"
SEVERITY = Severity.WARNING


def check(old: Definition, new: Definition, live: Live) -> Iterator[Finding]:
    """Each way of both versions that lets less pass, or of which nobody can tell, while cases are lost by it."""
    effort = Effort()
    for way in new.ways:
        before = old.way(way.key)
        if before is None or not _differs(old, new, before, way):
            continue
        states = [each for each in way.sources if each in before.sources]
        answer = compared((old, _guard(before)), (new, _guard(way)), states, effort)
        if not states or (answer.stricter is None and not answer.undecided):
            continue
        count = live.lost(way.key)
        if count == 0:
            continue
        witness = answer.stricter.values if answer.stricter else {}
        variant = "uncounted" if count is None else "" if answer.stricter else "unclear"
        yield found(
            new, CODE, SEVERITY, f"{path_of(way)}.when", variant, witness=witness, transition=way.key, count=count,
            values=told(witness),
        )  # fmt: skip


def _guard(way: Transition) -> Sequence[Expression]:
    return [each.expression for each in way.when]


def _differs(old: Definition, new: Definition, before: Transition, after: Transition) -> bool:
    """Is another condition written, or is something computed otherwise that it reads?"""
    return _read(old, before) != _read(new, after)


def _read(definition: Definition, way: Transition) -> set[str]:
    """The sources of a guard and of all that is computed for it."""
    todo, found = list(_guard(way)), set[str]()
    while todo:
        expression = todo.pop()
        if expression.source not in found:
            found.add(expression.source)
            computed = (
                definition.fields[name].compute for name in expression.reads if name in definition.fields
            )
            todo.extend(each for each in computed if each)
    return found
