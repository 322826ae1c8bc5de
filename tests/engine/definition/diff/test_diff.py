"""Two versions compared: nothing is overlooked, the order of the two turns the answer round, all of it can be said."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.diff import Change, Kind, What, compare, say, touched
from engine.definition.model import Definition
from engine.text import LANGUAGES, messages
from schemas.load import load_definition
from tests.engine.definition.checks.drawing import deadline, fields, net, when
from tests.engine.definition.diff.mutants import SHIPPED, mutant, original

TURNED = {What.ADDED: What.REMOVED, What.REMOVED: What.ADDED, What.CHANGED: What.CHANGED}
ASKS = (Kind.TIGHTENING, Kind.BREAKING)
SEEDS = st.integers(0, 10**9)


def orders(definition: Definition) -> list[Any]:
    """What equality of mappings does not look at."""
    whole = [
        definition.fields,
        definition.forms,
        definition.states,
        definition.transitions,
        definition.stages,
        definition.subcases,
        definition.milestones,
    ]
    return [[*each] for each in whole] + [
        [*each.options, *each.columns] for each in definition.fields.values()
    ]


@settings(max_examples=20)
@given(st.sampled_from(SHIPPED), SEEDS, st.integers(1, 6))
def test_no_change_is_overlooked_and_none_is_made_up(name: str, seed: int, changes: int) -> None:
    old, new = original(name), mutant(name, seed, changes)
    same = old == new and orders(old) == orders(new)
    assert (compare(old, new) == ()) == same
    assert compare(new, new) == ()


@settings(max_examples=20)
@given(st.sampled_from(SHIPPED), SEEDS, SEEDS, st.integers(0, 5))
def test_turned_round_it_is_the_same_story(name: str, seed: int, other: int, changes: int) -> None:
    one, two = mutant(name, seed, changes), mutant(name, other, changes)
    there, back = compare(one, two), compare(two, one)
    assert {(each.path, each.what) for each in there} == {(each.path, TURNED[each.what]) for each in back}
    kinds = {(each.path, each.how.partition(".")[0]): each.kind for each in back}
    for each in there:
        turned = kinds[each.path, each.how.partition(".")[0]] if each.what is What.CHANGED else None
        mirror = turned or next(other.kind for other in back if other.path == each.path)
        assert (each.kind is Kind.NEUTRAL) == (mirror is Kind.NEUTRAL), each
        assert each.kind is not Kind.ADDITIVE or mirror in ASKS, (each, mirror)


@settings(max_examples=20)
@given(st.sampled_from(SHIPPED), SEEDS)
def test_every_change_is_a_sentence_in_both_languages_and_stands_somewhere(name: str, seed: int) -> None:
    old, new = original(name), mutant(name, seed, 8)
    for each in compare(old, new):
        for language in LANGUAGES:
            sentence = say(each, language)
            assert sentence.endswith(".")
            assert "{" not in sentence
            assert "None" not in sentence
    found = touched(compare(old, new))
    assert {
        key for key, each in found.states.items() if each.what is What.REMOVED
    } == old.states.keys() - new.states.keys()
    assert {
        key for key, each in found.transitions.items() if each.what is What.ADDED and "." not in key
    } == new.transitions.keys() - old.transitions.keys()


# ------------------------------------------------------------------ single changes


def drawn(changes: dict[str, Any] | None = None, **top: Any) -> Definition:
    """a to b to c, with a choice, a date and a yes/no to read."""
    more = {"fields": fields(risk="choice", on="date", safe="boolean"), **top}
    return net("a>b b>c", changes, **more)


def the_change(new: Definition, old: Definition | None = None) -> Change:
    (change,) = compare(old or drawn(), new)
    return change


@pytest.mark.parametrize(
    ("old", "new", "kind", "how"),
    [
        ("5 days", "3 days", Kind.TIGHTENING, "within.shorter"), ("3 days", "2 weeks", Kind.ADDITIVE, "within.longer"),
        ("5 days", "24 hours", Kind.TIGHTENING, "within.shorter"), ("1 day", "24 hours", Kind.TIGHTENING, "within.other"),
        ("10 days", "5 working days", Kind.TIGHTENING, "within.other"),
    ],
)  # fmt: skip
def test_a_shorter_limit_is_tightening_and_a_longer_one_is_not(
    old: str, new: str, kind: Kind, how: str
) -> None:
    one, two = (drawn({"a": {"deadlines": deadline(within=[{"duration": each}])}}) for each in (old, new))
    change = the_change(two, one)
    assert (change.kind, change.how, change.path) == (kind, how, "states.a.deadlines.due.within")


def test_a_limit_more_by_a_field_is_shorter_and_says_for_whom() -> None:
    plain = {"duration": "7 days"}
    by_risk = {"by": "risk", "durations": {"one": "1 day"}}
    one, two = (drawn({"a": {"deadlines": deadline(within=each)}}) for each in ([plain], [plain, by_risk]))
    assert the_change(two, one).how == "within.shorter"
    assert "1 day" in say(the_change(two, one), "en")
    assert the_change(one, two).kind is Kind.ADDITIVE


@pytest.mark.parametrize(
    ("old", "new", "kind", "how"),
    [
        ([], ["safe"], Kind.TIGHTENING, "when.stricter"), (["safe"], [], Kind.ADDITIVE, "when.looser"),
        (["safe"], ["not safe"], Kind.TIGHTENING, "when.other"), (["safe"], ["safe == true"], Kind.NEUTRAL, "when.same"),
        (["not (safe and known(on))"], ["not safe or not known(on)"], Kind.NEUTRAL, "when.same"),
    ],
)  # fmt: skip
def test_a_guard_is_judged_by_what_passes(old: list[str], new: list[str], kind: Kind, how: str) -> None:
    one, two = (drawn({"a>b": {"when": when(*each)}}) for each in (old, new))
    change = the_change(two, one)
    assert (change.kind, change.how, change.path) == (kind, how, "transitions.a>b.when")


def test_a_stricter_guard_shows_values_in_words() -> None:
    change = the_change(drawn({"a>b": {"when": when('risk == "one"')}}))
    assert change.witness == {"risk": "two"}
    assert "no longer when label is Label" in say(change, "en")


def test_a_guard_that_nobody_can_judge_is_tightening_and_says_so() -> None:
    one, two = (
        drawn({"a>b": {"when": when(f"x > {least}")}}, fields=fields(x=kind))
        for least, kind in ((1, "integer"), (2, "decimal"))
    )
    assert {each.how: each.kind for each in compare(one, two)} == {
        "when.unclear": Kind.TIGHTENING, "type.changed": Kind.BREAKING,
    }  # fmt: skip


def test_functions_are_said_by_the_title_that_the_caller_knows() -> None:
    change = the_change(drawn({"a>b": {"by": ["commune_officer"]}}))
    assert (change.kind, change.how) == (Kind.TIGHTENING, "by.fewer")
    assert "Chủ tịch" in say(change, "vi", {"commune_chair": "Chủ tịch"}.__getitem__)


def test_a_new_alternative_above_others_may_take_their_cases() -> None:
    old = net("a>b b>c", {"a>b": {"trigger": "go"}})
    above, below = (
        net(each, {key: {"trigger": "go"} for key in ("a>b", "a>c")})
        for each in ("a>c a>b b>c", "a>b a>c b>c")
    )
    assert [each.kind for each in compare(old, above) if each.path == "transitions.a>c"] == [Kind.TIGHTENING]
    assert [each.kind for each in compare(old, below) if each.path == "transitions.a>c"] == [Kind.ADDITIVE]
    assert ("trigger.order", Kind.TIGHTENING) in {(each.how, each.kind) for each in compare(above, below)}


def test_what_a_picture_colours() -> None:
    found = touched(
        compare(
            drawn(),
            net(
                "a>b b>d d>c",
                {"a": {"title": {"vi": "Khác"}}},
                fields=fields(risk="choice", on="date", safe="boolean"),
            ),
        )
    )
    assert {key: each.what for key, each in found.states.items()} == {"a": What.CHANGED, "d": What.ADDED}
    assert {key: (each.what, each.kind) for key, each in found.transitions.items()} == {
        "b>c": (What.REMOVED, Kind.BREAKING), "b>d": (What.ADDED, Kind.ADDITIVE), "d>c": (What.ADDED, Kind.ADDITIVE),
    }  # fmt: skip


def test_places_are_those_of_each_file() -> None:
    text = (Path(__file__).parents[1] / "checks" / "WF601" / "good.yaml").read_text()
    old, new = (
        load_definition(each, {}).definition
        for each in (
            text,
            "# one line more\n" + text.replace("    final: true", "    final: true\n    exceptional: true"),
        )
    )
    assert old and new
    (change,) = compare(old, new)
    assert change.old and change.new
    assert change.new.line == change.old.line + 4  # the old file has the state alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_catalogues_have_the_same_sentences(language: str) -> None:
    ours = {key for key in messages().sentences[language] if key.startswith("change.")}
    assert ours == {key for key in messages().sentences["vi"] if key.startswith("change.")}
    for key in ours:
        places = [
            {name for _, name, _, _ in Formatter().parse(messages().sentences[each][key]) if name}
            for each in LANGUAGES
        ]
        assert places[0] == places[1], key
