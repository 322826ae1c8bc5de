"""A condition that is no longer written the same, judged by proof: which values pass one version's and not the other's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.definition.diff.change import Kind, Sheet, Subject
from engine.definition.expression import Expression, ExpressionError, Scope, explain, labels_of, parse
from engine.definition.expression.kinds import Kind as Sort
from engine.definition.expression.tree import Call, Compare, Const, Node, Not
from engine.definition.model import Definition
from engine.definition.proof.compared import compared
from engine.definition.text import Text
from engine.text import LANGUAGES, messages

OTHER = "…"  # how the provers write any other text


def asked(
    sheet: Sheet, path: str, how: str, about: Subject, old: Sequence[Expression], new: Sequence[Expression],
    kinds: tuple[Kind, Kind], states: Iterable[str] = (), demands: bool = False,
) -> None:  # fmt: skip
    """Notes whether the new conditions let less pass, more, other values, or the same.

    kinds: what it is when less passes, and when more does. `how` stands before stricter, looser, other, same, unclear.
    demands: where they are true something is asked, so that they are stricter the more passes.
    """
    found = compared((sheet.old, old), (sheet.new, new), states, sheet.effort)
    if demands:
        found = replace(found, stricter=found.looser, looser=found.stricter)
    stricter, looser = found.stricter is not None, found.looser is not None
    if found.undecided:
        kind, answer = Kind.TIGHTENING, "unclear"
    elif stricter and looser:
        kind, answer = Kind.TIGHTENING, "other"
    elif stricter or looser:
        kind, answer = (kinds[0], "stricter") if stricter else (kinds[1], "looser")
    else:
        kind, answer = Kind.NEUTRAL, "same"
    witness = found.stricter or found.looser
    values, more = (told(sheet, each.turning) if each else () for each in (found.stricter, found.looser))
    sheet.note(
        kind,
        path,
        f"{how}.{answer}",
        about,
        witness=witness.values if witness else {},
        values=values,
        more=more,
    )


def told(sheet: Sheet, witness: Mapping[str, Any]) -> tuple[Text, ...]:
    """Values in words, in both languages: “risk is High”."""
    if not witness:
        return (Text(*(messages().say(language, "change.whatever") for language in LANGUAGES)),)
    return tuple(_told(sheet, name, value) for name, value in witness.items())


def scope_of(definition: Definition) -> Scope:
    """The names that a guard of a definition may read."""
    titles = {key: each.title for key, each in definition.states.items()}
    return Scope(definition.fields, definition.subcases, states=titles, stages=definition.stages)


def _told(sheet: Sheet, name: str, value: Any) -> Text:
    for version in (sheet.new, sheet.old):
        scope = scope_of(version)
        try:
            tree = parse(name, scope).tree
        except ExpressionError:
            continue  # it is read by the other version alone
        is_so = Expression("", _is(tree, value), Sort.BOOLEAN, frozenset())
        return Text(*(_lowered(explain(is_so, each, _labels(scope, each), mood="is")) for each in LANGUAGES))
    return Text(f"{name} = {value}")


def _labels(scope: Scope, language: str) -> Callable[[str], str]:
    """Titles, and the words for what stands around a case."""
    declared = labels_of(scope, language)

    def label(name: str) -> str:
        word = f"word.{name}"
        return messages().say(language, word) if messages().has(word) else declared(name)

    return label


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _is(tree: Node, value: Any) -> Node:
    if value is None:
        return Not(Call("known", (tree,), Sort.BOOLEAN))
    if isinstance(value, bool):
        return tree if value else Not(tree)
    if isinstance(value, str) and value.startswith(OTHER):
        return Call("known", (tree,), Sort.BOOLEAN)
    return Compare("==", tree, Const(value, tree.kind))
