"""WF107: an owner, an offer and a link are named in the form of the step, so the form must ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Transition
from engine.definition.model import Definition

CODE = "WF107"
SEVERITY = Severity.ERROR
NAMES = {"own": "field", "offer": "field", "link": "to"}  # effect, and the argument that names the field


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each effect that goes by a field which the form of its transition does not ask for."""
    for way in definition.ways:
        asked = _asked(definition, way)
        for number, effect in enumerate(way.do):
            name = effect.arguments[NAMES[effect.name]] if effect.name in NAMES else None
            if name and name not in asked:
                path = f"transitions.{way.key}.do.{number}"
                yield found(definition, CODE, SEVERITY, path, effect=effect.name, name=name)


def _asked(definition: Definition, way: Transition) -> set[str]:
    """What the form asks for the case itself, or the form whose proposal is accepted; a form of rows asks for none."""
    forms = [each.form for each in definition.ways if way.accepts and each.trigger == way.accepts]
    if not way.appends:
        forms.append(way.form)
    return {each.key for form in forms if form for each in definition.forms[form].fields}
