"""Loading as a whole: whatever stands in a file, the answer is a definition or findings, no exception."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.definition import checks, report
from engine.definition.findings import Finding, Severity
from schemas.load import Loaded, LoadedTable, load, load_definition
from schemas.yaml_text import read

HERE = Path(__file__).parent
LISTS: Mapping[str, Any] = {
    "hazards": {"heavy": {"vi": "Nặng", "en": "Heavy"}},
    "classes": {"safe": {"vi": "An toàn", "en": "Safe"}, "harmed": {"vi": "Bị hại", "en": "Harmed"}},
}
WHOLE = (HERE / "whole.yaml").read_text()
TABLE = (HERE / "table.yaml").read_text()


def test_a_file_with_rules_is_a_table_and_any_other_a_definition() -> None:
    assert isinstance(load(TABLE, LISTS), LoadedTable)
    assert isinstance(load(WHOLE, LISTS), Loaded)
    assert isinstance(load("a: [", LISTS), Loaded)


def test_an_unreadable_file_has_the_one_finding_that_says_why() -> None:
    loaded = load_definition("a: 1\nb: &x 2", LISTS)
    assert (loaded.definition, loaded.plain) == (None, None)
    (finding,) = loaded.findings
    assert (finding.code, finding.severity) == ("WF100", Severity.ERROR)


def test_places_of_the_definition_are_those_of_the_file() -> None:
    definition = load_definition(WHOLE, LISTS).definition
    assert definition is not None
    place = definition.place("transitions.submit_high.when.0.need")
    assert place is not None
    assert WHOLE.splitlines()[place.line - 1][place.column - 1 :] == 'risk_level == "high"'


def test_a_finding_in_an_expression_points_into_it() -> None:
    loaded = load_definition(WHOLE.replace('class_confirmed == "safe"', 'class_confirmed == "sfae"'), LISTS)
    (finding,) = loaded.findings
    assert (finding.code, finding.path) == ("WF306", "transitions.close.when.0.need")
    assert finding.place is not None
    line = WHOLE.replace('class_confirmed == "safe"', 'class_confirmed == "sfae"').splitlines()[
        finding.place.line - 1
    ]
    assert line[finding.place.column - 1 :].startswith('"sfae"')
    assert loaded.plain is not None


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += paths(inner, (*path, number))
    return found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


def written(value: Any) -> str:
    """JSON is YAML; decimals are written as the numbers they are."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=lambda each: float(each))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-99, max_value=99)
    | st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn")), max_size=30)
    | st.sampled_from(
        ["same", "open", "all", "*", "entry", "stage:intervention", "stage:x", "required", "strict", "today",
         "now", "child_name", "visits", "risk_level", "reported", "submit", "start", "5 working days",
         "P1Y", "true", "known(visits)", "count(visits) > 1", "1 <", "choice", "table", "money", "system",
         "class", "_schema", "{number}"]
    )
)  # fmt: skip
KEYS = st.text("abcdefghijklmnopqrstuvwxyz_.", min_size=1, max_size=12) | st.sampled_from(
    [
        "vi",
        "en",
        "by",
        "law",
        "within",
        "need",
        "say",
        "type",
        "options",
        "columns",
        "fields",
        "sections",
        "_schema",
    ]
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


def judge(findings: tuple[Finding, ...], loaded: Any) -> None:
    assert (loaded is None) == bool(findings)
    for finding in findings:
        assert finding.code in checks.SEVERITIES
        assert finding.severity is Severity.ERROR
        for language in ("vi", "en"):
            assert report.line(finding, "x.yaml", language)


@pytest.mark.parametrize(("text", "places"), [(WHOLE, 2), (TABLE, 1)], ids=["definition", "table"])
def test_any_value_anywhere_gives_findings_or_a_definition(text: str, places: int) -> None:
    plain = read(text).plain
    everywhere = paths(plain)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from(everywhere), ANYTHING), min_size=1, max_size=places))
    def fuzz(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
        changed: Any = plain
        for path, value in changes:
            try:
                changed = replaced(changed, path, value)
            except (KeyError, IndexError, TypeError):
                continue  # the first change took this place away
        loaded = load(written(changed), LISTS)
        if isinstance(loaded, LoadedTable):
            judge(loaded.findings, loaded.table)
            return
        judge(loaded.findings, loaded.definition)
        if loaded.definition:
            for finding in checks.run(loaded.definition, {}):
                assert report.line(finding, "x.yaml", "vi")
                assert report.line(finding, "x.yaml", "en")

    fuzz()


@pytest.mark.parametrize(
    "value", [None, True, 7, Decimal("0.5"), "x", [], {}, [[]], {"a": {"b": []}}], ids=repr
)
def test_each_place_may_hold_any_plain_value(value: Any) -> None:
    plain = read(WHOLE).plain
    for path in paths(plain)[::31]:
        loaded = load_definition(written(replaced(plain, path, value)), LISTS)
        judge(loaded.findings, loaded.definition)


@pytest.mark.parametrize(
    "bad",
    [
        "".join(f"  t{number}: {{from: s_{number}, to: reportd, by: [a]}}\n" for number in range(1000)),
        "".join(
            f"  t{number}: {{from: reported, to: same, when: knwn(x{number})}}\n" for number in range(1000)
        ),
        "".join(f"  t{number}: {{frm: reported, to: same}}\n" for number in range(1000)),
    ],
    ids=["names", "expressions", "keys"],
)
def test_a_file_full_of_mistakes_gives_the_first_two_hundred(bad: str) -> None:
    loaded = load_definition(WHOLE.replace("transitions:\n", "transitions:\n" + bad, 1), LISTS)
    assert len(loaded.findings) == 200


def test_a_small_file_cannot_become_a_huge_version() -> None:
    many = {"many": {f"o{number}": {"vi": "a", "en": "b"} for number in range(1000)}}
    fields = "".join(
        f"  c{number}: {{type: choice, title: {{vi: a, en: b}}, list: many}}\n" for number in range(51)
    )
    text = WHOLE.replace("fields:\n", "fields:\n" + fields, 1)
    loaded = load_definition(text, {**LISTS, **many})
    assert [each.variant for each in loaded.findings] == ["lists_too_long"] * len(loaded.findings)
    assert loaded.findings
    assert load_definition(
        text.replace(fields, fields[: fields.index("  c49")]), {**LISTS, **many}
    ).definition
