"""How a finding could be mended: one small change of the text, to be looked at and taken back like any typing.

Only where the change is plain: a name that was meant otherwise, a label, a time limit or an alternative that is missing.
A proposal is only made where it fits the text as it stands; what it says is for the author to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.definition.findings import Finding
from engine.definition.model import Place
from schemas.yaml_text import Tree

LIMIT = "5 working days"


@dataclass(frozen=True, slots=True)
class Mend:
    """Put `insert` in the place of `removed` characters at line, column (from 1). kind: of the button's words.

    select: what of `insert` an author will want to type over: its offset and length.
    """

    kind: str
    line: int
    column: int
    insert: str
    removed: int = 0
    select: tuple[int, int] = (0, 0)


def mend(finding: Finding, text: str, tree: Tree | None) -> Mend | None:
    """The change that would mend `finding` in `text`; None where there is none to propose. tree: of that very text."""
    lines = text.split("\n")
    if finding.params.get("suggestion"):
        return _other_name(finding, lines)
    proposal = _PROPOSALS.get(finding.code)
    return proposal(finding, lines, tree) if proposal and tree else None


def _other_name(finding: Finding, lines: list[str]) -> Mend | None:
    place, name = finding.place, str(finding.params.get("name", ""))
    if place is None or not name or not _rest(lines, place).startswith(name):
        return None
    suggestion = str(finding.params["suggestion"])
    return Mend("name", place.line, place.column, suggestion, len(name))


def _label(finding: Finding, lines: list[str], tree: Tree) -> Mend | None:
    """A missing label, or the other language of one: what is known, to be typed over."""
    path, language = finding.path, finding.variant
    known = _at(tree, path)
    if isinstance(known, Mapping) and language:
        other = "en" if language == "vi" else "vi"
        return _before(f"{path}.{other}", language, _quoted(known.get(other)), "label", lines, tree)
    parent, _, key = path.rpartition(".")
    inside = _at(tree, parent)
    if known is not None or not isinstance(inside, Mapping) or not inside:
        return None
    words = parent.rpartition(".")[2].replace("_", " ")
    label = f"{{vi: {words}, en: {words}}}"
    return _before(f"{parent}.{next(iter(inside))}", key, label, "label", lines, tree, (5, len(words)))


def _before(
    path: str,
    key: str,
    value: str,
    kind: str,
    lines: list[str],
    tree: Tree,
    select: tuple[int, int] | None = None,
) -> Mend | None:
    """`key: value` before the entry at `path`, in the manner in which that is written."""
    place = tree.keys.get(path)
    if place is None:
        return None
    margin = lines[place.line - 1][: place.column - 1]
    start, length = select or (0, len(value))
    entry = f"{key}: {value}"
    after = f"\n{margin}" if not margin.strip() else ", "
    return Mend(kind, place.line, place.column, entry + after, 0, (len(key) + 2 + start, length))


def _limit(finding: Finding, lines: list[str], tree: Tree) -> Mend | None:
    """A time limit for a state that has none."""
    state = _at(tree, finding.path)
    if not isinstance(state, Mapping) or not state or {"deadlines", "repeats"} & state.keys():
        return None
    first = tree.keys.get(f"{finding.path}.{next(iter(state))}")
    if first is None or lines[first.line - 1][: first.column - 1].strip():
        return None
    margin = " " * (first.column - 1)
    words = finding.path.rpartition(".")[2].replace("_", " ")
    title = state.get("title")
    labels = title if isinstance(title, Mapping) else {}
    label = ", ".join(f"{each}: {_quoted(labels.get(each) or words)}" for each in ("vi", "en"))
    head = f"\n{margin}deadlines:\n{margin}  stay: {{title: {{{label}}}, within: "
    return _after(finding.path, lines, tree, "limit", head, LIMIT, "}")


def _alternative(finding: Finding, lines: list[str], tree: Tree) -> Mend | None:
    """One more alternative of a choice, for when no other applies: the case stays, until the author says where it goes."""
    last = finding.params["transitions"][-1]
    way = _at(tree, f"transitions.{last}")
    names = _at(tree, "transitions")
    place = tree.keys.get(f"transitions.{last}")
    if not isinstance(way, Mapping) or not isinstance(names, Mapping) or place is None:
        return None
    if any(
        isinstance(each, Mapping)
        and each.get("trigger", key) == finding.params["trigger"]
        and each.get("otherwise")
        for key, each in names.items()
    ):
        return None
    margin = " " * (place.column - 1)
    trigger = finding.params["trigger"]
    key = next(name for n in range(99) if (name := f"{trigger}_otherwise{n or ''}") not in names)
    entries = [f"trigger: {trigger}"]
    if isinstance(way.get("title"), Mapping):
        entries.append(
            "title: {" + ", ".join(f"{each}: {_quoted(text)}" for each, text in way["title"].items()) + "}"
        )
    entries += [f"{each}: {_flow(way[each])}" for each in ("from", "by") if way.get(each)]
    head = f"\n{margin}{key}:" + "".join(f"\n{margin}  {each}" for each in entries) + f"\n{margin}  to: "
    return _after(
        f"transitions.{last}", lines, tree, "alternative", head, "same", f"\n{margin}  otherwise: true"
    )


def _after(
    path: str, lines: list[str], tree: Tree, kind: str, head: str, chosen: str, tail: str
) -> Mend | None:
    """Lines after the last one of the entry at `path`: up to the next that is not further in than its key."""
    place = tree.keys[path]
    if lines[place.line - 1][: place.column - 1].strip():
        return None
    last = place.line
    for number in range(place.line + 1, len(lines) + 1):
        line = lines[number - 1]
        inside = len(line) - len(line.lstrip(" ")) >= place.column
        if line.strip() and not inside:
            break
        if line.strip() and not line.lstrip().startswith("#"):
            last = number
    return Mend(kind, last, len(lines[last - 1]) + 1, head + chosen + tail, 0, (len(head), len(chosen)))


_PROPOSALS: Mapping[str, Callable[[Finding, list[str], Tree], Mend | None]] = {
    "WF106": _label,
    "WF301": _alternative,
    "WF601": _limit,
}


def _at(tree: Tree, path: str) -> Any:
    found: Any = tree.plain
    for step in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def _rest(lines: list[str], place: Place) -> str:
    return lines[place.line - 1][place.column - 1 :] if place.line <= len(lines) else ""


def _flow(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _quoted(text: Any) -> str:
    """Text as it may stand in a map in one line."""
    words = str(text)
    plain = (
        words
        and words.strip() == words
        and not set(words) & set("{}[],:#&*!|>'\"%@`\\")
        and words[0] not in "-?"
    )
    return words if plain else '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
