"""The tables of changing a workflow: drafts as typed, what was decided about versions, and moves of live cases.

A draft may be broken in any way; what is published stands in `definition_version`. `version_event` is the record of
who decided what about a version, and only grows. `metadata` knows every table only together with tables.py.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from engine.store.ground import metadata as metadata
from engine.store.types import Json, Moment

DRAFT = ("open", "submitted", "published", "dropped")
EVENTS = ("submitted", "returned", "published", "retired", "migrated", "reverted")
MIGRATION = ("planned", "looking", "reported", "running", "done")
MOVED = ("planned", "hand", "stays", "blocked", "migrated", "skipped", "failed")


def _one_of(name: str, allowed: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{name} IN {allowed}", name=name)


definition_draft = Table(
    "definition_draft",
    metadata,
    Column("id", Text, primary_key=True, comment="UUIDv7: in order of time"),
    Column("definition", Text, nullable=False, comment="which workflow it is to become a version of"),
    Column("based_on", Integer, comment="the version it was begun from; null: a new workflow"),
    Column("text", Text, nullable=False, comment="as typed, also when it cannot be read"),
    Column("revision", Integer, nullable=False, comment="raised by every save; another one is overtaken"),
    Column("status", Text, _one_of("status", DRAFT), nullable=False),
    Column("ticks", Json, nullable=False, comment="warning ticked: why and by whom"),
    Column("authors", Json, nullable=False, comment="ids of all who saved it: none of them may publish it"),
    Column("begun_by", Text, ForeignKey("actor.id"), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("saved_by", Text, ForeignKey("actor.id"), nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("number", Integer, comment="the version it became"),
    Index("ix_definition_draft_status", "status", "definition", "saved_at"),
)

version_event = Table(
    "version_event",
    metadata,
    Column("id", Text, primary_key=True, comment="UUIDv7: in order of time"),
    Column("at", Moment, nullable=False),
    Column("kind", Text, _one_of("kind", EVENTS), nullable=False),
    Column("actor", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("number", Integer, comment="the version it is about; null before there is one"),
    Column("sha256", Text, comment="of that version, or of the report that was applied"),
    Column("draft", Text),
    Column("facts", Json, nullable=False, comment="authors, ticks, reason; nothing of a case"),
    Index("ix_version_event_definition", "definition", "at"),
)

migration = Table(
    "migration",
    metadata,
    Column("id", Text, primary_key=True, comment="UUIDv7: in order of time"),
    Column("definition", Text, nullable=False),
    Column("from_number", Integer, nullable=False),
    Column("to_number", Integer, nullable=False),
    Column("plan", Json, nullable=False, comment="mapping and filter (engine.migration.plan)"),
    Column("status", Text, _one_of("status", MIGRATION), nullable=False),
    Column("reverts", Text, ForeignKey("migration.id"), comment="the one it takes back"),
    Column("made_by", Text, ForeignKey("actor.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("report_sha256", Text, comment="of the last dry run; null once the plan was changed"),
    Column("reported_at", Moment),
    Column("applied_by", Text, ForeignKey("actor.id")),
    Column("reason", Text, nullable=False, default=""),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Index("ix_migration_definition", "definition", "made_at"),
)

# One row a case of the set, made by the dry run; nothing private of a case stands in it.
migration_case = Table(
    "migration_case",
    metadata,
    Column("migration", Text, ForeignKey("migration.id"), nullable=False),
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("version", Integer, nullable=False, comment="of the case when it was looked at"),
    Column("status", Text, _one_of("status", MOVED), nullable=False),
    Column("state", Text, nullable=False, comment="where it stood"),
    Column("target", Text, comment="where it goes; null: nowhere"),
    Column("report", Json, nullable=False, comment="what the move changes, in codes and keys"),
    Column("reason", Text, nullable=False, default="", comment="a code: why it was not moved"),
    Column("done_at", Moment),
    PrimaryKeyConstraint("migration", "case_id"),
    Index("ix_migration_case_status", "migration", "status", "case_id"),
    sqlite_with_rowid=False,
)
