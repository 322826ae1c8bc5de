"""One child from the first report to closure, played with five people in five browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage, follow
from tests.web import journey
from tests.web.journey import CHAIR, OFFICER, PROVIDER, SUPERVISOR, TEACHER, Hands, House, opened


@pytest.fixture
def house(postgresql_database: str, open_page: OpenPage) -> Iterator[House]:
    """On PostgreSQL; whatever else is done in a browser is done on SQLite."""
    with opened(postgresql_database, open_page) as made:
        yield made


def test_a_child_is_helped_from_the_first_report_to_closure_by_five_people(house: House) -> None:
    officer, chair, teacher = house.hands(OFFICER), house.hands(CHAIR), house.hands(TEACHER)
    provider, supervisor = house.hands(PROVIDER), house.hands(SUPERVISOR)
    case = house.report(officer)
    verify_and_assess(house, officer, case)
    plan_with_four_eyes(house, officer, chair, case)
    education, livelihood = open_tracks(house, officer, case)
    school_sees_only_its_own(house, teacher, case, education, livelihood)
    work_the_education_track(house, teacher, officer, chair, education)
    provider_sees_only_its_own(provider, case, education, livelihood)
    begin_the_livelihood_track(house, provider, officer, chair, livelihood)
    visits_thirty_days_apart(house, officer, case, livelihood)
    closure_waits_for_the_open_track(house, officer, chair, case, livelihood)
    close(house, officer, chair, case)
    supervisor_reads_it_all(supervisor, case)


def verify_and_assess(house: House, officer: Hands, case: str) -> None:
    page = officer.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Triệu Thị Đức")
    expect(page.locator(".stage-bar")).to_contain_text("Đã tiếp nhận thông tin")
    officer.take("Bắt đầu xác minh", {"verifier": OFFICER})
    house.later(hours=3)
    officer.go(case)
    officer.take("Xác nhận có cơ sở", journey.verification(house.day()))
    officer.begin("Đánh giá ban đầu")
    officer.write(journey.assessment(house.day()))
    follow(page.get_by_role("button", name="Xem đề xuất phân loại"))
    expect(page.locator("#proposal")).to_contain_text("Kết quả đề xuất: Lao động trái quy định")
    expect(page.locator("#proposal")).to_contain_text("R5")
    assert officer.value("jobs-0-hours_week") == "36"  # what was typed is still there
    assert officer.value("harm_severity") == "medium"
    expect(page.locator("#proposal b").first).to_have_text("Kết quả đề xuất: Lao động trái quy định.")
    assert not page.locator("#proposal li").first.is_visible()  # the rules are folded
    follow(page.get_by_role("button", name="Dùng đề xuất này"))
    assert officer.value("work_class") == "unlawful"
    expect(page.locator("#proposal")).to_contain_text("Đã điền vào mục “")
    assert officer.value("harm_severity") == "medium"
    officer.send("Đánh giá ban đầu")
    assert officer.done(), officer.said()
    expect(page.locator(".page-head")).to_contain_text("Lao động trái quy định")
    ground = page.locator("#ground")
    expect(ground.locator("summary").first).to_have_text(re.compile(r"^Vì sao phân loại như vậy: R3 "))
    ground.locator("summary").first.click()
    expect(ground.locator("li:visible")).to_have_count(1)  # the rule that decides; the further ones on demand
    expect(ground.locator("li:visible")).to_contain_text("Quy tắc quyết định")
    ground.locator("summary").last.click()
    expect(ground.locator("li:visible")).to_have_count(5)


def plan_with_four_eyes(house: House, officer: Hands, chair: Hands, case: str) -> None:
    house.later(days=1)
    officer.go(case)
    officer.take("Đánh giá cụ thể", journey.specific(house.day()))
    officer.take("Trình kế hoạch", journey.plan(house.day(1), house.day(100), house.day(150)))
    own = officer.way("Phê duyệt")
    expect(own).to_contain_text("Bạn đã thực hiện “Trình kế hoạch” ở hồ sơ này")
    expect(own.get_by_role("button")).to_be_disabled()
    expect(own.get_by_role("link")).to_have_count(0)

    chair.go("/work")
    approval = chair.row_of("Triệu T. Đ.").filter(has_text="Phê duyệt kế hoạch")
    follow(approval.get_by_role("link", name="Mở"))
    chair.take(
        "Phê duyệt",
        {
            "decision_no": "118/QĐ-UBND",
            "decision_date": house.day(),
            "decision_signer": "Chủ tịch",
            "decision_acting_for": False,
        },
    )
    expect(chair.page.locator(".standing")).to_contain_text("Đang thực hiện kế hoạch")


def open_tracks(house: House, officer: Hands, case: str) -> tuple[str, str]:
    """The addresses of the education and the livelihood track."""
    house.later(days=1)
    officer.go(case)
    officer.take("Mở hỗ trợ giáo dục", journey.EDUCATION)
    officer.take("Mở hỗ trợ sinh kế", journey.LIVELIHOOD)
    lines = officer.page.locator("section:has(#tracks) .lines")
    expect(lines).to_contain_text("Trường THCS bán trú Suối Lê")
    expect(lines).to_contain_text("Trung tâm Công tác xã hội Ven Hồ")
    found = [
        lines.get_by_role("link", name=title).get_attribute("href") or ""
        for title in ("Hỗ trợ giáo dục", "Hỗ trợ sinh kế gia đình")
    ]
    return found[0], found[1]


def school_sees_only_its_own(house: House, teacher: Hands, case: str, own: str, others: str) -> None:
    page = teacher.page
    teacher.go("/cases")
    expect(page.locator(".row-link")).to_have_count(1)
    follow(page.locator(".row-link"))
    assert page.url == house.base + own
    content = page.locator("body")
    expect(content).to_contain_text("Triệu Thị Đức")
    for hidden in ("xưởng mộc", "Triệu Văn Sính", "thôn Nà Mằm", "Lường Thị Báo", "Lao động trái quy định"):
        expect(content).not_to_contain_text(hidden)
    assert teacher.go(case).status == 404
    assert teacher.go(others).status == 404
    teacher.find("Triệu Văn Sính")
    expect(page.locator(".row-link")).to_have_count(0)
    assert teacher.go("/supervision").status == 404
    assert teacher.go("/new").ok  # a school may report a child


def work_the_education_track(house: House, teacher: Hands, officer: Hands, chair: Hands, track: str) -> None:
    teacher.go(track)
    teacher.take("Kiểm tra", journey.eligibility(house.day()))
    expect(teacher.way("Trình")).to_contain_text(
        "thực hiện được"
    )  # the commune's step, greyed with its reason
    officer.go(track)
    officer.take("Trình", journey.SUPPORT)
    chair.go(track)
    chair.take("Duyệt", {"decision_no": "12/QĐ-UBND", "budget_balance": "50.000.000"})
    house.later(days=2)
    teacher.go(track)
    teacher.take("Nhập học", {"enrolled_on": house.day(), "class_name": "7B", "inclusive": False})
    teacher.take("Ghi chuyên cần", {"month": house.day(), "days_present": "19", "days_total": "20"})
    teacher.take("Hoàn thành", {"result": "promoted", "attendance_rate": "95"})
    expect(teacher.page.locator(".standing")).to_contain_text("Hoàn thành")


def provider_sees_only_its_own(provider: Hands, case: str, others: str, own: str) -> None:
    provider.go("/cases")
    expect(provider.page.locator(".row-link")).to_have_count(1)
    assert provider.go(own).ok
    expect(provider.page.locator("body")).not_to_contain_text("Triệu Thị Đức")
    assert provider.go(case).status == 404
    assert provider.go(others).status == 404


def begin_the_livelihood_track(
    house: House, provider: Hands, officer: Hands, chair: Hands, track: str
) -> None:
    officer.go(track)
    officer.take("Lập phương án", journey.LIVELIHOOD_PLAN)
    officer.take("Trình", journey.poverty(house.day()))
    chair.go(track)
    chair.take("Duyệt", {})
    provider.go(track)
    provider.take("Thực hiện hỗ trợ", journey.DELIVERY)
    provider.take("Tập huấn gia đình", {"topic": "Nuôi gà đồi", "trained_on": house.day()})


def visits_thirty_days_apart(house: House, officer: Hands, case: str, livelihood: str) -> None:
    for days in (20, 31):
        house.later(days=days)
        officer.go(case)
        officer.take("Ghi nhận theo dõi", journey.visit(house.day(), house.day(30)))
        officer.go(livelihood)
        officer.take(
            "Theo dõi", {"checked_on": house.day(), "income_now": "2.000.000", "children_work": "none"}
        )


def closure_waits_for_the_open_track(
    house: House, officer: Hands, chair: Hands, case: str, livelihood: str
) -> None:
    page = officer.page
    officer.go(case)
    expect(page.locator("#sheet-returned")).to_contain_text("Tỷ lệ chuyên cần")  # came back from the school
    expect(page.locator("#sheet-returned")).to_contain_text("95")
    expect(page.locator(".timeline")).to_contain_text(
        "Hướng hỗ trợ “Hỗ trợ giáo dục” đã kết thúc và gửi kết quả về"
    )
    officer.take("Bắt đầu rà soát", journey.review(house.day()))
    blocked = officer.way("Đề nghị kết thúc")
    expect(blocked).to_contain_text("Còn hướng hỗ trợ chưa kết thúc")
    blocked.get_by_role("link", name="Xem các hướng hỗ trợ").click()
    expect(page).to_have_url(re.compile("#tracks$"))

    chair.go(livelihood)
    chair.take(
        "Kết thúc", {"income_change": "900.000", "labour_status": "none", "poverty_class_after": "not_poor"}
    )
    officer.go(case)
    expect(page.locator("#sheet-returned")).not_to_contain_text("900.000")
    house.turn()
    officer.go(case)
    expect(page.locator("#sheet-returned")).to_contain_text("900.000")


def close(house: House, officer: Hands, chair: Hands, case: str) -> None:
    officer.go(case)
    officer.take("Đề nghị kết thúc", journey.CLOSURE)
    expect(officer.way("Phê duyệt kết thúc")).to_contain_text("Bạn đã thực hiện “Đề nghị kết thúc”")
    house.later(hours=20)
    chair.go(case)
    chair.take(
        "Phê duyệt kết thúc", {"closure_decision_no": "7/QĐ-UBND", "closure_decision_date": house.day()}
    )
    expect(chair.page.locator(".standing")).to_contain_text("Đã kết thúc")


def supervisor_reads_it_all(supervisor: Hands, case: str) -> None:
    page = supervisor.page
    supervisor.go("/supervision")
    follow(page.locator(".tile", has_text="đã kết thúc"))
    follow(page.locator(".row-link"))
    assert page.url == supervisor.base + case
    story = page.locator(".timeline")
    for sentence in (
        "Nông Thị Thắm X. tiếp nhận (Mẫu 01). Hồ sơ chuyển sang “Đã tiếp nhận thông tin”.",
        "Phân loại theo quy tắc: Lao động trái quy định",
        "Nông Thị Thắm X. trình kế hoạch (Mẫu 04). Hồ sơ chuyển sang “Trình phê duyệt”.",
        "Hoàng Đình Khuê P. phê duyệt (Mẫu 05). Hồ sơ chuyển sang “Đang thực hiện kế hoạch”.",
        "Hướng hỗ trợ “Hỗ trợ giáo dục” đã kết thúc",
        "Hướng hỗ trợ “Hỗ trợ sinh kế gia đình” đã kết thúc",
        "Hoàng Đình Khuê P. phê duyệt kết thúc. Hồ sơ chuyển sang “Đã kết thúc”.",
    ):
        expect(story).to_contain_text(sentence)
    rows = page.locator(".event").count()
    expect(page.locator(".seal-whole")).to_have_text(re.compile(rf"nguyên vẹn đến dòng {rows}$"))
    page.locator(".filters").get_by_role("link", name="Hướng hỗ trợ").click()
    expect(page.locator(".event:visible")).to_have_count(2)
