"""What changed in how a case moves: stages, states with their time limits, and the ways between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.diff.asking import asked
from engine.definition.diff.change import Sheet, Subject, What, title_of, worst
from engine.definition.diff.rules import (
    A,
    Attribute,
    B,
    N,
    T,
    compared,
    duration,
    keyed,
    limits,
    some,
    sources,
    subject_of,
    switch,
    value,
    words,
)
from engine.definition.flow import REOPEN, Deadline, Effect, Repeat, State, Transition
from engine.definition.text import Text

_STATE = (
    Attribute("title", words), Attribute("initial", switch(T, T)), Attribute("final", switch(B, B)),
    Attribute("exceptional", switch(N, N)), Attribute("interlude", switch(T, T)),
)  # fmt: skip
_WARNED = (
    Attribute("title", words), Attribute("law", words), Attribute("warn", value(A, T, N)),
    Attribute("escalate_to", value(A, T, T, "function")), Attribute("done_by", some(A, T, "way")),
    Attribute("pause_while", value(A, T, T, "field")),
)  # fmt: skip
_DEADLINE = (
    *_WARNED, Attribute("within", limits), Attribute("start", value(T, T, T), "from"),
    Attribute("or_from", value(T, T, T, "field")), Attribute("then", value(T, T, T, "way")),
    Attribute("starts", some(T, A, "way")), Attribute("ends", some(A, T, "way")), Attribute("pause_in", some(A, T, "state")),
)  # fmt: skip
_REPEAT = (*_WARNED, Attribute("every", limits))
_WAY = (
    Attribute("title", words), Attribute("law", words), Attribute("trigger", value(B, B, B)),
    Attribute("sources", sources, "from"), Attribute("to", value(B, B, B, "state")),
    Attribute("by", some(A, T, "function")), Attribute("form", value(T, T, T, "form")),
    Attribute("other_than", some(T, A, "way")), Attribute("appends", value(T, T, T, "field")),
    Attribute("within", duration(T, A)), Attribute("aside", switch(N, N)), Attribute("otherwise", switch(N, N)),
    Attribute("at", value(T, T, T)), Attribute("proposes", switch(T, A)), Attribute("accepts", value(T, T, T, "way")),
    Attribute("declines", value(T, T, T, "way")),
)  # fmt: skip
_REASONS = ("none", "optional", "required")


class Flow:
    """Compares one side of two versions."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._stage_read = any(
            "case.stage" in each.expression.reads
            for version in (sheet.old, sheet.new)
            for way in version.ways
            for each in way.when
        )

    def noted(self) -> None:
        """Writes down all that changed here."""
        sheet, old, new = self._sheet, self._sheet.old, self._sheet.new
        whole = Subject("whole", title_of(new))
        keyed(sheet, "stages", old.stages, new.stages, (A, T), subject_of("stage"), self._stage, whole)
        keyed(sheet, "states", old.states, new.states, (A, B), subject_of("state"), self._state, whole)
        self._ways("transitions", old.transitions, new.transitions, whole)
        self._order(old, new)
        self._reopenings(old.reopenings, new.reopenings)
        self._deadlines("deadlines", old.deadlines, new.deadlines, whole)

    # ------------------------------------------------------------------ states

    def _stage(self, path: str, about: Subject, old: Text, new: Text) -> None:
        if old != new:
            self._sheet.note(N, f"{path}.title", "title.changed", about, old=old, new=new)

    def _state(self, path: str, about: Subject, old: State, new: State) -> None:
        sheet = self._sheet
        compared(sheet, _STATE, path, about, old, new)
        if old.stage != new.stage:
            was, now = (sheet.named("stage", each) if each else None for each in (old.stage, new.stage))
            how = "stage.read" if self._stage_read else "stage.changed"
            sheet.note(T if self._stage_read else N, f"{path}.stage", how, about, old=was, new=now)
        self._deadlines(f"{path}.deadlines", old.deadlines, new.deadlines, about)
        self._limits(f"{path}.repeats", old.repeats, new.repeats, about, "repeat", self._repeat)

    def _deadlines(
        self, path: str, old: Mapping[str, Deadline], new: Mapping[str, Deadline], of: Subject
    ) -> None:
        self._limits(path, old, new, of, "deadline", self._deadline)

    def _limits(self, path: str, old: Any, new: Any, of: Subject, noun: str, inside: Any) -> None:
        owner = of.name if of.noun == "state" else Text()

        def subject(thing: Any, key: str) -> Subject:
            return Subject(noun, title_of(thing, key), owner)

        keyed(self._sheet, path, old, new, (T, A), subject, inside, of)

    def _deadline(self, path: str, about: Subject, old: Deadline, new: Deadline) -> None:
        compared(self._sheet, _DEADLINE, path, about, old, new)

    def _repeat(self, path: str, about: Subject, old: Repeat, new: Repeat) -> None:
        compared(self._sheet, _REPEAT, path, about, old, new)

    # ------------------------------------------------------------------ ways

    def _ways(
        self, path: str, old: Mapping[str, Transition], new: Mapping[str, Transition], whole: Subject
    ) -> None:
        sheet = self._sheet
        for key, each in new.items():
            at, about = f"{path}.{key}", Subject("way", title_of(each, key))
            if key in old:
                self._way(at, about, old[key], each)
            elif below := _taken_from(each, old, new):
                sheet.note(T, at, "way.above", about, What.ADDED, other=sheet.named("way", below))
            else:
                sheet.note(A, at, "thing.added", about, What.ADDED)
        for key, each in old.items():
            if key not in new:
                sheet.note(
                    B, f"{path}.{key}", "thing.removed", Subject("way", title_of(each, key)), What.REMOVED
                )
        if [key for key in old if key in new] != [key for key in new if key in old]:
            sheet.note(N, path, f"order.{path}", whole)

    def _reopenings(self, old: Mapping[str, Transition], new: Mapping[str, Transition]) -> None:
        """Of states that both versions have."""
        for key in dict.fromkeys((*new, *old)):
            state = key.removeprefix(f"{REOPEN}.")
            if state not in self._sheet.old.states or state not in self._sheet.new.states:
                continue
            path, about = f"states.{state}.reopen", Subject("reopening", self._sheet.named("state", state))
            if key in old and key in new:
                self._way(path, about, old[key], new[key])
            else:
                what = What.ADDED if key in new else What.REMOVED
                self._sheet.note(A if key in new else T, path, f"thing.{what.value}", about, what)

    def _way(self, path: str, about: Subject, old: Transition, new: Transition) -> None:
        sheet = self._sheet
        compared(sheet, _WAY, path, about, old, new)
        if old.reason != new.reason:
            kind = T if new.reason == "required" or (new.reason == "none" and old.reason == "optional") else A
            sheet.note(kind, f"{path}.reason", f"reason.{new.reason}", about)
        self._guard(f"{path}.when", about, old, new)
        self._effects(f"{path}.do", about, old.do, new.do)

    def _guard(self, path: str, about: Subject, old: Transition, new: Transition) -> None:
        if old.when == new.when:
            return
        were, are = ([each.expression for each in way.when] for way in (old, new))
        if {each.source for each in were} != {each.source for each in are}:
            states = dict.fromkeys((*old.sources, *new.sources))
            asked(self._sheet, path, "when", about, were, are, (T, A), states)
        sides = [{each.expression.source: each for each in way.when} for way in (old, new)]
        both = [source for source in sides[0] if source in sides[1]]
        pairs = [(sides[0][source], sides[1][source]) for source in both]
        chooses = [(was.chooses, now.chooses) for was, now in pairs]
        if any(was != now for was, now in chooses):
            chosen = any(self._in_choice(each) for each in (old, new))
            self._sheet.note(T if chosen else N, path, "when.chooses" if chosen else "when.written", about)
        elif any(was.say != now.say for was, now in pairs) or _others(sides):
            self._sheet.note(N, path, "when.said", about)

    def _in_choice(self, way: Transition) -> bool:
        return any(
            each.key != way.key and each.trigger == way.trigger
            for version in (self._sheet.old, self._sheet.new)
            for each in version.ways
        )

    def _order(self, old: Any, new: Any) -> None:
        """Alternatives are tried from top to bottom."""
        both = [key for key in old.transitions if key in new.transitions]
        at = {key: number for number, key in enumerate(new.transitions)}
        turned: dict[str, list[str]] = {}
        for number, one in enumerate(both):
            for other in both[number + 1 :]:
                ways = [version.transitions[key] for version in (old, new) for key in (one, other)]
                if at[one] > at[other] and len({each.trigger for each in ways}) == 1:
                    turned.setdefault(ways[0].trigger, []).extend((one, other))
        for keys in turned.values():
            first = min(keys)
            about = Subject("way", self._sheet.named("way", first))
            self._sheet.note(T, f"transitions.{first}.trigger", "trigger.order", about)

    # ------------------------------------------------------------------ effects

    def _effects(self, path: str, about: Subject, old: tuple[Effect, ...], new: tuple[Effect, ...]) -> None:
        if old == new:
            return
        came, went = _without(new, old), _without(old, new)
        told = [*came, *went]
        if told and all(each.name == "notify" for each in told):
            kind = worst([A] * bool(came) + [T] * bool(went))
        else:
            kind = T
        how = "order" if not told else "changed" if came and went else "more" if came else "fewer"
        names = [tuple(Effected(each.name) for each in side) for side in (came, went)]
        self._sheet.note(kind, path, f"do.{how}", about, added=names[0], removed=names[1])


class Effected(str):
    """The name of an effect, which has words of its own."""

    __slots__ = ()


def _without(some: tuple[Effect, ...], others: tuple[Effect, ...]) -> list[Effect]:
    left = list(others)
    found = []
    for each in some:
        if each in left:
            left.remove(each)
        else:
            found.append(each)
    return found


def _taken_from(way: Transition, old: Mapping[str, Transition], new: Mapping[str, Transition]) -> str:
    """A way of both versions that is tried after a new one, in some state of both; "" if there is none."""
    keys = list(new)
    for key in keys[keys.index(way.key) + 1 :]:
        other = new[key]
        if key in old and other.trigger == way.trigger and {*other.sources} & {*way.sources}:
            return key
    return ""


def _others(sides: list[dict[str, Any]]) -> bool:
    """Are the same conditions written in another order, or twice?"""
    return sides[0].keys() == sides[1].keys()
