"""`migrate plan DEFINITION --from N --to M …`: the plan that follows from two versions, with what a person says of it.

Prints it with its guesses marked, makes the migration and prints its id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import click

from engine import Engine, migration
from engine.migration import Plan, PlanBroken, confirmed, plan_between
from engine.workflow import Workflow
from web import migration_model as model
from web import migration_words as said
from web.cli_common import case_of, demo_option, json_option, opened, person_option, unknown, words_of
from web.cli_migrate import DONE, NOT_ALL, administrator, print_plan, told
from web.cli_words import Refused, Spoken, language, say
from web.migration_words import MoveWords

SHOWN = ("keep", "entry", "today")


@click.command("plan", cls=Spoken)
@click.argument("definition")
@click.option("--from", "source", type=int, required=True, metavar="N")
@click.option("--to", "target", type=int, required=True, metavar="M")
@click.option("--state", "states", multiple=True, metavar="OLD=NEW|stay|hand")
@click.option("--field", "fields", multiple=True, metavar="OLD=NEW")
@click.option("--default", "defaults", multiple=True, metavar="FIELD=VALUE")
@click.option("--limit", "limits", multiple=True, metavar=f"PATH={'|'.join(SHOWN)}")
@click.option("--hand", "hand", multiple=True, metavar="REF=STATE")
@click.option("--area", "areas", multiple=True)
@click.option("--only", "only", multiple=True, metavar="STATE")
@click.option("--sure", "sure", multiple=True, metavar="GUESS")
@json_option
@person_option
@demo_option
def plan(
    definition: str, source: int, target: int, states: tuple[str, ...], fields: tuple[str, ...],
    defaults: tuple[str, ...], limits: tuple[str, ...], hand: tuple[str, ...], areas: tuple[str, ...],
    only: tuple[str, ...], sure: tuple[str, ...], as_json: bool, person: str, demo: bool,
) -> int:  # fmt: skip
    """Make a migration. Exit: 0 made, 1 no case could follow it, 2 bad call."""
    with opened(demo) as engine:
        actor = administrator(engine, person)
        old, new = _version(engine, definition, source), _version(engine, definition, target)
        words = MoveWords(words_of(engine, old), words_of(engine, new))
        try:
            made = migration.create(
                engine,
                _said(
                    engine, plan_between(old.definition, new.definition, source, target), new,
                    states=_pairs(states), fields=_pairs(fields), defaults=_pairs(defaults), limits=_pairs(limits),
                    hand=_pairs(hand), areas=areas, only=only, sure=sure,
                ),
                actor,
            )  # fmt: skip
        except PlanBroken as broken:
            text = said.fault(language(), broken, words)
            raise Refused("as_it_is", code=NOT_ALL, text=text) from None
        if as_json:
            click.echo(
                json.dumps(told(engine, made) | {"plan": dict(made.plan)}, ensure_ascii=False, indent=2)
            )
        else:
            print_plan(engine, made)
            click.echo(say("migrate.made", id=made.id))
    return DONE


def _said(
    engine: Engine, found: Plan, new: Workflow, *, states: Mapping[str, str], fields: Mapping[str, str],
    defaults: Mapping[str, str], limits: Mapping[str, str], hand: Mapping[str, str], areas: Iterable[str],
    only: tuple[str, ...], sure: Iterable[str],
) -> Plan:  # fmt: skip
    """The plan with what the call says of it."""
    _refuse_unknown("migrate.no_guess", sure, found.guesses)
    _refuse_unknown("migrate.no_old_state", [*states, *only], found.states)
    changes: dict[str, Any] = {
        "sure": {*sure, *(f"states.{key}" for key in states), *(f"fields.{key}" for key in fields)}
    }
    changes["states"] = {**found.states, **{key: model.state_of(each) for key, each in states.items()}}
    changes["fields"] = {**found.fields, **fields}
    changes["limits"] = dict(limits)
    changes["hand"] = {case_of(engine, ref).id: model.state_of(state) for ref, state in hand.items()}
    changes["areas"] = tuple(_area(engine, each) for each in areas)
    changes["only"] = only
    for name, text in defaults.items():
        declared = new.field(name)
        if declared is None or declared.compute:
            raise PlanBroken("plan_default", f"defaults.{name}", name=name)
        changes.setdefault("defaults", {})[name] = model.default_of(declared, text, engine.library.zone)
    return confirmed(found, **changes)


def _version(engine: Engine, definition: str, number: int) -> Workflow:
    newest = engine.library.rows.newest
    try:
        return engine.library.workflow(definition, number)
    except KeyError:
        if definition not in newest:
            raise unknown("list.no_definition", definition, newest) from None
        broken = PlanBroken("plan_version", "", number=number)
        raise Refused("as_it_is", text=said.fault(language(), broken)) from None


def _area(engine: Engine, named: str) -> str:
    """An area by its id, or by the code of one that is in force."""
    if named in engine.library.rows.areas:
        return named
    today = engine.clock.now().astimezone(engine.library.zone).date()
    found = [each.id for each in engine.library.areas_in_force(today) if each.code == named]
    if not found:
        raise Refused("migrate.no_area", name=named)
    return found[0]


def _pairs(assignments: Iterable[str]) -> dict[str, str]:
    found = {}
    for each in assignments:
        name, sign, value = (part.strip() for part in each.partition("="))
        if not (name and sign and value):
            raise Refused("migrate.bad_pair", text=each)
        found[name] = value
    return found


def _refuse_unknown(key: str, names: Iterable[str], known: Iterable[str]) -> None:
    there = tuple(known)
    for each in names:
        if each not in there:
            raise unknown(key, each, there)
