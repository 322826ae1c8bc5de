"""A change sealed, chained and laid out as rows: the one place where an event is made.

Private values go to `event_sealed` under the key of their subject, the body keeps only the hash of the
ciphertext; the leaf of the body is the new head of the case (trust.md §1.2, semantics.md §1, §6).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from engine.access.vault import Vault
from engine.change import Change
from engine.commands import Command
from engine.deadlines import OpenDeadline
from engine.definition.model import Field, FieldType
from engine.definition.text import Text
from engine.ledger.body import NO_EVENT, EventFacts, body, canonical, leaf
from engine.scene import Scene
from engine.store.steps import CaseRow, Row, Writing
from engine.summary import Opened, moves, summary
from engine.values import to_json

LIMIT = tuple(each.name for each in fields(OpenDeadline))
REASON = "@reason"  # a reason is free text: sealed like a field, and kept by its event alone


def record(
    scene: Scene,
    command: Command,
    change: Change,
    *,
    vault: Vault,
    log: tuple[str, int],
    opened: Opened | None,
) -> Writing:
    """All rows of this event. log: origin and epoch of the record. opened: of an opening only."""
    before = scene.case
    seq = before.version + 1 if before else 1
    root = before.root if before else opened.root  # type: ignore[union-attr]
    sealing = _seal(scene, change, vault, root, seq)
    after = summary(scene, command, change, sealing.open, sealing.pointers, opened)
    args = _arguments(scene, command, change, sealing, after)
    workflow = scene.workflow
    written = body(
        EventFacts(
            log=log[0],
            epoch=log[1],
            root=root,
            case=scene.case_id,
            seq=seq,
            prev=before.head if before else NO_EVENT,
            at=scene.now,
            kind=change.kind,
            actor=command.actor,
            on_behalf_of=to_json(command.on_behalf_of),
            function=scene.holding.function if scene.holding else "",
            agency=scene.holding.agency if scene.holding else "",
            session=command.session,
            trigger=command.trigger,
            transition=change.transition,
            from_state=before.state if before else None,
            to_state=change.state,
            cycle=after.cycle,
            definition=workflow.definition.id,
            number=workflow.number,
            sha256=workflow.sha256,
            args=args,
            sealed=sealing.digests,
            command=command.id,
            request=command.request,
        )
    )
    after = after._replace(head=leaf(written))
    triple = {"root": root, "case_id": scene.case_id, "seq": seq}
    return Writing(
        before=before,
        case=after,
        event=triple
        | {
            "at": scene.now,
            "kind": change.kind,
            "transition": change.transition,
            "actor": command.actor,
            "body": written,
            "leaf": after.head,
            "command_id": command.id,
            "command_sha256": scene.digest,
        },
        sealed=[triple | {"field": name, "ciphertext": each} for name, each in sealing.ciphertexts.items()],
        keys=sealing.new_keys,
        tokens=sealing.tokens,
        forget_tokens=sealing.forget,
        deadlines_new=[_new_limit(each, root, scene.case_id, seq) for each in change.deadlines.create],
        deadlines_ended=list(_ended_limits(scene, change, root)),
        deadlines_changed=list(_changed_limits(scene, change, root)),
        deadlines_placed=list(_placed_limits(scene, change, root)),
        outbox=[
            triple
            | {
                "kind": kind,
                "payload": payload,
                "created_at": scene.now,
                "done_at": None,
                "attempts": 0,
                "last_error": None,
            }
            for kind, payload in change.outbox
        ],
    )


def digest_of(command: Command, key: bytes) -> bytes:
    """HMAC-SHA256 over what is asked: the same id with another digest is another command, and refused.

    The request and session it came by do not count: the same command may be sent again. Keyed, because it is
    kept for ever and a plain hash of a birth date can be guessed. NotAValue, NotCanonical: it holds what no
    record can keep (half a character, a number beyond 2^53).
    """
    asked = {
        "case": command.case,
        "trigger": command.trigger,
        "actor": command.actor,
        "values": {key: to_json(value) for key, value in command.values.items() if value is not None},
        "reason": to_json(command.reason),
        "acting_as": command.acting_as,
        "on_behalf_of": to_json(command.on_behalf_of),
        "definition": command.definition,
        "agency": command.agency,
        "parent": command.parent,
        "subcase": command.subcase,
    }
    return hmac.digest(key, canonical(asked), "sha256")


@dataclass(slots=True)
class _Sealing:
    open: dict[str, Any]
    pointers: dict[str, Any]
    ciphertexts: dict[str, bytes]
    digests: dict[str, str]
    new_keys: list[Row]
    tokens: list[Row]
    forget: list[str]


def _seal(scene: Scene, change: Change, vault: Vault, root: str, seq: int) -> _Sealing:
    """Split the new values into open ones and sealed ones; a private field emptied loses its pointer."""
    sealing = _Sealing({}, {}, {}, {}, [], [], [])
    keys = vault.keys_of(root, scene.case_id, scene.seen.keys)
    for name, value in change.values.items():
        declared = scene.field(name)
        assert declared is not None, name
        if declared.open:
            sealing.open[name] = to_json(value)
            continue
        if indexed := declared.indexed:
            sealing.forget += indexed if scene.case and name in scene.case.sealed else ()
            sealing.tokens += vault.tokens(root, scene.case_id, declared, value)
        if value is None:
            sealing.pointers[name] = None
            continue
        ciphertext, digest = keys.seal(declared, name, value)
        sealing.ciphertexts[name], sealing.digests[name] = ciphertext, digest
        sealing.pointers[name] = [seq, digest]
    if change.reason:
        declared = Field(key=REASON, type=FieldType.LONG_TEXT, title=Text())
        sealing.ciphertexts[REASON], sealing.digests[REASON] = keys.seal(declared, REASON, change.reason)
    sealing.new_keys = keys.made
    return sealing


def _arguments(
    scene: Scene, command: Command, change: Change, sealing: _Sealing, after: CaseRow
) -> dict[str, Any]:
    """What the event keeps beside its head: only what happened, empty parts left out."""
    before, plan = scene.case, change.deadlines
    appended = {name: to_json(row) for name, row in change.appended.items() if name in sealing.open}
    parts: dict[str, Any] = {
        "values": {name: value for name, value in sealing.open.items() if name not in appended},
        "append": appended,
        "emptied": sorted(name for name, pointer in sealing.pointers.items() if pointer is None),
        "decisions": change.decisions,
        "milestones": change.milestones,
        "owner": change.owner,
        "area": change.area,
        "offer": change.offer,
        "offer_ended": change.offer == "",
        "links": change.links,
        "unlinks": change.unlinks,
        "limits_made": {
            each.id: [each.scope, each.state, each.key, to_json(each.due_at)] for each in plan.create
        },
        "limits_moved": {
            each.id: [to_json(each.due_at), to_json(each.paused_at)]
            for each in (
                *plan.move,
                *plan.pause,
                *plan.resume,
                *(new for new in plan.create if new.paused_at),
                *plan.retarget,
                *plan.restore,
            )
        },
        "limits_placed": {each.id: each.state for each in (*plan.retarget, *plan.restore)},
        "limits_restored": [each.id for each in plan.restore],
        "migrated": change.migrated,
        "limits_ended": dict(plan.end),
        "breached": change.breached,
        "returned": change.returned,
        "tracks": [each.case for each in change.follows],
        "moved": before is not None and moves(scene, change),
        "closed": after.closed_at is not None and (before is None or before.closed_at is None),
        "reopened": after.closed_at is None and before is not None and before.closed_at is not None,
    }
    if before is None:
        parts["opened"] = {
            "reference": after.reference, "area": after.area, "agency": command.agency or None,
            "parent": command.parent or None, "subcase": command.subcase or None,
        }  # fmt: skip
    kept = {key: value for key, value in parts.items() if value}
    if before is None or before.stage != after.stage:
        kept["stage"] = after.stage  # "" too: a state may have none
    return kept


def _new_limit(limit: OpenDeadline, root: str, case: str, seq: int) -> Row:
    return {name: getattr(limit, name) for name in LIMIT} | {
        "root": root, "case_id": case, "created_seq": seq, "rule": dict(limit.rule),
        "ended_at": None, "ended_how": None, "breached_at": None, "warned_at": None, "warned_due": None,
    }  # fmt: skip


def _ended_limits(scene: Scene, change: Change, root: str) -> Iterable[Row]:
    """Rows for limits that ended by this event; what moved them before stands in other events."""
    for each_id, how in change.deadlines.end:
        yield {
            "of_root": root, "of_case": scene.case_id, "of_id": each_id, "new_ended_at": scene.now, "new_ended_how": how,
        }  # fmt: skip


def _placed_limits(scene: Scene, change: Change, root: str) -> Iterable[Row]:
    """Rows for limits that run on in another version; whether one was missed stands as it is."""
    for each in (*change.deadlines.retarget, *change.deadlines.restore):
        yield {"of_root": root, "of_case": scene.case_id, "of_id": each.id} | {
            "new_state": each.state, "new_start_at": each.start_at, "new_due_at": each.due_at,
            "new_warn_at": each.warn_at, "new_rule": dict(each.rule), "new_escalate_to": each.escalate_to,
            "new_then": each.then, "new_paused_at": each.paused_at, "new_ended_at": None, "new_ended_how": None,
        }  # fmt: skip


def _changed_limits(scene: Scene, change: Change, root: str) -> Iterable[Row]:
    """Rows for limits that moved, paused, resumed or were breached by this event, and stay open."""
    plan = change.deadlines
    changed: dict[str, dict[str, Any]] = {}
    for each in (*plan.move, *plan.pause, *plan.resume):
        changed[each.id] = {
            "start_at": each.start_at, "due_at": each.due_at, "warn_at": each.warn_at, "rule": dict(each.rule),
            "paused_at": each.paused_at,
        }  # fmt: skip
    if change.breached:
        changed.setdefault(change.breached, {})["breached_at"] = scene.now
    old = {each["id"]: each for each in scene.seen.deadlines} if changed else {}
    for each_id, new in changed.items():
        row: dict[str, Any] = {"ended_at": None, "ended_how": None} | dict(old[each_id]) | new
        names = ("start_at", "due_at", "warn_at", "rule", "paused_at", "ended_at", "ended_how", "breached_at")
        yield {"of_root": root, "of_case": scene.case_id, "of_id": each_id} | {
            "new_" + name: row[name] for name in names
        }
