"""What an event keeps: its body, its columns, the chain, the fold, the story; and no private value anywhere in the open."""

from __future__ import annotations

import json
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.engine import make_url

from engine import Command, Engine
from engine.store.tables import cases, event_sealed, metadata
from engine.values import moment, to_json
from tests.engine.evidence import assert_whole, clock_of, events_of, flaws_of, limits_of, row_of
from tests.support.world import NOON, fire, open_toy

ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high"}


def asked(toy: Engine, **values: Any) -> str:
    """A case that was submitted."""
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", **(ASKING | values)).applied
    return case


def test_the_body_of_an_event_says_all_of_it_and_nothing_private(toy: Engine) -> None:
    case = open_toy(toy).case
    first = events_of(toy, case)[0]
    command = Command(
        id=str(uuid4()), case=case, trigger="ask", actor="officer", values=ASKING | {"note": "nhà xa"},
        session="ab" * 32, request="r-1", on_behalf_of="KT. Chủ tịch", reason="gấp",
    )  # fmt: skip
    clock_of(toy).advance(minutes=1)
    assert toy.apply(command).applied
    event = events_of(toy, case)[1]
    left, made = limits_of(toy, case)
    with toy.database.read() as connection:
        of_event = select(event_sealed.c.field, event_sealed.c.ciphertext).where(event_sealed.c.seq == 2)
        sealed = {field: sha256(ciphertext).hexdigest() for field, ciphertext in connection.execute(of_event)}
    workflow = toy.library.workflow("toy", 1)
    assert sealed.keys() == {"note", "@reason"}
    assert json.loads(event["body"]) == {
        "v": 1,
        "log": toy.library.log[0],
        "epoch": 1,
        "root": case,
        "case": case,
        "seq": 2,
        "prev": first["leaf"].hex(),
        "at": "2026-11-23T05:01:00.000000Z",
        "kind": "step_taken",
        "actor": "officer",
        "on_behalf_of": "KT. Chủ tịch",
        "function": "commune_officer",
        "agency": "ba_be",
        "session": "ab" * 32,
        "trigger": "ask",
        "transition": "ask",
        "from": "draft",
        "to": "asked",
        "cycle": 1,
        "wf": "toy",
        "wf_ver": 1,
        "wf_sha256": workflow.sha256,
        "args": {
            "values": ASKING,
            "moved": True,
            "limits_made": {made["id"]: ["state", "asked", "decide", to_json(made["due_at"])]},
            "limits_ended": {left["id"]: "left"},
        },
        "sealed": sealed,
        "command": command.id,
        "reason": "",
        "request": "r-1",
    }


def test_the_plain_columns_of_every_event_repeat_its_body(toy: Engine) -> None:
    case = asked(toy)
    fire(toy, case, "return_request", "chair", reason="Thiếu")
    events = events_of(toy, case)
    assert [each["transition"] for each in events] == ["open", "ask", "return_request"]
    for event in events:
        body = json.loads(event["body"])
        beside = (
            event["root"],
            event["case_id"],
            event["seq"],
            event["kind"],
            event["transition"],
            event["actor"],
        )
        assert beside == tuple(body[name] for name in ("root", "case", "seq", "kind", "transition", "actor"))
        assert (moment(event["at"]), event["command_id"]) == (body["at"], body["command"])


def test_the_events_fold_to_the_row_and_the_chain_is_whole_after_a_whole_life(toy: Engine) -> None:
    case = asked(toy, note="một")
    for _ in range(3):
        fire(toy, case, "return_request", "chair", reason="Thiếu")
        fire(toy, case, "ask", "officer", note=None, urgency="low")
        fire(toy, case, "remark", "second", note="hai")
    assert fire(toy, case, "grant", "lead", number="9").applied
    assert row_of(toy, case).version == 12
    assert_whole(toy, case)


def test_a_row_changed_behind_the_engine_is_named_by_replay_and_by_the_chain(toy: Engine) -> None:
    case = asked(toy)
    with toy.database.write() as connection:
        connection.execute(update(cases).values(state="granted", owner="chair", data={"amount": 1}))
    assert {each.code for each in toy.replay(case)} == {"state", "owner", "data"}
    with toy.database.write() as connection:
        connection.execute(update(cases).values(head=b"\0" * 32))
    assert [each.code for each in flaws_of(toy, case)] == ["HEAD"]


def test_replay_of_a_case_that_is_not_there_says_so(toy: Engine) -> None:
    assert [each.code for each in toy.replay(str(uuid4()))] == ["unknown_case"]


def test_the_timeline_tells_the_events_in_order(toy: Engine) -> None:
    case = asked(toy)
    clock_of(toy).advance(days=1)
    fire(toy, case, "return_request", "chair", reason="Thiếu")
    told = [
        (each.seq, each.kind, each.actor, each.from_state, each.to_state, each.at)
        for each in toy.timeline(case)
    ]
    assert told == [
        (1, "case_opened", "officer", "", "draft", NOON),
        (2, "step_taken", "officer", "draft", "asked", NOON),
        (3, "step_taken", "chair", "asked", "draft", NOON + timedelta(days=1)),
    ]
    assert toy.timeline(str(uuid4())) == ()


PRIVATE = ("Triệu Thị Đức", "2012-03-01", "01/03/2012", "Nhà ở tận Khau Cum", "Chưa rõ chữ ký của mẹ")


def test_no_private_value_stands_readable_anywhere_in_the_store(toy: Engine) -> None:
    case = asked(toy, note=PRIVATE[3])
    fire(toy, case, "return_request", "chair", reason=PRIVATE[4])
    fire(toy, case, "ask", "officer", note=PRIVATE[3] + " thật")
    view = toy.view(case, "officer", "case page")
    assert view is not None
    assert (view.values["name"], view.values["born"], view.reasons[3]) == (
        PRIVATE[0],
        date(2012, 3, 1),
        PRIVATE[4],
    )
    stored = _all_bytes(toy)
    assert b"granted" in stored  # the definition is there, so it was really read
    for secret in PRIVATE:
        for form in (secret, json.dumps(secret)[1:-1], secret.lower(), secret.upper()):
            assert form.encode() not in stored, form


def _all_bytes(toy: Engine) -> bytes:
    """Every column of every row and, on SQLite, the very files."""
    parts = []
    with toy.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                parts += [each if isinstance(each, bytes) else str(each).encode() for each in row]
    if toy.database.is_sqlite:
        path = make_url(toy.database.url).database
        assert path is not None
        files = [Path(path + ending) for ending in ("", "-wal")]
        assert all(each.stat().st_size for each in files)
        parts += [each.read_bytes() for each in files]
    return b"\n".join(parts)
