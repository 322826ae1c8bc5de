"""What a step can see: the locked case, its values, who asks, what is open beside it, and the time.

Values are loaded for the names that are needed, so that a step decrypts no more than its guards read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.commands import OPEN
from engine.deadlines import OpenDeadline
from engine.definition.model import Field
from engine.forms import is_empty
from engine.store.steps import CaseRow, Holding, Seen
from engine.workflow import Workflow


@dataclass(slots=True)
class Scene:
    """A case as one command finds it. `values`: typed present values by field, as far as they were loaded.

    `now` is UTC, `today` the day in the installation's zone. `holding` is the function the actor acts under,
    set once it is found.
    """

    workflow: Workflow
    seen: Seen
    case: CaseRow | None
    case_id: str
    actor: str
    now: datetime
    today: date
    zone: ZoneInfo
    calendar: Calendar
    values: Mapping[str, Any]
    broken: frozenset[str] = (
        frozenset()
    )  # names whose sealed value was tampered with, as far as they were loaded
    closed: frozenset[str] = frozenset()  # names that hold a value which was not opened
    digest: bytes = b""  # of the command
    agency: str = ""
    trusted: bool = False  # opened by the parent's own step, whose scope was judged there
    tracks: Mapping[str, Workflow | None] = field(
        default_factory=dict
    )  # what a track opened now would follow
    holding: Holding | None = None
    named: Mapping[str, str] = field(default_factory=dict)  # other cases the form names: number to id
    leaves: Workflow | None = None  # the version a case leaves for that of `workflow`
    last: Mapping[str, Any] = field(
        default_factory=dict
    )  # body of its newest event, where a move asks for it

    _limits: tuple[OpenDeadline, ...] | None = None

    @property
    def limits(self) -> tuple[OpenDeadline, ...]:
        """The case's open time limits as engine.deadlines knows them."""
        if self._limits is None:
            self._limits = tuple(
                OpenDeadline(**{key: value for key, value in row.items() if key != "breached_at"})
                for row in self.seen.deadlines
            )
        return self._limits

    def field(self, name: str) -> Field | None:
        """What `name` is declared as; also what only the version declares that the case leaves."""
        return self.workflow.field(name) or (self.leaves.field(name) if self.leaves else None)

    @property
    def state(self) -> str:
        """Where the case stands; a new one at the initial state."""
        return self.case.state if self.case else self.workflow.initial

    @property
    def opened_by(self) -> str:
        """Who opened the case; of a new one, who asks."""
        if self.case is None:
            return self.actor
        return next((each.actor for each in self.seen.taken if each.transition == OPEN), "")

    def holds(self, name: str) -> bool:
        """Does the case hold a value of this field, opened or not?"""
        return name in self.closed or not is_empty(self.values.get(name))

    def environment(self, names: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
        """The flat environment of guards for `names`, reading `values` before the stored ones."""
        wanted = self.workflow.needed(names)
        env: dict[str, Any] = {"today": self.today, "now": self.now, "calendar": self.calendar}
        computed = []
        for name in wanted:
            if name in values:
                env[name] = values[name]
            elif name in self.workflow.computed:
                computed.append(name)
            elif name.startswith("case."):
                env[name] = self._of_case(name[5:])
            elif name.startswith("actor."):
                env[name] = self._of_actor(name[6:])
            elif name.startswith("subcases."):
                env[name] = self._of_subcases(name[9:])
            elif name not in env:
                env[name] = self.values.get(name)
        while computed:
            ready = [name for name in computed if not self.workflow.needed([name]) & (set(computed) - {name})]
            for name in ready:
                env[name] = self.workflow.computed[name](env)
            computed = [name for name in computed if name not in ready]
        return env

    def of_track(self, key: str, values: Mapping[str, Any]) -> Scene | None:
        """The opening of a track as this case's step would find it, `values` laid over the case; None: no such workflow.

        Its `values` are what the case gives it.
        """
        workflow = self.tracks.get(key)
        if workflow is None:
            return None
        gives = self.workflow.definition.subcases[key].gives
        env = self.environment(gives, values)
        return replace(
            self,
            workflow=workflow,
            case=None,
            trusted=True,
            values={name: env[name] for name in gives},
            closed=frozenset(),
        )

    def _of_case(self, name: str) -> Any:
        if name == "opened_by":
            return self.opened_by
        if self.case is None:
            return {"state": self.state, "cycle": 1, "opened_at": self.now, "entered_at": self.now}.get(name)
        return getattr(self.case, name)

    def _of_actor(self, name: str) -> Any:
        match name:
            case "id":
                return self.actor
            case "functions":
                return tuple(sorted({each.function for each in self.seen.holdings}))
            case _:
                return getattr(self.holding, name) if self.holding else None

    def _of_subcases(self, name: str) -> Any:
        children = self.seen.children
        match name.split("."):
            case ["all_closed"]:
                return all(each.closed_at for each in children)
            case ["any_opened"]:
                return bool(children)
            case [key, "count"]:
                return sum(each.subcase_key == key for each in children)
            case [key, "open"]:
                return sum(each.subcase_key == key and not each.closed_at for each in children)
            case [key, _]:
                return sum(each.subcase_key == key and bool(each.closed_at) for each in children)
        return None
