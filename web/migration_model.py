"""What screens and command line show of a migration, read from the store and put into words: plan, progress, report.

Knows no request: an engine, a migration and its `MoveWords` come in. Cases appear by number and state alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from engine import Engine
from engine.definition.model import Field
from engine.migration import HAND, STAY, Histories, Plan, PlanBroken, number
from engine.store import live, moves, queue
from engine.store.moves import MigrationRow, MovedRow
from engine.values import from_json, to_json
from schemas.forms import read, written
from web import migration_words as said
from web.migration_words import MoveWords

# Without a sign of life for so long, nobody carries a migration on: a worker notes each minute that it runs.
SILENT = timedelta(seconds=90)
DEALT = ("migrated", "skipped", "failed")
Counted = tuple[Mapping[str, int], Mapping[tuple[str, str, str], int]]


class Goes(NamedTuple):
    """A state or a field of the old version and where it goes; cases: open ones that stand in the state."""

    key: str
    title: str
    to: str
    goes: str
    guess: bool
    cases: int = 0


class ShownPlan(NamedTuple):
    """A plan to be read: states in the order of stages, fields that are renamed, all else in sentences."""

    states: tuple[Goes, ...]
    fields: tuple[Goes, ...]
    others: tuple[str, ...]


def plan_of(engine: Engine, row: MigrationRow, words: MoveWords) -> ShownPlan:
    """The plan of a migration."""
    plan = Plan.of(row.plan)
    with engine.database.read() as connection:
        there = live.open_cases(connection, plan.definition).get(plan.source, {})
    states = (
        Goes(
            key, words.old.state(key), plan.states.get(key, HAND), words.goes(plan.states.get(key, HAND)),
            f"states.{key}" in plan.guesses, there.get(key, 0),
        )
        for key in in_stages(words)
    )  # fmt: skip
    fields = (
        Goes(old, words.old.label(old), new, words.new.label(new), f"fields.{old}" in plan.guesses)
        for old, new in plan.fields.items()
    )
    return ShownPlan(tuple(states), tuple(fields), tuple(_others(plan, words)))


def in_stages(words: MoveWords) -> list[str]:
    """The states of the old version in the order of its stages."""
    definition = words.old.workflow.definition
    order = list(definition.stages)
    place = {
        key: order.index(each.stage) if each.stage in order else len(order)
        for key, each in definition.states.items()
    }
    return sorted(definition.states, key=place.__getitem__)


def _others(plan: Plan, words: MoveWords) -> Iterator[str]:
    language = words.old.language
    for path, rule in plan.limits.items():
        yield f"{words.limit_at(path)}: {said.say(language, f'rule.{rule}')}"
    for name, value in plan.defaults.items():
        yield said.line(language, "default", field=words.new.label(name), value=_written(words, name, value))
    if plan.hand:
        yield said.line(language, "by_hand", n=len(plan.hand))
    if plan.areas:
        yield said.line(
            language, "areas", names=", ".join(words.old.names("area", each) for each in plan.areas)
        )
    if plan.only:
        yield said.line(language, "only", names=", ".join(f"“{words.old.state(each)}”" for each in plan.only))


def _written(words: MoveWords, name: str, value: Any) -> str:
    declared = words.new.workflow.field(name)
    return words.new.value(declared, from_json(value, declared)) if declared else str(value)


def default_of(declared: Field, text: str, zone: Any) -> Any:
    """The JSON of a default that was typed. PlanBroken (`plan_value`) for what the field cannot hold."""
    found = read({declared.key: declared}, {declared.key: [text]}, zone)
    value = found.values.get(declared.key)
    if found.errors or value in (None, (), ""):
        raise PlanBroken(
            "plan_value", f"defaults.{declared.key}", name=declared.key, type=declared.type.value
        )
    return to_json(value)


def default_written(declared: Field, plain: Any, zone: Any) -> Any:
    """The same as it stands in a control."""
    return written(from_json(plain, declared), declared, zone) if plain is not None else ""


def progress(engine: Engine, row: MigrationRow) -> tuple[int, int]:
    """(cases looked at or dealt with, all there are)."""
    with engine.database.read() as connection:
        counts = moves.totals(connection, row.id)
    if row.status == "looking":
        return sum(counts.values()), number(engine, Plan.of(row.plan))
    done = sum(counts.get(each, 0) for each in DEALT)
    return done, done + counts.get("planned", 0)


def left_alone(engine: Engine, row: MigrationRow) -> bool:
    """Is there something to do, and for more than a minute neither a worker that runs nor a case that was dealt with?"""
    if row.status not in ("looking", "running"):
        return False
    with engine.database.read() as connection:
        look, dealt = queue.looked(connection), moves.last_dealt(connection, row.id)
    signs = [each for each in (look and look.at, dealt, row.started_at, row.made_at) if each]
    return engine.clock.now() - max(signs) > SILENT


def changes(engine: Engine, row: MigrationRow) -> dict[str, int]:
    """In how many of its cases what kind of thing changes (migration_words.PARTS)."""
    return dict(_counted(engine, row.id, row.report_sha256)[0])


def functions(engine: Engine, row: MigrationRow, words: MoveWords) -> list[str]:
    """Which function gains or loses which step, and in how many cases; what most lose first."""
    found = _counted(engine, row.id, row.report_sha256)[1]
    ordered = sorted(found.items(), key=lambda each: (each[0][0] != "lost", -each[1], each[0]))
    return [words.of_function(*key, n) for key, n in ordered]


def _counted(engine: Engine, id: str, sha256: str | None) -> Counted:
    """The report counted: once, if it stands."""
    return _counted_once(engine, id, sha256) if sha256 else _count(engine, id)


@lru_cache(maxsize=16)
def _counted_once(engine: Engine, id: str, _: str) -> Counted:
    return _count(engine, id)


def _count(engine: Engine, id: str) -> Counted:
    with engine.database.read() as connection:
        return said.counted(moves.pages(connection, id))


def cases(engine: Engine, row: MigrationRow, words: MoveWords) -> Iterator[dict[str, Any]]:
    """Every case of the report, for people and programs: number, state before and after, what changes."""
    with engine.database.read() as connection:
        for page in moves.pages(connection, row.id):
            yield from told_cases(page, moves.references(connection, [each.case_id for each in page]), words)


def told_cases(
    page: Iterable[MovedRow], references: Mapping[str, str], words: MoveWords
) -> Iterator[dict[str, Any]]:
    """The same of some cases."""
    for each in page:
        yield {
            "case": each.case_id,
            "reference": references.get(each.case_id, each.case_id),
            "status": each.status,
            "status_title": said.say(words.old.language, f"case.{each.status}"),
            "state": each.state,
            "target": each.target,
            "move": words.moves(each.state, each.target),
            "told": words.told(each),
            "same": each.status in moves.GOING and not each.report,
        }


def told_histories(found: Histories, words: MoveWords) -> list[dict[str, Any]]:
    """The steps that are not legal, for people and programs: codes, keys and case numbers, nothing that a case holds."""
    return [
        {
            "case": each.case, "reference": each.reference, "seq": each.seq, "trigger": each.trigger, "state": each.state,
            "to": each.to, "codes": [one["code"] for one in each.blockers], "step": words.step(each),
            "told": words.refusals(each),
        }
        for each in found.illegal
    ]  # fmt: skip


def state_of(text: str) -> str:
    """What was said of where cases go: "stay", "hand" or the key of a state."""
    return {"stay": STAY, "hand": HAND}.get(text, text)
