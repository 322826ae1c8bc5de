"""What can come out of an expression while some names are certainly empty, against evaluation itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.checks.absent import Given, inlined, looked_through, needed, outcomes
from engine.definition.expression import ANYTHING, FALSE, TRUE, UNKNOWN, Scope, compile, names_in, parse
from engine.definition.expression.kleene import mask
from engine.definition.model import Field, FieldType
from engine.definition.text import Text

EITHER = TRUE | FALSE
COLUMNS = {
    "done": Field(key="done", type=FieldType.BOOLEAN, title=Text()),
    "hours": Field(key="hours", type=FieldType.INTEGER, title=Text()),
}
FIELDS = {
    **{key: Field(key=key, type=FieldType.INTEGER, title=Text()) for key in ("a", "b", "c")},
    **{key: Field(key=key, type=FieldType.BOOLEAN, title=Text()) for key in ("p", "q")},
    "rows": Field(key="rows", type=FieldType.TABLE, title=Text(), columns=COLUMNS),
}
SCOPE = Scope(FIELDS)


def come_of(source: str, **given: object) -> int:
    return outcomes(parse(source, SCOPE).tree)(Given(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a > 3", UNKNOWN),
        ("a > b", UNKNOWN),
        ("b > 3", EITHER),
        ("known(a)", FALSE),
        ("not known(a)", TRUE),
        ("known(a) and a > 3", FALSE),
        ("not known(a) or a > 3", TRUE),
        ("b > 3 or a > 3", TRUE | UNKNOWN),
        ("b > 3 and a > 3", FALSE | UNKNOWN),
        ("known(b) and a > 3", FALSE | UNKNOWN),
        ("a + b * 2 > 3", UNKNOWN),
        ("count(rows, hours > a) >= 1", EITHER | UNKNOWN),
        ("any_of(rows, not known(a) or hours > a)", EITHER),
        ("streak(rows, hours > a, 0) >= 1", EITHER),
    ],
)
def test_what_the_lack_of_one_field_does(source: str, expected: int) -> None:
    if "streak" in source:  # it needs a day to count by
        dated = {**COLUMNS, "on": Field(key="on", type=FieldType.DATE, title=Text())}
        rows = Field(key="rows", type=FieldType.TABLE, title=Text(), columns=dated)
        tree = parse(source, Scope({**FIELDS, "rows": rows})).tree
        assert outcomes(tree)(Given(absent=("a",))) == expected
    else:
        assert come_of(source, absent=("a",)) == expected


def test_without_its_table_everything_about_rows_is_unknown() -> None:
    for source in ("count(rows) >= 1", "any_of(rows, done)", "all_of(rows, done)", "last(rows, hours) > 3"):
        assert come_of(source, absent=("rows",)) == UNKNOWN


def test_what_is_filled_is_known_and_what_is_fixed_has_its_value() -> None:
    assert come_of("known(a) and b > 3", filled=("a",)) == EITHER
    assert come_of("known(a)", fixed={"a": None}) == FALSE
    assert come_of("a > 3", fixed={"a": 4}) == TRUE
    assert come_of("a > b", fixed={"a": 4}) == EITHER
    assert come_of("p", fixed={"p": False}) == FALSE


def test_computed_fields_are_looked_through() -> None:
    fields = {
        **FIELDS,
        "late": Field(
            key="late", type=FieldType.BOOLEAN, title=Text(), compute=parse("known(a) and a > 3", SCOPE)
        ),
    }
    expression = parse("late or p", Scope(fields))
    tree, reads = looked_through(expression, fields)
    assert reads == names_in(tree) == {"a", "p"}
    assert outcomes(tree)(Given(absent=("a",))) == EITHER
    known = inlined(parse("known(late)", Scope(fields)).tree, fields)
    assert outcomes(known)(Given()) == EITHER
    assert outcomes(known)(Given(filled=("a",))) == TRUE


def test_needed_names_are_those_without_which_nothing_is_known() -> None:
    assert needed(parse("a + b > 3", SCOPE).tree) == {"a", "b"}
    assert needed(parse("known(a)", SCOPE).tree) == set()
    assert needed(parse("any_of(rows, hours > a)", SCOPE).tree) == {"rows"}
    assert needed(parse("not p", SCOPE).tree) == {"p"}


leaves = st.sampled_from(["a > b", "b == 3", "known(a)", "known(b)", "p", "q", "a + b > c", "c != 2", "true"])
guards = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda each: f"not ({each})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda each: f"({each[0]}) {each[1]} ({each[2]})"
        ),
    ),
    max_leaves=8,
)
values = st.fixed_dictionaries(
    {key: st.integers(0, 4) for key in ("a", "b", "c")} | {key: st.booleans() for key in ("p", "q")}
)


@given(guards, values, st.sets(st.sampled_from(["a", "b", "c", "p", "q"])))
def test_what_comes_out_was_foreseen(source: str, env: dict[str, object], absent: set[str]) -> None:
    expression = parse(source, SCOPE)
    found = compile(expression)({key: each for key, each in env.items() if key not in absent})
    foreseen = outcomes(expression.tree)(Given(absent=absent, filled=env.keys() - absent))
    assert mask(found) & foreseen
    assert foreseen <= ANYTHING


@given(guards, values, st.sets(st.sampled_from(["a", "b", "c", "p", "q"])))
def test_with_every_value_fixed_there_is_one_outcome(
    source: str, env: dict[str, object], absent: set[str]
) -> None:
    expression = parse(source, SCOPE)
    fixed = {key: None if key in absent else each for key, each in env.items()}
    assert outcomes(expression.tree)(Given(fixed=fixed)) == mask(compile(expression)(fixed))
