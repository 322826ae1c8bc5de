"""A definition of few fields with few values, random guards over it, and every case there can be, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import strategies as st

from engine.definition.expression import Expression, Scope, parse
from engine.definition.model import Definition
from schemas.load import load_definition

FIRST = date(2026, 3, 1)
TEXT = """\
format: 1
id: few
title: {vi: Ít trường, en: Few fields}
reference: "{area}-{number}"
subject: child
calendar: vn_public
open: {title: {vi: Mở, en: Open}, by: [officer], form: all}
access: {officer: "*"}
fields:
  risk: {type: choice, title: {vi: a, en: a}, options: {low: {vi: a, en: a}, high: {vi: b, en: b}}}
  hint: {type: choice, title: {vi: a, en: a}, options: {low: {vi: a, en: a}, high: {vi: b, en: b}}}
  years: {type: integer, title: {vi: a, en: a}, min: 0, max: 3}
  hours: {type: decimal, title: {vi: a, en: a}, min: 0, max: 2}
  forced: {type: boolean, title: {vi: a, en: a}}
  urgent: {type: boolean, title: {vi: a, en: a}, compute: 'forced and years >= 2'}
  ticked: {type: choices, title: {vi: a, en: a}, options: {dust: {vi: a, en: a}, night: {vi: b, en: b}}}
  began: {type: date, title: {vi: a, en: a}, min: "2026-03-01", max: "2026-03-03"}
  ended: {type: date, title: {vi: a, en: a}, min: "2026-03-01", max: "2026-03-03"}
  visits: {type: table, title: {vi: a, en: a}, columns: {seen: {type: boolean, title: {vi: a, en: a}}}}
forms: {all: {title: {vi: a, en: a}, fields: {risk: optional}}}
states:
  new: {title: {vi: Mới, en: New}, initial: true}
  done: {title: {vi: Xong, en: Done}, final: true}
transitions:
  end: {title: {vi: Xong, en: End}, from: new, to: done, by: [officer]}
"""
loaded = load_definition(TEXT, {})
assert loaded.definition, loaded.findings
FEW: Definition = loaded.definition
SCOPE = Scope(FEW.fields, FEW.subcases)

_DAYS = tuple(FIRST + timedelta(days=each) for each in range(3))
_ROWS: tuple[Any, ...] = ((), ({"seen": True},), ({"seen": False},), ({},), ({"seen": True}, {"seen": False}))
VALUES: Mapping[str, tuple[Any, ...]] = {
    "risk": (None, "low", "high"),
    "hint": (None, "low", "high"),
    "years": (None, 0, 1, 2, 3),
    "hours": (None, *(Decimal(each) / 4 for each in range(9))),
    "forced": (None, True, False),
    "ticked": (None, (), ("dust",), ("night",), ("dust", "night")),
    "began": (None, *_DAYS),
    "ended": (None, *_DAYS),
    "visits": (None, *_ROWS),
}

_ORDER = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
_EQUAL = st.sampled_from(("==", "!="))
_YEARS = st.integers(-1, 4).map(str)
_HOURS = st.sampled_from(("0", "0.5", "1", "1.5", "2"))
_DAY = st.sampled_from(("2026-03-01", "2026-03-02", "2026-03-04")).map('date("{}")'.format)
_RISK = st.sampled_from(('"low"', '"high"'))


def _said(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(each) if isinstance(each, str) else each for each in parts)).map(" ".join)


EXACT = st.one_of(
    _said("risk", _EQUAL, _RISK), _said("risk", _EQUAL, "hint"), _said('hint in ["low"]'), _said("forced"),
    _said("years", _ORDER, _YEARS), _said("hours", _ORDER, _HOURS), _said("years", _ORDER, "hours"),
    _said("began", _ORDER, _DAY), _said("began", _ORDER, "ended"), _said("ended", _ORDER, _DAY), _said("urgent"),
    st.sampled_from(("known(risk)", "known(years)", "known(ticked)", "known(visits)", '"dust" in ticked',
                     '"night" not in ticked', "known(began)", "known(urgent)")),
)  # fmt: skip
CALCULATED = st.one_of(
    _said("years + 1", _ORDER, "hours"), _said("years * 2 - 1", _ORDER, _YEARS), _said("-years", _ORDER, "hours - 2")
)  # fmt: skip
LOOSE = st.one_of(
    _said("count(visits)", _ORDER, _YEARS), st.sampled_from(("any_of(visits, seen)", "all_of(visits, seen)",
    "last(visits, seen)")), _said("days_between(began, ended)", _ORDER, _YEARS), _said("count(ticked)", _ORDER, _YEARS),
)  # fmt: skip


def guards(*leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Guards of a few such leaves."""
    return st.recursive(
        st.one_of(*leaves),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map("({0[0]}) and ({0[1]})".format),
            st.tuples(inner, inner).map("({0[0]}) or ({0[1]})".format),
            inner.map("not ({})".format),
        ),
        max_leaves=3,
    )


def read(source: str) -> Expression:
    """A guard over this definition."""
    return parse(source, SCOPE)


def cases(*expressions: Expression) -> Iterator[dict[str, Any]]:
    """Every case there can be, as far as these guards read it."""
    read = {name for each in expressions for name in each.reads}
    if "urgent" in read:
        read |= {"forced", "years"}
    names = [name for name in VALUES if name in read]
    for values in product(*(VALUES[name] for name in names)):
        env = dict(zip(names, values, strict=True))
        if "urgent" in read:
            years = env["years"]
            old = None if years is None else years >= 2
            env["urgent"] = (
                False if False in (env["forced"], old) else (None if None in (env["forced"], old) else True)
            )
        yield env
