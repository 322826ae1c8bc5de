"""The form of a plan: where each state goes, what fields become, how limits are reckoned, whom it is limited to.

Drawn from a plan and the two versions; what was typed becomes changes of the plan for `engine.migration.confirmed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.definition.model import Definition, Field, FieldType
from engine.migration import HAND, STAY, Plan, PlanBroken
from engine.workflow import Workflow
from web import migration_model as model
from web import migration_words as said
from web.migration_words import MoveWords
from web.person import engine
from web.shell import area_name
from web.texts import language, t

RULES = ("keep", "entry", "today")
ALL, SURE = "*", "sure:"
# What a default can be typed as; the others name somebody or something of one case.
TYPED = (
    FieldType.TEXT, FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.DATE, FieldType.BOOLEAN,
    FieldType.CHOICE,
)  # fmt: skip


def sections(
    plan: Plan, words: MoveWords, shown: model.ShownPlan, typed: Any, wrong: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The sections of the form. typed: what was sent, or nothing; wrong: sentences by control."""
    old, new = words.old.workflow, words.new.workflow
    found = {
        "states": _states(plan, words, shown),
        "fields": _fields(plan, words),
        "defaults": _defaults(plan, old, new),
        "limits": _limits(plan, words),
        "whom": _whom(plan, words),
    }
    return [_section(key, fields, typed, wrong) for key, fields in found.items() if fields]


def _section(key: str, fields: list[dict[str, Any]], typed: Any, wrong: Mapping[str, str]) -> dict[str, Any]:
    """Fields as they were sent; the fold over those that can wait is open if one of them says something of its own."""
    section: dict[str, Any] = {
        "title": t(f"admin.migrations.{key}"),
        "hint": t(f"admin.migrations.{key}_hint"),
        "fields": [_as_sent(each, typed, wrong) for each in fields],
    }
    folded = [each for each in section["fields"] if each.get("folded")]
    if folded:
        said = any(each["value"] != each["at_rest"] or each.get("errors") for each in folded)
        section["fold"] = {"label": t(f"admin.migrations.{key}_fold", n=len(folded)), "open": said}
    return section


def changes(plan: Plan, words: MoveWords, form: Any) -> dict[str, Any]:
    """What was typed, as changes of the plan. PlanBroken: a default that its field cannot hold."""
    new = words.new.workflow
    states = {key: form.get(f"state:{key}") or goes for key, goes in plan.states.items()}
    fields = {
        old: to
        for old in _gone(words.old.workflow.definition, new.definition)
        if (to := form.get(f"field:{old}"))
    }
    defaults = {
        each.key: model.default_of(each, typed, engine().library.zone)
        for each in _come(words.old.workflow, new)
        if (typed := form.get(f"default:{each.key}", "").strip())
    }
    limits = {path: rule for path in (ALL, *paths(new.definition)) if (rule := form.get(f"limit:{path}"))}
    if limits.get(ALL) == RULES[0]:  # as it is without a rule
        del limits[ALL]
    return {
        "states": states, "fields": fields, "defaults": defaults, "limits": limits,
        "areas": tuple(filter(None, form.getlist("area"))), "only": tuple(form.getlist("only")),
        "sure": [each for name in form if name.startswith(SURE) for each in form.getlist(name)],
    }  # fmt: skip


def control_of(broken: PlanBroken) -> str:
    """The control that a fault is about."""
    part, _, key = broken.where.partition(".")
    names = {"states": "state", "fields": "field", "defaults": "default", "limits": "limit"}
    return f"{names[part]}:{key}" if part in names and key else ""


def choices(words: MoveWords, state: str, *, hand: bool = True) -> list[dict[str, Any]]:
    """Where cases in `state` may go, by stage; then the two that are no state."""
    definition = words.new.workflow.definition
    final = words.old.workflow.definition.states[state].final
    groups: dict[str, list[dict[str, str]]] = {}
    for key, each in definition.states.items():
        if each.final == final:
            groups.setdefault(each.stage, []).append({"value": key, "label": words.new.state(key)})
    found = [
        {
            "label": definition.stages[stage].get(language()) if stage in definition.stages else "…",
            "options": groups[stage],
        }
        for stage in (*definition.stages, *(groups.keys() - definition.stages.keys()))
        if stage in groups
    ]
    others = [STAY, HAND] if hand else [STAY]
    options = [{"value": each, "label": words.goes(each)} for each in others]
    return [*found, {"label": t("admin.migrations.else"), "options": options}]


def paths(definition: Definition) -> list[str]:
    """The time limits of a version, by path."""
    found = [f"deadlines.{key}" for key in definition.deadlines]
    for state, each in definition.states.items():
        found += [f"states.{state}.deadlines.{key}" for key in each.deadlines]
        found += [f"states.{state}.repeats.{key}" for key in each.repeats]
    return found


# ------------------------------------------------------------------ sections


def _states(plan: Plan, words: MoveWords, shown: model.ShownPlan) -> list[dict[str, Any]]:
    """What needs a decision first; states that keep their key and in which no case stands can wait."""
    found = []
    for each in sorted(shown.states, key=lambda each: (not each.guess, each.to == each.key)):
        rests = each.to == each.key and not each.guess and not each.cases
        hint = t("admin.migrations.guess") if each.guess else ""
        found.append(
            {
                "name": f"state:{each.key}", "type": "choice", "value": plan.states.get(each.key, HAND),
                "label": t("admin.migrations.state_n", state=each.title, n=each.cases), "hint": hint,
                "groups": choices(words, each.key), "width": "half", "folded": rests, "at_rest": each.key,
            }
        )  # fmt: skip
        if each.guess:
            found.append(_sure(f"states.{each.key}", each.title))
    return found


def _sure(guess: str, title: str) -> dict[str, Any]:
    option = {"value": guess, "label": t("admin.migrations.sure", title=title)}
    return {
        "name": f"{SURE}{guess}",
        "type": "choices",
        "label": t("admin.migrations.guessed"),
        "options": [option],
        "value": [],
        "width": "half",
    }


def _fields(plan: Plan, words: MoveWords) -> list[dict[str, Any]]:
    old, new = words.old.workflow.definition, words.new.workflow.definition
    found = []
    for key in _gone(old, new):
        like = [
            each
            for each in new.fields.values()
            if each.type is old.fields[key].type and each.key not in old.fields
        ]
        options = [
            {"value": each.key, "label": each.title.get(language())} for each in like if not each.compute
        ]
        guess = f"fields.{key}" in plan.guesses
        found.append(
            {
                "name": f"field:{key}", "type": "choice", "value": plan.fields.get(key, ""), "label": words.old.label(key),
                "hint": t("admin.migrations.guess") if guess else t("admin.migrations.field_hint"),
                "groups": [{"label": t("admin.migrations.new_fields"), "options": options}], "width": "half",
            }
        )  # fmt: skip
        if guess:
            found.append(_sure(f"fields.{key}", words.old.label(key)))
    return found


def _gone(old: Definition, new: Definition) -> list[str]:
    return [key for key, each in old.fields.items() if key not in new.fields and not each.compute]


def _come(old: Workflow, new: Workflow) -> Iterator[Field]:
    """The fields that only the new version has and that take a default."""
    for key, each in new.definition.fields.items():
        if key not in old.definition.fields and not each.compute and each.type in TYPED:
            yield each


def _defaults(plan: Plan, old: Workflow, new: Workflow) -> list[dict[str, Any]]:
    found = []
    for each in _come(old, new):
        field: dict[str, Any] = {
            "name": f"default:{each.key}", "type": each.type.value, "label": each.title.get(language()),
            "value": model.default_written(each, plan.defaults.get(each.key), engine().library.zone), "width": "half",
        }  # fmt: skip
        if each.type is FieldType.CHOICE:
            options = [
                {"value": key, "label": one.title.get(language())} for key, one in each.options.items()
            ]
            field["groups"] = [{"label": each.title.get(language()), "options": options}]
        found.append(field)
    return found


def _limits(plan: Plan, words: MoveWords) -> list[dict[str, Any]]:
    options = [{"value": each, "label": said.say(language(), f"rule.{each}")} for each in RULES]
    group = [{"label": t("admin.migrations.rule"), "options": options}]
    return [
        {
            "name": f"limit:{path}", "type": "choice", "value": plan.limits.get(path, RULES[0] if path == ALL else ""),
            "label": _limit_label(words, path), "groups": group, "width": "full" if path == ALL else "half",
            "folded": path != ALL, "at_rest": "", "unchosen": t("admin.migrations.as_all"),
        }
        for path in (ALL, *paths(words.new.workflow.definition))
    ]  # fmt: skip


def _limit_label(words: MoveWords, path: str) -> str:
    parts = path.split(".")
    if parts[0] == "states":
        return t("admin.migrations.limit_in", limit=words.limit_at(path), state=words.new.state(parts[1]))
    return words.limit_at(path)


def _whom(plan: Plan, words: MoveWords) -> list[dict[str, Any]]:
    areas = sorted(
        engine().library.rows.areas.values(), key=lambda each: (each.level != "province", each.name_vi)
    )
    options = [{"value": each.id, "label": area_name(each.id)} for each in areas if each.valid_to is None]
    states = [
        {"value": key, "label": words.old.state(key)}
        for key in model.in_stages(words)
        if not words.old.workflow.definition.states[key].final
    ]
    area = {
        "name": "area", "type": "choices", "label": t("admin.migrations.area"), "value": list(plan.areas),
        "options": options, "fold": t("admin.migrations.area_fold"),
    }  # fmt: skip
    only = {
        "name": "only",
        "type": "choices",
        "label": t("admin.migrations.only"),
        "value": list(plan.only),
        "options": states,
    }
    return [area, only]


def _as_sent(field: dict[str, Any], typed: Any, wrong: Mapping[str, str]) -> dict[str, Any]:
    """A field as it was sent, with what is wrong with it."""
    if typed is not None:
        name = field["name"]
        field["value"] = typed.getlist(name) if field["type"] == "choices" else typed.get(name, "")
    if field["name"] in wrong:
        field["errors"] = [wrong[field["name"]]]
    return field
