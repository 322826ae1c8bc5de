"""What the proofs must neither say of a sound workflow nor trip over (rules 208 and 301 to 304)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.definition import checks
from engine.definition.build_flow import WIDEST
from engine.definition.checks import questions
from engine.definition.proof.terms import Effort
from schemas.load import load_definition

HEAD = """\
format: 1
id: sound
title: {vi: a, en: a}
reference: "{area}-{number}"
subject: child
calendar: vn_public
access: {officer: "*", chair: "*"}
stages: {one: {vi: a, en: a}, two: {vi: a, en: a}, three: {vi: a, en: a}}
open: {title: {vi: a, en: a}, by: [officer], form: all, area: place}
fields:
  place: {type: area, title: {vi: a, en: a}, open: true}
  day: {type: date, title: {vi: a, en: a}}
  wide: {type: date, title: {vi: a, en: a}, min: "0001-01-01", max: "9999-12-31"}
  birth: {type: date, title: {vi: a, en: a}}
  n: {type: integer, title: {vi: a, en: a}, max: 9}
  word: {type: text, title: {vi: a, en: a}}
  now_safe: {type: boolean, title: {vi: a, en: a}}
  rows: {type: table, title: {vi: a, en: a}, columns: {t: {type: integer, title: {vi: a, en: a}}, s: {type: boolean, title: {vi: a, en: a}}}}
  total: {type: integer, title: {vi: a, en: a}, compute: "sum(rows, t) + 1"}
forms:
  all: {title: {vi: a, en: a}, fields: {place: required, day: optional, wide: optional, birth: optional, n: optional, word: optional, now_safe: optional, rows: optional}}
  word: {title: {vi: a, en: a}, fields: {word: required}}
states:
  a: {title: {vi: a, en: a}, stage: one, initial: true}
  b: {title: {vi: a, en: a}, stage: two}
  c: {title: {vi: a, en: a}, stage: three}
  end: {title: {vi: a, en: a}, stage: three, final: true}
"""


def found(*ways: str, fields: str = "") -> set[tuple[str, str]]:
    """(code, variant) of what the proofs say of a workflow with these ways, each `from | to | more`."""
    lines = []
    for number, each in enumerate(ways):
        source, to, more = (part.strip() for part in each.split("|"))
        comma = ", " if more else ""
        lines.append(
            f"  w{number}: {{title: {{vi: a, en: a}}, from: {source}, to: {to}, by: [officer, chair]{comma}{more}}}"
        )
    head = HEAD.replace("forms:\n", fields + "forms:\n", 1)
    loaded = load_definition(head + "transitions:\n" + "\n".join(lines) + "\n", {})
    if loaded.definition is None:
        return {(each.code, each.variant) for each in loaded.findings}
    proved = ("WF208", "WF301", "WF302", "WF303", "WF304")
    return {(each.code, each.variant) for each in checks.run(loaded.definition) if each.code in proved}


@pytest.mark.parametrize(
    "guard",
    [
        'day <= date("0001-01-01")', "wide > today", 'day >= date("9999-12-31")', "not known(now_safe)", "age(birth, today) < 0",
        "known(rows) and not known(total)",
    ],
)  # fmt: skip
def test_a_guard_that_may_hold_is_not_called_impossible(guard: str) -> None:
    assert ("WF303", "") not in found(f"a | b | when: '{guard}'", "b | c |", "c | end |", "a | end |")


def test_before_the_first_day_and_after_the_last_there_is_none() -> None:
    for guard in ('day < date("0001-01-01")', 'day > date("9999-12-31")'):
        assert ("WF303", "") in found(f"a | b | when: '{guard}'", "b | end |", "a | end |")


def test_what_an_effect_sets_is_not_held_to_the_bounds_of_forms() -> None:
    ways = ('a | b | do: [{set: {n: "20"}}]', "b | c | when: n > 9", "c | end |")
    assert found(*ways) == set()


def test_a_blank_text_empties_a_field() -> None:
    assert found("a | b | do: [{set: {word: '\"\"'}}]", "b | c | when: not known(word)", "c | end |") == set()


def test_what_is_proposed_is_not_yet_in_the_case() -> None:
    ways = (
        "a | b | proposes: true, form: word, trigger: ask", "b | c | when: not known(word)", "c | end |",
        "b | same | accepts: ask", "b | same | declines: ask",
    )  # fmt: skip
    assert ("WF208", "") not in found(*ways)


def test_a_step_from_a_state_to_itself_is_where_a_case_came_from() -> None:
    assert found("a | b |", "b | b |", "b | c | when: 'case.came_from == \"b\"'", "c | end |") == set()


def test_alternatives_need_only_cover_where_a_case_can_come_from() -> None:
    ways = (
        "a | b |", "b | end |", "[a, b] | c |", "c | end | trigger: back, when: 'case.came_from == \"a\"'",
        "c | b | trigger: back, when: 'case.came_from == \"b\"'",
    )  # fmt: skip
    assert found(*ways) == set()
    stages = ("a | b |", "[a, b] | end | trigger: go, when: 'case.stage == \"one\"'", "[a, b] | c | trigger: go, when: 'case.stage == \"two\"'", "c | end |")  # fmt: skip
    assert found(*stages) == set()


def test_two_readings_of_one_table_are_not_told_as_a_gap() -> None:
    ways = ("a | end | trigger: go, when: 'all_of(rows, s)'", "a | b | trigger: go, when: 'any_of(rows, not s)'", "b | end |", "a | c |", "c | end |")  # fmt: skip
    assert found(*ways) == set()


def test_computed_fields_that_grow_beyond_measure_are_refused_at_once() -> None:
    doubling = "".join(
        f'  d{at}: {{type: integer, title: {{vi: a, en: a}}, compute: "{before} + {before}"}}\n'
        for at, before in enumerate(["n", *(f"d{at}" for at in range(30))])
    )
    chain = "".join(
        f'  e{at}: {{type: integer, title: {{vi: a, en: a}}, compute: "{before} + 1"}}\n'
        for at, before in enumerate(["n", *(f"e{at}" for at in range(300))])
    )
    for fields in (doubling, chain):
        assert found("a | end |", fields=fields) == {("WF105", "compute_large")}


def test_more_alternatives_or_conditions_than_can_be_held_against_each_other_are_refused() -> None:
    def alternatives(number: int) -> list[str]:
        return [f"a | end | trigger: go, when: n == {at}" for at in range(number)]

    def conditions(number: int) -> str:
        return f"a | end | when: [{', '.join(f'n != {at}' for at in range(number))}]"

    assert ("WF105", "alternatives") not in found(*alternatives(WIDEST))
    assert found(*alternatives(WIDEST + 1), *alternatives(WIDEST + 1)) == {("WF105", "alternatives")}
    assert ("WF105", "conditions") not in found(conditions(WIDEST))
    assert found(conditions(WIDEST + 1)) == {("WF105", "conditions")}


def test_every_run_has_its_whole_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_definition((Path(__file__).parent / "WF303" / "bad.yaml").read_bytes(), {})
    assert loaded.definition
    begun: list[int] = []
    monkeypatch.setattr(questions, "Effort", lambda: begun.append(1) or Effort(left=0))
    assert checks.run(loaded.definition) == ()  # nobody can tell
    monkeypatch.undo()
    assert [each.code for each in checks.run(loaded.definition)] == ["WF303"]
    assert begun
