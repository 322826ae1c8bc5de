"""Titles of states that a version of a workflow does not have: as the nearest version before or after it that has them says."""

from __future__ import annotations

from engine.engine import Engine
from engine.published import VersionChanged
from engine.workflow import Workflow


def state_title(engine: Engine, workflow: Workflow, state: str, language: str) -> str:
    """The title of `state` in `workflow`, or in another version; the key itself only if no version has it."""
    newest = engine.library.newest(workflow.definition.id)
    most = newest.number if newest else workflow.number
    for number in sorted(range(1, most + 1), key=lambda each: (abs(each - workflow.number), each)):
        try:
            version = engine.library.workflow(workflow.definition.id, number)
        except (KeyError, VersionChanged):  # what was tampered with is told where versions are looked after
            continue
        if state in version.definition.states:
            return version.definition.states[state].title.get(language)
    return state
