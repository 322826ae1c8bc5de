"""Several people check workflows at once, each in a thread: the provers share nothing that mixes their answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from engine.definition import checks
from engine.definition.findings import Finding
from schemas.load import load_definition
from workflows import catalogue

NAMES = ("vocational_training", "education_support") * 4  # both ask z3 too


def test_workflows_checked_at_once_have_the_findings_they_have_alone() -> None:
    definitions = {
        name: load_definition(catalogue.definition_texts()[name], catalogue.code_lists()).definition
        for name in NAMES
    }

    def findings(name: str) -> tuple[Finding, ...]:
        definition = definitions[name]
        assert definition
        return checks.run(definition)

    alone = {name: findings(name) for name in definitions}
    with ThreadPoolExecutor(4) as threads:
        at_once = list(threads.map(findings, NAMES))
    assert at_once == [alone[name] for name in NAMES]
