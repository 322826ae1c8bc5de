"""The state machine of the roads: offers, proposals, links, cases split off by the worker, closing and beginning again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from sqlalchemy import update

from engine import Engine, Outcome
from engine.links import LINKS
from engine.store import queue
from engine.store.tables import outbox
from engine.worker import errands
from tests.engine.evidence import row_of
from tests.engine.model.base import START, ModelMachine, Sent, picks
from tests.engine.model.people import HERE, THERE
from tests.engine.model.roads_model import RoadsModel
from tests.engine.model.roads_rules import FORM, FROM

NOBODYS = "01906-2026-D99999"
GOOD: Sent = {
    "place": [HERE],
    "what": ["ổ gà", "cầu gãy", "đường lầy"],
    "name": ["Triệu Thị Đức", "Lò Văn Thử", None],
    "urgent": [True, False, None],
    "waiting": [True, False, None],
    "seen_on": [date(2026, 11, 23), date(2026, 11, 20), None],
    "reported_on": [date(2026, 11, 20), date(2026, 12, 1), None],
    "visits": [None, ({"what": "nứt"},)],
    "keeper": ["officer", "second", "both"],
    "target": [THERE, THERE, HERE],
    "fact": ["lại hỏng"],
}
WRONG: Sent = {
    "place": [None, "99999@2025-07-01"],
    "what": ["x" * 201, 5, " "],
    "name": ["x" * 201, 7, ""],
    "urgent": ["true", 1],
    "waiting": ["yes"],
    "seen_on": ["2026-11-20"],
    "visits": ["nứt", ()],
    "keeper": ["chair", "other_officer", "nobody", None, 3],
    "target": ["99999@2025-07-01", HERE, None, "", 4],
    "other": [NOBODYS, None, "x" * 61, 5, "a\x07"],
    "fact": [None, "  "],
}
HERES = ["officer", "second", "both", "roving", "leaving"]
FITTING = dict.fromkeys(FORM, HERES) | {
    "open": ["officer", "second", "both", "roving", "other_officer"],
    "correct": ["officer", "second", "chair", "both"],
    "accept_correction": ["chair", "lead", "second", "officer"],
    "decline_correction": ["chair", "lead", "second", "officer"],
    "assign": ["chair", "both"],
    "take": ["other_officer", "other_officer", "officer", "coming"],
    "refuse": ["other_officer", "other_officer", "second"],
    "reopen": ["lead", "lead", "chair"],
}
FIRST: Sent = {"place": HERE, "what": "đường lầy", "name": "Triệu Thị Đức", "urgent": False}
CHANGES = [
    "actor", "actor", "actor", "function", "wrong value", "left out", "more", "version", "trigger", "trigger", "case",
]  # fmt: skip


def roads_machine_for(engine: Engine) -> Callable[[], RoadsMachine]:
    """What Hypothesis makes a machine of for each example."""
    return lambda: RoadsMachine(engine)


class RoadsMachine(ModelMachine):
    """Two cases of one commune and one of the other, and whatever is split off from them."""

    definition, form, leads, wrong = "roads", FORM, FROM, WRONG
    model: RoadsModel

    @initialize()
    def begin(self) -> None:
        self.model = RoadsModel(START, self.counters())
        self._set(START)
        for actor, place in (("officer", HERE), ("second", HERE), ("other_officer", THERE)):
            self._open(actor, FIRST | {"place": place})

    # ------------------------------------------------------------------ rules

    @rule(data=st.data(), changes=st.lists(st.sampled_from(CHANGES), max_size=2))
    def open_a_case(self, data: st.DataObject, changes: list[str]) -> None:
        actor = data.draw(st.sampled_from(FITTING["open"]), "actor")
        values = self._form(data, "open", "") | ({"place": THERE} if actor == "other_officer" else {})
        right = {"trigger": "open", "actor": actor, "definition": "roads", "values": values}
        self._send(self._changed(data, {"case": self._new_id()} | right, changes))

    @rule(data=st.data(), pick=picks)
    def take_a_step(self, data: st.DataObject, pick: int) -> None:
        self._send(self._step(data, pick))

    @rule(data=st.data(), pick=picks, changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2))
    def take_a_step_with_mistakes(self, data: st.DataObject, pick: int, changes: list[str]) -> None:
        self._send(self._changed(data, self._step(data, pick), changes))

    @rule(data=st.data(), pick=picks)
    def name_what_is_not_there(self, data: st.DataObject, pick: int) -> None:
        case = self._case(pick)
        trigger = data.draw(st.sampled_from(["name_other", "merge", "assign", "offer"]), "trigger")
        actor = data.draw(st.sampled_from(FITTING[trigger]), "actor")
        key = next(iter(FORM[trigger]))
        values = (
            [*WRONG[key], *(each.reference for each in self.model.cases.values())]
            if key == "other"
            else WRONG[key]
        )
        self._take(case, trigger, actor, **{key: data.draw(st.sampled_from(values), key)})

    @rule(data=st.data(), pick=picks, overtaken=st.booleans(), hours=st.sampled_from([0, 0, 1]))
    def propose_and_decide(self, data: st.DataObject, pick: int, overtaken: bool, hours: int) -> None:
        """By several people, one after another; sometimes the value changes in between."""
        case = self._case(pick)
        proposer = data.draw(st.sampled_from(FITTING["correct"]), "proposer")
        self._take(case, "correct", proposer, **self._form(data, "correct", case))
        if hours:
            self.time_passes(hours)
        if overtaken:
            self._take(case, "fill", "officer", what=data.draw(st.sampled_from(GOOD["what"]), "what"))
        for trigger in (
            "accept_correction",
            data.draw(st.sampled_from(["accept_correction", "decline_correction"])),
        ):
            self._take(case, trigger, data.draw(st.sampled_from([proposer, *FITTING[trigger]]), "decider"))

    @rule(data=st.data(), pick=picks)
    def offer_and_answer(self, data: st.DataObject, pick: int) -> None:
        case = self._case(pick)
        self._take(case, "offer", "officer", target=data.draw(st.sampled_from([THERE, HERE]), "target"))
        for _ in range(2):
            trigger = data.draw(st.sampled_from(["take", "refuse", "withdraw", "fill", "finish"]), "trigger")
            self._take(
                case, trigger, data.draw(st.sampled_from(["officer", "other_officer", "roving"]), "actor")
            )

    @rule(
        pick=picks,
        hours=st.sampled_from([1, 24 * 3, 24 * 3 + 12, 24 * 9]),
        again=st.booleans(),
        waits=st.booleans(),
    )
    def finish_and_begin_again(self, pick: int, hours: int, again: bool, waits: bool) -> None:
        """Sometimes while a name waits, which the reopening clears."""
        case = self._case(pick)
        if waits:
            self._take(case, "correct", "second", name="Lò Văn Thử")
        self._take(case, "finish", "both")
        if again:
            self.time_passes(hours)
            self._take(case, "reopen", "lead", fact="lại hỏng")
            if waits:
                self._take(case, "accept_correction", "lead")

    @rule(
        pick=picks,
        trigger=st.sampled_from(["split", "split", "name_other", "forget_other", "merge"]),
        later=st.booleans(),
        killed=st.booleans(),
    )
    def do_what_the_worker_ends(self, pick: int, trigger: str, later: bool, killed: bool) -> None:
        """A step with an errand; what the case says in between; the worker once, or killed and once more."""
        case = self._case(pick)
        form = self.good(case, trigger, "both")
        self._take(case, trigger, "both", **(form or {}))
        if later:
            self._take(case, "visit", "both", what="thêm")
        for noted in (False, True) if killed else (True,):
            self.the_worker_turns(pick, noted)

    @rule(pick=picks, more=picks)
    def merge_one_after_another(self, pick: int, more: int) -> None:
        """A case into another, and a third into the first."""
        for case in (self._case(pick), self._case(more)):
            other = self._case(more) if case == self._case(pick) else self._case(pick)
            self._take(case, "merge", "both", other=self.model.cases[other].reference)
        self._take(
            self._open("second", FIRST), "merge", "both", other=self.model.cases[self._case(pick)].reference
        )

    @rule(pick=picks, noted=st.booleans())
    def the_worker_turns(self, pick: int, noted: bool) -> None:
        """Not noted: it is killed before it writes down what it did, and the next one does it again."""
        with self.engine.database.read() as connection:
            rows = [each for each in queue.waiting(connection, 0, 10**6) if each.case_id in self.model.cases]
        for row in rows:
            errands.run(self.engine, row, self.model.now)
        if not noted:
            with self.engine.database.write() as connection:
                done = outbox.c.id.in_([each.id for each in rows])
                connection.execute(update(outbox).where(done).values(done_at=None))
        before = {case: len(each.story) for case, each in self.model.cases.items()}
        self.model.work(noted=noted)
        for case, model in self.model.cases.items():
            if len(model.story) != before.get(case):
                self._compare(case, model)

    # ------------------------------------------------------------------ commands

    def good(self, case: str, trigger: str, actor: str) -> Sent | None:
        model, form = self.model.cases[case], {key: GOOD[key][0] for key in FORM[trigger] if key != "other"}
        if "keeper" in form:
            form["keeper"] = "officer" if model.area == HERE else "other_officer"
        if trigger == "correct":
            form["what"] = f"{model.data['what']}, nữa"[-200:] if "what" in model.data else "nữa"
        if "other" in FORM[trigger]:
            within = [
                each
                for each, other in self.model.cases.items()
                if each != case and self.model.reachable(each, actor) and other.state != "merged"
            ]
            if not within:
                return None
            form["other"] = self.model.cases[within[0]].reference
        return form

    def learn(self, case: str) -> None:
        if self.model.errands and self.model.errands[-1].target == "":
            self.model.learn(case, row_of(self.engine, case).data[LINKS][-1]["case"])

    def _take(self, case: str, trigger: str, actor: str, **values: object) -> Outcome:
        return self._send({"case": case, "trigger": trigger, "actor": actor, "values": values})

    def _open(self, actor: str, values: Sent) -> str:
        parts = {"trigger": "open", "actor": actor, "definition": "roads", "values": values}
        return self._send({"case": self._new_id()} | parts).case

    def _step(self, data: st.DataObject, pick: int) -> Sent:
        """A step that leads on, by someone who may most likely take it."""
        case = self._case(pick)
        state = self.model.cases[case].state
        trigger = data.draw(
            st.sampled_from([each for each in FROM if state in FROM[each]] or ["fill"]), "trigger"
        )
        actor = data.draw(st.sampled_from(FITTING[trigger]), "actor")
        if self.model.cases[case].area == THERE and data.draw(st.booleans(), "there"):
            actor = "other_chair" if actor == "chair" else "other_officer"
        seen = data.draw(st.sampled_from([None, len(self.model.cases[case].story)]), "version")
        right = {"case": case, "trigger": trigger, "actor": actor, "definition": "roads"}
        return right | {"values": self._form(data, trigger, case), "expected_version": seen}

    def _form(self, data: st.DataObject, trigger: str, case: str) -> Sent:
        named = {"other": [NOBODYS, *(each.reference for each in self.model.cases.values())]}
        keys = [
            key for key, required in FORM[trigger].items() if required or data.draw(st.booleans(), f"{key}?")
        ]
        return {key: data.draw(st.sampled_from((GOOD | named)[key]), key) for key in keys}
