"""Changing a workflow: drafts, what was decided about versions, and moves of live cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

# As engine.store.types has them today; a version does not change when the types do.
MOMENT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "definition_draft",
        sa.Column("id", sa.Text, nullable=False, comment="UUIDv7: in order of time"),
        sa.Column(
            "definition", sa.Text, nullable=False, comment="which workflow it is to become a version of"
        ),
        sa.Column("based_on", sa.Integer, comment="the version it was begun from; null: a new workflow"),
        sa.Column("text", sa.Text, nullable=False, comment="as typed, also when it cannot be read"),
        sa.Column(
            "revision", sa.Integer, nullable=False, comment="raised by every save; another one is overtaken"
        ),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("ticks", JSON, nullable=False, comment="warning ticked: why and by whom"),
        sa.Column(
            "authors", JSON, nullable=False, comment="ids of all who saved it: none of them may publish it"
        ),
        sa.Column("begun_by", sa.Text, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.Text, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("number", sa.Integer, comment="the version it became"),
        sa.CheckConstraint(
            "status IN ('open', 'submitted', 'published', 'dropped')", name=op.f("ck_definition_draft_status")
        ),
        sa.ForeignKeyConstraint(["begun_by"], ["actor.id"], name=op.f("fk_definition_draft_begun_by_actor")),
        sa.ForeignKeyConstraint(["saved_by"], ["actor.id"], name=op.f("fk_definition_draft_saved_by_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_draft")),
    )
    op.create_index("ix_definition_draft_status", "definition_draft", ["status", "definition", "saved_at"])
    op.create_table(
        "version_event",
        sa.Column("id", sa.Text, nullable=False, comment="UUIDv7: in order of time"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, comment="the version it is about; null before there is one"),
        sa.Column("sha256", sa.Text, comment="of that version, or of the report that was applied"),
        sa.Column("draft", sa.Text),
        sa.Column("facts", JSON, nullable=False, comment="authors, ticks, reason; nothing of a case"),
        sa.CheckConstraint(
            "kind IN ('submitted', 'returned', 'published', 'retired', 'migrated', 'reverted')",
            name=op.f("ck_version_event_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_event")),
    )
    op.create_index("ix_version_event_definition", "version_event", ["definition", "at"])
    op.create_table(
        "migration",
        sa.Column("id", sa.Text, nullable=False, comment="UUIDv7: in order of time"),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("from_number", sa.Integer, nullable=False),
        sa.Column("to_number", sa.Integer, nullable=False),
        sa.Column("plan", JSON, nullable=False, comment="mapping and filter (engine.migration.plan)"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reverts", sa.Text, comment="the one it takes back"),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("report_sha256", sa.Text, comment="of the last dry run; null once the plan was changed"),
        sa.Column("reported_at", MOMENT),
        sa.Column("applied_by", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint(
            "status IN ('planned', 'looking', 'reported', 'running', 'done')",
            name=op.f("ck_migration_status"),
        ),
        sa.ForeignKeyConstraint(["reverts"], ["migration.id"], name=op.f("fk_migration_reverts_migration")),
        sa.ForeignKeyConstraint(["made_by"], ["actor.id"], name=op.f("fk_migration_made_by_actor")),
        sa.ForeignKeyConstraint(["applied_by"], ["actor.id"], name=op.f("fk_migration_applied_by_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    op.create_index("ix_migration_definition", "migration", ["definition", "made_at"])
    op.create_table(
        "migration_case",
        sa.Column("migration", sa.Text, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="of the case when it was looked at"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, comment="where it stood"),
        sa.Column("target", sa.Text, comment="where it goes; null: nowhere"),
        sa.Column("report", JSON, nullable=False, comment="what the move changes, in codes and keys"),
        sa.Column("reason", sa.Text, nullable=False, comment="a code: why it was not moved"),
        sa.Column("done_at", MOMENT),
        sa.CheckConstraint(
            "status IN ('planned', 'hand', 'stays', 'blocked', 'migrated', 'skipped', 'failed')",
            name=op.f("ck_migration_case_status"),
        ),
        sa.ForeignKeyConstraint(
            ["migration"], ["migration.id"], name=op.f("fk_migration_case_migration_migration")
        ),
        sa.PrimaryKeyConstraint("migration", "case_id", name=op.f("pk_migration_case")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_migration_case_status", "migration_case", ["migration", "status", "case_id"])
