"""A case as the plain data that templates/case.html is written against: who, where it stands, what next.

Nothing is decided here: the engine's view is put into words of the reader's language. The story and what is
known stand in case_story.py, the form of a step in step_form.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from engine.calendar import Calendar
from engine.commands import MIGRATED
from engine.deadlines import remaining
from engine.definition.durations import duration_words
from engine.definition.flow import Duration
from engine.definition.model import Definition, FieldType
from engine.reading import CaseView
from engine.registry.names import short_name
from engine.scene import Scene
from engine.store.lists import Limit
from engine.store.steps import CaseRow
from engine.timeline import Entry
from engine.words import Words
from web.laws import law_text
from web.person import engine
from web.places import stay_renamed
from web.shell import agency_name, area_name, function_name
from web.texts import dotted, language, t
from web.words_then import first

RISKS = {"emergency": "emergency", "high": "high", "medium": "medium", "low": "low"}


def words_of(view: CaseView) -> Words:
    """Words for this case in the reader's language."""
    return Words(view.scene.workflow, language(), name_of, view.scene.zone)


def name_of(kind: str, key: str) -> str:
    """The name of a function, area, agency or person."""
    from web.people_names import actor_name

    return {"function": function_name, "area": area_name, "agency": agency_name, "actor": actor_name}[kind](
        key
    )


def head(view: CaseView, words: Words) -> dict[str, Any]:
    """Title, number, crumbs, risk and class."""
    case, shows = _case(view), view.scene.workflow.definition.shows
    place = area_name(case.area)
    about = estimated_age(view.scene.workflow.definition, view.values)
    about += [_shown(view, words, key) for key in shows.get("about", ()) if is_known(view.values.get(key))]
    return {
        "title": person_name(view),
        "window": f"{case.reference} · {words.state(case.state)}",  # no name in the history of a shared phone
        "about": dotted(about),
        "number": f"{case.reference} · {place}",
        "crumbs": [
            {"label": t("menu.cases"), "href": url_for("cases.page")},
            {"label": place, "href": url_for("cases.page", area=case.area)},
            {"label": case.reference},
        ],
        "risk": _risk(view, words),
        "badges": [
            {"kind": "info", "text": _shown(view, words, key)}
            for key in shows.get("also", ())
            if view.values.get(key)
        ]
        + ([{"kind": "plain", "text": t("case.cycle", cycle=case.cycle)}] if case.cycle > 1 else []),
    }


def is_known(value: Any) -> bool:
    """Does a value say something where its label is not seen? "not known" does not."""
    return value not in (None, "", "unknown")


def estimated_age(definition: Definition, values: Mapping[str, Any]) -> list[str]:
    """ "about 12 years old", where the date of birth is not known; nothing where no more is known."""
    by = definition.duplicates
    if by is None or values.get(by.born) is not None or not is_known(values.get(by.age)):
        return []
    return [t("case.years_about", n=values[by.age])]


def person_name(view: CaseView) -> str:
    """The name on the file, as far as this reader may see it."""
    for key in view.scene.workflow.definition.shows.get("name", ()):
        if key in view.readable:
            return view.values.get(key) or t("case.no_name")
    return t("case.hidden_name")


def standing(view: CaseView, words: Words) -> dict[str, Any]:
    """Where the case stands, since when, and the time limits that run."""
    case, scene = _case(view), view.scene
    running_first = sorted(scene.seen.deadlines, key=lambda row: row["paused_at"] is not None)
    limits = [limit_of(view.scene, words, row) for row in running_first]
    found: dict[str, Any] = {
        "state": words.state(case.state),
        "since": _since(view, words),
        "others": limits[1:],
    }
    found["limits"] = limits
    if limits:
        first = limits[0]
        found |= {
            "due": first["due"] | {"text": f"{first['title']}: {first['due']['text']}"},
            "why": first["why"],
        }
    state = scene.workflow.definition.states[case.state]
    if state.exceptional or state.final:
        found["badge"] = {"kind": "ok" if state.final else "soon", "text": words.state(case.state)}
    return found


def limit_of(scene: Scene, words: Words, row: Any) -> dict[str, Any]:
    """One open time limit: title, due moment in words, and where it comes from."""
    if row["paused_at"]:
        return {
            "title": limit_title(words, row["scope"], row["state"], row["key"]),
            "due": _paused_text(row["paused_at"], scene.zone),
            "why": limit_why(words, row["scope"], row["rule"]),
        }
    limit = Limit(row["due_at"], row["rule"]["unit"], row["warn_at"])
    return {
        "title": limit_title(words, row["scope"], row["state"], row["key"]),
        "due": due_text(limit, scene.now, scene.calendar, scene.zone),
        "why": limit_why(words, row["scope"], row["rule"]),
    }


def _paused_text(at: datetime, zone: Any) -> dict[str, Any]:
    """A limit whose time stands still, and since when."""
    local = at.astimezone(zone)
    return {"kind": "plain", "text": t("due.paused", day=f"{local:%d/%m/%Y}"), "at": local.isoformat()}


def limit_title(words: Words, scope: str, state: str, key: str) -> str:
    """The title of a time limit in its definition."""
    definition = words.workflow.definition
    if scope == "case":
        found: Any = definition.deadlines.get(key)
    else:
        at = definition.states.get(state)
        found = (at.deadlines.get(key) or at.repeats.get(key)) if at else None
    return found.title.get(words.language) if found else key


def limit_told(words: Words, scope: str, state: str, key: str) -> str:
    """The same of one that the present version may not know any more: as the newest calls it that knows it."""

    def known(then: Words) -> str | None:
        title = limit_title(then, scope, state, key)
        return title if title != key else None

    return first(engine().library, words, known) or key


def limit_why(words: Words, scope: str, rule: Any) -> str:
    """ "5 working days · D56/2017 art. 28": the limit that won, and its law."""
    found = Duration(rule["amount"], rule["unit"])
    amount = duration_words(found, language())
    start = words.workflow.definition.fields.get(rule["from"])
    if found.amount == 0 and start and start.type is FieldType.DATE:
        amount = t("due.as_written", field=words.label(rule["from"]))
    elif scope == "repeat":
        amount = t("due.every", amount=amount)
    return f"{amount} · {law_text(rule['law'])}" if rule.get("law") else amount


def since_text(entered: datetime, now: datetime) -> str:
    """ "for 13 days", full ones; within the first day "for 5 hours"."""
    if now - entered < timedelta(hours=1):
        return t("list.since_now")
    return t("list.since", amount=time_spent(now - entered))


def time_spent(spent: timedelta) -> str:
    """ "13 days", full ones; within the first day "5 hours"."""
    hours = spent // timedelta(hours=1)
    full = Duration(hours // 24, "days") if hours >= 24 else Duration(hours, "hours")
    return duration_words(full, language())


def due_text(limit: Limit, now: datetime, calendar: Calendar, zone: ZoneInfo) -> dict[str, Any]:
    """A time limit as chip, the same on every screen: kind by urgency, the relative time beside the absolute one."""
    left = remaining(limit.due_at, now, calendar, zone, unit=limit.unit, warn_at=limit.warn_at)
    local = limit.due_at.astimezone(zone)
    kind = {"late": "late", "today": "soon", "soon": "soon", "later": "plain"}[left.kind]
    this_year = local.year == now.astimezone(zone).year
    day = f"{t(f'weekday.{local.weekday()}')} " + local.strftime("%d/%m" if this_year else "%d/%m/%Y")
    late = t("due.late", amount=duration_words(Duration(left.amount, left.unit), language()))
    text = {"late": late, "today": t("due.today", time=f"{local:%H:%M}")}.get(left.kind, t("due.on", day=day))
    return {
        "kind": kind,
        "text": text,
        "by_how_much": late if left.kind == "late" else "",
        "at": local.isoformat(),
        "full": f"{t(f'weekday.{local.weekday()}')}, {local:%d/%m/%Y %H:%M}",
    }


def tracks(children: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The intervention tracks: state, serving agency, time limit, and what came back. Nothing else crosses."""
    return {"rows": list(children), "empty": t("case.no_tracks")}


def moment_text(at: datetime, zone: Any) -> str:
    """23/11/2026 10:45 in the installation's zone."""
    return at.astimezone(zone).strftime("%d/%m/%Y %H:%M")


def short(view: CaseView) -> str:
    """The short name for lists."""
    for key in view.scene.workflow.definition.shows.get("name", ()):
        if view.values.get(key):
            return short_name(view.values[key])
    return t("case.no_name")


def _since(view: CaseView, words: Words) -> str:
    """Since when, for how long, and what the state was called before a move to another version."""
    scene, stay = view.scene, _stay(view)
    entered = next((each.at for each in stay if each.kind != MIGRATED), _case(view).entered_at)
    said = [t("case.since", at=moment_text(entered, scene.zone)), since_text(entered, scene.now)]
    if renamed := stay_renamed(engine(), words, stay):
        was, at = renamed
        said.append(t("case.renamed", was=was, day=f"{at.astimezone(scene.zone):%d/%m/%Y}"))
    return dotted(said)


def _stay(view: CaseView) -> list[Entry]:
    """What happened since the case came to where it stands, oldest first: steps from the state to itself, moves to another version."""
    found: list[Entry] = []
    state = _case(view).state
    for entry in reversed(view.story):
        if entry.to_state != state:
            break
        found.insert(0, entry)
        state = entry.from_state if entry.kind == MIGRATED else state
    return found


def _risk(view: CaseView, words: Words) -> dict[str, Any] | None:
    for key in view.scene.workflow.definition.shows.get("risk", ()):
        value = view.values.get(key)
        if value:
            return {
                "level": RISKS.get(value, "unknown"),
                "text": t("case.risk", level=_shown(view, words, key)),
            }
    return None


def _shown(view: CaseView, words: Words, key: str) -> str:
    declared = view.scene.workflow.definition.fields[key]
    text = words.value(declared, view.values.get(key))
    return t("case.years", n=text) if text and declared.compute and declared.type == "integer" else text


def _case(view: CaseView) -> CaseRow:
    assert view.scene.case is not None
    return view.scene.case
