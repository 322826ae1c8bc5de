"""The pages of a move as the plain data that templates/admin/migration*.html are written against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for

from engine.migration import HAND, STAY, Plan, PlanBroken
from engine.store import live, moves, reference
from engine.store.moves import MigrationRow, MovedRow
from engine.words import Words
from web import migration_model as model
from web import migration_words as said
from web.admin import migration_form, migration_histories
from web.admin.version_words import title_of, when
from web.case_model import name_of
from web.migration_words import MoveWords
from web.people_names import actor_name
from web.person import engine
from web.texts import dotted, language, t

SIZE = 50
LOOKS = {"planned": "soon", "looking": "info", "reported": "info", "running": "info", "done": "ok"}
KINDS = {
    "planned": "ok", "hand": "soon", "blocked": "late", "stays": "plain", "migrated": "ok", "skipped": "soon",
    "failed": "late",
}  # fmt: skip
WEIGHTS = ("0", "1", "2", "3")  # moves.by_weight
FILES = ("xlsx", "csv", "json")


def words_between(definition: str, source: int, target: int) -> MoveWords:
    """Who speaks of a move between two versions, in the reader's language."""
    found = engine().library
    old, new = (
        Words(found.workflow(definition, each), language(), name_of, found.zone) for each in (source, target)
    )
    return MoveWords(old, new)


def listed(rows: Sequence[MigrationRow]) -> dict[str, Any]:
    """All moves."""
    return {
        "title": t("admin.migrations.title"),
        "subtitle": t("admin.migrations.about"),
        "actions": [
            {"label": t("admin.migrations.new"), "href": url_for(".new"), "style": "primary", "sign": "new"}
        ],
        "columns": [
            {"label": t(f"admin.migrations.{each}")} for each in ("workflow", "status", "cases", "made")
        ],
        "rows": [_cells(each) for each in rows],
        "empty": {"title": t("admin.migrations.empty"), "text": t("admin.migrations.empty_text")},
    }


def _cells(row: MigrationRow) -> list[dict[str, Any]]:
    with engine().database.read() as connection:
        counts = moves.totals(connection, row.id)
    told = [
        f"{n} {said.say(language(), f'case.{each}')}" for each in said.STATUSES if (n := counts.get(each))
    ]
    back = t("admin.migrations.takes_back") if row.reverts else None
    return [
        {
            "text": _title(row),
            "small": dotted((_versions(row), back)),
            "href": url_for(".details_view", id=row.id),
        },
        {"chips": [_chip(row)]},
        {"lines": told},
        {"text": when(row.made_at), "small": actor_name(row.made_by)},
    ]


def _title(row: MigrationRow) -> str:
    return engine().library.workflow(row.definition, row.to_number).definition.title.get(language())


def _versions(row: MigrationRow) -> str:
    return t("admin.migrations.from_to", old=row.from_number, new=row.to_number)


def _chip(row: MigrationRow) -> dict[str, str]:
    return {"kind": LOOKS[row.status], "text": said.say(language(), f"status.{row.status}")}


def new_page(refused: str) -> dict[str, Any]:
    """The workflows that have more than one version, with the open cases on each."""
    with engine().database.read() as connection:
        versions = reference.definitions(connection)
        ids = sorted({each.definition for each in versions})
        counts = {each: live.open_cases(connection, each) for each in ids}
    forms = []
    for id in ids:
        own = sorted((each for each in versions if each.definition == id), key=lambda each: each.number)
        if len(own) < 2:
            continue
        there = {str(each.number): sum(counts[id].get(each.number, {}).values()) for each in own}
        options = [
            {"value": number, "label": t("admin.migrations.version_n", number=number, n=n)}
            for number, n in there.items()
        ]
        most = max(list(there)[:-1], key=there.__getitem__)
        forms.append(_new_form(id, title_of(own[-1].plain, id), options, most, list(there)[-1]))
    return {
        "title": t("admin.migrations.new"),
        "subtitle": t("admin.migrations.new_about"),
        "crumbs": _crumbs(t("admin.migrations.new")),
        "refused": refused,
        "forms": forms,
        "empty": {"title": t("admin.migrations.one_version"), "text": t("admin.migrations.one_version_text")},
    }


def _new_form(id: str, title: str, options: list[dict[str, str]], source: str, target: str) -> dict[str, Any]:
    group = [{"label": title, "options": options}]
    fields = [
        {
            "name": f"{name}:{id}",
            "type": "choice",
            "label": t(f"admin.migrations.{name}"),
            "groups": group,
            "value": value,
            "required": True,
        }
        for name, value in (("from", source), ("to", target))
    ]
    return {
        "id": f"new-{id}", "title": title, "action": url_for(".new"), "hidden": [{"name": "definition", "value": id}],
        "sections": [{"fields": fields}], "submit": {"label": t("admin.migrations.make")},
    }  # fmt: skip


def plan_page(row: MigrationRow, words: MoveWords, typed: Any, broken: PlanBroken | None) -> dict[str, Any]:
    """The plan as a form."""
    plan = Plan.of(row.plan)
    wrong: dict[str, str] = {}
    above: list[dict[str, str]] = []
    if broken is not None:
        sentence, control = said.fault(language(), broken, words), migration_form.control_of(broken)
        wrong, above = ({control: sentence}, []) if control else ({}, [{"text": sentence}])
    return {
        "title": t("admin.migrations.plan"),
        "subtitle": dotted((_title(row), _versions(row))),
        "crumbs": _crumbs(t("admin.migrations.plan")),
        "form": {
            "id": "plan", "action": url_for(".plan", id=row.id), "hidden": [{"name": "plan", "value": plan.sha256}],
            "sections": migration_form.sections(plan, words, model.plan_of(engine(), row, words), typed, wrong),
            "errors": above, "refused": broken is not None, "submit": {"label": t("admin.migrations.look")},
            "cancel": {"label": t("form.cancel"), "href": url_for(".details_view", id=row.id)},
            "foot": t("admin.migrations.look_foot"),
        },
    }  # fmt: skip


def page(row: MigrationRow, words: MoveWords) -> dict[str, Any]:
    """A move: how far it is, what it changes or has changed, and what can be done with it."""
    found: dict[str, Any] = {
        "title": t("admin.migrations.back_title" if row.reverts else "admin.migrations.one"),
        "subtitle": dotted((_title(row), _versions(row))),
        "crumbs": _crumbs(_versions(row)),
        "state": _chip(row),
        "facts": _facts(row),
        "plan": _plan(row, words),
        "histories": migration_histories.card(row, words),
        "actions": [{"label": t("admin.migrations.change_plan"), "href": url_for(".plan", id=row.id)}]
        if row.status not in ("running", "done") and not row.reverts
        else [],
    }
    if row.status in ("looking", "running"):
        done, whole = model.progress(engine(), row)
        text = said.line(language(), f"progress_{row.status}", done=done, total=whole)
        alone = said.line(language(), "left_alone") if model.left_alone(engine(), row) else ""
        return found | {
            "progress": {"done": done, "total": whole or 1, "text": text, "left_alone": alone},
            "again": url_for(".details_view", id=row.id),
        }
    look = {
        "action": url_for(".look", id=row.id),
        "label": t("admin.migrations.look" if row.status == "planned" else "admin.migrations.look_again"),
    }
    if row.status == "planned":
        return found | {"look": look | {"style": "primary"}, "notice": t("admin.migrations.not_looked")}
    return (
        found
        | _report(row, words)
        | ({"look": look | {"style": "plain"}} if row.status == "reported" else {})
    )


def _facts(row: MigrationRow) -> list[dict[str, str]]:
    found = [(t("admin.migrations.made"), f"{when(row.made_at)} · {actor_name(row.made_by)}")]
    if row.reported_at:
        found.append((t("admin.migrations.reported"), when(row.reported_at)))
    if row.started_at:
        found.append(
            (t("admin.migrations.applied"), f"{when(row.started_at)} · {actor_name(row.applied_by or '')}")
        )
        found.append((t("admin.migrations.reason"), row.reason))
    if row.ended_at:
        found.append((t("admin.migrations.ended"), when(row.ended_at)))
    if row.report_sha256:
        found.append((t("admin.migrations.hash"), row.report_sha256))
    return [{"label": label, "value": value} for label, value in found]


def _plan(row: MigrationRow, words: MoveWords) -> list[dict[str, Any]]:
    """What the plan does that is not the same to the same."""
    shown = model.plan_of(engine(), row, words)
    lines = [
        {"sides": _sides(each), "guess": each.guess}
        for each in (*shown.states, *shown.fields)
        if each.key != each.to or each.guess
    ]
    return [*lines, *({"sides": [{"text": each}], "guess": False} for each in shown.others)]


def _sides(each: model.Goes) -> list[dict[str, str]]:
    """What was and what it becomes, by title; by key too where both are titled the same."""
    if each.to in (STAY, HAND):
        return [{"text": f"“{each.title}”"}, {"text": each.goes}]
    keys = (each.key, each.to) if each.title == each.goes else ("", "")
    return [
        {"text": f"“{title}”", "key": key} for title, key in zip((each.title, each.goes), keys, strict=True)
    ]


# ------------------------------------------------------------------ the report


def _report(row: MigrationRow, words: MoveWords) -> dict[str, Any]:
    with engine().database.read() as connection:
        counts = moves.totals(connection, row.id)
    parts, list_, part, after = model.changes(engine(), row), *_chosen()
    with engine().database.read() as connection:
        statuses = [list_] if list_ else []
        stored = f"limits.{part}" if part in said.LIMITS else part
        rows = moves.by_weight(
            connection, row.id, *statuses, after=_behind(after), limit=SIZE + 1, part=stored
        )
        references = moves.references(connection, [each.case_id for _, each in rows])
    shown = [each for _, each in rows[:SIZE]]
    last = f"{rows[SIZE - 1][0]}.{rows[SIZE - 1][1].case_id}" if len(rows) > SIZE else ""
    hand = Plan.of(row.plan).hand if row.status == "reported" else None
    found: dict[str, Any] = {
        "tiles": [
            {"n": counts[each], "label": said.say(language(), f"case.{each}"), "kind": KINDS[each], "href": _list(row, list=each), "here": each == list_}
            for each in said.STATUSES
            if counts.get(each)
        ],
        "changes": [
            {"n": n, "text": said.say(language(), f"part.{key}"), "href": _list(row, part=key), "here": key == part}
            for key, n in parts.items()
        ],
        "functions": model.functions(engine(), row, words),
        "here": dotted((said.say(language(), f"case.{list_}") if list_ else None, said.say(language(), f"part.{part}") if part else None)) or t("admin.migrations.every"),
        "all": _list(row) if list_ or part else None,
        "rows": [
            {**told, "kind": KINDS[each.status], "choice": _choice(each, words, hand)}
            for each, told in zip(shown, model.told_cases(shown, references, words), strict=True)
        ],
        "pager": _pager(row, len(shown), list_, part, after, last),
        "empty": t("admin.migrations.no_case"),
        "files": [{"label": t(f"admin.migrations.as_{each}"), "href": f"{url_for('.download', id=row.id)}&as={each}"} for each in FILES],
    }  # fmt: skip
    if row.status == "reported":
        found["by_hand"] = {"action": url_for(".by_hand", id=row.id), "report": row.report_sha256}
        found["apply"] = _apply_form(row, counts.get("planned", 0)) if counts.get("planned") else None
    if row.status == "done":
        if counts.get("skipped") or counts.get("failed"):
            found["once_more"] = {"action": url_for(".again", id=row.id)} if not row.reverts else None
        if counts.get("migrated"):
            found["revert"] = {"action": url_for(".revert", id=row.id)} if not row.reverts else None
    return found


def _chosen() -> tuple[str, str, str]:
    """Of which status, with which change, and behind which case the list goes on."""
    status, part = request.args.get("list", ""), request.args.get("part", "")
    return (
        status if status in said.STATUSES else "",
        part if part in said.PARTS else "",
        request.args.get("after", ""),
    )


def _behind(after: str) -> tuple[int, str]:
    """Weight and id of the case behind which the list goes on; from its beginning for what is none."""
    weight, _, case = after.partition(".")
    return (int(weight), case) if weight in WEIGHTS else (0, "")


def _list(row: MigrationRow, **more: Any) -> str:
    return url_for(".details_view", id=row.id, _anchor="cases", **more)


def _choice(row: MovedRow, words: MoveWords, hand: Mapping[str, str] | None) -> dict[str, Any] | None:
    """Where one case goes, to be chosen right here: for those that wait for it, cannot go, or were chosen before."""
    if hand is None or not (row.status in ("hand", "blocked") or row.case_id in hand):
        return None
    return {
        "name": f"case:{row.case_id}",
        "value": hand.get(row.case_id, ""),
        "groups": migration_form.choices(words, row.state, hand=False),
    }


def _pager(
    row: MigrationRow, shown: int, list_: str, part: str, after: str, last: str
) -> dict[str, Any] | None:
    if not (after or last):
        return None
    chosen: dict[str, Any] = {"list": list_ or None, "part": part or None}
    pager: dict[str, Any] = {"text": t("admin.migrations.shown", n=shown)}
    if after:
        pager["first"] = url_for(".details_view", id=row.id, **chosen, _anchor="cases")
    if last:
        pager["next"] = url_for(".details_view", id=row.id, **chosen, after=last, _anchor="cases")
    return pager


def _apply_form(row: MigrationRow, n: int) -> dict[str, Any]:
    field = {
        "name": "reason", "type": "line", "label": t("admin.migrations.reason"), "hint": t("admin.migrations.reason_hint"),
        "required": True, "width": "full",
    }  # fmt: skip
    back = "_back" if row.reverts else ""
    return {
        "id": "apply",
        "title": t(f"admin.migrations.apply{back}", n=n),
        "about": t("admin.migrations.apply_about"),
        "action": url_for(".apply", id=row.id),
        "hidden": [{"name": "report", "value": row.report_sha256}],
        "sections": [{"fields": [field]}],
        "submit": {"label": t(f"admin.migrations.apply{back}", n=n)},
        "confirm": t("admin.migrations.apply_confirm", n=n),
    }


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [{"label": t("admin.migrations.title"), "href": url_for(".index_view")}, {"label": here}]
