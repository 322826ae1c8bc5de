"""Which ways two versions judge alike: only the others are asked about, and the report is the same as if all were."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Engine
from engine.lookup import Wanted
from engine.migration import HAND, report
from engine.migration.differing import differing
from engine.store import reference
from engine.store.rows import SwapRow
from engine.workflow import Workflow
from tests.engine.evidence import clock_of, row_of
from tests.engine.migration.moves import asked_case, command, version
from tests.engine.migration.test_back_and_forth import CHANGES, FIELDS, STEPS, lived
from tests.support.world import NOON, fire

GUARD = ('"amount >= 1"', '"amount >= 500"')
ASKED_BY_ALL = (
    "    form: granting\n",
    "    form: granting\n    when: [{need: known(born), say: {vi: Thiếu ngày sinh., en: No date of birth.}}]\n",
)
COMPUTED = ('compute: "age(born, today)"', 'compute: "age(born, today) + 1"')
BY_AGE = ASKED_BY_ALL[0], ASKED_BY_ALL[1].replace("known(born)", '"years >= 6"')
MUCH = ASKED_BY_ALL[0], ASKED_BY_ALL[1].replace("known(born)", "amount > 5000")
BY_DAYS = (
    ASKED_BY_ALL[0],
    ASKED_BY_ALL[1].replace("known(born)", '"working_days_between(case.opened_at, now) <= 3"'),
)
BY_STAGE = ASKED_BY_ALL[0], ASKED_BY_ALL[1].replace("known(born)", "'case.stage == \"asking\"'")
OTHER_DAYS = ("calendar: vn_public", "calendar: other")
TITLE = ("{vi: Duyệt, en: Grant}", "{vi: Chấp thuận, en: Approve}")
MORE = CHANGES | {
    "guard": (GUARD,),
    "another guard": (ASKED_BY_ALL,),
    "who": (("by: [commune_chair, province_child_lead]", "by: [province_child_lead]"),),
    "form": (("    reason: required\n", "    reason: required\n    form: remarking\n"),),
    "form if": (("fields: {number: required}", "fields: {number: required, born: {required_when: amount > 100}}"),),
    "option": (("low: {vi: Thường, en: Ordinary}", "low: {vi: Thường, en: Ordinary}, no: {vi: Không, en: None}"),),
    "way gone": (("  return_request:\n    title: {vi: Trả lại, en: Return}", "  hand_back:\n    title: {vi: Trả lại, en: Return}"),),
}  # fmt: skip
number = count(1)


def triggers(engine: Engine, state: str, there: str, *changes: tuple[str, str], touched: tuple[str, ...] = ()) -> set[str]:  # fmt: skip
    old = engine.library.newest("toy")
    assert old is not None
    new = engine.library.workflow("toy", version(engine, *changes))
    return set(differing(old, state, new, there, frozenset(touched)))


@pytest.mark.parametrize(
    ("state", "there", "changes", "found"),
    [
        ("draft", "draft", (TITLE,), set()),
        ("draft", "draft", (GUARD,), {"ask"}),
        ("asked", "asked", (GUARD,), set()),
        ("asked", "asked", (ASKED_BY_ALL,), {"grant"}),
        ("asked", "asked", MORE["who"], {"grant"}),
        ("asked", "asked", MORE["form"], {"return_request"}),
        ("asked", "submitted", CHANGES["state"], set()),
        ("asked", "draft", (TITLE,), {"ask", "return_request", "grant"}),
        ("asked", "asked", MORE["way gone"], {"return_request", "hand_back"}),
    ],
)
def test_a_way_differs_by_what_a_person_may_do_and_not_by_what_it_is_called(
    toy: Engine, state: str, there: str, changes: tuple[tuple[str, str], ...], found: set[str]
) -> None:
    assert triggers(toy, state, there, *changes) == found


def test_a_way_differs_where_the_move_itself_changes_a_value_it_reads(toy: Engine) -> None:
    assert triggers(toy, "draft", "draft", TITLE, touched=("name",)) == {"ask"}


def test_a_way_differs_where_a_computed_field_that_it_reads_is_computed_otherwise(toy: Engine) -> None:
    version(toy, BY_AGE)
    assert triggers(toy, "asked", "asked", BY_AGE, COMPUTED) == {"grant"}


def test_a_way_that_another_calendar_closes_is_reported(toy: Engine) -> None:
    with toy.database.write() as connection:
        days = [NOON.date() + timedelta(days=each) for each in range(8)]
        reference.put_swaps(
            connection,
            [SwapRow(calendar="vn_public", day=each, worked=False, reason="nghỉ") for each in days],
        )
    toy.library.refresh()
    version(toy, BY_DAYS)
    case = asked_case(toy)
    clock_of(toy).advance(days=7)
    there = command(toy, case, version(toy, BY_DAYS, OTHER_DAYS))
    (rehearsed,) = toy.rehearse_moves([there], report.also)
    told = report.of_case(rehearsed, toy.library)
    assert (told["lost"], [each["code"] for each in told["closed"]["grant"]]) == (
        {"commune_chair": ["grant"], "province_child_lead": ["grant"]}, ["guard"],
    )  # fmt: skip


def test_a_case_for_which_a_person_has_to_choose_is_asked_nothing(toy: Engine) -> None:
    """It goes to no state yet, so nothing there can be compared."""
    version(toy, BY_STAGE)
    old = toy.library.newest("toy")
    assert old is not None
    new = toy.library.workflow("toy", version(toy, BY_STAGE, TITLE))
    assert differing(old, "asked", new, HAND, frozenset()) == ()


def everything(old: Workflow, state: str, new: Workflow, there: str, touched: frozenset[str]) -> Wanted:
    return Wanted(old.loads_in(state) | new.loads_in(there))


def every_trigger(
    old: Workflow, state: str, new: Workflow, there: str, touched: frozenset[str]
) -> tuple[str, ...]:
    ways = (*old.ways_from(state), *new.ways_from(there))
    return tuple(dict.fromkeys(way.transition.trigger for way in ways))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.sets(st.sampled_from(sorted(MORE)), min_size=1, max_size=3),
    steps=STEPS,
    default=st.booleans(),
    there=st.sampled_from(("draft", "asked", "")),
)
def test_the_report_is_the_same_as_if_every_way_were_asked_about(
    toy: Engine, monkeypatch: pytest.MonkeyPatch, names: set[str], steps: list[str], default: bool, there: str
) -> None:
    text = ("{vi: Đề nghị hỗ trợ, en: Request for support}", f"{{vi: Đề nghị {next(number)}, en: Request}}")
    version(toy, text)
    case = lived(toy, steps)
    to = version(toy, (text[0], text[1] + " "), *(each for name in sorted(names) for each in MORE[name]))
    stands = there or row_of(toy, case).state
    state = "submitted" if "state" in names and stands == "asked" else stands
    fields = {old: new for name in names for old, new in FIELDS.get(name, {}).items()}
    asked = command(
        toy, case, to, state=state, fields=fields, defaults={"number": "0/QĐ"} if default else {},
        states={"asked": "submitted"} if "state" in names else {},
    )  # fmt: skip
    told: list[Any] = []
    for also, patched in ((report.also, differing), (everything, every_trigger)):
        with monkeypatch.context() as patch:
            patch.setattr(report, "differing", patched)
            (rehearsed,) = toy.rehearse_moves([asked], also)
            told.append(
                rehearsed.blockers if rehearsed.case is None else report.of_case(rehearsed, toy.library)
            )
    assert told[0] == told[1]


def test_what_a_move_takes_back_is_reported_although_nobody_said_which_state(toy: Engine) -> None:
    """The state that a case goes back to stands in its record; the ways there are asked about as well."""
    case = lived(toy, ["ask"])
    there = command(toy, case, version(toy, MUCH))
    assert toy.apply(there).applied
    assert not fire(toy, case, "grant", "chair", number="1").applied
    back = command(toy, case, 1, state="@hand", reverts=there.values["migration"])
    (rehearsed,) = toy.rehearse_moves([back], report.also)
    assert report.of_case(rehearsed, toy.library) == {
        "gained": {"commune_chair": ["grant"], "province_child_lead": ["grant"]},
        "forms": {"grant": ["number"]},
    }
