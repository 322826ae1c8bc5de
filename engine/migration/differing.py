"""Which ways on two versions of a workflow judge alike, whatever a case holds: of those a move changes nothing.

So a report asks of a case only what may come to differ, and opens no value for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from engine.definition.model import Field
from engine.workflow import CompiledWay, Workflow

REMEMBERED = 1024


@lru_cache(REMEMBERED)
def differing(
    old: Workflow, state: str, new: Workflow, there: str, touched: frozenset[str]
) -> tuple[str, ...]:
    """The triggers out of `state` of the old version, or out of `there` of the new, that may be judged differently.

    touched: the names whose values the move itself changes.
    """
    if there not in new.definition.states:
        return ()  # such a move is refused
    ways = (*old.ways_from(state), *new.ways_from(there))
    triggers = dict.fromkeys(way.transition.trigger for way in ways)
    return tuple(each for each in triggers if not _alike(old, state, new, there, touched, each))


def _alike(
    old: Workflow, state: str, new: Workflow, there: str, touched: frozenset[str], trigger: str
) -> bool:
    if old.definition.calendar != new.definition.calendar:
        return False
    before, after = old.alternatives(state, trigger), new.alternatives(there, trigger)
    read = {name for way in before for name in _read(old, way)}
    if read & touched or "case.came_from" in read or ("case.state" in read and state != there):
        return False
    if "case.stage" in read and old.definition.states[state].stage != new.definition.states[there].stage:
        return False
    return [_facts(old, way) for way in before] == [_facts(new, way) for way in after]


def _read(workflow: Workflow, way: CompiledWay) -> Iterator[str]:
    """Every name whose value, or whose having one, a prospect goes by."""
    yield from workflow.judged(way)
    yield from way.asked


def _facts(workflow: Workflow, way: CompiledWay) -> tuple[Any, ...]:
    """All that a prospect goes by (engine.prospects), but for the names of states and what people read."""
    transition, definition = way.transition, workflow.definition
    ends = transition.to is not None and definition.states[transition.to].final
    read = sorted(_read(workflow, way))
    return (
        transition.key,
        transition.by,
        transition.asks_anew,
        [each.condition.expression for each in way.conditions],
        way.form_fields,
        way.pending.intersection(read),
        way.opens,
        [(name, *_declared(workflow.field(name))) for name in read],
        [definition.subcases[key] for key in way.opens],
        [each.arguments for each in transition.do if each.name == "cancel_subcases"] if ends else (),
        {key for key, each in definition.subcases.items() if each.required} if ends else (),
    )


def _declared(field: Field | None) -> tuple[Any, ...]:
    """What a guard sees of a field."""
    if field is None:
        return ()
    columns = [(key, *_declared(each)) for key, each in field.columns.items()]
    return (field.type, tuple(field.options), field.list, field.compute, columns)
