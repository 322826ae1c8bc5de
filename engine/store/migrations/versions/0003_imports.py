"""Staged sheets: import_batch and import_row."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0001"

# As engine.store.types has them today; a version does not change when the types do.
MOMENT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Text, nullable=False, comment="UUIDv7: in order of time"),
        sa.Column("kind", sa.Text, nullable=False, comment="which declared import"),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False, comment="whose commands the rows become"),
        sa.Column(
            "digest", sa.LargeBinary, nullable=False, comment="HMAC over the rows: the same sheet again"
        ),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("runner", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("kid", sa.Text, nullable=False),
        sa.Column(
            "wrapped",
            sa.LargeBinary,
            comment="data key under the master key; null once the batch has ended",
        ),
        sa.Column("notes", sa.LargeBinary, comment="sealed: what was said of the sheet as a whole"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.CheckConstraint("status IN ('preview', 'running', 'done')", name=op.f("ck_import_batch_status")),
        sa.CheckConstraint("runner IN ('worker', 'cli')", name=op.f("ck_import_batch_runner")),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name=op.f("fk_import_batch_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_status", "import_batch", ["status", "touched_at"])
    op.create_index("ix_import_batch_actor", "import_batch", ["actor", "created_at"])
    op.create_table(
        "import_row",
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, comment="of the row in the sheet"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("warned", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False, comment="derived from the row's values under a key"),
        sa.Column("command_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, comment="the row's values; null once the row was dealt with"),
        sa.Column(
            "reasons", JSON, nullable=False, comment="codes, columns, fields; never a value of the row"
        ),
        sa.CheckConstraint(
            "status IN ('bad', 'waiting', 'received', 'already', 'refused', 'left')",
            name=op.f("ck_import_row_status"),
        ),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_import_row_batch")),
        sa.PrimaryKeyConstraint("batch", "number", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_status", "import_row", ["batch", "status", "number"])
