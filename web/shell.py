"""The shell around every page as data for base.html: side bar, phone bar, banner, person, languages."""

from __future__ import annotations

from typing import Any

from flask import get_flashed_messages, request, url_for

from engine.published import VersionChanged
from engine.registry.names import short_official_name
from engine.store import inbox
from engine.text import LANGUAGES
from web.import_room import offered
from web.person import Person, engine
from web.texts import dotted, language, t
from workflows.catalogue import functions

SUPERVISING = frozenset(("province_child_lead", "commune_chair", "auditor"))
ADMINISTERING = frozenset(("admin",))
SIGNS = {"supervision": "grid", "admin": "lists"}  # whose sign is not called as they are


def shell(person: Person | None, here: str = "", searched: str = "", **more: Any) -> dict[str, Any]:
    """The shell of a page. here: the key of the side bar's item. searched: the words looked for. more: what the page adds (see base.html)."""
    lang = language()
    flashed: Any = get_flashed_messages(with_categories=True)
    model: dict[str, Any] = {
        "lang": lang,
        "path": request.full_path.rstrip("?"),
        "home": url_for("work.page") if person else "/",
        "language_action": url_for("language"),
        "languages": [
            {"code": code, "label": code.upper(), "name": t(f"language.{code}"), "here": code == lang}
            for code in LANGUAGES
        ],
        "flashes": [{"kind": kind, "text": text} for kind, text in flashed],
        "banner": _banner(),
    }
    if person:
        unread = _unread(person)
        model |= {
            "search": {"action": url_for("cases.search"), "value": searched} if sees_cases(person) else None,
            "search_label": t("shell.search_label"),
            "groups": _groups(person, here, unread),
            "phone": _phone(person, here, unread),
            "now": engine().clock.now().isoformat(),
            "zone": engine().library.zone.key,
            "person": {
                "key": person.id,
                "name": short_official_name(person.name),
                "initials": initials(person.name),
                "function": standing(person),
                "preferences": url_for("preferences.page"),
                "profile": url_for("gate.password"),
                "sign_out": url_for("gate.sign_out"),
            },
        }
    return model | more


def initials(name: str) -> str:
    """First letters of the first and the last word."""
    words = name.split()
    return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else name[:2].upper()


def function_name(key: str) -> str:
    """The title of a function in the reader's language."""
    return functions()[key].title.get(language()) if key in functions() else key


def area_name(area: str) -> str:
    """The name of an area in the reader's language."""
    row = engine().library.rows.areas.get(area)
    return (row.name_en if language() == "en" else row.name_vi) if row else area


def agency_name(agency: str) -> str:
    """The name of an agency in the reader's language."""
    row = engine().library.rows.agencies.get(agency)
    return (row.name_en if language() == "en" else row.name_vi) if row else agency


def standing(person: Person) -> str:
    """What the person is, and where: the first function held."""
    if not person.holdings:
        return t("shell.no_function")
    first = person.holdings[0]
    return dotted((function_name(first.function), agency_name(first.agency)))


def _banner() -> str | None:
    found = engine()
    if found.library.rows.installation.kind != "demo":
        return None
    now = found.clock.now().astimezone(found.library.zone)
    return t("shell.demo_banner", weekday=t(f"weekday.{now.weekday()}"), date=now.strftime("%d/%m/%Y"))


def _unread(person: Person) -> int:
    with engine().database.read() as connection:
        return inbox.count_unread(connection, person.id)


def _groups(person: Person, here: str, unread: int) -> list[dict[str, Any]]:
    work = [] if only_administers(person) else [_item("work", "work.page", here)]
    if sees_cases(person):
        work.append(_item("cases", "cases.page", here))
    if opens_cases(person):
        work.append(_item("new", "report.page", here))
    if offered(engine(), person.functions):
        work.append(_item("import", "imports.page", here))
    work.append(_item("inbox", "inbox.page", here) | {"count": unread})
    groups = [{"title": t("group.work"), "items": work}]
    if person.functions & SUPERVISING:
        groups.append(
            {
                "title": t("group.supervision"),
                "items": [_item("supervision", "supervision.page", here)],
            }
        )
    if administers(person):
        groups.append(
            {
                "title": t("group.administration"),
                "items": [_item("admin", "admin.index", here)],
            }
        )
    return groups


def sees_cases(person: Person) -> bool:
    """May there be a case for this person to see? Not for one who only administers."""
    return bool(person.functions - ADMINISTERING)


def administers(person: Person) -> bool:
    """Is this person an administrator today?"""
    return bool(person.functions & ADMINISTERING)


def only_administers(person: Person) -> bool:
    """Has this person nothing to do but what is to administer? Then there is no work of one's own."""
    return bool(person.functions) and not sees_cases(person)


def opens_cases(person: Person) -> bool:
    """May this person open a case that stands by itself? Nobody while a workflow was changed past the program: the
    pages that go by it say so, and the others still open.
    """
    try:
        current = engine().library.current()
    except VersionChanged:
        return False
    return any(
        set(each.definition.open.by) & person.functions for each in current if each.definition.open.area
    )


def _phone(person: Person, here: str, unread: int) -> list[dict[str, Any]]:
    if only_administers(person):
        items = [("admin", "admin.index"), ("inbox", "inbox.page")]
    else:
        items = [
            ("work", "work.page"),
            ("cases", "cases.page"),
            ("new", "report.page"),
            ("inbox", "inbox.page"),
        ]
    left_out = {"new"} if not opens_cases(person) else set()
    left_out |= {"cases"} if not sees_cases(person) else set()
    counts = {"inbox": unread}
    return [
        _item(key, endpoint, here) | {"label": t(f"phone.{key}"), "count": counts.get(key)}
        for key, endpoint in items
        if key not in left_out
    ]


def _item(key: str, endpoint: str, here: str) -> dict[str, Any]:
    return {
        "label": t(f"menu.{key}"),
        "href": url_for(endpoint),
        "here": key == here,
        "sign": SIGNS.get(key, key),
    }
