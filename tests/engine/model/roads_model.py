"""The village road told by hand in plain Python: what the engine and its worker must do, and how a case must stand afterwards.

Knows nothing of the engine, like the model of the toy beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.engine.model.parts import Answer, Case, Limit, Model, Told
from tests.engine.model.people import ABOVE, HERE, THERE
from tests.engine.model.roads_rules import (
    ABOUT,
    ANYBODY,
    AT_OFFERED,
    BY,
    FORM,
    FROM,
    KEY,
    OFFICER,
    TO,
    moved_on,
    reckoned,
    wrong,
)
from tests.engine.model.rules import end_of, held, is_empty, person

AREAS = (HERE, THERE, ABOVE)


@dataclass
class Errand:
    """What the worker has yet to do: tell another case of a link, or open one. sent: the command that opens it."""

    kind: str
    link: str
    source: str
    target: str
    sent: dict[str, Any] = field(default_factory=dict)
    rows: int = 0
    told: bool = False


@dataclass
class RoadsModel(Model):
    """The roads. `errands`: what stands in the outbox, in order."""

    definition = "roads"

    errands: list[Errand] = field(default_factory=list)

    def available(self, case: Case, actor: str) -> dict[str, tuple[Told, set[str]]]:
        """Of each trigger that leads on: the blockers known without its form, and what the form lacks."""
        ways = {}
        for trigger in (each for each in FROM if case.state in FROM[each]):
            told, _ = self._person(trigger, actor, "", case)
            told |= self._standing(trigger, actor, case)
            stored = {} if trigger in ("visit", "reopen") else case.data
            lacks = {key for key, required in FORM[trigger].items() if required and key not in stored}
            ways[trigger] = frozenset(told), lacks
        return ways

    def reachable(self, case: str, actor: str) -> bool:
        """May this person see the case?"""
        return case in self.cases and any(
            function in ANYBODY and {self.cases[case].area, self.cases[case].offered} & set(areas)
            for function, areas in held(actor, self.today)
        )

    def learn(self, case: str, opened: str) -> None:
        """What the engine calls the case that `case` had split off last."""
        errand = self.errands[-1]
        assert (errand.kind, errand.source, errand.target) == ("open", case, "")
        errand.target = errand.sent["case"] = opened
        self.cases[case].links["part", opened, False] = None

    def work(self, *, noted: bool) -> None:
        """The worker's turn; not `noted`: killed before it wrote down what it had done."""
        for errand in self.errands:
            if errand.kind == "open" and errand.target not in self.cases:
                source = self.cases[errand.source].data
                values = {key: source[key] for key in ("place", "what") if key in source}
                if errand.rows:
                    values["visits"] = source["visits"][: errand.rows]
                told, function = self.judged(None, errand.sent | {"values": values})
                if not told:
                    self.moved(None, errand.sent | {"values": values}, function)
            other = self.cases.get(errand.target)
            if other and not errand.told:
                errand.told = True
                kind = "case_merged" if errand.link == "merged" else "case_linked"
                other.story.append((kind, "system", "", other.state, other.state))
                link = errand.link, errand.source, True
                if errand.kind == "unlink":
                    other.links.pop(link, None)
                else:
                    other.links[link] = None
        self.errands = [] if noted else self.errands

    # ------------------------------------------------------------------ may it be

    def judged(self, case: Case | None, sent: dict[str, Any]) -> tuple[Told, str]:
        """Every reason against it, and the function acted under."""
        trigger, values = sent["trigger"], sent["values"]
        told, function = set[tuple[str, str]](), ""
        if trigger not in BY:
            told = {("unknown_trigger", "")}
        elif case and case.state not in FROM[trigger]:
            told = {("wrong_state", "")}
        else:
            told, function = self._person(
                trigger, sent["actor"], sent["acting_as"], case, values.get("place")
            )
            told |= self._of_form(trigger, case, values)
            if case:
                told |= self._standing(trigger, sent["actor"], case)
                if trigger == "correct" and not case.proposal and not _differing(case, values):
                    told.add(("proposal_empty", ""))
            elif values.get("place") not in AREAS:
                told = {(code, key) for code, key in told if code != "scope" and key != "place"}
                told.add(("area_invalid", "place"))
        fields = {key for _, key in told}
        told |= {each for each in self._named(case, sent) if each[1] not in fields}
        return frozenset(told), function

    def _person(
        self, trigger: str, actor: str, acting_as: str, case: Case | None, place: Any = None
    ) -> tuple[set[tuple[str, str]], str]:
        area = place if case is None else case.offered if trigger in AT_OFFERED else case.area
        return person(BY[trigger], actor, acting_as, area, self.today)

    def _standing(self, trigger: str, actor: str, case: Case) -> set[tuple[str, str]]:
        """What speaks against a step whatever its form says."""
        told = set[str]()
        if trigger == "reopen":
            assert case.closed_at
            day = (case.closed_at + timedelta(hours=7)).date()
            told |= {"reopen_late"} if self.now > end_of(day + timedelta(days=3)) else set()
        if trigger == "correct" and case.proposal:
            told.add("proposal_waiting")
        if trigger in ("accept_correction", "decline_correction") and not case.proposal:
            told.add("proposal_none")
        if trigger == "accept_correction" and case.proposal:
            last = max(case.proposed_at.values())
            told |= {"four_eyes"} if case.proposed_at.get(actor) == last else set()
            for key, (_, replaces) in case.proposal.items():
                cleared = case.cleared_at.get(key)
                if case.data.get(key) != replaces or (cleared and cleared >= last):
                    told.add("proposal_overtaken")
                elif actor in case.wrote[key]:
                    told.add("own_entry")
        return {(code, "") for code in told}

    @staticmethod
    def _of_form(trigger: str, case: Case | None, values: dict[str, Any]) -> set[tuple[str, str]]:
        stored = case.data if case and trigger not in ("visit", "reopen") else {}
        told = {(code, key) for key, value in values.items() for code in wrong(trigger, key, value)}
        return told | {
            ("field_missing", key)
            for key, required in FORM[trigger].items()
            if required and _is_empty(values[key] if key in values else stored.get(key))
        }

    def _named(self, case: Case | None, sent: dict[str, Any]) -> set[tuple[str, str]]:
        """Whom and what the form names that is not there, or not for this person."""
        values, trigger, told = {**sent["values"]}, sent["trigger"], set[tuple[str, str]]()
        here = case is not None and trigger in FROM and case.state in FROM[trigger]
        if case and here and trigger in ABOUT:
            values.setdefault(ABOUT[trigger], case.data.get(ABOUT[trigger]))
        for key, value in values.items():
            if not isinstance(value, str):
                continue
            if key == "keeper" and value.strip() and not self._holds(value, case.area if case else ""):
                told.add(("field_option", key))
            if key in ("place", "target") and value.strip() and value not in AREAS:
                told.add(("field_option", key))
            if key == "other":
                found = self.numbered(value)
                if found == sent["case"]:
                    told.add(("case_itself", key))
                elif value.strip() and not (found and self.reachable(found, sent["actor"])):
                    told.add(("case_number", key))
                elif found and here and trigger == "merge" and self._is_merged(found):
                    told.add(("case_merged", key))
        return told

    def _holds(self, actor: str, area: str) -> bool:
        return any(function in OFFICER and area in areas for function, areas in held(actor, self.today))

    def _is_merged(self, case: str) -> bool:
        return any(kind == "merged" and not back for kind, _, back in self.cases[case].links)

    def numbered(self, number: str) -> str | None:
        """The case with this number."""
        return next((key for key, each in self.cases.items() if each.reference == number), None)

    # ------------------------------------------------------------------ what it does

    def moved(self, case: Case | None, sent: dict[str, Any], function: str) -> Answer:
        """The case as it stands after a step that nothing speaks against."""
        trigger, actor, values = sent["trigger"], sent["actor"], sent["values"]
        before = case.state if case else ""
        if case is None:
            place = values["place"]
            number = self.number(place, "{code}-{year}-D{number:05}")
            case = self.cases[sent["case"]] = Case(place, number, actor, self.now, self.now, state="open")
        seq, old = len(case.story) + 1, case.data
        self._fill(case, trigger, actor, values)
        self._do(case, sent)
        entered = not before or trigger in TO
        if trigger in TO:
            case.came_from, case.state, case.entered_at, case.entered_seq = before, TO[trigger], self.now, seq
            case.closed_at = None if trigger == "reopen" else self.now
            case.cycle += trigger == "reopen"
            case.offered = case.offered if trigger == "reopen" else None
        self._time(case, trigger, old, seq, entered=entered)
        kind = (
            "data_corrected" if trigger == "accept_correction" else "step_taken" if before else "case_opened"
        )
        case.story.append((kind, actor, function, before, case.state))
        return Answer(True, seq, case.state, case.reference, KEY.get(trigger, trigger))

    def _fill(self, case: Case, trigger: str, actor: str, values: dict[str, Any]) -> None:
        if trigger == "correct":
            case.proposal = _differing(case, values)
            case.proposed_at[actor] = self.now
            return
        if trigger == "visit":
            values = {"visits": (*case.data.get("visits", ()), values)}
        elif trigger == "accept_correction":
            values = {key: new for key, (new, _) in case.proposal.items()}
        if trigger in ("accept_correction", "decline_correction"):
            case.proposal = {}
        for key in FORM[trigger] if trigger in ("open", "fill") else ():
            case.wrote.setdefault(key, set()).add(actor)
        case.data = {key: each for key, each in {**case.data, **values}.items() if not _is_empty(each)}

    def _do(self, case: Case, sent: dict[str, Any]) -> None:
        match sent["trigger"]:
            case "assign":
                case.owner = case.data["keeper"]
            case "offer":
                case.offered = case.data["target"]
            case "reopen":
                case.data = {key: each for key, each in case.data.items() if key not in ("seen_on", "name")}
                case.cleared_at |= dict.fromkeys(("seen_on", "name"), self.now)
            case "take":
                assert case.offered
                case.area, case.owner, case.offered = case.offered, sent["actor"], None
            case "refuse" | "withdraw":
                case.offered = None
            case "name_other" | "merge" as trigger:
                kind, other = "merged" if trigger == "merge" else "related", self.numbered(case.data["other"])
                assert other
                case.links[kind, other, False] = None
                self.errands.append(Errand("link", kind, sent["case"], other))
            case "forget_other":
                for link in [each for each in case.links if each[0] == "related" and not each[2]]:
                    del case.links[link]
                    self.errands.append(Errand("unlink", "related", sent["case"], link[1]))
            case "split":
                opening = {"trigger": "open", "actor": sent["actor"], "acting_as": ""}
                rows = len(case.data.get("visits", ()))
                self.errands.append(Errand("open", "part", sent["case"], "", opening, rows))

    def _time(self, case: Case, trigger: str, old: dict[str, Any], seq: int, *, entered: bool) -> None:
        """What the step does to the time limits of the case."""
        still, here = case.data.get("waiting") is True, case.state == "open"
        for limit in case.limits_open():
            if entered or (limit.key == "look" and trigger == "visit"):
                met = limit.key == "look" and trigger == "visit"
                limit.ended, limit.how = self.now, "met" if met else "left"
            else:
                self._adjust(case, limit, old, still=still)
        running = {each.key for each in case.limits_open()}
        if here and "look" not in running:
            self._begin(case, Limit("look", seq, self.now + timedelta(hours=48), start=self.now), still=still)
        made = reckoned(case.data, [])
        if here and made and "mend" not in running and (entered or not reckoned(old, [])):
            self._begin(case, Limit("mend", seq, made[1], start=made[0]), still=still)

    def _adjust(self, case: Case, limit: Limit, old: dict[str, Any], *, still: bool) -> None:
        stood, resumes = limit.paused, bool(limit.paused) and not still
        missed = (stood or self.now) > limit.due
        limit.paused = None if resumes else stood
        if missed:
            return
        if resumes and stood:
            limit.pauses.append((stood, self.now))
        reads = ("seen_on", "reported_on", "urgent")
        if limit.key == "mend" and any(old.get(key) != case.data.get(key) for key in reads):
            made = reckoned(case.data, limit.pauses)
            if made is None:
                limit.ended, limit.how, limit.paused = self.now, "superseded", stood
                return
            limit.start, limit.due = made
        elif resumes and limit.start:
            limit.due = moved_on(limit.due, limit.start, limit.pauses[-1])
        if still and not limit.paused and self.now <= limit.due:
            limit.paused = self.now

    def _begin(self, case: Case, limit: Limit, *, still: bool) -> None:
        limit.paused = self.now if still and self.now <= limit.due else None
        case.limits.append(limit)


def _differing(case: Case, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields of a correction that are not as the case has them: to the new value, and the one it replaces."""
    found = {key: None if _is_empty(values[key]) else values[key] for key in FORM["correct"] if key in values}
    return {key: (value, case.data.get(key)) for key, value in found.items() if value != case.data.get(key)}


def _is_empty(value: Any) -> bool:
    return is_empty(value) or value == ()
