"""Mail: addresses and choices of people, the mails themselves; warnings are kept by the due moment they warned of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# As engine.store.types has it today; a version does not change when the types do.
MOMENT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")

RUNNING = "ended_at IS NULL AND breached_at IS NULL AND paused_at IS NULL"
UNWARNED = sa.text(f"{RUNNING} AND (warned_due IS NULL OR warned_due <> due_at)")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.add_column(
        "actor", sa.Column("email", sa.Text, comment="where mail goes; set by administrators; null: nowhere")
    )
    op.add_column(
        "actor",
        sa.Column(
            "mail",
            sa.Text,
            nullable=False,
            server_default="off",
            comment="the person's choice: off, urgent or digest",
        ),
    )
    op.add_column(
        "deadline",
        sa.Column(
            "warned_due", MOMENT, comment="the due moment that was warned of; another one is warned of again"
        ),
    )
    op.execute("UPDATE deadline SET warned_due = due_at WHERE warned_at >= warn_at")
    op.drop_index("ix_deadline_unwarned", "deadline")
    op.create_index(
        "ix_deadline_unwarned",
        "deadline",
        ["warn_at", "id"],
        sqlite_where=UNWARNED,
        postgresql_where=UNWARNED,
    )
    op.create_index("ix_notice_actor_at", "notice", ["actor", "at", "id"])
    op.create_table(
        "mail",
        sa.Column(
            "id",
            sa.Text,
            nullable=False,
            comment="uuid5 of the three below: its Message-ID, never twice",
        ),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False, comment="notice, digest or test"),
        sa.Column(
            "about", sa.Text, nullable=False, comment="the notice, the local day, or any id; never a text"
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False, comment="when it is tried next"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, comment="why it was not sent; a code, never an address or a text"),
        sa.Column("done_at", MOMENT),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name=op.f("ck_mail_state")),
        sa.ForeignKeyConstraint(["actor"], ["actor.id"], name=op.f("fk_mail_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("actor", "kind", "about", name=op.f("uq_mail_actor_kind_about")),
    )
    op.create_index(
        "ix_mail_waiting", "mail", ["not_before", "id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index("ix_mail_created", "mail", ["created_at", "id"])
