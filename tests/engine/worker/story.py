"""A workflow with everything the worker serves, in the small province of tests.support.world.

`helping` has a limit that fires a step, one that pauses, a notice and a track; `lesson` is that track, at a school.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import select

from engine import Engine, FixedClock, Outcome
from engine.store import ground, reference, tables
from engine.store.rows import ActorRow, AgencyRow, HoldingRow
from engine.worker import Turned, Worker
from tests.support import world
from tests.support.world import BA_BE, CHO_RA, NOON, fire

HELPING = """
format: 1
id: helping
title: {vi: Giúp đỡ, en: Helping}
reference: "H{area}-{year}-{number:05}"
subject: child
calendar: vn_public
owner: commune_officer
access: {commune_officer: "*", province_child_lead: "*"}
fields:
  place: {type: area, title: {vi: Địa bàn, en: Area}, open: true}
  name: {type: text, title: {vi: Họ tên, en: Name}, of: child}
  at: {type: agency, title: {vi: Trường, en: School}, holder: school, open: true}
  aims: {type: choices, title: {vi: Mục tiêu, en: Aims}, options: {school: {vi: Học, en: School}, work: {vi: Nghề, en: Work}}, open: true}
  visits: {type: table, title: {vi: Thăm, en: Visits}, columns: {on: {type: date, title: {vi: Ngày, en: Day}}, hours: {type: decimal, title: {vi: Giờ, en: Hours}}}, open: true}
forms:
  opening: {title: {vi: Phiếu, en: Sheet}, fields: {place: required, name: optional, aims: optional, visits: optional}}
  choosing: {title: {vi: Chọn trường, en: Choose a school}, fields: {at: required}}
open: {title: {vi: Mở, en: Open}, by: [commune_officer], form: opening, area: place}
states:
  running:
    title: {vi: Đang giúp, en: Running}
    initial: true
    deadlines: {act: {title: {vi: Làm, en: Act}, within: 24 hours, warn: 6 hours, then: give_up, escalate_to: province_child_lead, done_by: [act]}}
  resting: {title: {vi: Tạm nghỉ, en: Resting}}
  stopped: {title: {vi: Dừng, en: Stopped}, final: true}
deadlines:
  whole: {title: {vi: Toàn bộ, en: The whole}, within: 72 hours, starts: [start], pause_in: [resting], escalate_to: admin}
transitions:
  start: {title: {vi: Bắt đầu, en: Start}, from: running, to: same, by: [commune_officer]}
  act: {title: {vi: Đã làm, en: Acted}, from: running, to: same, by: [commune_officer]}
  rest: {title: {vi: Nghỉ, en: Rest}, from: running, to: resting, by: [commune_officer]}
  shout: {title: {vi: Báo, en: Shout}, from: [running, resting], to: same, by: [commune_officer], do: [{notify: {to: province_child_lead, say: {vi: Cần xem, en: Look}}}]}
  give_up: {title: {vi: Thôi, en: Give up}, from: running, to: stopped, by: [system], when: "subcases.all_closed"}
  teach: {title: {vi: Cho học, en: Teach}, from: running, to: same, by: [commune_officer], form: choosing, do: [{open_subcase: lesson}]}
subcases:
  lesson: {definition: lesson, title: {vi: Học, en: Lesson}, code: GD, holder: school, gives: [name], returns: {score: integer, tenfold: integer, passed: boolean}}
"""

LESSON = """
format: 1
id: lesson
title: {vi: Buổi học, en: Lesson}
reference: "{parent}/{code}{number}"
subject: child
calendar: vn_public
access: {commune_officer: [topic]}
fields:
  name: {type: text, title: {vi: Họ tên, en: Name}, of: child}
  topic: {type: text, title: {vi: Nội dung, en: Topic}, open: true}
  score: {type: integer, title: {vi: Điểm, en: Score}, of: child}
  tenfold: {type: integer, title: {vi: Nhân mười, en: Tenfold}, compute: "score * 10"}
  passed: {type: boolean, title: {vi: Đạt, en: Passed}, open: true}
forms:
  opening: {title: {vi: Phiếu, en: Sheet}, fields: {name: optional, topic: optional}}
  ending: {title: {vi: Kết quả, en: Result}, fields: {score: required, passed: optional}}
open: {title: {vi: Mở, en: Open}, by: [commune_officer], form: opening}
states:
  going:
    title: {vi: Đang học, en: Going}
    initial: true
    deadlines: {finish: {title: {vi: Học xong, en: Finish}, within: 48 hours, escalate_to: commune_officer}}
  done: {title: {vi: Xong, en: Done}, final: true, reopen: {by: [school], to: going}}
transitions:
  finish: {title: {vi: Học xong, en: Finish}, from: going, to: done, by: [school], form: ending}
  again: {title: {vi: Học lại, en: Again}, from: done, to: going, by: [school]}
"""


class Notice(NamedTuple):
    """A notice as a test compares it."""

    case: str
    actor: str
    kind: str
    params: dict[str, Any]


def build(url: str, clock: FixedClock) -> Engine:
    """The province with a school in it, and all three workflows."""
    engine = world.build(url, clock)
    with engine.database.write() as connection:
        since = date(2025, 7, 1)
        school = AgencyRow(id="school", name_vi="Trường", name_en="School", area=CHO_RA, valid_from=since)
        reference.put_agencies(connection, [school])
        reference.put_actors(
            connection, [ActorRow(id="teacher", name="Tô Thị Thử", username="teacher", fs_uniquifier="t")]
        )
        held = HoldingRow(
            id="teacher", actor="teacher", function="school", agency="school", area=CHO_RA, valid_from=since
        )
        reference.put_holdings(connection, [held])
        world.publish(connection, LESSON)
        world.publish(connection, HELPING)
    engine.library.refresh()
    return engine


def open_helping(engine: Engine, actor: str = "officer", place: str = BA_BE, case: str = "") -> str:
    """A case of `helping`, owned by who opened it."""
    outcome = engine.open(
        "helping",
        id=case or str(uuid4()),
        command=str(uuid4()),
        actor=actor,
        values={"place": place, "name": "Triệu Thị Đức"},
    )
    return done(outcome).case


def shout(engine: Engine) -> str:
    """A case that has something urgent for the lead."""
    case = open_helping(engine)
    done(fire(engine, case, "shout", "officer"))
    return case


def open_lesson(engine: Engine, case: str) -> str:
    """A track of a case of `helping`, at the school."""
    before = set(tracks(engine, case))
    done(fire(engine, case, "teach", "officer", at="school"))
    (new,) = set(tracks(engine, case)) - before
    return new


def tracks(engine: Engine, case: str) -> Sequence[str]:
    """The ids of a case's tracks."""
    with engine.database.read() as connection:
        return connection.scalars(select(tables.cases.c.id).where(tables.cases.c.parent == case)).all()


def done(outcome: Outcome) -> Outcome:
    """The outcome of a step that was carried out."""
    assert outcome.applied, outcome.blockers
    return outcome


def kinds(engine: Engine, case: str) -> list[str]:
    """The kinds of a case's events, in order."""
    return [each.kind for each in engine.timeline(case)]


def notices(engine: Engine, *, kind: str = "", case: str = "") -> list[Notice]:
    """All notices, in a stable order."""
    notice = tables.notice
    with engine.database.read() as connection:
        rows = connection.execute(
            select(notice.c.case_id, notice.c.actor, notice.c.kind, notice.c.params)
        ).all()
    found = [Notice(*row) for row in rows]
    wanted = [each for each in found if kind in ("", each.kind) and case in ("", each.case)]
    return sorted(
        wanted, key=lambda each: (each.case, each.kind, each.actor, json.dumps(each.params, sort_keys=True))
    )


def outbox(engine: Engine, kind: str = "") -> list[Any]:
    """The rows of the outbox, in order."""
    table = tables.outbox
    query = select(table).order_by(table.c.id)
    with engine.database.read() as connection:
        return [row for row in connection.execute(query) if kind in ("", row.kind)]


def post(engine: Engine, case: str, kind: str, at: datetime = NOON, **payload: Any) -> None:
    """A row of the outbox as an event would leave it."""
    row = {
        "root": case,
        "case_id": case,
        "seq": 1,
        "kind": kind,
        "payload": payload,
        "created_at": at,
        "attempts": 0,
    }
    with engine.database.write() as connection:
        connection.execute(tables.outbox.insert().values(**row))


def end_holding(engine: Engine, holding: str, last: date) -> None:
    """A person holds a function no longer than `last`."""
    table = ground.holding
    with engine.database.write() as connection:
        connection.execute(table.update().where(table.c.id == holding).values(valid_to=last))


def turn(engine: Engine) -> Turned:
    """One turn of a new worker."""
    return Worker(engine).turn()
