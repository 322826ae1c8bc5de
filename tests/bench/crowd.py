"""Many cases in little time: copies of cases that `Engine.apply` made, each with ids, keys, names and a chain of its own.

A copy is whole: its private values are sealed anew under new keys, its events name the new case and hang together,
so that it is listed, found, opened, replayed and verified like any other. Cases stand in all communes of the province
and have owners there; a few time limits are late, and warnings of some were given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Table, func, insert, select

from engine import Engine
from engine.access.sealing import digest
from engine.access.vault import CaseKeys
from engine.definition.model import Field, FieldType
from engine.definition.text import Text
from engine.ledger.body import NO_EVENT, leaf
from engine.record import REASON
from engine.store import reference
from engine.store.cases import find_case
from engine.store.look import CaseRow
from engine.store.rows import ActorRow, AgencyRow, HoldingRow
from engine.store.steps import step_transaction
from engine.store.tables import case_event, cases, deadline, event_sealed, name_token, subject_key
from engine.values import moment
from tests.bench.ground import driver
from web.demo.crew import BA_BE, crew

CHUNK = 500
LATE = 33  # of so many copies one has its limits late
STEP = timedelta(minutes=10)  # between the openings of two copies
EVENTS = 3  # of a case that is copied, at most
NAME = "child_name"
TABLES: tuple[Table, ...] = (cases, case_event, subject_key, event_sealed, name_token, deadline)
FAMILIES = ("Triệu", "Hoàng", "Lý", "Nông", "Bàn", "Ma", "Đàm", "Sùng", "Hứa", "Vi", "Đồng", "Lường", "Phùng")
MIDDLES = ("Thị", "Văn", "A", "Thị Thu", "Văn Minh", "Thị Ngọc", "Đình")
GIVEN = (
    "Lụa", "Mạnh", "Páo", "Hoa", "Thu", "Quý", "Mỷ", "Tuấn", "Đào", "Hằng", "Lan", "Nga", "Mai", "Sính", "Toàn", "Dế",
    "Vảng", "Bình", "Cường", "Dung", "Hải", "Hạnh", "Hiền", "Hòa", "Hùng", "Hương", "Khánh", "Kiên", "Liên", "Long",
    "Ly", "Minh", "Nam", "Nhung", "Oanh", "Phong", "Phúc", "Phượng", "Quang", "Quyên", "Sơn", "Tâm", "Thảo", "Thắng",
)  # fmt: skip
RARE = "Lục Thị Ngân Đức"
FIRST, EVERY = (
    1000,
    20,
)  # of the first so many, every twentieth is one of Ba Bể: a page is full at either size
COPIED = "2000-"  # the year in a copy's number, by which it is told from a case of the demonstration
SPACE = UUID("00000000-0000-4000-8000-000000000000")

Row = dict[str, Any]
Rows = dict[Table, list[Row]]


@dataclass(frozen=True)
class Pattern:
    """A case as the engine made it: its rows, and its private values in the clear by (event, field)."""

    case: CaseRow
    rows: Mapping[Table, Sequence[Row]]
    values: Mapping[tuple[int, str], tuple[Field, Any]]


def fill(running: Engine, start: int, end: int) -> list[str]:
    """Put the copies `start` to `end` in, about the newest of them first; answers the ids of some."""
    patterns = _patterns(running)
    owners = _owners(running)
    made = (
        _copy(running, patterns[(number * 7 + number // 20) % len(patterns)], owners, number)
        for number in range(start, end)
    )
    some: list[str] = []
    while chunk := list(islice(made, CHUNK)):
        with running.database.write() as connection:
            for table in TABLES:
                if rows := [row for each in chunk for row in each[table]]:
                    connection.execute(insert(table), rows)
        some += [each[cases][0]["id"] for each in chunk if not _is_marked_late(each)][-1:]
    if not running.database.is_sqlite:
        with driver(running.database.url.render_as_string(hide_password=False)) as connection:
            connection.execute("VACUUM (ANALYZE)")  # what autovacuum does within a minute of so many new rows
    return some


def _is_marked_late(rows: Rows) -> bool:
    return any(each["ended_at"] is None and each["breached_at"] for each in rows[deadline])


# ------------------------------------------------------------------ what is copied


def _patterns(running: Engine) -> list[Pattern]:
    """Short cases of the demonstration: reported, verified, confirmed, rejected."""
    children = select(cases.c.root).where(cases.c.parent.is_not(None))
    wanted = select(cases.c.id).where(
        cases.c.definition == "child_case", cases.c.version <= EVENTS, cases.c.root.not_in(children)
    )
    with running.database.read() as connection:
        own = wanted.where(cases.c.reference.not_like(f"%-{COPIED}%")).order_by(cases.c.opened_at, cases.c.id)
        return [_pattern(running, connection, each) for each in connection.scalars(own).all()]


def _pattern(running: Engine, connection: Any, case: str) -> Pattern:
    found = find_case(connection, case)
    assert found is not None
    rows = {
        table: [
            dict(row)
            for row in connection.execute(
                select(table)
                .where(table.c.root == case, table.c["id" if table is cases else "case_id"] == case)
                .order_by(*table.primary_key.columns)
            ).mappings()
        ]
        for table in TABLES
    }
    workflow = running.library.workflow(found.definition, found.definition_number)
    reason = Field(key=REASON, type=FieldType.LONG_TEXT, title=Text())
    fields = {row["field"]: workflow.field(row["field"]) or reason for row in rows[event_sealed]}
    with step_transaction(running.database, write=False) as transaction:
        today = running.clock.now().date()
        keys = transaction.look(case=case, command="", actor="", today=today, lock=False).keys
    values = {
        (row["seq"], row["field"]): (
            fields[row["field"]],
            running.vault.unsealed(fields.get, found, keys, {row["field"]: bytes(row["ciphertext"])}).values[
                row["field"]
            ],
        )
        for row in rows[event_sealed]
    }
    return Pattern(found, rows, values)


def _owners(running: Engine) -> Mapping[str, str]:
    """An officer for every commune in force; those without one get an invented one."""
    communes = sorted(
        (
            row
            for row in running.library.rows.areas.values()
            if row.level == "commune" and not row.valid_to
        ),
        key=lambda row: (row.id != BA_BE, row.id),
    )  # fmt: skip
    owners = {
        row.id: crew()[row.id]["officer"] if row.id in crew() else f"officer_{row.code}" for row in communes
    }
    new = [row for row in communes if row.id not in crew()]
    since = date(2025, 7, 1)
    with running.database.write() as connection:
        for row in new:
            own = owners[row.id]
            agency = AgencyRow(
                id=f"ubnd_{row.code}", name_vi=row.name_vi, name_en=row.name_en, area=row.id, valid_from=since
            )
            reference.put_agencies(connection, [agency])
            person = ActorRow(id=own, name=f"Cán Bộ Thử {row.code}", username=own, fs_uniquifier=own)
            reference.put_actors(connection, [person])
            held = HoldingRow(
                id=own, actor=own, function="commune_officer", agency=agency.id, area=row.id, valid_from=since
            )
            reference.put_holdings(connection, [held])
    running.library.refresh()
    return owners


# ------------------------------------------------------------------ a copy


def _copy(running: Engine, pattern: Pattern, owners: Mapping[str, str], number: int) -> Rows:
    """The rows of the `number`-th copy."""
    old, case = pattern.case, str(uuid5(SPACE, str(number)))
    area = BA_BE if _of_ba_be(number) else list(owners)[number % len(owners)]
    keys = running.vault.keys_of(case, case, ())
    shift = STEP * number
    officer = crew()[old.area]["officer"]
    words = {
        old.id: case,
        old.reference: f"{area[:5]}-{COPIED}{number:06}",
        old.area: area,
        officer: owners[area],
    }
    words |= {moment(row["at"]): moment(row["at"] - shift) for row in pattern.rows[case_event]}
    rows: Rows = {table: [] for table in TABLES}
    _seal(running, pattern, keys, case, _name(number), words, rows)
    due = _limits(running, pattern, case, number, shift, words, rows)
    head = _events(pattern, case, shift, words, rows)
    rows[subject_key] = [dict(each) for each in keys.made]
    rows[cases] = [
        {name: _told(value, words) for name, value in pattern.rows[cases][0].items()}
        | {
            "head": head, "next_due": due, "opened_at": old.opened_at - shift, "entered_at": old.entered_at - shift,
            "closed_at": old.closed_at and old.closed_at - shift,
        }
    ]  # fmt: skip
    return rows


def _told(value: Any, words: Mapping[str, str]) -> Any:
    """A value of the pattern as the copy tells it: ids, number, place, person and moments are its own."""
    if isinstance(value, str):
        return _replaced(value, words)
    return json.loads(_replaced(json.dumps(value), words)) if isinstance(value, dict) else value


def _replaced(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _seal(
    running: Engine, pattern: Pattern, keys: CaseKeys, case: str, name: str, words: dict[str, str], rows: Rows
) -> None:
    """Every private value under the copy's own keys; its name is another one. Adds the new digests to `words`."""
    for row in pattern.rows[event_sealed]:
        declared, value = pattern.values[row["seq"], row["field"]]
        value = name if row["field"] == NAME else value
        envelope, hashed = keys.seal(declared, row["field"], value)
        words[digest(bytes(row["ciphertext"]))] = hashed
        rows[event_sealed].append(row | {"root": case, "case_id": case, "ciphertext": envelope})
        if not declared.open:
            rows[name_token] += map(dict, running.vault.tokens(case, case, declared, value))


def _events(pattern: Pattern, case: str, shift: timedelta, words: dict[str, str], rows: Rows) -> bytes:
    """The events with their chain; answers the head."""
    before, head = NO_EVENT, NO_EVENT
    for row in pattern.rows[case_event]:
        body = _replaced(bytes(row["body"]).decode(), words | {before.hex(): head.hex()}).encode()
        before, head = bytes(row["leaf"]), leaf(body)
        rows[case_event].append(
            row | {"root": case, "case_id": case, "at": row["at"] - shift, "body": body, "leaf": head,
                   "actor": words.get(row["actor"], row["actor"])}
        )  # fmt: skip
    return head


def _limits(
    running: Engine,
    pattern: Pattern,
    case: str,
    number: int,
    shift: timedelta,
    words: dict[str, str],
    rows: Rows,
) -> datetime | None:
    """The time limits: three in a hundred late and marked so, without an event; a third near and warned of. Answers the
    open ones' end.
    """
    now = running.clock.now()
    late = number % LATE == 0
    due = now + (timedelta(days=-2) if late else timedelta(days=1 + number % 19, minutes=number % 600))
    near = due - now < timedelta(days=6)
    for row in pattern.rows[deadline]:
        told = {key: row[key] and row[key] - shift for key in ("ended_at", "breached_at")}
        new = row | told | {"root": case, "case_id": case}
        if row["ended_at"] is None:
            words[moment(row["due_at"])] = moment(due)
            new |= {
                "due_at": due, "warn_at": due - timedelta(days=6 if near else 1), "warned_at": now if near else None,
                "warned_due": due if near else None, "paused_at": None,
            }  # fmt: skip
            new["breached_at"] = new["breached_at"] or (due if late else None)
        rows[deadline].append(new)
    return due if any(row["ended_at"] is None for row in rows[deadline]) else None


def _of_ba_be(number: int) -> bool:
    return number < FIRST and number % EVERY == 0


def _name(number: int) -> str:
    """Half of the first of Ba Bể have the rare name; nobody else has, however many there are."""
    if _of_ba_be(number) and number < FIRST / 2:
        return RARE
    family, middle = FAMILIES[number % len(FAMILIES)], MIDDLES[number // 7 % len(MIDDLES)]
    return f"{family} {middle} {GIVEN[number // 13 % len(GIVEN)]}"


def open_limits(running: Engine) -> int:
    """How many time limits are open."""
    with running.database.read() as connection:
        return connection.scalar(select(func.count()).where(deadline.c.ended_at.is_(None))) or 0
