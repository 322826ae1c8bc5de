"""Where a case can come to with data: states and steps, with what each field can hold there.

A field holds nothing, some constant that an effect set, or anything. Fields are followed one by one, not together, so
more seems possible than is: what is not reached here is never reached.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.definition.expression import Kind
from engine.definition.expression.tree import Call, Compare, Const, Name, Node, Not, Or, names_in
from engine.definition.flow import Condition, Transition
from engine.definition.model import Definition, FieldType
from engine.definition.proof.prover import Case, Prover
from engine.definition.proof.terms import Effort, Terms

NOTHING: Final = "\0nothing"
ANYTHING: Final = "\0anything"
Held = frozenset[Any]
Holds = Mapping[str, Held]

EMPTY: Held = frozenset((NOTHING,))
FILLED: Held = frozenset((ANYTHING,))
EITHER: Held = frozenset((NOTHING, ANYTHING))
CAME_FROM = "case.came_from"


@dataclass(slots=True)
class Reached:
    """What `explore` found. steps: (from, transition, to) that some values allow. stops: the condition that forbids a
    step from a state that is reached."""

    holds: dict[str, Holds] = field(default_factory=dict)
    steps: dict[tuple[str, str], str] = field(default_factory=dict)
    stops: dict[tuple[str, str], Condition] = field(default_factory=dict)


def explore(definition: Definition, effort: Effort | None = None) -> Reached:
    """Every state that data can lead a case to, from its opening on."""
    return Walk(definition, effort).walked()


class Walk:
    """What both searches share (see ends.py): what fields hold, and what guards allow then."""

    def __init__(self, definition: Definition, effort: Effort | None = None) -> None:
        self.definition = definition
        self.ways: dict[str, list[Transition]] = {}
        for way in definition.ways:
            for state in way.sources:
                self.ways.setdefault(state, []).append(way)
        terms = Terms(definition.fields, free=filled_by_effects(definition))
        self.guards = {
            way.key: [(each, terms.simplified(each.expression)) for each in way.when]
            for way in definition.ways
        }
        nodes = [node for guard in self.guards.values() for _, node in guard]
        states = [Compare("==", Name("case.state", _STATE), Const(key, _STATE)) for key in definition.states]
        came = [Compare("==", Name(CAME_FROM, _STATE), Const(key, _STATE)) for key in definition.states]
        facts = terms.facts()
        self._variables = terms.variables
        told = [
            *(states if "case.state" in self._variables else ()),
            *(came if CAME_FROM in self._variables else ()),
        ]
        self._prover = Prover([*nodes, *told, *self._constants()], self._variables, facts, effort or Effort())
        self._reads: dict[str, frozenset[str]] = {}
        self._answers: dict[tuple[str, Any], Condition | None] = {}

    @property
    def unsure(self) -> bool:
        """Was there a question about a guard that nobody could answer? Then more was taken to be possible."""
        return self._prover.unsure

    def walked(self) -> Reached:
        """What explore finds."""
        found = Reached()
        waiting: deque[str] = deque()

        def arrive(state: str, holds: Holds) -> None:
            before = found.holds.get(state)
            after = holds if before is None else _joined(before, holds)
            if after != before:
                found.holds[state] = after
                if state not in waiting:
                    waiting.append(state)

        for each in self.definition.states.values():
            if each.initial:
                arrive(each.key, self.opened())
        while waiting:
            state = waiting.popleft()
            holds = found.holds[state]
            for way in self.ways.get(state, ()):
                asked = self.asked(way, holds)
                stop = self.stopped(way, state, asked)
                if stop is not None:
                    found.stops[state, way.key] = stop
                    continue
                found.stops.pop((state, way.key), None)
                target = way.to or state
                found.steps[state, way.key] = target
                # What a proposal holds is not in the case until it is accepted.
                arrive(target, self.after(way, holds if way.proposes else asked, state))
        return found

    # ------------------------------------------------------------------ what fields hold

    def opened(self) -> Holds:
        """What a case holds once it is open."""
        definition = self.definition
        form = definition.forms.get(definition.open.form)
        # A track may be given by its parent what no form of its own asks for.
        track = not definition.open.area or "{parent}" in definition.reference
        holds = dict.fromkeys(definition.fields, EITHER if track else EMPTY)
        for each in form.fields if form else ():
            holds[each.key] = FILLED if each.required else EITHER
        return self._decided(holds) | {CAME_FROM: EMPTY}

    def asked(self, way: Transition, holds: Holds) -> Holds:
        """What the guard of a step reads: the case, and the step's own form laid over it."""
        changed = dict(holds)
        form = self.definition.forms.get(way.form)
        if way.appends:
            changed[way.appends] = FILLED
        else:
            for each in form.fields if form else ():
                changed[each.key] = FILLED if each.required else EITHER
        if way.accepts:  # what a proposal holds is any value of its form
            proposing = (each for each in self.definition.ways if each.trigger == way.accepts)
            for proposed in filter(None, (self.definition.forms.get(each.form) for each in proposing)):
                changed |= {each.key: EITHER for each in proposed.fields}
        return self._decided(changed) if form or way.accepts else changed

    def _decided(self, holds: dict[str, Held]) -> dict[str, Held]:
        """A rule table that is asked gives something, or nothing if it cannot tell."""
        return holds | {each.gives: EITHER for each in self.definition.decisions.values()}

    def after(self, way: Transition, holds: Holds, state: str) -> Holds:
        """What it holds after the effects of a step."""
        changed = dict(holds)
        for effect in way.do:
            if effect.name == "set":
                for key, expression in effect.arguments["values"].items():
                    changed[key] = _set_to(expression.tree)
            elif effect.name == "clear":
                changed |= dict.fromkeys(effect.arguments["fields"], EMPTY)
        if way.to is not None:
            changed[CAME_FROM] = frozenset((state,))
        return changed

    # ------------------------------------------------------------------ what guards allow

    def stopped(self, way: Transition, state: str, holds: Holds) -> Condition | None:
        """The first condition that no values make true together with those before it; None: some values allow it."""
        guard = self.guards[way.key]
        if not guard:
            return None
        read = self.reads(way)
        relevant = tuple((name, held) for name, held in holds.items() if name in read and held != EITHER)
        here = state if "case.state" in read else ""
        key = (way.key, (here, relevant))
        if key not in self._answers:
            told = [*self._limits(relevant), *self._here(here)]
            self._answers[key] = self._stop(guard, told)
        return self._answers[key]

    def reads(self, way: Transition) -> frozenset[str]:
        """The variables of its guard, all that facts link to them, and tables of which it is asked whether there are rows."""
        if way.key not in self._reads:
            read = self._prover.linked(name for _, node in self.guards[way.key] for name in names_in(node))
            self._reads[way.key] = read | {name[6:-1] for name in read if name.startswith("known(")}
        return self._reads[way.key]

    def _stop(self, guard: Sequence[tuple[Condition, Node]], told: Sequence[Case]) -> Condition | None:
        wanted = [(node, True) for _, node in guard]
        if self._prover.possible(*wanted, *told) or not self._prover.possible(*wanted):
            return None  # what nothing at all makes true is WF303's business
        shorter = range(1, len(guard))
        upto = next(
            (number for number in shorter if not self._prover.possible(*wanted[:number], *told)), len(guard)
        )
        return guard[upto - 1][0]

    def _limits(self, held: tuple[tuple[str, Held], ...]) -> Iterator[Case]:
        for name, values in held:
            variable = self._variables.get(name)
            if f"known({name})" in self._variables:
                there: Node = Name(f"known({name})", Kind.BOOLEAN)
            elif variable is not None:
                there = Call("known", (Name(name, variable.kind),), Kind.BOOLEAN)
            else:
                continue
            if variable is None or ANYTHING in values:
                if NOTHING not in values:
                    yield there, True
                elif values == EMPTY:
                    yield there, False
                continue
            options = [_is(Name(name, variable.kind), value) for value in values if value is not NOTHING]
            if NOTHING in values:
                options.append(Not(there))
            yield (options[0] if len(options) == 1 else Or(tuple(options))), True

    def _here(self, state: str) -> Iterator[Case]:
        if state:
            yield (
                Compare("==", Name("case.state", self._variables["case.state"].kind), Const(state, _STATE)),
                True,
            )

    def _constants(self) -> list[Node]:
        """Comparisons with every constant that an effect sets, so that it is told apart from others."""
        return [
            _is(Name(key, self._variables[key].kind), expression.tree.value)
            for way in self.definition.ways
            for effect in way.do
            if effect.name == "set"
            for key, expression in effect.arguments["values"].items()
            if key in self._variables and isinstance(expression.tree, Const)
            and self.definition.fields[key].type is not FieldType.CHOICES
        ]  # fmt: skip


_STATE = Kind("choice")


def filled_by_effects(definition: Definition) -> frozenset[str]:
    """The fields that some effect fills: no form has looked at what they hold."""
    return frozenset(
        key
        for way in definition.ways
        for effect in way.do
        if effect.name == "set"
        for key in effect.arguments["values"]
    )


def _set_to(tree: Node) -> Held:
    """What an effect leaves in a field; a blank text empties it."""
    if not isinstance(tree, Const):
        return EITHER
    return EMPTY if isinstance(tree.value, str) and not tree.value.strip() else frozenset((tree.value,))


def _is(name: Name, value: Any) -> Node:
    if value is True or value is False:
        return name if value else Not(name)
    return Compare("==", name, Const(value, name.kind))


def _joined(one: Holds, other: Holds) -> Holds:
    found = {}
    for name in one.keys() | other.keys():
        held = one.get(name, EMPTY) | other.get(name, EMPTY)
        found[name] = held & EITHER if ANYTHING in held else held
    return found
