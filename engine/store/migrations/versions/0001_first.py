"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

# As engine.store.types has them today; a version does not change when the types do.
MOMENT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False, comment="origin of the record; stands in every event body"),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("zone", sa.Text, nullable=False, comment="IANA time zone of legal days"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column(
            "demo_now", MOMENT, comment="the demo's clock when it last ran; null in a real installation"
        ),
        sa.Column(
            "reference_version",
            sa.Integer,
            nullable=False,
            comment="raised by every change of reference data",
        ),
        sa.CheckConstraint("kind IN ('demo', 'real')", name=op.f("ck_installation_kind")),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "definition_version",
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False, comment="over the canonical parsed form"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False, comment="the author's text as written"),
        sa.Column("plain", JSON, nullable=False, comment="the canonical parsed form"),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.CheckConstraint("status IN ('published', 'retired')", name=op.f("ck_definition_version_status")),
        sa.PrimaryKeyConstraint("definition", "number", name=op.f("pk_definition_version")),
        sa.UniqueConstraint("definition", "sha256", name=op.f("uq_definition_version_definition_sha256")),
    )
    op.create_table(
        "decision_table",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("plain", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", "valid_from", "sha256", name=op.f("pk_decision_table")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Text, nullable=False, comment="CODE@valid_from"),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, comment="last day; null while in force"),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("name_vi", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("parent", sa.Text),
        sa.ForeignKeyConstraint(["parent"], ["area.id"], name=op.f("fk_area_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_area_code_valid_from")),
    )
    op.create_table(
        "area_succession",
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["new"], ["area.id"], name=op.f("fk_area_succession_new")),
        sa.ForeignKeyConstraint(["old"], ["area.id"], name=op.f("fk_area_succession_old")),
        sa.PrimaryKeyConstraint("old", "new", name=op.f("pk_area_succession")),
    )
    op.create_table(
        "area_cover",
        sa.Column("area", sa.Text, nullable=False, comment="who holds this area"),
        sa.Column(
            "covered",
            sa.Text,
            nullable=False,
            comment="answers for this one: itself, all below, all predecessors",
        ),
        sa.PrimaryKeyConstraint("covered", "area", name=op.f("pk_area_cover")),
    )
    op.create_index("ix_area_cover_area", "area_cover", ["area"])
    op.create_table(
        "agency",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name_vi", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_agency_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )
    op.create_table(
        "actor",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("password", sa.Text, comment="argon2id hash; null: cannot sign in by password"),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("fs_uniquifier", sa.Text, nullable=False, comment="changing it ends every session"),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("demo_order", sa.Integer, comment="place among the one-click people of the demo"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_actor_fs_uniquifier")),
        sa.UniqueConstraint("username", name=op.f("uq_actor_username")),
    )
    op.create_table(
        "holding",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("function", sa.Text, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name=op.f("fk_holding_actor")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name=op.f("fk_holding_agency")),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_holding_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    op.create_index(op.f("ix_holding_actor"), "holding", ["actor"])
    op.create_index("ix_holding_function_area", "holding", ["function", "area"])
    op.create_table(
        "setting",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("unconfirmed", sa.Boolean, nullable=False),
        sa.Column("law", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "calendar_swap",
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("worked", sa.Boolean, nullable=False, comment="true: worked though holiday or weekend"),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("calendar", "day", name=op.f("pk_calendar_swap")),
    )
    op.create_table(
        "cases",
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("parent", sa.Text),
        sa.Column("subcase_key", sa.Text, comment="which track of the parent's definition"),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("definition_number", sa.Integer, nullable=False),
        sa.Column("reference", sa.Text, nullable=False, comment="the human number"),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("offered", sa.Text, comment="the area it is offered to, until that accepts"),
        sa.Column("agency", sa.Text, comment="serving agency of a track"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("came_from", sa.Text),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, comment="seq of the newest event"),
        sa.Column("head", sa.LargeBinary, nullable=False, comment="leaf of the newest event"),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_seq", sa.Integer, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("next_due", MOMENT, comment="earliest open time limit"),
        sa.Column("data", JSON, nullable=False, comment="open values"),
        sa.Column("sealed", JSON, nullable=False, comment="field: [seq, sha256 of the ciphertext]"),
        sa.ForeignKeyConstraint(["offered"], ["area.id"], name=op.f("fk_cases_offered")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name=op.f("fk_cases_agency")),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_cases_area")),
        sa.ForeignKeyConstraint(["owner"], ["actor.id"], name=op.f("fk_cases_owner")),
        sa.PrimaryKeyConstraint("root", "id", name=op.f("pk_cases")),
        postgresql_with={"fillfactor": 70},
    )
    offered = sa.text("offered IS NOT NULL")
    op.create_index("ix_cases_offered", "cases", ["offered"], sqlite_where=offered, postgresql_where=offered)
    op.create_index("ix_cases_agency", "cases", ["agency", "opened_at"])
    op.create_index(
        "ix_cases_area_opened",
        "cases",
        ["area", "definition", "opened_at", "id", "parent", "closed_at", "owner"],
    )
    op.create_index("ix_cases_id", "cases", ["id"])
    op.create_index("ix_cases_opened", "cases", ["definition", "opened_at", "id"])
    op.create_index(
        "ix_cases_owner",
        "cases",
        ["owner", "closed_at", "opened_at", "id", "area", "definition", "parent"],
    )
    unowned, track = sa.text("coalesce(owner, '') = ''"), sa.text("parent IS NOT NULL")
    op.create_index(
        "ix_cases_unowned",
        "cases",
        ["definition", "closed_at", "opened_at", "id"],
        sqlite_where=unowned,
        postgresql_where=unowned,
    )
    op.create_index(
        "ix_cases_parent", "cases", ["root", "parent"], sqlite_where=track, postgresql_where=track
    )
    op.create_table(
        "case_number",
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_case_number")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "number_counter",
        sa.Column(
            "scope",
            sa.Text,
            nullable=False,
            comment="definition|area code|local year, or the parent's id|code",
        ),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_number_counter")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "command",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_event",
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("transition", sa.Text),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column(
            "body",
            sa.LargeBinary,
            nullable=False,
            comment="canonical JSON, the exact bytes that were hashed",
        ),
        sa.Column("leaf", sa.LargeBinary, nullable=False, comment="sha256(0x00 || body), RFC 9162"),
        sa.Column("command_id", sa.Text, nullable=False),
        sa.Column("command_sha256", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_case_event_seq")),
        sa.PrimaryKeyConstraint("root", "case_id", "seq", name=op.f("pk_case_event")),
    )
    op.create_table(
        "event_sealed",
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["root", "case_id", "seq"],
            ["case_event.root", "case_event.case_id", "case_event.seq"],
            name=op.f("fk_event_sealed_root_case_id_seq"),
        ),
        sa.PrimaryKeyConstraint("root", "case_id", "seq", "field", name=op.f("pk_event_sealed")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_pending",
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["root", "case_id", "seq"],
            ["case_event.root", "case_event.case_id", "case_event.seq"],
            name=op.f("fk_log_pending_root_case_id_seq"),
        ),
        sa.PrimaryKeyConstraint("root", "case_id", "seq", name=op.f("pk_log_pending")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subject_key",
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, comment="child, guardian, reporter or case"),
        sa.Column("kid", sa.Text, nullable=False),
        sa.Column(
            "wrapped",
            sa.LargeBinary,
            comment="data key under the master key, RFC 3394; null once destroyed",
        ),
        sa.PrimaryKeyConstraint("root", "case_id", "subject", name=op.f("pk_subject_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_subject_key_kid")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "name_token",
        sa.Column("token", sa.LargeBinary, nullable=False, comment="truncated HMAC of one syllable"),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("token", "root", "case_id", "field", name=op.f("pk_name_token")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_token_case", "name_token", ["root", "case_id", "field"])
    op.create_table(
        "deadline",
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False, comment="state, case or repeat"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False, comment="seq of entering the state"),
        sa.Column("start_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("warn_at", MOMENT),
        sa.Column("rule", JSON, nullable=False, comment="the limit that won"),
        sa.Column("escalate_to", sa.Text, nullable=False),
        sa.Column("then", sa.Text, nullable=False),
        sa.Column("paused_at", MOMENT),
        sa.Column("created_seq", sa.Integer, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_how", sa.Text),
        sa.Column("breached_at", MOMENT),
        sa.Column("warned_at", MOMENT),
        sa.PrimaryKeyConstraint("root", "case_id", "id", name=op.f("pk_deadline")),
        sqlite_with_rowid=False,
    )
    running = "ended_at IS NULL AND breached_at IS NULL AND paused_at IS NULL"
    unwarned = f"{running} AND (warned_at IS NULL OR warned_at < warn_at)"
    breached = "ended_at IS NULL AND paused_at IS NULL AND breached_at IS NOT NULL"
    for name, moment, where in (
        ("ix_deadline_running", "due_at", sa.text(running)),
        ("ix_deadline_unwarned", "warn_at", sa.text(unwarned)),
        ("ix_deadline_breached", "due_at", sa.text(breached)),
    ):
        op.create_index(name, "deadline", [moment, "id"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text, comment="a code, never a name"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "notice",
        sa.Column(
            "id", sa.Text, nullable=False, comment="uuid5 of what it is about and for whom: never twice"
        ),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name=op.f("fk_notice_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_actor", "notice", ["actor", "read_at", "at"])
    op.create_table(
        "read_log",
        sa.Column("id", sa.Text, nullable=False, comment="UUIDv7: in order of time"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("root", sa.Text),
        sa.Column("case_id", sa.Text),
        sa.Column("what", sa.Text, nullable=False, comment="case page, print, search …"),
        sa.Column("request", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_log")),
    )
    op.create_index("ix_read_log_actor", "read_log", ["actor", "at"])
    op.create_index("ix_read_log_case", "read_log", ["root", "case_id", "at"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account", sa.LargeBinary, nullable=False, comment="HMAC of what was typed"),
        sa.Column("address", sa.LargeBinary, nullable=False, comment="HMAC of the peer"),
        sa.Column("succeeded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_account", "sign_in_attempt", ["account", "at"])
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address", "at"])
