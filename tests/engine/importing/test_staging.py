from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select, text

from engine import Engine
from engine.importing import Reason, contents, drop, notes, start, undo
from engine.store import tables
from tests.engine.importing.sheets import brought, cases, row, rows_of, sheet, staged, statuses, withdrawing
from tests.support.world import BA_BE, CHO_RA, NOON


def said(engine: Engine, rows, actor: str = "officer") -> list[tuple[int, str, str]]:  # type: ignore[no-untyped-def]
    batch = staged(engine, rows, actor)
    found = rows_of(engine, batch, "bad", "waiting", "already")
    return [(each.number, why["code"], why.get("column", "")) for each in found for why in each.reasons]


def test_looking_at_a_sheet_opens_nothing(toy: Engine) -> None:
    batch = staged(toy, sheet(3))
    assert (batch.status, batch.total, cases(toy)) == ("preview", 3, 0)
    assert statuses(toy, batch) == {"waiting": 3}
    assert notes(toy, batch) == [{"code": "sheet"}]


def test_a_row_says_all_that_the_engine_would_refuse_at_its_columns(toy: Engine) -> None:
    found = said(toy, [row(5, what=None, born=date(2030, 1, 1))])
    assert sorted(found) == [(5, "field_high", "C"), (5, "field_missing", "A")]


def test_what_could_not_be_read_is_not_said_to_be_missing_too(toy: Engine) -> None:
    unread = Reason("field_type", "what", "A")
    assert said(toy, [row(5, what=None, reasons=[unread])]) == [(5, "field_type", "A")]


def test_rows_of_an_area_the_person_does_not_answer_for_are_refused_before_anything_starts(
    toy: Engine,
) -> None:
    rows = [row(2), row(3, chosen={"place": CHO_RA}), row(4, chosen={"place": "01906@2017-01-01"})]
    assert said(toy, rows) == [(3, "scope", ""), (4, "area_invalid", "")]
    assert {each[1] for each in said(toy, [row(2)], "chair")} == {"function"}


def test_the_rehearsal_answers_exactly_what_the_command_is_answered(toy: Engine) -> None:
    forms = [
        {**row(2).values}, {}, {"place": CHO_RA, "what": "x"}, {"place": BA_BE, "what": "x" * 201},
        {"place": BA_BE, "what": "a\u200bb"}, {"place": BA_BE, "what": "x", "name": "a\0"}, {"nothing": "x"},
        {"place": BA_BE, "what": "x", "born": date(2030, 1, 1)}, {"place": 7, "what": "x"},
    ]  # fmt: skip
    rehearsed = toy.rehearse("toy", "officer", forms)
    for form, told in zip(forms, rehearsed, strict=True):
        from uuid import uuid4

        outcome = toy.open("toy", id=str(uuid4()), command=str(uuid4()), actor="officer", values=form)
        assert told.blockers == outcome.blockers, form


def test_a_child_who_has_a_case_within_reach_is_pointed_out_and_the_look_recorded_once(toy: Engine) -> None:
    born = date(2012, 5, 4)
    there = [row(2, name="Triệu Thị Đức", born=born), row(3, name="Triệu Thị Đức", born=born, what="áo"), row(4, name="Ma Thị Thử", born=born), row(5, name="Đức", born=born), row(6, name="Lý A Páo", born=born)]  # fmt: skip
    brought(toy, there)
    withdrawing(toy)
    gone = brought(toy, [row(6, name="Lý Thị Mai", born=born)])
    undo(toy, gone, rows_of(toy, gone, "received"), actor="officer", trigger="drop", reason="Nhầm")
    new = [
        row(2, name="TRIEU THI DUC", born=born, what="mới"), row(3, name="Triệu Thị Đức", born=date(2012, 5, 5)),
        row(4, name="Ma Thị Thử Hai", born=born), row(5, name="Thị Thử Ma", born=born, what="mới"),
        row(6, name="Lý Thị Mai", born=born), row(7, name=None, born=born), row(8, name="Đức", born=born, what="mới"),
        row(9, name="Ma Thị Thử", born=born), row(10, name="ly a pao", born=born),
    ]  # fmt: skip
    batch = staged(toy, new)
    found = {
        each.number: [why for why in each.reasons if why["code"] == "maybe_known"]
        for each in rows_of(toy, batch, "waiting", "already")
    }
    cases_of = {2: "01906-2026-00001, 01906-2026-00002", 8: "01906-2026-00004", 10: "01906-2026-00005"}
    assert {number: [why["params"]["cases"] for why in each] for number, each in found.items() if each} == {number: [said] for number, said in cases_of.items()}  # fmt: skip
    assert found[2][0] | {"params": None} == {"code": "maybe_known", "field": "name", "column": "B", "warning": True, "params": None}  # fmt: skip
    with toy.database.read() as connection:
        looks = connection.execute(
            select(tables.read_log).where(tables.read_log.c.what == "import comparison")
        ).all()
    assert [(each.actor, each.request) for each in looks] == [("officer", f"import {batch.id}")]


def test_nobody_is_told_of_a_case_out_of_reach(toy: Engine) -> None:
    brought(toy, sheet(3))
    other = [row(each.number, chosen={"place": CHO_RA}, **each.own | {"what": "mới"}) for each in sheet(3)]
    batch = staged(toy, other, "other_officer")
    assert statuses(toy, batch) == {"waiting": 3}
    assert [why for each in rows_of(toy, batch, "waiting") for why in each.reasons] == []
    with toy.database.read() as connection:
        assert "import comparison" not in connection.scalars(select(tables.read_log.c.what)).all()


LATE = "look: {title: {vi: Xem, en: Look}, within: 0 days, from: born}, ask: {title"


def test_what_is_late_when_it_is_opened_is_told_once_for_the_sheet(toy: Engine) -> None:
    withdrawing(toy, ("ask: {title", LATE))
    today, before = NOON.date(), date(2026, 11, 22)
    rows = [row(number, born=today if number == 2 else before) for number in range(2, 20)]
    batch = staged(toy, [*rows, row(30, what=None, born=before)])
    found = notes(toy, batch)
    limit = {"scope": "state", "state": "draft", "key": "look"}
    shown = "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 …"
    assert found[1:] == [{"code": "late", "params": {"n": 17, "limit": limit, "rows": shown}}]
    assert toy.rehearse("toy", "officer", [rows[0].values])[0].late == ()
    brought(toy, rows)
    with toy.database.read() as connection:
        due = connection.scalars(
            select(tables.deadline.c.due_at).where(tables.deadline.c.key == "look")
        ).all()
    assert sum(each < NOON for each in due) == 17
    assert notes(toy, staged(toy, rows)) == [{"code": "sheet"}]  # nothing of what was received before


def test_nothing_starts_while_a_row_is_bad_unless_the_good_ones_are_asked_for(toy: Engine) -> None:
    batch = staged(toy, [*sheet(2), row(9, what="")])
    assert not start(toy, batch, good_only=False)
    assert statuses(toy, batch) == {"waiting": 2, "bad": 1}
    assert start(toy, batch, good_only=True)
    assert not start(toy, batch, good_only=True)


def test_rows_that_say_the_same_and_rows_that_name_the_same_child_are_pointed_out(toy: Engine) -> None:
    born = date(2012, 5, 4)
    rows = [
        row(2, name="Triệu Thị Đức", born=born), row(3, name="Triệu Thị Đức", born=born),
        row(4, name="TRIEU THI DUC", born=born, what="áo ấm"), row(5, name="Triệu Thị Đức", born=None),
        row(6, name=None, born=born),
    ]  # fmt: skip
    batch = staged(toy, rows)
    found = {
        each.number: [(w["code"], w["params"]["row"]) for w in each.reasons]
        for each in rows_of(toy, batch, "waiting")
    }
    assert found == {2: [], 3: [("row_twice", 2)], 4: [("same_person", 2)], 5: [], 6: []}


def test_what_a_sheet_says_is_sealed_while_it_waits(toy: Engine) -> None:
    batch = staged(toy, [row(2, name="Triệu Thị Đức")])
    with toy.database.read() as connection:
        everything = repr(
            [connection.execute(select(each)).all() for each in (tables.import_batch, tables.import_row)]
        )
    assert "Triệu" not in everything and "2012" not in everything
    (waiting,) = rows_of(toy, batch, "waiting")
    assert contents(toy, batch, waiting)["name"] == "Triệu Thị Đức"


def test_a_row_moved_to_another_place_cannot_be_opened(toy: Engine) -> None:
    from engine.access.sealing import SealBroken

    batch = staged(toy, sheet(2))
    first, second = rows_of(toy, batch, "waiting")
    with pytest.raises(SealBroken):
        contents(toy, batch, first._replace(sealed=second.sealed))


def test_what_was_sealed_is_gone_when_the_batch_has_ended(toy: Engine) -> None:
    batch = brought(toy, [*sheet(3), row(9, what="")])
    assert batch.wrapped is None and batch.notes is None
    assert [each.sealed for each in rows_of(toy, batch, "received", "bad")] == [None] * 4
    assert notes(toy, batch) == ()
    with toy.database.read() as connection:
        left = connection.execute(
            text("SELECT count(*) FROM import_row WHERE sealed IS NOT NULL")
        ).scalar_one()
    assert left == 0


def test_a_preview_that_is_dropped_leaves_nothing(toy: Engine) -> None:
    batch = staged(toy, sheet(3))
    assert drop(toy, batch)
    assert not drop(toy, batch)
    with toy.database.read() as connection:
        assert connection.execute(select(tables.import_row)).all() == []


def test_the_same_sheet_staged_twice_waits_once(toy: Engine) -> None:
    first, second = staged(toy, sheet(3)), staged(toy, sheet(3))
    assert first.id != second.id
    with toy.database.read() as connection:
        assert connection.scalars(select(tables.import_batch.c.id)).all() == [second.id]
    assert start(toy, second, good_only=False)
    assert staged(toy, sheet(3)).id == second.id  # it is running: an upload sent twice goes on with it


def test_reasons_hold_no_value_of_the_row(toy: Engine) -> None:
    batch = staged(toy, [row(5, name="Triệu Thị Đức" * 40, what="Bí mật" * 60, born=date(2031, 7, 9))])
    (bad,) = rows_of(toy, batch, "bad")
    kept = json.dumps(bad.reasons, ensure_ascii=False)
    assert "Triệu" not in kept and "Bí mật" not in kept and "2031" not in kept
