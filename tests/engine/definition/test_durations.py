"""Time limits as they are written and said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.durations import LONGEST, UNITS, duration_text, duration_words, parse_duration
from engine.definition.flow import Duration


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("12 hours", 12, "hours"),
        ("1 hour", 1, "hours"),
        ("5 working days", 5, "working_days"),
        ("1 working day", 1, "working_days"),
        ("0 days", 0, "days"),
        ("3 months", 3, "months"),
        ("  2   weeks ", 2, "weeks"),
        ("24 months", 24, "months"),
        ("PT12H", 12, "hours"),
        ("PT24H", 24, "hours"),
        ("PT36H", 36, "hours"),
        ("PT90M", 90, "minutes"),
        ("PT1H30M", 90, "minutes"),
        ("P1D", 1, "days"),
        ("P0D", 0, "days"),
        ("P2W", 2, "weeks"),
        ("P3M", 3, "months"),
        ("P2Y", 2, "years"),
        ("P1Y6M", 18, "months"),
    ],
)
def test_words_and_iso_8601_are_read(text: str, amount: int, unit: str) -> None:
    assert parse_duration(text) == Duration(amount, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["", "12", "days", "-1 days", "1.5 hours", "1 fortnight", "one day", "1day", "P", "PT", "P1",
     "PTT", "PT1S", "P1DT2H", "P1M2D", "P1Y1W", "PT0.5H", "P1Y1DT1S", "999999999 days", "9999999999 days",
     "P99999999999999999Y", "PT99999999999999999H", "101 years", "1 day\n2 days", "١ day",
     "P" + "1" * 5000 + "D"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a duration|more than"):
        parse_duration(text)


durations = st.sampled_from(UNITS).flatmap(
    lambda unit: st.integers(0, LONGEST[unit]).map(lambda amount: Duration(amount, unit))
)


@given(durations)
def test_the_canonical_text_is_read_back_as_the_same_duration(duration: Duration) -> None:
    assert parse_duration(duration_text(duration)) == duration


@given(durations)
def test_every_duration_can_be_said_in_both_languages(duration: Duration) -> None:
    for language in ("vi", "en"):
        said = duration_words(duration, language)
        assert str(duration.amount) in said or duration.amount == 0


def test_durations_are_said_as_people_say_them() -> None:
    assert duration_words(Duration(5, "working_days"), "vi") == "5 ngày làm việc"
    assert duration_words(Duration(1, "working_days"), "en") == "1 working day"
    assert duration_words(Duration(0, "days"), "vi") == "trong ngày"
    assert duration_words(Duration(0, "days"), "en") == "within the day"
    assert duration_text(Duration(1, "months")) == "1 month"
