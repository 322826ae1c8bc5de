"""All that is to be said of a definition before it is published: the checks, and its stored tests played."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from engine.commands import Blocker
from engine.definition import checks
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition
from engine.definition.stored_tests import StoredTest
from engine.definition.suggest import nearest
from engine.definition.text import Text
from engine.text import LANGUAGES, messages
from engine.trial.ground import Ground
from engine.trial.naming import Wrong, wrong_names
from engine.trial.stored import Otherwise, played
from engine.words import Words
from engine.workflow import Workflow

FAILED, UNKNOWN = "WF801", "WF802"


def examine(
    definition: Definition,
    family: Mapping[str, Definition] | None = None,
    ground: Ground | None = None,
    stop: Callable[[], object] | None = None,
) -> tuple[Finding, ...]:
    """All findings, in the order of the file. family, stop: as `checks.run` takes them. ground: what the stored tests stand on."""
    found = checks.run(definition, family, stop=stop)
    if not definition.tests:
        return found
    return checks.in_order((*found, *_of_tests(definition, family or {}, ground or Ground(), stop)))


def _of_tests(
    definition: Definition,
    family: Mapping[str, Definition],
    ground: Ground,
    stop: Callable[[], object] | None,
) -> Iterator[Finding]:
    workflow = _ready(definition)
    tracks = {
        key: _ready(family[each.definition]) if each.definition in family else None
        for key, each in definition.subcases.items()
    }
    for test in definition.tests.values():
        if stop:
            stop()
        wrong = tuple(wrong_names(test, workflow, tracks, ground.zone))
        yield from (_named(definition, each) for each in wrong)
        if not wrong:
            for each in played(test, workflow, ground, tracks).otherwise:
                yield _failed(workflow, test, each, ground, tracks)


def _ready(definition: Definition) -> Workflow:
    return Workflow(definition, 0, "")


def _named(definition: Definition, wrong: Wrong) -> Finding:
    params = {"name": wrong.name, "suggestion": nearest(wrong.name, wrong.known)}
    return Finding(
        UNKNOWN, Severity.ERROR, wrong.path, definition.place(wrong.path), params, variant=wrong.kind
    )


def _failed(
    workflow: Workflow,
    test: StoredTest,
    what: Otherwise,
    ground: Ground,
    tracks: Mapping[str, Workflow | None],
) -> Finding:
    """What a person reads of it, in both languages."""
    words = {
        language: Words(workflow, language, ground.names(language), ground.zone, tracks)
        for language in LANGUAGES
    }

    def text(say: Any) -> Text:
        return Text(**{language: say(words[language]) for language in LANGUAGES})

    params = {
        "test": test.title if test.title != Text() else Text(test.key, test.key),
        "step": what.step,
        "trigger": text(lambda each: each.trigger(what.trigger)),
        "function": text(lambda each: each.names("function", what.function)),
        "state": text(
            lambda each: each.state(what.state) or messages().say(each.language, "finding.not_open")
        ),
        "codes": list(what.expected),
        "expected": text(lambda each: _wanted(each, what)),
        "found": text(lambda each: _value(each, what.field, what.found)),
        "field": text(lambda each: each.label(what.field)),
        "reasons": text(lambda each: _told(each, what.blockers)),
    }
    place = workflow.definition.place(what.path)
    return Finding(FAILED, Severity.ERROR, what.path, place, params, variant=what.variant)


def _wanted(words: Words, what: Otherwise) -> str:
    if what.variant == "value":
        return _value(words, what.field, what.wanted)
    return ", ".join(map(words.state, what.expected)) if what.variant == "state" else ""


def _value(words: Words, name: str, value: Any) -> str:
    declared = words.workflow.field(name)
    if value is None or value == ():
        return messages().say(words.language, "finding.empty_value")
    return words.value(declared, value) if declared else str(value)


def _told(words: Words, blockers: Collection[Blocker]) -> str:
    return "; ".join(f"{words.blocker(each).rstrip('.')} ({each.code})" for each in blockers)
