"""What stands in a mail, and above all what does not."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from types import SimpleNamespace
from typing import Any
from unicodedata import normalize
from uuid import uuid4

import pytest
from sqlalchemy import select

from engine import Command, Engine, FixedClock
from engine.definition.model import FieldType
from engine.definition.text import Text
from engine.registry.names import fold
from engine.store import ground, mail, reference, tables
from engine.store.mail import Mail
from engine.store.rows import HoldingRow
from engine.words import Words
from engine.worker import Mailer, Worker
from engine.worker.mails import Nothing
from engine.worker.smtp import Server, deliver
from tests.engine.worker.posted import mails, wants
from tests.support.smtp import Mailbox, mailbox
from tests.web import journey
from tests.web.journey import ADMIN, CHAIR, MONDAY, OFFICER, SUPERVISOR, TEACHER, furnish
from tests.web.visitor import Visitor
from web.app import create_app
from web.demo import tell
from web.letters import Letters
from web.mail_settings import MailSettings
from web.notice_text import notice_title

BASE = "https://nangbuoc.example.vn"
SETTINGS = MailSettings(Server("127.0.0.1", 25, "none"), "may@example.vn", BASE)
MORNING = datetime.fromisoformat("2026-11-24T07:00:00+07:00")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture
def engine(database: str, clock: FixedClock) -> Iterator[Engine]:
    made = furnish(database, clock)
    yield made
    made.database.close()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as running:
        yield running


def digest(engine: Engine, actor: str = OFFICER) -> EmailMessage:
    """The digest of this person as it would go out now."""
    now = engine.clock.now()
    about = now.astimezone(engine.library.zone).date().isoformat()
    row = Mail(mail.mail_id(actor, "digest", about), actor, "digest", about, now, 0)
    return Letters(engine, SETTINGS).compose(row, now)


def text_of(message: EmailMessage) -> str:
    """The plain text."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    """The same as HTML."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def why_not(engine: Engine, row: Mail) -> str:
    """Why there is no such mail."""
    with pytest.raises(Nothing) as raised:
        Letters(engine, SETTINGS).compose(row, engine.clock.now())
    return raised.value.code


def told(engine: Engine, kind: str = "notify") -> Mail:
    """The mail of the only notice of a kind."""
    (row,) = (each for each in mails(engine, kind="notice") if kind in _kind_of(engine, each.about))
    return Mail(row.id, row.actor, row.kind, row.about, row.created_at, row.attempts)


def _kind_of(engine: Engine, notice: str) -> str:
    with engine.database.read() as connection:
        return str(connection.scalar(select(tables.notice.c.kind).where(tables.notice.c.id == notice)))


def reference_of(engine: Engine, case: str) -> str:
    """The number of a case."""
    with engine.database.read() as connection:
        return str(connection.scalar(select(tables.cases.c.reference).where(tables.cases.c.id == case)))


# ------------------------------------------------------------------ the digest


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
    post = _mailer(engine, box)
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


# ------------------------------------------------------------------ one notice


def test_an_urgent_mail_says_what_the_definition_says_and_leads_to_the_case(
    engine: Engine, clock: FixedClock
) -> None:
    case = _returned_plan(engine, clock)
    message = Letters(engine, SETTINGS).compose(told(engine), clock.now())
    assert message["Subject"] == f"[Nâng Bước] Có tin từ hồ sơ {reference_of(engine, case)}"
    assert "Kế hoạch được trả lại để bổ sung" in text_of(message)
    assert f"{BASE}/cases/{case}" in text_of(message)


def test_what_was_read_or_is_not_wanted_or_out_of_reach_is_not_mailed(
    engine: Engine, clock: FixedClock
) -> None:
    _returned_plan(engine, clock)
    row = told(engine)
    wants(engine, OFFICER, "digest")
    assert why_not(engine, row) == "not_wanted"
    wants(engine, OFFICER, email=None)
    assert why_not(engine, row) == "no_address"
    wants(engine, OFFICER)
    with engine.database.write() as connection:
        held = ground.holding
        connection.execute(held.update().where(held.c.actor == OFFICER).values(valid_to=date(2026, 1, 1)))
    assert why_not(engine, row) == "out_of_reach"
    with engine.database.write() as connection:
        connection.execute(tables.notice.update().values(read_at=clock.now()))
    assert why_not(engine, row) == "read"


def _returned_plan(engine: Engine, clock: FixedClock) -> str:
    case = journey.bring(engine, clock, "submit_plan").rpartition("/")[2]
    wants(engine, OFFICER)
    step = Command(id=str(uuid4()), case=case, trigger="return_plan", actor=CHAIR, reason="Thiếu kinh phí.")
    assert engine.apply(step).applied
    Worker(engine, mails=True).turn()
    return case


# ------------------------------------------------------------------ nobody's name, nothing injected


def test_an_address_with_a_line_break_is_never_put_into_a_header(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    journey.bring(engine, clock, "receive")
    wants(engine, OFFICER, "digest", email="a@example.vn\r\nBcc: b@example.vn")
    assert _mailer(engine, box).turn().later == 1
    assert box.taken == []
    assert [each.code for each in mails(engine)] == ["compose:ValueError"]


def test_a_sentence_of_a_definition_with_line_breaks_stays_one_line(engine: Engine) -> None:
    workflow = engine.library.newest("child_case")
    assert workflow is not None
    words = Words(workflow, "vi", lambda _, key: key, engine.library.zone)
    way = workflow.ways["return_plan"].transition
    said = {**way.do[0].arguments, "say": Text(vi="Một\r\nBcc: b@example.vn", en="One")}
    ways = {"return_plan": SimpleNamespace(transition=replace(way, do=(replace(way.do[0], arguments=said),)))}
    made: Any = SimpleNamespace(definition=workflow.definition, ways=ways)
    broken = replace(words, workflow=made)
    assert (
        notice_title(broken, "notify", {"transition": "return_plan", "effect": 0}) == "Một Bcc: b@example.vn"
    )


def test_no_private_value_stands_in_any_mail_log_or_row_of_the_demonstration(
    database: str, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock = FixedClock(MONDAY - timedelta(days=400))
    engine = furnish(database, clock)
    tell(engine, clock, MONDAY)
    everybody = _people(engine)
    for actor in everybody:
        wants(engine, actor, email=f"p{len(actor)}{abs(hash(actor))}@example.vn")
    post = _mailer(engine, box)
    for hours in (0, 24, 48, 24 * 7, 24 * 30):
        clock.set(MONDAY + timedelta(hours=hours))
        Worker(engine, mails=True).turn()
        while post.turn().worked:
            pass
    letters = box.mails()
    assert len(letters) > 20
    assert {each["Content-Language"] for each in letters} == {"vi"}
    decoded = [
        "\n".join([*(f"{key}: {value}" for key, value in each.items()), text_of(each), html_of(each)])
        for each in letters
    ]
    raw = b"\n".join(box.taken).decode("ascii")
    sent = "\n".join(decoded)
    rows = repr(mails(engine)) + repr(_notices(engine))
    found = [
        (private, where)
        for where, text in (("mail", sent), ("bytes", raw), ("log", caplog.text), ("rows", rows))
        for private in _private(engine) | set(everybody.values())
        if _holds(text, private)
    ]
    assert found == []
    assert "example.vn" not in caplog.text + rows
    with engine.database.read() as connection:
        numbers = set(connection.scalars(select(tables.cases.c.reference)))
    assert any(number in sent for number in numbers)
    engine.database.close()


def _holds(text: str, private: str) -> bool:
    """As written, decomposed, or without tones."""
    return private in text or normalize("NFD", private) in text or fold(private) in text.lower()


def _private(engine: Engine) -> set[str]:
    """Every sealed text and date of every case, and the names of places and agencies."""
    found: set[str] = set()
    with engine.database.read() as connection:
        cases = connection.execute(select(tables.cases.c.id, tables.cases.c.area)).all()
    for case, _ in cases:
        for actor in (OFFICER, SUPERVISOR, TEACHER):
            view = engine.view(case, actor, "case page")
            if view is None:
                continue
            fields = view.scene.workflow.definition.fields
            for key, value in view.values.items():
                declared = fields.get(key)
                if declared is None or value is None:
                    continue
                if declared.type in (FieldType.TEXT, FieldType.LONG_TEXT):
                    found.add(str(value))
                elif declared.type is FieldType.DATE and not declared.open:
                    found |= {f"{value:%d/%m/%Y}", value.isoformat()} if "dob" in key else set()
    rows = engine.library.rows
    found |= {rows.areas[area].name_vi for _, area in cases}
    found |= {each.name_vi for each in rows.agencies.values()}
    assert len(found) > 50
    return {each for each in found if len(each) > 3}


def _people(engine: Engine) -> dict[str, str]:
    with engine.database.read() as connection:
        return {
            row.id: row.name for row in connection.execute(select(ground.actor.c.id, ground.actor.c.name))
        }


def _notices(engine: Engine) -> list[Any]:
    with engine.database.read() as connection:
        return list(connection.execute(select(tables.notice.c.kind, tables.notice.c.params)))


def _mailer(engine: Engine, box: Mailbox) -> Mailer:
    server = Server("127.0.0.1", box.port, "none", timeout=2)
    return Mailer(engine, Letters(engine, SETTINGS).compose, partial(deliver, server))
