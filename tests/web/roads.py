"""The side roads of a case in a browser: further people with doors of their own, and what is typed on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from engine.store import reference
from engine.store.ground import actor
from engine.store.rows import HoldingRow
from tests.web import journey, shots
from tests.web.journey import OFFICER, ZONE, Hands, House
from tests.web.screens import wrong_with

SECOND, ELSEWHERE, COLLABORATOR = "dong_thi_lua", "ban_thi_duyen_ha", "trieu_sinh_phau"
CHO_RA = "01912@2025-07-01"
EMERGENCY = {"danger_type": "health", "harmer_relation": "carer"}
PETITION = {
    "petition_ground": "refusal", "refusal_evidence": "Biên bản ba lần đến nhà.", "best_interest_note": "Trẻ cần được hỗ trợ.",
}  # fmt: skip
TRANSFER = {
    "receiving_commune": CHO_RA,
    "new_address": "tiểu khu 7",
    "handover_note": "Gia đình chuyển theo bố.",
}
ATTEMPTS = ("home_visit", "telephone", "telephone")


def doors(house: House, *people: str) -> None:
    """These people stand on the sign-in page too."""
    with house.engine.database.write() as connection:
        for number, person in enumerate(people, 10):
            connection.execute(update(actor).where(actor.c.id == person).values(demo_order=number))


def supervises_too(house: House, person: str) -> None:
    """This person decides for the province as well, so that only the rule of the own entry stands in the way."""
    holding = HoldingRow(
        id=f"{person}:lead", actor=person, function="province_child_lead", agency="so_y_te", area="19@2025-07-01",
        valid_from=date(2025, 7, 1),
    )  # fmt: skip
    with house.engine.database.write() as connection:
        reference.put_holdings(connection, [holding])
    house.engine.library.refresh()


def moment(house: House, minutes: int = 0) -> str:
    """Now, or some minutes away, as one writes it."""
    return f"{house.clock.now().astimezone(ZONE) + timedelta(minutes=minutes):%d/%m/%Y %H:%M}"


def measure(house: House) -> dict[str, Any]:
    """The emergency measure, just taken."""
    return {
        "measure": "Đưa trẻ đến trạm y tế, có cán bộ đi cùng.", "measure_place": "Trạm y tế xã", "measure_at": moment(house),
        "measure_person": "Phó Chủ tịch UBND xã", "risk_level": "high",
    }  # fmt: skip


def separation(house: House, days: int) -> dict[str, Any]:
    """An order of temporary separation from today on."""
    return {
        "separation_decision_no": "07/QĐ-UBND", "separation_start_on": house.day(), "separation_end_on": house.day(days),
        "separation_carer": "Trung tâm Công tác xã hội", "separation_reason": "Người chăm sóc gây tổn hại.",
        "best_interest_note": "Ở với bà không an toàn; trẻ đồng ý.", "separation_child_view": "Trẻ đồng ý.",
    }  # fmt: skip


def attempts(house: House) -> list[dict[str, Any]]:
    """Three attempts by two ways."""
    return [{"attempted_on": house.day(), "way": way, "result": "Không gặp"} for way in ATTEMPTS]


def number(house: House, case: str) -> str:
    """The number of the case at this address."""
    scene = house.engine.look(case.removeprefix("/cases/"), OFFICER)
    assert scene
    assert scene.case
    return scene.case.reference


def implementing(house: House, **child: Any) -> str:
    """A case whose plan was approved; answers its address."""
    return journey.bring(house.engine, house.clock, "approve_plan", **child)


def fine(hands: Hands) -> None:
    """The page as it stands is accessible, fits a desk and a phone, and speaks Vietnamese."""
    for width, height in shots.SIZES.items():
        hands.page.set_viewport_size({"width": width, "height": height})
        assert wrong_with(hands.page, "vi") == [], f"at {width}"
    hands.page.set_viewport_size({"width": 1280, "height": 860})
