"""The file of a case whose record was tampered with: told, and shown as far as it can be."""

from __future__ import annotations

from datetime import date

import pytest

from engine import Engine
from engine.commands import Way
from engine.ledger.chain import FlawCode
from engine.listing import Listing
from engine.store.lists import Filter
from engine.store.steps import step_transaction
from tests.engine.evidence import clock_of, refused
from tests.engine.intruder import intruder
from tests.engine.roads import open_road, republish, take
from tests.support.world import NOON, TOY, change, fire, open_toy


def tampered(toy: Engine, field: str) -> str:
    """A case sent back with a reason, in which somebody wrote over one envelope."""
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", amount=1, urgency="low").applied
    assert fire(toy, case, "return_request", "chair", reason="Thiếu giấy tờ").applied
    with intruder(toy.database.url.render_as_string(hide_password=False), case) as there:
        there.run(
            "UPDATE event_sealed SET ciphertext = :harm WHERE case_id = :case AND field = :field",
            harm=b"harm",
            field=field,
        )
    return case


@pytest.mark.parametrize(
    ("field", "born", "reason"), [("born", None, "Thiếu giấy tờ"), ("@reason", date(2012, 3, 1), "")]
)
def test_what_was_written_over_is_left_out_and_told_and_all_else_is_shown(
    toy: Engine, field: str, born: date | None, reason: str
) -> None:
    view = toy.view(tampered(toy, field), "officer", "case page")
    assert view is not None
    assert [each.code for each in view.flaws] == [FlawCode.SEALED]
    assert (view.values["name"], view.values.get("born")) == ("Triệu Thị Đức", born)
    assert view.reasons == {3: reason}
    assert len(view.story) == 3


# What a guard of `ask` reads: the page must still open, and no step may be taken by what cannot be trusted.
HARM = {
    "written over": ("UPDATE event_sealed SET ciphertext = :harm WHERE case_id = :case AND field = 'name'", b"harm"),
    "taken away": ("DELETE FROM event_sealed WHERE case_id = :case AND field = 'name'", None),
    "its key taken away": ("DELETE FROM subject_key WHERE case_id = :case AND subject = 'child'", None),
    "its key changed": ("UPDATE subject_key SET wrapped = :harm WHERE case_id = :case AND subject = 'child'", b"harm"),
}  # fmt: skip


def harmed(toy: Engine, statement: str, harm: bytes | None = None) -> str:
    case = open_toy(toy).case
    with intruder(toy.database.url.render_as_string(hide_password=False), case) as there:
        there.run(statement, **({} if harm is None else {"harm": harm}))
    return case


@pytest.mark.parametrize("kind", HARM)
def test_a_value_a_guard_reads_stops_the_step_when_it_was_tampered_with_and_the_page_tells(
    toy: Engine, kind: str
) -> None:
    case = harmed(toy, *HARM[kind])
    form = {"amount": 5, "urgency": "low"}
    refused(toy, lambda: fire(toy, case, "ask", "officer", **form), "record_broken")
    ways = {each.trigger: each for each in toy.available(case, "officer")}
    assert [each.code for each in ways["ask"].blockers] == ["record_broken"]
    assert ways["remark"].status == "needs"  # reads nothing of it
    assert fire(toy, case, "remark", "officer", note="Đã gọi").applied
    view = toy.view(case, "officer", "case page")
    assert view is not None
    assert {each.code for each in view.flaws} == {FlawCode.SEALED}
    assert all(each.say("vi") != each.say("en") for each in view.flaws)
    assert "name" not in view.values
    with toy.database.read() as connection:
        lists = Listing(toy, connection, "officer")
        assert [each.case.id for each in lists.shown(lists.page(Filter(), limit=5))] == [case]


@pytest.mark.parametrize("kind", HARM)
def test_a_value_a_step_reads_is_not_opened_to_ask_what_may_be_done_and_harm_to_it_is_told_all_the_same(
    toy: Engine, kind: str
) -> None:
    change(toy, TOY, ("    form: remarking\n", "    form: remarking\n    do: [{set: {born: born}}]\n"))
    whole = open_toy(toy).case
    scene = toy.look(whole, "officer")
    assert scene is not None
    assert ("born" in scene.values, "born" in scene.closed) == (False, True)
    assert remark_of(toy, whole).status == "needs"
    statement, harm = HARM[kind]
    case = harmed(toy, statement.replace("'name'", "'born'"), harm)
    assert [each.code for each in remark_of(toy, case).blockers] == ["record_broken"]
    refused(toy, lambda: fire(toy, case, "remark", "officer", note="Đã gọi"), "record_broken")


def remark_of(toy: Engine, case: str) -> Way:
    """The way of the trigger `remark`."""
    return next(each for each in toy.available(case, "officer") if each.trigger == "remark")


def test_an_older_envelope_put_in_the_place_of_the_present_one_is_not_believed(toy: Engine) -> None:
    case = open_toy(toy).case
    for note in ("một", "hai"):
        assert fire(toy, case, "remark", "officer", note=note).applied
    with intruder(toy.database.url.render_as_string(hide_password=False), case) as there:
        there.run(
            "UPDATE event_sealed SET ciphertext = (SELECT ciphertext FROM event_sealed WHERE case_id = :case AND seq = 2) "
            "WHERE case_id = :case AND seq = 3"
        )
    scene = toy.look(case, "officer")
    assert scene is not None
    with step_transaction(toy.database, write=False) as transaction:
        assert scene.case is not None
        found = toy.vault.values(
            transaction, scene.workflow.field, scene.case, scene.seen.keys, frozenset({"note"})
        )
    assert found == ({}, {"note"}, frozenset())


def test_a_value_that_is_not_opened_counts_as_there_until_its_key_is_destroyed(toy: Engine) -> None:
    change(toy, TOY, ("    fields: {note: required}", "    fields: {note: optional, born: required}"))
    case = open_toy(toy).case
    assert remark_of(toy, case).status == "ready"
    with intruder(toy.database.url.render_as_string(hide_password=False), case) as there:
        there.run("UPDATE subject_key SET wrapped = NULL WHERE case_id = :case AND subject = 'child'")
    assert remark_of(toy, case).needs == ("born",)


def test_a_value_whose_key_was_destroyed_reads_as_missing(toy: Engine) -> None:
    case = harmed(toy, "UPDATE subject_key SET wrapped = NULL WHERE case_id = :case AND subject = 'child'")
    view = toy.view(case, "officer", "case page")
    assert view is not None
    assert ("name" in view.values, "born" in view.values, view.flaws) == (False, False, ())
    found = refused(toy, lambda: fire(toy, case, "ask", "officer", amount=5, urgency="low"), "guard")
    assert found[0].params["condition"] == 1  # the name must be known


def test_a_record_nobody_touched_has_no_flaw(toy: Engine) -> None:
    case = open_toy(toy).case
    view = toy.view(case, "officer", "case page")
    assert view is not None
    assert (view.flaws, view.values["born"]) == ((), date(2012, 3, 1))


def test_what_a_step_asked_anew_is_shown_beside_the_present_values_to_whom_may_read_it(roads: Engine) -> None:
    republish(
        roads, ("reporter, searchable: true", "reporter, searchable: true, readers: [province_child_lead]")
    )
    case = open_road(roads, name="Hoàng Văn Thử")
    take(roads, case, "fill", seen_on=NOON.date(), urgent=True)
    for name in ("Lò Văn Thử", "Bàn Thị Thử"):
        take(roads, case, "finish")
        take(roads, case, "reopen", "lead", fact="lại hỏng")
        clock_of(roads).advance(minutes=1)
        take(roads, case, "correct", "second", name=name)
        take(roads, case, "accept_correction", "chair")
    view = roads.view(case, "lead", "case page")
    assert view is not None
    assert view.values["name"] == "Bàn Thị Thử"
    assert [each.entry.transition for each in view.earlier] == ["reopen.done", "reopen.done"]
    assert [dict(each.values) for each in view.earlier] == [
        {"name": "Hoàng Văn Thử", "seen_on": NOON.date()},
        {"name": "Lò Văn Thử"},
    ]
    narrowed = roads.view(case, "officer", "case page")
    assert narrowed is not None
    assert [dict(each.values) for each in narrowed.earlier] == [{"seen_on": NOON.date()}]


def test_a_case_that_was_never_asked_anew_has_nothing_earlier(roads: Engine) -> None:
    case = open_road(roads)
    take(roads, case, "fill", what="")
    view = roads.view(case, "officer", "case page")
    assert view is not None
    assert view.earlier == ()
