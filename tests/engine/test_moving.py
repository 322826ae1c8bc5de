"""One case goes to another version of its workflow: where it stands, what it holds, what runs, and who may say so."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from engine import Command, Engine
from engine.listing import Listing
from engine.store import reference
from engine.store.rows import HoldingRow
from tests.engine.evidence import assert_whole, clock_of, events_of, refused, row_of
from tests.engine.migration.moves import asked_case, command, move, open_limits, version
from tests.engine.roads import ROADS, open_road, take
from tests.engine.test_effects import WIDE
from tests.engine.wide import open_wide
from tests.support.world import BA_BE, NOON, change, fire, open_toy

RENAMED = (
    ("  asked:\n    title: {vi: Đã trình", "  submitted:\n    title: {vi: Đã trình"),
    ("    from: draft\n    to: asked\n", "    from: draft\n    to: submitted\n"),
    ("    from: asked\n    to: draft\n", "    from: submitted\n    to: draft\n"),
    ("    from: asked\n    to: granted\n", "    from: submitted\n    to: granted\n"),
    ("from: [draft, asked]", "from: [draft, submitted]"),
)
TO_SUBMITTED: dict[str, Any] = {"state": "submitted", "states": {"asked": "submitted"}}


def known(engine: Engine, case: str) -> dict[str, Any]:
    view = engine.view(case, "lead", "test")
    assert view is not None
    return {name: each for name, each in view.values.items() if each is not None}


def test_a_case_follows_the_version_it_went_to_and_its_record_is_whole(toy: Engine) -> None:
    case = asked_case(toy)
    before = known(toy, case), open_limits(toy, case)
    to = version(toy, ("grant:\n    title: {vi: Duyệt", "grant:\n    title: {vi: Chấp thuận"))
    assert row_of(toy, case).definition_number == 1
    outcome = move(toy, case, to)
    assert (outcome.applied, outcome.state) == (True, "asked")
    row, event = row_of(toy, case), json.loads(events_of(toy, case)[-1]["body"])
    assert (row.definition_number, row.state, row.entered_seq, row.came_from) == (to, "asked", 2, "draft")
    assert (event["kind"], event["transition"], event["wf_ver"]) == ("case_migrated", None, to)
    assert event["args"]["migrated"]["from"]["number"] == 1
    assert (known(toy, case), open_limits(toy, case)) == before
    assert_whole(toy, case)
    assert fire(toy, case, "grant", "chair", number="1/QĐ").applied
    assert_whole(toy, case)


def test_a_case_whose_state_has_another_name_goes_on_there_with_its_running_limit(toy: Engine) -> None:
    case = asked_case(toy)
    (limit,) = open_limits(toy, case)
    to = version(toy, *RENAMED)
    assert move(toy, case, to, **TO_SUBMITTED).state == "submitted"
    assert open_limits(toy, case) == [limit | {"state": "submitted"}]
    assert_whole(toy, case)
    assert fire(toy, case, "grant", "chair", number="1/QĐ").state == "granted"
    assert open_limits(toy, case) == []
    assert_whole(toy, case)


def test_a_field_with_another_name_keeps_its_value_sealed_or_open(toy: Engine) -> None:
    case = asked_case(toy)
    to = version(
        toy,
        ("  note: {type: long_text", "  remark_text: {type: long_text"), ("  what: {type: text", "  subject_matter: {type: text"),
        ("{amount: required, urgency: required, note: optional}", "{amount: required, urgency: required, remark_text: optional}"),
        ("fields: {note: required}", "fields: {remark_text: required}"), ("what: required, name", "subject_matter: required, name"),
    )  # fmt: skip
    assert move(toy, case, to, fields={"note": "remark_text", "what": "subject_matter"}).applied
    held = known(toy, case)
    assert (held["remark_text"], held["subject_matter"]) == ("riêng tư", "sách vở")
    assert {"note", "what"} & {*row_of(toy, case).data, *row_of(toy, case).sealed} == set()
    assert "riêng tư" not in str(events_of(toy, case)[-1])
    assert_whole(toy, case)


def test_a_searchable_name_is_found_under_its_new_field_and_no_more_under_the_old_one(toy: Engine) -> None:
    case = asked_case(toy)
    to = version(
        toy,
        ("  name: {type: text", "  full_name: {type: text"), ("name: optional, born", "full_name: optional, born"),
        ("known(name)", "known(full_name)"),
    )  # fmt: skip
    assert move(toy, case, to, fields={"name": "full_name"}).applied
    with toy.database.read() as connection:
        assert [each.case.id for each in Listing(toy, connection, "lead").search("Triệu Thị Đức")] == [case]
    assert_whole(toy, case)


def test_a_field_that_is_empty_gets_the_default_of_the_plan_and_a_filled_one_keeps_its_value(
    toy: Engine,
) -> None:
    filled, empty = asked_case(toy), open_toy(toy).case
    to = version(toy, ("Duyệt, en: Grant}", "Duyệt, en: Allow}"))
    for case in (filled, empty):
        assert move(toy, case, to, defaults={"amount": 5, "born": "2013-01-01"}).applied
        assert_whole(toy, case)
    assert (known(toy, filled)["amount"], known(toy, empty)["amount"]) == (1000, 5)
    assert known(toy, empty)["born"] == date(2012, 3, 1)


def test_a_case_that_holds_a_value_of_another_type_is_not_moved(toy: Engine) -> None:
    """Nobody held one when the version was published; a time limit of it would read it."""
    empty, filled = open_toy(toy).case, open_toy(toy).case
    paused = ("within: 5 working days", "within: 5 working days, pause_while: note")
    to = version(toy, ("note: {type: long_text", "note: {type: boolean"), paused)
    assert fire(toy, filled, "remark", "officer", note="riêng tư").applied
    assert move(toy, empty, to).applied
    there = move(toy, filled, to)
    assert [(each.code, each.field) for each in there.blockers] == [("move_field", "note")]
    assert known(toy, filled)["note"] == "riêng tư"


LONGER = ("high: 12 hours, low: 7 days", "high: 24 hours, low: 7 days")


@pytest.mark.parametrize(("rule", "hours"), [("keep", 12), ("entry", 24), ("today", 26)])
def test_a_running_limit_is_kept_or_reckoned_from_its_entry_or_from_today(
    toy: Engine, rule: str, hours: int
) -> None:
    case = asked_case(toy)
    to = version(toy, LONGER)
    clock_of(toy).advance(hours=2)
    assert move(toy, case, to, limits={"states.asked.deadlines.decide": rule}).applied
    (limit,) = open_limits(toy, case)
    assert limit["due_at"] == NOON + timedelta(hours=hours)
    assert row_of(toy, case).next_due == limit["due_at"]
    assert_whole(toy, case)


def test_a_missed_limit_stays_missed_whatever_the_plan_says(toy: Engine) -> None:
    case = asked_case(toy)
    to = version(toy, LONGER)
    clock_of(toy).advance(hours=13)
    before = open_limits(toy, case)
    assert move(toy, case, to, limits={"*": "today"}).applied
    assert open_limits(toy, case) == before
    assert_whole(toy, case)


NEW_LIMIT = (
    "      decide: {title",
    "      visit: {title: {vi: Thăm, en: Visit}, within: 3 hours, escalate_to: commune_chair}\n      decide: {title",
)


@pytest.mark.parametrize(("rule", "hours"), [("keep", 5), ("entry", 3), ("today", 5)])
def test_a_limit_that_only_the_new_version_has_runs_from_now_unless_the_plan_says_from_entry(
    toy: Engine, rule: str, hours: int
) -> None:
    case = asked_case(toy)
    to = version(toy, NEW_LIMIT)
    clock_of(toy).advance(hours=2)
    assert move(toy, case, to, limits={"*": rule}).applied
    made = {each["key"]: each for each in open_limits(toy, case)}
    assert made["visit"]["due_at"] == NOON + timedelta(hours=hours)
    assert made["visit"]["escalate_to"] == "commune_chair"
    assert_whole(toy, case)


def test_a_limit_that_the_new_version_has_not_ends(toy: Engine) -> None:
    case = asked_case(toy)
    to = version(
        toy,
        (
            "    deadlines:\n      decide: {title: {vi: Quyết định, en: Decide}, within: {by: urgency, high: 12 hours, low: 7 days}, warn: 4 hours, escalate_to: province_child_lead}\n",
            "",
        ),
    )
    assert move(toy, case, to).applied
    assert (open_limits(toy, case), row_of(toy, case).next_due) == ([], None)
    assert_whole(toy, case)


def test_a_move_taken_back_at_once_restores_state_values_and_every_column_of_the_limits(toy: Engine) -> None:
    case = asked_case(toy)
    to = version(toy, *RENAMED, ("  what: {type: text", "  subject_matter: {type: text"), ("what: required, name", "subject_matter: required, name"),
                 ("      decide: {title", "      visit: {title: {vi: Thăm, en: Visit}, within: 3 hours}\n      decide: {title"))  # fmt: skip
    before, held, limits = row_of(toy, case), known(toy, case), open_limits(toy, case)
    clock_of(toy).advance(hours=1)
    there = uuid4()
    assert move(
        toy, case, to, migration=str(there), fields={"what": "subject_matter"}, defaults={"number": "0"}, limits={"*": "today"}, **TO_SUBMITTED
    ).applied  # fmt: skip
    assert open_limits(toy, case) != limits
    clock_of(toy).advance(hours=1)
    back = move(
        toy,
        case,
        1,
        reverts=str(there),
        state="asked",
        states={"submitted": "asked"},
        fields={"subject_matter": "what"},
    )
    assert (back.applied, back.state) == (True, "asked")
    after = row_of(toy, case)
    assert after._replace(version=0, head=b"") == before._replace(version=0, head=b"")
    assert (known(toy, case), open_limits(toy, case)) == (held, limits)
    assert_whole(toy, case)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"state": "nowhere"}, "move_state"),
        ({"state": "granted"}, "move_final"),
        ({"to": 9}, "unknown_version"),
        ({"fields": {"what": "amount"}}, "move_field"),
        ({"defaults": {"born": "tomorrow"}}, "move_value"),
        ({"defaults": {"nothing": 1}}, "move_value"),
    ],
)
def test_a_move_that_would_leave_a_broken_case_is_refused(
    toy: Engine, more: dict[str, Any], code: str
) -> None:
    case = asked_case(toy)
    before = row_of(toy, case)
    to = version(toy, LONGER)
    outcome = move(toy, case, **({"to": to} | more))
    assert {each.code for each in outcome.blockers} == {code}
    assert row_of(toy, case) == before


def test_only_an_administrator_moves_a_case_and_only_as_it_was_looked_at(toy: Engine) -> None:
    case = asked_case(toy)
    to = version(toy, LONGER)
    for person in ("officer", "chair", "lead"):
        assert {each.code for each in move(toy, case, to, actor=person).blockers} == {"unknown_trigger"}
    old = command(toy, case, to)
    assert fire(toy, case, "remark", "officer", note="thêm").applied
    assert {each.code for each in toy.apply(old).blockers} == {"stale"}


def test_the_same_command_again_gives_the_first_outcome(toy: Engine) -> None:
    case = asked_case(toy)
    asked = command(toy, case, version(toy, LONGER))
    first, again = toy.apply(asked), toy.apply(asked)
    assert (first.version, again.version, again.repeated) == (3, 3, True)


def test_a_rehearsed_move_changes_nothing_and_says_what_the_real_one_does(toy: Engine) -> None:
    case = asked_case(toy)
    to = version(toy, *RENAMED)
    before = row_of(toy, case), open_limits(toy, case)
    asked = command(toy, case, to, **TO_SUBMITTED)
    (rehearsed,) = toy.rehearse_moves([asked])
    assert (row_of(toy, case), open_limits(toy, case)) == before
    assert rehearsed.case is not None and rehearsed.change is not None
    assert toy.apply(asked).applied
    assert row_of(toy, case)._replace(head=b"") == rehearsed.case._replace(head=b"")


def test_a_form_that_was_open_while_the_case_was_moved_is_told_so(toy: Engine) -> None:
    case = asked_case(toy)
    version_seen = row_of(toy, case).version
    assert move(toy, case, version(toy, LONGER)).applied
    late = Command(
        id=str(uuid4()),
        case=case,
        trigger="grant",
        actor="chair",
        values={"number": "1"},
        expected_version=version_seen,
    )
    assert {each.code for each in toy.apply(late).blockers} == {"stale"}


def test_who_took_a_step_that_has_another_name_now_does_not_decide_alone(toy: Engine) -> None:
    too = HoldingRow(
        id="too", actor="officer", function="commune_chair", agency="ba_be", area=BA_BE, valid_from=date(2025, 7, 1)
    )  # fmt: skip
    with toy.database.write() as connection:
        reference.put_holdings(connection, [too])
    case = asked_case(toy)
    to = version(
        toy, ("  ask:\n    title", "  hand_in:\n    title"), ("other_than: [ask]", "other_than: [hand_in]")
    )
    assert move(toy, case, to).applied
    refused(toy, lambda: fire(toy, case, "grant", "officer", number="1"), "four_eyes")
    assert fire(toy, case, "grant", "chair", number="1").applied


def test_an_open_track_whose_key_is_gone_keeps_its_parent_where_it_is(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    assert fire(wide, case, "assign", "officer", where="school").applied
    text = WIDE.replace("open_subcase: help}", "open_subcase: aid}").replace(
        "  help: {definition", "  aid: {definition"
    )
    change(wide, text)
    newest = wide.library.newest("wide")
    assert newest is not None
    outcome = move(wide, case, newest.number)
    assert {each.code for each in outcome.blockers} == {"move_track"}
    assert row_of(wide, case).definition_number == 1


def test_a_field_about_which_a_proposal_waits_is_not_renamed(roads: Engine) -> None:
    case = open_road(roads)
    take(roads, case, "correct", "second", what="cầu gãy")
    change(roads, ROADS.replace("what", "matter"))
    newest = roads.library.newest("roads")
    assert newest is not None
    asked = move(roads, case, newest.number, fields={"what": "matter"})
    assert "move_pending" in {each.code for each in asked.blockers}
