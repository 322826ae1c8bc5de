"""Names in the rows of a table are sealed with it and found by search like any other name."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine import Engine
from engine.store.tables import name_token
from tests.engine.evidence import assert_whole, listing
from tests.engine.wide import hire
from tests.support.world import CHO_RA, TOY, change, fire, open_toy

FAMILY = TOY.replace(
    "  number: {type: text",
    """  family:
    type: table
    title: {vi: Gia đình, en: Family}
    of: guardian
    columns:
      who: {type: text, title: {vi: Họ tên, en: Name}, searchable: true}
      work: {type: text, title: {vi: Nghề, en: Work}}
  number: {type: text""",
).replace("fields: {note: required}", "fields: {note: required, family: optional}").replace(
    "fields: {place: required, what: required,", "fields: {place: required, what: required, family: optional,"
).replace('commune_chair: "*"', 'commune_chair: "*"\n  collaborator: [name]')  # fmt: skip
MOTHER, UNCLE = {"who": "Bàn Thị Thu", "work": "Làm ruộng"}, {"who": "Triệu Văn Đức"}


@pytest.fixture
def engine(toy: Engine) -> Engine:
    change(toy, FAMILY)
    return toy


def found(engine: Engine, text: str, actor: str = "officer") -> list[str]:
    with listing(engine, actor) as lists:
        return [each.case.id for each in lists.search(text)]


def tokens(engine: Engine, case: str) -> int:
    with engine.database.read() as connection:
        return connection.scalar(select(func.count()).where(name_token.c.case_id == case)) or 0


def test_a_name_in_any_row_is_found_with_and_without_tones(engine: Engine) -> None:
    case = open_toy(engine, name="Triệu Thị Lan", family=(MOTHER, UNCLE)).case
    open_toy(engine, name="Lò Thị Lan", family=({"who": "Hoàng Thị Mai"},))
    for text in ("Bàn Thị Thu", "ban thu", "Đức", "trieu van duc"):
        assert found(engine, text) == [case]
    assert found(engine, "ban duc") == []  # each is there, but no one is called so
    assert found(engine, "ruong") == []
    assert_whole(engine, case)


def test_a_name_that_is_taken_away_or_changed_is_found_no_more(engine: Engine) -> None:
    case = open_toy(engine, name=None, family=(MOTHER, UNCLE)).case
    before = tokens(engine, case)
    assert fire(engine, case, "remark", "officer", note="x", family=(MOTHER,)).applied
    assert (found(engine, "thu"), found(engine, "duc")) == ([case], [])
    assert 0 < tokens(engine, case) < before
    assert_whole(engine, case)


def test_the_same_syllable_in_two_rows_is_one_token(engine: Engine) -> None:
    case = open_toy(engine, name=None, family=(MOTHER, MOTHER, {"work": "không rõ tên"})).case
    assert tokens(engine, case) == len(("ban", "thi", "thu")) + len(("bàn", "thị", "thu"))


def test_who_may_not_read_the_table_does_not_find_by_it(engine: Engine) -> None:
    case = open_toy(engine, name="Triệu Thị Lan", family=(MOTHER,)).case
    hire(engine, "helper", "collaborator")
    assert found(engine, "lan", "helper") == [case]
    assert found(engine, "thu", "helper") == []
    assert found(engine, "thu", "other_officer") == []
    assert open_toy(engine, "other_officer", place=CHO_RA, family=(MOTHER,)).applied
    assert found(engine, "thu") == [case]
