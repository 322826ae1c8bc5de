"""A case that is only thought of, at one moment; each step of it gives another. The real code judges and moves it.

People, agencies, areas and other cases that a form names are taken as being there, whoever acts as in scope; a track that is
opened stands beside the case until it is said to have ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from engine import change as changes
from engine import deadlines
from engine.change import Change
from engine.commands import OPEN, RETURNED, SYSTEM, Blocker, Command, Way
from engine.deadlines import OpenDeadline
from engine.definition.flow import Duration
from engine.definition.model import Definition, FieldType
from engine.forms import is_empty
from engine.ids import derived_id
from engine.judge import judge, way, ways
from engine.laying import lay
from engine.scene import Scene
from engine.store.steps import CaseRow, Child, Holding, Row, Seen, Taken
from engine.summary import Opened, summary
from engine.trial.ground import Ground
from engine.values import NotAValue, from_json, to_json
from engine.workflow import Workflow

CASE = "00000000-0000-0000-0000-000000000000"
AREA, AGENCY = "here", "serving"  # where nothing says which
MOST_EVENTS = 1000  # of one time that passes
LIMIT = tuple(each.name for each in fields(OpenDeadline))
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened. kind: how the case was begun, a step, a limit that was missed, a track that ended, time that passed.

    function: under which it was taken, "" where nobody did. limit: the missed one's key, with the state it is of.
    blockers: why the step that a missed limit calls for was refused.
    """

    kind: Literal["begun", "step", "missed", "ended", "waited"]
    at: datetime
    state: str
    trigger: str = ""
    transition: str = ""
    function: str = ""
    person: str = ""
    limit: tuple[str, str] = ("", "")
    track: str = ""
    blockers: tuple[Blocker, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that may not be taken: every reason, as `apply` would give them."""

    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One moment of a thought-of case. Immutable: what happens gives a new one.

    case: its row, None before it is opened. values: typed, by field. limits: its open time limits as rows.
    tracks: the workflows that its tracks would follow, by key. now: UTC.
    """

    workflow: Workflow
    ground: Ground
    now: datetime
    tracks: Mapping[str, Workflow | None] = field(default_factory=dict)
    case: CaseRow | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()
    children: tuple[Child, ...] = ()
    limits: tuple[Row, ...] = ()
    path: tuple[Event, ...] = ()

    # ------------------------------------------------------------------ beginning

    @staticmethod
    def begin(
        workflow: Workflow, ground: Ground, now: datetime, tracks: Mapping[str, Workflow | None] = NOTHING
    ) -> Trial:
        """Nothing is opened yet. now: aware."""
        return Trial(workflow=workflow, ground=ground, now=now, tracks=tracks)

    def at(
        self,
        state: str,
        values: Mapping[str, Any],
        tracks: Mapping[str, tuple[int, int]] = NOTHING,
    ) -> Trial:
        """A case as if it had been opened now and stood in `state`. values: typed. tracks: how many are open, and have ended."""
        person = next((each for each in self.workflow.definition.open.by if each != SYSTEM), "")
        children = tuple(self._children(tracks))
        fresh = Trial(workflow=self.workflow, ground=self.ground, now=self.now, tracks=self.tracks)
        scene = replace(fresh, children=children).scene(person, person)
        command = fresh._command(OPEN, person, {}, "")
        given = {name: value for name, value in values.items() if not is_empty(value)}
        change = changes.of_beginning(scene, state, given)
        after = fresh._after(scene, command, change, Event(kind="begun", at=self.now, state=state))
        return replace(after, children=children)

    def _children(self, tracks: Mapping[str, tuple[int, int]]) -> Iterator[Child]:
        for key, (still_open, ended) in tracks.items():
            for number in range(still_open + ended):
                yield self._child(key, f"{key}:{number}", ended=number >= still_open)

    def _child(self, key: str, name: str, *, ended: bool) -> Child:
        track = self.tracks.get(key)
        return Child(
            id=derived_id(CASE, name),
            subcase_key=key,
            state=track.initial if track else "",
            opened_at=self.now,
            closed_at=self.now if ended else None,
            definition=self.workflow.definition.subcases[key].definition,
            definition_number=track.number if track else 0,
            reference="",
            agency=AGENCY,
            area=AREA,
            next_due=None,
        )

    # ------------------------------------------------------------------ what is possible

    @property
    def state(self) -> str:
        """Where the case stands; "" before it is opened."""
        return self.case.state if self.case else ""

    def ways(self, function: str, person: str = "") -> tuple[Way, ...]:
        """Every way on for this function, allowed or not, as `available` answers it. person: who, if not its usual person."""
        if self.case is None:
            opening = self.way(OPEN, function, person)
            return (opening,) if opening else ()
        return ways(self.scene(person or function, function))

    def way(self, trigger: str, function: str, person: str = "") -> Way | None:
        """One of them; None where it does not start from here."""
        if (self.case is None) != (trigger == OPEN):
            return None
        return way(self.scene(person or function, function), trigger)

    def everybody(self) -> dict[str, tuple[Way, ...]]:
        """The same for each function that takes a step in this workflow."""
        return {function: self.ways(function) for function in acting(self.workflow.definition)}

    def known(self, names: Sequence[str]) -> Mapping[str, Any]:
        """The present values of these fields, computed ones too."""
        env = self.scene(SYSTEM, "").environment(names, {})
        return {name: env[name] for name in names}

    # ------------------------------------------------------------------ what happens

    def fire(
        self,
        trigger: str,
        values: Mapping[str, Any] = NOTHING,
        function: str = "",
        reason: str = "",
        person: str = "",
    ) -> Trial | Refused:
        """Take a step, `open` for the opening; or every reason why not. values: typed. function: `system` for the worker's."""
        if (self.case is None) != (trigger == OPEN):
            return Refused((Blocker("unknown_case" if self.case is None else "case_exists"),))
        actor = person or function
        command = self._command(trigger, actor, values, reason)
        try:
            to_json(command.values), to_json(command.reason)
        except NotAValue:
            return Refused((Blocker("value_unusable"),))
        scene = self.scene(actor, function, values)
        laid, decided = lay(scene, command, self.ground.tables)
        chosen, blockers = judge(scene, command, laid)
        if chosen is None or blockers:
            return Refused(blockers)
        change = changes.of_way(scene, command, chosen, laid, decided)
        event = Event(
            kind="step", at=self.now, state=change.state, trigger=trigger, transition=chosen.transition.key,
            function=function, person=actor,
        )  # fmt: skip
        return self._after(scene, command, change, event)._following(scene, change)

    def end_track(self, key: str, values: Mapping[str, Any] = NOTHING) -> Trial | Refused:
        """The oldest open track of this key ends. values: what it returns, by the names it has there."""
        child = next((each for each in self.children if each.subcase_key == key and not each.closed_at), None)
        if self.case is None or child is None:
            return Refused((Blocker("unknown_case"),))
        returned = {f"{key}.{name}": value for name, value in values.items() if not is_empty(value)}
        return self._ended(child, returned)

    def wait(self, span: Duration) -> Trial:
        """Time passes: minutes and hours as they are, longer spans to the same hour of the day reached."""
        zone, calendar = self.ground.zone, self.ground.calendar
        reached = deadlines.due(self.now, span, calendar, zone)
        if span.unit not in ("minutes", "hours"):
            hour = self.now.astimezone(zone).timetz()
            reached = datetime.combine(reached.astimezone(zone).date(), hour).astimezone(self.now.tzinfo)
        return self.wait_until(reached)

    def wait_until(self, moment: datetime) -> Trial:
        """Time passes; what is missed meanwhile is missed at its moment, and takes the step it calls for."""
        trial = self
        for _ in range(MOST_EVENTS):
            row = min(trial._missed_by(moment), key=lambda each: (each["due_at"], each["id"]), default=None)
            if row is None:
                break
            at = max(trial.now, min(row["due_at"] + timedelta(seconds=1), moment))
            trial = replace(trial, now=at)._missed(row)
        moment = max(moment, trial.now)
        waited = Event(kind="waited", at=moment, state=trial.state)
        return replace(trial, now=moment, path=(*trial.path, waited))

    # ------------------------------------------------------------------ parts

    def _missed_by(self, moment: datetime) -> Iterator[Row]:
        return (
            row
            for row in self.limits
            if not row["breached_at"] and (row["paused_at"] or moment) > row["due_at"]
        )

    def _missed(self, row: Row) -> Trial:
        scene = self.scene(SYSTEM, "")
        command = self._command("", SYSTEM, {}, "")
        change = changes.of_breach(scene, row)
        event = Event(kind="missed", at=self.now, state=self.state, limit=(row["state"], row["key"]))
        trial = self._after(scene, command, change, event)
        if not row["then"]:
            return trial
        fired = trial.fire(row["then"], function=SYSTEM)
        if isinstance(fired, Trial):
            return fired
        told = replace(event, kind="step", trigger=row["then"], function=SYSTEM, blockers=fired.blockers)
        return replace(trial, path=(*trial.path, told))

    def _ended(self, child: Child, returned: Mapping[str, Any]) -> Trial:
        """A track has ended: the case gets what it returns, as the worker would bring it."""
        closed = child._replace(closed_at=self.now)
        children = tuple(closed if each.id == child.id else each for each in self.children)
        trial = replace(self, children=children)
        scene = trial.scene(SYSTEM, "")
        command = replace(
            trial._command(RETURNED, SYSTEM, returned, ""), parent=child.id, subcase=child.subcase_key
        )
        event = Event(kind="ended", at=self.now, state=self.state, track=child.subcase_key)
        return trial._after(scene, command, changes.of_return(scene, command), event)

    def _following(self, scene: Scene, change: Change) -> Trial | Refused:
        """The tracks that the step opens or cancels."""
        trial = self
        for follow in change.follows:
            if follow.trigger == OPEN:
                if refused := tuple(_of_track(scene, follow, self)):
                    return Refused(refused)
                child = self._child(follow.subcase, follow.id, ended=False)._replace(id=follow.case)
                trial = replace(trial, children=(*trial.children, child))
                continue
            trial = trial._ended(next(each for each in trial.children if each.id == follow.case), {})
        return trial

    def _command(self, trigger: str, actor: str, values: Mapping[str, Any], reason: str) -> Command:
        track = trigger == OPEN and not self.workflow.definition.open.area
        return Command(
            id=derived_id(CASE, f"command:{len(self.path)}"),
            case=CASE,
            trigger=trigger,
            actor=actor,
            values=values,
            reason=reason,
            definition=self.workflow.definition.id if trigger == OPEN else "",
            agency=AGENCY if track else "",
        )

    def scene(self, actor: str, function: str, values: Mapping[str, Any] = NOTHING) -> Scene:
        """The case as a step of this person, under this function, finds it."""
        definition = self.workflow.definition
        track = not definition.open.area
        area = self.case.area if self.case else _area(definition, values)
        holding = Holding(
            function=function,
            agency=AGENCY if track and function not in definition.access else function,
            area=area,
            covers=True,
            offered=bool(self.case and self.case.offered),
        )
        seen = Seen(
            earlier=None,
            case=self.case,
            holdings=() if actor == SYSTEM else (holding,),
            taken=self.taken,
            children=self.children,
            deadlines=self.limits,
            keys=(),
            reference_version=0,
        )
        zone = self.ground.zone
        scene = Scene(
            workflow=self.workflow,
            seen=seen,
            case=self.case,
            case_id=CASE,
            actor=actor,
            now=self.now,
            today=self.now.astimezone(zone).date(),
            zone=zone,
            calendar=self.ground.calendar,
            values=self.values,
            agency=AGENCY if track else "",
            tracks=self.tracks,
            trusted=track and self.case is None and actor != SYSTEM,
        )
        cases = [key for key, each in definition.fields.items() if each.type is FieldType.CASE]
        numbers = (said.get(key) for key in cases for said in (self.values, values))
        scene.named = {each: each for each in numbers if isinstance(each, str)}
        return scene

    def _after(self, scene: Scene, command: Command, change: Change, event: Event) -> Trial:
        """The moment after an event: the same fold as the record's, private values kept beside it in the clear."""
        seq = self.case.version + 1 if self.case else 1
        plain: dict[str, Any] = {}
        pointers: dict[str, Any] = {}
        values = dict(self.values)
        for name, value in change.values.items():
            declared = self.workflow.field(name)
            assert declared is not None, name
            kept = to_json(value)
            if declared.open:
                plain[name] = kept
            else:
                pointers[name] = None if value is None else [seq, ""]
            values[name] = from_json(kept, declared)
        opened = None
        if self.case is None:
            area = _area(self.workflow.definition, change.values)
            opened = Opened(root=CASE, reference="", area=area)
        taken = self.taken
        if change.transition:
            mine = (change.transition, command.actor)
            taken = (
                *(each for each in taken if each[:2] != mine),
                Taken(change.transition, command.actor, self.now),
            )
        return replace(
            self,
            case=summary(scene, command, change, plain, pointers, opened),
            values={name: value for name, value in values.items() if value is not None},
            taken=taken,
            limits=_limits(scene, change),
            path=(*self.path, event),
        )


def acting(definition: Definition) -> tuple[str, ...]:
    """The functions that take a step in a workflow, in the order they are named."""
    by = (*definition.open.by, *(each for way in definition.ways for each in way.by))
    return tuple(dict.fromkeys(each for each in by if each != SYSTEM))


def _area(definition: Definition, values: Mapping[str, Any]) -> str:
    area = values.get(definition.open.area)
    return area if isinstance(area, str) and area else AREA


def _limits(scene: Scene, change: Change) -> tuple[Row, ...]:
    """The rows of the open time limits after a change, the first due first."""
    missed = {each["id"]: each["breached_at"] for each in scene.seen.deadlines}
    if change.breached:
        missed[change.breached] = scene.now
    rows = (
        {name: getattr(each, name) for name in LIMIT} | {"breached_at": missed.get(each.id)}
        for each in change.deadlines.applied(scene.limits)
    )
    return tuple(sorted(rows, key=lambda row: (row["due_at"], row["id"])))


def _of_track(scene: Scene, follow: Command, trial: Trial) -> Iterator[Blocker]:
    """What stands against the opening of a track, on the form of the step that opens it."""
    workflow = scene.tracks.get(follow.subcase)
    if not follow.agency:
        yield Blocker("agency")
    elif workflow is not None:
        opened = Trial(workflow=workflow, ground=trial.ground, now=trial.now)
        child = opened.scene(follow.actor, scene.holding.function if scene.holding else "", follow.values)
        laid, _ = lay(child, follow, trial.ground.tables)
        _, blockers = judge(child, follow, laid)
        yield from (
            replace(each, field=f"{follow.subcase}.{each.field}" if each.field else "") for each in blockers
        )
