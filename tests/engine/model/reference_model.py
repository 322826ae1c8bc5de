"""The toy workflow told by hand in plain Python: what the engine must answer, and how a case must stand afterwards.

Knows nothing of the engine: no definition is read, no expression evaluated, no rule shared. Only for the state machine beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.engine.model.people import ABOVE, HERE, THERE
from tests.engine.model.rules import (
    BY,
    FORM,
    FROM,
    TO,
    can_be_kept,
    end_of,
    five_working_days_after,
    is_empty,
    is_id,
    person,
    wrong,
)

Told = frozenset[tuple[str, str]]  # (code, field; of a guard its number)


@dataclass
class Limit:
    """`id` is what the engine calls it."""

    key: str
    seq: int
    due: datetime
    warn: datetime | None
    ended: datetime | None = None
    breached: datetime | None = None
    id: str = ""


@dataclass
class Case:
    """`story`: (kind, actor, function, from, to) of each event."""

    area: str
    reference: str
    owner: str
    opened_at: datetime
    entered_at: datetime
    entered_seq: int = 1
    state: str = "draft"
    came_from: str | None = None
    closed_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    story: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    asked_by: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Answer:
    """`told` only of a refusal."""

    applied: bool
    version: int = 0
    state: str = ""
    reference: str = ""
    transition: str = ""
    repeated: bool = False
    told: Told = frozenset()


@dataclass
class Model:
    """All cases and all that was ever carried out. counters: the last number given by (area code, year)."""

    now: datetime
    counters: dict[tuple[str, int], int] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    done: dict[str, tuple[Any, Answer]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=7)).date()

    def apply(self, sent: dict[str, Any]) -> Answer:
        """Carry out or refuse; `sent` holds every part of a command."""
        case, trigger, values = self.cases.get(sent["case"]), sent["trigger"], sent["values"]
        content = {key: each for key, each in sent.items() if key not in ("id", "values", "expected_version")}
        content |= {"values": {key: value for key, value in values.items() if value is not None}}
        opening = trigger == "open"
        if not (is_id(sent["id"]) and is_id(sent["case"])):
            return _refused("id_invalid")
        if not all(can_be_kept(each) for each in (*values.values(), sent["reason"])):
            return _refused("value_unusable")
        if sent["id"] in self.done:
            first, answer = self.done[sent["id"]]
            return replace(answer, repeated=True) if first == content else _refused("command_reused")
        if opening and sent["definition"] != "toy":
            return _refused("unknown_definition")
        if opening == (case is not None):
            return _refused("case_exists" if opening else "unknown_case")
        if opening and (sent["agency"] or sent["parent"] or sent["subcase"]):
            return _refused("agency")  # a track is opened by its parent alone
        seen = sent["expected_version"]
        if case and seen is not None and any(each[1] != "system" for each in case.story[max(seen, 0) :]):
            return _refused("stale")
        if case and trigger == "deadline_breached" and sent["actor"] == "system":
            answer = self._breached(case, values["deadline"])
        else:
            told, function = self._judged(case, sent)
            if told:
                return Answer(False, told=told)
            answer = self._moved(case, sent, function)
        if not answer.repeated:
            self.done[sent["id"]] = content, answer
        return answer

    def available(self, case: Case, actor: str) -> dict[str, tuple[Told, set[str]]]:
        """Of each trigger that leads on: the blockers known without its form, and what the form lacks."""
        ways = {}
        for trigger in (each for each in FROM if case.state in FROM[each]):
            told, _ = person(trigger, actor, "", case.area, case.asked_by, self.today)
            if trigger == "ask" and "name" not in case.data:
                told |= {("guard", "1")}
            lacks = {key for key, required in FORM[trigger].items() if required and key not in case.data}
            ways[trigger] = frozenset(told), lacks | ({"reason"} if trigger == "return_request" else set())
        return ways

    def _judged(self, case: Case | None, sent: dict[str, Any]) -> tuple[Told, str]:
        """Every reason against it, and the function acted under."""
        trigger, values = sent["trigger"], sent["values"]
        if trigger not in BY:
            return frozenset({("unknown_trigger", "")}), ""
        if case and case.state not in FROM[trigger]:
            return frozenset({("wrong_state", "")}), ""
        area = case.area if case else values.get("place")
        asked_by = case.asked_by if case else set()
        told, function = person(trigger, sent["actor"], sent["acting_as"], area, asked_by, self.today)
        held = {**(case.data if case else {}), **values}
        for key, value in values.items():
            told |= {(code, key) for code in wrong(trigger, key, value, self.today)}
        told |= {
            ("field_missing", key)
            for key, required in FORM[trigger].items()
            if required and is_empty(held.get(key))
        }
        if trigger == "ask":
            amount = held.get("amount")
            if is_empty(amount):
                told |= {("guard_missing", "0")}
            elif not isinstance(amount, int):
                told |= {("guard_fault", "0")}  # whatever goes wrong inside a guard is a refusal
            elif amount < 1:
                told |= {("guard", "0")}
            told |= {("guard", "1")} if case and "name" not in case.data else set()
        if trigger == "return_request" and not sent["reason"].strip():
            told |= {("reason", "reason")}
        if case is None and area not in (HERE, THERE, ABOVE):
            told = {(code, key) for code, key in told if code != "scope" and key != "place"}
            told.add(("area_invalid", "place"))
        return frozenset(told), function

    def _moved(self, case: Case | None, sent: dict[str, Any], function: str) -> Answer:
        trigger, actor = sent["trigger"], sent["actor"]
        before = case.state if case else ""
        if case is None:
            code, year = sent["values"]["place"][:5], self.today.year
            number = self.counters[code, year] = self.counters.get((code, year), 0) + 1
            case = Case(sent["values"]["place"], f"{code}-{year}-{number:05}", actor, self.now, self.now)
            self.cases[sent["case"]] = case
        seq = len(case.story) + 1
        case.data = {key: each for key, each in {**case.data, **sent["values"]}.items() if not is_empty(each)}
        if trigger in TO:
            case.came_from, case.state, case.entered_at, case.entered_seq = before, TO[trigger], self.now, seq
            case.closed_at = self.now if case.state == "granted" else None
            for limit in case.limits:
                limit.ended = limit.ended or self.now
        if trigger in ("open", "return_request"):
            case.limits.append(Limit("ask", seq, end_of(five_working_days_after(self.today)), None))
        if trigger == "ask":
            case.asked_by.add(actor)
            low = case.data["urgency"] == "low"
            due = end_of(self.today + timedelta(days=7)) if low else self.now + timedelta(hours=12)
            case.limits.append(Limit("decide", seq, due, due - timedelta(hours=4)))
        kind = "step_taken" if before else "case_opened"
        case.story.append((kind, actor, function, before, case.state))
        return Answer(True, seq, case.state, case.reference, trigger)

    def _breached(self, case: Case, missed: str) -> Answer:
        limit = next(each for each in case.limits if each.id == missed)
        late = not (limit.ended or limit.breached) and limit.due < self.now
        if late:
            limit.breached = self.now
            case.story.append(("deadline_breached", "system", "", case.state, case.state))
        return Answer(True, len(case.story), case.state, case.reference, repeated=not late)


def _refused(code: str) -> Answer:
    return Answer(False, told=frozenset({(code, "")}))
