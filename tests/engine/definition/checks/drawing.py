"""For the tests of rules: small definitions drawn in a line.

"a>b b>c" draws moves named after themselves; the first state drawn is initial, the last one final.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.definition import checks
from engine.definition.build import build
from engine.definition.findings import Finding
from engine.definition.model import Definition

TITLE = {"vi": "Nhãn", "en": "Label"}
OFFICER = ["commune_officer", "commune_chair"]


def net(drawn: str, changes: Mapping[str, Mapping[str, Any]] | None = None, **top: Any) -> Definition:
    """`changes` adds keys to a state or transition by name; `top` adds keys to the whole."""
    moves = drawn.split()
    states = list(dict.fromkeys(name for move in moves for name in (move[0], move[-1])))
    changed = changes or {}
    plain: dict[str, Any] = {
        "id": "net",
        "title": TITLE,
        "access": {},
        "open": {"title": TITLE, "by": OFFICER},
        "states": [{"key": key, "title": TITLE, **changed.get(key, {})} for key in states],
        "transitions": [
            {
                "key": move,
                "title": TITLE,
                "from": [move[0]],
                "to": move[-1],
                "by": OFFICER,
                **changed.get(move, {}),
            }
            for move in moves
        ],
        **top,
    }
    if not any("initial" in each for each in plain["states"]):
        plain["states"][0]["initial"] = True
    if not any("final" in each for each in plain["states"]):
        plain["states"][-1]["final"] = True
    return build(plain)


def deadline(**keys: Any) -> list[dict[str, Any]]:
    return [{"key": "due", "title": TITLE, "within": [{"duration": "1 day"}], **keys}]


def the_finding(definition: Definition, code: str, family: Mapping[str, Definition] | None = None) -> Finding:
    (finding,) = (each for each in checks.run(definition, family) if each.code == code)
    return finding


def codes(definition: Definition, family: Mapping[str, Definition] | None = None) -> list[str]:
    return [each.code for each in checks.run(definition, family)]


def track(definition: str, **keys: Any) -> list[dict[str, Any]]:
    return [{"key": "t", "definition": definition, "title": TITLE, "code": "T", "holder": "school", **keys}]


def fields(**types: str) -> list[dict[str, Any]]:
    """Fields by type: an open one of each; a choice has the options `one` and `two`, a table the column `note`."""
    more: dict[str, dict[str, Any]] = {
        "choice": {"options": [{"key": key, "title": TITLE} for key in ("one", "two")]},
        "table": {"columns": [{"key": "note", "type": "text", "title": TITLE}]},
    }
    return [
        {"key": key, "type": kind, "title": TITLE, "open": True, **more.get(kind, {})}
        for key, kind in types.items()
    ]


def form(key: str, *required: str, optional: Sequence[str] = ()) -> dict[str, Any]:
    """A form that requires some fields."""
    asked = [{"key": each, "required": True} for each in required] + [{"key": each} for each in optional]
    return {"key": key, "title": TITLE, "sections": [{"fields": asked}]}


def when(*needs: str) -> list[dict[str, Any]]:
    """The conditions of a guard."""
    return [{"need": each} for each in needs]


def found(definition: Definition, code: str, family: Mapping[str, Definition] | None = None) -> list[Finding]:
    """The findings of one rule alone."""
    return [each for each in checks.run(definition, family) if each.code == code]
