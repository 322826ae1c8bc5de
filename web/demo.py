"""Builds the demo: an SQLite database with its own key, the shipped content, invented people, and their cases.

Told backwards from the moment it is built: the clock is set to the day of each step and everything goes
through `Engine.apply`. At the end the demo's clock stands at the moment of building and runs on from there.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from engine import Command, Engine, FixedClock, MasterKey, create_key_file
from engine.store import Database, migrate, reference
from engine.worker.loop import Worker
from web.content import load_content, load_demo_people
from web.demo_story import CHILDREN as CHILDREN
from web.demo_story import CREW, LEAD, Child, journey, opening
from web.installation import Installation


class DemoFault(RuntimeError):
    """A step of the story was refused: the shipped content and the story do not fit."""


def build(installation: Installation, now: datetime | None = None) -> None:
    """Make the demo anew in its folder; what was there is thrown away. now: aware, default this moment."""
    moment = now or datetime.now(UTC)
    shutil.rmtree(installation.home, ignore_errors=True)
    installation.home.mkdir(mode=0o700, parents=True)
    create_key_file(installation.key)
    migrate(installation.url)
    clock = FixedClock(moment - timedelta(days=400))
    database = Database(installation.url)
    with database.write() as connection:
        reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", moment)
        load_content(connection, clock.now(), "demo")
        load_demo_people(connection)
    database.close()
    engine = Engine(installation.url, MasterKey.load(installation.key), clock)
    tell(engine, clock, moment)
    engine.database.close()


def tell(engine: Engine, clock: FixedClock, moment: datetime) -> None:
    """All cases up to `moment`, step by step in the order of time, with the worker at its work in between."""
    steps = sorted(
        (
            (_at(child, step.day, moment), number, order, child, step)
            for number, child in enumerate(CHILDREN)
            for order, step in enumerate(journey(child, _start(child, moment)))
        ),
        key=lambda each: each[:3],
    )
    worker = Worker(engine)
    clock.set(min(each[0] for each in steps))
    for at, _, _, child, step in steps:
        if at >= moment:
            continue
        _let_pass(worker, clock, at)
        outcome = engine.apply(_command(child, step, _start(child, moment)))
        if not outcome.applied:
            raise DemoFault(
                f"{step.trigger}: {[(each.code, each.field, dict(each.params)) for each in outcome.blockers]}"
            )
    _let_pass(worker, clock, moment)


def _let_pass(worker: Worker, clock: FixedClock, until: datetime) -> None:
    """Time goes on to `until`, the worker looking once a day for what is due."""
    while clock.now() + timedelta(days=1) < until:
        clock.advance(days=1)
        worker.turn()
    clock.set(until)
    worker.turn()


def _at(child: Child, day: float, moment: datetime) -> datetime:
    """The day of a step, within office hours: the fraction says how far through the day."""
    whole = _start(child, moment) + timedelta(days=int(day))
    return whole + timedelta(hours=8 * (day - int(day)))


def _start(child: Child, moment: datetime) -> datetime:
    """The morning the report came."""
    day = moment - timedelta(days=child.days)
    return min(
        day.replace(hour=1, minute=7 + child.days % 50, second=0, microsecond=0),
        moment - timedelta(minutes=5),
    )


def _command(child: Child, step: object, start: datetime) -> Command:
    trigger, who, values, reason = step.trigger, step.who, step.values, step.reason  # type: ignore[attr-defined]
    case = str(uuid5(NAMESPACE_URL, f"demo:{child.condition}"))
    actor = LEAD if who == "lead" else CREW[child.area][who]
    opens = trigger == "receive"
    return Command(
        id=str(uuid5(NAMESPACE_URL, f"demo:{child.condition}:{trigger}:{start + timedelta(days=step.day)}")),  # type: ignore[attr-defined]
        case=case,
        trigger="open" if opens else trigger,
        actor=actor,
        definition="child_case" if opens else "",
        values=opening(child, start) if opens else values,
        reason=reason,
        request="demo",
    )
