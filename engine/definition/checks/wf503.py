"""WF503: a function that sees cases but has nothing to do with them, or is named where it sees none.

Whether anybody holds a function in an area is a matter of the installation, not of a definition.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import Family, found, path_of
from engine.definition.findings import Finding, Severity
from engine.definition.flow import SYSTEM
from engine.definition.model import OPENER, Definition

CODE = "WF503"
SEVERITY = Severity.WARNING
Named = dict[str, str]  # a function, and the first place that names it


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each function, once for each way in which it is named in vain."""
    told, readers = _first(_told(definition)), _first(_readers(definition))
    seeing = {function for way in definition.ways for function in way.by} | set(definition.open.by)
    seeing |= {
        track.holder
        for each in family.values()
        for track in each.subcases.values()
        if track.definition == definition.id
    }
    busy = {*seeing, *told, *readers, *_chosen(definition), definition.owner}
    for function in definition.access:
        if function not in busy:
            yield found(definition, CODE, SEVERITY, f"access.{function}", function=function)
    for variant, named in (("told", told), ("reader", readers)):
        for function, path in named.items():
            if function and function not in {*seeing, *definition.access, SYSTEM, OPENER}:
                yield found(definition, CODE, SEVERITY, path, variant, function=function)


def _first(named: Iterator[tuple[str, str]]) -> Named:
    first: Named = {}
    for function, path in named:
        first.setdefault(function, path)
    return first


def _told(definition: Definition) -> Iterator[tuple[str, str]]:
    """Who is told that a time limit was missed, or that a step was taken."""
    for state in definition.states.values():
        path = f"states.{state.key}"
        yield from ((each.escalate_to, f"{path}.deadlines.{key}") for key, each in state.deadlines.items())
        yield from ((each.escalate_to, f"{path}.repeats.{key}") for key, each in state.repeats.items())
    yield from ((each.escalate_to, f"deadlines.{key}") for key, each in definition.deadlines.items())
    for way in definition.ways:
        for number, effect in enumerate(way.do):
            if effect.name == "notify":
                yield effect.arguments["to"], f"{path_of(way)}.do.{number}"


def _readers(definition: Definition) -> Iterator[tuple[str, str]]:
    for key, field in definition.fields.items():
        yield from ((each, f"fields.{key}.readers") for each in field.readers)


def _chosen(definition: Definition) -> Iterator[str]:
    """Of whom somebody is chosen in a form, or to serve."""
    for field in definition.fields.values():
        yield from (each.holder for each in (field, *field.columns.values()))
    yield from (each.holder for each in definition.subcases.values())
