"""The workflow `care`, with what is hard to move: a transfer that interrupts another state, and time that stands still.

    working ──watch──▶ watching          hand_over ──▶ away (an interlude) ──▶ back where it came from
       │ ▲                               accept | decline (the commune it is offered to) · withdraw
   rest▼ │return
    resting            plan (meets a limit) · visit (a repeat) · note · lose (time stands still) · finish

And what it takes to move its cases: the new version, the migration carried out to its end, and taken back.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from engine import Engine, FixedClock, MasterKey, Outcome
from engine.migration import confirmed, create, plan_between, revert
from engine.store.moves import MigrationRow, MovedRow
from tests.engine.evidence import assert_whole
from tests.engine.migration.moves import open_limits
from tests.engine.migration.test_back_and_forth import carried_out
from tests.engine.migration.test_running import looked_at, rows
from tests.support.played import once
from tests.support.world import BA_BE, CHO_RA, NOON, SECRET, build, fire, publish

CARE = """
format: 1
id: care
title: {vi: Chăm sóc, en: Care}
reference: "{area}-{year}-C{number:05}"
subject: child
calendar: vn_public
owner: commune_officer
access: {commune_officer: "*", commune_chair: "*", province_child_lead: "*"}
fields:
  place: {type: area, title: {vi: Địa bàn, en: Area}, open: true}
  name: {type: text, title: {vi: Họ tên, en: Name}, of: child}
  note: {type: long_text, title: {vi: Ghi chú, en: Note}}
  number: {type: text, title: {vi: Số, en: Number}, open: true}
  target: {type: area, title: {vi: Nơi nhận, en: Receiving area}, open: true}
  lost: {type: boolean, title: {vi: Mất liên lạc, en: Lost}, open: true}
forms:
  opening: {title: {vi: Lập, en: Open}, fields: {place: required, name: optional, note: optional, number: optional}}
  offering: {title: {vi: Chuyển, en: Offer}, fields: {target: required}}
  noting: {title: {vi: Ghi, en: Note}, fields: {note: optional}}
  losing: {title: {vi: Liên lạc, en: Contact}, fields: {lost: required}}
open: {title: {vi: Lập, en: Open}, by: [commune_officer], form: opening, area: place}
deadlines:
  whole: {title: {vi: Cả việc, en: Whole}, within: 1000 hours, starts: [plan], ends: [finish], pause_in: [resting], escalate_to: province_child_lead}
states:
  working:
    title: {vi: Đang giúp, en: Working}
    initial: true
    deadlines: {plan: {title: {vi: Kế hoạch, en: Plan}, within: 240 hours, warn: 24 hours, done_by: [plan], pause_while: lost, escalate_to: commune_chair}}
    repeats: {visit: {title: {vi: Thăm, en: Visit}, every: 100 hours, done_by: [visit], escalate_to: commune_chair}}
  watching:
    title: {vi: Theo dõi, en: Watching}
    deadlines: {conclude: {title: {vi: Kết luận, en: Conclude}, within: 480 hours, escalate_to: commune_chair}}
  resting: {title: {vi: Tạm nghỉ, en: Resting}}
  away:
    title: {vi: Đang chuyển, en: Away}
    interlude: true
    deadlines: {answer: {title: {vi: Trả lời, en: Answer}, within: 120 hours, escalate_to: province_child_lead}}
  done: {title: {vi: Xong, en: Done}, final: true}
transitions:
  plan: {title: {vi: Lập kế hoạch, en: Plan}, from: working, to: same, by: [commune_officer]}
  visit: {title: {vi: Thăm, en: Visit}, from: working, to: same, by: [commune_officer]}
  note: {title: {vi: Ghi, en: Note}, from: [working, watching, resting, away], to: same, by: [commune_officer], form: noting}
  lose: {title: {vi: Liên lạc, en: Contact}, from: working, to: same, by: [commune_officer], form: losing}
  watch: {title: {vi: Theo dõi, en: Watch}, from: working, to: watching, by: [commune_officer]}
  rest: {title: {vi: Nghỉ, en: Rest}, from: working, to: resting, by: [commune_officer]}
  return: {title: {vi: Trở lại, en: Return}, from: resting, to: working, by: [commune_officer]}
  hand_over: {title: {vi: Chuyển, en: Hand over}, from: [working, watching], to: away, by: [commune_officer], form: offering, do: [{offer: target}]}
  accept_watching: {title: {vi: Nhận, en: Accept}, trigger: accept, from: away, to: watching, by: [commune_officer], at: offered, when: 'case.came_from == "watching"', do: [{settle_offer: accepted}]}
  accept: {title: {vi: Nhận, en: Accept}, from: away, to: working, by: [commune_officer], at: offered, do: [{settle_offer: accepted}]}
  decline_watching: {title: {vi: Từ chối, en: Decline}, trigger: decline, from: away, to: watching, by: [commune_officer], at: offered, when: 'case.came_from == "watching"', do: [{settle_offer: declined}]}
  decline: {title: {vi: Từ chối, en: Decline}, from: away, to: working, by: [commune_officer], at: offered, do: [{settle_offer: declined}]}
  withdraw_watching: {title: {vi: Rút, en: Withdraw}, trigger: withdraw, from: away, to: watching, by: [commune_officer], when: 'case.came_from == "watching"', do: [{settle_offer: declined}]}
  withdraw: {title: {vi: Rút, en: Withdraw}, from: away, to: working, by: [commune_officer], do: [{settle_offer: declined}]}
  finish: {title: {vi: Xong, en: Finish}, from: [working, watching], to: done, by: [commune_officer]}
"""
OTHER_WORDS = (
    "{vi: Chăm sóc, en: Care}",
    "{vi: Chăm sóc trẻ, en: Care}",
)  # a version that changes nothing else
MONITORING = CARE.replace("watching", "monitoring")  # the same state under another name


def build_care(url: str) -> Engine:
    """An engine with `care` in the small province."""
    once("care", url, lambda: _fill(url))
    return Engine(url, MasterKey(SECRET), FixedClock(NOON))


def _fill(url: str) -> None:
    engine = build(url, toy=False)
    with engine.database.write() as connection:
        publish(connection, CARE)
    engine.database.close()


def open_care(engine: Engine, **values: Any) -> str:
    """A case of Ba Bể in `working`, at the hour the clock shows."""
    said = {"place": BA_BE, "name": "Triệu Thị Đức", "note": "riêng tư"} | values
    outcome = engine.open("care", id=str(uuid4()), command=str(uuid4()), actor="officer", values=said)
    assert outcome.applied, outcome.blockers
    return outcome.case


def take(engine: Engine, case: str, trigger: str, actor: str = "officer", **values: Any) -> Outcome:
    """A step that is carried out and leaves a whole record."""
    outcome = fire(engine, case, trigger, actor, **values)
    assert outcome.applied, outcome.blockers
    assert_whole(engine, case)
    return outcome


def away_from(engine: Engine, state: str) -> str:
    """A case that is offered to Chợ Rã and came from this state."""
    case = open_care(engine)
    if state == "watching":
        take(engine, case, "watch")
    take(engine, case, "hand_over", target=CHO_RA)
    return case


def limit(engine: Engine, case: str, key: str) -> dict[str, Any] | None:
    """The open limit with this key, or none; of two the test is told."""
    found = [each for each in open_limits(engine, case) if each["key"] == key]
    assert len(found) < 2, found
    return found[0] if found else None


# ------------------------------------------------------------------ there and back


def planned(engine: Engine, definition: str = "care", *, sure: bool = True, **plan: Any) -> MigrationRow:
    """A migration to the newest version from the one before; sure: every guess is confirmed."""
    new = engine.library.newest(definition)
    assert new is not None
    old = engine.library.workflow(definition, new.number - 1)
    found = plan_between(old.definition, new.definition, old.number, new.number)
    return create(engine, confirmed(found, sure=found.guesses if sure else (), **plan), "admin")


def looked(engine: Engine, definition: str = "care", **plan: Any) -> dict[str, MovedRow]:
    """What a dry run says of each case about going to the newest version."""
    return rows(engine, looked_at(engine, planned(engine, definition, **plan)))


def moved(engine: Engine, migration: MigrationRow) -> MigrationRow:
    """Carried out to its end: every case has gone, and its record is whole."""
    done = carried_out(engine, migration)
    found = rows(engine, done)
    assert {each.status for each in found.values()} == {"migrated"}, found
    for case in found:
        assert_whole(engine, case)
    return done


def there(engine: Engine, definition: str = "care", **plan: Any) -> MigrationRow:
    """Every case of the version before gone to the newest."""
    return moved(engine, planned(engine, definition, **plan))


def back(engine: Engine, migration: MigrationRow) -> MigrationRow:
    """The same taken back."""
    return moved(engine, revert(engine, migration, "admin"))
