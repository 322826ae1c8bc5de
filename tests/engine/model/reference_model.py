"""The toy workflow told by hand in plain Python: what the engine must answer, and how a case must stand afterwards.

Knows nothing of the engine: no definition is read, no expression evaluated, no rule shared. Only for the state machine beside it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.engine.model.parts import Answer, Case, Limit, Model, Told
from tests.engine.model.people import ABOVE, HERE, THERE
from tests.engine.model.rules import (
    BY,
    FORM,
    FROM,
    KEY,
    TO,
    WITH_REASON,
    end_of,
    five_working_days_after,
    is_empty,
    person,
    wrong,
)


class ToyModel(Model):
    """The toy."""

    definition = "toy"

    def available(self, case: Case, actor: str) -> dict[str, tuple[Told, set[str]]]:
        """Of each trigger that leads on: the blockers known without its form, and what the form lacks."""
        ways = {}
        for trigger in (each for each in FROM if case.state in FROM[each]):
            told, _ = person(BY[trigger], actor, "", case.area, self.today)
            told |= _four_eyes(trigger, actor, case)
            if trigger == "ask" and "name" not in case.data:
                told |= {("guard", "1")}
            lacks = {key for key, required in FORM[trigger].items() if required and key not in case.data}
            ways[trigger] = frozenset(told), lacks | ({"reason"} if trigger in WITH_REASON else set())
        return ways

    def judged(self, case: Case | None, sent: dict[str, Any]) -> tuple[Told, str]:
        """Every reason against it, and the function acted under."""
        trigger, values = sent["trigger"], sent["values"]
        if trigger not in BY:
            return frozenset({("unknown_trigger", "")}), ""
        if case and case.state not in FROM[trigger]:
            return frozenset({("wrong_state", "")}), ""
        area = case.area if case else values.get("place")
        told, function = person(BY[trigger], sent["actor"], sent["acting_as"], area, self.today)
        told |= _four_eyes(trigger, sent["actor"], case)
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
        if trigger in WITH_REASON and not sent["reason"].strip():
            told |= {("reason", "reason")}
        if case is None and area not in (HERE, THERE, ABOVE):
            told = {(code, key) for code, key in told if code != "scope" and key != "place"}
            told.add(("area_invalid", "place"))
        return frozenset(told), function

    def moved(self, case: Case | None, sent: dict[str, Any], function: str) -> Answer:
        trigger, actor = sent["trigger"], sent["actor"]
        before = case.state if case else ""
        if case is None:
            place = sent["values"]["place"]
            number = self.number(place, "{code}-{year}-{number:05}")
            case = Case(place, number, actor, self.now, self.now, state="draft")
            self.cases[sent["case"]] = case
        seq = len(case.story) + 1
        case.data = {key: each for key, each in {**case.data, **sent["values"]}.items() if not is_empty(each)}
        if trigger in TO:
            case.came_from, case.state, case.entered_at, case.entered_seq = before, TO[trigger], self.now, seq
            case.closed_at = self.now if case.state == "granted" else None
            case.cycle += trigger == "reopen"
            for limit in case.limits:
                limit.ended = limit.ended or self.now
        if trigger in ("open", "return_request", "reopen"):
            case.limits.append(Limit("ask", seq, end_of(five_working_days_after(self.today)), None))
        if trigger == "ask":
            case.asked_by.add(actor)
            low = case.data["urgency"] == "low"
            due = end_of(self.today + timedelta(days=7)) if low else self.now + timedelta(hours=12)
            case.limits.append(Limit("decide", seq, due, due - timedelta(hours=4)))
        kind = "step_taken" if before else "case_opened"
        case.story.append((kind, actor, function, before, case.state))
        return Answer(True, seq, case.state, case.reference, KEY.get(trigger, trigger))


def _four_eyes(trigger: str, actor: str, case: Case | None) -> set[tuple[str, str]]:
    """Who asked, in whatever cycle, does not grant."""
    return {("four_eyes", "")} if trigger == "grant" and case and actor in case.asked_by else set()
