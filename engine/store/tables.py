"""The tables. Every table of a case carries the id of the root case first in its key (architecture.md §5).

Ids are UUIDs written as text; an area is "CODE@YYYY-MM-DD" because official codes are used again for other communes.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.types import NAMING, Json, Moment

metadata = MetaData(naming_convention=NAMING)

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="single"), primary_key=True),
    Column("kind", Text, CheckConstraint("kind IN ('demo', 'real')", name="kind"), nullable=False),
    Column("log", Text, nullable=False, comment="origin of the record; stands in every event body"),
    Column("epoch", Integer, nullable=False, default=1),
    Column("zone", Text, nullable=False, comment="IANA time zone of legal days"),
    Column("created_at", Moment, nullable=False),
    Column("demo_now", Moment, comment="the demo's clock when it last ran; null in a real installation"),
    Column(
        "reference_version",
        Integer,
        nullable=False,
        default=1,
        comment="raised by every change of reference data",
    ),
)

definition_version = Table(
    "definition_version",
    metadata,
    Column("definition", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", Text, nullable=False, comment="over the canonical parsed form"),
    Column(
        "status", Text, CheckConstraint("status IN ('published', 'retired')", name="status"), nullable=False
    ),
    Column("source", Text, nullable=False, comment="the author's text as written"),
    Column("plain", Json, nullable=False, comment="the canonical parsed form"),
    Column("published_at", Moment, nullable=False),
    Column("published_by", Text, nullable=False),
    PrimaryKeyConstraint("definition", "number"),
    UniqueConstraint("definition", "sha256"),
)

decision_table = Table(
    "decision_table",
    metadata,
    Column("id", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("sha256", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("plain", Json, nullable=False),
    PrimaryKeyConstraint("id", "valid_from", "sha256"),
)

area = Table(
    "area",
    metadata,
    Column("id", Text, primary_key=True, comment="CODE@valid_from"),
    Column("code", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, comment="last day; null while in force"),
    Column("level", Text, nullable=False),
    Column("name_vi", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("parent", Text, ForeignKey("area.id")),
    UniqueConstraint("code", "valid_from"),
)

area_succession = Table(
    "area_succession",
    metadata,
    Column("old", Text, ForeignKey("area.id"), nullable=False),
    Column("new", Text, ForeignKey("area.id"), nullable=False),
    PrimaryKeyConstraint("old", "new"),
)

area_cover = Table(
    "area_cover",
    metadata,
    Column("area", Text, nullable=False, comment="who holds this area"),
    Column(
        "covered", Text, nullable=False, comment="answers for this one: itself, all below, all predecessors"
    ),
    PrimaryKeyConstraint("covered", "area"),
    Index("ix_area_cover_area", "area"),
)

agency = Table(
    "agency",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_vi", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("area", Text, ForeignKey("area.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
)

actor = Table(
    "actor",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("username", Text, nullable=False, unique=True),
    Column("password", Text, comment="argon2id hash; null: cannot sign in by password"),
    Column("active", Boolean, nullable=False, default=True),
    Column("fs_uniquifier", Text, nullable=False, unique=True, comment="changing it ends every session"),
    Column("language", Text, nullable=False, default="vi"),
    Column("demo_order", Integer, comment="place among the one-click people of the demo"),
    Column("email", Text, comment="where mail goes; set by administrators; null: nowhere"),
    Column(
        "mail",
        Text,
        nullable=False,
        server_default="off",
        comment="the person's choice: off, urgent or digest",
    ),
)

holding = Table(
    "holding",
    metadata,
    Column("id", Text, primary_key=True),
    Column("actor", Text, ForeignKey("actor.id"), nullable=False, index=True),
    Column("function", Text, nullable=False),
    Column("agency", Text, ForeignKey("agency.id"), nullable=False),
    Column("area", Text, ForeignKey("area.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Index("ix_holding_function_area", "function", "area"),
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Json, nullable=False),
    Column("unconfirmed", Boolean, nullable=False, default=False),
    Column("law", Text, nullable=False, default=""),
)

calendar_swap = Table(
    "calendar_swap",
    metadata,
    Column("calendar", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("worked", Boolean, nullable=False, comment="true: worked though holiday or weekend"),
    Column("reason", Text, nullable=False, default=""),
    PrimaryKeyConstraint("calendar", "day"),
)

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

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("account", LargeBinary, nullable=False, comment="HMAC of what was typed"),
    Column("address", LargeBinary, nullable=False, comment="HMAC of the peer"),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_sign_in_attempt_account", "account", "at"),
    Index("ix_sign_in_attempt_address", "address", "at"),
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
