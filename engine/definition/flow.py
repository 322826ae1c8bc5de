"""The flow of a definition: states and the ways between them, their guards, effects and time limits.

Frozen data, nothing else, as in model.py, where the whole and what is filled in stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from engine.definition.text import Text

if TYPE_CHECKING:
    from engine.definition.expression import Expression


@dataclass(frozen=True, slots=True)
class Condition:
    """One conjunct of a guard, with the sentence a refused person reads (else it is explained from the expression).

    chooses: it says which alternative of a choice this is; else it is what the alternative asks for.
    """

    expression: Expression
    say: Text = Text()
    chooses: bool = False


Unit = Literal["minutes", "hours", "days", "working_days", "weeks", "months", "years"]


@dataclass(frozen=True, slots=True)
class Duration:
    """A time limit in the words of the law: an amount of one unit (semantics.md §4 says how each is counted)."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Limit:
    """One duration, or one by the value of a choice or boolean field (`by`); a value not listed gives no limit."""

    duration: Duration | None = None
    by: str = ""
    durations: Mapping[str, Duration] = field(default_factory=dict)
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A time limit: of a state (superseded when it is left) or of the definition (`starts`/`ends`, survives states).

    The earliest of `within` wins and the rule that won is recorded. `start` is "entry", a date/datetime field
    or a transition; `or_from` the field it runs from while the field `start` is empty. `done_by` meets it without
    leaving the state. It stands still in the states of `pause_in` and while the field `pause_while` is true.
    """

    key: str
    title: Text
    within: tuple[Limit, ...]
    start: str = "entry"
    or_from: str = ""
    warn: Duration | None = None
    escalate_to: str = ""
    then: str = ""
    done_by: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    pause_in: tuple[str, ...] = ()
    pause_while: str = ""
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A task that comes again: due = last `done_by` (or entry) + interval; one open task at a time.

    It stands still while the field `pause_while` is true.
    """

    key: str
    title: Text
    every: Limit
    done_by: tuple[str, ...]
    warn: Duration | None = None
    escalate_to: str = ""
    pause_while: str = ""
    law: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    """How a final state may be left: who, to where, within what time of its closing, by what form, with what effects.

    Raises `cycle` by one.
    """

    by: tuple[str, ...]
    to: str
    title: Text = Text()
    within: Duration | None = None
    form: str = ""
    do: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a case can be."""

    key: str
    title: Text
    stage: str = ""
    initial: bool = False
    final: bool = False
    exceptional: bool = False  # shown as a badge, not on the stage bar
    interlude: bool = False  # the time of the state before runs on, also when the case is back there
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    repeats: Mapping[str, Repeat] = field(default_factory=dict)
    reopen: Reopen | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A name from the closed list of effects with its arguments, e.g. ("open_subcase", {"key": "education"})."""

    name: str
    arguments: Mapping[str, Any]


SYSTEM = "system"  # who acts when no person does; no function of anybody
REOPEN = "reopen"  # the trigger by which a case that has ended begins again
EFFECTS = (
    "open_subcase", "cancel_subcases", "open_case", "set", "clear", "notify", "stop_deadline", "own", "offer", "settle_offer",
    "link", "unlink",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A way from some states to one (`to` None: a step that does not move).

    Several transitions sharing a `trigger` are a choice, tried from top to bottom. `other_than` names triggers:
    whoever took one of them on this case may not take this one (four eyes). `appends` names a table field
    whose columns are this transition's form. `within`: how long after the case was closed it may be taken.
    `aside`: offered among other things to do, not among the next steps, unless it ends a time limit that runs.
    `otherwise`: of a choice, meant only where nothing above it applies. `at` "offered": taken by those who answer for the area that the case is offered to. `proposes`: what its form
    changes waits for a second person; `accepts` and `declines` name the trigger whose proposal is decided.
    """

    key: str
    trigger: str
    title: Text
    sources: tuple[str, ...]
    to: str | None
    by: tuple[str, ...]
    when: tuple[Condition, ...] = ()
    form: str = ""
    other_than: tuple[str, ...] = ()
    reason: Literal["none", "optional", "required"] = "none"
    do: tuple[Effect, ...] = ()
    appends: str = ""
    within: Duration | None = None
    aside: bool = False
    otherwise: bool = False
    at: Literal["", "offered"] = ""
    proposes: bool = False
    accepts: str = ""
    declines: str = ""
    law: str = ""

    @property
    def asks_anew(self) -> bool:
        """Does its form begin empty, whatever the case holds? A new row does, and a new cycle."""
        return bool(self.appends) or self.trigger == REOPEN
