from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.definition.expression import (
    FALSE,
    TRUE,
    UNKNOWN,
    compile,
    conjuncts,
    missing,
    parse,
    possible,
    write,
)
from tests.engine.definition.expression_naive import evaluate
from tests.engine.definition.expression_random import VALUES, environments, numbers, truths
from tests.engine.definition.expression_story import SCOPE

LAW = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
PENDING = st.frozensets(st.sampled_from(sorted(set(VALUES) - {"today", "now"})))


def outcome(value: bool | None) -> int:
    return {True: TRUE, False: FALSE, None: UNKNOWN}[value]


@LAW
@given(truths(), environments())
def test_a_compiled_condition_says_what_the_naive_evaluator_says(source: str, env: dict[str, Any]) -> None:
    assert compile(parse(source, SCOPE))(env) is evaluate(source, env)


@LAW
@given(numbers(3), environments())
def test_a_compiled_number_is_what_the_naive_evaluator_says(source: str, env: dict[str, Any]) -> None:
    assert compile(parse(source, SCOPE))(env) == evaluate(source, env)


@LAW
@given(truths(), environments(), PENDING, st.data())
def test_whatever_the_pending_names_become_the_outcome_was_possible(
    source: str, env: dict[str, Any], pending: frozenset[str], data: st.DataObject
) -> None:
    expression = parse(source, SCOPE)
    expected = possible(expression)(env, pending)
    for _ in range(3):
        later = {
            **env,
            **{name: data.draw(VALUES[name], name) for name in sorted(pending & expression.reads)},
        }
        assert outcome(compile(expression)(later)) & expected


@LAW
@given(truths(), environments())
def test_with_nothing_pending_only_the_present_outcome_is_possible(source: str, env: dict[str, Any]) -> None:
    expression = parse(source, SCOPE)
    assert possible(expression)(env, frozenset()) == outcome(compile(expression)(env))


@LAW
@given(truths(), environments())
def test_something_is_missing_exactly_when_the_outcome_is_unknown(source: str, env: dict[str, Any]) -> None:
    expression = parse(source, SCOPE)
    names = missing(expression, env)
    assert bool(names) is (compile(expression)(env) is None)
    for name in names:
        table, _, column = name.partition(".")
        if name in VALUES:
            assert env.get(name) in (None, ())
        else:
            assert any(column not in row for row in env[table])


@LAW
@given(truths(plain=True), environments(), st.data())
def test_filling_in_what_is_not_missing_never_decides(
    source: str, env: dict[str, Any], data: st.DataObject
) -> None:
    expression = parse(source, SCOPE)
    names = missing(expression, env)
    if names:
        others = [each for each in expression.reads if env.get(each) is None and each not in names]
        later = {**env, **{name: data.draw(VALUES[name], name) for name in sorted(others)}}
        assert compile(expression)(later) is None


@LAW
@given(truths(plain=True), environments(), st.data())
def test_a_decided_outcome_stays_whatever_more_becomes_known(
    source: str, env: dict[str, Any], data: st.DataObject
) -> None:
    expression = parse(source, SCOPE)
    before = compile(expression)(env)
    if before is not None:
        unknown = [each for each in expression.reads if env.get(each) is None]
        later = {**env, **{name: data.draw(VALUES[name], name) for name in sorted(unknown)}}
        assert compile(expression)(later) is before


@LAW
@given(truths())
def test_reading_what_was_written_gives_the_same_tree(source: str) -> None:
    tree = parse(source, SCOPE).tree
    assert parse(write(tree), SCOPE).tree == tree


@LAW
@given(truths(), environments())
def test_an_expression_is_the_conjunction_of_its_conjuncts(source: str, env: dict[str, Any]) -> None:
    expression = parse(source, SCOPE)
    parts = conjuncts(expression)
    outcomes = [compile(each)(env) for each in parts]
    assert compile(expression)(env) is (False if False in outcomes else None if None in outcomes else True)
    assert all(parse(each.source, SCOPE).tree == each.tree for each in parts)
