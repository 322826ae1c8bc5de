"""Both rule tables against an oracle written by hand (oracle.py), over the whole grid."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from engine.definition import expression
from engine.definition.decision import Decided, decide, in_force
from tests.workflows.content import definitions, tables
from tests.workflows.oracle import Child, Job, legal, statistical
from workflows import catalogue

AGES = range(4, 19)
# Just below, on and just above every limit of both tables, and the range 15 to 40 hours that another product lets fall through.
HOURS = [
    (day, week)
    for day, week in (
        ("0.5", "2"), ("0.9", "4.9"), ("1", "3"), ("0.5", "5"), ("4", "15"), ("4", "20"), ("4", "20.5"), ("4.5", "18"),
        ("4", "24"), ("4", "24.5"), ("7", "35"), ("7.5", "37"), ("8", "40"), ("8", "40.5"), ("8.5", "40"), ("6", "42"), ("7", "42.5"),
    )
]  # fmt: skip
SETTINGS = ("employed", "self_employed", "household_own", "school", "other")
HAZARDS = (frozenset[str](), frozenset({"c_chemicals"}), frozenset({"h_timber", "a_heavy_lifting"}))
SCHOOLS = ("attending", "often_absent", "dropped_out", "never_attended", "vocational", "unknown")
JOBS = ("light_performing_arts", "light_wicker", "crop_farming")
ALL_PAPERS = ("contract", "parent_consent", "health_check", "school_time_kept", "provincial_approval")
NIGHT, OVERTIME = "night", "overtime"


def job(day: str = "1", week: str = "5", **rest: Any) -> Job:
    whole = {
        "setting": "employed",
        "job": "crop_farming",
        "place": "ordinary",
        "night": False,
        "overtime": False,
        "papers": ALL_PAPERS,
    }
    return {**whole, "hours_day": Decimal(day), "hours_week": Decimal(week), **rest}


def ask(child: Child) -> Decided:
    return decide(
        tables()["child_labour_legal_2021"],
        {
            "age": child.age, "age_estimate": child.guessed, "jobs": child.jobs, "hazards": tuple(sorted(child.hazards)),
            "forced": child.forced, "trafficked": child.trafficked, "sexual_exploitation": child.sexual_exploitation,
            "illicit_activity": child.illicit_activity, "harm_signs": child.harm_signs, "school_status": child.school,
            "risk_factors": tuple(sorted(child.risks)),
        },
    )  # fmt: skip


def ask_statistics(child: Child) -> str | None:
    inputs = {"age": child.age, "age_estimate": child.guessed, "jobs": child.jobs}
    return decide(tables()["child_labour_stat_2012"], inputs).result


def grid_of_hours(age: int) -> Iterator[Child]:
    """Age × hours × setting × hazards × school × job."""
    for (day, week), setting, hazards, school, name in product(HOURS, SETTINGS, HAZARDS, SCHOOLS, JOBS):
        yield Child(
            age=age, jobs=(job(day, week, setting=setting, job=name),), hazards=hazards, school=school
        )


def grid_of_conditions(age: int) -> Iterator[Child]:
    """Age × setting × job × place × night and overtime × papers × worst forms × risks."""
    jobs = (*JOBS, "dd_demolition")
    places = ("ordinary", "b_construction", "dd_heights")
    extras = ((), (NIGHT,), (OVERTIME,))
    papers = ((), ALL_PAPERS[:4], ALL_PAPERS[:3], ALL_PAPERS)
    worst = ("", "forced", "trafficked", "sexual_exploitation", "illicit_activity")
    risks = (frozenset[str](), frozenset({"debt", "orphan"}))
    for setting, name, place, extra, shown in product(SETTINGS, jobs, places, extras, papers):
        one = job(
            setting=setting,
            job=name,
            place=place,
            papers=shown,
            **{key: key in extra for key in (NIGHT, OVERTIME)},
        )
        yield from (Child(age=age, jobs=(one,), risks=each) for each in risks)
    for form, each in product(worst, risks):
        yield replace(Child(age=age, risks=each), **({form: True} if form else {}))


@pytest.mark.parametrize("age", AGES)
def test_trap_17_legal_class_equals_the_oracle_over_hours_settings_hazards_and_school(age: int) -> None:
    for child in grid_of_hours(age):
        found = ask(child)
        assert (found.result, found.matched) == legal(child), child
        assert not found.missing


@pytest.mark.parametrize("age", AGES)
def test_legal_class_equals_the_oracle_over_jobs_places_papers_and_worst_forms(age: int) -> None:
    for child in grid_of_conditions(age):
        found = ask(child)
        assert (found.result, found.matched) == legal(child), child


def grid_of_lists(age: int) -> Iterator[Child]:
    """Every option of every list a rule reads, one at a time."""
    options = {name: list(each["options"]) for name, each in catalogue.code_lists().items()}
    for name, extra, shown in product(options["jobs_vn"], ((), (NIGHT,)), ((), ALL_PAPERS)):
        yield Child(age=age, jobs=(job(job=name, papers=shown, night=bool(extra)),))
    yield from (Child(age=age, jobs=(job(place=each),)) for each in options["places_147"])
    yield from (Child(age=age, hazards=frozenset({each})) for each in options["hazards_147"])
    yield from (Child(age=age, risks=frozenset({each})) for each in options["risk_factors"])
    for each, harm in product(options["school_status"], (True, False)):
        yield Child(age=age, jobs=(job("0.5", "2", setting="household_own"),), school=each, harm_signs=harm)


@pytest.mark.parametrize("age", AGES)
def test_legal_class_equals_the_oracle_for_every_option_of_every_list(age: int) -> None:
    for child in grid_of_lists(age):
        found = ask(child)
        assert (found.result, found.matched) == legal(child), child


@pytest.mark.parametrize("age", AGES)
def test_statistical_class_equals_the_oracle(age: int) -> None:
    for day, week in HOURS:
        child = Child(age=age, jobs=(job(day, week),))
        assert ask_statistics(child) == statistical(child), child
    assert ask_statistics(Child(age=age)) == "not_working"


@pytest.mark.parametrize("guessed", range(4, 26))
def test_estimated_age_counts_while_the_birth_date_is_not_known_and_makes_no_adult(guessed: int) -> None:
    for (day, week), setting, name in product(HOURS, SETTINGS, JOBS):
        child = Child(guessed=guessed, jobs=(job(day, week, setting=setting, job=name),))
        found = ask(child)
        assert (found.result, found.matched) == legal(child), child
        assert ask_statistics(child) == statistical(child)


def test_estimate_does_not_weigh_against_a_known_birth_date() -> None:
    assert ask(Child(age=16, guessed=10, jobs=(job(),))).result == "working_lawful"


def test_unknown_age_is_told_and_still_counts_as_a_minor_in_the_worst_forms_and_in_danger() -> None:
    assert ask(Child(jobs=(job("9", "60"),))).result == "unknown_age"
    assert ask(Child(forced=True)).result == "worst_form"
    assert ask(Child(jobs=(job(place="b_construction"),))).result == "hazardous"
    assert ask_statistics(Child(jobs=(job("9", "60"),))) == "unknown_age"


def test_hours_of_several_jobs_add_up() -> None:
    mornings, evenings = job("4.5", "22"), job("4", "19", setting="household_own")
    both = ask(Child(age=16, jobs=(mornings, evenings)))
    assert [ask(Child(age=16, jobs=(each,))).result for each in (mornings, evenings)] == [
        "working_lawful"
    ] * 2
    assert (both.result, both.first) == ("unlawful", "R5")


@pytest.mark.parametrize(
    ("age", "within", "over"),
    [
        (14, ("4", "20"), ("4", "21")),
        (14, ("4", "20"), ("5", "20")),
        (17, ("8", "40"), ("8", "41")),
        (17, ("8", "40"), ("9", "40")),
    ],
)
def test_one_hour_over_the_limit_is_unlawful(
    age: int, within: tuple[str, str], over: tuple[str, str]
) -> None:
    assert ask(Child(age=age, jobs=(job(*within, job="light_wicker"),))).result == "working_lawful"
    assert ask(Child(age=age, jobs=(job(*over, job="light_wicker"),))).first == "R5"


@pytest.mark.parametrize("name", ["child_labour_legal_2021", "child_labour_stat_2012"])
def test_trap_17_no_input_however_incomplete_is_left_without_a_class(name: str) -> None:
    """The silent hole: any value may be missing, in any row."""
    chance = random.Random(147)  # noqa: S311 - a sample, repeatable
    table = tables()[name]

    def maybe(*values: Any) -> Any:
        return chance.choice((None, *values))

    for _ in range(2000):
        rows = tuple(
            {
                "setting": maybe(*SETTINGS), "job": maybe(*JOBS), "place": maybe("ordinary", "b_construction"),
                "hours_day": maybe(Decimal(3), Decimal(9)), "hours_week": maybe(Decimal(18), Decimal(50)),
                "night": maybe(True, False), "overtime": maybe(True, False), "papers": maybe((), ALL_PAPERS),
            }
            for _ in range(chance.randrange(3))
        )  # fmt: skip
        inputs = {
            "age": maybe(*AGES), "age_estimate": maybe(*AGES), "jobs": maybe(rows), "hazards": maybe((), ("c_chemicals",)),
            "forced": maybe(True, False), "trafficked": maybe(True, False), "sexual_exploitation": maybe(True, False),
            "illicit_activity": maybe(True, False), "harm_signs": maybe(True, False),
            "school_status": maybe("attending", "dropped_out"), "risk_factors": maybe((), ("debt",)),
        }  # fmt: skip
        found = decide(table, {key: value for key, value in inputs.items() if key in table.inputs})
        assert found.result in table.results, inputs


def test_what_is_not_known_is_named_and_not_taken_for_lawful() -> None:
    hours_unknown = {**job(), "hours_day": None, "hours_week": None}
    found = ask(Child(age=16, jobs=(hours_unknown,)))
    assert {"jobs.hours_day", "jobs.hours_week"} <= set(found.missing)
    assert ask(Child(age=14, jobs=({**job(), "job": None},))).first == "R4"
    assert ask(Child(age=16, jobs=({**job(), "papers": None},))).first == "R6"


@pytest.mark.parametrize(
    ("birth", "work_date", "hours", "expected"),
    [
        (date(2010, 5, 20), date(2023, 5, 19), "3", "R3"),  # 12, the day before
        (date(2010, 5, 20), date(2023, 5, 20), "3", "R9"),  # 13 on the work date
        (date(2010, 5, 20), date(2025, 5, 19), "6", "R5"),  # 14: six hours a day are too many
        (date(2010, 5, 20), date(2025, 5, 20), "6", "R9"),  # 15 on the work date
        (date(2010, 5, 20), date(2028, 5, 19), "9", "R5"),  # 17: nine hours a day are too many
        (date(2010, 5, 20), date(2028, 5, 20), "9", "R9"),  # 18 on the work date
        (date(2008, 2, 29), date(2021, 2, 28), "3", "R3"),  # born on 29 February: 12 until 28 February
        (date(2008, 2, 29), date(2021, 3, 1), "3", "R9"),  # and 13 from 1 March
        (date(2004, 2, 29), date(2024, 2, 28), "3", "R9"),  # long grown
        (date(2012, 2, 29), date(2024, 2, 28), "3", "R3"),  # 11, in a leap year
    ],
)
def test_birthday_on_the_work_date_counts_as_the_older_band(
    birth: date, work_date: date, hours: str, expected: str
) -> None:
    classification = definitions()["child_case"].decisions["classification"]
    age = expression.compile(classification.inputs["age"])({"child_dob": birth, classification.on: work_date})
    assert ask(Child(age=age, jobs=(job(hours, "18", job="light_wicker"),))).first == expected


@pytest.mark.parametrize("day", [date(2017, 9, 19), date(2020, 12, 31)])
def test_before_2021_there_is_no_legal_rule_set(day: date) -> None:
    assert in_force([tables()["child_labour_legal_2021"]], day) is None


def test_from_2021_the_table_is_in_force() -> None:
    table = tables()["child_labour_legal_2021"]
    assert in_force([table], date(2021, 1, 1)) is table


def test_every_result_of_both_tables_has_the_label_of_its_code_list() -> None:
    child_case = definitions()["child_case"]
    for name, field in (("child_labour_legal_2021", "work_class"), ("child_labour_stat_2012", "stat_class")):
        options = {key: each.title for key, each in child_case.fields[field].options.items()}
        assert tables()[name].results == options


def test_every_rule_of_the_legal_table_is_first_somewhere_on_the_grid() -> None:
    firsts = {
        ask(child).first for age in (9, 14, 17) for child in (*grid_of_hours(age), *grid_of_conditions(age))
    }
    firsts |= {
        ask(child).first for child in (Child(), Child(age=10), Child(age=10, risks=frozenset({"debt"})))
    }
    assert firsts == {each.key for each in tables()["child_labour_legal_2021"].rules}
