"""The usual road of a definition: how a case goes on from a state to a good end, when nothing out of the ordinary happens.

Pure, and for showing only: what a case may do is judged elsewhere.
"""

from __future__ import annotations

from engine.definition.diagram import in_order, moves
from engine.definition.model import Definition


def usual_road(definition: Definition, here: str) -> tuple[str, ...]:
    """The states from `here` (the first) to a final state that is not exceptional; empty at an end, or if none is reached.

    Along the states of the stage bar, never back and over as many as there are; from a side road first to the bar.
    """
    states = definition.states
    if here not in states or states[here].final:
        return ()
    ahead: dict[str, list[str]] = {}
    for source, target, _ in moves(definition):
        if not states[source].final:
            ahead.setdefault(source, []).append(target)
    order = {key: place for place, key in enumerate(in_order(definition))}
    chains = _chains(definition, ahead, order)
    level: dict[str, tuple[str, ...]] = {here: (here,)}
    seen = {here}
    while level:
        if reached := [key for key in level if key in chains]:
            best = min(reached, key=lambda key: _far(definition, order, here, key))
            return (*level[best], *chains[best][1:])
        level = {
            target: (*road, target)
            for key, road in reversed(level.items())
            for target in ahead.get(key, ())
            if target not in seen
        }
        seen |= level.keys()
    return ()


def _far(definition: Definition, order: dict[str, int], here: str, key: str) -> tuple[bool, int]:
    """How unlikely the bar is met again at `key`: usually near where it was left. Who stays in a state of tasks that come
    again goes on from there, not back.
    """
    away = order[key] - order[here]
    stays, stage = bool(definition.states[here].repeats), definition.states[here].stage
    return (away < 0 if stays else definition.states[key].stage != stage), abs(away)


def _chains(
    definition: Definition, ahead: dict[str, list[str]], order: dict[str, int]
) -> dict[str, tuple[str, ...]]:
    """By state of the bar the longest way along the bar to its end."""
    found: dict[str, tuple[str, ...]] = {}
    for key in sorted(order, key=order.__getitem__, reverse=True):
        state = definition.states[key]
        if state.exceptional:
            continue
        if state.final:
            found[key] = (key,)
            continue
        onward = [each for each in ahead.get(key, ()) if each in found and order[each] > order[key]]
        if onward:
            nearest = min(onward, key=lambda each: (-len(found[each]), order[each]))
            found[key] = (key, *found[nearest])
    return found
