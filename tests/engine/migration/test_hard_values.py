"""Values that are hard to move, there and back: erased ones, what a track gives back, and histories judged again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine import Engine
from engine.migration import Histories, Plan, replayed, revert
from engine.store.moves import MigrationRow
from tests.engine.evidence import assert_whole, row_of, snapshot
from tests.engine.migration.care import CARE, back, looked, open_care, take, there
from tests.engine.migration.erasing import erase
from tests.engine.migration.moves import version
from tests.engine.migration.test_back_and_forth import standing
from tests.engine.migration.test_running import looked_at, rows
from tests.engine.test_effects import WIDE
from tests.engine.test_listing import TRACK
from tests.engine.wide import open_wide
from tests.engine.worker.story import notices, outbox, tracks, turn
from tests.support.world import change, open_toy

# ------------------------------------------------------------------ erased

RENAMED = {"child": ("name", "full_name"), "case": ("note", "remark")}  # of whom, the field, and its new name


def renamed(old: str, new: str) -> str:
    return re.sub(rf"\b{old}: (\{{type|optional)", rf"{new}: \1", CARE)


def read(engine: Engine, case: str) -> dict[str, Any]:
    view = engine.view(case, "officer", "case page")
    assert view is not None and view.flaws == ()
    return dict(view.values)


@pytest.mark.parametrize("subject", RENAMED)
@pytest.mark.parametrize("default", [False, True])
def test_an_erased_value_stays_where_it_was_erased_and_gets_no_new_one_by_a_default(
    care: Engine, subject: str, default: bool
) -> None:
    """Nor is anything sealed anew for who was erased, the reason of the move included: there is no key to do it with."""
    old, new = RENAMED[subject]
    erased, whole, empty = open_care(care), open_care(care), open_care(care, **{old: None})
    erase(care, erased, subject)
    before = {case: standing(care, case) for case in (erased, whole, empty)}
    change(care, renamed(old, new))
    plan = {"fields": {old: new}, "defaults": {new: "chưa rõ"} if default else {}}
    found = looked(care, **plan)
    assert [found[each].report.get("renamed") for each in (erased, whole)] == [None, {old: new}]
    migration = there(care, **plan)
    assert {old, new} & {*row_of(care, erased).sealed} == {old}
    assert read(care, erased).get(new) is None
    assert read(care, whole)[new] in ("Triệu Thị Đức", "riêng tư")
    assert read(care, empty).get(new) == ("chưa rõ" if default else None)
    back(care, migration)
    assert {case: standing(care, case) for case in before} == before
    assert read(care, erased).get(old) is None


@pytest.mark.parametrize("subject", RENAMED)
def test_a_value_that_was_erased_after_the_move_is_no_hindrance_on_the_way_back(
    care: Engine, subject: str
) -> None:
    old, new = RENAMED[subject]
    case = open_care(care)
    change(care, renamed(old, new))
    migration = there(care, fields={old: new})
    erase(care, case, subject)
    back(care, migration)
    assert {old, new} & {*row_of(care, case).sealed} == {new}
    assert {old, new} & {*read(care, case)} == set()


@pytest.mark.parametrize("subject", RENAMED)
def test_a_field_that_stands_empty_gets_no_default_of_somebody_who_was_erased(
    care: Engine, subject: str
) -> None:
    case = open_care(care)
    erase(care, case, subject)
    of = "of: child, " if subject == "child" else ""
    change(
        care,
        CARE.replace(
            "  note: {type", f"  more: {{type: text, {of}title: {{vi: Thêm, en: More}}}}\n  note: {{type"
        ),
    )
    migration = there(care, defaults={"more": "chưa rõ"})
    assert "more" not in row_of(care, case).sealed
    back(care, migration)


def test_a_value_that_would_be_sealed_for_somebody_who_was_erased_keeps_its_case_where_it_is_and_no_other(
    care: Engine,
) -> None:
    erased, whole = open_care(care, number="7"), open_care(care, number="8")
    erase(care, erased, "child")
    hidden = CARE.replace("  number: {type: text, title: {vi: Số, en: Number}, open: true}", "  code: {type: text, title: {vi: Số, en: Number}, of: child}")  # fmt: skip
    change(care, hidden.replace("number: optional", "code: optional"))
    found = looked(care, fields={"number": "code"})
    assert (found[erased].status, found[whole].status) == ("blocked", "planned")
    assert [each["code"] for each in found[erased].report["blockers"]] == ["move_value"]


# ------------------------------------------------------------------ tracks

OTHER = WIDE.replace("vi: Hồ sơ thử", "vi: Hồ sơ thử lại")
OUTCOME = WIDE.replace("returns: {result: text}", "returns: {outcome: text}")
TRACK_OUTCOME = TRACK.replace("result: {type", "outcome: {type").replace(
    "{result: required", "{outcome: required"
)
AID = WIDE.replace("open_subcase: help}", "open_subcase: aid}").replace("  help: {def", "  aid: {def")


def with_track(engine: Engine) -> tuple[str, str]:
    case = open_wide(engine, kind="a").case
    take(engine, case, "assign", where="school")
    (track,) = tracks(engine, case)
    return case, track


def returned(engine: Engine, case: str, track: str) -> None:
    """The worker has told the parent that its track has ended: once, and nothing was left undone."""
    turn(engine)
    assert [each.kind for each in engine.timeline(case)].count("subcase_returned") == 1
    assert {each.last_error for each in outbox(engine) if each.done_at} == {None}
    assert all(each.done_at for each in outbox(engine))
    assert [each.kind for each in notices(engine, case=case)].count("returned") == 1
    for each in (case, track):
        assert_whole(engine, each)


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_track_that_is_open_while_its_parent_is_moved_gives_its_result_to_the_version_the_parent_follows(
    wide: Engine, taken_back: bool
) -> None:
    case, track = with_track(wide)
    before = standing_of(wide, case)
    change(wide, OTHER)
    migration = there(wide, "wide")
    if taken_back:
        back(wide, migration)
        assert standing_of(wide, case) == before
    take(wide, track, "end", "teacher", result="tốt")
    returned(wide, case, track)
    assert read(wide, case)["help.result"] == "tốt"
    if not taken_back:
        back(wide, migration)
        assert (row_of(wide, case).definition_number, read(wide, case)["help.result"]) == (1, "tốt")
    assert take(wide, case, "finish").state == "done"


def standing_of(engine: Engine, case: str) -> Any:
    """All that a case of `wide` is, but how many events it has."""
    return row_of(engine, case)._replace(version=0, head=b""), read(engine, case)


def test_a_result_that_ended_on_the_old_version_arrives_although_the_parent_was_moved_before_it_was_told(
    wide: Engine,
) -> None:
    case, track = with_track(wide)
    change(wide, OTHER)
    take(wide, track, "end", "teacher", result="tốt")  # and no worker has looked yet
    migration = there(wide, "wide")
    returned(wide, case, track)
    assert read(wide, case)["help.result"] == "tốt"
    back(wide, migration)


def test_a_parent_waits_for_its_tracks_to_be_moved_where_only_they_know_the_result_by_its_new_name(
    wide: Engine,
) -> None:
    """Else the result would be lost in silence: the old track has nothing by the name that the parent asks for."""
    case, track = with_track(wide)
    change(wide, TRACK_OUTCOME)
    change(wide, OUTCOME)
    found = looked(wide, "wide")[case]
    assert found.report["blockers"] == [{"code": "move_returns", "params": {"name": "help", "number": 2}}]
    of_tracks = there(wide, "wide_track", fields={"result": "outcome"})
    of_parents = there(wide, "wide")
    take(wide, track, "end", "teacher", outcome="tốt")
    returned(wide, case, track)
    assert read(wide, case)["help.outcome"] == "tốt"
    back(wide, of_parents)
    assert row_of(wide, case).definition_number == 1
    assert rows(wide, of_tracks)[track].status == "migrated"


def test_a_parent_goes_back_before_its_tracks_do_and_the_result_comes_by_its_old_name(wide: Engine) -> None:
    case, track = with_track(wide)
    before = standing_of(wide, case), standing_of(wide, track)
    change(wide, TRACK_OUTCOME)
    change(wide, OUTCOME)
    of_tracks = there(wide, "wide_track", fields={"result": "outcome"})
    of_parents = there(wide, "wide")
    assert blocked(wide, revert(wide, of_parents, "admin"))[case] == ["move_returns"]
    back(wide, of_tracks)
    back(wide, of_parents)
    assert (standing_of(wide, case), standing_of(wide, track)) == before
    take(wide, track, "end", "teacher", result="tốt")
    returned(wide, case, track)
    assert read(wide, case)["help.result"] == "tốt"


def test_a_track_that_ended_and_that_the_parent_s_version_does_not_know_any_more_is_told_without_a_result(
    wide: Engine,
) -> None:
    case, track = with_track(wide)
    change(wide, AID)
    take(wide, track, "end", "teacher", result="tốt")
    migration = there(wide, "wide")
    returned(wide, case, track)
    assert not [name for name in read(wide, case) if name.startswith("help.")]
    assert row_of(wide, track).data["result"] == "tốt"
    back(wide, migration)
    assert take(wide, case, "finish").state == "done"


def blocked(engine: Engine, migration: MigrationRow) -> dict[str, list[str]]:
    """Why a dry run says that cases cannot go: codes by case."""
    found = rows(engine, looked_at(engine, migration))
    return {case: [told["code"] for told in each.report["blockers"]] for case, each in found.items()}


# ------------------------------------------------------------------ histories, judged by the version they go back to

ANY_AMOUNT = ('need: "amount >= 1"', 'need: "amount >= 0"')
NAMELESS = (
    ("  name: {type: text", "  called: {type: text"), ("name: optional, born", "called: optional, born"),
    ("known(name)", "amount >= 0"),
)  # fmt: skip
WHATLESS = (
    ("  what: {type: text", "  subject_matter: {type: text"),
    ("what: required, name", "subject_matter: optional, name"),
)


def gate(engine: Engine, migration: MigrationRow) -> Histories:
    """The histories of the cases of a migration, as taking it back would have them judged; nothing is written."""
    plan = Plan.of(revert(engine, migration, "admin").plan)
    before = snapshot(engine.database)
    found = replayed(engine, plan)
    assert snapshot(engine.database) == before
    return found


def test_a_gate_on_the_way_back_names_the_steps_that_only_the_new_version_takes(toy: Engine) -> None:
    quiet, fine, strange = (open_toy(toy).case for _ in range(3))
    version(toy, ANY_AMOUNT)
    migration = there(toy, "toy")
    assert gate(toy, migration) == Histories(3, ())
    take(toy, fine, "ask", amount=5, urgency="high")
    take(toy, strange, "ask", amount=0, urgency="high")
    found = gate(toy, migration)
    assert (found.looked_at, found.legal) == (3, 2)
    (illegal,) = found.illegal
    assert (illegal.case, illegal.seq, illegal.trigger, illegal.state) == (strange, 3, "ask", "draft")
    assert [each["code"] for each in illegal.blockers] == ["guard"]
    back(toy, migration)
    for case in (quiet, fine, strange):
        assert row_of(toy, case).definition_number == 1


@pytest.mark.parametrize("changes", [NAMELESS, WHATLESS], ids=["sealed", "open"])
def test_a_gate_on_the_way_back_knows_the_values_that_only_the_old_version_has(
    toy: Engine, changes: tuple[tuple[str, str], ...]
) -> None:
    """They stay in the case, unread, and are there again when it goes back: so a guard that asks for them is judged by them."""
    version(toy, ("known(name)", "known(name) and known(what)"))
    case = open_toy(toy).case
    version(toy, *changes)
    migration = there(toy, "toy", fields={})
    take(toy, case, "ask", amount=5, urgency="high")
    assert gate(toy, migration) == Histories(1, ())
    back(toy, migration)
    assert row_of(toy, case).definition_number == 2
