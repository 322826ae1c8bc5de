"""The story of a case as data for the case page: sentences a person reads, in order, and the rules it is classed by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import url_for

from engine.commands import SYSTEM
from engine.definition.decision import DecisionTable, Rule
from engine.links import other_of
from engine.reading import CaseView
from engine.timeline import Entry
from engine.words import Words, plain
from web import kin
from web.case_model import limit_title, moment_text, name_of
from web.laws import law_text
from web.person import engine
from web.texts import language, t
from web.words_then import before, then

KEYS = {
    "case_opened": "step",
    "case_migrated": "step",
    "step_taken": "step",
    "subcase_returned": "track",
    "subcase_cancelled": "track",
    "deadline_breached": "due",
}
FILTERS = ("all", "step", "due", "track")
NEWEST = 4  # entries that a phone shows at first


def story(view: CaseView, words: Words, chosen: str) -> dict[str, Any]:
    """The timeline, newest first, with the seal "whole up to entry N" (or what is wrong)."""
    case = view.scene.case
    assert case is not None
    rows = [_row(view, words, entry) for entry in reversed(view.story)]
    rows = [row for row in rows if chosen in ("all", row["key"])]
    return {
        "seal": seal(view),
        "filters": [
            {
                "key": key,
                "label": t(f"story.{key}"),
                "href": url_for("case.page", case=case.id, story=key, _anchor="story"),
                "here": key == chosen,
            }
            for key in FILTERS
        ],
        "rows": rows,
        "short": t("story.short", n=len(rows)) if len(rows) > NEWEST else None,
        "empty": t("story.empty"),
    }


def news(view: CaseView, words: Words, since: int) -> list[dict[str, Any]]:
    """What happened after step `since`, oldest first."""
    return [_row(view, words, entry) for entry in view.story if entry.seq > since]


def ground(view: CaseView, words: Words) -> dict[str, Any] | None:
    """By which rules the case is classed: the newest decision, its first match, all others, what was missing.

    What a person confirms goes before what the system counts beside it. Nothing where the answer was cleared since.
    """
    decisions = view.scene.workflow.definition.decisions
    standing = {key for key, each in decisions.items() if each.gives in view.readable}
    found = []
    for entry in reversed(view.story):
        made = entry.args.get("decisions", {})
        found += [(key, entry, record) for key, record in made.items() if key in standing]
        standing -= {key for key in standing if key in made or _cleared(entry, decisions[key].gives)}
    if not found:
        return None
    key, entry, record = min(found, key=lambda each: not decisions[each[0]].confirms)
    return _ground(view, words, entry, record, decisions[key].gives)


def _cleared(entry: Entry, field: str) -> bool:
    values = entry.args.get("values", {})
    return field in entry.args.get("emptied", ()) or (field in values and values[field] is None)


def _ground(view: CaseView, words: Words, entry: Entry, record: Any, gives: str) -> dict[str, Any]:
    confirmed = t(
        "case.confirmed", actor=name_of("actor", entry.actor), on=moment_text(entry.at, view.scene.zone)
    )
    return explained(words, record, gives) | {"confirmed": confirmed}


def explained(words: Words, record: Any, gives: str) -> dict[str, Any]:
    """What a rule table said: table and date, result, each rule that matched with its ground, what was missing."""
    title = t("case.ground")
    if record.get("no_rule_set"):
        return {"title": title, "text": t("case.no_rule_set"), "rules": [], "missing": [], "result": ""}
    table = engine().library.table_by_hash(record["table"], record["sha256"])
    rules = {rule.key: rule for rule in table.rules} if table else {}
    declared = words.workflow.definition.fields[gives]
    by = t(
        "case.by_table",
        table=table.title.get(language()) if table else record["table"],
        on=plain(date.fromisoformat(record["on"]), language(), words.zone),
    )
    result = t("case.proposed", result=words.value(declared, record["result"]) or t("story.no_rule"))
    return {
        "title": title,
        "text": f"{by} {result} {t('case.first_rule')}",
        "by": f"{by} {t('case.first_rule')}",
        "result": result,
        "rules": [
            {
                "code": each["rule"],
                "text": _rule_title(rules.get(each["rule"])),
                "law": law_text(each["law"]),
                "first": each["rule"] == record["first"],
            }
            for each in record["matched"]
        ],
        "missing": [_input(table, name) for name in record["missing"]],
    }


def _rule_title(rule: Rule | None) -> str:
    """What a rule says, with a mark while its values are not confirmed."""
    if rule is None:
        return ""
    title = rule.title.get(language())
    return t("case.unconfirmed", text=title) if rule.unconfirmed else title


def _input(table: DecisionTable | None, name: str) -> str:
    """The title of an input, or of a column of an input that is a table."""
    key, _, column = name.partition(".")
    found = table.inputs.get(key) if table else None
    if found is not None and column in found.columns:
        found = found.columns[column]
    return found.title.get(language()) if found else name


def proposal(words: Words, decided: Any, used: bool) -> dict[str, Any] | None:
    """The rules' proposal for a form that is being filled in: the result, its ground, and whether it can be, or was, used."""
    for key, record in decided.items():
        decision = words.workflow.definition.decisions[key]
        if decision.confirms:
            said = explained(words, record, decision.gives)
            usable = record.get("result") is not None
            return said | {
                "title": t("case.proposal"),
                "text": said.get("by") or said["text"],
                "use": usable and not used,
                "used": t("case.proposal_used", field=words.label(decision.confirms))
                if usable and used
                else "",
            }
    return None


def proposed(words: Words, decided: Any) -> dict[str, Any]:
    """By the field in which a person confirms it, what the rules propose."""
    found = {
        words.workflow.definition.decisions[key].confirms: each.get("result") for key, each in decided.items()
    }
    return {key: each for key, each in found.items() if key and each is not None}


def _row(view: CaseView, words: Words, entry: Entry) -> dict[str, Any]:
    key = KEYS.get(entry.kind, "step")
    row: dict[str, Any] = {
        "key": key,
        "look": "late"
        if entry.kind == "deadline_breached"
        else ("done" if entry.from_state != entry.to_state else "open"),
        "at": entry.at.isoformat(),
        "when": moment_text(entry.at, view.scene.zone),
        "step": entry.seq,
        "text": sentence(view, words, entry),
    }
    if entry.actor != SYSTEM:
        row["actor"] = name_of("actor", entry.actor)
    return row


def sentence(view: CaseView, words: Words, entry: Entry) -> str:
    """What happened at one event, as a sentence without its subject, in the words of its own version."""
    now, words = words, then(engine().library, words, entry.number)
    workflow = words.workflow
    match entry.kind:
        case "case_migrated":
            return " ".join(_migrated(view, words, entry))
        case "deadline_breached":
            return t("story.breached", title=_limit(view, now, entry))
        case "subcase_returned":
            subcase = workflow.definition.subcases.get(entry.args["returned"]["subcase"])
            return t("story.returned", track=subcase.title.get(language()) if subcase else "")
        case "case_linked" | "case_merged":
            return _linked(view, words, entry)
        case "case_opened":
            way, text, form = None, words.trigger("open"), workflow.opening.form
        case _:
            way = workflow.ways.get(entry.transition)
            text = way.transition.title.get(language()) if way else entry.transition
            form = way.form if way else None
    if language() == "vi":  # runs the title on, where English quotes it
        text = text[:1].lower() + text[1:]
    if form and form.sheet:
        text = t("story.with_sheet", text=text, sheet=form.sheet)
    if way and way.transition.proposes:
        parts = [t("story.asked", text=text)]
    elif entry.from_state != entry.to_state:
        parts = [t("story.did", text=text, state=words.state(entry.to_state))]
    else:
        parts = [t("story.noted", text=text)]
    parts += _side_roads(view, words, entry)
    for key, record in entry.args.get("decisions", {}).items():
        decision = workflow.definition.decisions.get(key)
        if decision and decision.gives in view.readable and not record.get("no_rule_set"):
            result = words.value(workflow.definition.fields[decision.gives], record["result"])
            rules = ", ".join(each["rule"] for each in record["matched"])
            name = workflow.definition.fields[decision.gives].title.get(language())
            parts.append(t("story.classed", name=name, result=result, rules=rules or t("story.no_rule")))
    parts += _links(view, words, entry)
    if view.reasons.get(entry.seq):
        parts.append(t("story.reason", reason=view.reasons[entry.seq]))
    if entry.on_behalf_of:
        parts.append(t("story.on_behalf", office=entry.on_behalf_of))
    return " ".join(parts)


def _migrated(view: CaseView, words: Words, entry: Entry) -> Iterator[str]:
    """The case follows another version from here on; or the one it left, again."""
    key = "story.unmigrated" if entry.args.get("migrated", {}).get("reverts") else "story.migrated"
    yield t(key, number=entry.number)
    old, new = before(engine().library, words, entry).state(entry.from_state), words.state(entry.to_state)
    if old != new:
        yield t("story.renamed_state", old=old, new=new)
    if view.reasons.get(entry.seq):
        yield t("story.reason", reason=view.reasons[entry.seq])


def _side_roads(view: CaseView, words: Words, entry: Entry) -> Iterator[str]:
    """What a step said besides: of which fields, to which place, to whom, about which other case."""
    way = words.workflow.ways.get(entry.transition)
    if fields := _corrected(view, words, entry):
        yield t("story.fields", fields=", ".join(fields))
    if entry.args.get("offer"):
        yield t("story.offered", place=name_of("area", entry.args["offer"]))
    if entry.args.get("area"):
        yield t("story.area", place=name_of("area", entry.args["area"]))
    if way and entry.args.get("owner") and any(each.name == "own" for each in way.transition.do):
        yield t("story.owner", name=name_of("actor", entry.args["owner"]).rstrip("."))


def _corrected(view: CaseView, words: Words, entry: Entry) -> list[str]:
    """The fields that a correction asks for or makes, as far as this reader may read them."""
    workflow, way = words.workflow, words.workflow.ways.get(entry.transition)
    if way is None or not (way.transition.proposes or way.transition.accepts):
        return []
    trigger = way.transition.accepts or way.transition.trigger
    proposing = next(each for each in workflow.ways.values() if each.transition.trigger == trigger)
    prefix = f"{trigger}:" if way.transition.proposes else ""
    named = {*entry.args.get("values", {}), *entry.args.get("emptied", ()), *entry.sealed}
    asked = [each.key for each in proposing.form_fields if each.key in view.readable]
    return [words.label(name) for name in asked if prefix + name in named]


def _linked(view: CaseView, words: Words, entry: Entry) -> str:
    """Another case has named this one, or names it no more."""
    others = kin.of_view(view)
    for link in entry.args.get("links", ()):
        number = others.number(link["case"])
        if entry.kind == "case_merged":
            return t("story.took_in", number=number)
        return t("story.linked", number=number, kind=kin.title(words.workflow.definition, link))
    return " ".join(_links(view, words, entry))


def _links(view: CaseView, words: Words, entry: Entry) -> list[str]:
    """Which cases this step links with, or leaves."""
    definition, args = words.workflow.definition, entry.args
    made = [
        t("story.link", number=kin.of_view(view).number(link["case"]), kind=kin.title(definition, link))
        for link in args.get("links", ())
    ]
    left = [
        t("story.unlinked", number=kin.of_view(view).number(other_of(key))) for key in args.get("unlinks", ())
    ]
    return made + left


def _limit(view: CaseView, words: Words, entry: Entry) -> str:
    """The title of the time limit an event says was missed."""
    for made in view.story:
        limits = made.args.get("limits_made", {})
        if entry.args["breached"] in limits:
            scope, state, key, _ = limits[entry.args["breached"]]
            return limit_title(then(engine().library, words, made.number), scope, state, key)
    return ""


def seal(view: CaseView) -> dict[str, Any]:
    """The mark "whole up to entry N", or the first thing wrong with the record."""
    if not view.flaws:
        return {"kind": "whole", "text": t("story.whole", step=view.story[-1].seq)}
    return {"kind": "broken", "text": view.flaws[0].say(language())}
