"""Two provers and brute force say the same of random guards; each witness does what it claims."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice, product
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.definition.expression import compile
from engine.definition.expression.closures import build
from engine.definition.proof.grid import Grid, Inexact
from engine.definition.proof.prover import ByCells, BySolver, Prover, prover
from engine.definition.proof.terms import Terms
from tests.engine.definition.proof.guards import CALCULATED, EXACT, FEW, LOOSE, cases, guards, read

BOTH = (True, False)
MOST = 2_000  # cases tried one by one


def provers(*sources: str, cells: bool = True) -> tuple[list[Any], list[Prover]]:
    """The simplified guards, and each prover there is for them."""
    terms = Terms(FEW)
    nodes = [terms.simplified(each) for each in map(read, sources)]
    found: list[Prover] = [BySolver(nodes, terms.variables, terms.facts())]
    if cells:
        found.append(ByCells(Grid.of(nodes, terms.variables, terms.facts())))
    return nodes, found


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
            assert (each.find((a, wanted[0]), (b, wanted[1])) is not None) == possible, (each, wanted)


@given(guards(EXACT, CALCULATED))
def test_z3_calculates_as_the_guards_do(guard: str) -> None:
    seen = happens(guard)
    (node,), (solver,) = provers(guard, cells=False)
    for wanted in BOTH:
        if (wanted,) in seen:
            assert solver.find((node, wanted))
        else:  # between the quarters of an hour there is more than brute force tries
            found = solver.find((node, wanted))
            assert found is None or "urgent" in guard or compile(read(guard))(found) is wanted


@given(guards(EXACT, LOOSE), guards(EXACT, LOOSE))
def test_what_is_not_looked_into_allows_more_and_never_less(one: str, other: str) -> None:
    seen = happens(one, other)
    (a, b), found = provers(one, other)
    for wanted in product(BOTH, BOTH):
        answers = [each.find((a, wanted[0]), (b, wanted[1])) is not None for each in found]
        assert answers[0] == answers[1]
        if wanted in {(x, y) for x, y in seen}:
            assert all(answers)


@given(guards(EXACT, LOOSE), st.sampled_from(BOTH), st.integers(0, 1000))
def test_a_witness_shows_it_whatever_the_rest_is(guard: str, wanted: bool, seed: int) -> None:
    random = Random(seed)  # noqa: S311 (cases of a test)
    terms = Terms(FEW)
    node = terms.simplified(read(guard))
    grid = Grid.of([node], terms.variables, terms.facts())
    for each in (ByCells(grid), BySolver([node], terms.variables, terms.facts())):
        found = each.find((node, wanted))
        if found is None:
            continue
        for _ in range(20):
            env = {name: random.choice(values) for name, values in grid.values.items()} | dict(found)
            if all(build(fact)(env) is True for fact in terms.facts()):
                assert build(node)(env) is wanted, env


def test_calculation_and_very_many_cells_go_to_z3_by_themselves() -> None:
    def chosen(sources: Mapping[str, Any]) -> type:
        return type(prover(**sources))

    terms = Terms(FEW)
    plain = {"nodes": [], "variables": {}, "facts": ()}
    assert chosen(plain) is ByCells
    node = terms.simplified(read("years + 1 > 2"))
    with pytest.raises(Inexact):
        Grid.of([node], terms.variables)
    assert chosen({"nodes": [node], "variables": terms.variables, "facts": ()}) is BySolver
