"""The regression gate: what has happened is taken again by the other version, and the first step it refuses is named."""

from __future__ import annotations

from typing import Any

from engine import Engine
from engine.migration import Histories, confirmed, plan_between, replayed
from tests.engine.evidence import clock_of, snapshot
from tests.engine.migration.moves import asked_case, version
from tests.engine.test_moving import RENAMED
from tests.support.world import fire, open_toy


def gate(engine: Engine, most: int = 100, **changes: Any) -> Histories:
    old, new = engine.library.workflow("toy", 1), engine.library.newest("toy")
    assert new is not None
    plan = plan_between(old.definition, new.definition, 1, new.number)
    return replayed(engine, confirmed(plan, **changes), most)


def lived(engine: Engine) -> str:
    """A case that was asked for, returned and asked for again, with a remark in between."""
    case = asked_case(engine)
    clock_of(engine).advance(hours=1)
    assert fire(engine, case, "return_request", "chair", reason="thiếu").applied
    assert fire(engine, case, "remark", "officer", note="đã bổ sung").applied
    clock_of(engine).advance(hours=1)
    assert fire(engine, case, "ask", "second", amount=2000, urgency="low").applied
    return case


def test_histories_are_legal_where_the_new_version_takes_every_step_under_whatever_name(toy: Engine) -> None:
    lived(toy), open_toy(toy)
    version(
        toy, *RENAMED, ("  what: {type: text", "  subject_matter: {type: text"), ("what: required, name", "subject_matter: required, name"),
    )  # fmt: skip
    before = snapshot(toy.database)
    found = gate(toy, fields={"what": "subject_matter"})
    assert (found.looked_at, found.legal, found.illegal) == (2, 2, ())
    assert snapshot(toy.database) == before


def test_the_first_step_that_a_stricter_guard_refuses_is_named_with_the_reason(toy: Engine) -> None:
    strict, fine = lived(toy), open_toy(toy).case
    version(toy, ('need: "amount >= 1"', 'need: "amount >= 1500"'))
    found = gate(toy)
    assert (found.looked_at, found.legal) == (2, 1)
    (illegal,) = found.illegal
    assert (illegal.case, illegal.seq, illegal.trigger, illegal.state) == (strict, 2, "ask", "draft")
    assert [each["code"] for each in illegal.blockers] == ["guard"]
    assert "sách vở" not in str(illegal) and fine not in str(illegal)


def test_a_sealed_value_is_judged_as_it_was_then(toy: Engine) -> None:
    lived(toy)
    version(toy, ('need: "known(name)"', "need: 'note == \"riêng tư\"'"))
    assert [(each.seq, each.trigger) for each in gate(toy).illegal] == [(5, "ask")]
    version(toy, ('need: "known(name)"', "need: 'note == \"khác\"'"))
    assert [(each.seq, each.trigger) for each in gate(toy).illegal] == [(2, "ask")]


def test_a_step_that_is_gone_or_leads_elsewhere_is_illegal(toy: Engine) -> None:
    lived(toy)
    version(toy, ("  return_request:", "  send_back:"))
    assert [(each.seq, [told["code"] for told in each.blockers]) for each in gate(toy).illegal] == [
        (3, ["unknown_trigger"])
    ]
    version(toy, ("    from: asked\n    to: draft\n", "    from: asked\n    to: same\n"))
    assert [(each.seq, each.to) for each in gate(toy).illegal] == [(3, "asked")]


def test_four_eyes_that_are_new_refuse_a_history_in_which_one_person_did_both(toy: Engine) -> None:
    case = asked_case(toy)
    assert fire(toy, case, "remark", "officer", note="thêm").applied
    version(
        toy,
        (
            "    by: [commune_officer]\n    form: remarking\n",
            "    by: [commune_officer]\n    other_than: [ask]\n    form: remarking\n",
        ),
    )
    assert [[told["code"] for told in each.blockers] for each in gate(toy).illegal] == [["four_eyes"]]


def test_only_as_many_are_looked_at_as_asked_for_and_it_says_that_there_are_more(toy: Engine) -> None:
    for _ in range(3):
        open_toy(toy)
    version(toy, ("Duyệt, en: Grant}", "Duyệt, en: Allow}"))
    assert (gate(toy, 2).looked_at, gate(toy, 2).more) == (2, True)
    assert (gate(toy, 3).looked_at, gate(toy, 3).more) == (3, False)
