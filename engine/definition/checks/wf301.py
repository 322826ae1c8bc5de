"""WF301: a choice in which, for some values, no alternative applies."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.choices import chosen_by
from engine.definition.checks.questions import questions_of
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition
from engine.definition.proof.telling import told

CODE = "WF301"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each choice with values for which every alternative is false. What an alternative only asks for is no gap."""
    questions = questions_of(definition)
    for choice in questions.choices:
        guards = [chosen_by(way) for way in choice.alternatives]
        if not all(guards):
            continue  # one alternative applies whatever the values are
        question = questions.of_choice(choice)
        witness = question.shown(*((question.guard(each), False) for each in guards))
        if witness is not None:
            yield found(
                definition, CODE, SEVERITY, f"transitions.{choice.alternatives[0].key}.when",
                witness=witness, trigger=choice.trigger, values=told(witness),
                transitions=[way.key for way in choice.alternatives],
            )  # fmt: skip
