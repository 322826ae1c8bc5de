"""Two versions compared: nothing is overlooked, the order of the two turns the answer round, all of it can be said."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition.diff import Kind, What, compare, say, touched
from engine.definition.model import Definition
from engine.text import LANGUAGES
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


@settings(max_examples=50)
@given(st.sampled_from(SHIPPED), SEEDS, st.integers(1, 6))
def test_no_change_is_overlooked_and_none_is_made_up(name: str, seed: int, changes: int) -> None:
    old, new = original(name), mutant(name, seed, changes)
    same = old == new and orders(old) == orders(new)
    assert (compare(old, new) == ()) == same
    assert compare(new, new) == ()


@settings(max_examples=50)
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


@settings(max_examples=50)
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
