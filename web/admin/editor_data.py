"""What the editor of a draft shows of a text, as plain data: findings in words, the graph, names for completion.

Kept for the texts looked at last, so that a save or a reload costs nothing. Who asks about a newer text no longer waits for
the older one: that is given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, get_args

from engine import Engine
from engine.definition import checks, report
from engine.definition.expression import Scope
from engine.definition.expression.tree import Folding, Function
from engine.definition.findings import Finding, Severity
from engine.definition.proof.telling import told
from engine.examined import Examined, tick_key
from schemas.format_keys import format_keys
from schemas.mends import mend
from schemas.outline import outline
from schemas.yaml_pieces import read_again
from schemas.yaml_text import Tree, Unreadable
from web import texts
from web.texts import language, t
from workflows import catalogue, drafting

SEVERITIES = tuple(each.value for each in Severity)
WORDS = "editor.script."
KEPT = 16  # texts
UNREADABLE = "WF100"
# What only the whole judgement says: walks over values, open cases, stored tests.
LATE = (*(rule.CODE for rule in checks.WALKS), "WF7", "WF8")


class Overtaken(Exception):
    """Who asked has asked about another text since."""


class Judged:
    """Texts and what was said of them, by what they were judged by."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[int, str, bool], Examined] = {}
        self._asked: dict[str, object] = {}  # by who asks: the question that runs, the newest of them

    def __call__(self, engine: Engine, text: str, *, whole: bool, who: str = "") -> tuple[Examined, bool]:
        """What there is to say about `text`, and whether that is all: it is if `whole` is asked for, or known already.

        who: one page, whose newest question ends those before it: `Overtaken`.
        """
        engine.library.refresh()
        version = engine.library.rows.installation.reference_version
        question = object()

        def stop() -> None:
            if who and self._asked.get(who) is not question:
                raise Overtaken

        with self._lock:
            self._asked[who] = question
            whole = whole or (version, text, True) in self._kept
            key = (version, text, whole)
            found = self._kept.get(key)
        try:
            found = found or drafting.examined(engine, text, quick=not whole, stop=stop)
        finally:
            with self._lock:
                if self._asked.get(who) is question:
                    del self._asked[who]
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = found  # last used, last dropped
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
        return found, whole or found.definition is None


judged = Judged()


def checked(
    engine: Engine, text: str, ticks: Mapping[str, Any], *, whole: bool = True, who: str = ""
) -> dict[str, Any]:
    """All that the page shows of `text`. outline: None while the text cannot be read. whole: with tests and open cases.

    who: the page that asks, if it may ask again before this is answered; then this raises `Overtaken`.
    """
    examined, whole = judged(engine, text, whole=whole, who=who)
    unreadable = any(each.code == UNREADABLE for each in examined.findings)
    tree = None if unreadable else _tree(text)
    open_ones = [each for each in examined.findings if "accepted" not in each.params]
    counts = {each: sum(found.severity == each for found in open_ones) for each in SEVERITIES}
    return {
        "findings": [_finding(each, text, tree, ticks) for each in _by_weight(examined.findings)],
        "outline": outline(tree, language()) if tree else None,
        "counts": counts,
        "tests": _tests(examined) if whole else None,
        "whole": whole,
        "chips": [t(f"editor.count.{each}", n=n) if n else "" for each, n in counts.items()],
    }


def _tests(examined: Examined) -> list[dict[str, Any]]:
    """The stored tests of the text and whether each came out as expected."""
    definition = examined.definition
    failed = {each.path.split(".")[1] for each in examined.findings if each.path.startswith("tests.")}
    return [
        {
            "title": each.title.get(language()) or key,
            "line": place.line if (place := definition.place(f"tests.{key}")) else None,
            "passed": key not in failed,
        }
        for key, each in (definition.tests if definition else {}).items()
        if definition
    ]


def _tree(text: str) -> Tree | None:
    try:
        return read_again(text)
    except Unreadable:
        return None


def _by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then what needs a tick, then what the author has accepted, each in the order of the file."""
    return sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), "accepted" in each.params))


def _finding(finding: Finding, text: str, tree: Tree | None, ticks: Mapping[str, Any]) -> dict[str, Any]:
    change = mend(finding, text, tree)
    place = finding.place
    key = tick_key(finding)
    return {
        "key": key,
        "code": finding.code,
        "severity": finding.severity.value,
        "sentence": report.say(finding, language()),
        "hint": report.hint(finding, language()),
        "line": place.line if place else None,
        "column": place.column if place else None,
        "length": _length(finding, text),
        "accepted": "accepted" in finding.params,
        "ticked": ticks.get(key, {}).get("reason", ""),
        "to_tick": finding.severity is Severity.WARNING and "accepted" not in finding.params,
        "late": finding.code.startswith(LATE),
        "marks": _marks(finding, tree),
        "mend": change
        and {
            "label": t(f"editor.mend.{change.kind}"),
            "line": change.line,
            "column": change.column,
            "insert": change.insert,
            "removed": change.removed,
            "select": change.select,
        },
    }


def _length(finding: Finding, text: str) -> int:
    """How many characters to underline: the name that is wrong, else the word or the rest of the line."""
    if finding.place is None:
        return 0
    lines = text.split("\n", finding.place.line)
    if len(lines) < finding.place.line:
        return 0
    rest = lines[finding.place.line - 1][finding.place.column - 1 :]
    name = str(finding.params.get("name", ""))
    if name and rest.startswith(name):
        return len(name)
    word = len(rest) - len(rest.lstrip("abcdefghijklmnopqrstuvwxyz_0123456789"))
    return word or len(rest.rstrip())


def _marks(finding: Finding, tree: Tree | None) -> dict[str, Any]:
    """What of the graph it is about: a state or way, the path of a witness, or the values for which nothing goes on."""
    section, _, rest = finding.path.partition(".")
    key = rest.partition(".")[0]
    marks: dict[str, Any] = {
        "states": [key] if section == "states" else [],
        "ways": [key] if section == "transitions" else [],
        "path": [each for each in finding.witness.get("path", ()) if isinstance(each, str)],
    }
    if finding.code == "WF301" and tree:
        ways = tree.plain.get("transitions", {})
        sources = ways.get(key, {}).get("from", ())
        first = sources if isinstance(sources, str) else next(iter(sources), "")
        marks |= {
            "states": [first],
            "ways": list(finding.params["transitions"]),
            "loop": {"state": first, "text": t("editor.no_way", values=", ".join(told(finding.witness)))},
        }
    return marks


def vocabulary(engine: Engine) -> dict[str, Any]:
    """The format and every name that does not come from the text: for completion."""
    rows = engine.library.rows
    lists = catalogue.code_lists()
    return {
        "format": format_keys(),
        "names": {
            "functions": {key: each.title.get(language()) for key, each in catalogue.functions().items()},
            "lists": {key: _title(each["title"]) for key, each in lists.items()},
            "workflows": {
                each.definition.id: each.definition.title.get(language()) for each in engine.library.current()
            },
            "tables": {
                key: _title(texts[-1].plain.get("title", {})) for key, texts in rows.decision_tables.items()
            },
            "calendars": dict.fromkeys(rows.swaps, ""),
            "codes": dict.fromkeys(checks.SEVERITIES, ""),
        },
        "options": {
            key: {option: _title(each) for option, each in found["options"].items()}
            for key, found in lists.items()
        },
        "calls": sorted({*get_args(Function), *get_args(Folding), "date"}),
        "around": sorted(Scope({}).known()),
        "durations": [
            "12 hours",
            "1 day",
            "3 days",
            "1 working day",
            "5 working days",
            "1 week",
            "1 month",
            "1 year",
        ],
    }


def _title(label: Mapping[str, Any]) -> str:
    return str(label.get(language()) or label.get("vi") or "")


def script_words() -> dict[str, str]:
    """The sentences of the page's scripts."""
    sentences = texts.catalogue().sentences[language()]
    return {key.removeprefix(WORDS): text for key, text in sentences.items() if key.startswith(WORDS)}
