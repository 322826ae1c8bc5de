"""Mail from its cause to the server: who is mailed of what and when, and what becomes of it where the server will not."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Thread

import pytest

from engine import Engine, FixedClock, MasterKey
from engine.store import reference, tables
from engine.store.mail import Mail
from engine.store.rows import SettingRow
from engine.worker import Posted, Worker
from engine.worker.mails import KEPT, MOST_ATTEMPTS, Nothing, wait_after
from tests.engine.worker.posted import mailer, mails, states, turn, wants, write
from tests.engine.worker.story import notices, open_helping, shout
from tests.support import smtp
from tests.support.smtp import Mailbox
from tests.support.world import NOON, SECRET

MORNING = NOON.replace(hour=0, minute=0)  # 07:00 in Vietnam


# ------------------------------------------------------------------ urgent notices


def test_an_urgent_notice_is_mailed_once_to_whoever_wants_it_at_once(engine: Engine, box: Mailbox) -> None:
    wants(engine, "lead")
    shout(engine)
    turn(engine)
    (row,) = mails(engine)
    (told,) = notices(engine, kind="notify")
    assert (row.actor, row.kind, row.state) == (told.actor, "notice", "waiting")
    post = mailer(engine, box.port)
    assert (post.turn().sent, post.turn().sent) == (2, 0)  # the day's digest is the other one
    (row,) = mails(engine, kind="notice")
    assert (row.state, row.attempts, row.code) == ("sent", 1, None)
    assert [each["To"] for each in box.mails() if each["Subject"] == "notice"] == ["lead@example.vn"]


@pytest.mark.parametrize("choice", ["off", "digest"])
def test_who_does_not_want_urgent_mail_gets_the_notice_alone(engine: Engine, choice: str) -> None:
    wants(engine, "lead", choice)
    shout(engine)
    assert turn(engine).notices == 1
    assert mails(engine) == []


def test_without_an_address_or_a_way_to_send_no_mail_is_left(engine: Engine) -> None:
    wants(engine, "lead", email=None)
    shout(engine)
    turn(engine)
    wants(engine, "lead")
    shout(engine)
    assert Worker(engine).turn().notices == 1
    assert mails(engine) == []


def test_a_warning_waits_for_the_morning(engine: Engine, clock: FixedClock) -> None:
    wants(engine, "officer")
    open_helping(engine)
    clock.advance(hours=18)
    assert turn(engine).warned == 1
    assert mails(engine) == []


def test_near_and_missed_are_two_moments_and_two_notices(engine: Engine, clock: FixedClock) -> None:
    open_helping(engine)
    told = []
    for _ in range(26):
        clock.advance(hours=1)
        before = len(notices(engine))
        turn(engine)
        if len(notices(engine)) > before:
            told.append((clock.now() - NOON, {each.kind for each in notices(engine)}))
    assert told[0] == (timedelta(hours=18), {"warning"})
    assert told[1] == (timedelta(hours=25), {"warning", "breach", "escalation"})
    assert len(told) == 2


def test_a_limit_moved_to_an_earlier_day_after_its_warning_is_warned_of_once_more(
    engine: Engine, clock: FixedClock
) -> None:
    case = open_helping(engine)
    clock.advance(hours=19)
    assert turn(engine).warned == 1
    limit = tables.deadline
    moved = clock.now() + timedelta(hours=1)
    with engine.database.write() as connection:
        connection.execute(
            limit.update()
            .where(limit.c.case_id == case)
            .values(due_at=moved, warn_at=moved - timedelta(hours=6))
        )
    assert (turn(engine).warned, turn(engine).warned) == (1, 0)
    assert len({each.params["due"] for each in notices(engine, kind="warning")}) == 2


# ------------------------------------------------------------------ the morning digest


def test_the_digest_comes_once_a_person_and_local_day_from_seven_on(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    wants(engine, "officer", "digest")
    wants(engine, "lead", "urgent")
    wants(engine, "chair", "off")
    clock.set(MORNING - timedelta(seconds=1))
    post = mailer(engine, box.port)
    assert post.turn() == Posted()
    clock.set(MORNING)
    assert post.turn() == Posted(asked=2, sent=2)
    clock.advance(hours=9)
    assert mailer(engine, box.port).turn() == Posted()
    clock.set(MORNING + timedelta(days=1))
    assert post.turn() == Posted(asked=2, sent=2)
    assert len(set(box.ids())) == len(box.ids()) == 4


def test_the_hour_of_the_digest_is_a_setting(engine: Engine, clock: FixedClock, box: Mailbox) -> None:
    wants(engine, "officer", "digest")
    with engine.database.write() as connection:
        reference.put_settings(connection, [SettingRow(key="digest_hour", value=13)])
    post = mailer(engine, box.port)
    assert post.turn().asked == 0
    clock.advance(hours=1)
    assert post.turn().asked == 1


def test_mornings_that_nobody_saw_are_not_made_up(engine: Engine, clock: FixedClock, box: Mailbox) -> None:
    wants(engine, "officer", "digest")
    clock.set(MORNING)
    post = mailer(engine, box.port)
    assert post.turn().sent == 1
    clock.advance(days=4)
    assert (post.turn().sent, post.turn().sent) == (1, 0)


def test_a_mail_with_nothing_to_say_is_dropped_and_not_asked_for_again(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    def nothing(_: Mail, __: datetime) -> EmailMessage:
        raise Nothing("nothing_to_say")

    wants(engine, "officer", "digest")
    clock.set(MORNING)
    assert mailer(engine, box.port, nothing).turn() == Posted(asked=1, dropped=1)
    assert mailer(engine, box.port).turn() == Posted()
    assert [(each.state, each.code) for each in mails(engine)] == [("dropped", "nothing_to_say")]


# ------------------------------------------------------------------ servers that will not


def test_a_mail_refused_for_good_fails_at_once_and_administrators_hear_of_it_once_a_day(
    engine: Engine, box: Mailbox
) -> None:
    wants(engine, "lead")
    shout(engine)
    shout(engine)
    turn(engine)
    box.behave = smtp.UNKNOWN
    assert mailer(engine, box.port).turn().failed == 3  # two notices and the lead's digest
    assert {(each.state, each.code) for each in mails(engine)} == {("failed", "recipient:550")}
    told = notices(engine, kind="mail_failed")
    assert [(each.actor, each.case, each.params) for each in told] == [("admin", "", {})]


def test_a_server_that_is_down_is_tried_ever_more_seldom_and_given_up(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    wants(engine, "lead")
    shout(engine)
    turn(engine)
    box.behave = smtp.FULL
    post = mailer(engine, box.port)
    tried = []
    for minute in range(11 * 60):
        turned = post.turn()
        if turned.later or turned.failed:
            tried.append(minute)
        clock.set(NOON + timedelta(minutes=minute + 1))
    assert tried[:6] == [0, 1, 3, 7, 15, 31]
    assert len(tried) == MOST_ATTEMPTS
    assert {(each.state, each.code) for each in mails(engine)} == {("failed", "recipient:451")}
    assert len(notices(engine, kind="mail_failed")) == 1


def test_a_server_that_comes_back_gets_the_mail_then(engine: Engine, clock: FixedClock, box: Mailbox) -> None:
    wants(engine, "lead")
    shout(engine)
    turn(engine)
    post = mailer(engine, box.port)
    for behave in (smtp.TURN_AWAY, smtp.HANG):
        box.behave = behave
        assert post.turn().later == 1
        assert post.turn() == Posted()  # it is left alone for a while
        clock.advance(minutes=10)
    box.behave = smtp.TAKE
    assert post.turn().sent == 2
    assert states(engine) == {"sent": 2}


def test_while_a_server_hangs_time_limits_go_on(engine: Engine, clock: FixedClock, box: Mailbox) -> None:
    wants(engine, "lead")
    shout(engine)
    turn(engine)
    box.behave = smtp.HANG
    thread = Thread(target=mailer(engine, box.port).turn)
    thread.start()
    other = Engine(
        engine.database.url.render_as_string(hide_password=False),
        MasterKey(SECRET),
        FixedClock(NOON + timedelta(hours=25)),
    )
    assert Worker(other).turn().breached == 1
    thread.join()
    other.database.close()


def test_a_connection_lost_after_the_text_repeats_the_same_message_id(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    wants(engine, "lead")
    shout(engine)
    turn(engine)
    clock.set(MORNING + timedelta(hours=23))  # past midnight: no digest yet
    box.behave = smtp.DROP_AFTER_TAKING
    post = mailer(engine, box.port)
    assert post.turn().later == 1
    box.behave = smtp.TAKE
    clock.advance(minutes=2)
    assert post.turn().sent == 1
    (row,) = mails(engine)
    assert box.ids() == [f"<{row.id}@example.vn>"] * 2


def test_what_was_never_tried_within_a_day_is_not_sent_any_more(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    wants(engine, "lead")
    shout(engine)
    turn(engine)
    clock.advance(seconds=KEPT.total_seconds() + 1)
    mailer(engine, box.port).turn()
    assert [each.code for each in mails(engine, kind="notice")] == ["too_late"]


def test_a_mail_that_cannot_be_written_holds_up_no_other(engine: Engine, box: Mailbox) -> None:
    def half(row: Mail, now: datetime) -> EmailMessage:
        if row.kind == "notice":
            raise KeyError("Triệu Thị Đức")
        return write(row, now)

    wants(engine, "lead")
    shout(engine)
    turn(engine)
    turned = mailer(engine, box.port, half).turn()
    assert (turned.sent, turned.later) == (1, 1)
    assert [each.code for each in mails(engine, kind="notice")] == ["compose:KeyError"]


def test_logs_and_rows_hold_no_address_and_no_word_of_the_server(
    engine: Engine, clock: FixedClock, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wants(engine, "lead")
    shout(engine)
    turn(engine)
    post = mailer(engine, box.port)
    for behave in (smtp.FULL, smtp.TURN_AWAY, smtp.DROP_AFTER_DATA, smtp.UNKNOWN):
        box.behave = behave
        post.turn()
        clock.advance(hours=1)
    assert caplog.records
    kept = caplog.text + repr(mails(engine)) + repr(notices(engine))
    assert "example.vn" not in kept
    assert not any(word in kept for word in ("full", "unknown", "nobody@"))


def test_waits_grow_to_an_hour() -> None:
    assert [wait_after(each) // timedelta(minutes=1) for each in (1, 2, 3, 4, 5, 6, 7, 8, 50)] == [
        1, 2, 4, 8, 16, 32, 60, 60, 60,
    ]  # fmt: skip
