"""WF307: which reads of a field are told, with which way, and which are not."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from engine.definition.model import Definition
from tests.engine.definition.checks.drawing import TITLE, fields, form, found, net, when

FIELDS = fields(x="integer", y="integer", p="boolean", risk="choice", on="date", rows="table")


def told(definition: Definition) -> list[tuple[str, str, list[str]]]:
    """What reads, what is read, on which way."""
    return [(each.path, each.params["name"], each.witness["path"]) for each in found(definition, "WF307")]


def drawn(
    line: str,
    changes: Mapping[str, Mapping[str, Any]],
    *forms: Mapping[str, Any],
    opening: str = "",
    **top: Any,
) -> Definition:
    opened = {"title": TITLE, "by": ["commune_officer"], **({"form": opening} if opening else {})}
    return net(line, changes, fields=FIELDS, forms=list(forms), open=opened, **top)


READ = {"b>c": {"when": when("x > 3")}}


def test_a_field_that_only_one_of_two_ways_fills_is_told_with_the_other_one() -> None:
    definition = drawn("a>b a-again>b b>c", {**READ, "a>b": {"form": "f"}}, form("f", "x"))
    assert told(definition) == [("transitions.b>c.when", "x", ["a-again>b"])]


def test_what_every_way_fills_is_not_told() -> None:
    filling = {"a>b": {"form": "f"}, "a-again>b": {"form": "f"}}
    assert told(drawn("a>b a-again>b b>c", {**READ, **filling}, form("f", "x"))) == []
    assert told(drawn("a>b b>c", READ, form("f", "x"), opening="f")) == []


def test_the_shortest_way_is_shown() -> None:
    assert told(drawn("a>d d>b a>b b>c", READ))[0][2] == ["a>b"]


def test_what_the_steps_own_form_asks_can_be_filled_in_there() -> None:
    for asked in (form("f", "x"), form("f", optional=["x"])):
        assert told(drawn("a>b b>c", {"b>c": {**READ["b>c"], "form": "f"}}, asked)) == []


@pytest.mark.parametrize(
    "guard",
    [
        ["not known(x) or x > 3"],
        ["known(x) and x > 3"],
        ["known(x)", "x > 3"],
        ["not known(x) or not known(y) or x > y"],
        ['case.state == "a" and x > 3'],
    ],
)
def test_a_guard_that_sees_to_the_lack_itself_is_not_told(guard: Sequence[str]) -> None:
    assert told(drawn("a>b b>c", {"b>c": {"when": when(*guard)}})) == []


def test_a_form_can_save_a_guard_that_lacks_another_field() -> None:
    guard = {"when": when("x > 3 or known(y)")}
    assert told(drawn("a>b b>c", {"b>c": guard}))
    assert told(drawn("a>b b>c", {"b>c": {**guard, "form": "f"}}, form("f", optional=["y"]))) == []


def test_an_alternative_is_looked_at_only_after_those_above_it() -> None:
    above = {
        "b>c": {"trigger": "go", "when": when("not known(x)")},
        "b>d": {"trigger": "go", "when": when("x > 3")},
    }
    assert told(drawn("a>b b>c b>d", above)) == []
    below = {"b>c": {"trigger": "go", "when": when("x > 3")}, "b>d": {"trigger": "go"}}
    assert [path for path, _, _ in told(drawn("a>b b>c b>d", below))] == ["transitions.b>c.when"]


def test_what_a_guard_cannot_do_without_is_filled_after_its_step() -> None:
    steps = {"a>b": {"form": "f"}, "b>c": {"when": when("known(x)")}, "c>d": {"when": when("x > 3")}}
    asked = form("f", optional=["x"])
    assert told(drawn("a>b b>c c>d", steps, asked)) == []
    del steps["b>c"]
    assert told(drawn("a>b b>c c>d", steps, asked)) == [("transitions.c>d.when", "x", ["a>b", "b>c"])]


def test_a_computed_field_is_looked_through() -> None:
    late = {"key": "late", "type": "boolean", "title": TITLE, "compute": "x > 3"}
    definition = net("a>b b>c", {"b>c": {"when": when("late")}}, fields=[*FIELDS, late])
    assert [(path, name) for path, name, _ in told(definition)] == [("transitions.b>c.when", "x")]


def test_what_is_cleared_is_empty_again() -> None:
    clearing = {"c>b": {"do": [{"effect": "clear", "fields": ["x"]}]}}
    definition = drawn(
        "a>b b>c c>b b>d", {**clearing, "b>d": {"when": when("x > 3")}}, form("f", "x"), opening="f"
    )
    assert told(definition) == [("transitions.b>d.when", "x", ["a>b", "b>c", "c>b"])]


def test_what_the_same_step_asks_for_is_not_cleared_by_it() -> None:
    step = {"do": [{"effect": "clear", "fields": ["x"]}], "form": "f"}
    assert told(drawn("a>b b>c", {"a>b": step, **READ}, form("f", "x"))) == []


def test_a_new_cycle_begins_with_what_reopening_left() -> None:
    ended = {"c": {"final": True, "reopen": {"by": ["province_child_lead"], "to": "b"}}}
    assert told(drawn("a>b b>c", {**ended, **READ}, form("f", "x"), opening="f")) == []
    ended["c"]["reopen"]["do"] = [{"effect": "clear", "fields": ["x"]}]  # type: ignore[index]
    definition = drawn("a>b b>c", {**ended, **READ}, form("f", "x"), opening="f")
    assert told(definition) == [("transitions.b>c.when", "x", ["a>b", "b>c", "reopen.c"])]


@pytest.mark.parametrize(
    ("value", "certain"),
    [
        ("3", True),
        ("case.cycle + 1", True),
        ("y + 1", True),
        ("count(rows)", True),
        ("x + 1", False),
        ("count(rows, known(note))", False),
    ],
)
def test_set_fills_what_is_certainly_known(value: str, certain: bool) -> None:
    step = {"form": "row", "appends": "rows", "do": [{"effect": "set", "values": {"x": value}}]}
    definition = drawn("a>b b>c", {"a>b": step, **READ}, form("row", "note"), form("f", "y"), opening="f")
    read = [each for each in told(definition) if each[0] == "transitions.b>c.when"]
    assert read == ([] if certain else [("transitions.b>c.when", "x", ["a>b"])])


def test_an_effect_that_takes_its_value_from_an_empty_field_is_told() -> None:
    step = {"a>b": {"do": [{"effect": "set", "values": {"x": "y + 1"}}]}}
    definition = drawn("a>b", step)
    assert told(definition) == [("transitions.a>b.do.0", "y", [])]
    assert found(definition, "WF307")[0].variant == "effect"
    assert told(drawn("a>b", {"a>b": {**step["a>b"], "form": "f"}}, form("f", "y"))) == []


def test_the_first_effect_of_a_step_may_fill_what_the_second_reads() -> None:
    effects = [{"effect": "set", "values": {"y": "3"}}, {"effect": "set", "values": {"x": "y + 1"}}]
    assert told(drawn("a>b", {"a>b": {"do": effects}})) == []
    assert told(drawn("a>b", {"a>b": {"do": effects[::-1]}})) == [("transitions.a>b.do.0", "y", [])]


def test_a_linked_case_is_told_only_of_what_its_opening_requires() -> None:
    def copying(name: str) -> list[tuple[str, str, list[str]]]:
        step = {"b>b": {"to": "same", "do": [{"effect": "open_case", "as": "found", "values": {name: "y"}}]}}
        links = [{"key": "found", "title": TITLE}]
        return told(drawn("a>b b>b b>c", step, form("f", "x"), opening="f", links=links))

    assert copying("x") == [("transitions.b>b.do.0", "y", ["a>b"])]
    assert copying("y") == []


def limit(*within: Mapping[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"key": "due", "title": TITLE, "within": list(within), **more}]


BY_RISK = {"by": "risk", "durations": {"one": "1 day", "two": "2 days"}}


def test_a_limit_for_every_value_of_a_field_is_told_if_there_may_be_none() -> None:
    definition = drawn("a>b b>c", {"b": {"deadlines": limit(BY_RISK)}})
    assert told(definition) == [("states.b.deadlines.due", "risk", ["a>b"])]
    assert found(definition, "WF307")[0].variant == "limit"
    repeat = [{"key": "due", "title": TITLE, "every": BY_RISK, "done_by": ["b>c"]}]
    assert told(drawn("a>b b>c", {"b": {"repeats": repeat}})) == [("states.b.repeats.due", "risk", ["a>b"])]


def test_a_limit_that_is_meant_for_some_values_or_has_another_beside_it_is_not_told() -> None:
    some = {"by": "risk", "durations": {"one": "1 day"}}
    for within in ([some], [BY_RISK, {"duration": "7 days"}], [{"by": "p", "durations": {"true": "1 day"}}]):
        assert told(drawn("a>b b>c", {"b": {"deadlines": limit(*within)}})) == []
    assert told(drawn("a>b b>c", {"b": {"deadlines": limit({"duration": "1 day"}, **{"from": "on"})}})) == []


def test_a_lasting_limit_is_judged_after_the_step_that_starts_it() -> None:
    lasting = limit(BY_RISK, starts=["a>b"])
    assert told(drawn("a>b b>c", {}, deadlines=lasting)) == [("deadlines.due", "risk", ["a>b"])]
    assert told(drawn("a>b b>c", {"a>b": {"form": "f"}}, form("f", "risk"), deadlines=lasting)) == []


def test_what_a_proposal_asks_is_not_filled_before_it_is_accepted() -> None:
    step = {"a>b": {"form": "f", "proposes": True}}
    assert told(drawn("a>b b>c", {**step, **READ}, form("f", "x"))) == [
        ("transitions.b>c.when", "x", ["a>b"])
    ]


def test_a_row_fills_its_table() -> None:
    read = {"b>c": {"when": when("count(rows) >= 1")}}
    step = {"a>b": {"form": "f", "appends": "rows"}}
    assert [name for _, name, _ in told(drawn("a>b b>c", read))] == ["rows"]
    assert told(drawn("a>b b>c", {**step, **read}, form("f", "note"))) == []


def test_fields_that_come_together_are_no_risk() -> None:
    """`y` is known only where the form was filled in that asks for `x` too."""
    guard = {"b>c": {"when": when("known(y) and x > y")}}
    both = {"a>b": {"form": "f"}}
    assert told(drawn("a>b a-again>b b>c", {**both, **guard}, form("f", "x", "y"))) == []
    alone = {"a>b": {"form": "f"}}
    assert told(drawn("a>b a-again>b b>c", {**alone, **guard}, form("f", "y"))) == [
        ("transitions.b>c.when", "x", ["a>b"])
    ]


def test_a_truth_that_stands_for_a_filled_field_is_no_risk() -> None:
    begun = {"b>b": {"to": "same", "form": "f", "do": [{"effect": "set", "values": {"p": "true"}}]}}
    ended = {"b-end>b": {"to": "same", "do": [{"effect": "set", "values": {"p": "false"}}]}}
    guard = {"b>c": {"when": when("known(p) and p", "x > 3")}}
    assert told(drawn("a>b b>b b-end>b b>c", {**begun, **ended, **guard}, form("f", "x"))) == []
    del begun["b>b"]["form"]
    assert [name for _, name, _ in told(drawn("a>b b>b b-end>b b>c", {**begun, **ended, **guard}))] == ["x"]


def test_the_way_shown_can_be_gone() -> None:
    """The short way is closed while `y` is empty, so a step that fills it is put in."""
    steps = {
        "b>b": {"to": "same", "form": "f"},
        "b>c": {"when": when("known(y)")},
        "c>d": {"when": when("x > 3")},
    }
    definition = drawn("a>b b>b b>c c>d", steps, form("f", "y"))
    assert told(definition) == [("transitions.c>d.when", "x", ["a>b", "b>b", "b>c"])]


def test_a_way_that_an_effect_has_closed_is_not_shown() -> None:
    closed = {"a>b": {"do": [{"effect": "set", "values": {"p": "false"}}]}, "b>c": {"when": when("p")}}
    assert told(drawn("a>b b>c c>d", {**closed, "c>d": {"when": when("x > 3")}})) == []


def test_a_value_that_a_track_returned_is_never_certain() -> None:
    subcases = [
        {"key": "t", "definition": "other", "title": TITLE, "code": "T", "holder": "school",
         "returns": [{"key": "mark", "type": "integer"}]}
    ]  # fmt: skip
    guard = {"b>c": {"when": when("t.mark > 3")}}
    assert [name for _, name, _ in told(drawn("a>b b>c", guard, subcases=subcases))] == ["t.mark"]


def test_each_reader_and_field_is_told_once() -> None:
    definition = drawn("a>b a>d b>c", {"b>c": {"from": ["b", "d"], "when": when("x > y", "x > 3")}})
    assert [(path, name) for path, name, _ in told(definition)] == [
        ("transitions.b>c.when", "x"), ("transitions.b>c.when", "y"),
    ]  # fmt: skip


def test_where_the_short_way_cannot_be_gone_another_is_shown() -> None:
    steps = {"a>b": {"when": when("known(y)")}, "b>c": {"when": when("x > 3")}}
    assert told(drawn("a>b a>d d>b b>c", steps)) == [("transitions.b>c.when", "x", ["a>d", "d>b"])]


def test_a_step_that_cannot_be_taken_mends_no_way() -> None:
    steps = {
        "b>b": {"to": "same", "form": "f", "when": when("known(p)")},
        "b>c": {"when": when("known(y)")},
        "c>d": {"when": when("x > 3")},
    }
    definition = drawn("a>b b>b b>c b>e e>c c>d", steps, form("f", "y"))
    assert told(definition) == [("transitions.c>d.when", "x", ["a>b", "b>e", "e>c"])]


def test_a_way_that_needs_what_was_cleared_on_it_cannot_be_gone() -> None:
    steps = {
        "a>b": {"do": [{"effect": "clear", "fields": ["y"]}]},
        "b>c": {"when": when("known(y)")},
        "c>d": {"when": when("x > 3")},
    }
    intake = form("f", optional=["y"])
    assert told(drawn("a>b b>c c>d", steps, intake, opening="f")) == []
    del steps["a>b"]
    assert told(drawn("a>b b>c c>d", steps, intake, opening="f")) == [
        ("transitions.c>d.when", "x", ["a>b", "b>c"])
    ]


def test_a_way_on_which_no_value_passes_every_guard_cannot_be_gone() -> None:
    steps = {
        "a>b": {"when": when('risk == "one"')},
        "b>c": {"when": when('risk != "one"')},
        "c>d": {"when": when("x > 3")},
    }
    asked = form("f", "risk")
    assert told(drawn("a>b b>c c>d", steps, asked, opening="f")) == []
    steps["b>c"]["form"] = "f"
    assert told(drawn("a>b b>c c>d", steps, asked, opening="f")) == [
        ("transitions.c>d.when", "x", ["a>b", "b>c"])
    ]


def test_a_blank_text_that_an_effect_sets_empties_its_field() -> None:
    note = [*FIELDS, {"key": "note", "type": "text", "title": TITLE}]
    blank = {
        "a>b": {"do": [{"effect": "set", "values": {"note": '""'}}]},
        "b>c": {"when": when("known(note)")},
    }
    read = {"c>d": {"when": when("x > 3")}}
    assert told(net("a>b b>c c>d", {**blank, **read}, fields=note)) == []
    blank["a>b"]["do"][0]["values"]["note"] = '"seen"'  # type: ignore[index]
    assert told(net("a>b b>c c>d", {**blank, **read}, fields=note)) == [
        ("transitions.c>d.when", "x", ["a>b", "b>c"])
    ]


def test_what_is_proposed_changes_nothing_on_a_way() -> None:
    steps = {
        "a>b": {"do": [{"effect": "set", "values": {"p": "false"}}]},
        "b>b": {"to": "same", "form": "f", "proposes": True},
        "b>c": {"when": when("p")},
        "c>d": {"when": when("x > 3")},
    }
    asked = form("f", optional=["p"])
    assert told(drawn("a>b b>b b>c c>d", steps, asked)) == []
    del steps["b>b"]["proposes"]
    assert told(drawn("a>b b>b b>c c>d", steps, asked)) == [
        ("transitions.c>d.when", "x", ["a>b", "b>b", "b>c"])
    ]
