"""Two guards side by side: what the proof says passes one and not the other is so, by trying every case."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from hypothesis import assume, given

from engine.definition.expression import compile, parse
from engine.definition.proof.compared import Compared, compared
from engine.definition.proof.terms import Effort
from tests.engine.definition.proof.guards import EXACT, FEW, LOOSE, SCOPE, cases, guards, read

MOST = 2_000


def said(old: str, new: str) -> Compared:
    return compared((FEW, [read(old)]), (FEW, [read(new)]))


def seen(old: str, new: str) -> tuple[bool, bool]:
    """Does some case pass the old guard alone, and the new one alone?"""
    both = read(old), read(new)
    every = list(islice(cases(*both), MOST + 1))
    assume(len(every) <= MOST)
    was, now = ([compile(each)(env) is True for env in every] for each in both)
    pairs = list(zip(was, now, strict=True))
    return (True, False) in pairs, (False, True) in pairs


@given(guards(EXACT), guards(EXACT))
def test_what_passes_one_guard_alone_is_found_exactly(old: str, new: str) -> None:
    found, (stricter, looser) = said(old, new), seen(old, new)
    assert not found.undecided
    assert ((found.stricter is not None), (found.looser is not None)) == (stricter, looser)


@given(guards(EXACT, LOOSE), guards(EXACT, LOOSE))
def test_where_it_is_decided_nothing_is_overlooked(old: str, new: str) -> None:
    found, (stricter, looser) = said(old, new), seen(old, new)
    assert found.undecided or (
        (found.stricter is not None) >= stricter and (found.looser is not None) >= looser
    )


@given(guards(EXACT), guards(EXACT))
def test_turned_round_stricter_is_looser(old: str, new: str) -> None:
    there, back = said(old, new), said(new, old)
    assert (there.stricter is None, there.looser is None) == (back.looser is None, back.stricter is None)


def test_a_condition_more_is_stricter_and_shows_its_own_values() -> None:
    found = compared((FEW, [read("forced")]), (FEW, [read("forced"), read("years >= 2")]))
    assert found.looser is None and found.stricter
    assert found.stricter.turning == {"years": 0}
    assert found.stricter.values == {"forced": True, "years": 0}


def test_the_same_said_in_another_way_is_the_same() -> None:
    found = said('not (forced and risk == "low")', 'not forced or risk != "low"')
    assert found == Compared()


def test_whether_one_option_is_ticked_says_nothing_of_another() -> None:
    found = said("forced", '"dust" in ticked and "night" not in ticked')
    assert found.stricter and found.looser and not found.undecided


def test_an_option_and_how_many_are_ticked_hang_together_and_are_not_told() -> None:
    found = said('"dust" in ticked', "count(ticked) >= 2")
    assert found.undecided


def test_bounds_of_either_version_count() -> None:
    other = replace(FEW, fields={**FEW.fields, "years": replace(FEW.fields["years"], max=9)})
    low, high = FEW.fields["years"].min, FEW.fields["years"].max
    assert (low, high) == (0, 3)
    assert said("years <= 3", "years <= 4") == Compared()
    assert compared((FEW, [read("years <= 3")]), (other, [read("years <= 4")])).looser is not None


def test_a_field_of_another_type_or_computed_otherwise_is_not_decided() -> None:
    computed = replace(FEW.fields["urgent"], compute=parse("forced", SCOPE))
    other = replace(FEW, fields={**FEW.fields, "urgent": computed})
    assert compared((FEW, [read("urgent")]), (other, [read("urgent"), read("forced")])).undecided
    assert compared((FEW, [read("years > 1")]), (FEW, [read("years > 2")]), effort=Effort(left=0)).undecided
