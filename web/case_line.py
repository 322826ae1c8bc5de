"""The step line of a case: the usual states of its version in order, what it passed, where it stands, what lies ahead.

What it passed under an earlier version is called as it was then; a state that only that version had stays on the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.definition.model import Definition
from engine.reading import CaseView
from engine.timeline import Entry
from engine.words import Words
from web.person import engine
from web.places import Place, places
from web.words_then import then


class Step(NamedTuple):
    """A state on the line. gone: only an earlier version had it."""

    key: str
    title: str
    stage: str
    gone: bool = False


def bar(view: CaseView, words: Words) -> dict[str, Any]:
    """The line as templates/shapes.html draws it: by stage; states off the line are shown as a badge."""
    definition, state = words.workflow.definition, view.scene.state
    been = places(engine(), words, view.story)
    called = {place.state: place.called for place in been.values()}
    line = _line(view, words, been)
    here = next((at for at, each in enumerate(line) if each.key == state), None)
    line = [each for at, each in enumerate(line) if not each.gone or here is None or at < here]
    stages: list[dict[str, Any]] = []
    for at, each in enumerate(line):
        phase = "done" if each.key in called and (here is None or at < here) else "ahead"
        phase = "here" if at == here else phase
        if not stages or stages[-1]["key"] != each.stage:
            stages.append({"key": each.stage, "title": _stage(words, each.stage), "states": []})
        title = called[each.key] if phase == "done" else each.title
        stages[-1]["states"].append({"title": title, "phase": phase})
    for stage in stages:
        phases = [each["phase"] for each in stage["states"]]
        stage["phase"] = next((each for each in ("here", "done") if each in phases), "ahead")
    return {
        "stages": stages,
        "stage": _stage(words, definition.states[state].stage),
        "state": words.state(state),
        "step": None if here is None else here + 1,  # off the line there is no number to tell
        "of": len(line),
    }


def _line(view: CaseView, words: Words, been: Mapping[int, Place]) -> list[Step]:
    """The usual states of the version, and where each stood then, those only an earlier one had that the case was in."""
    definition = words.workflow.definition
    line = [Step(key, words.state(key), definition.states[key].stage) for key in _usual(definition)]
    became = {entry.to_state: been[entry.seq].state for entry in view.story}
    gone = {
        place.state: entry
        for entry in view.story
        if (place := been[entry.seq]).state not in definition.states
    }
    for key, entry in gone.items():
        old = then(engine().library, words, entry.number).workflow.definition
        at = _behind(line, old, entry, became)
        if at is not None:
            beside = [each.stage for each in line[max(at - 1, 0) : at + 1]]
            stage = old.states[entry.to_state].stage
            line.insert(
                at, Step(key, been[entry.seq].called, stage if stage in beside else beside[0], gone=True)
            )
    return line


def _behind(line: list[Step], old: Definition, entry: Entry, became: Mapping[str, str]) -> int | None:
    """Where a state of an older version stands: behind the nearest that stood before it there; None if off the line."""
    usual, keys = _usual(old), [each.key for each in line]
    if entry.to_state not in usual:
        return None
    before = (became.get(key, key) for key in reversed(usual[: usual.index(entry.to_state)]))
    return next((keys.index(key) + 1 for key in before if key in keys), 0)


def _usual(definition: Definition) -> list[str]:
    return [key for key, state in definition.states.items() if not state.exceptional]


def _stage(words: Words, stage: str) -> str:
    title = words.workflow.definition.stages.get(stage)
    return title.get(words.language) if title else ""
