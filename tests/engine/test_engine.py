"""What an accepted command does: the case, its record, its time limits, once and only once. Refusals: test_refusals.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

import engine.engine
from engine import Command, Engine, Outcome
from engine.commands import BREACH, SYSTEM
from engine.definition.build import Broken
from engine.store import reference
from engine.store.steps import StepTransaction
from engine.store.tables import outbox
from schemas.load import load_definition
from tests.engine.evidence import (
    assert_whole,
    clock_of,
    codes,
    limits_of,
    row_of,
    snapshot,
)
from tests.engine.wide import hire
from tests.support.world import BA_BE, CHO_RA, NOON, TOY, fire, open_toy, publish

ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high"}


def asked(toy: Engine, **values: Any) -> str:
    """A case that was submitted."""
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", **(ASKING | values)).applied
    return case


def breach(toy: Engine, case: str, limit: str) -> Outcome:
    return toy.apply(
        Command(id=str(uuid4()), case=case, trigger=BREACH, actor=SYSTEM, values={"deadline": limit})
    )


# ------------------------------------------------------------------ opening and stepping


def test_an_opened_case_stands_at_the_initial_state(toy: Engine) -> None:
    case = str(uuid4())
    outcome = open_toy(toy, case=case)
    assert outcome == Outcome(
        applied=True, case=case, version=1, state="draft", reference="01906-2026-00001", transition="open"
    )
    row = row_of(toy, case)
    assert (row.root, row.parent, row.stage, row.area, row.came_from) == (case, None, "asking", BA_BE, None)
    assert (row.opened_at, row.entered_at, row.entered_seq, row.closed_at) == (NOON, NOON, 1, None)


def test_numbers_count_up_by_area_and_local_year(toy: Engine) -> None:
    def there() -> Outcome:
        return open_toy(toy, "other_officer", place=CHO_RA)

    first = [open_toy(toy).reference, there().reference, open_toy(toy).reference]
    clock_of(toy).set(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))  # midnight in Vietnam
    assert first == ["01906-2026-00001", "01882-2026-00001", "01906-2026-00002"]
    assert [open_toy(toy).reference, there().reference] == ["01906-2027-00001", "01882-2027-00001"]


def test_a_step_moves_the_case_and_says_where_it_came_from(toy: Engine) -> None:
    case = open_toy(toy).case
    clock_of(toy).advance(hours=1)
    outcome = fire(toy, case, "ask", "officer", **ASKING)
    assert (outcome.applied, outcome.version, outcome.state, outcome.transition) == (True, 2, "asked", "ask")
    row = row_of(toy, case)
    assert (row.came_from, row.entered_at, row.entered_seq) == ("draft", NOON + timedelta(hours=1), 2)
    assert row.data == {"place": BA_BE, "what": "sách vở", **ASKING}


def test_a_step_that_stays_records_and_does_not_move(toy: Engine) -> None:
    case = asked(toy)
    before = row_of(toy, case)
    clock_of(toy).advance(hours=1)
    assert fire(toy, case, "remark", "second", note="đã gọi điện").state == "asked"
    after = row_of(toy, case)
    unmoved = {"came_from", "entered_at", "entered_seq", "state", "next_due", "cycle", "owner"}
    assert {name: getattr(after, name) for name in unmoved} == {
        name: getattr(before, name) for name in unmoved
    }
    assert after.version == before.version + 1


def test_reaching_a_final_state_closes_the_case(toy: Engine) -> None:
    case = asked(toy)
    clock_of(toy).advance(hours=2)
    assert fire(toy, case, "grant", "chair", number="12/QĐ").state == "granted"
    row = row_of(toy, case)
    assert (row.stage, row.closed_at, row.next_due) == ("ending", NOON + timedelta(hours=2), None)


def test_what_a_form_leaves_out_stays_and_what_it_empties_goes(toy: Engine) -> None:
    case = asked(toy, note="nhà xa trường")
    fire(toy, case, "return_request", "chair", reason="Thiếu giấy tờ")
    assert fire(toy, case, "ask", "officer", urgency="low").applied
    assert row_of(toy, case).data["amount"] == ASKING["amount"]
    assert "note" in row_of(toy, case).sealed
    fire(toy, case, "return_request", "chair", reason="Thiếu giấy tờ")
    assert fire(toy, case, "ask", "officer", note="  ").applied
    assert "note" not in row_of(toy, case).sealed
    assert_whole(toy, case)


def test_the_first_officer_who_acts_owns_the_case(toy: Engine) -> None:
    case = asked(toy)
    fire(toy, case, "remark", "second", note="ghi")
    assert row_of(toy, case).owner == "officer"


def test_a_person_acts_under_the_first_function_that_fits_or_the_one_named(toy: Engine) -> None:
    hire(toy, "many", "commune_chair", "commune_officer", "province_child_lead")
    case = asked(toy)
    other = asked(toy)
    fire(toy, case, "grant", "many", number="1")
    named = Command(
        id=str(uuid4()), case=other, trigger="grant", actor="many", values={"number": "2"},
        acting_as="province_child_lead",
    )  # fmt: skip
    assert toy.apply(named).applied
    assert [toy.timeline(each)[-1].function for each in (case, other)] == [
        "commune_chair",
        "province_child_lead",
    ]


def test_the_reason_is_kept_sealed_and_can_be_read_again(toy: Engine) -> None:
    case = asked(toy)
    fire(toy, case, "return_request", "chair", reason="  Thiếu xác nhận của thôn ")
    view = toy.view(case, "officer", "case page")
    assert view is not None
    assert view.reasons == {3: "Thiếu xác nhận của thôn"}
    assert view.story[-1].sealed == ("@reason",)


def test_the_signer_of_a_kt_signature_may_be_typed_in_decomposed_letters(toy: Engine) -> None:
    case = asked(toy)
    command = Command(
        id=str(uuid4()), case=case, trigger="grant", actor="chair", values={"number": "1"},
        on_behalf_of="KT. Chu\u0309 ti\u0323ch",
    )  # fmt: skip
    assert toy.apply(command).applied
    assert toy.timeline(case)[-1].on_behalf_of == "KT. Chủ tịch"


# ------------------------------------------------------------------ once and only once


def test_the_same_command_again_gives_the_first_outcome_whatever_happened_since(toy: Engine) -> None:
    case, opening, asking = str(uuid4()), str(uuid4()), str(uuid4())
    first = open_toy(toy, case=case, command=opening)
    second = fire(toy, case, "ask", "officer", command=asking, **ASKING)
    fire(toy, case, "return_request", "chair", reason="Thiếu")
    before = snapshot(toy.database)
    assert open_toy(toy, case=case, command=opening) == replace(first, repeated=True)
    assert fire(toy, case, "ask", "officer", command=asking, **ASKING) == replace(second, repeated=True)
    assert snapshot(toy.database) == before


def test_an_opening_sent_again_after_its_definition_was_retired_gives_the_first_outcome(toy: Engine) -> None:
    case, command = str(uuid4()), str(uuid4())
    first = open_toy(toy, case=case, command=command)
    with toy.database.write() as connection:
        reference.retire_definition(connection, "toy", 1)
    assert codes(open_toy(toy)) == {("unknown_definition", "")}
    assert open_toy(toy, case=case, command=command) == replace(first, repeated=True)


def test_a_new_case_follows_what_another_process_has_just_published(toy: Engine) -> None:
    assert row_of(toy, open_toy(toy).case).definition_number == 1
    with toy.database.write() as connection:
        publish(connection, TOY.replace("Trình đề nghị", "Trình xin"))
    assert row_of(toy, open_toy(toy).case).definition_number == 2


def test_a_version_is_published_once_and_only_if_it_holds_together(toy: Engine) -> None:
    plain = load_definition(TOY.replace("Trình đề nghị", "Trình xin"), {}).plain
    assert plain is not None
    assert [toy.publish(plain, source="…", by="admin") for _ in range(2)] == [2, 2]
    assert row_of(toy, open_toy(toy).case).definition_number == 2
    with pytest.raises(Broken):
        toy.publish({**plain, "open": {**plain["open"], "form": "opning"}}, source="…", by="admin")
    assert row_of(toy, open_toy(toy).case).definition_number == 2


def test_what_a_command_came_by_is_no_part_of_it(toy: Engine) -> None:
    case = open_toy(toy).case
    command = Command(id=str(uuid4()), case=case, trigger="ask", actor="officer", values=ASKING)
    first = toy.apply(command)
    again = replace(command, session="cd" * 32, request="r-2", expected_version=1)
    assert toy.apply(again) == replace(first, repeated=True)


@pytest.mark.parametrize(
    "other",
    [
        {"values": ASKING | {"amount": 2}},
        {"values": ASKING | {"note": "thêm"}},
        {"trigger": "remark"},
        {"actor": "second"},
        {"reason": "vì"},
        {"acting_as": "commune_officer"},
        {"on_behalf_of": "KT. Chủ tịch"},
        {"case": "another"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_same_id_with_another_content_is_refused(toy: Engine, other: dict[str, Any]) -> None:
    case = open_toy(toy).case
    command = Command(id=str(uuid4()), case=case, trigger="ask", actor="officer", values=ASKING)
    assert toy.apply(command).applied
    if "case" in other:
        other = {"case": open_toy(toy).case}
    before = snapshot(toy.database)
    assert codes(toy.apply(replace(command, **other))) == {("command_reused", "")}
    assert snapshot(toy.database) == before


def test_the_id_of_an_opening_does_not_serve_for_a_step(toy: Engine) -> None:
    command = str(uuid4())
    case = open_toy(toy, command=command).case
    assert codes(fire(toy, case, "ask", "officer", command=command, **ASKING)) == {("command_reused", "")}


def test_a_refusal_is_not_remembered(toy: Engine) -> None:
    case, command = open_toy(toy).case, str(uuid4())
    assert not fire(toy, case, "ask", "officer", command=command, amount=1).applied
    assert fire(toy, case, "ask", "officer", command=command, **ASKING).applied


# ------------------------------------------------------------------ time limits


def test_entering_a_state_makes_its_limits_and_leaving_it_ends_them(toy: Engine) -> None:
    case = open_toy(toy).case
    (drafting,) = limits_of(toy, case)
    # Monday; Tuesday is a day off (Vietnam Cultural Day), so the fifth working day is the next Tuesday.
    assert (drafting["key"], drafting["due_at"]) == ("ask", datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC))
    assert row_of(toy, case).next_due == drafting["due_at"]
    clock_of(toy).advance(hours=3)
    fire(toy, case, "ask", "officer", **ASKING)
    drafting, deciding = limits_of(toy, case)
    now = NOON + timedelta(hours=3)
    assert (drafting["ended_at"], drafting["ended_how"], drafting["breached_at"]) == (now, "left", None)
    assert (deciding["due_at"], deciding["warn_at"]) == (now + timedelta(hours=12), now + timedelta(hours=8))
    assert (deciding["escalate_to"], deciding["created_seq"], deciding["ended_at"]) == (
        "province_child_lead",
        2,
        None,
    )
    assert row_of(toy, case).next_due == deciding["due_at"]


def test_the_value_of_a_field_decides_how_long_a_limit_is(toy: Engine) -> None:
    case = asked(toy, urgency="low")
    limit = limits_of(toy, case)[-1]
    assert limit["due_at"] == datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)
    assert (limit["rule"]["by"], limit["rule"]["value"]) == ("urgency", "low")


def test_a_missed_limit_is_recorded_once_and_escalated(toy: Engine) -> None:
    case = asked(toy)
    limit = limits_of(toy, case)[-1]
    clock_of(toy).set(limit["due_at"])
    before = snapshot(toy.database)
    assert breach(toy, case, limit["id"]).version == 2
    assert snapshot(toy.database) == before  # at the due moment itself it is still kept
    clock_of(toy).advance(seconds=1)
    assert breach(toy, case, limit["id"]).version == 3
    after = snapshot(toy.database)
    assert breach(toy, case, limit["id"]).version == 3
    assert snapshot(toy.database) == after
    with toy.database.read() as connection:
        (sent,) = connection.execute(select(outbox.c.kind, outbox.c.payload)).all()
    assert (sent.kind, sent.payload["key"], sent.payload["to"]) == ("breach", "decide", "province_child_lead")
    assert limits_of(toy, case)[-1]["breached_at"] == limit["due_at"] + timedelta(seconds=1)
    assert toy.timeline(case)[-1].kind == "deadline_breached"
    assert_whole(toy, case)


def test_a_limit_that_was_left_cannot_be_missed_any_more(toy: Engine) -> None:
    case = asked(toy)
    drafting = limits_of(toy, case)[0]
    clock_of(toy).advance(days=30)
    before = snapshot(toy.database)
    assert breach(toy, case, drafting["id"]).version == 2
    assert snapshot(toy.database) == before


def test_a_missed_limit_blocks_nothing(toy: Engine) -> None:
    case = asked(toy)
    clock_of(toy).advance(days=30)
    breach(toy, case, limits_of(toy, case)[-1]["id"])
    assert fire(toy, case, "grant", "chair", number="1").applied


# ------------------------------------------------------------------ faults


class Fault(Exception):
    pass


def _failing(*_: Any, **__: Any) -> None:
    raise Fault


def _after(function: Callable[..., Any]) -> Callable[..., Any]:
    def failing(*args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)
        raise Fault

    return failing


@pytest.mark.parametrize(
    ("where", "name", "after"),
    [
        (engine.engine.changes, "of_way", False),
        (engine.engine, "record", False),
        (engine.engine, "record", True),
        (StepTransaction, "write", False),
        (StepTransaction, "write", True),
        (StepTransaction, "commit", False),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_a_fault_in_the_middle_leaves_nothing_behind(
    toy: Engine, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, after: bool
) -> None:
    case = open_toy(toy).case
    before = snapshot(toy.database)
    with monkeypatch.context() as broken:
        broken.setattr(where, name, _after(getattr(where, name)) if after else _failing)
        with pytest.raises(Fault):
            fire(toy, case, "ask", "officer", **ASKING)
        with pytest.raises(Fault):
            open_toy(toy)
    assert snapshot(toy.database) == before
    assert fire(toy, case, "ask", "officer", **ASKING).version == 2
    assert open_toy(toy).reference == "01906-2026-00002"
    assert_whole(toy, case)


def test_trap_04_states_written_in_another_order_mean_the_same(toy: Engine) -> None:
    before, _, rest = TOY.partition("states:\n")
    states, _, after = rest.partition("\ntransitions:")
    blocks = re.findall(r"(?m)^  \w+:\n(?:    .*\n?)+", states + "\n")
    assert len(blocks) == 3
    old = open_toy(toy).case
    with toy.database.write() as connection:
        publish(connection, before + "states:\n" + "".join(reversed(blocks)) + "\ntransitions:" + after)
    toy.library.refresh()
    new = open_toy(toy).case
    assert [row_of(toy, each).definition_number for each in (old, new)] == [1, 2]
    for case in (old, new):
        assert row_of(toy, case).state == "draft"
        assert fire(toy, case, "ask", "officer", amount=1, urgency="low").state == "asked"
        assert fire(toy, case, "grant", "chair", number="1").state == "granted"
        assert row_of(toy, case).closed_at is not None
        assert_whole(toy, case)
