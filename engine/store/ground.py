"""The tables of what cases stand on: the installation, workflows, rules, places, agencies, people and calendars.

An area is "CODE@YYYY-MM-DD" because official codes are used again for other communes. `metadata` knows every table
only together with tables.py, whose cases refer to these: whoever needs the whole takes it from there.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
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
