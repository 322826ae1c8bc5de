"""Is every event whole? What an event says it wrote against what stands in the tables beside it, for all cases at once.

Knows the bodies of the events and the tables, and nothing of how a step writes. The chain and the fold are evidence.py's.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from engine.store import Database
from engine.store.tables import metadata

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
READ = (
    "cases", "case_event", "event_sealed", "command", "log_pending", "case_number", "number_counter", "subject_key",
    "name_token", "deadline", "outbox",
)  # fmt: skip

SUBJECTS = {"name": "child", "born": "child"}  # whose key seals a field; else the case's


def assert_every_event_is_whole(database: Database) -> None:
    """No row without its event, no event without its rows: of the toy of tests/support and of `wide`."""
    with database.read() as connection:
        tables = {name: connection.execute(select(metadata.tables[name])).mappings().all() for name in READ}
    bodies = {_triple(each): json.loads(each["body"]) for each in tables["case_event"]}
    _registered(tables)
    _numbered(tables)
    _sealed(tables, bodies)
    _limited(tables, bodies)
    _sent(tables, bodies)
    _tracked(tables, bodies)


def _triple(row: Row) -> tuple[str, str, int]:
    return row["root"], row["case_id"], row["seq"]


def _registered(tables: Tables) -> None:
    """Each event has its command and its place in the queue of the log, and each case its newest event."""
    events = tables["case_event"]
    commands = {(*_triple(each), each["id"], bytes(each["sha256"])) for each in tables["command"]}
    assert commands == {
        (*_triple(each), each["command_id"], bytes(each["command_sha256"])) for each in events
    }
    assert len(commands) == len(tables["command"]) == len(events)
    assert {_triple(each) for each in tables["log_pending"]} == {_triple(each) for each in events}
    seqs = defaultdict(list)
    for each in events:
        seqs[each["root"], each["case_id"]].append(each["seq"])
    assert {key: sorted(each) for key, each in seqs.items()} == {
        (each["root"], each["id"]): list(range(1, each["version"] + 1)) for each in tables["cases"]
    }


def _numbered(tables: Tables) -> None:
    """Each case has its number, and a number taken by what was not written was given back."""
    numbers = sorted((each["reference"], each["root"], each["case_id"]) for each in tables["case_number"])
    assert numbers == sorted((each["reference"], each["root"], each["id"]) for each in tables["cases"])
    assert sum(each["last"] for each in tables["number_counter"]) == len(numbers)


def _sealed(tables: Tables, bodies: Mapping[Any, Any]) -> None:
    """Each envelope is named by its event with its hash, and has its key; a name can be searched for."""
    stored = Counter(
        (*_triple(each), each["field"], sha256(each["ciphertext"]).hexdigest())
        for each in tables["event_sealed"]
    )
    assert stored == Counter((*key, *pair) for key, body in bodies.items() for pair in body["sealed"].items())
    needed = {(root, case, SUBJECTS.get(field, "case")) for root, case, _, field, _ in stored}
    assert {(each["root"], each["case_id"], each["subject"]) for each in tables["subject_key"]} == needed
    named = {(root, case) for root, case, _, field, _ in stored if field == "name"}
    assert {(each["root"], each["case_id"]) for each in tables["name_token"]} == named


def _limited(tables: Tables, bodies: Mapping[Any, Any]) -> None:
    """Each time limit was made by its event, and ended or missed by another one, or is open."""
    limits = tables["deadline"]
    made = _told(bodies, lambda args: args.get("limits_made", ()))
    assert sorted((each["case_id"], each["created_seq"], each["id"]) for each in limits) == sorted(
        (case, seq, id) for _, case, seq, id in made
    )
    ended = _told(bodies, lambda args: args.get("limits_ended", ()))
    assert _ids(ended) == sorted(each["id"] for each in limits if each["ended_at"])
    missed = _told(bodies, lambda args: filter(None, [args.get("breached")]))
    assert _ids(missed) == sorted(each["id"] for each in limits if each["breached_at"])


def _sent(tables: Tables, bodies: Mapping[Any, Any]) -> None:
    """A missed limit and a track's end leave one message each, and nothing else leaves any."""
    tracks = {(each["root"], each["id"]) for each in tables["cases"] if each["parent"]}
    expected: Counter[Any] = Counter()
    for (root, case, seq), body in bodies.items():
        if body["kind"] == "deadline_breached":
            expected[root, case, seq, "breach"] += 1
        if (root, case) in tracks and body["to"] == "ended":
            expected[root, case, seq, "subcase_returned"] += 1
    assert Counter((*_triple(each), each["kind"]) for each in tables["outbox"]) == expected


def _tracked(tables: Tables, bodies: Mapping[Any, Any]) -> None:
    """A track is there if its parent's event says so, and only then."""
    said = sorted((case, id) for _, case, _, id in _told(bodies, lambda args: args.get("tracks", ())))
    assert said == sorted((each["parent"], each["id"]) for each in tables["cases"] if each["parent"])


def _told(bodies: Mapping[Any, Any], of: Any) -> list[tuple[str, str, int, str]]:
    return [(*key, id) for key, body in bodies.items() for id in of(body["args"])]


def _ids(told: Iterable[tuple[str, str, int, str]]) -> list[str]:
    return sorted(id for *_, id in told)
