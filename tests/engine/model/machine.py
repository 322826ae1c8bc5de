"""The state machine: random commands of random people to the engine and to the reference model, compared after each.

What it must never see: another answer, another state, a row that is not the fold of its events, a broken chain, a
way shown that `apply` does not take, a way hidden that it takes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from engine import Blocker, Command, Engine, FixedClock, Outcome
from engine.store import Database
from engine.store.steps import CaseRow
from engine.store.tables import number_counter
from tests.engine.evidence import limits_of, row_of
from tests.engine.model.people import ABOVE, FOREVER, HERE, HOLDINGS, THERE
from tests.engine.model.reference_model import Case, Model, Told
from tests.engine.model.rules import FORM, FROM
from tests.engine.wide import hire
from tests.support.world import PEOPLE, same_id

Sent = dict[str, Any]

START, END = datetime(2026, 11, 23, 5, 0, tzinfo=UTC), datetime(2027, 1, 20, tzinfo=UTC)
GOOD: dict[str, list[Any]] = {
    "place": [HERE],
    "what": ["sách vở", "gạo\nmuối"],
    "name": ["Triệu Thị Đức", "Lò Văn Thử", None],
    "born": [date(2012, 3, 1), date(2026, 11, 23), None],
    "amount": [1, 500_000, 2**53 - 1],
    "urgency": ["high", "low"],
    "note": ["nhà xa", "đã gọi", None, ""],
    "number": ["12/QĐ"],
}
WRONG: dict[str, list[Any]] = {
    "place": [None, ABOVE, THERE, "99999@2025-07-01"],
    "what": [None, "  ", "x" * 201, 5, "a\x07", "e\u0302", "\ud800"],
    "name": ["x" * 201, 7],
    "born": [date(2027, 12, 1), datetime(2026, 1, 1, tzinfo=UTC), "2012-03-01"],
    "amount": [0, -1, None, True, "ba", 2**53, 0.5],
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
}
FIRST = {"place": HERE, "what": "sách vở", "name": "Triệu Thị Đức"}
ASKING = {"amount": 1, "urgency": "high"}
ANYONE = [*HOLDINGS, "nobody", "system"]
CHANGES = [
    "actor", "actor", "function", "wrong value", "left out", "more", "reason", "reason", "version", "version",
    "trigger", "trigger", "case", "id", "definition", "definition", "track", "track",
]  # fmt: skip
AS_A_TRACK = [{"agency": "ba_be"}, {"subcase": "help"}, {"parent": same_id("a parent")}]
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
picks = st.integers(0, 1000)


def prepare(database: Database) -> None:
    """Put the people the toy's world lacks into the database."""
    for actor, held in HOLDINGS.items():
        for function, areas, since, until in held if actor not in PEOPLE else ():
            last = None if until == FOREVER else until
            hire(database, actor, function, area=areas[0], valid_from=since, valid_to=last)


def machine_for(engine: Engine) -> Callable[[], ToyMachine]:
    """What Hypothesis makes a machine of for each example."""
    return lambda: ToyMachine(engine)


def told(blockers: tuple[Blocker, ...]) -> Told:
    """Blockers as the model tells them."""
    return frozenset((each.code, each.field or str(each.params.get("condition", ""))) for each in blockers)


class ToyMachine(RuleBasedStateMachine):
    """Drives one engine, whose database may hold the cases of earlier runs."""

    runs = count()

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.run = next(self.runs)
        self.ids = count()

    @initialize(asked=st.booleans())
    def begin(self, asked: bool) -> None:
        with self.engine.database.read() as connection:
            rows = connection.execute(select(number_counter.c.scope, number_counter.c.last)).all()
        parts = [(*each.scope.split("|")[1:], each.last) for each in rows]
        self.model = Model(START, {(code, int(year)): last for code, year, last in parts})
        self._set(START)
        self.sent: list[Sent] = []
        self.rows: dict[str, CaseRow] = {}
        case = self._new_id()
        self._send(
            {"case": case, "trigger": "open", "actor": "officer", "definition": "toy", "values": FIRST}
        )
        if asked:
            self._send({"case": case, "trigger": "ask", "actor": "both", "values": ASKING})

    # ------------------------------------------------------------------ rules

    @rule(hours=st.sampled_from([0.01, 1, 5, 13, 24, 24 * 7, 24 * 9]))
    def time_passes(self, hours: float) -> None:
        self._set(self.model.now + timedelta(hours=hours))

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

    @rule(data=st.data(), change=st.sampled_from(["wrong value", "wrong value", "wrong value", "more"]))
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

    @rule(pick=picks, change=st.sampled_from(["", "", "version", "actor", "values", "case", "reason"]))
    def send_again(self, pick: int, change: str) -> None:
        sent = self.sent[pick % len(self.sent)]
        others: dict[str, Sent] = {
            "": {},
            "version": {"expected_version": 0},
            "actor": {"actor": ANYONE[pick % len(ANYONE)]},
            "values": {"values": {**sent["values"], "what": "khác"}},
            "case": {"case": self._new_id()},
            "reason": {"reason": "khác"},
        }
        if sent["actor"] != "system":  # what the worker sends is sent by `miss_a_limit` alone
            self._send(sent | (others[change] if others[change].get("actor") != "system" else {}))

    @precondition(lambda self: any(each.limits for each in self.model.cases.values()))
    @rule(pick=picks, which=picks, late=st.booleans(), repeat=st.booleans())
    def miss_a_limit(self, pick: int, which: int, late: bool, repeat: bool) -> None:
        case = self._case(pick)
        missed = self.model.cases[case].limits[-1 - which // 2 % len(self.model.cases[case].limits)]
        if late:
            self._set(max(self.model.now, missed.due + timedelta(seconds=which % 2)))
        sent = {
            "case": case,
            "trigger": "deadline_breached",
            "actor": "system",
            "values": {"deadline": missed.id},
        }
        self._send(sent | {"id": self._new_id()})
        if repeat:
            self._send(self.sent[-1])

    @rule(pick=picks, actor=st.sampled_from(ANYONE), which=picks)
    def look_and_take_a_way(self, pick: int, actor: str, which: int) -> None:
        """The law of `available`: what is blocked is refused, the model's form opens the rest."""
        case = self._case(pick)
        ways = self.engine.available(case, actor)
        expected = self.model.available(self.model.cases[case], actor)
        shown = {way.trigger: (told(way.blockers), way.status, set(way.needs)) for way in ways}
        assert shown == {
            trigger: (why, "blocked" if why else "needs" if lacks else "ready", set() if why else lacks)
            for trigger, (why, lacks) in expected.items()
        }
        blocked = [each for each in ways if each.status == "blocked"]
        free = [each for each in ways if each.status != "blocked"]
        for way in [*blocked, *(free[which % len(free) :][:1] if free else [])]:
            form = {key: GOOD[key][0] for key in FORM[way.trigger]}
            sent = {"case": case, "trigger": way.trigger, "actor": actor, "values": form, "reason": "vì"}
            outcome = self._send(sent)
            assert outcome.applied == (way.status != "blocked"), (way, outcome)
            assert told(way.blockers) <= told(outcome.blockers)

    def teardown(self) -> None:
        for case, model in self.model.cases.items():
            self._compare(case, model)

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

    def _form(self, data: st.DataObject, trigger: str) -> Sent:
        return {key: data.draw(st.sampled_from(GOOD[key]), key) for key in FORM[trigger]}

    def _changed(self, data: st.DataObject, right: Sent, changes: list[str]) -> Sent:
        """The command with these mistakes in it."""
        sent = {**right, "values": {**right["values"]}}
        keys, case = [*sent["values"]], self.model.cases.get(right["case"])
        for change in changes:
            match change:
                case "actor":
                    sent["actor"] = data.draw(st.sampled_from(ANYONE), "actor")
                case "function":
                    functions = ["commune_officer", "commune_chair", "province_child_lead", "king"]
                    sent["acting_as"] = data.draw(st.sampled_from(functions), "function")
                case "wrong value" if keys:
                    wrong = [(key, value) for key in keys for value in WRONG[key]]
                    key, value = data.draw(st.sampled_from(wrong), "value")
                    sent["values"][key] = value
                case "left out" if keys:
                    sent["values"].pop(data.draw(st.sampled_from(keys), "field"), None)
                case "more":
                    sent["values"][data.draw(st.sampled_from(["bogus", "number"]), "field")] = "thừa"
                case "reason":
                    sent["reason"] = data.draw(st.sampled_from(["", " \n", "vì\ud800"]), "reason")
                case "version" if case:
                    behind = data.draw(st.sampled_from([0, 1, 1, 2, 7, -3]), "behind")
                    sent["expected_version"] = len(case.story) - behind
                case "trigger":
                    names = [*FROM, "open", "nowhere", "nowhere", "deadline_breached", "subcase_returned"]
                    sent["trigger"] = data.draw(st.sampled_from(names), "trigger")
                case "case":
                    ids = [self._new_id(), "no uuid", *self.model.cases]
                    sent["case"] = data.draw(st.sampled_from(ids), "case")
                case "id":
                    sent["id"] = data.draw(st.sampled_from(["7", "", self._new_id().upper()]), "id")
                case "definition":
                    sent["definition"] = "no"
                case "track":
                    sent |= data.draw(st.sampled_from(AS_A_TRACK), "track")
        if sent["actor"] == "system" and sent["trigger"] not in FORM:
            sent["actor"] = "officer"  # what the worker sends is sent by `miss_a_limit` alone
        return sent

    # ------------------------------------------------------------------ comparing

    def _send(self, parts: Sent) -> Outcome:
        missing = {
            "id": self._new_id(),
            "reason": "",
            "acting_as": "",
            "definition": "",
            "agency": "",
            "parent": "",
            "subcase": "",
            "expected_version": None,
        }
        sent = missing | parts
        self.sent.append(sent)
        answer = self.model.apply(sent)
        outcome = self.engine.apply(Command(**sent))
        assert (outcome.applied, told(outcome.blockers)) == (answer.applied, answer.told), (
            sent,
            outcome,
            answer,
            self.model.cases.get(sent["case"]),
        )
        if outcome.applied:
            got = (outcome.version, outcome.state, outcome.reference, outcome.transition, outcome.repeated)
            wanted = (answer.version, answer.state, answer.reference, answer.transition, answer.repeated)
            assert got == wanted, sent
        case = sent["case"]
        if outcome.applied and not outcome.repeated:
            self._compare(case, self.model.cases[case])
        elif case in self.rows:
            assert row_of(self.engine, case) == self.rows[case]
        return outcome

    def _compare(self, case: str, model: Case) -> None:
        """Row, values, story, time limits, fold and chain of a case against the model's."""
        view = self.engine.view(case, "lead", "case page")
        assert view is not None
        row = self.rows[case] = row_of(self.engine, case)
        for name in (
            "area",
            "reference",
            "owner",
            "opened_at",
            "entered_at",
            "entered_seq",
            "state",
            "came_from",
        ):
            assert getattr(row, name) == getattr(model, name)
        assert (row.version, row.cycle, row.root, row.closed_at) == (
            len(model.story),
            1,
            case,
            model.closed_at,
        )
        assert row.next_due == min((each.due for each in model.limits if not each.ended), default=None)
        stored = limits_of(self.engine, case)
        names = ("key", "created_seq", "due_at", "warn_at", "ended_at", "breached_at")
        assert [tuple(each[name] for name in names) for each in stored] == [
            (each.key, each.seq, each.due, each.warn, each.ended, each.breached) for each in model.limits
        ]
        assert all(each["ended_how"] == ("left" if each["ended_at"] else None) for each in stored)
        for limit, each in zip(model.limits, stored, strict=True):
            limit.id = each["id"]
        story = [
            (each.kind, each.actor, each.function, each.from_state, each.to_state) for each in view.story
        ]
        assert story == model.story
        assert {key: each for key, each in view.values.items() if key != "years"} == model.data
        assert (view.flaws, self.engine.replay(case)) == ((), ())

    # ------------------------------------------------------------------ time and names

    def _set(self, now: datetime) -> None:
        self.model.now = min(now, END)
        assert isinstance(self.engine.clock, FixedClock)
        self.engine.clock.set(self.model.now)

    def _new_id(self) -> str:
        return same_id("machine", str(self.run), str(next(self.ids)))

    def _case(self, pick: int) -> str:
        """Every other time the first case, so that some case lives long."""
        cases = list(self.model.cases)
        return cases[pick // 2 % len(cases) if pick % 2 else 0]
