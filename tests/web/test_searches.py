"""What is searched for never stands in an address as it was typed, and opens again only for who typed it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from engine import Engine, MasterKey
from engine.store.tables import read_log
from tests.web.visitor import Visitor, rows
from web import searches

KEY = MasterKey(bytes(32))


@pytest.fixture
def officer(visitor: Visitor) -> Visitor:
    """Signed in."""
    assert visitor.sign_in("officer").status_code == 303
    return visitor


def search(visitor: Visitor, words: str) -> Any:
    """The answer to the form, not yet followed."""
    return visitor.post("/cases/search", {"q": words})


def test_what_was_typed_is_read_again_by_who_typed_it_and_by_nobody_else() -> None:
    word = searches.sealed(KEY, "officer", "Triệu Đức")
    assert searches.opened(KEY, "officer", word) == "Triệu Đức"
    assert searches.opened(KEY, "chair", word) is None
    assert searches.opened(MasterKey(bytes(31) + b"x"), "officer", word) is None
    for broken in ("", "x", word[:-4], word[:20] + "A" + word[21:], "Triệu", "=" * 5000):
        assert searches.opened(KEY, "officer", broken) is None


def test_the_address_of_a_search_holds_no_letter_of_it(officer: Visitor) -> None:
    address = search(officer, "Triệu Văn Đức").headers["Location"]
    assert re.fullmatch(r"/cases\?find=[\w%-]+", address)
    for typed in ("Triệu", quote("Triệu"), "Văn", quote("Văn")):
        assert typed not in address
    shown = officer.get(address)
    assert shown.text.count('value="Triệu Văn Đức"') == 2  # in both search fields, to be changed
    assert address.replace("&", "&amp;") in shown.text  # the language switch comes back here


def test_an_empty_search_is_the_whole_list(officer: Visitor) -> None:
    assert search(officer, "  ").headers["Location"] == "/cases"


def test_somebody_elses_search_is_refused_in_words(officer: Visitor, app: Flask) -> None:
    address = search(officer, "Lường").headers["Location"]
    chair = Visitor(app)
    chair.sign_in("chair")
    for bad in (address, "/cases?find=L%C6%B0%E1%BB%9Dng", "/cases?find=" + "x" * 3000):
        answer = chair.get(bad)
        assert answer.status_code == 200
        assert "Không mở lại được lần tìm này. Hãy tìm lại." in answer.text
        assert "Lường" not in answer.text


def test_each_search_is_recorded_without_its_words(officer: Visitor, engine: Engine) -> None:
    answer = search(officer, "Triệu")
    officer.get("/cases")
    assert len(rows(engine, read_log)) == 0
    officer.get(answer.headers["Location"])
    with engine.database.read() as connection:
        (row,) = connection.execute(select(read_log)).all()
    assert (row.actor, row.what, row.case_id) == ("officer", "search", None)
    assert "Triệu" not in repr(row)
