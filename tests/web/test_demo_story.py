"""What the demonstration promises: each fact of its story. That it can be told from any day: tests/soak/story.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from engine import Command
from engine.commands import SYSTEM
from engine.listing import Listing
from engine.registry.names import fold
from engine.store import people
from engine.store.inbox import notices
from engine.verification import replay, verify
from tests.web.demo_house import MOMENT, Story, copied
from tests.web.visitor import Visitor
from web import my_tasks
from web.app import create_app
from web.demo.crew import CHO_RA, LEAD
from web.demo.story import children
from web.demo_cases import case_id
from web.person import Person

OFFICER, CHAIR, COLLABORATOR = "nong_thi_tham", "hoang_dinh_khue", "trieu_sinh_phau"
ACTING = "leng_thi_voc"  # an officer who is acting chairwoman too
EMERGENCIES = {"cho", "thu_quarry", "pham", "dang"}


@pytest.fixture(scope="module")
def story(built_demo: Path) -> Iterator[Story]:
    with copied(built_demo) as (_, engine):
        yield Story(engine)


def all_states(story: Story) -> dict[str, set[str]]:
    return {each.definition.id: set(each.definition.states) for each in story.engine.library.current()}


def test_every_state_of_a_case_and_of_every_track_holds_one(story: Story) -> None:
    assert story.states() == all_states(story)


def test_the_record_is_whole_and_folds_to_every_row(story: Story) -> None:
    report = verify(story.engine.database)
    assert report.clean, [each.say("en") for each in report.flaws]
    assert not replay(story.engine.database).differences


def test_a_province_is_at_work_and_all_its_agencies_are_marked_as_shown(story: Story) -> None:
    cases = [row for row in story.rows() if row.parent is None]
    assert 40 <= len(cases) <= 60
    assert len({row.area for row in cases if row.area.endswith("@2025-07-01")}) == 8
    agencies = story.engine.library.rows.agencies.values()
    assert all("(trình diễn)" in each.name_vi and "(demo)" in each.name_en for each in agencies)


def test_children_differ_in_age_people_work_channel_risk_and_class(story: Story) -> None:
    some = children()
    assert {"tay", "nung", "kinh", "dao", "mong", "san_chay"} <= {each.ethnic for each in some}
    assert min(each.age for each in some if each.age) <= 8
    assert max(each.age for each in some if each.age) >= 17
    assert len({each.channel for each in some}) >= 12
    assert {each.risk for each in some} == {"high", "medium", "low"}
    classes = {row.data.get("work_class") for row in story.rows() if row.definition == "child_case"}
    assert classes - {None} == {
        "worst_form", "hazardous", "unlawful", "unlawful_procedural", "unknown_age", "at_risk", "working_lawful", "not_working",
    }  # fmt: skip


def test_every_class_is_that_of_the_rules_but_where_a_correction_asks_anew(story: Story) -> None:
    found = {
        row.id
        for row in story.rows()
        if row.definition == "child_case" and row.data.get("work_class") != row.data.get("proposed_class")
    }
    assert found == {case_id("quynh")}


# ------------------------------------------------------------------ emergencies


def test_an_emergency_was_declared_five_hours_ago_and_its_clock_runs(story: Story) -> None:
    assert story.state("cho") == "emergency"
    assert story.steps("cho")["declare_emergency"] == MOMENT - timedelta(hours=5)
    limit = story.limits("cho")["measure"]
    assert limit["due_at"] == story.values("cho")["received_at"] + timedelta(hours=12) > MOMENT
    assert not limit["breached_at"]
    assert "secure_child" in {
        each.trigger for each in story.engine.available(case_id("cho"), CHAIR) if not each.blockers
    }


def test_an_emergency_was_secured_within_twelve_hours_and_the_police_were_told(story: Story) -> None:
    steps, received = story.steps("thu_quarry"), story.values("thu_quarry")["received_at"]
    assert steps["secure_child"] - received < timedelta(hours=12)
    assert "refer_police" in steps
    assert "deadline_breached" not in {each.kind for each in story.line("thu_quarry")}
    assert story.row("thu_quarry").data["work_class"] == "worst_form"


def test_a_separation_is_in_its_ninth_day_of_fifteen(story: Story) -> None:
    values, today = story.values("pham"), (MOMENT + timedelta(hours=7)).date()
    assert (today - values["separation_start_on"]).days + 1 == 9
    assert (values["separation_end_on"] - values["separation_start_on"]).days + 1 == 15
    assert values["separated"]
    assert {"separation_end", "separation_cap"} <= set(story.limits("pham"))


def test_a_separation_was_lifted(story: Story) -> None:
    assert story.values("dang")["separated"] is False
    assert not {"separation_end", "separation_cap"} & set(story.limits("dang"))


# ------------------------------------------------------------------ plans


def test_a_missed_limit_was_recorded_and_went_up_to_the_supervisor(story: Story) -> None:
    assert story.limits("su")["verify"]["breached_at"]
    with story.engine.database.read() as connection:
        told = notices(connection, LEAD, unread_only=False, limit=500)
    assert case_id("su") in {each.case_id for each in told if each.kind == "escalation"}


def test_who_wrote_a_plan_is_refused_as_acting_chairwoman_and_the_chairman_is_not(story: Story) -> None:
    case, decision = (
        case_id("van"),
        {
            "decision_no": "1",
            "decision_date": date(2026, 11, 23),
            "decision_signer": "x",
            "decision_acting_for": True,
        },
    )
    command = Command(id=case_id("again"), case=case, trigger="approve_plan", actor=ACTING, values=decision)
    outcome = story.engine.apply(command)
    assert [each.code for each in outcome.blockers] == ["four_eyes"]
    assert story.state("van") == "plan_submitted"
    ways = {each.trigger: each for each in story.engine.available(case, CHAIR)}
    assert ways["approve_plan"].status == "needs"
    visitor = Visitor(create_app(story.engine, demo_sign_in=True), address="127.0.0.1")
    visitor.click(LEAD)
    assert "không cho tôi tự phê duyệt" in visitor.get(f"/cases/{case}").text


def test_a_plan_was_returned_to_be_mended(story: Story) -> None:
    assert story.state("phuong") == "plan_returned"
    assert story.limits("phuong")["resubmit"]


def test_a_family_refuses_and_the_clock_of_the_plan_stands_still_before_the_court(story: Story) -> None:
    assert story.state("tua") == "court_petition"
    assert story.limits("tua")["approval"]["paused_at"]
    assert not story.limits("tua")["court"]["breached_at"]


def test_the_court_decided_in_another_case_that_support_goes_on(story: Story) -> None:
    assert story.values("do")["court_outcome"] == "support_goes_on"
    assert story.state("do") == "implementing"


# ------------------------------------------------------------------ transfer, contact, correction


def test_one_transfer_waits_one_was_accepted_and_one_rejected(story: Story) -> None:
    waiting, accepted = story.row("diu"), story.row("kieu")
    assert (waiting.state, waiting.offered) == ("transferred", CHO_RA)
    assert (accepted.state, accepted.area, accepted.reference[:5]) == ("implementing", CHO_RA, "02020")
    assert {"transfer_out", "reject_transfer"} <= set(story.steps("khuyen"))
    assert story.state("khuyen") == "implementing"


def test_contact_with_a_child_is_lost_and_its_clocks_stand_still(story: Story) -> None:
    assert story.values("phuc")["contact_lost"]
    limits = story.limits("phuc")
    assert {"visit", "formal_review", "plan_end"} <= set(limits)
    assert all(each["paused_at"] for each in limits.values())


def test_a_correction_waits_for_the_supervisor(story: Story) -> None:
    assert "correction" in story.limits("tai")
    assert "approve_correction" in {
        each.trigger for each in story.engine.available(case_id("tai"), LEAD) if not each.blockers
    }


def test_a_correction_was_decided_and_the_class_is_asked_anew(story: Story) -> None:
    assert "reclassify" in story.limits("quynh")
    data = story.row("quynh").data
    assert (data["work_class"], data["proposed_class"]) == ("unlawful", "working_lawful")


# ------------------------------------------------------------------ other cases


def test_a_second_report_was_merged_into_the_first(story: Story) -> None:
    assert story.state("sen_again") == "merged"
    assert story.links("sen_again") == {("merged", case_id("sen"), False)}
    assert story.links("sen") == {("merged", case_id("sen_again"), True)}


def test_two_reports_of_one_child_wait_for_somebody_to_look(story: Story) -> None:
    one, other = story.values("nhi"), story.values("nhi_again")
    assert one["child_name"] != other["child_name"]
    assert fold(one["child_name"]) == fold(other["child_name"])
    assert (one["child_dob"].day, one["child_dob"].month) == (
        other["child_dob"].month,
        other["child_dob"].day,
    )
    assert one["child_dob"].year == other["child_dob"].year
    assert not story.links("nhi") | story.links("nhi_again")


def test_another_child_of_the_household_was_looked_for_and_has_a_linked_report(story: Story) -> None:
    found = [other for kind, other, back in story.links("lam") if kind == "screening" and not back]
    assert len(found) == 1
    scene = story.engine.look(found[0], LEAD)
    assert scene
    assert scene.case
    assert scene.case.state == "monitoring"
    assert scene.case.data["channel"] == "screening"


# ------------------------------------------------------------------ support


def test_children_have_two_and_three_tracks(story: Story) -> None:
    assert story.tracks("pao") == {"GD1": "active", "SK1": "delivering"}
    assert story.tracks("hoa_three") == {"GD1": "approved", "NN1": "studying", "SK1": "loan_in_process"}


def test_tracks_that_ended_gave_back_what_they_brought(story: Story) -> None:
    returned = [each for each in story.line("them") if each.kind == "subcase_returned"]
    assert len(returned) == 2
    data = story.values("them")
    assert data["education.attendance_rate"] == 92
    assert data["livelihood.income_change"] == 900_000


def test_a_sixteen_year_old_has_a_certificate_and_lawful_work(story: Story) -> None:
    assert story.tracks("khai") == {"NN1": "placed"}
    assert story.values("khai")["child_age"] == 16
    assert story.row("hieu").data["work_class"] == "working_lawful"
    assert story.values("hieu")["child_age"] == 16


# ------------------------------------------------------------------ closure


def test_hazardous_work_waits_for_the_province_after_the_chairmans_word(story: Story) -> None:
    ways = {each.trigger: each.status for each in story.engine.available(case_id("tinh"), LEAD)}
    assert ways["approve_closure"] == "needs"
    assert story.row("tinh").data["closure_endorsed"] is True
    blocked = {each.trigger: each.status for each in story.engine.available(case_id("tinh"), CHAIR)}
    assert blocked["approve_closure"] == "blocked"


def test_a_closed_case_has_its_checks_to_come_and_another_had_the_first(story: Story) -> None:
    assert set(story.limits("quy")) == {"check_3_months", "check_6_months"}
    assert set(story.limits("kim")) == {"check_6_months"}


def test_a_check_found_a_relapse_and_the_case_was_reopened(story: Story) -> None:
    row = story.row("loan")
    assert (row.state, row.cycle) == ("initial_assessment", 2)
    assert "post_check_relapse" in story.steps("loan")


def test_two_cases_were_closed_under_the_names_of_2017_and_todays_officer_sees_them(story: Story) -> None:
    for child in ("khang_ninh_1", "khang_ninh_2"):
        row = story.row(child)
        assert (row.area, row.state) == ("01906@2017-01-01", "closed")
        assert row.closed_at
        assert row.closed_at.year == 2024
        assert story.values(child, OFFICER)["child_name"]


# ------------------------------------------------------------------ days


def test_nobody_worked_at_night_or_on_a_day_off_but_in_an_emergency(story: Story) -> None:
    calendar, zone = story.engine.library.calendar("vn_public"), story.engine.library.zone
    urgent = {case_id(each) for each in EMERGENCIES}
    wrong = [
        (row.reference, entry.transition, entry.at.astimezone(zone))
        for row in story.rows()
        if row.root not in urgent
        for entry in story.engine.timeline(row.id)
        if entry.actor != SYSTEM
        and not (
            calendar.is_working(entry.at.astimezone(zone).date())
            and time(7, 30) <= entry.at.astimezone(zone).time() <= time(17, 0)
        )
    ]
    assert wrong == []


def test_most_limits_were_kept(story: Story) -> None:
    missed = sum(
        each.kind == "deadline_breached" for row in story.rows() for each in story.engine.timeline(row.id)
    )
    assert 5 <= missed <= 20


def test_what_the_sign_in_page_proposes_is_there_for_that_person(story: Story) -> None:
    visitor = Visitor(create_app(story.engine, demo_sign_in=True), address="127.0.0.1")
    said = visitor.get("/sign-in").text
    for who, child, more in (
        (OFFICER, "lua", ""), (OFFICER, "phuong", ""), (OFFICER, "nhi", ""), (CHAIR, "van", ""), (CHAIR, "cho", ""),
        ("trieu_mui_nhan", "duc", "/GD1"), ("trieu_mui_nhan", "phuc", "/GD1"), (LEAD, "tinh", ""), (LEAD, "tai", ""),
        (LEAD, "su", ""),
    ):  # fmt: skip
        number = story.row(child).reference + more
        assert number in said
        row = next(each for each in story.rows() if each.reference == number)
        assert story.engine.look(row.id, who), (who, child)


def test_a_class_is_explained_by_the_table_that_a_person_confirmed_not_by_the_one_asked_last(
    story: Story,
) -> None:
    trained = [row for row in story.rows() if row.data.get("vocational_entry")]
    visitor = Visitor(create_app(story.engine, demo_sign_in=True), address="127.0.0.1")
    visitor.click(LEAD)
    for row in trained:
        ground = visitor.get(f"/cases/{row.id}").text.partition("Vì sao phân loại như vậy")[2]
        assert "Phân loại theo Bộ luật Lao động 2019" in ground[:600]
    assert trained


def test_a_case_off_the_usual_line_is_at_no_step_of_it(story: Story) -> None:
    visitor = Visitor(create_app(story.engine, demo_sign_in=True), address="127.0.0.1")
    visitor.click(LEAD)
    for child, numbered in (("cho", False), ("van", True)):
        page = visitor.get(f"/cases/{case_id(child)}").text
        assert ("trên 10" in page) is numbered


def tasks_of(story: Story, actor: str) -> set[str]:
    """The time limits, by key, that a person can do something about now."""
    with story.engine.database.read() as connection:
        listing = Listing(story.engine, connection, actor)
        me = Person(actor, "", "vi", people.holdings(connection, actor, listing.today))
        return {row.key for _, row in my_tasks.split(story.engine, me, listing)[0]}


def test_a_limit_is_the_work_of_those_who_can_lead_the_case_on_and_of_nobody_else(story: Story) -> None:
    assert {"verify", "assess"} <= tasks_of(story, OFFICER)
    assert {"decide", "reopened"} & tasks_of(story, LEAD) == {"decide"}
    assert not {"verify", "assess", "specific", "visit"} & (tasks_of(story, LEAD) | tasks_of(story, CHAIR))
