"""What the rows of the outbox ask for, one function a kind: tell people, wake a parent, take a step.

At least once attempted, once in effect: commands and notices carry ids made of what they are about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from engine.access.sealing import SealBroken
from engine.commands import LINKED, OPEN, RETURNED, SYSTEM, UNLINKED, Command, Outcome
from engine.engine import Engine
from engine.scene import Scene
from engine.store import queue
from engine.store.cases import find_case
from engine.store.queue import Outgoing
from engine.store.steps import CaseRow, step_transaction
from engine.worker.notices import URGENT, Audience, of_case, of_limit
from engine.workflow import Workflow


class UnknownErrand(LookupError):
    """A row of a kind this program does not know; a newer one may have written it."""


def run(engine: Engine, row: Outgoing, now: datetime, *, mails: bool = False) -> int:
    """Do what `row` asks for and settle it; answers how many notices are new. mails: is there a way to send any?

    An errand that is refused or reaches nobody is settled with the code of an incident. UnknownErrand, and
    whatever the database or the seal raises: nothing is settled, and it may be run again.
    """
    if row.kind in _COMMANDS:
        incident = None
        for command in _COMMANDS[row.kind](engine, row):
            incident = incident or _refusal(engine.apply(command))
        with engine.database.write() as connection:
            queue.settle(connection, row.id, now, incident)
        return 0
    if row.kind not in _NOTICES:
        raise UnknownErrand(row.kind)
    with engine.database.read() as connection:
        case = case_of(connection, row.case_id)
        audience = Audience(connection, engine.library, case, today_of(engine, now))
        notices = list(_NOTICES[row.kind](engine, connection, audience, case, row, now))
    with engine.database.write() as connection:
        new = queue.tell(connection, notices, URGENT if mails else ())
        queue.settle(connection, row.id, now, None if notices else "nobody_to_tell")
    return new


def _refusal(outcome: Outcome) -> str | None:
    """The code of an incident. A reused id is none: only this errand makes it, so it was carried out before."""
    codes = sorted({each.code for each in outcome.blockers} - {"command_reused"})
    return f"refused:{','.join(codes)}" if codes else None


# ------------------------------------------------------------------ commands


def _wake_parent(engine: Engine, row: Outgoing) -> Iterator[Command]:
    """A track has ended: its parent gets what it `returns`. One event for each (track, closing step)."""
    with engine.database.read() as connection:
        track = case_of(connection, row.case_id)
        assert track.parent
        assert track.subcase_key
        parent = case_of(connection, track.parent)
    above = engine.library.workflow(parent.definition, parent.definition_number).definition
    # The parent may have gone to a version without this track since it ended.
    subcase = above.subcases.get(track.subcase_key)
    names = tuple(subcase.returns) if subcase else ()
    found = _values(engine, track.id, names)
    yield Command(
        id=str(uuid5(UUID(track.id), f"returned:{row.seq}")),
        case=parent.id,
        trigger=RETURNED,
        actor=SYSTEM,
        values={f"{track.subcase_key}.{name}": found[name] for name in names if found[name] is not None},
        parent=track.id,
        subcase=track.subcase_key,
    )


def _values(
    engine: Engine, case: str, names: tuple[str, ...], rows: Mapping[str, int] | None = None
) -> Mapping[str, Any]:
    """The present typed values of `names`, computed ones too; None where nothing is filled in. rows: how far to read
    a table.
    """
    library, now = engine.library, engine.clock.now()
    today = today_of(engine, now)
    with step_transaction(engine.database, write=False) as transaction:
        seen = transaction.look(case=case, command="", actor=SYSTEM, today=today, lock=False)
        assert seen.case is not None
        library.refresh(seen.reference_version)
        workflow = library.workflow(seen.case.definition, seen.case.definition_number)
        stored, broken, _ = engine.vault.values(
            transaction, workflow.field, seen.case, seen.keys, workflow.needed(names)
        )
    if broken:
        raise SealBroken
    stored |= {name: stored[name][:most] for name, most in (rows or {}).items() if name in stored}
    scene = Scene(
        workflow=workflow, seen=seen, case=seen.case, case_id=case, actor=SYSTEM, now=now, today=today,
        zone=library.zone, calendar=library.calendar(workflow.definition.calendar), values=stored,
    )  # fmt: skip
    return scene.environment(names, {})


def _take_step(_: Engine, row: Outgoing) -> Iterator[Command]:
    """What a missed time limit brings about by itself."""
    trigger = row.payload["trigger"]
    yield Command(
        id=str(uuid5(UUID(row.payload["deadline"]), f"fire:{trigger}")),
        case=row.case_id,
        trigger=trigger,
        actor=SYSTEM,
    )


def _tell_other(engine: Engine, row: Outgoing) -> Iterator[Command]:
    """A case names another, or names it no more: the other records it too."""
    with engine.database.read() as connection:
        case = case_of(connection, row.case_id)
    yield _link(LINKED if row.kind == "link" else UNLINKED, row, case, row.payload["to"])


def _open_other(engine: Engine, row: Outgoing) -> Iterator[Command]:
    """A linked case: opened in the name of who asked for it, with what the first case said by then, and told of it."""
    with engine.database.read() as connection:
        case = case_of(connection, row.case_id)
    workflow = _workflow_of(engine, row, case)
    place = row.payload["transition"], row.payload["effect"]
    way = workflow.ways[place[0]]
    values = way.transition.do[place[1]].arguments["values"]
    reads = tuple(sorted({name for each in values.values() for name in each.reads}))
    env = dict(_values(engine, case.id, reads, row.payload["rows"]))
    opened = row.payload["case"]
    found = {name: evaluate(env) for name, evaluate in workflow.effects[place].items()}
    yield Command(
        id=str(uuid5(UUID(opened), OPEN)),
        case=opened,
        trigger=OPEN,
        actor=row.payload["actor"],
        definition=case.definition,
        values={name: value for name, value in found.items() if value is not None},
    )
    yield _link(LINKED, row, case, opened)


def _link(trigger: str, row: Outgoing, case: CaseRow, other: str) -> Command:
    return Command(
        id=str(uuid5(UUID(other), f"{trigger}:{case.id}:{row.seq}:{row.id}")), case=other, trigger=trigger, actor=SYSTEM,
        values={"as": row.payload["as"], "case": case.id, "reference": case.reference},
    )  # fmt: skip


_COMMANDS: Mapping[str, Callable[[Engine, Outgoing], Iterable[Command]]] = {
    "subcase_returned": _wake_parent,
    "fire": _take_step,
    "link": _tell_other,
    "unlink": _tell_other,
    "open_case": _open_other,
}

# ------------------------------------------------------------------ notices

Rows = Iterable[Mapping[str, Any]]


def _missed(
    _: Engine, connection: Any, audience: Audience, case: CaseRow, row: Outgoing, now: datetime
) -> Rows:
    """A limit was missed: the owner is told, and it is reported upwards. Who is both is told once."""
    limit = queue.limit_of(connection, case.root, case.id, row.payload["deadline"])
    owner = audience.owner()
    above = [each for each in audience.holders(row.payload["to"]) if each not in owner]
    return [*of_limit("breach", limit, owner, now), *of_limit("escalation", limit, above, now)]


def _returned(_: Engine, __: Any, audience: Audience, case: CaseRow, row: Outgoing, now: datetime) -> Rows:
    """A track gave back its results."""
    params = {"subcase": row.payload["subcase"]}
    return of_case("returned", (case.id, str(row.seq)), case.root, case.id, params, audience.owner(), now)


def _notify(engine: Engine, _: Any, audience: Audience, case: CaseRow, row: Outgoing, now: datetime) -> Rows:
    """A transition says `notify`; its sentence stands in the definition."""
    transition, number = row.payload["transition"], row.payload["effect"]
    workflow = _workflow_of(engine, row, case)
    arguments = workflow.ways[transition].transition.do[number].arguments
    to = audience.offered if arguments.get("at") == "offered" else audience.holders
    params = {"transition": transition, "effect": number, "number": workflow.number}
    about = (case.id, str(row.seq), str(number))
    return of_case("notify", about, case.root, case.id, params, to(arguments["to"]), now)


_NOTICES: Mapping[str, Callable[[Engine, Any, Audience, CaseRow, Outgoing, datetime], Rows]] = {
    "breach": _missed,
    "returned": _returned,
    "notify": _notify,
}


def _workflow_of(engine: Engine, row: Outgoing, case: CaseRow) -> Workflow:
    """The version whose step asked for it; the case may follow another one by now."""
    return engine.library.workflow(case.definition, row.payload.get("number", case.definition_number))


def case_of(connection: Any, case: str) -> CaseRow:
    """The row of a case that is known to be there."""
    found = find_case(connection, case)
    assert found is not None
    return found


def today_of(engine: Engine, now: datetime) -> date:
    """The day in the installation's zone."""
    return now.astimezone(engine.library.zone).date()
