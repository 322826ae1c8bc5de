"""Guards as trees over plain variables, each with all the values it may have: what both provers read.

What a prover cannot look into (rows of a table, an age, working days) becomes a variable of its own, named by its
source and there only if what it reads is there. That allows more than can happen: what is proved impossible is
impossible, and a witness says what it assumes. Computed fields are replaced by what computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.definition.expression.kinds import Kind
from engine.definition.expression.tree import (
    And,
    Arith,
    Call,
    Compare,
    Const,
    Expression,
    Fold,
    In,
    Name,
    Node,
    Not,
    Or,
    names_in,
    rebuilt,
    walk,
)
from engine.definition.expression.writing import write
from engine.definition.model import Field

_THERE = frozenset((
    "today", "now", "case.state", "case.stage", "case.area", "case.cycle", "case.opened_at", "case.opened_by",
    "case.entered_at", "actor.functions", "actor.id", "actor.agency", "actor.area",
))  # fmt: skip
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # moments are counted in minutes from here


class Undecided(Exception):
    """A prover gave up: the question takes more steps than it may, or calculates beyond what it can decide."""


@dataclass(slots=True)
class Effort:
    """What all the questions about one file may cost together, in steps of a fraction of a microsecond.

    Counted in steps, not in seconds, so that every machine says the same of a file; a file that was made to be hard
    costs a second or two and no more. stop: called now and then; raises to give the work up.
    """

    left: int = 3_000_000
    stop: Callable[[], object] | None = None

    def spend(self, steps: int) -> None:
        """Raises Undecided once there is none left."""
        if self.stop:
            self.stop()
        if self.left <= 0:
            raise Undecided
        self.left -= steps


@dataclass(frozen=True, slots=True)
class Variable:
    """Something a guard reads. low, high: bounds of a number or day. missing: may it be unknown?"""

    name: str
    kind: Kind
    low: Any = None
    high: Any = None
    missing: bool = True


@dataclass(slots=True)
class Terms:
    """Simplifies expressions over some fields and collects their variables.

    constants: names that stand for one value, such as those of a rule table. inside: the options of names that are
    narrowed where the question is asked, such as the states a choice starts from. free: fields that effects fill, which
    are not held to the bounds that forms keep.
    """

    fields: Mapping[str, Field]
    constants: Mapping[str, Any] = field(default_factory=dict)
    inside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    free: frozenset[str] = frozenset()
    variables: dict[str, Variable] = field(default_factory=dict)
    _ready: dict[int, tuple[Node, Node]] = field(default_factory=dict)  # by id; the node is kept alive
    _needs: dict[Name, tuple[Node, ...]] = field(default_factory=dict)  # what a term is read from
    _options: set[Name] = field(default_factory=set)  # terms that say of one option whether it is ticked
    _loose: set[Name] = field(default_factory=set)  # terms that may be unknown though all of that is there

    def simplified(self, expression: Expression) -> Node:
        """The tree of a guard over variables alone."""
        return self._plain(expression.tree)

    def facts(self) -> tuple[Node, ...]:
        """What always holds between the variables collected so far."""
        return (*self._presence(), *self._of_tracks(), *self._of_days())

    def _plain(self, node: Node) -> Node:
        found = self._ready.get(id(node))
        if found is None:
            found = self._ready[id(node)] = (node, self._simplify(node))
        return found[1]

    def _simplify(self, node: Node) -> Node:
        match node:
            case Name():
                return self._name(node)
            case Arith(operator="*") if names_in(node.left) and names_in(node.right):
                return self._term(node, node.kind)  # two unknowns: beyond what z3 surely decides
            case In():
                return self._in(node)
            case Call():
                return self._call(node)
            case Fold():
                return self._fold(node)
        return rebuilt(node, self._plain)

    def _name(self, node: Name) -> Node:
        if node.name in self.constants:
            value = self.constants[node.name]
            return Const(tuple(value) if isinstance(value, list) else value, node.kind)
        declared = self.fields.get(node.name)
        if declared and declared.compute:
            return self._plain(declared.compute.tree)
        bounded = declared and node.name not in self.free
        low, high = (declared.min, declared.max) if declared and bounded else (None, None)
        if node.name == "case.cycle":
            low = 1
        elif node.name.startswith("subcases.") and node.kind.is_number:
            low = 0
        kind = replace(node.kind, options=self.inside.get(node.name, node.kind.options))
        self._add(Variable(node.name, kind, _bound(low), _bound(high), not _there(node.name)))
        return node

    def alike(self, names: Iterable[str]) -> bool:
        """Do two of these variables stand for readings of one field? Then they may hang together unseen; only whether one
        option is ticked says nothing of another.
        """
        seen: dict[str, bool] = {}  # is it read by its options alone?
        for term, needs in self._needs.items():
            if term.name in names:
                option = term in self._options
                for owner in {name for need in needs for name in names_in(need)}:
                    if not (option and seen.get(owner, True)) and owner in seen:
                        return True
                    seen[owner] = option
        return False

    def _in(self, node: In) -> Node:
        element, container = self._plain(node.element), node.container
        if not isinstance(container, Name) or container.name in self.constants:
            return replace(node, element=element, container=self._plain(container))
        chosen = self._term(replace(node, negated=False), Kind.BOOLEAN)
        if isinstance(element, Const) and container.kind.name == "choices":
            self._options.add(chosen)
        return Not(chosen) if node.negated else chosen

    def _call(self, node: Call) -> Node:
        if node.function == "known":
            return self._known(node)
        if node.function == "age":
            born, on = node.arguments
            declared = self.fields.get(born.name) if isinstance(born, Name) else None
            past = declared is not None and declared.max == "today" and declared.key not in self.free
            return self._term(node, node.kind, 0 if past and on == Name("today", Kind.DATE) else None)
        if node.function == "count":
            return self._term(node, node.kind, 0, len(node.arguments[0].kind.options or ()) or None)
        return self._term(node, node.kind)

    def _known(self, node: Call) -> Node:
        """Of a table and of ticked options only that is told; a computed number is known when all it reads is."""
        (name,) = node.arguments
        assert isinstance(name, Name)
        if name.kind.name in ("table", "choices"):
            self._add(Variable(write(node), Kind.BOOLEAN, missing=False))
            return Name(write(node), Kind.BOOLEAN)
        plain = self._plain(name)
        if isinstance(plain, Name) or plain.kind.name == "boolean":
            return Call("known", (plain,), Kind.BOOLEAN)
        return self._all(Call("known", (each,), Kind.BOOLEAN) for each in _leaves(plain))

    def _fold(self, node: Fold) -> Node:
        term = self._term(node, node.kind, 0 if node.function in ("count", "streak") else None)
        if node.predicate is not None or node.column is not None:
            self._loose.add(term)
        return term

    def _term(self, node: Node, kind: Kind, low: Any = None, high: Any = None) -> Name:
        term = Name(write(node), kind)
        if term.name not in self.variables:
            read = [name for name in _names(node, self) if not _there(name.name)]
            self._add(Variable(term.name, kind, low, high, bool(read)))
            if read:
                self._needs[term] = tuple(self._known(Call("known", (each,), Kind.BOOLEAN)) for each in read)
        return term

    def _add(self, variable: Variable) -> None:
        self.variables.setdefault(variable.name, variable)

    # ------------------------------------------------------------------ what always holds

    def _presence(self) -> Iterator[Node]:
        """A term is unknown if what it is read from is; it is known then alone, unless rows may leave it open."""
        for term, needs in self._needs.items():
            known, all_there = Call("known", (term,), Kind.BOOLEAN), self._all(needs)
            yield Or((Not(known), all_there))
            if term not in self._loose:
                yield Or((Not(all_there), known))

    def _of_tracks(self) -> Iterator[Node]:
        """When all tracks are closed none of any kind is open."""
        if "subcases.all_closed" in self.variables:
            closed = Name("subcases.all_closed", Kind.BOOLEAN)
            for name in self.variables:
                if name.startswith("subcases.") and name.endswith(".open"):
                    none = Compare("==", Name(name, Kind.INTEGER), Const(0, Kind.INTEGER))
                    yield Or((Not(closed), none))

    def _of_days(self) -> Iterator[Node]:
        """A day that may not lie ahead is not after today, where both are asked about."""
        for name, each in self.fields.items() if "today" in self.variables else ():
            if (
                name in self.variables
                and name not in self.free
                and (each.type, each.max) == ("date", "today")
            ):
                day, today = Name(name, Kind.DATE), Name("today", Kind.DATE)
                yield Or((Not(Call("known", (day,), Kind.BOOLEAN)), Compare("<=", day, today)))

    @staticmethod
    def _all(nodes: Iterable[Node]) -> Node:
        parts = tuple(nodes)
        return parts[0] if len(parts) == 1 else And(parts)


def _names(node: Node, terms: Terms) -> list[Name]:
    """The names a node reads in the end, computed fields followed."""
    found: dict[str, Name] = {}
    seen: set[str] = set()
    todo = [node]
    while todo:
        for name in names_of(todo.pop()):
            declared = terms.fields.get(name.name)
            if name.name in terms.constants or name.name in seen:
                continue
            seen.add(name.name)
            if declared and declared.compute:
                todo.append(declared.compute.tree)
            else:
                found.setdefault(name.name, name)
    return list(found.values())


def _leaves(node: Node) -> list[Name]:
    """The variables of a simplified tree, each once."""
    return list(dict.fromkeys(names_of(node)))


def _there(name: str) -> bool:
    """Is it known in every case, whoever asks?"""
    return name in _THERE or name.startswith("subcases.")


def names_of(node: Node) -> Iterator[Name]:
    """The names a tree reads, each with its kind."""
    return (each for each in walk(node) if isinstance(each, Name))


def _bound(value: Any) -> Any:
    return value if isinstance(value, int | Decimal | date) and not isinstance(value, bool) else None
