"""`import undo [BATCH [ROW…]]`: what a person's list opened, taken back row by row as on the screen.

Without a list: one's own lists. Without rows: the rows whose case nobody has worked on. With rows: they are taken back.
"""

from __future__ import annotations

import re

import click

from engine import Engine, importing
from engine.importing import undoable
from engine.store import imports
from engine.store.imports import Batch
from schemas.intake import Declared
from web import import_room
from web.cli_common import VIA, demo_option, log_read, opened, person_of, person_option, words_of
from web.cli_words import Refused, Spoken, say

DONE, NOT_ALL = 0, 1
LISTED = 20
_ROWS = re.compile(r"([1-9][0-9]{0,6})(?:-([1-9][0-9]{0,6}))?")


@click.command("undo", cls=Spoken)
@click.argument("batch", required=False, default="")
@click.argument("rows", nargs=-1)
@click.option("--reason", default="")
@person_option
@demo_option
def undo(batch: str, rows: tuple[str, ...], reason: str, person: str, demo: bool) -> int:
    """What a list opened, taken back."""
    wanted = [_span(each) for each in rows]
    with opened(demo) as engine:
        actor = person_of(engine, person)
        if not batch:
            return _lists(engine, actor)
        found, declared = _mine(engine, actor, batch)
        log_read(engine, actor, "import result")
        if not wanted:
            return _rows(engine, found, declared)
        if not reason.strip():
            raise Refused("import.undo_reason")
        return _undo(engine, found, declared, wanted, actor, " ".join(reason.split()))


def _lists(engine: Engine, actor: str) -> int:
    """One's own lists that have run, the newest first."""
    for declared in import_room.declared_imports().values():
        back = import_room.withdrawals(engine, declared)
        with engine.database.read() as connection:
            batches = imports.batches_of(connection, actor, declared.id, LISTED)
            counted = [imports.counts(connection, each.id, back) for each in batches]
        for each, counts in zip(batches, counted, strict=True):
            if each.status != "preview":
                when = each.created_at.astimezone(engine.library.zone)
                n, withdrawn = counts.get("received", 0), counts.get("withdrawn", 0)
                click.echo(
                    say("import.undo_list", batch=each.id, when=f"{when:%d/%m/%Y %H:%M}", n=n, back=withdrawn)
                )
    return DONE


def _rows(engine: Engine, batch: Batch, declared: Declared) -> int:
    """The rows whose case is as the import left it: row, number, state."""
    words = words_of(engine, import_room.workflow_of(engine, declared))
    back = import_room.withdrawals(engine, declared)
    after = 0
    while True:
        with engine.database.read() as connection:
            rows = imports.rows_of(connection, batch.id, ("received",), after=after)
            there = imports.openings(connection, [each.case_id for each in rows], back)
        if not rows:
            return DONE
        after = rows[-1].number
        for row in rows:
            opening = there.get(row.case_id)
            if opening and undoable(opening):
                state = words.state(opening.state)
                click.echo(say("import.undo_row", row=row.number, case=opening.reference, state=state))


def _undo(
    engine: Engine, batch: Batch, declared: Declared, wanted: list[tuple[int, int]], actor: str, reason: str
) -> int:
    """Take back what the rows `wanted` (from, to) opened; says what was not, and why."""
    words = words_of(engine, import_room.workflow_of(engine, declared))
    done, refused, after = 0, 0, 0
    while True:
        with engine.database.read() as connection:
            page = imports.rows_of(connection, batch.id, ("received",), after=after)
        if not page:
            break
        after = page[-1].number
        rows = [each for each in page if any(first <= each.number <= last for first, last in wanted)]
        outcomes = importing.undo(
            engine, batch, rows, actor=actor, trigger=declared.withdraw, reason=reason, request=VIA
        )
        for number, outcome in outcomes.items():
            done += outcome.applied
            refused += not outcome.applied
            if not outcome.applied:
                why = " ".join(words.blocker(each) for each in outcome.blockers)
                click.echo(say("import.line", row=number, kind=say("import.error"), text=why))
    if not done and not refused:
        raise Refused("import.undo_none")
    click.echo(say("import.undone", n=done, refused=refused))
    return NOT_ALL if refused else DONE


def _mine(engine: Engine, actor: str, named: str) -> tuple[Batch, Declared]:
    """One's own list by its id; Refused alike for another's and for none."""
    with engine.database.read() as connection:
        found = imports.find_batch(connection, named)
    if found is None or found.actor != actor or found.status == "preview":
        raise Refused("import.undo_no_list")
    return found, import_room.declared_imports()[found.kind]


def _span(text: str) -> tuple[int, int]:
    """ "7" or "7-12"."""
    match = _ROWS.fullmatch(text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if last < first:
        raise Refused("import.undo_bad_row", text=text)
    return first, last
