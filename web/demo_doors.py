"""The doors of the demonstration: one click to be one of its invented people, on this machine only (semantics.md §12)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request

from engine.registry.names import short_official_name
from engine.store import people
from engine.store.cases import find_case
from web.demo_cases import case_id
from web.person import engine, load_person
from web.shell import agency_name, function_name, initials
from web.texts import catalogue, t

# What each may try, by the function held: names in the text, and the children of the story whose cases they stand for.
TRIES: Mapping[str, Mapping[str, str]] = {
    "commune_officer": {"plan": "lua", "returned": "phuong", "twin": "nhi"},
    "commune_chair": {"plan": "van", "emergency": "cho"},
    "school": {"new": "duc", "absent": "phuc"},
    "province_child_lead": {"closure": "tinh", "correction": "tai", "late": "su"},
    "admin": {},
}


def is_open_here() -> bool:
    """Is this a demonstration, asked from this very machine, with nothing in between?"""
    return (
        "gate.demo_sign_in" in current_app.view_functions
        and engine().library.rows.installation.kind == "demo"
        and _is_loopback(request.remote_addr or "")
        and _is_loopback(_host())
        and not any(name.lower().startswith(("forwarded", "x-forwarded")) for name, _ in request.headers)
    )


def doors(action: str, onward: str) -> dict[str, Any]:
    """The people one may be, for the sign-in page. onward: where to go from there."""
    with engine().database.read() as connection:
        rows = people.demo_people(connection)
    found: list[dict[str, Any]] = []
    for each in rows:
        found.append(_door(each.id, {one["function"] for one in found}))
    words = {"title": t("gate.demo"), "text": t("gate.demo_text")}
    return words | {"action": action, "next": onward, "people": found}


def _door(actor: str, above: Collection[str]) -> dict[str, Any]:
    """One of the people. above: the functions of those before."""
    person = load_person(actor)
    assert person is not None
    first = person.holdings[0] if person.holdings else None
    hint = f"gate.hint.{first.function}" if first else ""
    return {
        "id": person.id,
        "name": short_official_name(person.name),
        "initials": initials(person.name),
        "function": function_name(first.function) if first else t("shell.no_function"),
        "place": agency_name(first.agency) if first else "",
        "hint": t(hint) if catalogue().has(hint) else None,
        "try": _to_try(first.function, function_name(first.function) in above) if first else None,
    }


def _to_try(function: str, again: bool) -> list[str] | None:
    """What to try as one who holds `function`, every second piece the number of a case; None if the story is not told here.

    again: somebody before holds it too, and there may be something else to try as the second.
    """
    named = TRIES.get(function)
    if named is None:
        return None
    with engine().database.read() as connection:
        found = {word: find_case(connection, case_id(child)) for word, child in named.items()}
    if not all(found.values()):
        return None
    numbers = {word: case.reference for word, case in found.items() if case}
    second = f"gate.try.{function}.second"
    said = t(second if again and catalogue().has(second) else f"gate.try.{function}", **numbers)
    any_of_them = "|".join(map(re.escape, numbers.values()))
    return re.split(rf"((?:{any_of_them})(?:/\w+)?)", said) if numbers else [said]


def _host() -> str:
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (inner or address).is_loopback
