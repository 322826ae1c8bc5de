"""Decision tables from their files: canonical form, table, and what is refused."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.definition.identity import content_hash
from schemas.load import load_table

TEXT = (Path(__file__).parent / "table.yaml").read_text()
LISTS: Mapping[str, Any] = {"hazards": {"heavy": {"vi": "Nặng", "en": "Heavy"}}}


def test_a_table_is_read_with_its_values_in_their_types() -> None:
    table = load_table(TEXT, LISTS).table
    assert table is not None
    assert {key: each.value for key, each in table.values.items()} == {
        "most_hours": 20,
        "half": Decimal("2.5"),
        "settings": ("farm",),
        "strict": False,
        "nothing": (),
    }
    assert [each.key for each in table.rules] == ["R1", "R2"]
    assert table.values["settings"].unconfirmed
    assert list(table.inputs["hazards"].options) == ["heavy"]


def test_a_table_is_named_by_the_hash_of_its_canonical_form() -> None:
    loaded = load_table(TEXT, LISTS)
    assert loaded.table is not None
    assert loaded.plain is not None
    assert loaded.table.sha256 == content_hash(loaded.plain)
    assert "sha256" not in loaded.plain


@pytest.mark.parametrize(
    ("old", "new", "code", "variant", "path"),
    [
        ("valid_from: 2021-01-01", "valid_from: 2021", "WF105", "date", "valid_from"),
        ("valid_from: 2021-01-01\n", "", "WF105", "missing", "valid_from"),
        ("valid_to: 2030-12-31", "valid_to: 2020-12-31", "WF105", "bounds_crossed", "valid_to"),
        ("  strict: {value: false}", "  age: {value: false}", "WF105", "twice", "values.age"),
        ("{value: false}", "{}", "WF105", "missing", "values.strict.value"),
        ("{value: 20,", "{value: {a: 1},", "WF105", "text", "values.most_hours.value"),
        ("{value: [farm],", "{value: [farm, ~],", "WF105", "empty", "values.settings.value.1"),
        ("min: 0, max: 120}", "min: 0, max: 120, open: true}", "WF104", "", "inputs.age.open"),
        ("then: unlawful,", "then: unlawfull,", "WF101", "result", "rules.R1.then"),
        ("setting in settings", "setting == 'frm'", "WF306", "option", "rules.R2.when"),
        ("age < 15", "ages < 15", "WF101", "name", "rules.R1.when"),
        ("age < 15", "case.cycle < 15", "WF101", "name", "rules.R1.when"),
        ("list: hazards", "list: hazrds", "WF101", "list", "inputs.hazards.list"),
        ("  R1: {when", "  1R: {when", "WF105", "id", "rules.1R"),
        (TEXT[TEXT.index("rules:\n") :], "rules: {}", "WF105", "empty", "rules"),
    ],
)
def test_what_a_table_cannot_be_is_refused_at_its_place(
    old: str, new: str, code: str, variant: str, path: str
) -> None:
    assert TEXT.count(old) == 1
    loaded = load_table(TEXT.replace(old, new), LISTS)
    assert loaded.table is None
    (finding,) = loaded.findings
    assert (finding.code, finding.variant, finding.path) == (code, variant, path)
    assert finding.place is not None
