"""The format of a definition as data for completion: which keys stand where, and what kind of names or words their values are.

Read off the schemas, so that it cannot lag behind them. A node is {"keys": {key: node}} for a map of known keys, {"each":
node} for a map by names of the author's own, or {"of": [kinds], "words": [literals]} for a value. A list is said by its items.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import Schema

from engine.definition.flow import EFFECTS
from engine.definition.model import OPENER
from schemas import data, definition, flow, parts, stored_tests

Node = dict[str, Any]

EXPRESSION = "expression"
DURATION = "duration"

# What a word or an id means by its path; "*" is a name of the author's own. What is not named here is free text.
MEANT: dict[str, tuple[str, ...]] = {
    "owner": ("functions",), "calendar": ("calendars",), "access.*": ("fields",), "accept": ("codes",),
    "shows.name": ("fields",), "shows.about": ("fields",), "shows.risk": ("fields",), "shows.also": ("fields",),
    "open.by": ("functions",), "open.form": ("forms",), "open.area": ("fields",),
    "forms.*.fields.*.required_when": (EXPRESSION,), "forms.*.sections.fields.*.required_when": (EXPRESSION,),
    "fields.*.list": ("lists",), "fields.*.columns.*.list": ("lists",), "fields.*.holder": ("functions",), "fields.*.columns.*.holder": ("functions",),
    "fields.*.readers": ("functions", OPENER), "fields.*.compute": (EXPRESSION,),
    "states.*.stage": ("stages",),
    "states.*.reopen.by": ("functions",), "states.*.reopen.to": ("states",), "states.*.reopen.form": ("forms",),
    "transitions.*.from": ("states", "stage:"), "transitions.*.to": ("states", "same"), "transitions.*.by": ("functions", "system"),
    "transitions.*.trigger": ("triggers",), "transitions.*.form": ("forms",), "transitions.*.other_than": ("triggers",),
    "transitions.*.appends": ("fields",), "transitions.*.accepts": ("triggers",), "transitions.*.declines": ("triggers",),
    "transitions.*.when": (EXPRESSION,), "transitions.*.when.need": (EXPRESSION,), "transitions.*.when.if": (EXPRESSION,),
    "subcases.*.definition": ("workflows",), "subcases.*.holder": ("functions",), "subcases.*.gives": ("fields",),
    "decisions.*.table": ("tables",), "decisions.*.inputs.*": (EXPRESSION,), "decisions.*.on": ("fields",),
    "decisions.*.gives": ("fields",), "decisions.*.confirms": ("fields",), "decisions.*.why": ("fields",),
    "milestones.*.when": (EXPRESSION,), "moves": ("states",), "moves.*": ("states",),
    "tests.*.at": ("states",), "tests.*.given": ("fields",), "tests.*.tracks": ("subcases",),
    "tests.*.steps.fire": ("triggers",), "tests.*.steps.by": ("functions",), "tests.*.steps.person": ("functions",), "tests.*.steps.values": ("fields",),
    "tests.*.steps.wait": (DURATION,), "tests.*.steps.end": ("subcases",),
    "tests.*.expect.state": ("states",), "tests.*.expect.values": ("fields",), "tests.*.expect.open": ("triggers",), "tests.*.expect.blocked": ("triggers",),
    "duplicates.name": ("fields",), "duplicates.born": ("fields",), "duplicates.age": ("fields",), "duplicates.sex": ("fields",),
    "duplicates.relatives": ("fields",), "duplicates.states": ("states",), "duplicates.checked": ("fields",),
}  # fmt: skip

# A time limit stands in three places; its keys mean the same in each.
_LIMIT: dict[str, tuple[str, ...]] = {
    "from": ("entry", "fields", "transitions"), "or_from": ("fields",), "escalate_to": ("functions",), "then": ("triggers",),
    "done_by": ("triggers",), "pause_in": ("states",), "pause_while": ("fields",), "starts": ("transitions",), "ends": ("transitions",),
    "within": (DURATION,), "within.by": ("fields",), "every": (DURATION,), "every.by": ("fields",), "warn": (DURATION,),
}  # fmt: skip
_EFFECT: dict[str, tuple[str, ...]] = {
    "open_subcase": ("subcases",), "cancel_subcases": ("subcases", "all"), "clear": ("fields",), "stop_deadline": ("deadlines",),
    "own": ("fields",), "offer": ("fields",), "settle_offer": ("accepted", "declined"), "unlink": ("links",),
}  # fmt: skip
_EFFECT_KEYS: dict[str, tuple[str, ...]] = {
    "notify.to": ("functions",), "link.to": ("fields",), "link.as": ("links",), "open_case.as": ("links",),
}  # fmt: skip
_KINDS = ("states", "stages", "fields", "forms", "transitions", "triggers", "functions", "lists", "subcases", "links", "deadlines", "workflows", "tables", "calendars", "codes", EXPRESSION, DURATION)  # fmt: skip


@cache
def format_keys() -> Node:
    """The whole format, from the top level."""
    return _schema(definition.DEFINITION, "")


def _schema(schema: Schema, path: str) -> Node:
    keys = {}
    needed = []
    for name, each in schema.fields.items():
        key = each.data_key or name
        keys[key] = _field(each, f"{path}.{key}".removeprefix("."))
        if each.required:
            needed.append(key)
    return {"keys": keys, "needed": needed}


def _field(field: Any, path: str) -> Node:
    match field:
        case parts.Label():
            return _schema(parts.LABEL, path)
        case parts.One():
            return _schema(field.schema, path)
        case parts.OneOf():
            return {"words": list(field.choices)}
        case parts.Flag():
            return {"words": ["true", "false"]}
        case parts.Keyed() | parts.Mapped():
            return {"each": _value(field.value, f"{path}.*")} | _meant(path)
        case stored_tests.Values() | stored_tests.Tracks():
            return {"each": {}} | _meant(path)
        case parts.Each():
            return _value(field.value, path)
        case data.FormFields():
            asked = {"required_when": _meant(f"{path}.*.required_when"), "only": {"of": ["fields"]}}
            return {"each": {"words": ["required", "optional"], "keys": asked}, "of": ["fields"]}
        case flow.Within():
            by = {"by": _meant(f"{path}.by"), "within": {"of": [DURATION]}, "law": {}}
            return _meant(path) | {"keys": by}
        case parts.Span():
            return {"of": [DURATION]}
        case definition.Access():
            return {"each": _meant(f"{path}.*"), "of": ["functions"]}
        case flow.Returns():
            return {"each": {"words": list(data.TYPES)}}
    return _meant(path)


def _value(value: Any, path: str) -> Node:
    """What reads an entry: a schema, or a function of one value."""
    schema = getattr(value, "__self__", None)
    if isinstance(schema, Schema):
        return _schema(schema, path)
    if value is flow.read_condition:
        return _schema(flow.CONDITION, path) | _meant(path)
    if value is flow.read_effect:
        return {"keys": {name: _effect(name) for name in EFFECTS}}
    if value is stored_tests.read_step:
        steps = [_schema(each, path) for each in stored_tests.KEYS_OF_STEPS.values()]
        return {"keys": {key: node for each in steps for key, node in each["keys"].items()}}
    if value is definition.read_stage:
        return _schema(parts.LABEL, path)
    return _meant(path)


def _effect(name: str) -> Node:
    """What an effect is given: keys of its own, values by field, or names."""
    schema = getattr(flow.READ_EFFECTS[name], "__self__", None)
    if isinstance(schema, Schema):
        node = _schema(schema, f"do.{name}")
        for key in node["keys"]:
            node["keys"][key] |= _as_node(_EFFECT_KEYS.get(f"{name}.{key}", ()))
        return node
    if name == "set":
        return {"each": {"of": [EXPRESSION]}, "of": ["fields"]}
    return _as_node(_EFFECT[name])


def _meant(path: str) -> Node:
    last = path.rpartition(".")[2]
    if path in MEANT:
        return _as_node(MEANT[path])
    for section in ("states.*.deadlines.*.", "states.*.repeats.*.", "deadlines.*."):
        if path.startswith(section):
            return _as_node(_LIMIT.get(path.removeprefix(section), ()))
    return _as_node(()) if last else {}


def _as_node(meant: tuple[str, ...]) -> Node:
    node: Node = {}
    if of := [each for each in meant if each in _KINDS]:
        node["of"] = of
    if words := [each for each in meant if each not in _KINDS]:
        node["words"] = words
    return node
