"""What both reference models are made of: a case as it must stand, and what holds of every command whatever the workflow.

Knows nothing of the engine, like the models themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from tests.engine.model.rules import can_be_kept, is_id

Told = frozenset[tuple[str, str]]  # (code, field; of a guard its number)
Link = tuple[str, str, bool]  # what it is called, the other case, told by the other


@dataclass
class Limit:
    """`id` is what the engine calls it. pauses: from and until when it stood still."""

    key: str
    seq: int
    due: datetime
    warn: datetime | None = None
    ended: datetime | None = None
    breached: datetime | None = None
    how: str = "left"
    start: datetime | None = None
    paused: datetime | None = None
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    id: str = ""


@dataclass
class Case:
    """`story`: (kind, actor, function, from, to) of each event. proposal: field to its new value and the one it replaces."""

    area: str
    reference: str
    owner: str
    opened_at: datetime
    entered_at: datetime
    entered_seq: int = 1
    state: str = ""
    came_from: str | None = None
    closed_at: datetime | None = None
    cycle: int = 1
    offered: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    story: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    links: dict[Link, None] = field(default_factory=dict)
    asked_by: set[str] = field(default_factory=set)
    wrote: dict[str, set[str]] = field(default_factory=dict)
    proposal: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    proposed_at: dict[str, datetime] = field(default_factory=dict)
    cleared_at: dict[str, datetime] = field(default_factory=dict)

    def limits_open(self) -> list[Limit]:
        """The limits that have not ended."""
        return [each for each in self.limits if not each.ended]


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

    definition: ClassVar[str] = ""

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
            return refused("id_invalid")
        if not all(can_be_kept(each) for each in (*values.values(), sent["reason"])):
            return refused("value_unusable")
        if sent["id"] in self.done:
            first, answer = self.done[sent["id"]]
            return replace(answer, repeated=True) if first == content else refused("command_reused")
        if opening and sent["definition"] != self.definition:
            return refused("unknown_definition")
        if opening == (case is not None):
            return refused("case_exists" if opening else "unknown_case")
        if opening and (sent["agency"] or sent["parent"] or sent["subcase"]):
            return refused("agency")  # a track is opened by its parent alone
        seen = sent["expected_version"]
        if case and seen is not None:
            by_people = any(each[1] != "system" for each in case.story[max(seen, 0) :])
            if by_people or seen > len(case.story):
                return refused("stale")
        if case and trigger == "deadline_breached" and sent["actor"] == "system":
            answer = self._breached(case, values["deadline"])
        else:
            told, function = self.judged(case, sent)
            if told:
                return Answer(False, told=told)
            answer = self.moved(case, sent, function)
        if not answer.repeated:
            self.done[sent["id"]] = content, answer
        return answer

    def available(self, case: Case, actor: str) -> dict[str, tuple[Told, set[str]]]:
        """Of each trigger that leads on: the blockers known without its form, and what the form lacks."""
        raise NotImplementedError

    def judged(self, case: Case | None, sent: dict[str, Any]) -> tuple[Told, str]:
        """Every reason against it, and the function acted under."""
        raise NotImplementedError

    def moved(self, case: Case | None, sent: dict[str, Any], function: str) -> Answer:
        """The case as it stands after a step that nothing speaks against."""
        raise NotImplementedError

    def number(self, area: str, pattern: str) -> str:
        """The next number of a place in this year."""
        code, year = area[:5], self.today.year
        number = self.counters[code, year] = self.counters.get((code, year), 0) + 1
        return pattern.format(code=code, year=year, number=number)

    def _breached(self, case: Case, missed: str) -> Answer:
        limit = next(each for each in case.limits if each.id == missed)
        late = not (limit.ended or limit.breached) and limit.due < (limit.paused or self.now)
        if late:
            limit.breached = self.now
            case.story.append(("deadline_breached", "system", "", case.state, case.state))
        return Answer(True, len(case.story), case.state, case.reference, repeated=not late)


def refused(code: str) -> Answer:
    """For this one reason, about no field."""
    return Answer(False, told=frozenset({(code, "")}))
