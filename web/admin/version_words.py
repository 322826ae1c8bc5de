"""Versions, drafts and what was decided about them, in words for the screens of administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from engine.definition import report
from engine.definition.findings import Finding, Severity
from engine.examined import Examined, tick_key
from engine.store.drafts import DraftRow, VersionEventRow
from web.case_model import moment_text
from web.people_names import actor_name
from web.person import engine
from web.texts import dotted, language, t

SHIPPED = ("demo", "init")  # who published what came with the program
SHORT = 12  # of a hash
LOOKS = {Severity.ERROR: "late", Severity.WARNING: "soon", Severity.NOTE: "info"}
STATUS = {"open": "info", "submitted": "soon", "published": "ok", "dropped": "plain"}
KINDS = {"published": "ok", "returned": "soon", "retired": "plain", "submitted": "info"}


def title_of(plain: Mapping[str, Any] | None, id: str) -> str:
    """What a workflow is called in the reader's language; its id where it has no title yet."""
    titles = (plain or {}).get("title")
    return str(titles.get(language()) or id) if isinstance(titles, Mapping) else id


def published_by(actor: str) -> str:
    """Who published a version."""
    return t("admin.definitions.shipped") if actor in SHIPPED else actor_name(actor)


def when(at: Any) -> str:
    """A moment in the installation's zone."""
    return moment_text(at, engine().library.zone)


def version_href(definition: str, number: int) -> str:
    """The page of a version."""
    return url_for("admin_definitions.details_view", id=f"{definition},{number}")


def draft_href(draft: str) -> str:
    """The page where a draft is submitted and published."""
    return url_for("admin_review.page", id=draft)


def returned(draft: DraftRow, history: Sequence[VersionEventRow]) -> str | None:
    """Who returned a draft that is worked on again, and why; None if nobody did. history: oldest first."""
    last = next((each for each in reversed(history) if each.draft == draft.id), None)
    if draft.status != "open" or last is None or last.kind != "returned":
        return None
    return t("admin.review.was_returned", name=actor_name(last.actor), reason=last.facts.get("reason", ""))


def status_chip(draft: DraftRow) -> dict[str, str]:
    """How a draft stands."""
    return {"kind": STATUS[draft.status], "text": t(f"admin.review.{draft.status}")}


def findings_of(examined: Examined, ticks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The findings: {code, kind, severity, line?, text, hint, tick?: sentence}."""
    return [_finding(each, ticks) for each in examined.findings]


def _finding(finding: Finding, ticks: Mapping[str, Any]) -> dict[str, Any]:
    tick = ticks.get(tick_key(finding)) if finding.severity is Severity.WARNING else None
    return {
        "code": finding.code,
        "kind": LOOKS[finding.severity],
        "severity": t(f"admin.review.{finding.severity.value}"),
        "line": t("admin.review.line", n=finding.place.line) if finding.place else "",
        "text": report.say(finding, language()),
        "hint": report.hint(finding, language()),
        "tick": t("admin.review.ticked", reason=tick["reason"], name=actor_name(tick["by"])) if tick else "",
    }


def event_row(event: VersionEventRow) -> dict[str, Any]:
    """What was decided: {when, who, kind, text, lines}. lines: reason, authors, ticks."""
    facts = event.facts
    lines = [t("admin.decided.reason", reason=facts["reason"])] if facts.get("reason") else []
    if facts.get("authors"):
        lines.append(t("admin.decided.authors", names=", ".join(map(actor_name, facts["authors"]))))
    if facts.get("submitted_by"):
        lines.append(t("admin.decided.submitted_by", name=actor_name(facts["submitted_by"])))
    lines += [
        t(
            "admin.decided.tick",
            warning=key.partition(":")[0],
            path=key.partition(":")[2],
            reason=each["reason"],
        )
        for key, each in sorted(facts.get("ticks", {}).items())
    ]
    return {
        "when": when(event.at),
        "who": published_by(event.actor),
        "kind": KINDS.get(event.kind, "info"),
        "text": t(f"admin.decided.{event.kind}"),
        "version": dotted((t("admin.definitions.version_n", n=event.number) if event.number else None,
                           event.sha256[:SHORT] if event.sha256 else None)),
        "href": version_href(event.definition, event.number) if event.number else None,
        "lines": lines,
    }  # fmt: skip
