"""What a step changes: as rows, and as the statements that write them.

How they are sent, and what happens when the case is no longer as it was read, is steps.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import bindparam, insert, update

from engine.store.look import CASE_COLUMNS, CaseRow, Row
from engine.store.statement import Statement
from engine.store.tables import (
    case_event,
    case_number,
    cases,
    command,
    deadline,
    event_sealed,
    log_pending,
    name_token,
    notice,
    outbox,
    read_log,
    subject_key,
)

Batch = tuple[Statement, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Writing:
    """All that a step changes, as rows; `case` is the new summary, `before` the locked one (None: a new case)."""

    before: CaseRow | None
    case: CaseRow
    event: Row
    sealed: Sequence[Row] = ()
    keys: Sequence[Row] = ()
    tokens: Sequence[Row] = ()
    forget_tokens: Sequence[str] = ()
    deadlines_new: Sequence[Row] = ()
    deadlines_ended: Sequence[Row] = ()
    deadlines_changed: Sequence[Row] = ()
    deadlines_placed: Sequence[Row] = ()
    outbox: Sequence[Row] = ()
    notices: Sequence[Row] = ()


SETTLED = frozenset(("root", "id", "parent", "subcase_key", "reference", "opened_at"))
# Each of these stands in an index that an ordinary step leaves alone.
RARE = ("definition", "definition_number", "area", "offered", "agency", "owner", "closed_at")
CHANGING = tuple(name for name in CASE_COLUMNS if name not in SETTLED)
NEW = tuple("new_" + name for name in CASE_COLUMNS)
_rare = attrgetter(*RARE)


def _compare_and_set(names: Iterable[str]) -> Statement:
    return Statement(
        update(cases)
        .where(
            cases.c.root == bindparam("old_root"),
            cases.c.id == bindparam("old_id"),
            cases.c.version == bindparam("old_version"),
            cases.c.head == bindparam("old_head"),
        )
        .values({name: bindparam("new_" + name) for name in names})
    )


COMPARE_AND_SET = _compare_and_set(name for name in CHANGING if name not in RARE)
COMPARE_AND_SET_ALL = _compare_and_set(CHANGING)
INSERT = {
    table.name: Statement(insert(table).values({column.name: bindparam(column.name) for column in table.c if column.name != "id" or table is not outbox}))
    for table in (cases, case_event, event_sealed, log_pending, command, case_number, subject_key, name_token, deadline, outbox, notice, read_log)
}  # fmt: skip


def _change_deadline(*names: str) -> Statement:
    return Statement(
        update(deadline)
        .where(
            deadline.c.root == bindparam("of_root"),
            deadline.c.case_id == bindparam("of_case"),
            deadline.c.id == bindparam("of_id"),
        )
        .values({name: bindparam("new_" + name) for name in names})
    )


END_DEADLINE = _change_deadline("ended_at", "ended_how")
CHANGE_DEADLINE = _change_deadline(
    "start_at", "due_at", "warn_at", "rule", "paused_at", "ended_at", "ended_how", "breached_at"
)
PLACE_DEADLINE = _change_deadline(
    "state",
    "start_at",
    "due_at",
    "warn_at",
    "rule",
    "escalate_to",
    "then",
    "paused_at",
    "ended_at",
    "ended_how",
)
FORGET_TOKENS = Statement(
    name_token.delete().where(
        name_token.c.root == bindparam("root"),
        name_token.c.case_id == bindparam("case_id"),
        name_token.c.field == bindparam("field"),
    )
)


def forgotten(writing: Writing) -> Batch:
    """The tokens of names given anew."""
    of = {"root": writing.case.root, "case_id": writing.case.id}
    return FORGET_TOKENS, [of | {"field": name} for name in writing.forget_tokens]


def written(writing: Writing) -> list[Batch]:
    """All other changes; the first is the case's row, compared with what was read."""
    case, event = writing.case, writing.event
    triple = {"root": case.root, "case_id": case.id, "seq": case.version}
    batches: list[Batch] = [
        _summary(writing),
        (INSERT["case_event"], (event,)),
        (INSERT["command"], ({"id": event["command_id"], "sha256": event["command_sha256"], **triple},)),
        (INSERT["log_pending"], (triple,)),
        (INSERT["subject_key"], writing.keys),
        (INSERT["event_sealed"], writing.sealed),
        (INSERT["name_token"], writing.tokens),
        (INSERT["deadline"], writing.deadlines_new),
        (END_DEADLINE, writing.deadlines_ended),
        (CHANGE_DEADLINE, writing.deadlines_changed),
        (PLACE_DEADLINE, writing.deadlines_placed),
        (INSERT["outbox"], writing.outbox),
        (INSERT["notice"], writing.notices),
    ]
    if writing.before is None:
        number = {"reference": case.reference, "root": case.root, "case_id": case.id}
        batches.append((INSERT["case_number"], (number,)))
    return batches


def _summary(writing: Writing) -> Batch:
    """The case's row: a new one, or compared with what was read and set."""
    case, before = writing.case, writing.before
    if before is None:
        return INSERT["cases"], ({name: getattr(case, name) for name in CASE_COLUMNS},)
    row = dict(zip(NEW, case, strict=True)) | {
        "old_root": before.root,
        "old_id": before.id,
        "old_version": before.version,
        "old_head": before.head,
    }
    return COMPARE_AND_SET if _rare(case) == _rare(before) else COMPARE_AND_SET_ALL, (row,)
