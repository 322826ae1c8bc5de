"""A list brought in on the screens: chosen, looked at, started, watched, and taken back."""

from __future__ import annotations

import io
import logging
import re
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from engine import Engine
from engine.store import tables
from engine.worker import Worker
from tests.schemas.books import HEADERS, LINE, book, listed
from tests.support.axe import violations
from tests.support.browser import follow
from tests.support.world import BA_BE
from tests.web.journey import OFFICER, SUPERVISOR, TEACHER, House
from tests.web.visitor import Visitor
from web.app import create_app

WRONG = ["Hoàng Văn Thử", "31/02/2012", *LINE[2:]]
UNSEEN = "rgba(0, 0, 0, 0)"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture
def engine(furnished: Engine) -> Engine:
    return furnished


@pytest.fixture
def officer(engine: Engine) -> Visitor:
    visitor = Visitor(create_app(engine, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(OFFICER)
    return visitor


def send(visitor: Visitor, data: bytes, **more: Any):  # type: ignore[no-untyped-def]
    fields = {
        "file": FileStorage(io.BytesIO(data), "Triệu Thị Thử.xlsx"),
        "csrf_token": visitor.token(),
        **more,
    }
    boundary, body = encode_multipart(MultiDict(fields))
    return visitor.client.post(
        "/import", data=body, content_type=f"multipart/form-data; boundary={boundary}", buffered=True,
        base_url="http://localhost", environ_overrides={"REMOTE_ADDR": visitor.address},
    )  # fmt: skip


def sent(visitor: Visitor, data: bytes, **more: Any) -> str:
    answer = send(visitor, data, **more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def cells(data: bytes) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# ------------------------------------------------------------------ in a browser


def test_from_the_file_to_the_result_and_back_again(house: House) -> None:
    hands = house.hands(OFFICER)
    page = hands.page
    hands.go("/work")
    follow(page.locator("nav.side").get_by_role("link", name="Nhập danh sách"))
    rows = [LINE, WRONG, ["Ma Thị Thử", "12/3/2014", *LINE[2:]]]
    assert violations(page) == []
    page.set_input_files(
        "#file", {"name": "a.xlsx", "mimeType": "application/octet-stream", "buffer": listed(*rows)}
    )
    follow(page.get_by_role("button", name="Đọc tệp và xem trước"))
    expect(page.locator("h1")).to_have_text("Xem trước danh sách")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Cột B “Ngày sinh”: trong lịch không có ngày này.")
    assert violations(page) == []
    page.get_by_role("button", name="Chỉ mở 2 dòng đúng").click()
    follow(page.locator("[data-dialog]").get_by_role("button", name="Đồng ý"))
    expect(page.locator("progress")).to_have_attribute("value", "0")
    assert violations(page) == []
    worker = Worker(house.engine)
    while worker.turn().worked:
        pass
    expect(page.locator("h1")).to_have_text("Kết quả nhập danh sách", timeout=10_000)  # by itself
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )
    expect(page.locator("tbody a")).to_have_count(2)
    page.get_by_label("Rút Dòng 2").check()
    page.get_by_label("Lý do").fill("Nhập nhầm danh sách tháng trước")
    page.get_by_role("button", name="Rút các hồ sơ đã chọn").click()
    follow(page.locator("[data-dialog]").get_by_role("button", name="Đồng ý"))
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Đã tiếp nhận thông tin")
    follow(page.get_by_role("link", name=re.compile("Đã rút lại")))
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Đã rút")
    follow(page.locator("tbody a"))
    expect(page.locator("main")).to_contain_text("Nhập nhầm danh sách tháng trước")


def test_on_a_phone_the_buttons_are_as_wide_as_the_card_and_stand_a_little_apart(house: House) -> None:
    hands = house.hands(OFFICER)
    page = hands.page
    page.set_viewport_size({"width": 360, "height": 740})
    hands.go("/import")

    def boxes(buttons: str) -> list[dict[str, float]]:
        return [dict(each.bounding_box() or {}) for each in page.locator(buttons).all()]

    for buttons, many in ((".form-foot .button", 2), (".import-ways .button", 3)):
        found = boxes(buttons)
        assert len(found) == many
        assert {each["width"] for each in found} == {found[0]["width"]} and found[0]["width"] > 280
        for above, below in pairwise(found):
            assert 8 <= below["y"] - above["y"] - above["height"] <= 12
        if many == 2:
            page.set_input_files("#file", {"name": "a.xlsx", "mimeType": "application/octet-stream", "buffer": listed(LINE, WRONG)})  # fmt: skip
            follow(page.get_by_role("button", name="Đọc tệp và xem trước"))


def test_the_file_is_chosen_in_our_words_and_told_by_its_name(house: House) -> None:
    hands = house.hands(OFFICER, java_script_enabled=False)
    page = hands.page
    hands.go("/import")
    file = page.get_by_role("button", name="Tệp danh sách Chọn tệp trên máy")
    expect(file).to_have_attribute("id", "file")
    for open_it in (page.get_by_text("Chọn tệp trên máy").click, lambda: file.press("Enter")):
        page.reload()
        expect(page.get_by_text("Chưa chọn tệp nào")).to_be_visible()
        expect(file).to_have_css("color", UNSEEN)  # what the browser says of it in its own language
        with page.expect_file_chooser() as chooser:
            open_it()
        chooser.value.set_files({"name": "a.xlsx", "mimeType": "text/csv", "buffer": b"a"})
        expect(page.get_by_text("Chưa chọn tệp nào")).to_be_hidden()
        expect(file).not_to_have_css("color", UNSEEN)


def test_it_works_without_a_script(house: House) -> None:
    hands = house.hands(OFFICER, java_script_enabled=False)
    page = hands.page
    hands.go("/import")
    page.set_input_files(
        "#file",
        {
            "name": "a.csv",
            "mimeType": "text/csv",
            "buffer": ";".join(HEADERS).encode() + b"\n" + ";".join(LINE).encode(),
        },
    )
    follow(page.get_by_role("button", name="Đọc tệp và xem trước"))
    follow(page.get_by_role("button", name="Mở 1 hồ sơ"))
    while Worker(house.engine).turn().imported:
        pass
    follow(page.get_by_role("link", name="Tải lại", exact=True))
    expect(page.locator("h1")).to_have_text("Kết quả nhập danh sách")


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Tệp trống"), (b"x" * 6_000_000, "lớn hơn 5 MB"), (b"%PDF-1.7", "không phải bảng tính"),
        (book([["a", "b"]]), "không thấy dòng tiêu đề"), (book([HEADERS[:4], LINE[:4]]), "Thiếu cột bắt buộc: “Nguồn tin”, “Thời điểm tiếp nhận”"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_told_why_and_nothing_is_kept(
    officer: Visitor, engine: Engine, data: bytes, said: str
) -> None:
    answer = send(officer, data)
    assert answer.status_code == 422
    assert said in plain(answer.text)
    with engine.database.read() as connection:
        assert connection.execute(select(tables.import_batch)).all() == []


def test_a_form_without_a_file_says_so(officer: Visitor) -> None:
    assert "Chưa chọn tệp. Hãy chọn tệp danh sách" in officer.post("/import", {}).text


def test_a_source_that_neither_sheet_nor_person_names_is_asked_for(officer: Visitor, engine: Engine) -> None:
    source = officer.get("/import").text.split('name="channel"')[1].split("</select>")[0]
    assert " selected" not in source
    without = book([[h for h in HEADERS if h != "Nguồn tin"], [v for v in LINE if v != "111"]])
    answer = send(officer, without, channel="", place_of_event=BA_BE)
    assert answer.status_code == 422
    assert "Chưa chọn “Nguồn tin”" in plain(answer.text) and "Hãy chọn một giá trị" in answer.text
    assert f'value="{BA_BE}" selected' in answer.text  # what was chosen stays
    with engine.database.read() as connection:
        assert connection.execute(select(tables.import_batch)).all() == []
    assert send(officer, without, channel="police").status_code == 303


def test_only_the_room_of_files_takes_large_requests(officer: Visitor) -> None:
    assert officer.post("/cases/search", {"q": "x" * 3_000_000}).status_code == 413
    assert send(officer, b"x" * 12_000_000).status_code == 413


def test_nothing_starts_while_a_row_is_bad(officer: Visitor, engine: Engine) -> None:
    here = sent(officer, listed(LINE, WRONG))
    officer.post(f"{here}/start", {})
    assert "Chưa chạy" in officer.get(here).text
    assert Worker(engine).turn().imported == 0


def test_rows_of_other_communes_are_errors_before_anything_starts(officer: Visitor) -> None:
    page = plain(officer.get(sent(officer, listed(LINE, [*LINE[:3], "Xã Dương Sơn", *LINE[4:]]))).text)
    assert "Cột D “Nơi xảy ra sự việc”: nơi này nằm ngoài địa bàn hoặc cơ quan của bạn." in page
    assert "“Xã Dương Sơn” nay thuộc “Xã Côn Minh”" in page


def test_an_error_is_marked_red_and_a_warning_is_not(officer: Visitor) -> None:
    page = officer.get(sent(officer, listed(LINE, [*LINE[:3], "Xã Dương Sơn", *LINE[4:]]))).text
    said = re.findall(r'<li( class="reason-late")?>.*?<span class="for-reader">([^:]+): ', page)
    assert {(word, bool(red)) for red, word in said} == {("Lỗi", True), ("Lưu ý", False)}


def test_a_batch_is_its_own_persons_alone(officer: Visitor, engine: Engine) -> None:
    here = sent(officer, listed(LINE))
    for who in (TEACHER, SUPERVISOR):
        other = Visitor(officer.app, "127.0.0.1")
        other.click(who)
        assert other.get(here).status_code == 404
        assert other.post(f"{here}/start", {}).status_code == 404


def test_a_number_in_other_digits_is_none(officer: Visitor) -> None:
    here = sent(officer, listed(LINE))
    assert officer.get(f"{here}?after=²").status_code == 200
    assert officer.post(f"{here}/undo", {"row": "²", "reason": "nhầm"}).status_code == 303


def test_a_teacher_brings_in_reports_as_from_a_school_and_sees_their_numbers(
    officer: Visitor, engine: Engine
) -> None:
    teacher = Visitor(officer.app, "127.0.0.1")
    teacher.click(TEACHER)
    without = [[h for h in HEADERS if h != "Nguồn tin"], [v for v in LINE if v != "111"]]
    assert re.search(r'value="school" selected', teacher.get("/import").text)
    here = sent(teacher, book(without), channel="school")
    teacher.post(f"{here}/start", {})
    while Worker(engine).turn().imported:
        pass
    page = teacher.get(here).text
    assert "01906-2026-00001" in page
    assert 'href="/cases/' not in page.split("<main")[1].split("crumbs")[-1].split("<tbody>")[1]
    assert teacher.post(f"{here}/undo", {"row": "2", "reason": "nhầm"}).status_code == 303
    assert "Đã rút 1 hồ sơ" in teacher.get(here).text


# ------------------------------------------------------------------ privacy


def test_looking_at_the_rows_is_recorded_and_no_name_stands_in_a_log_an_address_or_a_notice(
    officer: Visitor, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    here = sent(officer, listed(LINE))
    assert "Triệu T. T." in officer.get(here).text
    officer.post(f"{here}/start", {})
    while Worker(engine).turn().imported:
        pass
    result = officer.get(here)
    assert "Triệu" not in result.text
    assert "Triệu" not in caplog.text and "Triệu" not in here
    with engine.database.read() as connection:
        looks = connection.scalars(
            select(tables.read_log.c.what).where(tables.read_log.c.actor == OFFICER)
        ).all()
        everything = repr([connection.execute(select(each)).all() for each in (tables.import_batch, tables.import_row, tables.read_log, tables.notice)])  # fmt: skip
    assert {"import preview", "import result"} <= set(looks)
    assert "Triệu" not in everything


def test_what_is_to_be_mended_comes_as_a_file_without_a_formula_or_a_name(officer: Visitor) -> None:
    here = sent(officer, book([[*HEADERS, FORMULA], [*WRONG, FORMULA], [FORMULA, *LINE[1:], "x"]]))
    found = cells(officer.get(f"{here}/mend.xlsx").data)
    assert found[0] == ["Dòng", "Cột", "Loại", "Điều cần biết"]
    assert [row[:3] for row in found[1:]] == [[2, "B", "Lỗi"], [3, "A", "Lỗi"]]
    assert not any(
        isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) for row in found for cell in row
    )
    assert "Hoàng" not in repr(found)


def test_what_people_wrote_is_shown_as_text(officer: Visitor) -> None:
    here = sent(officer, book([[*HEADERS, "<b>x</b>"], ["<script>alert(1)</script>", *LINE[1:], "y"]]))
    page = officer.get(f"{here}?list=waiting").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


# ------------------------------------------------------------------ again


def test_the_template_is_taken_as_it_was_given_once_a_row_is_filled_in(
    officer: Visitor, engine: Engine
) -> None:
    for language in ("vi", "en"):
        officer.client.set_cookie("language", language)
        made = openpyxl.load_workbook(io.BytesIO(officer.get("/import/template.xlsx").data))
        sheet = made.active
        headers = [cell.value for cell in sheet[1]]
        assert len(made.worksheets) == 2 and len(headers) > 25
        assert sheet.data_validations.dataValidation
        values = {"child_name": "Ma Thị Thử", "channel": "School" if language == "en" else "Trường học", "received_at": "22/11/2026 14:30", "place_of_event": "Ba Bể", "current_condition": "x"}  # fmt: skip
        fields = engine.library.newest("child_case").definition.fields  # type: ignore[union-attr]
        for key, value in values.items():
            sheet.cell(2, headers.index(next(h for h in headers if h.removesuffix(" *") == fields[key].title.get(language))) + 1).value = value  # fmt: skip
        file = io.BytesIO()
        made.save(file)
        page = officer.get(sent(officer, file.getvalue())).text
        assert re.search(
            r'<span class="tile-n num">0</span>\s*<span class="tile-label">(dòng phải sửa|rows to mend)', page
        )


def test_the_same_list_saved_again_is_recognised_row_by_row(officer: Visitor, engine: Engine) -> None:
    rows = [LINE, ["Ma Thị Thử", "12/3/2014", *LINE[2:]]]
    first = sent(officer, listed(*rows))
    officer.post(f"{first}/start", {})
    while Worker(engine).turn().imported:
        pass
    again = sent(officer, listed(*rows[::-1], mend=lambda made: setattr(made.active, "title", "Lưu lại")))
    page = plain(officer.get(again).text)
    assert "2 dòng đã nhận trước đây" in page and "0 dòng sẵn sàng" in page


def test_a_run_is_stopped_where_it_stands(officer: Visitor, engine: Engine) -> None:
    here = sent(officer, listed(*(["Ma Thị Thử", "12/3/2014", *LINE[2:6], f"Tin {n}"] for n in range(30))))
    officer.post(f"{here}/start", {})
    assert Worker(engine).turn().imported == 25
    assert "Đã xong 25 trên 30 dòng" in officer.get(here).text
    officer.post(f"{here}/drop", {})
    page = plain(officer.get(here).text)
    assert "25 hồ sơ đã mở" in page and "Chưa nhập 5" in page


def test_what_was_taken_back_is_counted_apart_and_its_notices_press_no_more(
    officer: Visitor, engine: Engine
) -> None:
    rows = [LINE, ["Ma Thị Thử", "12/3/2014", *LINE[2:]], ["Hoàng Văn Thử", "12/3/2013", *LINE[2:]]]
    here = sent(officer, listed(*rows))
    page = plain(officer.get(here).text)
    assert "3 tin đã quá thời hạn “Chuyển thông tin ngay trong ngày”" in page and "(dòng 2, 3, 4)" in page
    officer.post(f"{here}/start", {})
    while Worker(engine).turn().worked:
        pass
    assert officer.get("/inbox").text.count('class="card incoming"') == 3
    for _ in range(2):
        officer.post(f"{here}/undo", {"row": ["2", "4"], "reason": "Nhầm"})
    officer.post(f"{here}/undo", {"row": "2", "reason": "Vì lẽ khác"})
    page = plain(officer.get(here).text)
    assert "Dòng 2: Hồ sơ này đã được rút lại trước đây" in page
    assert "1 hồ sơ đã mở 2 hồ sơ đã rút lại" in page and "Đã mở 1 Đã rút lại 2" in page
    back = plain(officer.get(f"{here}?list=withdrawn").text.split("<tbody>")[1])
    assert [word in back for word in ("Dòng 2", "Dòng 3", "Dòng 4")] == [True, False, True]
    assert "1 đã rút lại 2" in plain(officer.get("/import").text)
    assert officer.get("/inbox").text.count('class="card incoming"') == 1
    everything = officer.get("/inbox?list=all").text
    assert everything.count("Hồ sơ đã kết thúc") == 2


def test_undo_needs_a_choice_and_a_reason_and_spares_what_was_worked_on(
    officer: Visitor, engine: Engine
) -> None:
    here = sent(officer, listed(LINE))
    officer.post(f"{here}/start", {})
    while Worker(engine).turn().imported:
        pass
    for form, said in (({"reason": "x"}, "Chưa chọn"), ({"row": "2", "reason": " "}, "Hãy ghi lý do")):
        officer.post(f"{here}/undo", form)
        assert said in officer.get(here).text
    with engine.database.read() as connection:
        case = connection.scalar(select(tables.cases.c.id))
    from tests.support.world import fire

    assert fire(engine, str(case), "start_verification", OFFICER, verifier=OFFICER).applied
    assert 'name="row"' not in officer.get(here).text
    officer.post(f"{here}/undo", {"row": "2", "reason": "nhầm"})
    assert "Dòng 2: Hồ sơ đã" in officer.get(here).text
