"""The state machine: random commands of random people to the engine and to the reference model, compared after each.

What it must never see: another answer, another state, a row that is not the fold of its events, a broken chain, a way shown that
`apply` does not take, a way hidden that it takes.
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
from engine.store.tables import number_counter
from tests.engine.evidence import flaws_of, limits_of, row_of
from tests.engine.model.people import ABOVE, FOREVER, HERE, HOLDINGS, THERE
from tests.engine.model.reference_model import Case, Model, Told
from tests.engine.model.rules import FORM, FROM
from tests.engine.wide import hire
from tests.support.world import PEOPLE, same_id

START, END = datetime(2026, 11, 23, 5, 0, tzinfo=UTC), datetime(2027, 1, 20, tzinfo=UTC)
GOOD: dict[str, list[Any]] = {
    "place": [HERE, HERE, HERE, THERE],
    "what": ["sách vở", "gạo\nmuối"],
    "name": ["Triệu Thị Đức", "Lò Văn Thử", None],
    "born": [date(2012, 3, 1), date(2026, 11, 23), None],
    "amount": [1, 500_000, 2**53 - 1],
    "urgency": ["high", "low"],
    "note": ["nhà xa", "đã gọi", None, ""],
    "number": ["12/QĐ"],
}
WRONG: dict[str, list[Any]] = {
    "place": [None, ABOVE, "99999@2025-07-01", "", 7],
    "what": [None, "  ", "x" * 201, 5, "a\x07", "e\u0302", "\ud800"],
    "name": ["x" * 201, 7],
    "born": [date(2027, 12, 1), datetime(2026, 1, 1, tzinfo=UTC), "2012-03-01"],
    "amount": [0, -1, None, True, "ba", 2**53, 0.5],
    "urgency": ["soon", None, 3],
    "note": ["x" * 10_001, 1, "a\0b", None],
    "number": [None, "", "x" * 201, 5],
}
TRIGGERS = [*FROM, *FROM, "nowhere", "deadline_breached", "subcase_returned"]
FITTING = {
    "open": ["officer", "second", "both", "roving", "coming", "other_officer"],
    "ask": ["officer", "second", "both", "roving"],
    "remark": ["officer", "second", "both", "coming"],
    "return_request": ["chair", "both", "leaving"],
    "grant": ["chair", "lead", "both", "leaving"],
}
ANYONE = [*HOLDINGS, "nobody", "system"]
actors = st.sampled_from(ANYONE)
picks = st.integers(0, 10**6)
reasons = st.sampled_from(["Thiếu giấy tờ", "", "  ", "vì\ud800"])
functions = st.sampled_from(["", "", "", "commune_officer", "commune_chair", "province_child_lead", "king"])


@st.composite
def forms(draw: st.DrawFn, trigger: str) -> dict[str, Any]:
    """Values for a trigger's form: half of the time all right, else anything."""
    asked = FORM.get(trigger, {})
    if draw(st.booleans()):
        return {key: draw(st.sampled_from(GOOD[key])) for key in asked}
    keys = draw(st.sets(st.sampled_from([*asked, "bogus", "number", "urgency"])))
    return {
        key: draw(st.sampled_from([*GOOD.get(key, ["x", None]), *WRONG.get(key, [])])) for key in sorted(keys)
    }


@st.composite
def commands(draw: st.DrawFn, triggers: list[str]) -> dict[str, Any]:
    """Everything of a command but its ids and its version."""
    trigger = draw(st.sampled_from(triggers))
    fits = draw(st.booleans()) and trigger in FITTING
    return {
        "trigger": trigger,
        "actor": draw(st.sampled_from(FITTING[trigger]) if fits else actors),
        "values": draw(forms(trigger)),
        "reason": draw(reasons),
        "acting_as": "" if fits else draw(functions),
    }


def prepare(database: Database) -> None:
    """Put the people the toy's world lacks into the database."""
    for actor, held in HOLDINGS.items():
        for function, areas, since, until in held if actor not in PEOPLE else ():
            last = None if until == FOREVER else until
            hire(database, actor, function, area=areas[0], valid_from=since, valid_to=last)


def told(blockers: tuple[Blocker, ...]) -> Told:
    """Blockers as the model tells them."""
    return frozenset((each.code, each.field or str(each.params.get("condition", ""))) for each in blockers)


class ToyMachine(RuleBasedStateMachine):
    """Drives one engine, whose database may hold the cases of earlier runs."""

    runs = count()

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.clock = engine.clock
        self.run = next(self.runs)
        self.ids = count()

    @initialize()
    def begin(self) -> None:
        assert isinstance(self.clock, FixedClock)
        self.clock.set(START)
        with self.engine.database.read() as connection:
            rows = connection.execute(select(number_counter.c.scope, number_counter.c.last)).all()
        parts = [(*each.scope.split("|")[1:], each.last) for each in rows]
        self.model = Model(START, {(code, int(year)): last for code, year, last in parts})
        self.sent: list[dict[str, Any]] = []

    # ------------------------------------------------------------------ rules

    @rule(hours=st.sampled_from([0.01, 1, 5, 13, 24, 24 * 7, 24 * 9]))
    def time_passes(self, hours: float) -> None:
        self.model.now = min(self.model.now + timedelta(hours=hours), END)
        self.clock.set(self.model.now)  # type: ignore[attr-defined]

    @rule(
        parts=commands(["open"]),
        again=st.booleans(),
        pick=picks,
        definition=st.sampled_from(["toy"] * 9 + ["no"]),
    )
    def open_a_case(self, parts: dict[str, Any], again: bool, pick: int, definition: str) -> None:
        case = self._case(pick) if again and pick % 4 == 0 else self._new_id()
        self._send(parts | {"case": case, "definition": definition})

    @precondition(lambda self: self.model.cases)
    @rule(parts=commands(TRIGGERS), pick=picks, behind=st.sampled_from([None, None, 0, 0, 1, 2, 7, -3]))
    def take_a_step(self, parts: dict[str, Any], pick: int, behind: int | None) -> None:
        case = self._case(pick)
        seen = None if behind is None else len(self.model.cases[case].story) - behind
        if parts["trigger"] in ("deadline_breached", "subcase_returned") and parts["actor"] == "system":
            parts = parts | {"actor": "officer"}  # what the worker sends is told by `limit_is_missed`
        self._send(parts | {"case": case, "expected_version": seen})

    @rule(parts=commands(TRIGGERS), case=st.sampled_from(["", "no uuid", "new"]), wrong=st.booleans())
    def take_a_step_on_nothing(self, parts: dict[str, Any], case: str, wrong: bool) -> None:
        self._send(
            parts | {"case": self._new_id() if case == "new" else case} | ({"id": "7"} if wrong else {})
        )

    @precondition(lambda self: self.sent)
    @rule(pick=picks, change=st.sampled_from(["", "", "request", "actor", "values", "case", "reason"]))
    def send_again(self, pick: int, change: str) -> None:
        sent = self.sent[pick % len(self.sent)]
        others: dict[str, Any] = {
            "": {}, "request": {"expected_version": 0}, "actor": {"actor": ANYONE[pick % len(ANYONE)]},
            "values": {"values": {**sent["values"], "what": "khác"}}, "case": {"case": self._new_id()},
            "reason": {"reason": "khác"},
        }  # fmt: skip
        self._send(sent | others[change])

    @precondition(lambda self: any(each.limits for each in self.model.cases.values()))
    @rule(pick=picks, which=picks)
    def limit_is_missed(self, pick: int, which: int) -> None:
        case = self._case(pick)
        limits = self.model.cases[case].limits
        missed = limits[which % len(limits)].id
        self._send(
            {"case": case, "trigger": "deadline_breached", "actor": "system", "values": {"deadline": missed}}
        )

    @precondition(lambda self: self.model.cases)
    @rule(pick=picks, actor=actors, which=picks)
    def look_and_take_a_way(self, pick: int, actor: str, which: int) -> None:
        """The law of `available`: what is blocked is refused, the model's form opens the rest."""
        case = self._case(pick)
        ways = {each.trigger: each for each in self.engine.available(case, actor)}
        expected = self.model.available(self.model.cases[case], actor)
        shown = {
            trigger: (told(way.blockers), set() if way.status == "blocked" else set(way.needs))
            for trigger, way in ways.items()
        }
        assert shown == {
            trigger: (why, set() if why else lacks) for trigger, (why, lacks) in expected.items()
        }
        for trigger, way in ways.items():
            assert way.status == ("blocked" if expected[trigger][0] else "needs" if way.needs else "ready")
        for number, (trigger, way) in enumerate(ways.items()):
            if way.status == "blocked" or number == which % len(ways):
                form = {key: GOOD[key][0] for key in FORM[trigger]}
                sent = {"case": case, "trigger": trigger, "actor": actor, "values": form, "reason": "vì"}
                outcome = self._send(sent)
                assert outcome.applied == (way.status != "blocked"), (way, outcome)
                assert told(way.blockers) <= told(outcome.blockers)

    # ------------------------------------------------------------------ comparing

    def _send(self, parts: dict[str, Any]) -> Outcome:
        sent = {
            "id": self._new_id(), "case": "", "reason": "", "acting_as": "", "definition": "", "expected_version": None,
        } | parts  # fmt: skip
        self.sent.append(sent)
        answer = self.model.apply(sent)
        outcome = self.engine.apply(Command(**sent))
        assert (outcome.applied, told(outcome.blockers)) == (answer.applied, answer.told), sent
        if outcome.applied:
            got = (outcome.version, outcome.state, outcome.reference, outcome.transition, outcome.repeated)
            wanted = (answer.version, answer.state, answer.reference, answer.transition, answer.repeated)
            assert got == wanted, sent
        if sent["case"] in self.model.cases:
            self._compare(sent["case"], self.model.cases[sent["case"]])
        return outcome

    def _compare(self, case: str, model: Case) -> None:
        row = row_of(self.engine, case)
        names = (
            "area",
            "reference",
            "owner",
            "opened_at",
            "entered_at",
            "entered_seq",
            "state",
            "came_from",
            "closed_at",
        )
        assert {name: getattr(row, name) for name in names} == {name: getattr(model, name) for name in names}
        assert (row.version, row.cycle, row.root) == (len(model.story), 1, case)
        open_limits = [each for each in model.limits if not each.ended]
        assert row.next_due == min((each.due for each in open_limits), default=None)
        stored = limits_of(self.engine, case)
        assert [
            (
                each["key"],
                each["created_seq"],
                each["due_at"],
                each["warn_at"],
                each["ended_at"],
                each["breached_at"],
            )
            for each in stored
        ] == [(each.key, each.seq, each.due, each.warn, each.ended, each.breached) for each in model.limits]
        for limit, each in zip(model.limits, stored, strict=True):
            limit.id = each["id"]
            assert each["ended_how"] == ("left" if limit.ended else None)
        story = [(e.kind, e.actor, e.function, e.from_state, e.to_state) for e in self.engine.timeline(case)]
        assert story == model.story
        view = self.engine.view(case, "lead", "case page")
        assert view is not None
        assert {key: each for key, each in view.values.items() if key != "years"} == model.data
        assert self.engine.replay(case) == ()
        assert flaws_of(self.engine, case) == ()

    # ------------------------------------------------------------------ names

    def _new_id(self) -> str:
        return same_id("machine", str(self.run), str(next(self.ids)))

    def _case(self, pick: int) -> str:
        return list(self.model.cases)[pick % len(self.model.cases)] if self.model.cases else self._new_id()


def machine_for(engine: Engine) -> Callable[[], ToyMachine]:
    """What Hypothesis makes a machine of for each example."""
    return lambda: ToyMachine(engine)
