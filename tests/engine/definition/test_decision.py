from __future__ import annotations

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.definition.decision import DecisionTable, TableValue, build_table, decide, in_force
from engine.definition.desk import Broken
from engine.definition.expression import GuardFault
from engine.definition.model import Place
from engine.definition.text import Text

# A small table in the manner of the legal classification: worst forms and hazards before everything else.
PLAIN: dict[str, Any] = {
    "format": 1,
    "id": "work_rules",
    "title": {"vi": "Phân loại", "en": "Classification"},
    "valid_from": "2021-01-01",
    "sha256": "ab" * 32,
    "inputs": [
        {"key": "age", "type": "integer", "title": {"vi": "Tuổi"}, "min": 0, "max": 120},
        {"key": "forced", "type": "boolean", "title": {"vi": "Bị cưỡng bức"}},
        {"key": "jobs", "type": "table", "title": {"vi": "Công việc"}, "columns": [
            {"key": "job", "type": "choice", "title": {"vi": "Nghề"}, "options": [
                {"key": "mining", "title": {"vi": "Khai thác"}}, {"key": "performing", "title": {"vi": "Biểu diễn"}}]},
            {"key": "hours_week", "type": "decimal", "title": {"vi": "Giờ một tuần"}},
        ]},
    ],
    "values": [
        {"key": "hours_limit", "value": 20, "title": {"vi": "Giờ tối đa"}, "law": "LC 2019 art. 146"},
        {"key": "grace", "value": {"decimal": "0.5"}, "unconfirmed": True},
        {"key": "hazardous_jobs", "value": ["mining"]},
        {"key": "strict", "value": True},
        {"key": "nothing", "value": []},
    ],
    "results": [
        {"key": "worst_form", "title": {"vi": "Tồi tệ nhất", "en": "Worst form"}}, {"key": "hazardous"}, {"key": "unlawful"},
        {"key": "not_working"},
    ],
    "rules": [
        {"key": "R1", "when": "(not known(age) or age < 18) and forced", "then": "worst_form", "law": "ILO C182 art. 3",
         "title": {"vi": "Hình thức tồi tệ nhất"}},
        {"key": "R2", "when": "strict and any_of(jobs, job in hazardous_jobs)", "then": "hazardous", "unconfirmed": True},
        {"key": "R5", "when": "age < 15 and sum(jobs, hours_week) > hours_limit + grace", "then": "unlawful"},
        {"key": "R6", "when": "any_of(jobs, job in nothing)", "then": "unlawful"},
        {"key": "R10", "when": "count(jobs) == 0", "then": "not_working"},
    ],
}  # fmt: skip


def job(name: str | None = None, hours: str | None = None) -> dict[str, Any]:
    row = {"job": name, "hours_week": Decimal(hours) if hours else None}
    return {key: value for key, value in row.items() if value is not None}


@pytest.fixture
def table() -> DecisionTable:
    return build_table(PLAIN)


def changed(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(PLAIN), **changes}


def rule(when: str, then: str = "hazardous") -> list[dict[str, Any]]:
    return [{"key": "R1", "when": when, "then": then}]


def test_a_table_keeps_what_its_file_says(table: DecisionTable) -> None:
    assert (table.id, table.valid_from, table.valid_to, table.sha256) == (
        "work_rules",
        date(2021, 1, 1),
        None,
        "ab" * 32,
    )
    assert table.title == Text("Phân loại", "Classification")
    assert list(table.inputs) == ["age", "forced", "jobs"]
    assert list(table.inputs["jobs"].columns) == ["job", "hours_week"]
    assert table.values["hours_limit"] == TableValue(20, Text("Giờ tối đa"), "LC 2019 art. 146")
    assert table.values["grace"] == TableValue(Decimal("0.5"), unconfirmed=True)
    assert table.values["hazardous_jobs"].value == ("mining",)
    assert table.results["worst_form"] == Text("Tồi tệ nhất", "Worst form")
    first = table.rules[0]
    assert (first.key, first.then, first.law, first.title.vi) == (
        "R1",
        "worst_form",
        "ILO C182 art. 3",
        "Hình thức tồi tệ nhất",
    )
    assert [each.unconfirmed for each in table.rules] == [False, True, False, False, False]


def test_the_first_match_wins_and_every_match_is_named(table: DecisionTable) -> None:
    found = decide(table, {"age": 14, "forced": True, "jobs": (job("mining", "30"),)})
    assert (found.result, found.first) == ("worst_form", "R1")
    assert found.matched == ("R1", "R2", "R5")
    assert (found.undecided, found.missing) == ((), ())


def test_an_unknown_rule_does_not_match_and_says_what_it_lacked(table: DecisionTable) -> None:
    found = decide(table, {"age": 14, "jobs": (job("performing"),)})
    assert (found.result, found.first, found.matched) == (None, None, ())
    assert found.undecided == ("R1", "R5")
    assert found.missing == ("forced", "jobs.hours_week")


def test_a_later_rule_wins_over_an_unknown_one_that_stays_named(table: DecisionTable) -> None:
    found = decide(table, {"age": 14, "jobs": (job("mining", "3"),)})
    assert (found.result, found.matched, found.undecided, found.missing) == (
        "hazardous",
        ("R2",),
        ("R1",),
        ("forced",),
    )


def test_an_unknown_age_counts_as_a_child_where_the_rule_says_so(table: DecisionTable) -> None:
    assert decide(table, {"forced": True, "jobs": ()}).matched == ("R1", "R10")


def test_hours_are_compared_exactly_with_the_limit(table: DecisionTable) -> None:
    for hours, matched in (("20.5", ()), ("20.51", ("R5",))):
        assert (
            decide(table, {"age": 14, "forced": False, "jobs": (job("performing", hours),)}).matched
            == matched
        )


def test_missing_jobs_are_not_taken_for_none(table: DecisionTable) -> None:
    found = decide(table, {"age": 14, "forced": False, "jobs": None})
    assert found.matched == ()
    assert found.undecided == ("R2", "R5", "R6", "R10")
    assert found.missing == ("jobs",)


def test_values_an_administrator_changes_change_the_result() -> None:
    values = [{**each, "value": 40} if each["key"] == "hours_limit" else each for each in PLAIN["values"]]
    inputs = {"age": 14, "forced": False, "jobs": (job("performing", "30"),)}
    assert decide(build_table(PLAIN), inputs).matched == ("R5",)
    assert decide(build_table(changed(values=values)), inputs).matched == ()


def test_a_rule_that_fails_is_a_fault_and_no_answer(table: DecisionTable) -> None:
    with pytest.raises(GuardFault):
        decide(table, {"age": "old", "forced": False, "jobs": ()})


@pytest.mark.parametrize(("when", "code", "suggestion"), [
    ("agee < 3", "WF101", "age"), ("today > now", "WF101", ""), ("case.cycle > 1", "WF101", ""), ("actor.id == 'x'", "WF101", ""),
    ("age < hours_limt", "WF101", "hours_limit"), ("any_of(jobs, job == 'minin')", "WF306", "mining"),
    ("working_days_between(age, age) > 1", "WF305", None), ("age + 1", "WF305", None), ("age <", "WF310", None),
])  # fmt: skip
def test_a_rule_that_cannot_be_is_a_finding(when: str, code: str, suggestion: str | None) -> None:
    with pytest.raises(Broken) as broken:
        build_table(changed(rules=rule(when)), {"rules.R1.when": Place(7, 11)})
    [finding] = broken.value.findings
    assert (finding.code, finding.path, finding.params.get("suggestion")) == (
        code,
        "rules.R1.when",
        suggestion,
    )
    assert finding.place
    assert finding.place.line == 7


def test_a_value_that_is_no_option_of_the_field_it_is_compared_with_is_a_finding() -> None:
    with pytest.raises(Broken) as broken:
        build_table(
            changed(
                values=[
                    *PLAIN["values"][:2],
                    {"key": "hazardous_jobs", "value": ["minig"]},
                    *PLAIN["values"][3:],
                ]
            )
        )
    assert [(each.code, each.params["option"], each.params["suggestion"]) for each in broken.value.findings] == [
        ("WF306", "minig", "mining"),
    ]  # fmt: skip


def test_all_findings_of_a_table_come_at_once() -> None:
    rules = [
        {"key": "A", "when": "agee < 3", "then": "hazardous"},
        {"key": "B", "when": "age <", "then": "hazardus"},
    ]
    with pytest.raises(Broken) as broken:
        build_table(changed(rules=rules))
    assert [(each.code, each.path) for each in broken.value.findings] == [
        ("WF101", "rules.A.when"), ("WF101", "rules.B.then"), ("WF310", "rules.B.when"),
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "when"), [
    ([1, {"decimal": "2.5"}], "age in limit"), ("mining", "any_of(jobs, job == limit)"), (False, "forced == limit"),
    ({"decimal": "1.50"}, "age > limit"), ([], "any_of(jobs, job not in limit)"),
])  # fmt: skip
def test_values_of_every_kind_can_be_read(value: Any, when: str) -> None:
    table = build_table(changed(values=[{"key": "limit", "value": value}], rules=rule(when)))
    assert decide(table, {"age": 2, "forced": False, "jobs": (job("mining"),)}).undecided == ()


def versions(*spans: tuple[str, str | None]) -> tuple[DecisionTable, ...]:
    return tuple(
        build_table(changed(valid_from=start, **({"valid_to": end} if end else {}), sha256=f"{number}"))
        for number, (start, end) in enumerate(spans)
    )


@pytest.mark.parametrize(("on", "expected"), [
    ("2012-12-31", None), ("2013-01-01", "0"), ("2020-12-31", "0"), ("2021-01-01", "1"), ("2024-06-30", "1"), ("2024-07-01", "2"),
    ("2026-11-23", "2"),
])  # fmt: skip
def test_the_version_in_force_is_that_of_the_work_date(on: str, expected: str | None) -> None:
    tables = versions(("2013-01-01", "2020-12-31"), ("2021-01-01", None), ("2024-07-01", None))
    for order in (tables, tables[::-1]):
        found = in_force(order, date.fromisoformat(on))
        assert (found.sha256 if found else None) == expected


def test_between_two_versions_there_is_no_rule_set() -> None:
    tables = versions(("2013-01-01", "2014-12-31"), ("2021-01-01", None))
    assert in_force(tables, date(2016, 5, 5)) is None
    assert in_force((), date(2016, 5, 5)) is None
