"""The other cases of a child, and what a reader may know of them: the link of a case to others, in words.

Two cases are one child's where somebody linked them (or merged them); what those are linked with in turn counts too.
A case elsewhere that is not this reader's to see is "a case elsewhere", without its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, url_for

from engine.definition.model import Definition
from engine.links import LINKS, MERGED, other_of
from engine.listing import Listing
from engine.reading import CaseView
from engine.store.cases import find_cases
from engine.store.lists import Filter
from engine.store.steps import CaseRow
from engine.words import Words
from web.case_model import name_of
from web.person import current, engine
from web.shell import area_name
from web.texts import dotted, language, t

SAME = frozenset(("same_child", MERGED))  # links that make two cases one child's
DIFFERENT = "different"  # looked at, and found to be another child
MOST = 30


@dataclass(slots=True)
class Kin:
    """The cases a case is linked with. links: by id how (the first link that led there). open_to: may be opened."""

    rows: dict[str, CaseRow] = field(default_factory=dict)
    links: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    open_to: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()

    def number(self, case: str) -> str:
        """The number of a linked case, as far as this reader may know it; one that the worker opens may not be there yet."""
        if case not in self.rows:
            return t("kin.not_yet")
        return self.rows[case].reference if case in self.known else t("kin.elsewhere")

    def told(self, number: str) -> str:
        """A number that a form named, as far as this reader may know it."""
        hidden = any(row.reference == number and case not in self.known for case, row in self.rows.items())
        return t("kin.elsewhere") if hidden else number


def of_view(view: CaseView) -> Kin:
    """The cases that this one is linked with; read once a request."""
    found: dict[str, Kin] = g.setdefault("kin", {})
    case = view.scene.case
    assert case is not None
    if case.id not in found:
        found[case.id] = _read(case, view) if _named(view) else Kin()
    return found[case.id]


def card(view: CaseView, words: Words) -> dict[str, Any] | None:
    """The card "other cases of this child"; None where there are none."""
    kin, definition = of_view(view), view.scene.workflow.definition
    rows = [
        _row(kin, definition, words, row, kin.links[row.id])
        for row in sorted(kin.rows.values(), key=lambda row: row.opened_at, reverse=True)
        if row.id in kin.links and kin.links[row.id]["as"] != DIFFERENT
    ]
    return {"rows": rows} if rows else None


def title(definition: Definition, link: Mapping[str, Any]) -> str:
    """What a link is called on this side of it."""
    declared = definition.links.get(link["as"])
    if declared is None:
        return t("kin.linked")
    return (declared.back if link.get("back") else declared.title).get(language())


def _row(
    kin: Kin, definition: Definition, words: Words, row: CaseRow, link: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {"number": kin.number(row.id), "title": title(definition, link)}
    if row.id not in kin.known:
        return found
    theirs = Words(
        engine().library.workflow(row.definition, row.definition_number), language(), name_of, words.zone
    )
    times = [t("kin.opened", on=_day(row.opened_at, words)), t("kin.closed", on=_day(row.closed_at, words))]
    found["place"] = area_name(row.area)
    if row.id in kin.open_to:
        found["href"] = url_for("case.page", case=row.id)
        found["text"] = dotted([theirs.state(row.state), *times[: 1 if row.closed_at is None else 2]])
    return found


def _day(at: Any, words: Words) -> str:
    return at.astimezone(words.zone).strftime("%d/%m/%Y") if at else ""


def _named(view: CaseView) -> bool:
    """Does anything in this case's story or summary name another one?"""
    told = any(entry.args.get("links") or entry.args.get("unlinks") for entry in view.story)
    return told or bool(view.scene.case and view.scene.case.data.get(LINKS))


def _read(case: CaseRow, view: CaseView) -> Kin:
    kin = Kin()
    told = [link["case"] for entry in view.story for link in entry.args.get("links", ())]
    told += [other_of(key) for entry in view.story for key in entry.args.get("unlinks", ())]
    with engine().database.read() as connection:
        todo = list(case.data.get(LINKS, ()))
        while todo and len(kin.links) < MOST:
            new = {link["case"]: link for link in todo if link["case"] not in {*kin.links, case.id}}
            kin.links |= new
            rows = {row.id: row for row in find_cases(connection, new)}
            kin.rows |= rows
            on = [row for key, row in rows.items() if new[key]["as"] in SAME]
            todo = [link | {"as": "same_child", "back": False} for row in on for link in _same(row)]
        kin.rows |= {row.id: row for row in find_cases(connection, set(told) - kin.rows.keys())}
        listing = Listing(engine(), connection, current().id)
        listed = listing.page(Filter(ids=list(kin.rows)), limit=len(kin.rows) + 1)
        own = {area for areas in listing.reach.covered.values() for area in areas}
    kin.open_to = frozenset(row.id for row in listed)
    kin.known = kin.open_to | {key for key, row in kin.rows.items() if row.area in own}
    return kin


def _same(row: CaseRow) -> Iterable[dict[str, Any]]:
    return (dict(link) for link in row.data.get(LINKS, ()) if link["as"] in SAME)
