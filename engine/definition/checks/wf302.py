"""WF302: two alternatives of a choice apply at once, and nothing says that the upper one is meant."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.choices import Choice, chosen_by
from engine.definition.checks.questions import Question, questions_of
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition
from engine.definition.proof.telling import told

CODE = "WF302"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each alternative that overlaps with one above it, the first such; not one that is `otherwise`, or the last without a
    condition of its own."""
    questions = questions_of(definition)
    for choice in questions.choices:
        yield from _overlaps(definition, choice, questions.of_choice(choice))
    inside = {way.key for choice in questions.choices for way in choice.alternatives[1:]}
    for way in definition.transitions.values():
        if way.otherwise and way.key not in inside:
            yield found(
                definition, CODE, SEVERITY, f"transitions.{way.key}.otherwise", "alone", transition=way.key
            )


def _overlaps(definition: Definition, choice: Choice, question: Question) -> Iterator[Finding]:
    nodes = [question.guard(chosen_by(way) or way.when) for way in choice.alternatives]
    last = choice.alternatives[-1]
    for at, (way, lower) in enumerate(zip(choice.alternatives, nodes, strict=True)):
        if way.otherwise or (way is last and not chosen_by(way)):
            continue
        for above, upper in zip(choice.alternatives[:at], nodes, strict=False):
            witness = question.shown((upper, True), (lower, True))
            if witness is None:
                continue
            yield found(
                definition, CODE, SEVERITY, f"transitions.{way.key}.when" if way.when else f"transitions.{way.key}",
                "" if witness else "always",
                witness=witness, trigger=choice.trigger, above=above.key, transition=way.key, values=told(witness),
            )  # fmt: skip
            break
