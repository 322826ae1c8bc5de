"""What stands above a case while it is on a side road: a running clock, an offer, a separation, a correction that waits.

Data for templates/case/roads.html. It says what is so now; what happened stands in case_story.py, what can be done in
case_model.way_of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from engine.access.disclosure import reaches
from engine.commands import MIGRATED
from engine.definition.durations import duration_words
from engine.definition.flow import Duration
from engine.definition.model import Field, FieldType
from engine.reading import CaseView
from engine.timeline import Entry
from engine.words import Words
from engine.workflow import CompiledWay
from web.case_model import limit_title, limit_why, moment_text, name_of, words_of
from web.endings import BY_THE_CLOCK
from web.person import engine
from web.shell import area_name
from web.texts import dotted, language, t
from web.words_then import then


class Stay(NamedTuple):
    """Fields that tell of a stay with an end: true while it lasts, its first and last day, and what else is said of it."""

    lasts: str
    start: str
    end: str
    also: tuple[str, ...]


# The temporary separation of D56/2017 art. 32; shown where a workflow has these fields.
STAYS = (
    Stay(
        "separated",
        "separation_start_on",
        "separation_end_on",
        ("separation_decision_no", "separation_carer", "authority_request"),
    ),
)


def roads(view: CaseView, words: Words) -> dict[str, Any]:
    """All that this reader may know of it; keys without anything to say are left out."""
    found = {
        "clocks": _clocks(view, words),
        "offer": _offer(view),
        "stays": [each for each in (_stay(view, words, stay) for stay in STAYS) if each],
        "corrections": [_correction(view, words, trigger) for trigger in sorted(view.proposed)],
    }
    return {key: each for key, each in found.items() if each}


def badges(view: CaseView, words: Words) -> list[dict[str, Any]]:
    """Why time stands still ("Đang mất liên lạc")."""
    return [{"kind": "soon", "text": words.label(key)} for key in pausing(view)]


def pausing(view: CaseView) -> list[str]:
    """The fields that are true and pause a limit of this workflow."""
    definition = view.scene.workflow.definition
    timed = [*definition.deadlines.values()]
    for state in definition.states.values():
        timed += [*state.deadlines.values(), *state.repeats.values()]  # type: ignore[list-item]
    fields = dict.fromkeys(each.pause_while for each in timed if each.pause_while)
    return [key for key in fields if view.values.get(key) is True]


def _clocks(view: CaseView, words: Words) -> list[dict[str, Any]]:
    """Limits told in hours in an exceptional state, such as the 12 hours of an emergency."""
    scene = view.scene
    state = scene.workflow.definition.states[scene.state]
    if not state.exceptional or state.final:
        return []
    return [
        {
            "title": state.title.get(language()),
            "text": limit_title(words, row["scope"], row["state"], row["key"]),
            "why": limit_why(words, row["scope"], row["rule"]),
            "until": t("roads.until", at=moment_text(row["due_at"], scene.zone)),
            "told": _told(view),
            "at": row["due_at"].isoformat(),
        }
        | _time_left(row["due_at"], scene.now)
        for row in scene.seen.deadlines
        if row["scope"] != "case" and row["rule"]["unit"] in BY_THE_CLOCK and not row["paused_at"]
    ]


def _told(view: CaseView) -> str:
    """To which functions the step that led here reported it, and when."""
    moved = (e for e in reversed(view.story) if e.to_state != e.from_state and e.kind != MIGRATED)
    came = next(moved, None)
    way = _ways(view, came).get(came.transition) if came else None
    if came is None or way is None:
        return ""
    told = [each.arguments["to"] for each in way.transition.do if each.name == "notify"]
    who = ", ".join(name_of("function", each) for each in told)
    return t("roads.told", who=who, at=moment_text(came.at, view.scene.zone)) if who else ""


def _time_left(due: datetime, now: datetime) -> dict[str, Any]:
    seconds = int((due - now).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    key = "roads.left" if seconds >= 0 else "roads.over"
    return {"seconds": seconds, "left": t(key, hours=hours, minutes=minutes), "late": seconds < 0}


def _offer(view: CaseView) -> dict[str, Any] | None:
    """To whom the case is offered: those who may take it on are told otherwise than those who wait."""
    case, scene = view.scene.case, view.scene
    if case is None or not case.offered:
        return None
    reached = reaches(scene.workflow.definition, case.agency, scene.seen.holdings)
    asked = any(each.offered for each in reached) and not any(each.covers for each in reached)
    if asked:
        return {
            "kind": "soon",
            "title": t("roads.offered_title"),
            "text": t("roads.offered", place=area_name(case.area)),
        }
    return {
        "kind": "info",
        "title": t("roads.offers_title"),
        "text": t("roads.offers", place=area_name(case.offered)),
    }


def _stay(view: CaseView, words: Words, stay: Stay) -> dict[str, Any] | None:
    fields = view.scene.workflow.definition.fields
    if stay.lasts not in fields or view.values.get(stay.lasts) is not True:
        return None
    end = view.values.get(stay.end)
    keys = [
        each for each in (stay.start, stay.end, *stay.also) if each in view.readable and view.values.get(each)
    ]
    return {
        "title": words.label(stay.lasts),
        "left": _days_left(end, view.scene.today) if isinstance(end, date) else None,
        "rows": [
            {"label": words.label(key), "value": words.value(fields[key], view.values[key])} for key in keys
        ],
    }


def _days_left(end: date, today: date) -> dict[str, Any]:
    days = (end - today).days
    amount = duration_words(Duration(abs(days), "days"), language())
    if days < 0:
        return {"kind": "late", "text": t("roads.days_over", amount=amount)}
    return {"kind": "soon", "text": t("roads.days_left", amount=amount) if days else t("roads.last_day")}


def _correction(view: CaseView, words: Words, trigger: str) -> dict[str, Any]:
    """What waits for a decision: each field as it stands and as it would stand, who asked, when and why."""
    asked, way = next(
        (each, way)
        for each in reversed(view.story)
        if (way := _ways(view, each).get(each.transition))
        and way.transition.proposes
        and way.transition.trigger == trigger
    )
    title = words.trigger(trigger)
    return {
        "title": t("roads.waits", title=title[:1].lower() + title[1:]),
        "by": t(
            "roads.asked", actor=name_of("actor", asked.actor), at=moment_text(asked.at, view.scene.zone)
        ),
        "reason": view.reasons.get(asked.seq),
        "rows": [
            {
                "label": words.label(name),
                "now": lines(words, view.scene.workflow.definition.fields[name], view.values),
                "proposed": lines(words, view.scene.workflow.definition.fields[name], {name: value}),
            }
            for name, value in _as_asked(way, view.proposed[trigger])
        ],
    }


def _ways(view: CaseView, entry: Entry) -> Mapping[str, CompiledWay]:
    """The ways of the version of an event."""
    return then(engine().library, words_of(view), entry.number).workflow.ways


def _as_asked(way: CompiledWay, proposed: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The values in the order of the form that asked for them."""
    return [(each.key, proposed[each.key]) for each in way.form_fields if each.key in proposed]


def lines(words: Words, declared: Field, values: Mapping[str, Any]) -> list[str]:
    """A value as lines of text: one, or one a row of a table; none where nothing stands."""
    value = values.get(declared.key)
    if value is None or value == ():
        return []
    if declared.type is not FieldType.TABLE:
        return [words.value(declared, value)]
    return [
        dotted(
            f"{column.title.get(language())}: {words.value(column, row[column.key])}"
            for column in declared.columns.values()
            if row.get(column.key) is not None
        )
        for row in value
    ]
