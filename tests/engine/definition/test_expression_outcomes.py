from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from engine.definition.expression import (
    ANYTHING,
    FALSE,
    TRUE,
    UNKNOWN,
    GuardFault,
    Scope,
    compile,
    conjuncts,
    missing,
    parse,
    possible,
    write,
)
from engine.definition.expression.kleene import AND, NOT, OR, all_of, any_of
from tests.engine.definition.expression_story import ENV, SCOPE, field, keyed


def test_a_mask_of_each_outcome_over_pending_names() -> None:
    def mask(source: str, *pending: str, **changes: Any) -> int:
        return possible(parse(source, SCOPE))({**ENV, **changes}, frozenset(pending))

    assert mask("forced") == FALSE
    assert mask("forced", forced=None) == UNKNOWN
    assert mask("forced", "forced") == ANYTHING
    assert mask("known(forced)", "forced") == TRUE | FALSE
    assert mask("not known(forced)", "forced") == TRUE | FALSE
    assert mask("child_age > 3 and forced", "child_age") == FALSE
    assert mask("child_age > 3 and consent", "child_age") == ANYTHING
    assert mask("child_age > 3 or consent", "child_age") == TRUE
    assert mask("known(child_age) and consent", "child_age") == TRUE | FALSE
    assert mask("known(child_age) and consent", "child_age", consent=None) == UNKNOWN | FALSE
    assert mask("any_of(visits, hours > weekly_hours)", "weekly_hours") == ANYTHING
    assert mask("count(visits) >= 1 and subcases.all_closed", "visits") == FALSE
    assert mask("true", "forced") == TRUE


def test_masks_are_joined_outcome_by_outcome() -> None:
    outcomes = {TRUE: True, FALSE: False, UNKNOWN: None}
    masks = {mask: [value for bit, value in outcomes.items() if mask & bit] for mask in range(1, 8)}

    def as_mask(values: Iterable[bool | None]) -> int:
        return sum({bit for bit, value in outcomes.items() if value in set(values)})

    for a, b in product(masks, repeat=2):
        pairs = list(product(masks[a], masks[b]))
        assert AND[a][b] == as_mask({all_of(pair) for pair in pairs})
        assert OR[a][b] == as_mask({any_of(pair) for pair in pairs})
        assert NOT[a] == as_mask({None if each is None else not each for each in masks[a]})


def test_only_conditions_have_possible_outcomes() -> None:
    with pytest.raises(ValueError, match="child_age"):
        possible(parse("child_age + 1", SCOPE))


@pytest.mark.parametrize(("source", "names"), [
    ("child_age > 3", ("child_age",)), ("child_age > 3 and forced", ()), ("child_age > 3 or consent", ()),
    ("child_age > 3 and consent and work_date < today", ("child_age", "work_date")),
    ("not (child_age > 3) or work_date < today", ("child_age", "work_date")),
    ("child_age + weekly_hours > 3", ("child_age", "weekly_hours")), ("known(child_age)", ()),
    ("age(work_date, today) > child_age", ("work_date", "child_age")), ('risk_level in ["high"]', ("risk_level",)),
    ('"dust" in hazards', ("hazards",)), ("count(calls) > 1", ("calls",)), ("any_of(calls, answered)", ("calls",)),
    ("last(actions, due) < today", ("actions.due",)), ("any_of(visits, in_school)", ()), ("all_of(visits, in_school)", ("visits.in_school",)),
    ("all_of(visits, in_school and hours > weekly_hours)", ("weekly_hours", "visits.in_school", "visits.hours")),
    ("sum(visits, hours) > 1", ("visits.hours",)), ("count(visits, in_school) >= 3", ("visits.in_school",)),
    ("count(visits, in_school) >= 1", ()), ("streak(visits, in_school, child_age) > 1", ("child_age",)),
    ("max_of(helpers, hours) > 1", ("helpers",)), ("child_age > 1 and child_age < 9", ("child_age",)),
    ("forced or (consent and child_age > 3)", ("child_age",)),
])  # fmt: skip
def test_only_the_names_that_matter_are_missing(source: str, names: tuple[str, ...]) -> None:
    changes: dict[str, Any] = dict.fromkeys(
        ("child_age", "work_date", "weekly_hours", "risk_level", "hazards", "calls")
    )
    changes["visits"] = ({"in_school": True, "hours": Decimal(2)}, {}, {"in_school": True})
    changes["helpers"] = ()
    assert missing(parse(source, SCOPE), {**ENV, **changes}) == names


@pytest.mark.parametrize(("source", "written"), [
    ("child_age-(paid-1)>0", "child_age - (paid - 1) > 0"), ("(child_age-paid)-1>0", "child_age - paid - 1 > 0"),
    ("(child_age+1)*2>0", "(child_age + 1) * 2 > 0"), ("child_age*(2*paid)>0", "child_age * (2 * paid) > 0"),
    ("-(child_age+1)<0", "-(child_age + 1) < 0"), ("-child_age*2<-1.50", "-child_age * 2 < -1.50"), ("--child_age>0", "--child_age > 0"),
    ("not(forced and(consent or known(school)))", "not (forced and (consent or known(school)))"),
    ("(forced and consent) or(known(school))", "forced and consent or known(school)"), ("not not forced", "not not forced"),
    ("(not forced) and not(child_age>3)", "not forced and not child_age > 3"), ("3<child_age<5", "3 < child_age and child_age < 5"),
    ("child_name=='a\"b'", "child_name == 'a\"b'"), ("child_dob in[date('2020-01-02')]", 'child_dob in [date("2020-01-02")]'),
    ("streak(visits,in_school,30)>=2", "streak(visits, in_school, 30) >= 2"), ("last(visits,hours)>1", "last(visits, hours) > 1"),
    ("risk_level not in['low']", 'risk_level not in ["low"]'), ("forced==true", "forced == true"),
])  # fmt: skip
def test_an_expression_is_written_in_one_manner(source: str, written: str) -> None:
    tree = parse(source, SCOPE).tree
    assert write(tree) == written
    assert parse(written, SCOPE).tree == tree


def test_conjuncts_are_the_top_level_parts() -> None:
    whole = parse('forced and (consent or known(school)) and (child_age > 3 and risk_level == "low")', SCOPE)
    assert [each.source for each in conjuncts(whole)] == [
        "forced", "consent or known(school)", "child_age > 3", 'risk_level == "low"',
    ]  # fmt: skip
    assert [each.reads for each in conjuncts(whole)][1] == {"consent", "school"}
    alone = parse("forced or consent", SCOPE)
    assert conjuncts(alone) == (alone,)


def test_a_chain_falls_into_its_links() -> None:
    assert [each.source for each in conjuncts(parse("13 <= child_age < 18", SCOPE))] == [
        "13 <= child_age",
        "child_age < 18",
    ]


def test_expressions_of_equal_source_over_other_fields_are_compiled_apart() -> None:
    number = parse("x == 1", Scope(keyed(field("x", "integer"))))
    decimal = parse("x == 1", Scope(keyed(field("x", "decimal"))))
    truth = parse("x", Scope(keyed(field("x", "boolean"))))
    text = parse("x", Scope(keyed(field("x", "text"))))
    assert number == decimal
    assert hash(number) == hash(decimal)
    assert compile(number) is compile(number)
    assert possible(number) is possible(number)
    assert compile(number) is not compile(decimal)
    assert truth == text
    assert compile(text)({"x": "a"}) == "a"
    with pytest.raises(GuardFault):
        compile(truth)({"x": "a"})
