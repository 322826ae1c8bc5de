"""WF106: everything a person reads has a label in Vietnamese and in English.

Options of shared code lists are the catalogue's business and are not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Deadline, State, Transition
from engine.definition.model import Definition, Field, Form
from engine.definition.text import Text

CODE = "WF106"
SEVERITY = Severity.WARNING

# A path, its label, and whether a label must be there at all.
Labels = Iterator[tuple[str, Text, bool]]


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each label that lacks a language."""
    for path, label, wanted in _labels(definition):
        missing = [language for language in ("vi", "en") if not getattr(label, language)]
        if missing and (wanted or len(missing) == 1):
            variant = missing[0] if len(missing) == 1 else ""
            yield found(definition, CODE, SEVERITY, path, variant)


def _labels(definition: Definition) -> Labels:
    yield "title", definition.title, True
    yield "open.title", definition.open.title, True
    for key, label in definition.stages.items():
        yield f"stages.{key}", label, True
    yield from _of_fields("fields", definition.fields)
    for form in definition.forms.values():
        yield from _of_form(form)
    for state in definition.states.values():
        yield from _of_state(state)
    for transition in definition.transitions.values():
        yield from _of_transition(transition)
    yield from _of_deadlines("deadlines", definition.deadlines)
    for subcase in definition.subcases.values():
        yield f"subcases.{subcase.key}.title", subcase.title, True
    for milestone in definition.milestones.values():
        yield f"milestones.{milestone.key}.title", milestone.title, True


def _of_fields(path: str, fields: Mapping[str, Field]) -> Labels:
    for key, field in fields.items():
        yield f"{path}.{key}.title", field.title, True
        yield f"{path}.{key}.help", field.help, False
        if not field.list:
            for option in field.options.values():
                yield f"{path}.{key}.options.{option.key}", option.title, True
        yield from _of_fields(f"{path}.{key}.columns", field.columns)


def _of_form(form: Form) -> Labels:
    yield f"forms.{form.key}.title", form.title, True
    for number, section in enumerate(form.sections):
        yield f"forms.{form.key}.sections.{number}.title", section.title, len(form.sections) > 1


def _of_state(state: State) -> Labels:
    yield f"states.{state.key}.title", state.title, True
    yield from _of_deadlines(f"states.{state.key}.deadlines", state.deadlines)
    for repeat in state.repeats.values():
        yield f"states.{state.key}.repeats.{repeat.key}.title", repeat.title, True


def _of_deadlines(path: str, deadlines: Mapping[str, Deadline]) -> Labels:
    for key, deadline in deadlines.items():
        yield f"{path}.{key}.title", deadline.title, True


def _of_transition(transition: Transition) -> Labels:
    path = f"transitions.{transition.key}"
    yield f"{path}.title", transition.title, True
    for number, condition in enumerate(transition.when):
        yield f"{path}.when.{number}.say", condition.say, False
    for number, effect in enumerate(transition.do):
        if effect.name == "notify":
            yield f"{path}.do.{number}.notify.say", effect.arguments["say"], True
