"""Drafts of workflows, as typed, and the record of what was decided about versions.

A save names the revision it was made from: one that was overtaken changes nothing. What a draft means, and who may do
what with it, is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update
from uuid_utils.compat import uuid7

from engine.store.changing import definition_draft, version_event
from engine.store.rows import read, rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft. text: as typed, may be broken. revision: of its last change. ticks: warning to {reason, by}.

    status: open, submitted (waiting for a second person), published or dropped. authors: all who saved it.
    number: the version it became.
    """

    id: str
    definition: str
    based_on: int | None
    text: str
    revision: int
    status: str
    ticks: Mapping[str, Any]
    authors: tuple[str, ...]
    begun_by: str
    begun_at: datetime
    saved_by: str
    saved_at: datetime
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEventRow:
    """What was decided about a version, when and by whom; only grows."""

    id: str
    at: datetime
    kind: str
    actor: str
    definition: str
    number: int | None
    sha256: str | None
    draft: str | None
    facts: Mapping[str, Any]


def begin(
    connection: Connection, definition: str, based_on: int | None, text: str, by: str, at: datetime
) -> DraftRow:
    """A new draft of `definition`, of a version or of nothing. at: aware."""
    made = DraftRow(
        id=str(uuid7()), definition=definition, based_on=based_on, text=text, revision=1, status="open", ticks={},
        authors=(by,), begun_by=by, begun_at=at, saved_by=by, saved_at=at,
    )  # fmt: skip
    values = {name: getattr(made, name) for name in DraftRow.__dataclass_fields__}
    connection.execute(insert(definition_draft).values(values | {"authors": [by]}))
    return made


def get(connection: Connection, id: str) -> DraftRow | None:
    """One draft."""
    found = _read(connection, rows_of(DraftRow, definition_draft).where(definition_draft.c.id == id))
    return found[0] if found else None


def all_of(connection: Connection, *statuses: str) -> tuple[DraftRow, ...]:
    """The drafts in one of the statuses, last saved first."""
    column = definition_draft.c
    wanted = rows_of(DraftRow, definition_draft).where(column.status.in_(statuses))
    return _read(connection, wanted.order_by(column.saved_at.desc(), column.id))


def submitted(connection: Connection) -> frozenset[str]:
    """The ids of those that wait for a second person."""
    column = definition_draft.c
    return frozenset(connection.scalars(select(column.id).where(column.status == "submitted")))


def _read(connection: Connection, wanted: Select[Any]) -> tuple[DraftRow, ...]:
    return tuple(replace(each, authors=tuple(each.authors)) for each in read(connection, DraftRow, wanted))


def change(connection: Connection, draft: DraftRow, **values: Any) -> bool:
    """Change a draft as it was read; False, and nothing is changed, if somebody changed it since."""
    column = definition_draft.c
    as_read = (column.id == draft.id, column.revision == draft.revision)
    raised = update(definition_draft).where(*as_read).values(revision=draft.revision + 1, **values)
    return connection.execute(raised).rowcount == 1


def note(
    connection: Connection, kind: str, *, by: str, at: datetime, definition: str, number: int | None = None,
    sha256: str | None = None, draft: str | None = None, facts: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Record what was decided. kind: submitted, returned, published, retired, migrated or reverted. at: aware."""
    row = {
        "id": str(uuid7()), "at": at, "kind": kind, "actor": by, "definition": definition, "number": number,
        "sha256": sha256, "draft": draft, "facts": dict(facts or {}),
    }  # fmt: skip
    connection.execute(insert(version_event).values(row))


def history(connection: Connection, definition: str) -> tuple[VersionEventRow, ...]:
    """What was decided about the versions of `definition`, oldest first."""
    column = version_event.c
    wanted = rows_of(VersionEventRow, version_event).where(column.definition == definition)
    return read(connection, VersionEventRow, wanted.order_by(column.at, column.id))


def lately(connection: Connection, most: int, before: str = "") -> tuple[VersionEventRow, ...]:
    """What was decided about versions of all workflows, newest first, `most` at a time. before: the id to go on from."""
    column = version_event.c
    wanted = rows_of(VersionEventRow, version_event).order_by(column.id.desc()).limit(most)
    return read(connection, VersionEventRow, wanted.where(column.id < before) if before else wanted)
