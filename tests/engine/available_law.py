"""The law of `available` (semantics.md §2): a way shown as blocked is refused with at least the blockers shown; for any other
way some values are accepted. What is tried comes from the definition alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import uuid4

from engine import Command, Engine, Outcome, Way
from engine.definition.model import Field, FieldType
from engine.workflow import CompiledWay
from tests.support.world import BA_BE

PLAIN: Mapping[FieldType, tuple[Any, ...]] = {
    FieldType.TEXT: ("x",),
    FieldType.LONG_TEXT: ("x",),
    FieldType.INTEGER: (1, 6, 100),
    FieldType.MONEY: (0, 1, 10**9),
    FieldType.DECIMAL: (Decimal(1), Decimal(100)),
    FieldType.BOOLEAN: (True, False),
    FieldType.DATE: (date(2026, 1, 1), date(2000, 1, 1)),
    FieldType.DATETIME: (datetime(2026, 1, 1, tzinfo=UTC),),
    FieldType.ACTOR: ("officer",),
    FieldType.AGENCY: ("school", "ba_be"),
    FieldType.AREA: (BA_BE,),
    FieldType.TABLE: ((),),
}


def candidates(declared: Field) -> tuple[Any, ...]:
    """Values worth trying for a field."""
    options = tuple(key for key, option in declared.options.items() if not option.disabled)
    match declared.type:
        case FieldType.CHOICE:
            return options
        case FieldType.CHOICES:
            return tuple((each,) for each in options)
    return PLAIN[declared.type]


def forms(way: CompiledWay) -> Iterator[dict[str, Any]]:
    """Forms worth sending along a way: every field filled, in all ways, then only what is required."""
    for required in (False, True):
        asked = [each.key for each in way.form_fields if each.required or not required]
        for combination in product(*(candidates(way.fields[key]) for key in asked)):
            yield dict(zip(asked, combination, strict=True))


def send(engine: Engine, case: str, way: Way, actor: str, values: Mapping[str, Any]) -> Outcome:
    """Take the way with a reason, whether or not it wants one."""
    return engine.apply(
        Command(id=str(uuid4()), case=case, trigger=way.trigger, actor=actor, values=values, reason="vì")
    )


def check_law(
    engine: Engine, make_case: Callable[[], str], actor: str, triggers: Collection[str] = ()
) -> list[Way]:
    """Assert the law for every way of `actor` out of the state that `make_case` brings a new case to.

    triggers: if not empty, only these ways.
    """
    case = make_case()
    ways = list(engine.available(case, actor))
    for way in ways:
        if triggers and way.trigger not in triggers:
            continue
        row = engine.look(case, actor)
        assert row is not None
        assert row.case is not None
        compiled = row.workflow.alternatives(row.case.state, way.trigger)
        tried = [form for each in compiled for form in forms(each)]
        if way.status == "blocked":
            for form in tried:
                refused = send(engine, case, way, actor, form)
                assert not refused.applied, (way, form)
                assert set(map(repr, way.blockers)) <= set(map(repr, refused.blockers)), (way, form)
        else:
            answers: list[Outcome] = []
            for form in tried:
                answers.append(send(engine, case, way, actor, form))
                if answers[-1].applied:
                    case = make_case()
                    break
            assert answers[-1].applied, (way, answers[-1].blockers)
    return ways
