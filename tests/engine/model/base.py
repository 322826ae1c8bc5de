"""What both state machines share: sending a command to the engine and to the model, making mistakes in it, comparing.

What they must never see: another answer, another state, a row that is not the fold of its events, a broken chain, a
way shown that `apply` does not take, a way hidden that it takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import select

from engine import Blocker, Command, Engine, FixedClock, Outcome
from engine.links import LINKS
from engine.store import Database
from engine.store.steps import CaseRow
from engine.store.tables import number_counter
from tests.engine.evidence import limits_of, row_of
from tests.engine.model.parts import Case, Model, Told
from tests.engine.model.people import FOREVER, HOLDINGS
from tests.engine.wide import hire
from tests.support.world import PEOPLE, same_id

Sent = dict[str, Any]

PROPOSING = "correct"  # the trigger of `roads` whose values wait
START, END = datetime(2026, 11, 23, 5, 0, tzinfo=UTC), datetime(2027, 1, 20, tzinfo=UTC)
ANYONE = [*HOLDINGS, "nobody", "system"]
AS_A_TRACK = [{"agency": "ba_be"}, {"subcase": "help"}, {"parent": same_id("a parent")}]
picks = st.integers(0, 1000)


def prepare(database: Database) -> None:
    """Put the people the world of tests lacks into the database."""
    for actor, held in HOLDINGS.items():
        for function, areas, since, until in held if actor not in PEOPLE else ():
            last = None if until == FOREVER else until
            hire(database, actor, function, area=areas[0], valid_from=since, valid_to=last)


def told(blockers: tuple[Blocker, ...]) -> Told:
    """Blockers as the model tells them."""
    return frozenset((each.code, each.field or str(each.params.get("condition", ""))) for each in blockers)


class ModelMachine(RuleBasedStateMachine):
    """Drives one engine, whose database may hold the cases of earlier runs. The constants say what the workflow asks."""

    definition: ClassVar[str]
    form: ClassVar[Mapping[str, Mapping[str, bool]]]
    leads: ClassVar[Mapping[str, Sequence[str]]]
    wrong: ClassVar[Mapping[str, Sequence[Any]]]
    hidden: ClassVar[frozenset[str]] = frozenset()  # values a person reads that no model tells
    runs = count()

    model: Model

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.run = next(self.runs)
        self.ids = count()
        self.sent: list[Sent] = []
        self.rows: dict[str, CaseRow] = {}

    def counters(self) -> dict[tuple[str, int], int]:
        """The numbers given in earlier runs."""
        with self.engine.database.read() as connection:
            rows = connection.execute(select(number_counter.c.scope, number_counter.c.last)).all()
        parts = [(*each.scope.split("|")[1:], each.last) for each in rows]
        return {(code, int(year)): last for code, year, last in parts}

    # ------------------------------------------------------------------ rules

    @rule(hours=st.sampled_from([0.01, 1, 5, 13, 24, 24 * 7, 24 * 9]))
    def time_passes(self, hours: float) -> None:
        self._set(self.model.now + timedelta(hours=hours))

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
            form = self.good(case, way.trigger, actor)
            if form is None:
                continue
            sent = {"case": case, "trigger": way.trigger, "actor": actor, "values": form, "reason": "vì"}
            outcome = self._send(sent)
            assert outcome.applied == (way.status != "blocked"), (way, outcome)
            assert told(way.blockers) <= told(outcome.blockers)

    def teardown(self) -> None:
        for case, model in self.model.cases.items():
            self._compare(case, model)

    # ------------------------------------------------------------------ commands, right and wrong

    def every_mistake(self) -> None:
        """What this machine sends whatever Hypothesis draws; nothing unless it says so."""

    def good(self, case: str, trigger: str, actor: str) -> Sent | None:
        """A form that this way takes; None: there is nothing it could name."""
        raise NotImplementedError

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
                    wrong = [(key, value) for key in keys for value in self.wrong.get(key, ())]
                    if wrong:
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
                    names = [
                        *self.leads,
                        "open",
                        "nowhere",
                        "nowhere",
                        "deadline_breached",
                        "subcase_returned",
                    ]
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
        if sent["actor"] == "system" and sent["trigger"] not in self.form:
            sent["actor"] = "officer"  # what the worker sends is sent by `miss_a_limit` alone
        return sent

    # ------------------------------------------------------------------ comparing

    def learn(self, case: str) -> None:
        """What only the engine can know of the step just taken."""

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
            self.learn(case)
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
            "offered",
            "entered_at",
            "entered_seq",
            "state",
            "came_from",
        ):
            assert getattr(row, name) == getattr(model, name)
        assert (row.version, row.cycle, row.root, row.closed_at) == (
            len(model.story),
            model.cycle,
            case,
            model.closed_at,
        )
        assert row.next_due == min(
            (each.due for each in model.limits_open() if not each.paused), default=None
        )
        stored = limits_of(self.engine, case)
        names = (
            "key", "created_seq", "due_at", "warn_at", "ended_at", "ended_how", "breached_at", "paused_at",
        )  # fmt: skip
        model.limits.sort(key=lambda each: (each.seq, each.key))
        assert [tuple(each[name] for name in names) for each in stored] == [
            (
                each.key, each.seq, each.due, each.warn, each.ended, each.how if each.ended else None, each.breached,
                each.paused,
            )
            for each in model.limits
        ]  # fmt: skip
        for limit, each in zip(model.limits, stored, strict=True):
            limit.id = each["id"]
        story = [
            (each.kind, each.actor, each.function, each.from_state, each.to_state) for each in view.story
        ]
        assert story == model.story
        assert {key: each for key, each in view.values.items() if key not in self.hidden} == model.data
        links = [(each["as"], each["case"], each.get("back", False)) for each in row.data.get(LINKS, ())]
        assert links == [*model.links]
        waiting = [each.partition("=")[0] for each in row.data.get(f"{PROPOSING}:", ())]
        assert waiting == sorted(model.proposal)
        wrong = view.flaws, self.engine.replay(case)
        assert wrong == ((), ()), wrong

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
