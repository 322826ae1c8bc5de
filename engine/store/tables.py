"""The tables of cases: their steps, limits, messages, looks and imports. Reference data is in ground.py.

Every table of a case carries the id of the root case first in its key (architecture.md §5). Ids are UUIDs written as
text. `metadata`, taken from here, knows every table, those of changing.py too.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.changing import metadata as metadata
from engine.store.types import Json, Moment

# Not "owner IS NULL": half of all cases may have none, and SQLite would go by the index of owners.
UNOWNED = "coalesce(owner, '') = ''"
_UNOWNED, _TRACK, _OFFERED = text(UNOWNED), text("parent IS NOT NULL"), text("offered IS NOT NULL")
cases = Table(
    "cases",
    metadata,
    Column("root", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("parent", Text),
    Column("subcase_key", Text, comment="which track of the parent's definition"),
    Column("definition", Text, nullable=False),
    Column("definition_number", Integer, nullable=False),
    Column("reference", Text, nullable=False, comment="the human number"),
    Column("area", Text, ForeignKey("area.id"), nullable=False),
    Column("offered", Text, ForeignKey("area.id"), comment="the area it is offered to, until that accepts"),
    Column("agency", Text, ForeignKey("agency.id"), comment="serving agency of a track"),
    Column("state", Text, nullable=False),
    Column("stage", Text, nullable=False, default=""),
    Column("came_from", Text),
    Column("cycle", Integer, nullable=False, default=1),
    Column("owner", Text, ForeignKey("actor.id")),
    Column("version", Integer, nullable=False, comment="seq of the newest event"),
    Column("head", LargeBinary, nullable=False, comment="leaf of the newest event"),
    Column("entered_at", Moment, nullable=False),
    Column("entered_seq", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("next_due", Moment, comment="earliest open time limit"),
    Column("data", Json, nullable=False, comment="open values"),
    Column("sealed", Json, nullable=False, comment="field: [seq, sha256 of the ciphertext]"),
    PrimaryKeyConstraint("root", "id"),
    Index("ix_cases_id", "id"),
    Index("ix_cases_parent", "root", "parent", sqlite_where=_TRACK, postgresql_where=_TRACK),
    # Whole counts by area come from this index alone. What most steps change stands in none.
    Index("ix_cases_area_opened", "area", "definition", "opened_at", "id", "parent", "closed_at", "owner"),
    Index("ix_cases_opened", "definition", "opened_at", "id"),
    Index("ix_cases_offered", "offered", sqlite_where=_OFFERED, postgresql_where=_OFFERED),
    Index("ix_cases_agency", "agency", "opened_at"),
    Index("ix_cases_owner", "owner", "closed_at", "opened_at", "id", "area", "definition", "parent"),
    Index(
        "ix_cases_unowned",
        "definition",
        "closed_at",
        "opened_at",
        "id",
        sqlite_where=_UNOWNED,
        postgresql_where=_UNOWNED,
    ),
    postgresql_with={"fillfactor": 70},  # room for the next step's row beside the last one's
)

# Rows under a key of text stand in that key's own tree on SQLite (sqlite_with_rowid): a step writes fewer pages, and
# the rows of a case stand together.
case_number = Table(
    "case_number",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    sqlite_with_rowid=False,
)

number_counter = Table(
    "number_counter",
    metadata,
    Column(
        "scope", Text, primary_key=True, comment="definition|area code|local year, or the parent's id|code"
    ),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)

command = Table(
    "command",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)

case_event = Table(
    "case_event",
    metadata,
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("seq", Integer, CheckConstraint("seq >= 1", name="seq"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("transition", Text),
    Column("actor", Text, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="canonical JSON, the exact bytes that were hashed"),
    Column("leaf", LargeBinary, nullable=False, comment="sha256(0x00 || body), RFC 9162"),
    Column("command_id", Text, nullable=False),
    Column("command_sha256", LargeBinary, nullable=False),
    PrimaryKeyConstraint("root", "case_id", "seq"),
)


def _of_event() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["root", "case_id", "seq"], ["case_event.root", "case_event.case_id", "case_event.seq"]
    )


event_sealed = Table(
    "event_sealed",
    metadata,
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("field", Text, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    PrimaryKeyConstraint("root", "case_id", "seq", "field"),
    _of_event(),
    sqlite_with_rowid=False,
)

log_pending = Table(
    "log_pending",
    metadata,
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    PrimaryKeyConstraint("root", "case_id", "seq"),
    _of_event(),
    sqlite_with_rowid=False,
)

subject_key = Table(
    "subject_key",
    metadata,
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="child, guardian, reporter or case"),
    Column("kid", Text, nullable=False, unique=True),
    Column("wrapped", LargeBinary, comment="data key under the master key, RFC 3394; null once destroyed"),
    PrimaryKeyConstraint("root", "case_id", "subject"),
    sqlite_with_rowid=False,
)

name_token = Table(
    "name_token",
    metadata,
    Column("token", LargeBinary, nullable=False, comment="truncated HMAC of one syllable"),
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    PrimaryKeyConstraint("token", "root", "case_id", "field"),
    Index("ix_name_token_case", "root", "case_id", "field"),
    sqlite_with_rowid=False,
)

_RUNNING = text("ended_at IS NULL AND breached_at IS NULL AND paused_at IS NULL")
_BREACHED = text("ended_at IS NULL AND paused_at IS NULL AND breached_at IS NOT NULL")
_UNWARNED = text(f"{_RUNNING} AND (warned_due IS NULL OR warned_due <> due_at)")
deadline = Table(
    "deadline",
    metadata,
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("scope", Text, nullable=False, comment="state, case or repeat"),
    Column("state", Text, nullable=False, default=""),
    Column("entry", Integer, nullable=False, comment="seq of entering the state"),
    Column("start_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("warn_at", Moment),
    Column("rule", Json, nullable=False, comment="the limit that won"),
    Column("escalate_to", Text, nullable=False, default=""),
    Column("then", Text, nullable=False, default=""),
    Column("paused_at", Moment),
    Column("created_seq", Integer, nullable=False),
    Column("ended_at", Moment),
    Column("ended_how", Text),
    Column("breached_at", Moment),
    Column("warned_at", Moment),
    Column("warned_due", Moment, comment="the due moment that was warned of; another one is warned of again"),
    PrimaryKeyConstraint("root", "case_id", "id"),
    # What the worker asks every second, and nothing else: limits that run, and warnings still to be given.
    Index("ix_deadline_running", "due_at", "id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    Index("ix_deadline_unwarned", "warn_at", "id", sqlite_where=_UNWARNED, postgresql_where=_UNWARNED),
    # What lists of late cases go by together with the limits that run; few steps touch it.
    Index("ix_deadline_breached", "due_at", "id", sqlite_where=_BREACHED, postgresql_where=_BREACHED),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("last_error", Text, comment="a code, never a name"),
    Index(
        "ix_outbox_open", "id", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")
    ),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True, comment="uuid5 of what it is about and for whom: never twice"),
    Column("actor", Text, ForeignKey("actor.id"), nullable=False),
    Column("root", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("params", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("read_at", Moment),
    Index("ix_notice_actor", "actor", "read_at", "at"),
    Index("ix_notice_actor_at", "actor", "at", "id"),
)

_WAITING = text("state = 'waiting'")
mail = Table(
    "mail",
    metadata,
    Column("id", Text, primary_key=True, comment="uuid5 of the three below: its Message-ID, never twice"),
    Column("actor", Text, ForeignKey("actor.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="notice, digest or test"),
    Column("about", Text, nullable=False, comment="the notice, the local day, or any id; never a text"),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False, comment="when it is tried next"),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="state"),
        nullable=False,
        default="waiting",
    ),
    Column("attempts", Integer, nullable=False, default=0),
    Column("code", Text, comment="why it was not sent; a code, never an address or a text"),
    Column("done_at", Moment),
    UniqueConstraint("actor", "kind", "about"),
    Index("ix_mail_waiting", "not_before", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index("ix_mail_created", "created_at", "id"),
)

read_log = Table(
    "read_log",
    metadata,
    Column("id", Text, primary_key=True, comment="UUIDv7: in order of time"),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("root", Text),
    Column("case_id", Text),
    Column("what", Text, nullable=False, comment="case page, print, search …"),
    Column("request", Text, nullable=False, default=""),
    Index("ix_read_log_case", "root", "case_id", "at"),
    Index("ix_read_log_actor", "actor", "at"),
)

# What is staged of an imported sheet. Rows go once a preview is dropped; what is sealed goes once the batch has ended.
import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Text, primary_key=True, comment="UUIDv7: in order of time"),
    Column("kind", Text, nullable=False, comment="which declared import"),
    Column("definition", Text, nullable=False),
    Column("actor", Text, ForeignKey("actor.id"), nullable=False, comment="whose commands the rows become"),
    Column("digest", LargeBinary, nullable=False, comment="HMAC over the rows: the same sheet again"),
    Column(
        "status",
        Text,
        CheckConstraint("status IN ('preview', 'running', 'done')", name="status"),
        nullable=False,
    ),
    Column("runner", Text, CheckConstraint("runner IN ('worker', 'cli')", name="runner"), nullable=False),
    Column("total", Integer, nullable=False),
    Column("kid", Text, nullable=False),
    Column("wrapped", LargeBinary, comment="data key under the master key; null once the batch has ended"),
    Column("notes", LargeBinary, comment="sealed: what was said of the sheet as a whole"),
    Column("created_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_import_batch_status", "status", "touched_at"),
    Index("ix_import_batch_actor", "actor", "created_at"),
)

import_row = Table(
    "import_row",
    metadata,
    Column("batch", Text, ForeignKey("import_batch.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="of the row in the sheet"),
    Column(
        "status",
        Text,
        CheckConstraint(
            "status IN ('bad', 'waiting', 'received', 'already', 'refused', 'left')", name="status"
        ),
        nullable=False,
    ),
    Column("warned", Boolean, nullable=False, default=False),
    Column("case_id", Text, nullable=False, comment="derived from the row's values under a key"),
    Column("command_id", Text, nullable=False),
    Column("sealed", LargeBinary, comment="the row's values; null once the row was dealt with"),
    Column("reasons", Json, nullable=False, comment="codes, columns, fields; never a value of the row"),
    PrimaryKeyConstraint("batch", "number"),
    Index("ix_import_row_status", "batch", "status", "number"),
)
