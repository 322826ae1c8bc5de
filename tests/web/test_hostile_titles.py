"""Titles that try to be markup: shown as what they are, on the pages of a case and of an administrator."""

from __future__ import annotations

import re

import pytest

from engine import Engine
from tests.support.world import TOY, change, open_toy
from tests.web.visitor import Visitor

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"
HOSTILE = re.sub(r"\{vi: ([^,{}]+), en: ([^{}]+?)\}", rf"{{vi: '{MARKUP}\1', en: '{MARKUP}\2'}}", TOY)


@pytest.fixture
def officer(engine: Engine, visitor: Visitor) -> Visitor:
    """Signed in, where every title of the definition tries to be markup."""
    assert HOSTILE.count(MARKUP) > 20
    change(engine, HOSTILE)
    assert visitor.sign_in("officer").status_code == 303
    return visitor


def shown(page: str) -> None:
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page and "<img src=x" not in page


def test_the_pages_of_a_case_show_markup_in_titles_as_text(engine: Engine, officer: Visitor) -> None:
    case = open_toy(engine).case
    page = officer.get(f"/cases/{case}").text
    shown(page)
    steps = set(re.findall(rf'href="(/cases/{case}/[a-z_]+)"', page))
    assert steps
    for step in steps:
        answer = officer.get(step)
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text


def test_the_pages_of_the_administrator_show_them_as_text(administered: Engine, admin: Visitor) -> None:
    change(administered, HOSTILE)
    shown(admin.get("/admin/definitions/details/?id=toy,2").text)
    assert "<script>alert" not in admin.get("/admin/definitions/").text
