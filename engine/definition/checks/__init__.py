"""The checks of a definition that was built: one module a rule, each with its page in docs/reference/checks/.

A rule has `CODE`, `SEVERITY` and `check(definition, family)`; one of `AGAINST` has `check(old, new, live)`. Rules that
the loader or the builder keeps, because the definition cannot even be built without, stand in `ELSEWHERE`, as do the
stored tests, which are played on what moves real cases (engine.trial, whose `examine` runs both). To add a rule: its module here,
its page, its sentences in engine/messages/finding.*.toml, and its good and bad file in
tests/engine/definition/checks/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.definition.checks import (
    net,
    questions,
    wf101,
    wf102,
    wf106,
    wf107,
    wf201,
    wf202,
    wf203,
    wf204,
    wf205,
    wf206,
    wf207,
    wf208,
    wf301,
    wf302,
    wf303,
    wf304,
    wf307,
    wf308,
    wf309,
    wf401,
    wf402,
    wf403,
    wf404,
    wf405,
    wf406,
    wf407,
    wf501,
    wf502,
    wf503,
    wf601,
    wf602,
    wf603,
    wf604,
    wf701,
    wf702,
    wf703,
)
from engine.definition.checks.rule import found
from engine.definition.decision import DecisionTable
from engine.definition.findings import Finding, Severity
from engine.definition.live import Live
from engine.definition.model import Definition
from engine.definition.proof.terms import Undecided

RULES = (
    wf101, wf102, wf106, wf107, wf201, wf202, wf203, wf204, wf205, wf206, wf207, wf208, wf301, wf302, wf303, wf304,
    wf307, wf308, wf401, wf402, wf403, wf404, wf405, wf406, wf407, wf501, wf502, wf503, wf601, wf602, wf603,
    wf604,
)  # fmt: skip

# They walk over states and values together, which takes longer than all the others: not at every letter.
WALKS = (wf208,)

OF_TABLES = (wf309,)

AGAINST = (wf701, wf702, wf703)  # what the published version and its cases say: check(old, new, live)

ELSEWHERE: Mapping[str, Severity] = {
    "WF100": Severity.ERROR,
    "WF103": Severity.ERROR,
    "WF104": Severity.ERROR,
    "WF105": Severity.ERROR,
    "WF305": Severity.ERROR,
    "WF306": Severity.ERROR,
    "WF310": Severity.ERROR,
    "WF801": Severity.ERROR,
    "WF802": Severity.ERROR,
}

SEVERITIES: Mapping[str, Severity] = {
    **ELSEWHERE,
    **{rule.CODE: rule.SEVERITY for rule in (*RULES, *OF_TABLES, *AGAINST)},
}


def run(
    definition: Definition,
    family: Mapping[str, Definition] | None = None,
    *,
    walks: bool = True,
    stop: Callable[[], object] | None = None,
) -> tuple[Finding, ...]:
    """All findings about `definition`, in the order of its file; without `walks` not those of the rules in WALKS.
    stop: called now and then; raises to give the work up.

    `family` maps ids to the definitions that its tracks may name. A warning or note that the author accepts
    (`accept: {CODE: reason}`) stays, with the reason as parameter `accepted`; an error cannot be accepted.
    """
    questions.questions_of.forget()  # each run has its whole effort
    net.net_of.forget()
    questions.questions_of(definition).effort.stop = stop
    rules = [each for each in RULES if walks or each not in WALKS]
    findings = [each for rule in rules for each in _of(rule, definition, family or {})]
    return in_order(_accepted(each, definition.accept) for each in findings)


def against(old: Definition, new: Definition, live: Live) -> tuple[Finding, ...]:
    """What the version `new` would mean for the cases that follow `old` and those before it; placed in the new file."""
    findings = (each for rule in AGAINST for each in rule.check(old, new, live))
    return in_order(_accepted(each, new.accept) for each in findings)


def _of(rule: Any, definition: Definition, family: Mapping[str, Definition]) -> Iterator[Finding]:
    """What a rule finds; where it takes more effort than it may, that it has not looked at everything."""
    try:
        yield from rule.check(definition, family)
    except Undecided:
        yield found(definition, rule.CODE, rule.SEVERITY, "transitions", "effort")


def of_table(table: DecisionTable) -> tuple[Finding, ...]:
    """All findings about a rule table, in the order of its file."""
    return in_order(each for rule in OF_TABLES for each in rule.check(table))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By line and column, those without a place first."""
    return tuple(sorted(findings, key=_position))


def _position(finding: Finding) -> tuple[int, int, str, str]:
    line, column = (finding.place.line, finding.place.column) if finding.place else (0, 0)
    return line, column, finding.code, finding.path


def _accepted(finding: Finding, accept: Mapping[str, str]) -> Finding:
    if finding.code not in accept or finding.severity is Severity.ERROR:
        return finding
    return replace(finding, params={**finding.params, "accepted": accept[finding.code]})
