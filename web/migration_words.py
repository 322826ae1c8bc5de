"""A move of live cases in words: plan, faults, what changes for one case. Screens and command line say the same.

Nothing that a case holds comes in here, so nothing of it can be said: states, steps, fields and moments by their titles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.commands import Blocker
from engine.migration import HAND, STAY, Histories, Illegal, PlanBroken
from engine.store.moves import GOING, MovedRow
from engine.text import messages
from engine.words import Words, plain

PARTS = (
    "closed",
    "lost",
    "gained",
    "forms",
    "joins",
    "made",
    "moved",
    "ended",
    "renamed",
    "defaulted",
    "dropped",
    "same",
)
LIMITS = ("made", "moved", "ended")
STATUSES = ("planned", "hand", "blocked", "stays", "migrated", "skipped", "failed")


def fault(language: str, broken: PlanBroken, words: MoveWords | None = None) -> str:
    """Why a plan or an order is refused."""
    params = dict(broken.params)
    params["where"] = words.where(broken.where) if words else broken.where
    if words:
        params |= {
            name: words.named(broken.where, params[name], name)
            for name in ("name", "other")
            if name in params
        }
    if "type" in params:
        params["type"] = messages().say(language, f"type.{params['type']}")
    return messages().say(language, f"migration.fault.{broken.code}", **params)


@dataclass(frozen=True, slots=True)
class MoveWords:
    """Speaks of a move from one version of a workflow (`old`) to another (`new`), both in one language."""

    old: Words
    new: Words

    # -------------------------------------------------------------- the plan

    def goes(self, target: str) -> str:
        """Where a state, or a case, goes."""
        if target in (STAY, HAND):
            return self._say(f"goes.{target[1:]}")
        return self.new.state(target)

    def moves(self, state: str, target: str | None) -> str:
        """The state before and after; once, where it is called the same."""
        return " → ".join(
            dict.fromkeys((self.old.state(state), self.new.state(target or "") or self.old.state(state)))
        )

    def where(self, place: str) -> str:
        """A part of a plan: "State “Asked”"."""
        part, _, key = place.partition(".")
        match part:
            case "states":
                return self._say("where.states", title=self.old.state(key))
            case "fields" if key:
                return self._say("where.fields", title=self.old.label(key))
            case "hand":
                return self._say("where.hand")
            case "limits":
                return self.limit_at(key)
        return place

    def limit_at(self, path: str) -> str:
        """A time limit of the new version by its path; "*": all of them."""
        if path == "*":
            return self._say("where.all_limits")
        return self._say("where.limits", title=_limit(self.new, path.rpartition(".")[2]) or path)

    def named(self, place: str, key: str, param: str) -> str:
        """The title of what a fault calls by its key."""
        part = place.partition(".")[0]
        if part in ("states", "hand"):
            return self.old.state(key) if place == f"states.{key}" else self.new.state(key)
        if part == "fields":
            return (self.new if param == "other" else self.old).label(key)
        return self.new.label(key) if part == "defaults" else key

    # -------------------------------------------------------------- a case

    def told(self, row: MovedRow) -> list[str]:
        """What becomes of a case besides its state, or why it cannot be moved; one sentence each."""
        if row.status in ("skipped", "failed"):
            key = row.reason if messages().has(f"migration.why.{row.reason}") else "other"
            return [self._say(f"why.{key}", code=row.reason)]
        if row.status == "blocked":
            return [self.blocker(each, self.new) for each in row.report["blockers"]]
        if row.status not in ("planned", "migrated"):
            return []
        return list(self._changes(row.report)) or [self._say("told.same")]

    def _changes(self, report: Mapping[str, Any]) -> Iterator[str]:
        for trigger, why in report.get("closed", {}).items():
            said = " ".join(self.blocker(each, self.new) for each in why)
            yield self._say("told.closed", trigger=self.new.trigger(trigger), why=said)
        for part, words in (("lost", self.old), ("gained", self.new)):
            for function, triggers in report.get(part, {}).items():
                named = ", ".join(f"“{words.trigger(each)}”" for each in triggers)
                yield self._say(f"told.{part}", function=words.names("function", function), triggers=named)
        for trigger, fields in report.get("forms", {}).items():
            yield self._say("told.forms", trigger=self.new.trigger(trigger), fields=_labels(self.new, fields))
        for trigger, open in report.get("joins", {}).items():
            yield self._say("told.join_open" if open else "told.join_shut", trigger=self.new.trigger(trigger))
        yield from self._of_limits(report.get("limits", {}))
        for old, new in report.get("renamed", {}).items():
            was, now = self.old.label(old), self.new.label(new)
            yield self._say("told.rekeyed" if was == now else "told.renamed", title=was, old=was, new=now)
        for part, words in (("defaulted", self.new), ("dropped", self.old)):
            if report.get(part):
                yield self._say(f"told.{part}", fields=_labels(words, report[part]))

    def _of_limits(self, limits: Mapping[str, Any]) -> Iterator[str]:
        for part in LIMITS:
            for key, *moments in limits.get(part, ()):
                words = self.old if part == "ended" else self.new
                title = _limit(words, key) or key
                due = [plain(datetime.fromisoformat(each), words.language, words.zone) for each in moments]
                yield self._say(f"told.{part}", limit=title, was=due[0], due=due[-1])

    def of_function(self, part: str, function: str, trigger: str, n: int) -> str:
        """That a function gains or loses a step, in so many cases."""
        words = self.old if part == "lost" else self.new
        named = f"“{words.trigger(trigger)}”"
        told = self._say(f"told.{part}", function=words.names("function", function), triggers=named)
        return self._say("told.in_cases", told=told, n=n)

    def blocker(self, told: Mapping[str, Any], words: Words) -> str:
        """A reason that a report keeps, as a sentence."""
        params = {key: _bound(key, each) for key, each in told.get("params", {}).items()}
        match told["code"]:
            case "unknown_trigger":
                params["trigger"] = self.old.trigger(params["trigger"])
            case "wrong_state":
                params["state"] = _either(self.new.state, self.old.state, params["state"])
            case "field_unknown":
                params["field"] = _either(self.new.label, self.old.label, params["field"])
            case "move_came_from":
                params["name"] = self.old.state(params["name"])
            case "move_final":
                params["name"] = self.new.state(params["name"])
            case "move_track" | "move_returns":
                params["name"] = self.old.label(f"subcases.{params['name']}")
            case "move_field" | "move_value":
                params |= {"name": self.new.label(params["name"]), "field": self.old.label(params["field"])}
            case "move_pending":
                params["field"] = self.old.label(params["field"])
        if not messages().has(f"blocker.{told['code']}"):
            return str(told["code"])
        return words.blocker(Blocker(told["code"], params))

    # -------------------------------------------------------------- a history

    def step(self, found: Illegal) -> str:
        """A step as the version called it under which it was taken, its number, and the state it was taken from."""
        before = self.old.state(found.state) if found.state else ""
        return self._say(
            "history.step" if before else "history.opening",
            n=found.seq, step=self.old.trigger(found.trigger), state=before,
        )  # fmt: skip

    def refusals(self, found: Illegal) -> list[str]:
        """Why the new version does not take it so; one sentence each."""
        if found.to:
            return [self._say("history.leads", state=self.new.state(found.to))]
        return [
            self._say(
                "history.four_eyes",
                trigger=_either(self.new.trigger, self.old.trigger, each["params"]["trigger"]),
            )
            if each["code"] == "four_eyes"
            else self.blocker(each, self.new)
            for each in found.blockers
        ]

    def legal(self, found: Histories) -> str:
        """How many histories are legal, and the first step that is not."""
        language = self.old.language
        if not found.looked_at:
            return self._say("history.none")
        told = self._say(
            "history.legal", n=figure(language, found.legal), total=figure(language, found.looked_at)
        )
        if not found.illegal:
            return f"{told}."
        first = found.illegal[0]
        return f"{told}; {self._say('history.first', case=first.reference, step=self.step(first))}."

    def only(self, found: Histories) -> str:
        """That there are cases which were not looked at."""
        return self._say("history.only", n=figure(self.old.language, found.looked_at))

    def _say(self, key: str, **params: Any) -> str:
        return messages().say(self.old.language, f"migration.{key}", **params)


def say(language: str, key: str) -> str:
    """A word that stands without a plan: a status, a rule, a kind of change."""
    return messages().say(language, f"migration.{key}")


def line(language: str, key: str, **params: Any) -> str:
    """A sentence about a plan."""
    return messages().say(language, f"migration.plan.{key}", **params)


def parts_of(row: MovedRow) -> Iterator[str]:
    """Which of PARTS change for a case; "same": it goes, and nothing but its version changes."""
    limits = row.report.get("limits", {})
    yield from (each for each in PARTS if each in (limits if each in LIMITS else row.report))
    if row.status in GOING and not row.report and row.target == row.state:
        yield "same"


def counted(pages: Iterable[Iterable[MovedRow]]) -> tuple[dict[str, int], dict[tuple[str, str, str], int]]:
    """In how many of the cases that move each of PARTS changes, those that change in none left out; and in how many
    which function gains or loses which step: (lost or gained, function, trigger).
    """
    found = dict.fromkeys(PARTS, 0)
    by_function: Counter[tuple[str, str, str]] = Counter()
    for page in pages:
        for row in page:
            for part in parts_of(row):
                found[part] += 1
            for part in ("lost", "gained"):
                for function, triggers in row.report.get(part, {}).items():
                    by_function.update((part, function, trigger) for trigger in triggers)
    return {part: n for part, n in found.items() if n}, dict(by_function)


def figure(language: str, n: int) -> str:
    """A whole number as it is written: 1.204, in English 1,204."""
    return f"{n:,}".replace(",", "." if language == "vi" else ",")


def _bound(key: str, value: Any) -> Any:
    """A bound that a report keeps as text: the day or moment it is, if it is one."""
    if key not in ("min", "max") or not isinstance(value, str) or value[4:5] != "-":
        return value
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)


def _either(one: Callable[[str], str], other: Callable[[str], str], key: str) -> str:
    """The title that `one` has for a key, or `other` if it has none."""
    return found if (found := one(key)) != key else other(key)


def _labels(words: Words, names: Iterable[str]) -> str:
    return ", ".join(f"“{words.label(each)}”" for each in names)


def _limit(words: Words, key: str) -> str:
    """The title of a time limit by its key; the first that is called so."""
    definition = words.workflow.definition
    places = [
        definition.deadlines,
        *(each.deadlines for each in definition.states.values()),
        *(each.repeats for each in definition.states.values()),
    ]
    found: Any = next((place[key] for place in places if key in place), None)
    return found.title.get(words.language) if found else ""
