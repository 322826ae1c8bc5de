"""WF308, WF601 and WF603: guards that read the clock, states without a limit, warnings longer than theirs."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.definition import report
from engine.definition.findings import Finding
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


HELP = [{"key": "t", "definition": "x", "title": TITLE, "code": "T", "holder": "school"}]
REACHED = [{"key": "m", "title": TITLE, "when": "subcases.any_opened"}]


def until_help(drawn: str, changes: Mapping[str, Mapping[str, Any]], **top: Any) -> Finding:
    """What is said of a workflow; the step b>d opens a track."""
    steps = (
        {**changes, "b>d": {"do": [{"effect": "open_subcase", "key": "t"}]}} if "b>d" in drawn else changes
    )
    (note,) = found(
        net(drawn, steps, subcases=HELP, milestones=REACHED, fields=fields(risk="choice", on="date"), **top),
        "WF604",
    )
    return note


def due(*limits: str, **keys: Any) -> dict[str, Any]:
    return {"deadlines": deadline(within=[lasts(each) for each in limits], **keys)}


def test_the_limits_of_the_longest_path_to_help_are_added_up() -> None:
    note = until_help(
        "a>b a>c c>b b>d d>e", {"a": due("2 days"), "b": due("12 hours"), "c": due("1 week", "10 days")}
    )
    assert (note.variant, note.witness) == (
        "",
        {"days": 10, "path": ["a>c", "c>b"]},
    )  # of two limits the earlier; d is help
    assert "10 ngày" in report.say(note, "vi") and "10 days" in report.say(note, "en")


def test_working_days_are_counted_with_weekends_and_one_long_holiday() -> None:
    note = until_help("a>b b>c", {"a": due("5 working days"), "b": due("3 working days")})
    assert note.witness["days"] == 2 * 8 + 14


def test_a_limit_that_goes_by_a_field_counts_with_its_longest_answer_if_it_has_all() -> None:
    some = {"by": "risk", "durations": {"one": "3 days"}}
    every = {"by": "risk", "durations": {"one": "3 days", "two": "9 days"}}
    assert until_help("a>b", {"a": {"deadlines": deadline(within=[every])}}).witness["days"] == 9
    assert until_help("a>b", {"a": {"deadlines": deadline(within=[some])}}).witness["states"] == ["a"]


def test_a_limit_that_does_not_make_a_case_leave_bounds_nothing() -> None:
    assert until_help("a>b", {"a": due("3 days", done_by=["a>b"])}).variant == "states"
    assert (
        until_help("a>b", {"a": due("3 days", **{"from": "on"})}).variant == "states"
    )  # that day may lie far ahead


def test_a_loop_is_named_unless_one_limit_runs_through_all_of_it() -> None:
    limits = {"a": due("1 day"), "b": due("2 days"), "c": due("3 days")}
    note = until_help("a>b b>c c>b b>d", limits)
    assert (note.variant, note.witness["loops"]) == ("loops", ["b → c → b"])
    whole = deadline(within=[lasts("20 days")], starts=["a>b"])
    assert until_help("a>b b>c c>b b>d", limits, deadlines=whole).witness == {"days": 21, "path": ["a>b"]}
    for broken in (
        {"starts": ["a>b", "c>b"]},
        {"starts": ["a>b"], "ends": ["b>c"]},
        {"starts": ["a>b"], "pause_in": ["c"]},
    ):
        assert until_help("a>b b>c c>b b>d", limits, deadlines=[{**whole[0], **broken}]).variant == "loops", (
            broken
        )


def test_both_a_loop_and_a_state_without_limit_are_named() -> None:
    note = until_help("a>b b>a b>c", {"a": due("1 day")})
    assert (note.variant, note.witness) == ("both", {"loops": ["a → b → a"], "states": ["b"]})


def test_without_a_milestone_of_help_nothing_is_said() -> None:
    assert (
        found(
            net("a>b", {"a": DUE}, milestones=[{"key": "m", "title": TITLE, "when": "case.cycle > 1"}]),
            "WF604",
        )
        == []
    )
