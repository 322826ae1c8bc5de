"""WF604: how long it takes at most until help comes, if every time limit is met; or why nobody can say.

Told of workflows with a milestone that reads the tracks: help is a track that is opened, or the case has ended.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.bounds import Bound, Bounds, longest
from engine.definition.checks.graph import circles, edges, groups, initial, reach
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF604"
SEVERITY = Severity.NOTE


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """One note, at the first such milestone."""
    starts, milestone = initial(definition), _of_help(definition)
    if not milestone or len(starts) != 1:
        return
    helps = {way.key for way in definition.ways if any(each.name == "open_subcase" for each in way.do)}
    open_states = [key for key, each in definition.states.items() if not each.final]
    moves = [
        each for each in edges(definition) if each.transition not in helps and each.source in open_states
    ]
    reached = reach(starts, moves)
    moves = [each for each in moves if each.source in reached]
    waiting = [each for each in open_states if each in reached]
    limits = Bounds(definition, waiting, moves)
    grouped = groups(moves)
    weights: dict[str, Bound] = {}
    endless, loops = [], []
    for circle in circles(moves):
        inside = next(each for each in grouped if circle[0].source in each)
        if limits.together(inside) is None:
            loops.append(" → ".join([*(edge.source for edge in circle), circle[0].source]))
        weights |= dict.fromkeys(inside, limits.together(inside) or Bound())
    for state in waiting:
        own = limits.of(state)
        if own is None:
            endless.append(state)
        weights.setdefault(state, own or Bound())
    path, title = f"milestones.{milestone}", definition.milestones[milestone].title
    if loops or endless:
        variant = "both" if loops and endless else "loops" if loops else "states"
        yield found(
            definition, CODE, SEVERITY, path, variant, witness={"loops": loops, "states": endless}, milestone=title,
            loops=loops, states=endless,
        )  # fmt: skip
    else:
        time, steps = longest(grouped, weights, starts[0], moves)
        yield found(
            definition, CODE, SEVERITY, path, witness={"days": time.most, "path": steps}, milestone=title,
            days=time.most, steps=steps,
        )  # fmt: skip


def _of_help(definition: Definition) -> str:
    """The first milestone that tracks reach."""
    found = (
        key
        for key, each in definition.milestones.items()
        if any(name.startswith("subcases.") for name in each.when.reads)
    )
    return next(found, "")
