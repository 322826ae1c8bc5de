"""A case that goes to another commune, or to another officer."""

from __future__ import annotations

from tests.workflows.road import (
    BA_BE,
    CHAIR,
    CHO_RA,
    FORMS,
    OFFICER,
    OTHER_OFFICER,
    TEN,
    Road,
)


def transfer(road: Road, case: str) -> None:
    road.step(case, "transfer_out", receiving_commune=CHO_RA, new_address="x", handover_note="x")


def test_a_transfer_is_accepted_by_the_other_commune_which_then_answers_for_the_case(road: Road) -> None:
    case = road.to_implementing(**TEN, reporter_name="Người Báo Thử")
    track = road.open_track(case, "open_education", "education")
    assert road.values(case, OTHER_OFFICER) is None
    assert road.refused(
        case, "transfer_out", receiving_commune=BA_BE, new_address="x", handover_note="x"
    ) == {"guard"}
    transfer(road, case)
    road.later(0)
    assert "notify" in road.told(OTHER_OFFICER)
    offered = road.values(case, OTHER_OFFICER)
    assert offered and "child_name" in offered
    assert "reporter_name" not in offered
    assert "scope" in road.refused(case, "accept_transfer")
    assert "scope" in road.refused(case, "withdraw_transfer", OTHER_OFFICER, reason="x")
    assert road.step(case, "accept_transfer", OTHER_OFFICER) == "implementing"
    row = road.row(case, OTHER_OFFICER)
    assert (row.area, row.offered, row.owner) == (CHO_RA, None, OTHER_OFFICER)
    assert "reporter_name" not in (road.values(case, OTHER_OFFICER) or {})
    assert road.values(case, OFFICER) is None
    assert road.row(track, OTHER_OFFICER).agency == "truong_suoi_le"
    assert road.values(track, OTHER_OFFICER) is not None


def test_a_transfer_gives_nobody_more_time(road: Road) -> None:
    case = road.to_implementing(**TEN)
    before = road.limits(case)
    assert {"visit", "formal_review"} <= before.keys()
    for answer, actor in (("withdraw_transfer", OFFICER), ("reject_transfer", OTHER_OFFICER)):
        road.later(1)
        transfer(road, case)
        assert {key: each["due_at"] for key, each in road.limits(case).items() if key in before} == {
            key: each["due_at"] for key, each in before.items()
        }
        road.later(1)
        road.step(case, answer, actor, reason="x")
        assert {key: (each["id"], each["due_at"]) for key, each in road.limits(case).items()} == {
            key: (each["id"], each["due_at"]) for key, each in before.items()
        }
    road.later(30)
    missed = road.limits(case)["visit"]
    assert missed["breached_at"]
    transfer(road, case)
    road.step(case, "accept_transfer", OTHER_OFFICER)
    assert road.limits(case)["visit"]["id"] == missed["id"]
    assert road.engine.replay(case) == ()


def test_a_transfer_that_is_rejected_or_withdrawn_returns_to_where_it_was(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm"):
        road.step(case, trigger)
    road.step(
        case,
        "to_monitoring",
        reason="x",
        **{
            **FORMS["assess_initial"],
            "jobs": (),
            "hazards": (),
            "work_class": "at_risk",
            "risk_level": "low",
            "class_reason": "x",
        },
    )
    transfer(road, case)
    assert road.step(case, "reject_transfer", OTHER_OFFICER, reason="không ở xã này") == "monitoring"
    assert road.values(case, OTHER_OFFICER) is None
    transfer(road, case)
    assert road.step(case, "withdraw_transfer", reason="x") == "monitoring"


def test_a_case_is_given_to_another_officer(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.step(case, "assign", CHAIR, new_owner="dong_thi_lua")
    assert road.row(case, OFFICER).owner == "dong_thi_lua"
    assert road.refused(case, "assign", CHAIR, new_owner=OTHER_OFFICER) == {"field_option"}
