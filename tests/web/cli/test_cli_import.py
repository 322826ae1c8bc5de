from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from engine import Engine, FixedClock, importing
from engine.store import tables
from tests.schemas.books import LINE, listed
from tests.web.cli.hands import Call, keep_key, one_sentence
from tests.web.journey import CHAIR, MONDAY, OFFICER, furnish

WRONG = ["Hoàng Văn Thử", "31/02/2012", *LINE[2:]]
OTHERS = [[f"Ma Thị Thử {n}", "12/3/2014", *LINE[2:6], f"Tin {n}"] for n in range(120)]


@pytest.fixture
def house(database: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The shipped content with its people, as the command line finds it."""
    made = furnish(database, FixedClock(MONDAY))
    keep_key(home)
    monkeypatch.setenv("CASEWORK_DATABASE", database)
    yield made
    made.database.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "Triệu Thị Thử.xlsx"


def cases(engine: Engine) -> int:
    with engine.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(tables.cases)) or 0)


def batches(engine: Engine) -> list[str]:
    with engine.database.read() as connection:
        return list(connection.scalars(select(tables.import_batch.c.status)))


def test_a_list_is_opened_row_by_row_with_progress(house: Engine, call: Call, file: Path) -> None:
    file.write_bytes(listed(LINE, *OTHERS))
    said = call("import", "intake", str(file), "--as", OFFICER, "--lang", "en")
    assert (said.code, cases(house)) == (0, 121)
    assert said.out == "121 cases were opened; 0 received before, 0 refused, 0 to mend, 0 left out.\n"
    assert (
        "121 rows: 121 ready, 0 to look at, 0 the same as another, 0 to mend, 0 received before." in said.err
    )
    assert "121 of 121 rows done" in said.err
    with house.database.read() as connection:
        bodies = connection.scalars(select(tables.case_event.c.body)).all()
    assert {json.loads(each)["actor"] for each in bodies} == {OFFICER}
    assert "Ma Thị" not in said.out + said.err and "Triệu" not in said.out + said.err


def test_the_same_call_again_opens_nothing_new(house: Engine, call: Call, file: Path) -> None:
    file.write_bytes(listed(LINE, OTHERS[0]))
    call("import", "intake", str(file), "--as", OFFICER)
    said = call("import", "intake", str(file), "--as", OFFICER)
    assert (said.code, cases(house)) == (0, 2)
    assert said.out == "Đã mở 0 hồ sơ; 2 đã nhận trước đây, 0 bị từ chối, 0 phải sửa, 0 chưa nhập.\n"


def test_nothing_is_opened_while_a_row_is_bad_unless_the_good_ones_are_asked_for(
    house: Engine, call: Call, file: Path
) -> None:
    file.write_bytes(listed(LINE, WRONG))
    said = call("import", "intake", str(file), "--as", OFFICER)
    assert (said.code, cases(house), batches(house)) == (1, 0, [])
    assert "Dòng 3\tLỖI\tCột B “Ngày sinh”: trong lịch không có ngày này." in said.out
    assert "--good-rows-only" in said.err
    said = call("import", "intake", str(file), "--as", OFFICER, "--good-rows-only")
    assert (said.code, cases(house)) == (0, 1)


def test_a_look_opens_nothing_and_keeps_nothing(house: Engine, call: Call, file: Path) -> None:
    file.write_bytes(listed(LINE))
    said = call("import", "intake", str(file), "--as", OFFICER, "--preview")
    assert (said.code, said.out, cases(house), batches(house)) == (0, "", 0, [])


def test_stopped_half_way_the_same_call_goes_on(
    house: Engine, call: Call, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(listed(*OTHERS))
    advance, calls = importing.advance, []

    def interrupted(*given: object) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return advance(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "advance", interrupted)
    said = call("import", "intake", str(file), "--as", OFFICER)
    assert (said.code, cases(house), batches(house)) == (130, 50, ["running"])
    assert "Chạy lại đúng lệnh này để làm tiếp." in said.err
    said = call("import", "intake", str(file), "--as", OFFICER)
    assert (said.code, cases(house), batches(house)) == (0, 120, ["done"])
    assert "Đã mở 120 hồ sơ" in said.out


def test_what_the_sheet_has_no_column_for_is_said_in_the_call(house: Engine, call: Call, file: Path) -> None:
    from tests.schemas.books import HEADERS, book

    file.write_bytes(book([[h for h in HEADERS if h != "Nguồn tin"], [v for v in LINE if v != "111"]]))
    said = call("import", "intake", str(file), "--as", OFFICER)
    assert (said.code, said.out, cases(house)) == (2, "", 0)
    assert one_sentence(said.err) and "--set channel=" in said.err and "|police|" in said.err
    assert call("import", "intake", str(file), "--as", OFFICER, "--set", "channel=police").code == 0
    with house.database.read() as connection:
        assert connection.scalars(select(tables.cases.c.data)).one()["channel"] == "police"
    said = call("import", "intake", str(file), "--as", OFFICER, "--set", "colour=red")
    assert said.code == 2 and one_sentence(said.err) and "channel, place_of_event" in said.err


@pytest.mark.parametrize(
    ("data", "code", "hint"),
    [(b"", 2, "Tệp trống"), (b"%PDF-1", 2, "không phải bảng tính"), (None, 2, "thu.xlsx")],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_one_sentence(
    house: Engine, call: Call, tmp_path: Path, data: bytes | None, code: int, hint: str
) -> None:
    path = tmp_path / "thu.xlsx"
    if data is not None:
        path.write_bytes(data)
    said = call("import", "intake", str(path), "--as", OFFICER)
    assert (said.code, said.out) == (code, "")
    assert one_sentence(said.err) and hint in said.err


def test_who_opens_no_cases_imports_none(house: Engine, call: Call, file: Path) -> None:
    file.write_bytes(listed(LINE))
    said = call("import", "intake", str(file), "--as", CHAIR)
    assert said.code == 1 and one_sentence(said.err)


def test_what_a_list_opened_is_taken_back_by_its_rows_with_a_reason(
    house: Engine, call: Call, file: Path
) -> None:
    file.write_bytes(listed(LINE, *OTHERS[:5]))
    call("import", "intake", str(file), "--as", OFFICER)
    lists = call("import", "undo", "--as", OFFICER)
    batch, _, told = lists.out.strip().split("\t")
    assert (lists.code, told) == (0, "6 hồ sơ đã mở, 0 đã rút lại")
    for wrong, hint in (((), "--reason"), (("--reason", " "), "--reason")):
        said = call("import", "undo", batch, "2", "--as", OFFICER, *wrong)
        assert said.code == 2 and one_sentence(said.err) and hint in said.err
    said = call("import", "undo", batch, "2", "4-5", "--reason", "Nhầm danh sách", "--as", OFFICER)
    assert (said.code, said.out) == (0, "Đã rút 3 hồ sơ; 0 dòng không rút được.\n")
    left = call("import", "undo", batch, "--as", OFFICER).out
    assert [each.split("\t")[0] for each in left.splitlines()] == ["Dòng 3", "Dòng 6", "Dòng 7"]
    again = call("import", "undo", batch, "5-6", "--reason", "Lại", "--as", OFFICER)
    assert again.code == 1 and "Dòng 5\tLỖI\tHồ sơ này đã được rút lại trước đây" in again.out
    assert "Đã rút 1 hồ sơ; 1 dòng" in again.out
    assert "2 hồ sơ đã mở, 4 đã rút lại" in call("import", "undo", "--as", OFFICER).out
    with house.database.read() as connection:
        bodies = [json.loads(each) for each in connection.scalars(select(tables.case_event.c.body))]
    assert {(each["actor"], each["request"]) for each in bodies if each["seq"] == 2} == {(OFFICER, "cli")}


@pytest.mark.parametrize(
    ("given", "hint"),
    [(("nowhere",), "không có danh sách"), (("nowhere", "0"), "số dòng"), (("nowhere", "5-4"), "số dòng"), (("nowhere", "²"), "số dòng")],
)  # fmt: skip
def test_what_cannot_be_taken_back_is_one_sentence(
    house: Engine, call: Call, given: tuple[str, ...], hint: str
) -> None:
    said = call("import", "undo", *given, "--reason", "x", "--as", OFFICER)
    assert said.code == 2 and one_sentence(said.err) and hint in said.err


def test_a_list_is_taken_back_by_whose_it_is_alone(house: Engine, call: Call, file: Path) -> None:
    file.write_bytes(listed(LINE))
    call("import", "intake", str(file), "--as", OFFICER)
    batch = call("import", "undo", "--as", OFFICER).out.split("\t")[0]
    for given in ((), ("2", "--reason", "x")):
        said = call("import", "undo", batch, *given, "--as", CHAIR)
        assert said.code == 2 and "không có danh sách" in said.err
    none = call("import", "undo", batch, "3", "--reason", "x", "--as", OFFICER)
    assert none.code == 2 and "Không dòng nào" in none.err


def test_the_template_is_written_once(house: Engine, call: Call, tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    assert call("import", "template", str(path)).code == 0
    assert openpyxl.load_workbook(path).active["A1"].value == "Nguồn tin *"
    said = call("import", "template", str(path))
    assert said.code == 2 and one_sentence(said.err)


def test_rows_that_are_the_same_are_left_out_unless_asked_for(house: Engine, call: Call, file: Path) -> None:
    file.write_bytes(listed(LINE, LINE))
    said = call("import", "intake", str(file), "--as", OFFICER, "--lang", "en")
    assert "2 rows: 1 ready, 0 to look at, 1 the same as another, 0 to mend, 0 received before." in said.err
    assert (said.code, said.out.splitlines()[-1][:18]) == (1, "1 cases were opene")
    assert cases(house) == 1
    said = call("import", "intake", str(file), "--as", OFFICER, "--lang", "en", "--same-rows-too")
    assert (said.code, said.out.splitlines()[-1][:18]) == (0, "1 cases were opene")
    assert cases(house) == 2
