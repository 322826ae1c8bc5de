"""What a text changes of the version it was begun from: in words, line by line, and for the picture."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from engine import Engine
from engine.definition.diff import Change, Kind, What, compare, say, touched
from engine.store import reference
from schemas.load import load_definition
from schemas.outline import outline
from schemas.yaml_pieces import read_again
from schemas.yaml_text import Unreadable
from web.shell import function_name
from web.texts import language, t
from workflows import catalogue

NEAR = 3  # equal lines shown around a difference


def compared(engine: Engine, definition: str, number: int | None, text: str) -> dict[str, Any] | None:
    """What templates/admin/diff.html draws; None where there is no version to compare with.

    groups: None while the text does not hold together: then only its lines can be compared.
    """
    with engine.database.read() as connection:
        base = reference.definition(connection, definition, number or 0)
    if base is None:
        return None
    old = load_definition(base.source, catalogue.code_lists(), None, read_again).definition
    new = load_definition(text, catalogue.code_lists(), None, read_again).definition
    changes = compare(old, new) if old and new else None
    return {
        "number": base.number,
        "groups": _groups(changes) if changes is not None else None,
        "lines": list(_lines(base.source, text)),
        "picture": _picture(base.source, text, changes or ()),
    }


def _groups(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    """The changes by how much they ask, the most first."""
    return [
        {
            "kind": kind.value,
            "title": t(f"editor.diff.{kind.value}"),
            "look": {Kind.BREAKING: "late", Kind.TIGHTENING: "soon", Kind.ADDITIVE: "ok"}.get(kind, "plain"),
            "changes": [
                {
                    "text": say(each, language(), function_name),
                    "line": each.new.line if each.new and each.what is not What.REMOVED else None,
                }
                for each in found
            ],
        }
        for kind in reversed(Kind)
        if (found := [each for each in changes if each.kind is kind])
    ]


def _lines(old: str, new: str) -> Iterator[dict[str, Any]]:
    """{kind: same, removed, added, text, line} and, for a long equal part, {kind: fold, n}."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    shown = 0
    for group in matcher.get_grouped_opcodes(NEAR):
        if group[0][3] > shown:
            yield {"kind": "fold", "n": group[0][3] - shown}
        for _, start, end, into, until in group:
            equal = before[start:end] == after[into:until]
            for each in () if equal else before[start:end]:
                yield {"kind": "removed", "text": each}
            for number, each in enumerate(after[into:until], into + 1):
                yield {"kind": "same" if equal else "added", "text": each, "line": number}
        shown = group[-1][4]


def _picture(old: str, new: str, changes: tuple[Change, ...]) -> dict[str, Any] | None:
    """The graph of the new text with what was removed added as ghosts, and what became of each part."""
    try:
        was, now = (outline(read_again(each), language()) for each in (old, new))
    except Unreadable:
        return None
    known = touched(changes)
    states = {each["key"] for each in now["states"]}
    stages = {each["key"] for each in now["stages"]}
    ways = {each["key"] for each in now["ways"]}
    now["stages"] += [each for each in was["stages"] if each["key"] not in stages]
    now["states"] += [
        each | {"ghost": True, "line": None} for each in was["states"] if each["key"] not in states
    ]
    now["ways"] += [each | {"ghost": True, "line": None} for each in was["ways"] if each["key"] not in ways]
    touches = {"states": known.states, "ways": known.transitions}
    now["touched"] = {
        part: {key.replace("reopen.", "reopen:"): each.what.value for key, each in found.items()}
        for part, found in touches.items()
    }
    return now
