"""Two provers and brute force say the same of random guards; each witness does what it claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice, product
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.definition.expression import compile
from engine.definition.expression.closures import build
from engine.definition.proof.grid import Grid, Inexact, cuts
from engine.definition.proof.prover import Prover, by_cells, by_solver
from engine.definition.proof.smt import Space, words
from engine.definition.proof.terms import Effort, Terms
from tests.engine.definition.proof.guards import CALCULATED, EXACT, FEW, LOOSE, cases, guards, read

BOTH = (True, False)
MOST = 2_000  # cases tried one by one


Answer = Callable[..., Mapping[str, Any] | None]


def provers(*sources: str, cells: bool = True) -> tuple[list[Any], list[Answer]]:
    """The simplified guards, and each way to ask about them."""
    terms = Terms(FEW.fields)
    nodes = [terms.simplified(read(each)) for each in sources]
    numbered = words((*nodes, *terms.facts()), terms.variables)
    space = Space.of(terms.variables, numbered, terms.facts())
    found: list[Answer] = [Prover(nodes, terms.variables, terms.facts()).find, partial(by_solver, space)]
    if cells:
        grid = Grid.of(cuts((*nodes, *terms.facts()), terms.variables.values()), terms.facts())
        found.append(partial(by_cells, grid))
    return nodes, [found[0], *(lambda *cases, ask=ask: ask(cases) for ask in found[1:])]


def happens(*sources: str) -> set[tuple[bool | None, ...]]:
    """The truth values the guards have together in all cases there can be, by running them."""
    expressions = [read(each) for each in sources]
    ready = [compile(each) for each in expressions]
    every = list(islice(cases(*expressions), MOST + 1))
    assume(len(every) <= MOST)
    return {tuple(each(env) for each in ready) for env in every}


@given(guards(EXACT), guards(EXACT))
def test_enumeration_z3_and_brute_force_agree_exactly(one: str, other: str) -> None:
    seen = happens(one, other)
    (a, b), found = provers(one, other)
    for wanted in product(BOTH, BOTH):
        possible = wanted in {(x, y) for x, y in seen}
        for each in found:
            assert (each((a, wanted[0]), (b, wanted[1])) is not None) == possible, (each, wanted)


@given(guards(EXACT, CALCULATED))
def test_z3_calculates_as_the_guards_do(guard: str) -> None:
    seen = happens(guard)
    (node,), (*_, solver) = provers(guard, cells=False)
    for wanted in BOTH:
        if (wanted,) in seen:
            assert solver((node, wanted)) is not None
        else:  # between the quarters of an hour there is more than brute force tries
            found = solver((node, wanted))
            assert found is None or "urgent" in guard or compile(read(guard))(found) is wanted


@given(guards(EXACT, LOOSE), guards(EXACT, LOOSE))
def test_what_is_not_looked_into_allows_more_and_never_less(one: str, other: str) -> None:
    seen = happens(one, other)
    (a, b), found = provers(one, other)
    for wanted in product(BOTH, BOTH):
        answers = [each((a, wanted[0]), (b, wanted[1])) is not None for each in found]
        assert len(set(answers)) == 1
        if wanted in {(x, y) for x, y in seen}:
            assert all(answers)


@given(guards(EXACT, LOOSE), st.sampled_from(BOTH), st.integers(0, 1000))
def test_a_witness_shows_it_whatever_the_rest_is(guard: str, wanted: bool, seed: int) -> None:
    random = Random(seed)  # noqa: S311 (cases of a test)
    (node,), ways = provers(guard)
    terms = Terms(FEW.fields)
    terms.simplified(read(guard))
    facts = [build(fact) for fact in terms.facts()]
    values = cuts((node, *terms.facts()), terms.variables.values())
    for ask in ways:
        found = ask((node, wanted))
        if found is None:
            continue
        for _ in range(20):
            env = {name: random.choice(options) for name, options in values.items()} | dict(found)
            if all(fact(env) is True for fact in facts):
                assert build(node)(env) is wanted, env


def test_z3_answers_also_where_no_value_matters() -> None:
    (node,), (*_, solver) = provers("known(ticked) and not known(ticked)", cells=False)
    assert solver((node, False)) == {}
    assert solver((node, True)) is None


def test_calculation_and_very_many_cells_go_to_z3_by_themselves() -> None:
    (node,), (ask, _) = provers("years + 1 > hours and years * 2 < 3", cells=False)
    assert ask((node, True)) is not None
    assert cuts([node], Terms(FEW.fields).variables.values()) == {}
    with pytest.raises(Inexact):
        Grid.of({str(number): (True, False) for number in range(20)})


def test_a_question_falls_into_parts_that_share_nothing() -> None:
    (a, b), (ask, *_) = provers('risk == "low" and forced', "years > 2")
    assert ask((a, True), (b, True)) == {"risk": "low", "forced": True, "years": 3}
    assert ask((a, False), (a, True)) is None


def test_what_nobody_can_tell_within_the_effort_is_neither_found_nor_called_impossible() -> None:
    for source in ("years + 1 > hours", "years > 1"):  # by z3, by cells
        terms = Terms(FEW.fields)
        node = terms.simplified(read(source))
        spent = Prover([node], terms.variables, effort=Effort(left=0))
        assert spent.find((node, True)) is None
        assert spent.possible((node, True))
        assert Prover([node], terms.variables).find((node, True)) is not None


def test_a_product_of_two_unknowns_is_not_looked_into() -> None:
    (node,), (ask, _) = provers("years * hours > 100 and years * 2 < 1", cells=False)
    assert ask((node, True)) == {"years * hours": 101, "years": 0}
