from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from engine.definition.expression import ExpressionError, Kind, Scope, parse, walk
from engine.definition.expression.tree import Const
from engine.definition.model import FieldType
from engine.text import messages
from tests.engine.definition.expression_story import FIELDS, SCOPE, field


def refusal(source: Any, scope: Scope = SCOPE, want: Kind | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(source, scope, want=want)
    return caught.value


@pytest.mark.parametrize(("source", "reads"), [
    ("risk_level == 'high' and known(child_age)", {"risk_level", "child_age"}),
    ("subcases.all_closed", {"subcases.all_closed"}), ("subcases.education.open > 0", {"subcases.education.open"}),
    ("education.attendance_rate >= 80", {"education.attendance_rate"}), ("age(child_dob, today) > 3", {"child_dob", "today"}),
    ("case.state == 'review' and actor.area == place", {"case.state", "actor.area", "place"}),
    ("any_of(visits, hours > weekly_hours)", {"visits", "weekly_hours"}), ("true", set()),
    ("working_days_between(work_date, today) > 3", {"work_date", "today"}),
])  # fmt: skip
def test_an_expression_knows_what_it_reads(source: str, reads: set[str]) -> None:
    assert parse(source, SCOPE).reads == reads


@pytest.mark.parametrize(("source", "kind"), [
    ("child_age + 1", "integer"), ("child_age + 1.5", "decimal"), ("weekly_hours * 2", "decimal"), ("support", "integer"),
    ("forced", "boolean"), ("narrative", "text"), ("child_dob", "date"), ("now", "datetime"), ("risk_level", "choice"),
    ("hazards", "choices"), ("visits", "table"), ('["a"]', "list"), ("case.area", "area"), ("actor.id", "actor"),
    ("school", "agency"), ("hours_between(now, received_at)", "decimal"), ("last(visits, work_status)", "choice"),
    ("max_of(visits, visited_on)", "date"), ("sum(actions, cost)", "integer"), ("count(visits)", "integer"),
    ("education.enrolled_on", "date"), ("actor.functions", "choices"), ("case.cycle", "integer"), ("light_jobs", "list"),
])  # fmt: skip
def test_kinds_of_results(source: str, kind: str) -> None:
    assert parse(source, SCOPE).kind.name == kind


def test_every_field_type_has_a_kind() -> None:
    for kind in FieldType:
        assert Kind.of_type(kind).name == Kind.of(field("x", kind.value)).name


def test_a_column_hides_a_name_inside_a_predicate_only() -> None:
    scope = Scope({**FIELDS, "in_school": field("in_school", "integer")})
    assert parse("any_of(visits, in_school) and in_school > 3", scope).reads == {"visits", "in_school"}


def test_white_space_and_lines_mean_nothing() -> None:
    assert parse("forced\n  and\tconsent\r\n", SCOPE).tree == parse("forced and consent", SCOPE).tree


def test_a_word_in_vietnamese_is_a_constant_like_any_other() -> None:
    tree = parse('child_name == "Nguyễn Thị Bưởi" or child_age > 3', SCOPE).tree
    assert "Nguyễn Thị Bưởi" in [each.value for each in walk(tree) if isinstance(each, Const)]


def test_constants_are_exact() -> None:
    for source, expected in (
        ("999999999999999", 999999999999999),
        ("12345678.9012345", Decimal("12345678.9012345")),
    ):
        assert parse(source, SCOPE).tree == Const(
            expected, Kind.INTEGER if isinstance(expected, int) else Kind.DECIMAL
        )


@pytest.mark.parametrize(("source", "column", "variant", "suggestion"), [
    ("risk_levl == 'high'", 0, "name", "risk_level"), ("forced and consnt", 11, "name", "consent"),
    ("case.stat == 'review'", 0, "name", "case.state"), ("educaton.attendance_rate > 3", 0, "name", "education.attendance_rate"),
    ("subcases.education.opn > 3", 0, "name", "subcases.education.open"), ("qqqqqq", 0, "name", ""),
    ("child_name == 'Bưởi' and consnt", 25, "name", "consent"), ("cont(visits) > 3", 0, "function", "count"),
    ("last(visits, work_statu) == 'none'", 13, "column", "work_status"), ("last(visits, risk_level) == 'none'", 13, "column", ""),
    ("any_of(visits, hour > 3)", 15, "name", "hours"), ("visits.hours > 3", 0, "name", "visits"), ("xcvbnm > 3", 0, "name", ""),
    ("open(child_name)", 0, "function", ""), ("risk_level.upper == 'x'", 0, "name", "risk_level"),
])  # fmt: skip
def test_an_unknown_name_is_wf101_with_the_nearest_known_one(
    source: str, column: int, variant: str, suggestion: str
) -> None:
    error = refusal(source)
    assert (error.code, error.column, error.variant, error.params["suggestion"]) == (
        "WF101",
        column,
        variant,
        suggestion,
    )


@pytest.mark.parametrize(("source", "column", "option", "suggestion"), [
    ("risk_level == 'hgh'", 14, "hgh", "high"), ("'hgh' == risk_level", 0, "hgh", "high"),
    ("risk_level in ['high', 'mediun']", 23, "mediun", "medium"), ("'dusty' in hazards", 0, "dusty", "dust"),
    ("case.state != 'planing'", 14, "planing", "planning"), ("case.stage == 'x'", 14, "x", ""),
    ("'commune_char' in actor.functions", 0, "commune_char", "commune_chair"),
    ("any_of(visits, work_status not in ['lawfull'])", 35, "lawfull", "lawful"), ("case.came_from == 'revew'", 18, "revew", "review"),
    ("risk_level in light_jobs", 0, "none", ""),
])  # fmt: skip
def test_an_unknown_option_is_wf306_with_the_nearest_known_one(
    source: str, column: int, option: str, suggestion: str
) -> None:
    error = refusal(source)
    assert (error.code, error.column) == ("WF306", column)
    assert (error.params["option"], error.params["suggestion"]) == (option, suggestion)


def test_without_declared_states_any_state_may_be_compared() -> None:
    assert parse("case.state == 'anything' and 'any' in actor.functions", Scope({})).kind == Kind.BOOLEAN


MISFITS = [
    ("risk_level == 3", "compare", 0), ("forced and child_age == 'x'", "compare", 11), ("child_age > 'x'", "compare", 0),
    ("child_name == risk_level", "compare", 0), ("child_dob == 3", "compare", 0), ("verifier == school", "compare", 0),
    ("place == actor.id", "compare", 0), ("forced == 1", "compare", 0), ("hazards == 'dust'", "compare", 0),
    ("child_age == [3]", "compare", 0), ("child_name > 'a'", "order", 0), ("risk_level < 'high'", "order", 0),
    ("forced < consent", "order", 0), ("hazards == hazards", "whole", 0), ("visits == actions", "whole", 0), ("visits < actions", "whole", 0),
    ("visits == visits", "whole", 0), ("child_dob < received_at", "date_datetime", 0), ("now == today", "date_datetime", 0),
    ("child_dob > '2020-01-01'", "date_text", 0), ("received_at == '2020-01-01'", "date_text", 0),
    ("'2020-01-01' != child_dob", "date_text", 0), ("child_dob in ['2020-01-01']", "date_text", 0),
    ("child_dob == child_name", "compare", 0), ("risk_level == work_class", "options_apart", 0),
    ("child_age in hazards", "container", 0), ("child_name in hazards", "container", 0), ("'a' in child_name", "container", 0),
    ("child_age in visits", "container", 0), ("'a' in 3", "container", 0), ("child_age in ['a']", "compare", 0),
    ("work_class in hazards", "options_apart", 0), ("(child_age > 3) == (paid > 3)", "truths", 1),
    ("forced == (paid > 3)", "truths", 0), ("child_age and forced", "truth", 0), ("forced or subcases.education.open", "truth", 10),
    ("not risk_level", "truth", 4), ("any_of(visits, hours)", "truth", 15), ("child_name + 'a' == 'b'", "arithmetic", 0),
    ("-risk_level == 3", "arithmetic", 1), ("forced + 1 > 1", "arithmetic", 0), ("today - child_dob > 3", "day_arithmetic", 0),
    ("child_dob + 3 > today", "day_arithmetic", 0), ("age(received_at, today) > 3", "argument", 4),
    ("age(child_dob, 3) > 3", "argument", 15), ("hours_between(today, now) > 3", "argument", 14),
    ("days_between(child_age, today) > 3", "argument", 13), ("count(child_age) > 3", "argument", 6),
    ("any_of(hazards, true)", "argument", 7), ("sum(visits, in_school) > 3", "argument", 12), ("max_of(visits, note) > 3", "argument", 15),
    ("streak(visits, in_school, 1.5) > 3", "argument", 26), ("streak(visits, in_school, -1) > 3", "negative_days", 26),
    ("streak(helpers, true, 3) > 3", "no_date_column", 7), ("age(child_dob) > 3", "arity", 0), ("known()", "arity", 0),
    ("count(visits, in_school, 3) > 3", "arity", 0), ("streak(visits, in_school) > 3", "arity", 0), ("date() == today", "arity", 0),
    ("known(3)", "known_of", 6), ("known(child_age + 1)", "known_of", 6), ("known(count(visits))", "known_of", 6),
    ("any_of(visits, any_of(actions, cost > 3))", "nested", 22), ("any_of(visits, count(actions) > 3)", "nested", 21),
    ("any_of(visits, last(visits, in_school))", "nested", 20), ("child_age in []", "list_empty", 13),
    ("child_age in [3, 'a']", "list_mixed", 13), ("child_dob in [date('2020-01-01'), 3]", "list_mixed", 13),
]  # fmt: skip


@pytest.mark.parametrize(("source", "variant", "column"), MISFITS)
def test_kinds_that_do_not_fit_are_wf305(source: str, variant: str, column: int) -> None:
    error = refusal(source)
    assert (error.code, error.variant, error.column) == ("WF305", variant, column)


def test_a_wrong_comparison_names_both_sides_and_their_kinds() -> None:
    assert refusal("forced and risk_level >= child_age + 3").params == {
        "left": "risk_level", "left_kind": "choice", "right": "child_age + 3", "right_kind": "integer",
    }  # fmt: skip


def test_quotations_of_the_source_are_short() -> None:
    assert len(refusal("risk_level == " + " + ".join(["child_age"] * 20)).params["right"]) <= 60


@pytest.mark.parametrize(("source", "want", "fits"), [
    ("forced", Kind.BOOLEAN, True), ("child_age", Kind.BOOLEAN, False), ("child_age", Kind.INTEGER, True),
    ("child_age", Kind.DECIMAL, True), ("weekly_hours", Kind.INTEGER, False), ("today", Kind.DATE, True), ("now", Kind.DATE, False),
    ("'a'", Kind.TEXT, True), ("child_name", Kind.TEXT, True), ("risk_level", Kind.TEXT, False), ("actor.id", Kind.ACTOR, True),
    ("'p1'", Kind.ACTOR, True), ("case.area", Kind.AREA, True), ("school", Kind.ACTOR, False),
    ("risk_level", Kind.of(FIELDS["risk_hint"]), True), ("work_class", Kind.of(FIELDS["risk_hint"]), False),
    ("'high'", Kind.of(FIELDS["risk_hint"]), True), ("'hgh'", Kind.of(FIELDS["risk_hint"]), False),
    ("['dust', 'heat']", Kind.of(FIELDS["hazards"]), True), ("['dust', 'x']", Kind.of(FIELDS["hazards"]), False),
    ("[1, 2]", Kind.of(FIELDS["hazards"]), False), ("hazards", Kind.of(FIELDS["hazards"]), True),
    ("support", Kind.of(FIELDS["paid"]), True),
])  # fmt: skip
def test_the_result_has_the_kind_that_is_wanted(source: str, want: Kind, fits: bool) -> None:
    if fits:
        assert parse(source, SCOPE, want=want).source == source
    else:
        assert refusal(source, want=want).code in ("WF305", "WF306")


def test_a_table_of_rules_reads_its_inputs_and_values_only() -> None:
    scope = Scope(FIELDS, names={"limit": Kind.INTEGER}, around=False)
    assert parse("child_age > limit", scope).kind == Kind.BOOLEAN
    for source in ("child_dob < today", "case.cycle > 1", "actor.id == verifier", "subcases.all_closed"):
        assert refusal(source, scope).variant == "name"
    assert refusal("working_days_between(child_dob, work_date) > 1", scope).variant == "no_calendar"


UNREADABLE: list[Any] = [
    "," * 1001,
    3, "", "x" * 2001, "(" * 41 + "1" + ")" * 41, "child_name == 'e\u0302'", "a\u00a0b", "(forced", "0x1f > 3", "1234567890123456 > 3",
    "'a' 'b'", "'a", "None", "_x", "forced consent", "2 / 3 > 1", "2 ** 3 > 1", "child_age in [3] in [4]", "child_age in [paid]",
    "date('2020-02-30') < today", "working_days_between(today, today) > 1",
]  # fmt: skip


def test_every_error_has_a_sentence_in_both_languages() -> None:
    own = tomllib.loads(files("engine").joinpath("messages", "expression.vi.toml").read_text("utf-8"))[
        "finding"
    ]
    written = {f"finding.{code}.{variant}" for code, variants in own.items() for variant in variants}
    wrong = (
        [source for source, _, _ in MISFITS]
        + UNREADABLE
        + ["risk_level == 'hgh'", "cont(visits)", "last(visits, x)", "qqq"]
    )
    met = set()
    for source in wrong:
        error = refusal(source, Scope(FIELDS, SCOPE.subcases, around="working" not in str(source)))
        met.add(f"finding.{error.code}.{error.variant}")
        for language in ("vi", "en"):
            assert messages().say(language, f"finding.{error.code}.{error.variant}", **error.params)
    met.add(f"finding.WF305.{refusal('child_age', want=Kind.BOOLEAN).variant}")
    assert met == written
