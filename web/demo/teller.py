"""Tells the story: every step in the order of time through `Engine.apply`, the worker at its work in between.

A step that is refused stops the building, and so does one that the story says is refused and is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from engine import Command, Engine, FixedClock
from engine.store import queue
from engine.worker.loop import Worker
from web.demo.crew import PROVINCE, crew, role_of, school, teacher
from web.demo.days import Days
from web.demo.forms import Sheet, values
from web.demo.story import Child, Step, children


class DemoFault(RuntimeError):
    """A step of the story went otherwise than told: the shipped content and the story do not fit."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A step at its time. order: its place among the steps about the child."""

    at: datetime
    order: int
    child: Child
    step: Step


def tell(engine: Engine, clock: FixedClock, moment: datetime, some: Collection[str] = ()) -> None:
    """All cases, or those of `some` children by their keys, up to `moment` (aware). The clock is left there."""
    zone = engine.library.zone
    days = Days(moment, zone, engine.library.calendar("vn_public"))
    line = sorted(
        (each for child in children() if not some or child.key in some for each in moments(child, days)),
        key=lambda each: (each.at, each.child.number, each.order),
    )
    clock.set(line[0].at)
    told = _Told(engine, clock)
    for each in line:
        told.pass_until(each.at)
        told.take(each)
    told.pass_until(moment)


def moments(child: Child, days: Days) -> Iterator[Moment]:
    """The steps about a child, each at its time; a track's stand among the others where their time is."""
    slots: dict[str, int] = {}
    for order, step in enumerate(child.steps(days)):
        day = step.when.partition("/")[0]
        at = days.at(step.when, slots.get(day, 0), child.number * 7 % 25)
        slots[day] = slots.get(day, 0) + 1
        yield Moment(at, order, child, step)


class _Told:
    """What the teller knows so far: numbers of cases, tracks, dates of birth."""

    def __init__(self, engine: Engine, clock: FixedClock) -> None:
        self._engine, self._clock, self._worker = engine, clock, Worker(engine)
        self._numbers: dict[str, str] = {}
        self._cases: dict[str, str] = {}  # of a child, or of "child.track": the newest
        self._born: dict[str, date | None] = {}
        self._plans: dict[str, tuple[dict[str, Any], ...]] = {}

    def pass_until(self, until: datetime) -> None:
        """Time goes on to `until`; the worker looks whenever a limit is missed or to be warned of."""
        while (due := self._look()[0]) and due < until:
            self._clock.set(max(due + timedelta(seconds=1), self._clock.now()))
            if not self._worker.turn().worked:
                raise DemoFault(f"nothing is done about what is due {due}")
        self._clock.set(max(until, self._clock.now()))

    def take(self, told: Moment) -> None:
        """One step, and what the worker does within its second."""
        child, step = told.child, told.step
        said = {**child.say.get(step.name, {}), **child.say.get(f"{step.name}.{step.nth}", {})}
        command = self._command(told, said)
        outcome = self._engine.apply(command)
        codes = [each.code for each in outcome.blockers]
        if codes != ([said["refused"]] if "refused" in said else []):
            raise DemoFault(
                f"{child.key}: {step.name}: {[(each.code, each.field, dict(each.params)) for each in outcome.blockers]}"
            )
        if step.trigger == "receive":
            self._numbers[child.key] = outcome.reference
        if step.trigger.startswith("open_"):
            key = step.trigger.removeprefix("open_")
            self._cases[f"{child.key}.{key}"] = str(uuid5(UUID(command.id), f"open:{key}"))
        if step.trigger == "screen_others":
            self._cases[f"{child.key}.found"] = str(uuid5(UUID(command.id), "open_case:0"))
        while self._look()[1]:
            self._worker.turn()

    def _command(self, told: Moment, said: dict[str, Any]) -> Command:
        child, step, at = told.child, told.step, told.at.astimezone(self._engine.library.zone)
        opens = step.trigger == "receive"
        born = self._born.setdefault(child.key, child.born(at.date()))
        sheet = Sheet(child, step, at, born, self._plans.get(child.key, ()))
        found = {key: self._named(value) for key, value in values(sheet).items()}
        if step.trigger == "submit_plan":
            self._plans[child.key] = found["actions"]
        return Command(
            id=str(uuid5(NAMESPACE_URL, f"demo:{child.key}:{told.order}")),
            case=self._case(child, step),
            trigger="open" if opens else step.trigger,
            actor=_actor(child, step, said.get("by", "")),
            definition="child_case" if opens else "",
            values=found,
            reason=said.get("reason", ""),
            request="demo",
        )

    def _case(self, child: Child, step: Step) -> str:
        if step.track:
            return self._cases[f"{child.key}.{step.track}"]
        return self._cases[f"{child.found_by}.found"] if child.found_by else child.case

    def _named(self, value: Any) -> Any:
        """ "case:KEY" is the number of that child's case."""
        return self._numbers[value[5:]] if isinstance(value, str) and value.startswith("case:") else value

    def _look(self) -> tuple[datetime | None, bool]:
        """When the next limit is due, and whether anything waits for the worker now."""
        with self._engine.database.read() as connection:
            return queue.next_due(connection), bool(queue.waiting(connection, 0, 1))


def _actor(child: Child, step: Step, by: str) -> str:
    role = by or role_of(step.name)
    if role == "officer":
        role = child.officer
    if role == "school":
        return teacher(child.school or school(child.area))
    return PROVINCE.get(role) or crew()[child.area].get(role) or role
