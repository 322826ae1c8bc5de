"""WF308, WF601 and WF603: guards that read the clock, states without a limit, warnings longer than theirs."""

from typing import Any

import pytest

from engine.definition import report
from engine.definition.model import Definition
from tests.engine.definition.checks.drawing import TITLE, deadline, fields, form, found, net, when


def clock(guard: str, **step: Any) -> list[list[str]]:
    definition = net(
        "a>b", {"a>b": {"when": when(guard), **step}},
        fields=[*fields(x="date", y="date", at="datetime", p="boolean", rows="table"),
                {"key": "age", "type": "integer", "title": TITLE, "compute": "age(x, today)"}],
        forms=[form("f", "x")],
    )  # fmt: skip
    return [each.params["names"] for each in found(definition, "WF308")]


@pytest.mark.parametrize(
    ("guard", "names"),
    [
        ("days_between(x, today) > 3", ["today"]),
        ("hours_between(case.opened_at, now) < 24", ["now"]),
        ("age >= 15", ["today"]),
        ("p or (not p and today > x)", ["today"]),
        ("any_of(rows, known(note) and today > x)", ["today"]),
    ],
)
def test_a_guard_that_reads_the_clock_is_told(guard: str, names: list[str]) -> None:
    assert clock(guard) == [names]


def test_what_the_form_says_may_be_compared_with_today() -> None:
    assert clock("x <= today", form="f") == []
    assert clock("age >= 15", form="f") == []
    assert clock("x <= today and y <= today", form="f") == [["today"]]
    assert clock("x > y") == []


def unlimited(definition: Definition) -> list[str]:
    return [each.params["state"] for each in found(definition, "WF601")]


DUE = {"deadlines": deadline()}
AGAIN = {"repeats": [{"key": "r", "title": TITLE, "every": {"duration": "1 week"}, "done_by": ["a>b"]}]}


def test_a_state_without_a_limit_stands_out_only_among_states_that_have_one() -> None:
    assert unlimited(net("a>b b>c c>d", {"a": DUE, "b": AGAIN})) == ["c"]
    assert unlimited(net("a>b b>c c>d", {"a": DUE})) == []
    assert unlimited(net("a>b b>c", {"a": DUE})) == []


def test_the_first_state_counts_and_an_end_does_not() -> None:
    assert unlimited(net("a>b b>c c>d", {"b": DUE, "c": DUE})) == ["a"]
    assert unlimited(net("a>b b>c c>d", {"a": DUE, "b": DUE, "c": DUE})) == []


def test_a_limit_of_the_whole_case_covers_the_states_it_may_run_in() -> None:
    def with_lasting(**keys: Any) -> list[str]:
        lasting = deadline(starts=["a>b"], **keys)
        return unlimited(net("a>b b>c c>d d>e", {"a": DUE, "b": DUE, "c": DUE}, deadlines=lasting))

    assert with_lasting() == []
    assert with_lasting(ends=["c>d"]) == ["d"]
    assert with_lasting(pause_in=["d"]) == ["d"]


def test_time_runs_on_in_an_interlude() -> None:
    assert unlimited(net("a>b b>c c>b b>d", {"a": DUE, "b": DUE, "c": {"interlude": True}})) == []


def warned(warn: str, *within: dict[str, Any], **keys: Any) -> list[str]:
    definition = net(
        "a>b", {"a": {"deadlines": [{"key": "due", "title": TITLE, "within": list(within), "warn": warn, **keys}]}},
        fields=fields(risk="choice", on="date"),
    )  # fmt: skip
    return [each.variant for each in found(definition, "WF603")]


def lasts(duration: str) -> dict[str, Any]:
    return {"duration": duration}


@pytest.mark.parametrize(
    ("warn", "limit"),
    [
        ("5 days", "3 days"), ("3 hours", "2 hours"), ("2 days", "24 hours"), ("1 month", "2 weeks"),
        ("2 days", "0 days"), ("6 working days", "5 working days"), ("40 days", "1 month"), ("49 hours", "1 day"),
        ("4 working days", "3 days"), ("40 days", "10 working days"), ("2 years", "1 year"),
    ],
)  # fmt: skip
def test_a_warning_that_always_comes_before_its_limit_begins_is_told(warn: str, limit: str) -> None:
    assert warned(warn, lasts(limit)) == [""]


@pytest.mark.parametrize(
    ("warn", "limit"),
    [
        ("3 days", "3 days"), ("1 day", "24 hours"), ("12 days", "10 working days"), ("30 days", "1 month"),
        ("36 hours", "1 day"), ("4 weeks", "1 month"), ("365 days", "1 year"), ("48 hours", "1 day"),
        ("3 days", "3 working days"),
    ],
)  # fmt: skip
def test_a_warning_that_may_come_after_its_limit_began_is_not_told(warn: str, limit: str) -> None:
    assert warned(warn, lasts(limit)) == []


def test_every_duration_the_limit_may_have_must_be_shorter() -> None:
    by_risk = {"by": "risk", "durations": {"one": "1 day", "two": "30 days"}}
    assert warned("3 days", by_risk) == []
    assert warned("31 days", by_risk) == [""]
    assert warned("3 days", lasts("1 day"), by_risk) == []


def test_a_limit_from_a_field_may_begin_on_a_day_to_come_and_is_warned_of_before() -> None:
    assert warned("7 days", lasts("0 days"), **{"from": "on"}) == []
    assert warned("7 days", lasts("10 days"), **{"from": "on"}) == []


def test_repeats_and_lasting_limits_have_warnings_too() -> None:
    again = [{"key": "r", "title": TITLE, "every": lasts("1 day"), "warn": "2 days", "done_by": ["a>b"]}]
    assert [each.path for each in found(net("a>b", {"a": {"repeats": again}}), "WF603")] == [
        "states.a.repeats.r.warn"
    ]
    lasting = deadline(warn="2 days", starts=["a>b"])
    assert [each.path for each in found(net("a>b", deadlines=lasting), "WF603")] == ["deadlines.due.warn"]


def test_durations_are_said_in_the_readers_language() -> None:
    (finding,) = found(
        net("a>b", {"a": {"deadlines": deadline(warn="2 working days", within=[lasts("1 hour")])}}), "WF603"
    )
    assert "2 ngày làm việc" in report.say(finding, "vi") and "1 giờ" in report.say(finding, "vi")
    assert "2 working days" in report.say(finding, "en") and "1 hour" in report.say(finding, "en")
    assert finding.witness == {"warn": "2 working days", "within": "1 hour"}
