"""Two guards side by side, of two versions of a definition: what the one lets pass and the other does not.

Read over fields that allow what either version allows, so that values of old cases count too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.definition.expression import Expression, Kind
from engine.definition.expression.tree import And, Call, Node, Not, Or, names_in
from engine.definition.model import Definition, Field
from engine.definition.proof.prover import Prover
from engine.definition.proof.reach import filled_by_effects
from engine.definition.proof.terms import Effort, Terms, names_of

Witness = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """stricter: values that the old guard lets pass and the new one does not; looser: the other way round.

    None: there are none. undecided: nobody can tell, or what is read is no longer of the same type.
    """

    stricter: Apart | None = None
    looser: Apart | None = None
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """values: with them one guard is true and the other is not. turning: those among them that the condition reads
    which is not; the others meet the rest of the conditions."""

    values: Witness
    turning: Witness


def compared(
    old: tuple[Definition, Sequence[Expression]], new: tuple[Definition, Sequence[Expression]],
    states: Iterable[str] = (), effort: Effort | None = None,
) -> Compared:  # fmt: skip
    """Conditions that must all be true, in both versions. states: where a case stands while they are asked, if not anywhere."""
    read = _read(*old) | _read(*new)
    fields = _merged(old[0].fields, new[0].fields, read)
    if fields is None or _other_kinds(old[1], new[1]):
        return Compared(undecided=True)
    free = filled_by_effects(old[0]) | filled_by_effects(new[0])
    terms = Terms(fields, inside=_inside(old[0], new[0], tuple(states), fields), free=free)
    were, are = ([terms.simplified(each) for each in part] for part in (old[1], new[1]))
    ask = _Asking(terms, Prover([*were, *are], terms.variables, terms.facts(), effort or Effort()))
    stricter, sure = ask.between(were, are)
    looser, also = ask.between(are, were)
    return Compared(stricter, looser, undecided=not (sure and also))


@dataclass(frozen=True, slots=True)
class _Asking:
    terms: Terms
    prover: Prover

    def between(self, passing: Sequence[Node], refusing: Sequence[Node]) -> tuple[Apart | None, bool]:
        """Values with which all of `passing` are true and one of `refusing` is not; and whether the answer is sure."""
        sure = True
        given = [(node, True) for node in passing]
        for each in (
            part for node in refusing for part in (node.parts if isinstance(node, And) else (node,))
        ):
            case = (_not_true(each), True)
            witness = self.prover.find(*given, case)
            if witness is not None and not self.terms.alike(witness):
                read = names_in(each)
                return Apart(witness, {name: value for name, value in witness.items() if name in read}), True
            sure = sure and not self.prover.possible(*given, case)
        return None, sure


def _not_true(node: Node) -> Node:
    """False or unknown."""
    return Or((Not(Call("known", (node,), Kind.BOOLEAN)), Not(node)))


def _read(definition: Definition, expressions: Iterable[Expression]) -> frozenset[str]:
    """The fields that these read, computed ones followed."""
    found: set[str] = set()
    todo = list(expressions)
    while todo:
        for name in todo.pop().reads - found:
            found.add(name)
            declared = definition.fields.get(name)
            if declared and declared.compute:
                todo.append(declared.compute)
    return frozenset(found)


def _merged(
    old: Mapping[str, Field], new: Mapping[str, Field], read: frozenset[str]
) -> dict[str, Field] | None:
    """Fields that may hold what either version lets them hold; None if one that is read is not of the same sort."""
    merged = {**old, **new}
    for key in old.keys() & new.keys():
        one, other = old[key], new[key]
        if key in read and (
            one.type is not other.type or one.compute != other.compute or _shapes(one) != _shapes(other)
        ):
            return None
        low, high = _outer(one.min, other.min, min), _outer(one.max, other.max, max)
        merged[key] = replace(other, options={**one.options, **other.options}, min=low, max=high)
    return merged


def _outer(one: Any, other: Any, outer: Callable[[Any, Any], Any]) -> Any:
    """The bound that lets more pass; none where a bound moves with the days and the other does not."""
    if one == other:
        return one
    return None if one is None or other is None or str in (type(one), type(other)) else outer(one, other)


def _shapes(table: Field) -> dict[str, str]:
    return {key: each.type.value for key, each in table.columns.items()}


def _other_kinds(old: Sequence[Expression], new: Sequence[Expression]) -> bool:
    """Is a name of another kind in the one version than in the other, such as what a track returns?"""
    kinds = [
        {name.name: name.kind.name for each in part for name in names_of(each.tree)} for part in (old, new)
    ]
    return any(kinds[0].get(name, kind) != kind for name, kind in kinds[1].items())


def _inside(
    old: Definition, new: Definition, states: tuple[str, ...], fields: Mapping[str, Field]
) -> dict[str, tuple[str, ...]]:
    """The options of names that differ between the versions, or that are narrowed to where a case stands."""
    every = tuple(dict.fromkeys((*states, *old.states, *new.states)))
    here = states or every
    stages = dict.fromkeys(
        version.states[key].stage for version in (old, new) for key in here if key in version.states
    )
    inside = {key: tuple(each.options) for key, each in fields.items() if each.options}
    return {**inside, "case.state": here, "case.stage": tuple(filter(None, stages)), "case.came_from": every}
