"""A stored test played: the case it begins with, each of its steps, and what came otherwise than it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from engine.commands import OPEN, SYSTEM, Blocker, Way
from engine.definition.stored_tests import End, Fire, Step, StoredTest, Wait
from engine.forms import is_empty
from engine.trial.ground import Ground
from engine.trial.moving import Refused, Trial
from engine.trial.naming import fields_held, fields_of, returns, typed
from engine.workflow import Workflow

HOUR = time(9)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What came otherwise than expected. path: which part of the test says so; variant: in which way (WF801)."""

    path: str
    variant: str
    step: int = 0
    trigger: str = ""
    function: str = ""
    state: str = ""
    expected: tuple[str, ...] = ()
    field: str = ""
    found: Any = None
    wanted: Any = None
    blockers: tuple[Blocker, ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """Where the case stands in the end, and what came otherwise. values: of the test's last moment."""

    trial: Trial
    otherwise: tuple[Otherwise, ...] = ()
    shown: Mapping[str, Any] = field(default_factory=dict)


def begun(
    test: StoredTest, workflow: Workflow, ground: Ground, tracks: Mapping[str, Workflow | None]
) -> Trial:
    """The case a test begins with, at nine in the morning of its day."""
    now = datetime.combine(test.on, HOUR, ground.zone).astimezone(UTC)
    trial = Trial.begin(workflow, ground, now, tracks)
    if not test.at:
        return trial
    return trial.at(test.at, typed(test.given, fields_held(workflow), ground.zone), test.tracks)


def taken(trial: Trial, step: Step) -> Trial | Refused:
    """The moment after a step of a test."""
    zone = trial.ground.zone
    if isinstance(step, Wait):
        return trial.wait(step.span)
    if isinstance(step, End):
        return trial.end_track(step.track, typed(step.values, returns(trial.workflow, step.track), zone))
    fields = fields_of(trial.workflow, step.trigger, trial.tracks)
    function = step.by or usual(trial, step.trigger)
    return trial.fire(step.trigger, typed(step.values, fields, zone), function, step.reason, step.person)


def usual(trial: Trial, trigger: str) -> str:
    """The function that takes a step if nothing is said: the first that may, else the first that the way is for."""
    by = _by(trial, trigger)
    ways = ((each, trial.way(trigger, each)) for each in by)
    open_to = (each for each, way in ways if way and way.status != "blocked")
    return next(open_to, by[0] if by else SYSTEM)


def played(
    test: StoredTest, workflow: Workflow, ground: Ground, tracks: Mapping[str, Workflow | None]
) -> Played:
    """The whole test. A step that goes otherwise ends it: what comes after would be another case."""
    trial = begun(test, workflow, ground, tracks)
    for number, step in enumerate(test.steps):
        after = taken(trial, step)
        found = _step_otherwise(f"tests.{test.key}.steps.{number}", number + 1, step, trial, after)
        if found:
            return Played(trial, (found,))
        trial = after if isinstance(after, Trial) else trial
    return Played(trial, tuple(_unexpected(test, trial)))


def _step_otherwise(
    path: str, number: int, step: Step, before: Trial, after: Trial | Refused
) -> Otherwise | None:
    if not isinstance(step, Fire):
        return (
            Otherwise(path, "no_track", number, found=step.track)
            if isinstance(after, Refused) and isinstance(step, End)
            else None
        )
    function = step.by or usual(before, step.trigger)
    if isinstance(after, Trial):
        if not step.refused:
            return None
        return Otherwise(path, "taken", number, step.trigger, function, after.state, expected=step.refused)
    codes = {each.code for each in after.blockers}
    if step.refused and codes >= set(step.refused):
        return None
    variant = "otherwise" if step.refused else "refused"
    return Otherwise(
        path, variant, number, step.trigger, function, before.state, step.refused, blockers=after.blockers
    )


def _unexpected(test: StoredTest, trial: Trial) -> Iterator[Otherwise]:
    expect, path = test.expect, f"tests.{test.key}.expect"
    if expect.state and expect.state != trial.state:
        yield Otherwise(f"{path}.state", "state", state=trial.state, expected=(expect.state,))
    wanted = typed(
        expect.values, {**fields_held(trial.workflow), **trial.workflow.definition.fields}, trial.ground.zone
    )
    found = trial.known(tuple(wanted))
    for name, value in wanted.items():
        if found[name] != value and not (is_empty(found[name]) and is_empty(value)):
            yield Otherwise(f"{path}.values.{name}", "value", field=name, found=found[name], wanted=value)
    for number, trigger in enumerate(expect.open):
        ways = _ways(trial, trigger)
        if not any(each.status != "blocked" for each in ways.values()):
            blockers = _reasons(ways)
            yield Otherwise(
                f"{path}.open.{number}",
                "open" if ways else "no_way",
                trigger=trigger,
                state=trial.state,
                blockers=blockers,
            )
    for trigger, codes in expect.blocked.items():
        ways = _ways(trial, trigger)
        here = f"{path}.blocked.{trigger}"
        if free := next((each for each, way in ways.items() if way.status != "blocked"), ""):
            yield Otherwise(here, "free", trigger=trigger, function=free, state=trial.state, expected=codes)
            continue
        blockers = _reasons(ways) if ways else (Blocker("wrong_state"),)
        if not {each.code for each in blockers} >= set(codes):
            yield Otherwise(
                here,
                "blocked_otherwise" if ways else "no_way",
                trigger=trigger,
                state=trial.state,
                expected=codes,
                blockers=blockers if ways else (),
            )


def _by(trial: Trial, trigger: str) -> tuple[str, ...]:
    """The functions that the ways of a trigger are for: from where the case stands, else from anywhere."""
    if trial.case is None:
        return trial.workflow.definition.open.by if trigger == OPEN else ()
    here = trial.workflow.alternatives(trial.state, trigger)
    anywhere = [each for each in trial.workflow.ways.values() if each.transition.trigger == trigger]
    found = (function for way in here or anywhere for function in way.transition.by if function != SYSTEM)
    return tuple(dict.fromkeys(found))


def _ways(trial: Trial, trigger: str) -> dict[str, Way]:
    """The way of a trigger for each function it is for."""
    found = {function: trial.way(trigger, function) for function in _by(trial, trigger)}
    return {function: way for function, way in found.items() if way is not None}


def _reasons(ways: Mapping[str, Way]) -> tuple[Blocker, ...]:
    """Why nobody may take it: what stands against those it is for, before whom another alternative is for."""
    found = [each for way in ways.values() for each in way.blockers]
    own = [each for each in found if each.code != "function"]
    return tuple(each for number, each in enumerate(own or found) if each not in (own or found)[:number])
