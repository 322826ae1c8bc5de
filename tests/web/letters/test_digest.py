"""The morning's digest: what it counts, to whom it goes, in what words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import Engine, FixedClock
from engine.store import ground, mail, reference, tables
from engine.store.mail import Mail
from engine.store.rows import HoldingRow
from engine.worker import Worker
from engine.worker.mails import Nothing
from tests.engine.worker.posted import wants
from tests.support.smtp import Mailbox
from tests.web import journey
from tests.web.journey import ADMIN, MONDAY, OFFICER
from tests.web.letters.written import BASE, digest, html_of, mailer_to, reference_of, text_of, why_not
from tests.web.visitor import Visitor
from web.app import create_app


def test_the_digest_counts_as_my_work_does_and_names_cases_by_number(
    engine: Engine, clock: FixedClock
) -> None:
    case = journey.bring(engine, clock, "receive").rpartition("/")[2]
    wants(engine, OFFICER, "digest")
    clock.advance(hours=2)
    message = digest(engine)
    text = text_of(message)
    visitor = Visitor(create_app(engine, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(OFFICER)
    page = visitor.get("/work").text
    tiles = {
        href.partition("list=")[2]: int(n)
        for href, n in re.findall(
            r'<a class="tile[^"]*" href="([^"]+)">\s*<span class="tile-n num">(?:<svg.*?</svg>)?(\d+)',
            page,
            re.DOTALL,
        )
    }
    said = {
        "late": re.search(r"Quá hạn: (\d+)", text),
        "today": re.search(r"Đến hạn hôm nay: (\d+)", text),
        "week": re.search(r"7 ngày tới: (\d+)", text),
    }
    assert {key: int(found[1]) if found else 0 for key, found in said.items()} == {
        key: tiles[key] for key in said
    }
    number = reference_of(engine, case)
    assert number in text
    assert f"{BASE}/cases/{case}" in text
    assert f'<a href="{BASE}/cases/{case}">{number}</a>' in html_of(message)


def test_the_digest_is_in_its_readers_language(engine: Engine, clock: FixedClock) -> None:
    journey.bring(engine, clock, "receive")
    wants(engine, OFFICER, "digest")
    with engine.database.write() as connection:
        changed = ground.actor.update().where(ground.actor.c.id == OFFICER)
        connection.execute(changed.values(language="en"))
    message = digest(engine)
    assert message["Content-Language"] == "en"
    assert "Your work," in text_of(message)
    assert "Quá hạn" not in text_of(message)


def test_the_same_row_gives_the_same_mail_however_often_it_is_tried(
    engine: Engine, clock: FixedClock
) -> None:
    journey.bring(engine, clock, "receive")
    wants(engine, OFFICER, "digest")
    once, again = digest(engine), digest(engine)
    assert bytes(once) == bytes(again)
    about = clock.now().astimezone(engine.library.zone).date().isoformat()
    assert once["Message-ID"] == f"<{mail.mail_id(OFFICER, 'digest', about)}@example.vn>"
    assert once["Auto-Submitted"] == "auto-generated"
    assert once["List-Unsubscribe"] == f"<{BASE}/preferences>"
    assert once["To"] == "nong.thi.tham@example.vn"
    assert max(map(len, bytes(once).splitlines())) <= 998
    assert bytes(once).isascii()


def test_with_nothing_to_say_there_is_no_digest(engine: Engine) -> None:
    wants(engine, OFFICER, "digest")
    with pytest.raises(Nothing, match="nothing_to_say"):
        digest(engine)


def test_on_a_day_off_there_is_one_only_if_something_has_newly_become_late(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    journey.bring(engine, clock, "receive")
    wants(engine, OFFICER, "digest")
    post = mailer_to(engine, box)
    start, last = clock.now(), clock.now()
    came: dict[str, set[int]] = {"worked": set(), "off, newly late": set(), "off, nothing new": set()}
    for day in range(1, 28):
        clock.set(start.replace(hour=0, minute=30) + timedelta(days=day))
        Worker(engine).turn()
        dues = _running(engine)
        newly = any(last < due < clock.now() for due in dues)
        off = not engine.library.calendar("vn_public").is_working(clock.now().date())
        before = len(box.taken)
        post.turn()
        sent = len(box.taken) - before
        last = clock.now() if sent else last
        came[("off, newly late" if newly else "off, nothing new") if off else "worked"].add(sent)
    assert came == {"worked": {1}, "off, newly late": {1}, "off, nothing new": {0}}


def _running(engine: Engine) -> list[datetime]:
    with engine.database.read() as connection:
        open = tables.deadline.c.ended_at.is_(None)
        return list(connection.scalars(select(tables.deadline.c.due_at).where(open)))


def test_a_digest_of_another_day_is_not_sent(engine: Engine, clock: FixedClock) -> None:
    wants(engine, OFFICER, "digest")
    row = Mail(mail.mail_id(OFFICER, "digest", "2026-11-22"), OFFICER, "digest", "2026-11-22", MONDAY, 0)
    assert why_not(engine, row) == "too_late"


def test_late_cases_reported_to_a_supervisor_are_counted_for_whoever_came_to_the_function_later(
    engine: Engine, clock: FixedClock
) -> None:
    journey.bring(engine, clock, "receive")
    clock.advance(days=30)
    Worker(engine).turn()
    late = HoldingRow(
        id="late", actor=ADMIN, function="province_child_lead", agency="so_y_te",
        area=_province(engine), valid_from=clock.now().date() - timedelta(days=1),
    )  # fmt: skip
    with engine.database.write() as connection:
        agency = next(iter(engine.library.rows.agencies))
        reference.put_holdings(connection, [HoldingRow(**_as(late, agency=agency))])
    wants(engine, ADMIN, "digest")
    assert "Quá hạn, được báo lên bạn: " in text_of(digest(engine, ADMIN))
    visitor = Visitor(create_app(engine, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(ADMIN)
    assert "Quá hạn được báo lên" in visitor.get("/work").text
    assert "/cases/" in visitor.get("/work?list=escalated").text


def _as(row: HoldingRow, **more: Any) -> dict[str, Any]:
    names = ("id", "actor", "function", "agency", "area", "valid_from", "valid_to")
    return {name: getattr(row, name) for name in names} | more


def _province(engine: Engine) -> str:
    return next(
        each.id
        for each in engine.library.rows.areas.values()
        if each.level == "province" and each.valid_to is None
    )
