"""WF309: a rule table that says nothing for some values, or has a rule that can never match."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.decision import DecisionTable
from engine.definition.findings import Finding, Severity
from engine.definition.proof.prover import Prover
from engine.definition.proof.telling import told
from engine.definition.proof.terms import Terms

CODE = "WF309"
SEVERITY = Severity.ERROR


def check(table: DecisionTable) -> Iterator[Finding]:
    """Values with which every rule is false, and each rule that is true with none. The order decides between rules."""
    terms = Terms(table.inputs, table.constants)
    nodes = [terms.simplified(each.when) for each in table.rules]
    prover = Prover(nodes, terms.variables, terms.facts())
    witness = prover.find(*((node, False) for node in nodes))
    if witness is not None and not terms.alike(witness):
        yield Finding(
            CODE,
            SEVERITY,
            "rules",
            table.place("rules"),
            {"table": table.id, "values": told(witness)},
            witness,
        )
    for rule, node in zip(table.rules, nodes, strict=True):
        if not prover.possible((node, True)):
            path = f"rules.{rule.key}.when"
            params = {"table": table.id, "rule": rule.key, "guard": rule.when.source}
            yield Finding(CODE, SEVERITY, path, table.place(path), params, variant="never")
