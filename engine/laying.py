"""A command's form laid over the case, with what the rule tables say of it: the values a step is judged by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine import proposals
from engine.commands import Command
from engine.definition.decision import Decided, DecisionTable, decide
from engine.definition.model import Decision
from engine.forms import check, is_empty
from engine.scene import Scene
from engine.values import to_json

Tables = Callable[[str, Any], DecisionTable | None]


def lay(scene: Scene, command: Command, tables: Tables) -> tuple[dict[str, Any], dict[str, Any]]:
    """The command's form laid over the case: (values by field with decisions asked, the decisions' record).

    Of a step that accepts a proposal, the proposed values too. What only proposes asks no rule table.
    """
    ways = (
        (scene.workflow.opening,)
        if scene.case is None
        else scene.workflow.alternatives(scene.state, command.trigger)
    )
    if not ways:
        return {}, {}
    table, accepts = ways[0].transition.appends, ways[0].transition.accepts
    values: dict[str, Any]
    if table:
        row = {key: value for key, value in command.values.items() if not is_empty(value)}
        values = {table: (*(scene.values.get(table) or ()), row)}
    else:
        asked = {name for way in ways for name in way.asked}
        values = {
            key: None if is_empty(value) else value for key, value in command.values.items() if key in asked
        }
    values |= proposals.proposed(scene, accepts) if accepts else {}
    decided: dict[str, Any] = {}
    if ways[0].transition.proposes:
        return values, decided
    decisions = scene.workflow.decisions_touched(frozenset(values))
    if not decisions:
        return values, decided
    wrong = {
        each.field.partition(".")[0] for each in check(command.values, ways[0].fields, scene.today, scene.now)
    }
    sound = {key: None if key in wrong else value for key, value in values.items()}
    for decision in decisions:
        result, record = ask(scene, decision, sound, tables)
        if record["on"] is None:  # no work date yet: nothing to ask about
            continue
        values[decision.gives] = result.result if result else None
        old = scene.values.get(decision.gives)
        if old is not None and old != values[decision.gives]:
            record["replaces"] = {"result": old, "valid_to": to_json(scene.today)}
        decided[decision.key] = record
    return values, decided


def ask(
    scene: Scene, decision: Decision, values: Mapping[str, Any], tables: Tables
) -> tuple[Decided | None, dict[str, Any]]:
    """Ask a rule table about the case with `values` laid over it: (the answer, what the event keeps of it).

    Pinned to the table version in force on the work date; before the first, or without a date, "no rule set".
    """
    evaluate = scene.workflow.decisions[decision.key]
    names = {name for each in decision.inputs.values() for name in each.reads} | {decision.on}
    env = scene.environment(names, values)
    on = env.get(decision.on)
    if isinstance(on, datetime):
        on = on.astimezone(scene.zone).date()
    table = tables(decision.table, on) if on else None
    record: dict[str, Any] = {"table": decision.table, "on": to_json(on)}
    if table is None:
        return None, record | {"no_rule_set": True}
    result = decide(table, {name: each(env) for name, each in evaluate.items()})
    return result, record | {
        "sha256": table.sha256,
        "result": result.result,
        "first": result.first,
        "matched": [{"rule": key, "law": _rule_law(table, key)} for key in result.matched],
        "undecided": list(result.undecided),
        "missing": list(result.missing),
    }


def _rule_law(table: DecisionTable, key: str) -> str:
    return next(rule.law for rule in table.rules if rule.key == key)
