"""Writes the lists of docs/glossary.md that stand in declared content: `python -m tests.glossary`.

Each list stands between two marks; what is around them is written by hand and stays. test_glossary.py compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.definition.flow import Transition
from engine.definition.model import Definition
from engine.definition.text import Text
from tests.workflows.content import definitions
from workflows.catalogue import functions

PAGE = Path(__file__).parent.parent / "docs/glossary.md"
MARK = "<!-- {name}: made by python -m tests.glossary -->"
END = "<!-- end -->"


def page() -> str:
    """The page as it has to be: the hand-written text with the lists of today."""
    text = PAGE.read_text("utf-8")
    for name, rows in lists().items():
        mark = MARK.format(name=name)
        pattern = re.escape(mark) + r"\n.*?" + re.escape(END)
        text, found = re.subn(
            pattern, "\n".join((mark, *rows, END)).replace("\\", r"\\"), text, flags=re.DOTALL
        )
        if found != 1:
            raise ValueError(f"{PAGE.name} needs one {mark}")
    return text


def lists() -> Mapping[str, list[str]]:
    """Every list by its name, as rows of Markdown."""
    definition = child_case()
    return {
        "functions": [_row(key, each.title) for key, each in functions().items()],
        "classes": [_row(key, each.title) for key, each in definition.fields["work_class"].options.items()],
        "risks": [_row(key, each.title) for key, each in definition.fields["risk_level"].options.items()],
        "stages": [_row(key, title) for key, title in definition.stages.items()],
        "links": [_row(key, each.title) for key, each in definition.links.items()],
        "states": [
            _row(key, each.title, _cell(definition.stages[each.stage]), _kind(definition, key))
            for key, each in definition.states.items()
        ],
        "triggers": [
            _row(key, ways[0].title, _by(ways), next((each.law for each in ways if each.law), ""))
            for key, ways in triggers(definition).items()
        ],
    }


def child_case() -> Definition:
    """The definition of a child's case as it is shipped."""
    return definitions()["child_case"]


def triggers(definition: Definition) -> Mapping[str, list[Transition]]:
    """Every trigger with its ways, in the order of the file; reopening last."""
    found: dict[str, list[Transition]] = {}
    for each in definition.ways:
        found.setdefault(each.trigger, []).append(each)
    return found


def _kind(definition: Definition, key: str) -> str:
    state = definition.states[key]
    kinds = {"first": state.initial, "side road": state.exceptional, "end": state.final}
    return ", ".join(name for name, holds in kinds.items() if holds)


def _by(ways: Iterable[Transition]) -> str:
    return ", ".join(f"`{each}`" for each in dict.fromkeys(name for way in ways for name in way.by))


def _cell(title: Text) -> str:
    return f"{title.vi}, {title.en}"


def _row(key: str, title: Text, *more: str) -> str:
    cells = (f"`{key}`", title.vi, title.en, *more)
    return f"| {' | '.join(each.replace('|', '/') for each in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
