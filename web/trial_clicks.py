"""What is clicked on the page that plays a case: each click answered by the case as it then stands, or by what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from engine.commands import OPEN, SYSTEM
from engine.definition.model import Field, FieldType, Form, FormField, FormSection
from engine.definition.text import Text
from engine.trial import Ground
from engine.words import Words
from engine.workflow import CompiledWay, Workflow
from web.case_model import name_of
from web.person import engine
from web.shell import function_name
from web.step_form import Part, Typed, parts_of, refused, take
from web.texts import language
from web.trial_play import Lost, Play, fired
from workflows.catalogue import functions

SPANS = ("hours", "days", "working days", "weeks", "months")
MOST_AMOUNT = 1000
Raw = Mapping[str, list[str]]


class Clicks:
    """One click on the page answered: the case as it stands then, a form that came back, what is told."""

    def __init__(
        self,
        workflow: Workflow,
        ground: Ground,
        tracks: Mapping[str, Workflow | None],
        action: str,
        raw: Raw,
    ) -> None:
        self.workflow, self.action, self.raw = workflow, action, raw
        self.words = Words(workflow, language(), _name, ground.zone, tracks)
        self.lost = False
        self.typed: Typed | None = None
        self.chosen = ""
        self.told: list[str] = []
        definition = workflow.definition
        today = engine().clock.now().astimezone(ground.zone).date()
        self.start: Callable[..., Play] = lambda at, *more, on=today: Play.fresh(
            workflow, ground, tracks, on, at, *more
        )
        try:
            kept = self._said("_test")
            self.play = Play.kept(workflow, ground, tracks, kept) if kept else self.start(workflow.initial)
        except Lost:
            self.play, self.lost = self.start(workflow.initial), True
        acting = self._said("_as")
        first = next((each for each in definition.open.by if each != SYSTEM), "")
        self.acting = acting if acting in self.play.functions else first
        person = self._said("_person")
        self.person = person if person in self.play.functions and person != self.acting else ""
        if not self.lost:
            self._do(self._said("_do"))

    @property
    def status(self) -> int:
        """Of the answer: 422 where a form comes back."""
        return 422 if self.told or (self.typed is not None and _wrong(self.typed)) else 200

    def _said(self, name: str) -> str:
        return (self.raw.get(name) or [""])[-1]

    def _do(self, what: str) -> None:
        trigger = self._said("_trigger")
        if "_add_row" in self.raw:
            what = "row" if trigger else "choose_values"
        match what:
            case "at":
                at = self._said("_at")
                on = _day(self._said("_on")) or date.fromisoformat(self.play.plain["on"])
                self.play = self.start(at if at in self.workflow.definition.states else "", on=on)
            case "given":
                self._begin()
            case "choose" | "row":
                self.chosen = trigger
                if what == "row":
                    self._take(trigger)
            case "fire":
                self._fire(trigger)
            case "wait":
                self._wait()
            case "end":
                key = self._said("_track")
                if key in self.workflow.definition.subcases:
                    self._after({"end": key})
            case "back":
                self.play = self.play.back()
            case "choose_values":
                self.typed = take(self._given_parts(), self._controls(), self.words.zone)

    def _begin(self) -> None:
        """Another beginning: the state it stands in now, with the values that were typed."""
        typed = take(self._given_parts(), self._controls(), self.words.zone)
        if _wrong(typed):
            self.typed = typed
            return
        counts = {
            key: (_count(self._said(f"_open-{key}")), _count(self._said(f"_ended-{key}")))
            for key in self.workflow.definition.subcases
        }
        counts = {key: each for key, each in counts.items() if any(each)}
        on = self.play.trial.now.astimezone(self.words.zone).date()
        self.play = self.start(self.play.trial.state, typed.values, counts, on=on)

    def _fire(self, trigger: str) -> None:
        way = self._way(trigger)
        if way is None:
            return
        parts = parts_of(way, self.words)
        typed = self._take(trigger)
        if _wrong(typed):
            self.chosen = trigger
            return
        after = self.play.after(fired(trigger, self.acting, self.person, typed.values, self._said("_reason")))
        if not after.blockers:
            self.play, self.typed = after, None
            return
        if parts or way.transition.reason != "none":
            self.chosen = trigger
            refused(typed, after.blockers, parts, self.words)
        else:
            self.typed, self.told = None, [self.words.blocker(each) for each in after.blockers]

    def _take(self, trigger: str) -> Typed:
        way = self._way(trigger)
        parts = parts_of(way, self.words) if way else ()
        self.typed = take(parts, self._controls(), self.words.zone)
        return self.typed

    def _wait(self) -> None:
        span = self._said("_span")
        if span == "until":
            span = self.play.until_missed()
        elif span in SPANS and 0 < (amount := _count(self._said("_amount"))) <= MOST_AMOUNT:
            span = f"{amount} {span}"
        else:
            span = ""
        if span:
            self._after({"wait": span})

    def _after(self, step: Mapping[str, Any]) -> None:
        after = self.play.after(step)
        self.told = [self.words.blocker(each) for each in after.blockers]
        self.play = self.play if after.blockers else after

    def _controls(self) -> dict[str, list[str]]:
        """What was typed, without what the page itself sends along."""
        kept = ("_reason", "_add_row")
        return {
            name: each
            for name, each in self.raw.items()
            if (not name.startswith("_") or name in kept) and name != "csrf_token"
        }

    def _way(self, trigger: str) -> CompiledWay | None:
        """The way of a trigger from here: of alternatives that which is shown."""
        if trigger == OPEN:
            return self.workflow.opening if self.play.trial.case is None else None
        shown = self.play.trial.way(trigger, self.acting, self.person)
        return self.workflow.ways[shown.transition] if shown else None

    def _given_parts(self) -> tuple[Part, ...]:
        """One form of the fields on which it depends here who may do what."""
        definition, names = self.workflow.definition, self.play.fills()
        fields: dict[str, Field] = {
            name: _bare(each) for name, each in definition.fields.items() if name in names
        }
        if not fields:
            return ()
        section = FormSection(Text(), tuple(FormField(name) for name in fields))
        return (Part("", Form(key="given", title=Text(), sections=(section,)), fields, self.words, ()),)


def _wrong(typed: Typed) -> bool:
    return bool(typed.errors or typed.general)


def _bare(declared: Field) -> Field:
    """A field as it is typed to begin with: whatever the law of its form, any value may be tried."""
    return replace(declared, readers=(), strict=False) if declared.type is not FieldType.TABLE else declared


def _name(kind: str, key: str) -> str:
    """The people of a played case are called by their functions."""
    if kind == "actor" and key in functions():
        return function_name(key)
    return name_of(kind, key)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007 — a day has no zone
    except ValueError:
        return None
