"""A letter about one notice."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from engine import Command, Engine, FixedClock
from engine.store import ground, tables
from engine.worker import Worker
from tests.engine.worker.posted import wants
from tests.web import journey
from tests.web.journey import CHAIR, OFFICER
from tests.web.letters.written import BASE, SETTINGS, reference_of, text_of, told, why_not
from web.letters import Letters


def test_an_urgent_mail_says_what_the_definition_says_and_leads_to_the_case(
    engine: Engine, clock: FixedClock
) -> None:
    case = _returned_plan(engine, clock)
    message = Letters(engine, SETTINGS).compose(told(engine), clock.now())
    assert message["Subject"] == f"[Nâng Bước] Có tin từ hồ sơ {reference_of(engine, case)}"
    assert "Kế hoạch được trả lại để bổ sung" in text_of(message)
    assert f"{BASE}/cases/{case}" in text_of(message)


def test_what_was_read_or_is_not_wanted_or_out_of_reach_is_not_mailed(
    engine: Engine, clock: FixedClock
) -> None:
    _returned_plan(engine, clock)
    row = told(engine)
    wants(engine, OFFICER, "digest")
    assert why_not(engine, row) == "not_wanted"
    wants(engine, OFFICER, email=None)
    assert why_not(engine, row) == "no_address"
    wants(engine, OFFICER)
    with engine.database.write() as connection:
        held = ground.holding
        connection.execute(held.update().where(held.c.actor == OFFICER).values(valid_to=date(2026, 1, 1)))
    assert why_not(engine, row) == "out_of_reach"
    with engine.database.write() as connection:
        connection.execute(tables.notice.update().values(read_at=clock.now()))
    assert why_not(engine, row) == "read"


def _returned_plan(engine: Engine, clock: FixedClock) -> str:
    case = journey.bring(engine, clock, "submit_plan").rpartition("/")[2]
    wants(engine, OFFICER)
    step = Command(id=str(uuid4()), case=case, trigger="return_plan", actor=CHAIR, reason="Thiếu kinh phí.")
    assert engine.apply(step).applied
    Worker(engine, mails=True).turn()
    return case
