"""The inbox says what a step of the definition has to say, in the reader's language."""

from __future__ import annotations

from uuid import uuid4

from engine import Command
from tests.web import journey
from tests.web.journey import CHAIR, OFFICER, TEACHER, House
from tests.web.visitor import Visitor
from web.app import create_app


def test_a_notice_is_the_sentence_its_step_has_for_it(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "submit_plan").rpartition("/")[2]
    returned = Command(
        id=str(uuid4()),
        case=case,
        trigger="return_plan",
        actor=CHAIR,
        reason="Thiếu kinh phí.",
    )
    outcome = house.engine.apply(returned)
    assert outcome.applied, outcome.blockers
    house.turn()
    for person, told in ((OFFICER, True), (TEACHER, False)):
        visitor = Visitor(create_app(house.engine, demo_sign_in=True, testing=True), "127.0.0.1")
        visitor.click(person)
        assert ("Kế hoạch được trả lại để bổ sung" in visitor.get("/inbox").text) is told
        visitor.post("/language", {"lang": "en"})
        page = visitor.get("/inbox").text
        assert ("A plan was returned to be mended" in page) is told
        assert "Kế hoạch được trả lại để bổ sung" not in page
        assert "Thiếu kinh phí" not in page
