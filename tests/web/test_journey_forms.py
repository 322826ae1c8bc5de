"""What a form forgives: mistakes, two clicks, two people, the way back, an ended session. In a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.definition.model import FieldType
from tests.support.browser import follow
from tests.web import journey
from tests.web.journey import OFFICER, House
from tests.web.visitor import Visitor
from web.app import create_app


def test_a_refused_report_comes_back_as_typed_with_each_error_beside_its_field(house: House) -> None:
    officer = house.hands(OFFICER)
    page = officer.page
    officer.go("/new")
    typed = {
        "child_name": "Lý A Páo",
        "child_dob": "31/02/2014",
        "father_age": "200",
        "village": "thôn “Khuổi” <b>",
        "child_sex": "male",
    }
    officer.write(typed)
    officer.send("Gửi tin")
    assert {name: officer.value(name) for name in typed} == typed
    wrong = {"channel", "current_condition", "child_dob", "father_age"}
    for name in wrong:
        control = page.locator(f"#f-{name}")
        assert control.get_attribute("aria-invalid") == "true"
        assert f"f-{name}-error" in (control.get_attribute("aria-describedby") or "")
        expect(page.locator(f"#f-{name}-error")).to_be_visible()
    expect(page.locator(".error")).to_have_count(len(wrong))
    summary = page.locator(".error-summary li")
    expect(summary).to_have_count(len(wrong))  # at the top, in the order of the form
    assert summary.all_inner_texts() == [
        "Cần điền “Nguồn tin”.",
        "“Ngày sinh”: trong lịch không có ngày này. Hãy xem lại ngày, tháng; ghi ngày/tháng/năm, ví dụ 05/11/2026.",
        "Cần điền “Tình trạng hiện tại của trẻ”.",
        "“Tuổi của cha” không được lớn hơn 120.",
    ]
    expect(page.locator(".error-summary")).to_be_focused()
    summary.nth(1).get_by_role("link").click()
    expect(page.locator("#f-child_dob")).to_be_focused()
    officer.write(
        {
            "channel": "family",
            "child_dob": "28/02/2014",
            "father_age": "40",
            "current_condition": "Bóc măng thuê.",
        }
    )
    officer.send("Gửi tin")
    assert officer.done(), officer.said()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lý A Páo")


def test_an_error_in_a_row_stands_at_the_row_that_was_typed(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "assess_specific")
    officer = house.hands(OFFICER)
    page = officer.page
    officer.go(case)
    officer.begin("Trình kế hoạch")
    rows = [
        {},
        {"kind": "education", "activity": "Đi học lại", "due_on": "40/13/2026"},
        {"kind": "legal", "budget": "nhiều"},
    ]
    officer.write(journey.plan(house.day(), house.day(), house.day(90)) | {"actions": rows})
    officer.send("Trình kế hoạch")
    expect(page.locator(".error")).to_have_count(
        2
    )  # the row that was left empty is gone, the others moved up
    assert officer.value("actions-0-due_on") == "40/13/2026"
    expect(page.locator("#f-actions-0-due_on-error")).to_contain_text("không có ngày này")
    assert officer.value("actions-1-budget") == "nhiều"
    expect(page.locator("#f-actions-1-budget-error")).to_contain_text("cần số tiền")
    expect(page.locator(".error-summary li").first).to_have_text(
        "Hoạt động 1: “Thời hạn”: trong lịch không có ngày này. Hãy xem lại ngày, tháng; ghi ngày/tháng/năm, ví dụ 05/11/2026."
    )


def test_a_reason_about_several_fields_leads_to_the_first_of_them(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "assess_specific")
    officer = house.hands(OFFICER)
    officer.go(f"{case}?way=submit_plan")
    officer.write(journey.plan(house.day(90), house.day(30), house.day(5)))  # ends before it begins
    officer.send("Trình kế hoạch")
    reason = officer.page.locator(".error-summary li")
    expect(reason).to_have_text("Ngày kết thúc kế hoạch phải sau ngày bắt đầu")
    reason.get_by_role("link").click()
    expect(officer.page.locator("#f-plan_start_on")).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_double_click_makes_one_step(house: House, script: bool) -> None:
    case = journey.bring(house.engine, house.clock, "receive")
    officer = house.hands(OFFICER, java_script_enabled=script)
    officer.go(case)
    officer.begin("Bắt đầu xác minh")
    officer.write({"verifier": OFFICER})
    # The second click may break off the first's way to the next page, so it is the page that is waited for.
    officer.page.locator(".form-foot").get_by_role("button", name="Bắt đầu xác minh").dblclick()
    expect(officer.page.locator(".flash .notice-ok")).to_be_visible(timeout=30_000)
    assert [each.transition for each in house.engine.timeline(case.rpartition("/")[2])] == [
        "open",
        "start_verification",
    ]


def test_a_form_that_arrives_twice_is_answered_alike_and_recorded_once(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "receive")
    visitor = Visitor(create_app(house.engine, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(OFFICER)
    page = visitor.get(f"{case}?way=start_verification").text
    form = dict(re.findall(r'type="hidden" name="(_\w+)" value="([^"]+)"', page)) | {"verifier": OFFICER}
    answers = [visitor.post(f"{case}/start_verification", form) for _ in range(2)]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, case)] * 2
    assert [each.seq for each in house.engine.timeline(case.rpartition("/")[2])] == [1, 2]


def test_the_second_of_two_browsers_is_told_and_loses_nothing(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "approve_plan")
    first, second = house.hands(OFFICER), house.hands(OFFICER)
    for hands in (first, second):
        hands.go(case)
        hands.begin("Ghi nhận theo dõi")
        hands.write(journey.visit(house.day(), house.day(7)))
    second.write({"hours_week": "viết nhầm", "notes": "Gặp trẻ ở trường."})
    first.send("Ghi nhận theo dõi")
    assert first.done()

    second.send("Ghi nhận theo dõi")  # first only the slip of the pen is found …
    expect(second.page.locator(".error")).to_have_count(1)
    second.write({"hours_week": "0"})
    second.send("Ghi nhận theo dõi")  # … and then still that the case is another one
    expect(second.page.locator(".error-summary")).to_contain_text("Hồ sơ đã thay đổi sau khi bạn mở biểu mẫu")
    news = second.page.locator(".card-step .notice-info li")
    expect(news).to_have_count(1)  # what changed, by whom
    expect(news).to_contain_text("Nông Thị Thắm X. ghi nhận theo dõi")
    assert second.value("notes") == "Gặp trẻ ở trường."
    assert second.value("work_status") == "none"
    second.send("Ghi nhận theo dõi")  # having read it, the person may insist
    assert second.done(), second.said()
    expect(second.page.locator(".timeline")).to_contain_text("ghi nhận theo dõi")
    taken = [each.transition for each in house.engine.timeline(case.rpartition("/")[2])]
    assert taken.count("log_visit_met") == 2


def test_what_was_typed_is_kept_when_the_case_has_moved_on(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "assess_specific")
    first, second = house.hands(OFFICER), house.hands(OFFICER)
    for hands in (first, second):
        hands.go(case)
        hands.begin("Trình kế hoạch")
        hands.write(journey.plan(house.day(), house.day(30), house.day(90)))
    second.write({"plan_goal": "Mục tiêu của người thứ hai."})
    first.send("Trình kế hoạch")
    assert first.done()
    second.send("Trình kế hoạch")
    expect(second.page.locator(".error-summary")).to_contain_text("Hồ sơ đã thay đổi sau khi bạn mở biểu mẫu")
    second.send("Trình kế hoạch")
    expect(second.page.locator(".error-summary")).to_contain_text("chỉ thực hiện khi hồ sơ ở")
    assert second.value("plan_goal") == "Mục tiêu của người thứ hai."
    expect(second.page.locator(".standing")).to_contain_text("Trình phê duyệt")


def test_when_a_draft_was_saved_is_told_by_the_clock_of_the_server(house: House) -> None:
    officer = house.hands(
        OFFICER, timezone_id="America/New_York"
    )  # the device is set to another place and another year
    page = officer.page
    officer.go("/new")
    now = officer.value("received_at")
    officer.write({"current_condition": "Làm ở xưởng mộc."})
    said = page.locator("[data-draft-say]", has_text="tự lưu trên máy này")
    said.wait_for()
    (hour, minute), (said_hour, said_minute) = (
        map(int, re.findall(r"\d+", text)[-2:]) for text in (now, said.inner_text())
    )
    assert 0 <= 60 * (said_hour - hour) + said_minute - minute <= 2


def test_the_language_changes_and_the_place_stays(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "assess_specific")
    officer = house.hands(OFFICER)
    page = officer.page
    officer.go(f"{case}?story=step&way=submit_plan")
    officer.write({"plan_goal": "Trẻ trở lại lớp."})
    page.locator("[data-draft-say]", has_text="tự lưu trên máy này").wait_for()
    follow(page.get_by_role("button", name="English"))
    assert page.url == f"{house.base}{case}?story=step&way=submit_plan"
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".card-step h2")).to_have_text("Submit plan")
    expect(page.locator("[data-draft-say]")).to_contain_text("restored what was written")
    assert officer.value("plan_goal") == "Trẻ trở lại lớp."

    officer.send("Submit plan")
    expect(page.locator(".error-summary")).to_contain_text("Not sent yet")
    follow(page.get_by_role("button", name="Tiếng Việt"))  # a refused form has no address of its own
    assert page.url == f"{house.base}{case}?way=submit_plan"
    expect(page.locator(".card-step h2")).to_have_text("Trình kế hoạch")
    assert officer.value("plan_goal") == "Trẻ trở lại lớp."


FILL = """form => {
  const written = {
    date: "05/11/2026", datetime: "05/11/2026 07:45", money: "1.500.000", decimal: "7,5", numeric: "7",
  };
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "submit" || field.readOnly) continue;
    if (field.type === "checkbox") field.checked = true;
    else if (field.type === "radio") field.checked = field.value !== "";
    else if (field.tagName === "SELECT") field.value = [...field.options].at(-1).value;
    else field.value = written[field.dataset.echo] || written[field.inputMode] || `Chữ “${field.name}” <b> & 'hai'`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""
TYPED = """form => [...new FormData(form)].filter(([name]) => !/^_(command|version|case)$|^csrf_token$|^strange$/.test(name))"""
STRANGE = (
    """form => form.insertAdjacentHTML("afterbegin", '<input type="hidden" name="strange" value="1">')"""
)

# the last step taken → the way whose form is filled in; together they hold every type of field
FORMS = {
    "": "",  # the report: area, moment, sealed texts
    "receive": "start_verification",  # a person
    "start_verification": "confirm",  # several choices, a day, yes or no
    "confirm": "assess_initial",  # a table with choices, decimals and ticks in its rows
    "assess_initial": "link_child",  # the number of another case
    "assess_specific": "submit_plan",  # a table with days and sums of money
    "approve_plan": "open_livelihood",  # an agency, and the fields of the track that is opened
}


@pytest.mark.parametrize("upto", list(FORMS), ids=lambda each: FORMS[each] or "report")
def test_whatever_was_typed_comes_back_after_a_refusal(house: House, upto: str) -> None:
    officer = house.hands(OFFICER)
    page = officer.page
    if upto:
        case = journey.bring(house.engine, house.clock, upto, livelihood="ctxh_ven_ho")
        officer.go(f"{case}?way={FORMS[upto]}")
    else:
        officer.go("/new")
    for table in page.locator("[data-add-row]").all():
        table.click()
    form = page.locator("form.form")
    form.evaluate(FILL)
    form.evaluate(STRANGE)  # no form has such a field, so it is refused whatever else it says
    typed = form.evaluate(TYPED)
    assert len(typed) > 0 and all(value for _, value in typed)
    follow(form.locator(".form-foot button:not([name])"))
    expect(page.locator(".error-summary")).to_contain_text("“strange”")
    assert form.evaluate(TYPED) == typed


def test_those_forms_hold_every_type_of_field(house: House) -> None:
    forms = [
        way
        for workflow in house.engine.library.current()
        for way in (workflow.opening, *workflow.ways.values())
        if way.transition.trigger in ("open", *FORMS.values())
    ]
    fields = [field for way in forms for field in way.fields.values()]
    columns = [column for field in fields for column in field.columns.values()]
    assert {each.type for each in (*fields, *columns)} == set(FieldType)


def test_going_back_after_sending_does_not_send_twice(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "approve_plan")
    officer = house.hands(OFFICER)
    page = officer.page
    officer.go(case)
    officer.take("Ghi nhận theo dõi", journey.visit(house.day(), house.day(7)))
    page.go_back()
    expect(page.locator(".card-step h2")).to_be_visible()
    assert officer.value("notes") == ""  # what was sent does not look as if it still had to be sent
    officer.send("Ghi nhận theo dõi")
    expect(page.locator(".error-summary")).to_be_visible()
    page.reload()
    taken = [each.transition for each in house.engine.timeline(case.rpartition("/")[2])]
    assert taken.count("log_visit_met") == 1


def test_going_back_to_a_report_that_was_sent_does_not_open_a_second_case(house: House) -> None:
    officer = house.hands(OFFICER)
    case = house.report(officer)
    officer.page.go_back()
    assert officer.page.url == f"{house.base}/new"
    assert (officer.value("child_name"), officer.value("current_condition")) == ("", "")
    officer.send("Gửi tin")
    expect(officer.page.locator(".error-summary")).to_be_visible()
    officer.go("/cases")
    expect(officer.page.locator(".row-link")).to_have_count(1)
    assert officer.page.locator(".row-link").get_attribute("href") == case


@pytest.mark.parametrize("refused_before", [False, True], ids=["as opened", "refused before"])
def test_a_session_that_ends_over_a_form_loses_nothing(house: House, refused_before: bool) -> None:
    case = journey.bring(house.engine, house.clock, "assess_specific")
    officer = house.hands(OFFICER)
    page = officer.page
    officer.go(case)
    officer.begin("Trình kế hoạch")
    plan = journey.plan(house.day(), house.day(30), house.day(90))
    officer.write(plan | {"plan_start_on": "31/02/2026"} if refused_before else plan)
    if refused_before:
        officer.send("Trình kế hoạch")
        expect(page.locator(".error-summary")).to_be_visible()
        officer.write(plan)
    house.clock.advance(minutes=21)
    officer.send("Trình kế hoạch")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cần đăng nhập")
    follow(page.get_by_role("link", name="Đăng nhập"))
    follow(page.locator(f"form:has(input[name=person][value={OFFICER}]) button"))
    expect(page.locator("[data-draft-say]")).to_contain_text("đã khôi phục")
    assert officer.value("plan_goal") == plan["plan_goal"]
    assert officer.value("actions-1-activity") == plan["actions"][1]["activity"]
    assert officer.value("plan_start_on") == plan["plan_start_on"]
    officer.send("Trình kế hoạch")
    assert officer.done(), officer.said()
    expect(page.locator(".standing")).to_contain_text("Trình phê duyệt")


def test_a_refused_form_that_is_reloaded_is_the_form_again(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "assess_specific")
    officer = house.hands(OFFICER)
    officer.go(f"{case}?way=submit_plan")
    officer.send("Trình kế hoạch")
    expect(officer.page.locator(".error-summary")).to_be_visible()
    assert officer.go(officer.page.url.removeprefix(house.base)).ok  # typed into the bar: asked for, not sent
    assert officer.page.url == f"{house.base}{case}?way=submit_plan"
    expect(officer.page.locator(".card-step h2")).to_have_text("Trình kế hoạch")


SMALL = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(node => {
  const box = node.getBoundingClientRect();
  if (!node.checkVisibility({ visibilityProperty: true }) || box.width < 2 || box.height < 2 || node.closest(".for-reader, .skip")) return false;
  const tick = node.closest("label.tick");
  const [before, after] = [getComputedStyle(node, "::before"), getComputedStyle(node, "::after")];
  const grown = [before, after].map(each => each.position === "absolute" && each.content !== "none" ? parseFloat(each.height) || 0 : 0);
  return Math.max((tick || node).getBoundingClientRect().height, ...grown) < 44;
}).map(node => node.outerHTML.slice(0, 120))"""


def test_a_report_and_the_next_step_are_done_with_a_thumb(house: House) -> None:
    officer = house.hands(OFFICER, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = officer.page
    assert page.evaluate(SMALL) == []
    follow(page.locator(".phone-bar").get_by_role("link", name="Tin mới"), "tap")
    assert page.evaluate(SMALL) == []
    officer.write(journey.REPORT)
    follow(page.locator(".form-foot").get_by_role("button", name="Gửi tin"), "tap")
    expect(page.locator(".stage-short")).to_contain_text("bước 1 trên")
    assert page.evaluate(SMALL) == []
    follow(officer.way("Bắt đầu xác minh").get_by_role("link", name="Bắt đầu xác minh", exact=True), "tap")
    expect(page.locator(".card-step")).to_be_in_viewport()
    assert page.evaluate(SMALL) == []
    officer.write({"verifier": OFFICER})
    follow(page.locator(".form-foot").get_by_role("button", name="Bắt đầu xác minh"), "tap")
    expect(page.locator(".standing")).to_contain_text("Đang xác minh")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
