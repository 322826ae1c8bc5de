"""The state machine: one flat `transitions.Machine` a definition version. The only file that imports `transitions`.

Stages flatten when a definition is compiled and parallel work is sub-cases, so the machine knows only states
and ways. It is asked on a throw-away subject; whether a way may be taken is judged before (judge.py).
"""

from __future__ import annotations

from typing import Any

from transitions import Machine

from engine.definition.model import Definition


class Incident(RuntimeError):
    """The machine did not go where the definition says: a fault of the program, never of a person."""


class _Subject:
    """What the machine moves: nothing but a state."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class FlatMachine:
    """The ways of one definition version, one event a transition key.

    A model is never added: `add_model` costs up to 296 µs and resets its state (architecture.md §4).
    """

    def __init__(self, definition: Definition) -> None:
        self._machine = Machine(
            model=None,
            states=list(definition.states),
            initial=next(key for key, state in definition.states.items() if state.initial),
            auto_transitions=False,
            send_event=True,
            queued=False,
        )
        for way in definition.ways:
            self._machine.add_transition(way.key, list(way.sources), way.to)
        self._to = {way.key: way.to for way in definition.ways}

    def move(self, state: str, transition: str) -> str:
        """The state after `transition` from `state`; Incident if it is not the planned one."""
        subject = _Subject(state)
        moved: Any = self._machine.events[transition].trigger(subject)
        planned = self._to[transition] or state
        if moved is not True or subject.state != planned:
            raise Incident(f"{transition} from {state} led to {subject.state}, planned was {planned}")
        return planned
