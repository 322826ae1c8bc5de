"""Laws in the reader's language, whether a definition cites them or an administrator typed them."""

import pytest
from flask import Flask

from engine.text import LANGUAGES
from web.laws import law_text

WORDED = {
    "LC 2019 art. 143(4), 145(3)": ("Bộ luật Lao động 2019, Điều 143(4), 145(3)", "Labour Code 2019, art. 143(4), 145(3)"),
    "D56/2017 art. 28(1)": ("NĐ 56/2017, Điều 28(1)", "Decree 56/2017, art. 28(1)"),
    "Law 102/2016 art. 52(3)": ("Luật 102/2016, Điều 52(3)", "Law 102/2016, art. 52(3)"),
    "TT 09/2020, Phụ lục II": ("TT 09/2020, Phụ lục II", "Circular 09/2020, Annex II"),
    "ILO C182 art. 3(a)-(c)": ("Công ước ILO 182, Điều 3(a)-(c)", "ILO Convention 182, art. 3(a)-(c)"),
    "CPMS 2019, tiêu chuẩn 18": ("CPMS 2019, tiêu chuẩn 18", "CPMS 2019, standard 18"),
    "QĐ 46/2015": ("QĐ 46/2015", "Decision 46/2015"),
}  # fmt: skip


def worded(law: str, language: str) -> str:
    with Flask("laws").test_request_context(headers={"Cookie": f"language={language}"}):
        return law_text(law)


@pytest.mark.parametrize("law", WORDED)
def test_a_law_is_worded_in_the_language_of_the_page_whatever_form_it_was_written_in(law: str) -> None:
    for written in (law, *WORDED[law]):
        assert tuple(worded(written, each) for each in LANGUAGES) == WORDED[law]


def test_a_text_that_cites_no_known_law_stands_as_it_is() -> None:
    assert worded("Chỉ thị của tỉnh", "en") == "Chỉ thị của tỉnh"
