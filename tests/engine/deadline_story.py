"""For test_deadlines_*.py: a definition with every kind of time limit, and a case that lives through it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.deadlines import DeadlinePlan, OpenDeadline, breached, plan
from engine.definition.flow import Deadline, Duration, Effect, Limit, Repeat, State, Transition, Unit
from engine.definition.model import Definition, Field, FieldType, Opening
from engine.definition.text import Text

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar()
NO = Text()


def within(amount: int, unit: Unit, law: str = "") -> Limit:
    return Limit(Duration(amount, unit), law=law)


BY_RISK = Limit(by="risk", durations={"high": Duration(1, "days"), "low": Duration(7, "days")})
BY_SECRET = Limit(by="secret", durations={"yes": Duration(2, "days")})
VISITS = Limit(by="risk", durations={"high": Duration(1, "weeks"), "medium": Duration(2, "weeks")})


def state(key: str, *deadlines: Deadline, repeats: Sequence[Repeat] = (), **more: Any) -> State:
    return State(
        key=key,
        title=NO,
        deadlines={each.key: each for each in deadlines},
        repeats={each.key: each for each in repeats},
        **more,
    )


def limit(key: str, *limits: Limit, **more: Any) -> Deadline:
    return Deadline(key=key, title=NO, within=limits, **more)


def transition(key: str, *effects: Effect) -> Transition:
    return Transition(key=key, trigger=f"{key}!", title=NO, sources=(), to=None, by=(), do=effects)


def field(key: str, kind: FieldType, *, private: bool = False) -> Field:
    return Field(key=key, type=kind, title=NO, open=not private)


def repeat(key: str, every: Limit, **more: Any) -> Repeat:
    return Repeat(key=key, title=NO, every=every, done_by=("log_visit",), **more)


ON_RECEIPT: dict[str, Any] = {"start": "received_at", "escalate_to": "lead", "then": "lapse"}
SEPARATED: dict[str, Any] = {"starts": ("separate",), "ends": ("lift",), "pause_in": ("waiting",)}
WARNED: dict[str, Any] = {"warn": Duration(2, "days"), "escalate_to": "lead", "law": "art. 29"}
LIMITS = (
    limit("whole", within(30, "working_days"), ends=("close",), pause_in=("waiting",)),
    limit("again", within(10, "days"), starts=("reopen",)),
    limit("separation", within(15, "days"), **SEPARATED),
    limit("report", within(48, "hours"), start="reported_on", **SEPARATED),
)
STATES = (
    state(
        "verifying",
        limit("verify", BY_RISK, done_by=("decide_yes", "decide_no")),
        limit("measure", within(12, "hours"), warn=Duration(24, "hours"), **ON_RECEIPT),
        limit("guarded", BY_SECRET),
    ),
    state(
        "planning",
        limit("draft", BY_RISK, within(5, "working_days", "art. 28"), law="D56", warn=Duration(3, "days")),
        limit("answer", within(2, "days"), start="ask", done_by=("reply",)),
    ),
    state("implementing", repeats=[repeat("visit", VISITS, **WARNED)]),
    state("away", limit("accept", within(5, "days")), interlude=True),
    state("over", final=True),
    state("waiting"),
    state("closed", repeats=[repeat("check", within(3, "months"))]),
)
PLAIN = (
    *("enter", "close", "separate", "lift", "ask", "reply", "log_visit", "note", "decide_yes", "decide_no"),
    *("entry", "received_at"),  # transitions may be called like a word of the format, or like a field
)
DEFINITION = Definition(
    id="story",
    title=NO,
    reference="",
    subject="child",
    calendar="vn_public",
    fields={
        "risk": field("risk", FieldType.CHOICE),
        "secret": field("secret", FieldType.CHOICE, private=True),
        "received_at": field("received_at", FieldType.DATETIME),
        "reported_on": field("reported_on", FieldType.DATE),
    },
    forms={},
    stages={},
    states={each.key: each for each in STATES},
    transitions={
        each.key: each
        for each in (
            *map(transition, PLAIN),
            transition("stop_visits", Effect("stop_deadline", {"key": "visit"})),
            transition("stop_all", Effect("stop_deadline", {"key": "separation"})),
            transition("stop_measure", Effect("stop_deadline", {"key": "measure"})),
        )
    },
    open=Opening(NO, (), ""),
    access={},
    deadlines={each.key: each for each in LIMITS},
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def planned(step: Mapping[str, Any], open_now: Sequence[OpenDeadline]) -> DeadlinePlan:
    return plan(DEFINITION, open=open_now, calendar=CALENDAR, zone=ZONE, **step)


class Story:
    """One case: its steps with their times, the limits that run, and how the others ended."""

    def __init__(self) -> None:
        self.state: str | None = None
        self.came_from: str | None = None
        self.values: dict[str, Any] = {}
        self.taken: dict[str, datetime] = {}
        self.open: tuple[OpenDeadline, ...] = ()
        self.ended: dict[str, list[str]] = {}
        self.seq = self.entry = 0
        self.interrupted: set[str | None] = set()
        self.ahead: set[str] = set()  # limits whose start lay ahead once
        self.entered_at = local("2000-01-01 00:00")

    def step(self, key: str, at: str | datetime, to: str | None = None, **values: Any) -> DeadlinePlan:
        """Take a step and check what holds of every plan."""
        now = local(at) if isinstance(at, str) else at
        self.seq += 1
        before, self.values = self.values, {**self.values, **values}
        self.taken.update({key: now} if key else {})
        declared = DEFINITION.transitions.get(key)
        step = {
            "trigger": declared.trigger if declared else key,
            "transition_key": key if declared else "",
            "moved": to is not None and self.state is not None,
            "state_before": self.state,
            "state_after": to or self.state,
            "came_from": self.came_from,
            "seq": self.seq,
            "now": now,
            "entry": self.entry,
            "entered_at": self.entered_at,
            "values_before": before,
            "values_after": self.values,
            "last_taken": self.taken.get,
            "ids": lambda place, seq=self.seq: str(uuid5(NAMESPACE_OID, f"case {place} {seq}")),
        }
        result = planned(step, self.open)
        after = result.applied(self.open)
        self.check(result, after, now)
        assert planned(step, after) == DeadlinePlan(), "a step planned again on its own result"
        for name, how in result.end:
            self.ended.setdefault(self.find(name).key, []).append(how)
        if to:
            self.entry, self.entered_at, self.came_from = self.seq, now, self.state
        self.open, self.state = after, to or self.state
        counting = {"", self.state}
        if self.state and DEFINITION.states[self.state].interlude:
            counting |= {self.came_from, *self.interrupted}
            self.interrupted = counting
        else:
            self.interrupted = set()
        assert {each.state for each in after} <= counting, "a state left keeps no limits"
        return result

    def check(self, result: DeadlinePlan, after: Sequence[OpenDeadline], now: datetime) -> None:
        changed = (*result.move, *result.pause, *result.resume)
        assert len({each.id for each in changed}) == len(changed)
        assert len({(each.scope, each.key) for each in after}) == len(after), "one of a kind"
        self.ahead |= {each.id for each in after if each.start_at > now}
        for each in after:
            assert each.start_at <= each.due_at
            assert each.warn_at is None or each.warn_at <= each.due_at
            # A limit that has begun is not warned of before it began; one still to begin may be.
            assert each.warn_at is None or each.id in self.ahead or each.start_at <= each.warn_at
        for each in changed:
            assert not breached(self.find(each.id), now) or self.find(each.id).due_at == each.due_at

    def find(self, name: str) -> OpenDeadline:
        return next(each for each in self.open if each.id == name)

    def __getitem__(self, key: str) -> OpenDeadline:
        return next(each for each in self.open if each.key == key)

    @property
    def keys(self) -> set[str]:
        return {each.key for each in self.open}


def opened() -> Story:
    """A case opened on Monday 2 March 2026 at nine, of high risk."""
    story = Story()
    story.step("open", "2026-03-02 09:00", to="verifying", risk="high")
    return story
