"""Findings in words: the lines that a person reads."""

from engine.definition import report
from engine.definition.findings import Finding, Severity
from engine.definition.model import Place

UNKNOWN = Finding(
    "WF101",
    Severity.ERROR,
    "transitions.close.to",
    Place(12, 9),
    {"name": "asessing", "suggestion": "assessing"},
    variant="state",
)


def test_a_line_says_where_how_bad_which_rule_what_and_what_to_do() -> None:
    assert report.line(UNKNOWN, "case.yaml", "en") == (
        "case.yaml:12:9: error WF101 “asessing” is not a state. Did you mean “assessing”?\n"
        "    Hint: Use an id that is declared, or declare this one."
    )
    assert report.line(UNKNOWN, "case.yaml", "vi") == (
        "case.yaml:12:9: lỗi WF101 “asessing” không phải là một trạng thái. Có phải ý bạn là “assessing”?\n"
        "    Gợi ý: Sửa cho đúng mã đã khai báo, hoặc khai báo mã này."
    )


def test_a_finding_without_a_place_names_the_file_alone() -> None:
    finding = Finding("WF100", Severity.ERROR, "", None, {"most": 1_000_000}, variant="too_big")
    assert report.line(finding, "x.yaml", "en").startswith(
        "x.yaml: error WF100 The file is larger than 1000000 bytes."
    )


def test_no_suggestion_is_no_sentence() -> None:
    finding = Finding("WF101", Severity.ERROR, "x", None, {"name": "q", "suggestion": ""}, variant="state")
    assert report.say(finding, "en") == "“q” is not a state."


def test_an_unknown_variant_falls_back_to_the_sentence_of_the_code() -> None:
    finding = Finding("WF101", Severity.ERROR, "x", None, {"name": "q"}, variant="no_such_variant")
    assert report.say(finding, "vi") == "“q” không có trong quy trình này."


def test_sentences_of_expressions_are_found_too() -> None:
    finding = Finding("WF101", Severity.ERROR, "x", None, {"name": "q", "suggestion": ""}, variant="name")
    assert report.say(finding, "vi") != "“q” không có trong quy trình này."
    assert "q" in report.say(finding, "vi")


def test_long_lists_are_shortened() -> None:
    finding = Finding(
        "WF104",
        Severity.ERROR,
        "x",
        None,
        {"name": "q", "where": "w", "allowed": [f"k{n}" for n in range(40)]},
    )
    said = report.say(finding, "en")
    assert "k11, …" in said
    assert "k12" not in said


def test_types_of_fields_are_said_in_words() -> None:
    params = {"subcase": "s", "name": "n", "other": "o", "type": "date", "other_type": "text"}
    finding = Finding("WF407", Severity.ERROR, "x", None, params, variant="returns_type")
    said = report.say(finding, "vi")
    assert "kiểu ngày" in said
    assert "other_type" not in said


def test_the_reason_of_acceptance_is_told() -> None:
    finding = Finding(
        "WF204", Severity.WARNING, "x", None, {"state": "s", "transitions": ["a", "b"], "accepted": "đã bàn"}
    )
    assert report.say(finding, "vi").endswith("(Đã chấp nhận: đã bàn)")
    assert "a, b" in report.say(finding, "vi")


def test_braces_in_what_an_author_wrote_are_no_placeholders() -> None:
    finding = Finding(
        "WF101", Severity.ERROR, "x", None, {"name": "{0.__class__}", "suggestion": ""}, variant="state"
    )
    assert report.say(finding, "en") == "“{0.__class__}” is not a state."
