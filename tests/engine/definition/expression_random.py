"""Random expressions and environments over the fields of expression_story, for the laws of the language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.engine.definition.expression_story import Weekdays

Sources = st.SearchStrategy[str]

_DATES = st.dates(date(2024, 2, 27), date(2025, 3, 3))
_MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2025, 1, 4)).map(lambda each: each.replace(tzinfo=UTC))
_SMALL = st.integers(-2, 4)
_HALVES = _SMALL.map(lambda each: Decimal(each) / 2)
_RISKS = st.sampled_from(("high", "medium", "low"))
_STATUSES = st.sampled_from(("none", "lawful", "unlawful"))


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values, values, values)


def _rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    row = st.fixed_dictionaries({}, optional=columns)
    return st.lists(row, max_size=3).map(tuple)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "risk_level": _maybe(_RISKS),
    "risk_hint": _maybe(_RISKS),
    "hazards": _maybe(st.lists(st.sampled_from(("dust", "night", "heat")), unique=True).map(tuple)),
    "child_age": _maybe(_SMALL),
    "support": _maybe(_SMALL),
    "weekly_hours": _maybe(_HALVES),
    "forced": _maybe(st.booleans()),
    "consent": _maybe(st.booleans()),
    "child_dob": _maybe(_DATES),
    "work_date": _maybe(_DATES),
    "received_at": _maybe(_MOMENTS),
    "measure_at": _maybe(_MOMENTS),
    "verifier": _maybe(st.sampled_from(("p1", "p2"))),
    "reporter": _maybe(st.sampled_from(("p1", "p2"))),
    "case.state": _maybe(st.sampled_from(("planning", "review"))),
    "subcases.all_closed": _maybe(st.booleans()),
    "subcases.education.open": _maybe(_SMALL),
    "education.attendance_rate": _maybe(_SMALL),
    "hours_limit": _maybe(_HALVES),
    "light_jobs": _maybe(st.just(("none", "lawful"))),
    "actions": _maybe(_rows(due=_DATES, cost=_SMALL)),
    "visits": _maybe(_rows(visited_on=_DATES, work_status=_STATUSES, hours=_HALVES, in_school=st.booleans())),
    "calls": _maybe(_rows(called_at=_MOMENTS, answered=st.booleans())),
    "today": st.just(date(2025, 3, 1)),
    "now": st.just(datetime(2025, 1, 3, 12, tzinfo=UTC)),
}


def environments() -> st.SearchStrategy[dict[str, Any]]:
    """Most names filled in, the others None or absent."""
    whole = st.fixed_dictionaries({**VALUES, "calendar": st.just(Weekdays())})
    return st.one_of(
        whole, whole.map(lambda env: {key: value for key, value in env.items() if value is not None})
    )


def truths(depth: int = 3, *, plain: bool = False) -> Sources:
    """Conditions over a case. plain: without `known` and `streak`, whose answers do not only grow with
    knowledge.
    """
    return _truth(depth, _CASE, plain)


def numbers(depth: int = 2) -> Sources:
    """Numbers of a case."""
    return _number(depth, _CASE, plain=False)


class _Around:
    """What may be read somewhere: by the kind of value."""

    def __init__(self, **names: tuple[str, ...]) -> None:
        self.names = names
        self.rows = "rows" in names

    def of(self, kind: str) -> Sources:
        return st.sampled_from(self.names[kind])


_CASE = _Around(
    truth=("forced", "consent", "subcases.all_closed", "true", "false"),
    number=("child_age", "support", "weekly_hours", "hours_limit", "subcases.education.open",
            "education.attendance_rate", "0", "1", "-1", "0.5"),
    day=("child_dob", "work_date", "today", 'date("2024-02-29")'),
    moment=("received_at", "measure_at", "now"),
    choice=("risk_level", "risk_hint", '"high"'),
    options=("high", "medium", "low"),
    person=("verifier", "reporter", '"p1"'),
)  # fmt: skip
_VISIT = _Around(
    truth=("in_school", "forced", "true"),
    number=("hours", "weekly_hours", "0", "1.5"),
    day=("visited_on", "work_date", "today"),
    moment=("received_at", "now"),
    choice=("work_status", '"none"'),
    options=("none", "lawful", "unlawful"),
    person=("verifier", "reporter"),
    rows=(),
)
_ACTION = _Around(
    truth=("forced",), number=("cost", "support", "1"), day=("due", "work_date"), moment=("received_at", "now"),
    choice=("risk_level", '"low"'), options=("high", "low"), person=("verifier", '"p2"'), rows=(),
)  # fmt: skip
_CALL = _Around(
    truth=("answered", "consent"), number=("child_age", "2"), day=("today", "child_dob"), moment=("called_at", "now"),
    choice=("risk_hint", '"high"'), options=("high", "medium"), person=("reporter", '"p1"'), rows=(),
)  # fmt: skip
_TABLES = {"visits": _VISIT, "actions": _ACTION, "calls": _CALL}
_KNOWABLE = ("forced", "child_age", "visits", "risk_level", "case.state", "hazards")


@cache
def _truth(depth: int, around: _Around, plain: bool) -> Sources:
    leaves = [
        around.of("truth"),
        _joined(_number(0, around, plain), st.sampled_from(_ORDER), _number(0, around, plain)),
        _joined(around.of("choice"), st.sampled_from(("in", "not in")), _listed(around)),
        _joined(around.of("choice"), st.sampled_from(("==", "!=")), around.of("choice")),
        _joined(around.of("day"), st.sampled_from(_ORDER), around.of("day")),
        _joined(around.of("moment"), st.sampled_from(_ORDER), around.of("moment")),
        _joined(around.of("person"), st.sampled_from(("==", "!=")), around.of("person")),
        _joined(st.sampled_from(('"dust"', '"heat"')), st.sampled_from(("in", "not in")), st.just("hazards")),
    ]
    if around is _VISIT:
        leaves.append(st.just("work_status in light_jobs"))
    if not plain:
        columns = {_VISIT: ("hours", "in_school"), _ACTION: ("due",), _CALL: ("answered",)}.get(around, ())
        leaves.append(st.sampled_from((*_KNOWABLE, *columns)).map("known({})".format))
    if depth == 0:
        return st.one_of(leaves)
    inner = st.deferred(lambda: _truth(depth - 1, around, plain))
    some = st.one_of(inner.map(_grouped), inner.map("not ({})".format))
    deeper = [
        _joined(some, st.sampled_from(("and", "or")), some),
        st.tuples(some, some, some).map(" and ".join),
        st.tuples(some, some, some).map(" or ".join),
        _joined(
            _number(depth - 1, around, plain), st.sampled_from(_ORDER), _number(depth - 1, around, plain)
        ),
        _joined(*_chain(depth, around, plain)),
    ]
    if not around.rows:
        deeper.append(st.sampled_from(("any_of", "all_of")).flatmap(lambda name: _over(name, depth, plain)))
        deeper.append(
            _joined(_over("count", depth, plain), st.sampled_from(_ORDER), _number(0, around, plain))
        )
        deeper.append(
            _joined(_over("count", depth, plain), st.sampled_from(_ORDER), _over("count", depth, plain))
        )
    return st.one_of(*reversed(deeper), *leaves)


_ORDER = ("==", "!=", "<", "<=", ">", ">=")


@cache
def _number(depth: int, around: _Around, plain: bool) -> Sources:
    if depth == 0:
        return around.of("number")
    inner = st.deferred(lambda: _number(depth - 1, around, plain))
    deeper = [
        around.of("number"),
        _joined(inner.map(_grouped), st.sampled_from(("+", "-", "*")), inner.map(_grouped)),
        inner.map("-({})".format),
        _call("age", around.of("day"), st.one_of(around.of("day"), around.of("moment"))),
        _call("days_between", around.of("day"), st.one_of(around.of("day"), around.of("moment"))),
        _call("working_days_between", around.of("moment"), around.of("day")),
        _call("hours_between", around.of("moment"), around.of("moment")),
        st.just("count(hazards)"),
    ]
    if not around.rows:
        deeper += [
            st.sampled_from(("count(visits)", "sum(visits, hours)", "sum(actions, cost)", "max_of(actions, cost)",
                             "last(visits, hours)")),
            _over("count", depth, plain),
        ]  # fmt: skip
        if not plain:
            deeper.append(
                st.sampled_from(("0", "30", "support")).flatmap(
                    lambda days: _over("streak", depth, plain, f", {days}")
                )
            )
    return st.one_of(*reversed(deeper))


@cache
def _over(function: str, depth: int, plain: bool, more: str = "") -> Sources:
    return st.sampled_from(tuple(_TABLES)).flatmap(
        lambda table: _truth(depth - 1, _TABLES[table], plain).map(
            lambda each: f"{function}({table}, {each}{more})"
        )
    )


def _chain(depth: int, around: _Around, plain: bool) -> tuple[Sources, ...]:
    number, order = _number(depth - 1, around, plain), st.sampled_from(_ORDER)
    return number, order, number, order, number


def _listed(around: _Around) -> Sources:
    return st.lists(around.of("options"), min_size=1, max_size=2).map(
        lambda each: "[" + ", ".join(f'"{option}"' for option in each) + "]"
    )


def _call(function: str, *arguments: Sources) -> Sources:
    return st.tuples(*arguments).map(lambda each: f"{function}({', '.join(each)})")


def _joined(*parts: Sources) -> Sources:
    return st.tuples(*parts).map(" ".join)


def _grouped(source: str) -> str:
    return f"({source})"
