"""Administrators write a draft in a browser: findings while typing, the picture, mends, saving as typed, two at one draft."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.store import drafts as rows
from engine.store.drafts import DraftRow
from tests.support.axe import violations
from tests.web.journey import ADMIN, Hands, House
from tests.web.screens import wrong_with
from workflows import catalogue
from workflows.drafting import drafts

SECOND = "chu_thi_bich_ngan"
TEXT = catalogue.definition_texts()["education_support"]
STATE = """  counselling:
    title: {vi: Tư vấn, en: Counselling}
"""
GOES = re.findall(r"\n(    to: (?!same)(\w+))\n", TEXT)[0][1]
assert TEXT.index(f"    to: {GOES}") == TEXT.index(f"    to: {GOES}\n")

pytestmark = pytest.mark.browser


def begun(house: House, text: str = TEXT) -> str:
    """A draft from the version in force."""
    made = drafts(house.engine).begin("education_support", ADMIN, based_on=1, text=text)
    assert isinstance(made, DraftRow)
    return made.id


def kept(house: House, draft: str) -> DraftRow:
    """As it is saved."""
    with house.engine.database.read() as connection:
        found = rows.get(connection, draft)
    assert found is not None
    return found


def opened(house: House, draft: str, person: str = ADMIN, **options: object) -> Page:
    """The editor, ready, with its picture."""
    hands: Hands = house.hands(person, **options)
    hands.go(f"/admin/workflows/draft/?id={draft}")
    expect(hands.page.locator("[data-editor]")).to_have_attribute("data-ready", "")
    expect(hands.page.locator(".graph-state").first).to_be_attached()
    return hands.page


def goes_to(page: Page, line: int) -> None:
    expect(page.locator("[data-cursor]")).to_contain_text(f"dòng {line},")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def write(page: Page, old: str, new: str) -> None:
    """Find `old` in the text by the editor's own search and type over it."""
    content = page.locator(".cm-content")
    content.press("Control+Home")
    page.keyboard.press("Control+f")
    page.locator(".cm-panel input[name=search]").press_sequentially(old)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.insert_text(new)


def finding(page: Page, code: str) -> Locator:
    return page.locator("[data-findings] > .finding", has_text=code)


def test_a_wrong_name_is_found_while_typing_a_click_goes_there_and_the_mend_is_one_change(
    house: House,
) -> None:
    draft = begun(house)
    page = opened(house, draft)
    first = GOES
    write(page, f"    to: {first}", f"    to: {first}x")
    row = finding(page, "WF101")
    expect(row).to_contain_text(f"“{first}x”")
    expect(row).to_contain_text(f"“{first}”?")
    line = line_of(TEXT, f"to: {first}\n")
    expect(row).to_contain_text(f"Dòng {line}:")
    expect(page.locator(".cm-lintRange-error")).to_have_text(f"{first}x")
    expect(page.locator("[data-chips] .chip-late")).to_have_text("1 lỗi")
    page.locator(".cm-content").press("Control+Home")
    row.locator(".finding-go").click()
    goes_to(page, line)
    row.get_by_role("button", name="Sửa giúp").click()
    expect(finding(page, "WF101")).to_have_count(0)
    expect(page.locator("[data-chips] .chip-late")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(finding(page, "WF101")).to_have_count(1)


def test_the_picture_shows_a_new_state_and_leads_to_its_line(house: House) -> None:
    page = opened(house, begun(house))
    before = page.locator(".graph-state").count()
    page.locator(".cm-content").press("Control+Home")
    for _ in range(line_of(TEXT, "\nstates:\n") + 1):
        page.keyboard.press("ArrowDown")
    page.keyboard.insert_text(STATE)
    expect(page.locator(".graph-state")).to_have_count(before + 1)
    box = page.locator(".graph-state[data-key=counselling]")
    expect(box).to_contain_text("Tư vấn")
    page.keyboard.press("Control+End")
    box.click()
    goes_to(page, line_of(TEXT, "\nstates:\n") + 2)
    expect(box).to_have_class(re.compile("is-here"))
    other = page.locator(".graph-state").first
    other.focus()
    other.press("Enter")
    goes_to(page, int(other.get_attribute("data-line") or 0))


def test_a_text_that_cannot_be_read_keeps_the_last_picture_and_says_so(house: House) -> None:
    page = opened(house, begun(house))
    states = page.locator(".graph-state").count()
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.insert_text("[")
    expect(finding(page, "WF100")).to_have_count(1)
    expect(page.locator("[data-picture-said]")).to_contain_text("gõ dở")
    assert page.locator(".graph-state").count() == states


def test_what_is_typed_is_saved_by_itself_and_stands_there_after_a_reload_also_broken(house: House) -> None:
    draft = begun(house)
    page = opened(house, draft)
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.insert_text("broken: [as typed\n")
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc 10:30")
    assert kept(house, draft).text == f"broken: [as typed\n{TEXT}"
    page.reload()
    expect(page.locator(".cm-line").first).to_have_text("broken: [as typed")
    expect(finding(page, "WF100")).to_have_count(1)


def test_two_administrators_at_one_draft_overwrite_nothing(house: House) -> None:
    draft = begun(house)
    first, second = opened(house, draft), opened(house, draft, SECOND)
    second.locator(".cm-content").press("Control+Home")
    second.keyboard.insert_text("# theirs\n")
    expect(second.locator("[data-saved]")).to_contain_text("Đã lưu lúc")
    first.locator(".cm-content").press("Control+Home")
    first.keyboard.insert_text("# mine\n")
    panel = first.locator("[data-conflict]")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("Chu Thị Bích")
    assert wrong_with(first, "vi") == []
    assert kept(house, draft).text == f"# theirs\n{TEXT}"
    panel.get_by_role("button", name="Xem chỗ khác nhau").click()
    expect(panel.locator(".line-removed")).to_contain_text("# theirs")
    expect(panel.locator(".line-added")).to_contain_text("# mine")
    panel.get_by_role("button", name="Lưu của tôi thành bản thảo mới").click()
    first.wait_for_url(lambda url: draft not in url and "/draft/" in url)
    mine = first.url.partition("id=")[2]
    assert kept(house, mine).text == f"# mine\n{TEXT}"
    assert kept(house, draft).text == f"# theirs\n{TEXT}"


def test_both_texts_can_be_merged_by_hand(house: House) -> None:
    draft = begun(house)
    page = opened(house, draft)
    drafts(house.engine).save(draft, 1, f"# theirs\n{TEXT}", SECOND)
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.insert_text("# mine\n")
    panel = page.locator("[data-conflict]")
    expect(panel).to_be_visible()
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.insert_text("# theirs\n")
    panel.get_by_role("button", name="Tôi đã ghép xong").click()
    expect(panel).to_be_hidden()
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc")
    assert kept(house, draft).text == f"# theirs\n# mine\n{TEXT}"


def test_without_a_network_nothing_is_lost_and_it_is_saved_afterwards(house: House) -> None:
    draft = begun(house)
    page = opened(house, draft)
    page.context.set_offline(True)
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.insert_text("# offline\n")
    expect(page.locator("[data-saved]")).to_contain_text("Mất kết nối")
    assert kept(house, draft).text == TEXT
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc", timeout=9000)
    assert kept(house, draft).text == f"# offline\n{TEXT}"


def test_what_may_stand_at_a_place_is_offered(house: House) -> None:
    page = opened(house, begun(house))
    first = GOES
    offered = page.locator(".cm-tooltip-autocomplete li")
    write(page, f"    to: {first}", "    to: ")
    page.keyboard.press("Control+Space")
    expect(offered.filter(has_text=re.compile(f"^{first}"))).to_have_count(1)
    expect(offered.filter(has_text=re.compile("^same"))).to_have_count(1)
    page.keyboard.type("sam")
    expect(offered.first).to_have_text("same")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("\n    ")
    page.keyboard.press("Control+Space")
    expect(offered.filter(has_text=re.compile("^other_than"))).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.insert_text("when: know")
    page.keyboard.type("n")
    expect(offered.first).to_have_text("known")


@pytest.mark.parametrize(("language", "width"), [("vi", 1440), ("vi", 360), ("en", 1440)])
def test_the_editor_is_accessible_fits_and_speaks_one_language(
    house: House, language: str, width: int
) -> None:
    text = TEXT.replace("\n    to: ", "\n    to: x", 1)
    page = opened(house, begun(house, text), viewport={"width": width, "height": 800})
    page.context.add_cookies([{"name": "language", "value": language, "url": house.base}])
    page.reload()
    expect(page.locator(".graph-state").first).to_be_attached()
    for view in ("text", "picture", "findings") if width == 360 else ("",):
        if view:
            page.locator(f"#tab-{view}").click()
            expect(page.locator(f"#view-{view}")).to_be_visible()
        assert wrong_with(page, language) == [], view


def test_what_a_draft_changes_is_seen_by_who_writes_it_and_by_who_decides_on_it(house: House) -> None:
    draft = begun(house, TEXT.replace("\nstates:\n", f"\nstates:\n{STATE}", 1))
    page = opened(house, draft)
    page.get_by_role("button", name="So với phiên bản 1").click()
    panel = page.locator("[data-compare-panel]")
    expect(panel).to_contain_text("Tư vấn")
    expect(page.locator(".graph-state.was-added")).to_contain_text("Tư vấn")
    assert wrong_with(page, "vi") == []
    page.locator(".cm-content").press("Control+End")
    panel.locator("[data-go]").first.click()
    goes_to(page, line_of(TEXT, "\nstates:\n") + 2)
    panel.get_by_role("button", name="Thôi so sánh").click()
    expect(page.locator(".was-added")).to_have_count(0)
    other = house.hands(SECOND)
    other.go(f"/admin/workflows/review/?id={draft}")
    expect(other.page.locator(".graph-state.was-added")).to_contain_text("Tư vấn")
    assert violations(other.page) == []


def test_the_tests_of_the_workflow_are_played_once_the_text_rests(house: House) -> None:
    page = opened(house, begun(house))
    folded = page.locator("[data-findings] summary", has_text="Bài thử trong quy trình")
    expect(folded).to_be_visible()
    write(page, "expect: {state: approved", "expect: {state: rejected")
    expect(finding(page, "WF801")).to_have_count(1, timeout=15000)


def test_on_the_phone_a_finding_leads_to_the_text(house: House) -> None:
    text = TEXT.replace("\n    to: ", "\n    to: x", 1)
    page = opened(house, begun(house, text), viewport={"width": 360, "height": 740})
    expect(page.locator("#view-findings")).to_be_hidden()
    page.locator("#tab-findings").click()
    expect(page.locator("#view-text")).to_be_hidden()
    finding(page, "WF101").locator(".finding-go").click()
    expect(page.locator("#view-text")).to_be_visible()
    goes_to(page, line_of(text, "to: x"))


def test_a_warning_is_accepted_with_a_reason_which_stands_there_after_a_reload(house: House) -> None:
    text = TEXT.replace("title: {vi: Dự thảo, en: Draft}", "title: {vi: Dự thảo}", 1)
    assert text != TEXT
    draft = begun(house, text)
    page = opened(house, draft)
    row = finding(page, "WF106")
    row.get_by_text("Chấp nhận, kèm lý do").click()
    row.locator("input").fill("Chưa cần tiếng Anh")
    row.locator("input").press("Enter")
    expect(row).to_contain_text("Đã chấp nhận: Chưa cần tiếng Anh")
    assert [each["reason"] for each in kept(house, draft).ticks.values()] == ["Chưa cần tiếng Anh"]
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.insert_text("# on\n")
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc")
    assert kept(house, draft).text == f"# on\n{text}"
    assert wrong_with(page, "vi") == []
    page.reload()
    expect(finding(page, "WF106")).to_contain_text("Đã chấp nhận: Chưa cần tiếng Anh")


def test_f8_goes_from_finding_to_finding(house: House) -> None:
    text = TEXT.replace("\n    to: ", "\n    to: x", 1)
    page = opened(house, begun(house, text))
    expect(finding(page, "WF101")).to_have_count(1)
    page.locator(".cm-content").press("Control+Home")
    page.keyboard.press("F8")
    goes_to(page, line_of(text, "to: x"))


def test_without_a_script_the_text_is_a_plain_field(house: House) -> None:
    draft = begun(house)
    hands = house.hands(ADMIN, java_script_enabled=False)
    hands.go(f"/admin/workflows/draft/?id={draft}")
    hands.page.locator("#source").fill("broken: [")
    with hands.page.expect_navigation():
        hands.page.get_by_role("button", name="Lưu", exact=True).click()
    assert kept(house, draft).text == "broken: ["
    expect(finding(hands.page, "WF100")).to_have_count(1)
