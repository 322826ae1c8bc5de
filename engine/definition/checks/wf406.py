"""WF406: a strictly private field leaves its case: given to a track, or copied into a linked case."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import Family, found, path_of
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF406"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each strict field that `gives` or `open_case` hands over."""
    strict = {key for key, each in definition.fields.items() if each.strict}
    for key, subcase in definition.subcases.items():
        for number, name in enumerate(subcase.gives):
            if name in strict:
                path = f"subcases.{key}.gives.{number}"
                yield found(definition, CODE, SEVERITY, path, name=name, subcase=key)
    for way in definition.ways:
        for number, effect in enumerate(way.do):
            values = effect.arguments["values"] if effect.name == "open_case" else {}
            for name in sorted({name for each in values.values() for name in each.reads} & strict):
                path = f"{path_of(way)}.do.{number}"
                yield found(definition, CODE, SEVERITY, path, "open_case", name=name, transition=way.key)
