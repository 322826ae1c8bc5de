"""What never stands in a letter: anybody's name, a private value, a header from outside."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unicodedata import normalize

import pytest
from sqlalchemy import select

from engine import Engine, FixedClock
from engine.definition.model import FieldType
from engine.definition.text import Text
from engine.registry.names import fold
from engine.store import ground, tables
from engine.words import Words
from engine.worker import Worker
from tests.engine.worker.posted import mails, wants
from tests.support.smtp import Mailbox
from tests.web import journey
from tests.web.demo_house import copied
from tests.web.journey import OFFICER, SUPERVISOR, TEACHER
from tests.web.letters.written import html_of, mailer_to, text_of
from web.notice_text import notice_title


def test_an_address_with_a_line_break_is_never_put_into_a_header(
    engine: Engine, clock: FixedClock, box: Mailbox
) -> None:
    journey.bring(engine, clock, "receive")
    wants(engine, OFFICER, "digest", email="a@example.vn\r\nBcc: b@example.vn")
    assert mailer_to(engine, box).turn().later == 1
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
    told = {"transition": "return_plan", "effect": 0}
    assert notice_title(engine.library, broken, "notify", told) == "Một Bcc: b@example.vn"


def test_no_private_value_stands_in_any_mail_log_or_row_of_the_demonstration(
    built_demo: Path, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with copied(built_demo) as (_, engine):
        everybody = _people(engine)
        for actor in everybody:
            wants(engine, actor, email=f"p{len(actor)}{abs(hash(actor))}@example.vn")
        assert isinstance(engine.clock, FixedClock)
        journey.bring(engine, engine.clock, "submit_plan")  # what steps leave in the log
        post, start = mailer_to(engine, box), engine.clock.now()
        for hours in (0, 24, 24 * 30):
            engine.clock.set(start + timedelta(hours=hours))
            Worker(engine, mails=True).turn()
            while post.turn().worked:
                pass
        secrets = _private(engine) | set(everybody.values())
        rows = repr(mails(engine)) + repr(_notices(engine))
        with engine.database.read() as connection:
            numbers = set(connection.scalars(select(tables.cases.c.reference)))
    letters = box.mails()
    assert len(letters) > 20
    assert {each["Content-Language"] for each in letters} == {"vi"}
    decoded = [
        "\n".join([*(f"{key}: {value}" for key, value in each.items()), text_of(each), html_of(each)])
        for each in letters
    ]
    raw = b"\n".join(box.taken).decode("ascii")
    sent = "\n".join(decoded)
    texts = {"mail": sent, "bytes": raw, "log": caplog.text, "rows": rows}
    assert {where: _held(text, secrets) for where, text in texts.items()} == {where: set() for where in texts}
    assert "example.vn" not in caplog.text + rows
    assert any(number in sent for number in numbers)


def _held(text: str, secrets: set[str]) -> set[str]:
    """Those that stand in the text: as written, decomposed, or without tones."""
    low = text.lower()
    return {each for each in secrets if each in text or normalize("NFD", each) in text or fold(each) in low}


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
