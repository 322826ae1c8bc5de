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
    assert "121 rows: 121 ready (0 to look at), 0 to mend, 0 received before." in said.err
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
    assert "Dòng 3\tLỖI\tCột B “Ngày sinh”: không đọc được ngày." in said.out
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


def test_the_template_is_written_once(house: Engine, call: Call, tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    assert call("import", "template", str(path)).code == 0
    assert openpyxl.load_workbook(path).active["A1"].value == "Nguồn tin *"
    said = call("import", "template", str(path))
    assert said.code == 2 and one_sentence(said.err)
