"""The plain values of a stored test as typed values of their fields; and names of it that are not there (WF802)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.commands import OPEN, SYSTEM
from engine.definition.model import Definition, Field, FieldType
from engine.definition.stored_tests import End, Fire, StoredTest
from engine.text import messages
from engine.trial.moving import acting
from engine.values import NotAValue, from_json
from engine.workflow import Workflow

Tracks = Mapping[str, Workflow | None]


class Wrong(NamedTuple):
    """What a test names that is not there. kind: state, trigger, field, function, track, code, or a value of no use.

    known: the names there are.
    """

    path: str
    kind: str
    name: str
    known: Collection[str] = ()


def typed(plain: Mapping[str, Any], fields: Mapping[str, Field], zone: ZoneInfo) -> dict[str, Any]:
    """The values by field. Those of no field, and values that do not fit, stay as they are: the engine tells what is wrong."""
    return {name: _typed(value, fields.get(name), zone) for name, value in plain.items()}


def _typed(value: Any, declared: Field | None, zone: ZoneInfo) -> Any:
    try:
        return value if declared is None else from_json(_as_kept(value, declared, zone), declared)
    except NotAValue:
        return value


def _as_kept(value: Any, declared: Field, zone: ZoneInfo) -> Any:
    """As the record would keep it: what is written shorter in a file, written out."""
    match declared.type:
        case FieldType.DECIMAL if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        case FieldType.CHOICES if isinstance(value, str):
            return [value]
        case FieldType.DATETIME if isinstance(value, str):
            try:
                at = datetime.fromisoformat(value)
            except ValueError:
                return value
            return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()
        case FieldType.TABLE if isinstance(value, list):
            columns = declared.columns
            return [
                {key: _as_kept(cell, columns[key], zone) if key in columns else cell for key, cell in row.items()}
                if isinstance(row, Mapping)
                else row
                for row in value
            ]  # fmt: skip
    return value


def fields_of(workflow: Workflow, trigger: str, tracks: Tracks) -> dict[str, Field]:
    """The fields that the forms of a trigger ask for, those of a track's opening under its key."""
    ways = [workflow.opening] if trigger == OPEN else []
    ways += [each for each in workflow.ways.values() if each.transition.trigger == trigger]
    found: dict[str, Field] = {}
    for way in ways:
        found |= way.fields
        for key in way.opens:
            track = tracks.get(key)
            if track is not None:
                found |= {f"{key}.{name}": each for name, each in track.opening.fields.items()}
    return found


def fields_held(workflow: Workflow) -> dict[str, Field]:
    """The fields that a case may hold: its own that are not computed, and what its tracks return."""
    definition = workflow.definition
    own = {name: each for name, each in definition.fields.items() if each.compute is None}
    returned = {
        f"{key}.{name}": workflow.field(f"{key}.{name}")
        for key, each in definition.subcases.items()
        for name in each.returns
    }
    return own | {name: each for name, each in returned.items() if each is not None}


def returns(workflow: Workflow, key: str) -> dict[str, Field]:
    """The fields that a track returns, by the names they have there."""
    found = fields_held(workflow)
    return {name.partition(".")[2]: each for name, each in found.items() if name.startswith(f"{key}.")}


def wrong_names(test: StoredTest, workflow: Workflow, tracks: Tracks, zone: ZoneInfo) -> Iterator[Wrong]:
    """All that the test names and the definition does not have."""
    definition = workflow.definition
    path = f"tests.{test.key}"
    triggers = {each.trigger for each in definition.ways} | {OPEN}
    if test.at:
        yield from _one(f"{path}.at", "state", test.at, definition.states)
    yield from _values(f"{path}.given", test.given, fields_held(workflow), zone)
    for key in test.tracks:
        yield from _one(f"{path}.tracks.{key}", "track", key, definition.subcases)
    for number, step in enumerate(test.steps):
        here = f"{path}.steps.{number}"
        if isinstance(step, Fire):
            yield from _fire(here, step, workflow, tracks, triggers, zone)
        elif isinstance(step, End):
            missing = list(_one(f"{here}.end", "track", step.track, definition.subcases))
            yield from missing or _values(f"{here}.values", step.values, returns(workflow, step.track), zone)
    expect = test.expect
    if expect.state:
        yield from _one(f"{path}.expect.state", "state", expect.state, definition.states)
    readable = {**fields_held(workflow), **definition.fields}
    yield from _values(f"{path}.expect.values", expect.values, readable, zone)
    for number, trigger in enumerate(expect.open):
        yield from _one(f"{path}.expect.open.{number}", "trigger", trigger, triggers)
    for trigger, codes in expect.blocked.items():
        here = f"{path}.expect.blocked.{trigger}"
        yield from _one(here, "trigger", trigger, triggers)
        yield from _codes(here, codes)


def _fire(
    path: str, step: Fire, workflow: Workflow, tracks: Tracks, triggers: Collection[str], zone: ZoneInfo
) -> Iterator[Wrong]:
    unknown = list(_one(f"{path}.fire", "trigger", step.trigger, triggers))
    yield from unknown
    if step.by:
        yield from _one(f"{path}.by", "function", step.by, _functions(workflow.definition))
    if not unknown:
        yield from _values(f"{path}.values", step.values, fields_of(workflow, step.trigger, tracks), zone)
    yield from _codes(f"{path}.refused", step.refused)


def _functions(definition: Definition) -> set[str]:
    return {*acting(definition), *definition.access, SYSTEM}


def _values(
    path: str, plain: Mapping[str, Any], fields: Mapping[str, Field], zone: ZoneInfo
) -> Iterator[Wrong]:
    for name, value in plain.items():
        unknown = list(_one(f"{path}.{name}", "field", name, fields))
        yield from unknown
        if not unknown and value is not None:
            yield from _value(f"{path}.{name}", name, value, fields[name], zone)


def _value(path: str, name: str, value: Any, declared: Field, zone: ZoneInfo) -> Iterator[Wrong]:
    try:
        from_json(_as_kept(value, declared, zone), declared)
    except NotAValue:
        yield Wrong(path, "value", name)
        return
    answers = value if isinstance(value, list) else [value]
    if declared.options and declared.type in (FieldType.CHOICE, FieldType.CHOICES):
        for each in answers:
            yield from _one(path, "option", str(each), declared.options)
    if declared.type is FieldType.TABLE:
        for number, row in enumerate(value):
            yield from _values(f"{path}.{number}", row, declared.columns, zone)


def _one(path: str, kind: str, name: str, known: Collection[str]) -> Iterator[Wrong]:
    if name not in known:
        yield Wrong(path, kind, name, known)


def _codes(path: str, codes: Collection[str]) -> Iterator[Wrong]:
    return (Wrong(path, "code", each) for each in codes if not messages().has(f"blocker.{each}"))
