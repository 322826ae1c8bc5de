"""The state machine of the toy: random commands of random people to the engine and to the reference model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from engine import Engine
from tests.engine.model.base import START, ModelMachine, Sent, picks
from tests.engine.model.people import ABOVE, HERE, THERE
from tests.engine.model.reference_model import ToyModel
from tests.engine.model.rules import FORM, FROM

GOOD: Sent = {
    "place": [HERE],
    "what": ["sách vở", "gạo\nmuối"],
    "name": ["Triệu Thị Đức", "Lò Văn Thử", None],
    "born": [date(2012, 3, 1), date(2026, 11, 23), None],
    "amount": [1, 500_000, 10**12],
    "urgency": ["high", "low"],
    "note": ["nhà xa", "đã gọi", None, ""],
    "number": ["12/QĐ"],
}
WRONG: Sent = {
    "place": [None, ABOVE, THERE, "99999@2025-07-01"],
    "what": [None, "  ", "x" * 201, 5, "a\x07", "e\u0302", "\ud800"],
    "name": ["x" * 201, 7],
    "born": [date(2027, 12, 1), date(2030, 1, 1), date.max, datetime(2026, 1, 1, tzinfo=UTC), "2012-03-01"],
    "amount": [0, -1, -2, -500_000, 10**12 + 1, 10**12 + 2, 2 * 10**12, None, True, "ba", 2**53, 0.5],
    "urgency": ["soon", "urgent", None, 3],
    "note": ["x" * 10_001, 1, "a\0b", "chuông\x07"],
    "number": [None, "", "x" * 201, 5],
}
FITTING = {
    "open": ["officer", "second", "both", "roving", "coming", "other_officer"],
    "ask": ["officer", "second", "both", "roving"],
    "remark": ["officer", "second", "both", "coming"],
    "return_request": ["chair", "both", "leaving"],
    "grant": ["chair", "lead", "both", "leaving", "roving"],
    "reopen": ["lead", "lead", "chair"],
}
BEFORE = {"open": (), "ask": ("open",), "remark": ("open",), "grant": ("open", "ask")}
FIRST = {"place": HERE, "what": "sách vở", "name": "Triệu Thị Đức"}
ASKING = {"amount": 1, "urgency": "high"}
CHANGES = [
    "actor", "actor", "function", "wrong value", "left out", "more", "reason", "reason", "version", "version",
    "trigger", "trigger", "case", "id", "definition", "definition", "track", "track",
]  # fmt: skip
OF_AN_OPENING = [
    "wrong value",
    "wrong value",
    "wrong value",
    "more",
    "left out",
    "definition",
    "track",
    "case",
]
OF_AN_ASKING = ["wrong value", "wrong value", "wrong value", "left out", "left out", "more"]


def machine_for(engine: Engine) -> Callable[[], ToyMachine]:
    """What Hypothesis makes a machine of for each example."""
    return lambda: ToyMachine(engine)


class ToyMachine(ModelMachine):
    """Two cases may be asked for and granted, returned, and begun again."""

    definition, form, leads, wrong = "toy", FORM, FROM, WRONG
    hidden = frozenset(("years",))

    @initialize(asked=st.booleans())
    def begin(self, asked: bool) -> None:
        self.model = ToyModel(START, self.counters())
        self._set(START)
        case = self._new_id()
        self._send(
            {"case": case, "trigger": "open", "actor": "officer", "definition": "toy", "values": FIRST}
        )
        if asked:
            self._send({"case": case, "trigger": "ask", "actor": "both", "values": ASKING})

    # ------------------------------------------------------------------ rules

    @rule(data=st.data(), changes=st.lists(st.sampled_from(CHANGES), max_size=3))
    def open_a_case(self, data: st.DataObject, changes: list[str]) -> None:
        self._send(self._changed(data, self._opening(data), changes))

    @rule(data=st.data(), change=st.sampled_from(OF_AN_OPENING))
    def open_a_case_with_one_mistake(self, data: st.DataObject, change: str) -> None:
        self._send(self._changed(data, self._opening(data), [change]))

    @rule(data=st.data(), pick=picks)
    def take_a_step(self, data: st.DataObject, pick: int) -> None:
        self._send(self._step(data, pick))

    @rule(data=st.data(), pick=picks)
    def take_a_step_with_a_wrong_value(self, data: st.DataObject, pick: int) -> None:
        right = self._step(data, pick)
        self._send(self._changed(data, right, ["wrong value" if right["values"] else "reason"]))

    @rule(data=st.data(), change=st.sampled_from(OF_AN_ASKING))
    def submit_a_case_with_one_mistake(self, data: st.DataObject, change: str) -> None:
        """The step with the longest form and the most to be told."""
        case = self._new_id()
        self._send(
            {"case": case, "trigger": "open", "actor": "officer", "definition": "toy", "values": FIRST}
        )
        right = {"case": case, "trigger": "ask", "actor": "second", "values": self._form(data, "ask")}
        self._send(self._changed(data, right, [change]))

    @rule(data=st.data(), pick=picks, changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
    def take_a_step_with_mistakes(self, data: st.DataObject, pick: int, changes: list[str]) -> None:
        self._send(self._changed(data, self._step(data, pick), changes))

    # ------------------------------------------------------------------ commands, right and wrong

    def _opening(self, data: st.DataObject) -> Sent:
        actor = data.draw(st.sampled_from(FITTING["open"]), "actor")
        values = self._form(data, "open") | ({"place": THERE} if actor == "other_officer" else {})
        return {
            "case": self._new_id(),
            "trigger": "open",
            "actor": actor,
            "definition": "toy",
            "values": values,
        }

    def _step(self, data: st.DataObject, pick: int) -> Sent:
        """A step that leads on, by someone who may most likely take it."""
        case = self._case(pick)
        ways = [each for each in FROM if self.model.cases[case].state in FROM[each]] or ["remark"]
        trigger = data.draw(st.sampled_from(ways), "trigger")
        actor = data.draw(st.sampled_from(FITTING[trigger]), "actor")
        values = self._form(data, trigger)
        right = {"case": case, "trigger": trigger, "actor": actor, "definition": "toy", "values": values}
        story = self.model.cases[case].story
        by_person = max(number for number, each in enumerate(story, 1) if each[1] != "system")
        seen = data.draw(st.sampled_from([None, len(story), by_person]), "version")
        return right | {"reason": "Thiếu giấy tờ", "expected_version": seen}

    def every_mistake(self) -> None:
        """Not left to chance: each wrong value of each field, and each field left out, in a form that is else right."""
        self.begin(False)
        for trigger, before in BEFORE.items():
            good = self._right("", trigger)["values"]
            for key in good:
                left_out = {name: value for name, value in good.items() if name != key}
                for values in (*({**good, key: wrong} for wrong in WRONG[key]), left_out):
                    case = self._new_id()
                    for earlier in before:
                        self._send(self._right(case, earlier))
                    self._send(self._right(case, trigger) | {"values": values})

    def _right(self, case: str, trigger: str) -> Sent:
        values = {name: GOOD[name][0] for name in FORM[trigger]}
        actor = FITTING[trigger][0]
        return {"case": case, "trigger": trigger, "actor": actor, "definition": "toy", "values": values}

    def good(self, case: str, trigger: str, actor: str) -> Sent:
        return {key: GOOD[key][0] for key in FORM[trigger]}

    def _form(self, data: st.DataObject, trigger: str) -> Sent:
        return {key: data.draw(st.sampled_from(GOOD[key]), key) for key in FORM[trigger]}
