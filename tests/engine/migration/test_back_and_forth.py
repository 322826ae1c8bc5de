"""The law of a migration that is taken back at once: whatever the plan, every case is exactly as it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Engine
from engine.migration import HAND, STAY, advance, confirmed, create, look, plan_between, revert, start
from engine.store import moves
from engine.store.moves import MigrationRow
from tests.engine.evidence import assert_whole, clock_of, row_of
from tests.engine.migration.moves import asked_case, open_limits
from tests.engine.test_moving import NEW_LIMIT, RENAMED, known
from tests.support.world import TOY, change, fire, open_toy

CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "state": RENAMED,
    "text field": (
        ("  what: {type: text", "  subject_matter: {type: text"),
        ("what: required, name", "subject_matter: required, name"),
    ),
    "private field": (
        ("  note: {type: long_text", "  remark_text: {type: long_text"),
        ("urgency: required, note: optional}", "urgency: required, remark_text: optional}"),
        ("fields: {note: required}", "fields: {remark_text: required}"),
    ),
    "new limit": (NEW_LIMIT,),
    "other limit": (("high: 12 hours, low: 7 days", "high: 1 days, low: 3 working days"),),
    "limit gone": (
        (
            "    deadlines: {ask: {title: {vi: Trình đề nghị, en: Submit the request}, within: 5 working days, escalate_to: province_child_lead}}\n",
            "",
        ),
    ),
    "limit of the case": (
        (
            "states:\n",
            "deadlines:\n  whole: {title: {vi: Cả việc, en: Whole}, within: 30 days, starts: [ask], ends: [grant], pause_in: [draft]}\nstates:\n",
        ),
    ),
}
FIELDS = {"text field": {"what": "subject_matter"}, "private field": {"note": "remark_text"}}
RULES = st.sampled_from(("keep", "entry", "today"))
STEPS = st.lists(st.sampled_from(("ask", "remark", "return_request", "wait")), max_size=4)
number = count(1)


@dataclass(frozen=True)
class Drawn:
    changes: tuple[str, ...]
    rules: dict[str, str]
    goes: str
    default: bool
    steps: list[list[str]]


DRAWN = st.builds(
    Drawn,
    changes=st.sets(st.sampled_from(sorted(CHANGES))).map(sorted).map(tuple),
    rules=st.dictionaries(
        st.sampled_from(("*", "states.draft.deadlines.ask", "states.submitted.deadlines.decide")), RULES
    ),
    goes=st.sampled_from(("there", "draft", HAND, STAY)),
    default=st.booleans(),
    steps=st.lists(STEPS, min_size=1, max_size=3),
)


def lived(engine: Engine, steps: list[str]) -> str:
    """A case that went through some of these steps; those that cannot be taken are left out."""
    case = open_toy(engine).case
    for step in steps:
        if step == "wait":
            clock_of(engine).advance(hours=7)
        elif step == "ask":
            fire(engine, case, "ask", "officer", amount=1000, urgency="high", note="riêng tư")
        elif step == "remark":
            fire(engine, case, "remark", "officer", note="thêm")
        else:
            fire(engine, case, "return_request", "chair", reason="thiếu")
    return case


def standing(engine: Engine, case: str) -> Any:
    """All that a case is, but how many events it has; a sealed value by what it says, not by its envelope."""
    row = row_of(engine, case)
    return (
        row._replace(version=0, head=b"", sealed={}),
        sorted(row.sealed),
        known(engine, case),
        open_limits(engine, case),
    )


def carried_out(engine: Engine, migration: MigrationRow) -> MigrationRow:
    look(engine, migration, "admin")
    while advance(engine, migration.id):
        pass
    with engine.database.read() as connection:
        found = moves.get(connection, migration.id)
        planned = moves.totals(connection, migration.id).get("planned")
    assert found is not None
    if planned:
        start(engine, found, str(found.report_sha256), "admin", "thử")
        while advance(engine, migration.id):
            pass
    with engine.database.read() as connection:
        found = moves.get(connection, migration.id)
    assert found is not None
    return found


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=DRAWN)
def test_taken_back_at_once_every_case_is_exactly_as_it_was(toy: Engine, drawn: Drawn) -> None:
    change(
        toy,
        TOY,
        ("{vi: Đề nghị hỗ trợ, en: Request for support}", f"{{vi: Đề nghị {next(number)}, en: Request}}"),
    )
    source = toy.library.newest("toy")
    cases = [lived(toy, steps) for steps in drawn.steps]
    text = ("{vi: Đề nghị hỗ trợ, en: Request for support}", f"{{vi: Đề nghị {next(number)}, en: Request}}")
    change(toy, TOY, text, *(each for name in drawn.changes for each in CHANGES[name]))
    target = toy.library.newest("toy")
    assert source is not None and target is not None
    plan = plan_between(source.definition, target.definition, source.number, target.number)
    goes = {"there": "submitted" if "state" in drawn.changes else "asked"}.get(drawn.goes, drawn.goes)
    fields = {old: new for name in drawn.changes for old, new in FIELDS.get(name, {}).items()}
    plan = confirmed(
        plan, states={**plan.states, "asked": goes}, fields=fields, limits=drawn.rules, sure=plan.guesses,
        defaults={"number": "0/QĐ"} if drawn.default else {},
    )  # fmt: skip
    before = {case: standing(toy, case) for case in cases}
    clock_of(toy).advance(minutes=int(timedelta(hours=1).total_seconds() // 60))
    there = carried_out(toy, create(toy, plan, "admin"))
    for case in cases:
        assert_whole(toy, case)
    if there.status == "done":
        clock_of(toy).advance(hours=1)
        assert carried_out(toy, revert(toy, there, "admin")).status == "done"
    for case in cases:
        assert standing(toy, case) == before[case]
        assert_whole(toy, case)


def test_a_case_that_is_known_to_be_moved_is_not_as_it_was_until_it_is_taken_back(toy: Engine) -> None:
    case = asked_case(toy)
    before = standing(toy, case)
    change(toy, TOY, *RENAMED)
    old, new = toy.library.workflow("toy", 1), toy.library.workflow("toy", 2)
    plan = plan_between(old.definition, new.definition, 1, 2)
    done = carried_out(toy, create(toy, confirmed(plan, sure=plan.guesses), "admin"))
    assert standing(toy, case) != before
    carried_out(toy, revert(toy, done, "admin"))
    assert standing(toy, case) == before
