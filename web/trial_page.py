"""The page on which a case is played: what it stands on, what opens and why not, the path so far, the test to keep.

Plain data for admin/simulate.html; the workflow may be a published one or a draft. What is clicked: trial_clicks.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from engine.commands import OPEN, SYSTEM, Way
from engine.trial import Event, Trial
from web.case_model import limit_of, limit_title, moment_text
from web.choices import Choices
from web.laws import law_text
from web.person import current, engine
from web.shell import function_name
from web.step_form import form_data, parts_of
from web.texts import language, t
from web.trial_clicks import SPANS, Clicks
from web.trial_text import snippet


@dataclass(frozen=True, slots=True)
class Offers(Choices):
    """What the selects of a played case offer: its people are called by their functions."""

    moment: datetime = datetime.min.replace(tzinfo=UTC)
    acting: tuple[str, ...] = ()

    @property
    def today(self) -> str:
        """The day it is for the case."""
        return self.moment.astimezone(engine().library.zone).date().isoformat()

    @property
    def now(self) -> str:
        """The minute it is for the case."""
        return self.moment.astimezone(engine().library.zone).strftime("%Y-%m-%dT%H:%M")

    def _people(self, function: str) -> list[dict[str, Any]]:
        return [{"value": each, "label": function_name(each)} for each in self.acting]


class Answer(Clicks):
    """One click answered, and what the page has to show of it."""

    def page(self) -> dict[str, Any]:
        """All that the template needs."""
        trial, words = self.play.trial, self.words
        ways = [self._card(each) for each in trial.ways(self.acting, self.person)]
        scene = trial.scene(self.acting, self.acting)
        return {
            "action": self.action,
            "hidden": self._hidden(),
            "at": {
                "here": trial.state,
                "options": [{"value": "", "label": t("simulate.nothing_yet")}]
                + [
                    {"value": key, "label": each.title.get(language())}
                    for key, each in self.workflow.definition.states.items()
                ],
                "on": f"{date.fromisoformat(self.play.plain['on']):%d/%m/%Y}",
            },
            "state": words.state(trial.state) if trial.state else t("simulate.nothing_yet"),
            "moment": moment_text(trial.now, words.zone),
            "acting": {
                "here": self.acting,
                "options": [{"value": each, "label": function_name(each)} for each in self.play.functions],
            },
            "person": {
                "here": self.person,
                "options": [{"value": "", "label": t("simulate.own_person")}]
                + [
                    {"value": each, "label": function_name(each)}
                    for each in self.play.functions
                    if each != self.acting
                ],
            },
            "spans": [{"value": each, "label": t(f"simulate.span.{_code(each)}")} for each in SPANS],
            "until": bool(self.play.until_missed()),
            "limits": [limit_of(scene, words, row) for row in trial.limits],
            "form": self._form(),
            "given": self._given() if trial.state and not self.chosen else None,  # no field twice on one page
            "tracks": self._tracks(),
            "told": self.told,
            "lost": self.lost,
            "ways": [each for each in ways if not each["for_others"]],
            "others": [each for each in ways if each["for_others"]],
            "ways_none": t("case.no_ways"),
            "everybody": self._everybody(trial),
            "path": {"rows": [self._event(each) for each in reversed(trial.path)], "filters": []},
            "steps": len(self.play.moments) - 1,
            "snippet": snippet(self.play, self._open_to_all(trial)),
        }

    def _hidden(self, **more: str) -> list[dict[str, str]]:
        said = {"_test": self.play.text(), "_as": self.acting, "_person": self.person, **more}
        return [{"name": name, "value": value} for name, value in said.items()]

    def _card(self, way: Way) -> dict[str, Any]:
        compiled = self.workflow.opening if way.trigger == OPEN else self.workflow.ways[way.transition]
        title = compiled.transition.title.get(language())
        asks = bool(parts_of(compiled, self.words)) or compiled.transition.reason != "none"
        others = way.status == "blocked" and any(each.code == "function" for each in way.blockers)
        return {
            "label": title,
            "button": t("simulate.take") if not asks else t("simulate.fill_in"),
            "kind": way.status,
            "here": way.trigger == self.chosen and way.status != "blocked",
            "law": law_text(compiled.transition.law) or None,
            "needs": [{"text": t("case.need", field=self.words.label(name))} for name in way.needs],
            "blockers": [{"text": self.words.blocker(each)} for each in way.blockers],
            "for_others": others,
            "post": {
                "action": f"{self.action}#{'step' if asks else 'next'}",
                "hidden": self._hidden(_do="choose" if asks else "fire", _trigger=way.trigger),
            },
        }

    def _form(self) -> dict[str, Any] | None:
        """The form of the chosen step."""
        way = self._way(self.chosen) if self.chosen else None
        if way is None:
            return None
        title = way.transition.title.get(language())
        values = {
            name: value
            for name, value in self.play.trial.values.items()
            if name in self.workflow.definition.fields
        }
        return {
            "id": "step",
            "title": title,
            "paper": way.form.sheet or None if way.form else None,
            "action": f"{self.action}#next",
            "hidden": self._hidden(_do="fire", _trigger=self.chosen),
            "sections": form_data(
                parts_of(way, self.words),
                typed=self.typed,
                values=values,
                choices=self._offers(),
                anew=way.transition.asks_anew,
                reason=way.transition.reason,
                words=self.words,
            ),
            "errors": self.typed.general if self.typed else [],
            "refused": self.typed is not None,
            "submit": {"label": t("simulate.take")},
        }

    def _given(self) -> dict[str, Any]:
        typed = self.typed if not self.chosen else None
        sections = form_data(
            self._given_parts(), typed=typed, values=self.play.trial.values, choices=self._offers(), anew=False,
            reason="none", words=self.words,
        )  # fmt: skip
        for each in (one for section in sections for one in section["fields"]):
            each["optional"] = False  # none of them need be chosen: said once above the form
        counted = [
            {
                "name": f"_{what}-{key}", "type": "integer", "min": 0, "max": 20, "width": "quarter",
                "label": t(f"simulate.tracks_{what}", track=each.title.get(language())),
                "value": str(self._counted(key, ended=what == "ended") or ""),
            }
            for key, each in self.workflow.definition.subcases.items()
            for what in ("open", "ended")
        ]  # fmt: skip
        if counted:
            sections.append({"title": t("simulate.tracks"), "fields": counted})
        return {
            "id": "given",
            "action": f"{self.action}#next",
            "hidden": self._hidden(_do="given"),
            "sections": sections,
            "errors": typed.general if typed else [],
            "refused": typed is not None,
            "submit": {"label": t("simulate.begin"), "style": "plain"},
        }

    def _counted(self, key: str, *, ended: bool) -> int:
        children = self.play.trial.children
        return sum(each.subcase_key == key and bool(each.closed_at) == ended for each in children)

    def _offers(self) -> Offers:
        return Offers(current(), None, moment=self.play.trial.now, acting=self.play.functions)

    def _tracks(self) -> list[dict[str, Any]]:
        """A button for each kind of track of which one is open."""
        found = {each.subcase_key for each in self.play.trial.children if not each.closed_at}
        titles = {key: each.title.get(language()) for key, each in self.workflow.definition.subcases.items()}
        return [
            {"label": t("simulate.end_track", track=titles[key]), "hidden": self._hidden(_do="end", _track=key)}
            for key in titles
            if key in found
        ]  # fmt: skip

    def _everybody(self, trial: Trial) -> list[dict[str, Any]]:
        """By function, what may be done."""
        rows = []
        for function, ways in trial.everybody().items():
            titles = [self._title(each) for each in ways if each.status != "blocked"]
            rows.append({"label": function_name(function), "value": list(dict.fromkeys(titles))})
        return rows

    def _open_to_all(self, trial: Trial) -> list[str]:
        found = (way for ways in trial.everybody().values() for way in ways if way.status != "blocked")
        return list(dict.fromkeys(each.trigger for each in found))

    def _title(self, way: Way) -> str:
        compiled = self.workflow.opening if way.trigger == OPEN else self.workflow.ways[way.transition]
        return compiled.transition.title.get(language())

    def _event(self, event: Event) -> dict[str, Any]:
        zone = self.words.zone
        row = {
            "key": event.kind, "look": "done", "at": event.at.astimezone(zone).isoformat(),
            "when": moment_text(event.at, zone), "actor": None,
        }  # fmt: skip
        state = self.words.state(event.state)
        match event.kind:
            case "begun":
                return row | {"look": "note", "text": t("simulate.event.begun", state=state)}
            case "waited":
                return row | {"look": "note", "text": t("simulate.event.waited")}
            case "ended":
                subcase = self.workflow.definition.subcases[event.track]
                return row | {"text": t("simulate.event.ended", track=subcase.title.get(language()))}
            case "missed":
                at, key = event.limit
                title = limit_title(self.words, "state" if at else "case", at, key)
                return row | {"look": "late", "text": t("simulate.event.missed", limit=title)}
        who = t("people.system") if event.function == SYSTEM else function_name(event.function)
        if event.blockers:
            reasons = " ".join(map(self.words.blocker, event.blockers))
            step = self.words.trigger(event.trigger)
            return row | {
                "look": "late",
                "actor": who,
                "text": t("simulate.event.refused", step=step, reasons=reasons),
            }
        way = self.workflow.ways.get(event.transition, self.workflow.opening)
        title = way.transition.title.get(language())
        text = t("simulate.event.step", step=title, state=state)
        return row | {"actor": who, "text": text}


def _code(span: str) -> str:
    return span.replace(" ", "_")
