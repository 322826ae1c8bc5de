"""The diagram of a definition as SVG data: boxes in lanes, arrows between them, the present state marked.

Server-side and without styles of its own (strict policy): coordinates are attributes, looks are classes. The ways on from
the present state are told in words too: what an arrow means is otherwise seen only by who points at it.
"""

from __future__ import annotations

import textwrap
from typing import Any

from engine.definition.diagram import Edge, Node, diagram
from engine.words import Words

WIDTH, HEIGHT, GAP, LANE, TOP, LEFT = 148, 52, 34, 128, 44, 44  # LEFT: the titles end before the first arrows
LINE = 19  # characters of a label in one line


def drawing(words: Words, here: str, visited: frozenset[str]) -> dict[str, Any]:
    """What templates/case/diagram.html draws. here: the present state; visited: where the case has been."""
    definition = words.workflow.definition
    graph = diagram(definition)
    places = {node.state: node for node in graph.nodes}
    columns = max((node.column for node in graph.nodes), default=0) + 1
    width = 2 * LEFT + columns * WIDTH + (columns - 1) * GAP
    return {
        "width": width,
        "height": len(graph.lanes) * LANE + 8,
        "lanes_width": LEFT + WIDTH,
        "lanes": [
            {
                "y": number * LANE + 4,
                "height": LANE - 8,
                "width": width - 8,
                "title": definition.stages[stage].get(words.language) if stage in definition.stages else "",
                "title_y": number * LANE + 26,
            }
            for number, stage in enumerate(graph.lanes)
        ],
        "nodes": [_node(words, node, here, visited) for node in graph.nodes],
        "edges": [
            {
                "path": _path(places[edge.source], places[edge.target]),
                "title": f"{words.state(edge.source)} → {words.state(edge.target)}: {_names(words, edge)}",
                "look": "edge edge-here" if edge.source == here else "edge",
            }
            for edge in sorted(graph.edges, key=lambda edge: edge.source == here)  # these on top
        ],
        "onward": [
            {"names": _names(words, edge), "state": words.state(edge.target)}
            for edge in graph.edges
            if edge.source == here
        ],
    }


def _node(words: Words, node: Node, here: str, visited: frozenset[str]) -> dict[str, Any]:
    state = words.workflow.definition.states[node.state]
    x, y = _corner(node)
    look = "node-here" if node.state == here else "node-done" if node.state in visited else ""
    lines = textwrap.wrap(state.title.get(words.language), LINE, max_lines=3, placeholder="…")
    return {
        "x": x,
        "y": y,
        "width": WIDTH,
        "height": HEIGHT,
        "look": f"node {look} {'node-final' if state.final else ''}".strip(),
        "here": node.state == here,
        "lines": [
            {"x": x + WIDTH // 2, "y": y + HEIGHT // 2 + 5 + 14 * number - 7 * (len(lines) - 1), "text": line}
            for number, line in enumerate(lines)
        ],
    }


def _corner(node: Node) -> tuple[int, int]:
    return LEFT + node.column * (WIDTH + GAP), TOP + node.lane * LANE


def _path(source: Node, target: Node) -> str:
    """A straight arrow to the next box, a bow within the lane, or a curve to another lane."""
    (x1, y1), (x2, y2) = _corner(source), _corner(target)
    if source.lane == target.lane:
        middle = y1 + HEIGHT // 2
        if target.column == source.column + 1:
            return f"M{x1 + WIDTH} {middle} L{x2 - 7} {middle}"
        over = y1 - 14 if target.column > source.column else y1 + HEIGHT + 16
        edge = y1 if target.column > source.column else y1 + HEIGHT
        end = edge - 7 if target.column > source.column else edge + 7
        start, stop = x1 + WIDTH // 2 + 12, x2 + WIDTH // 2 - 12
        return f"M{start} {edge} C{start} {over} {stop} {over} {stop} {end}"
    down = target.lane > source.lane
    start_y, end_y = (y1 + HEIGHT, y2 - 7) if down else (y1, y2 + HEIGHT + 7)
    bend = 40 if down else -40
    start, stop = x1 + WIDTH // 2 + (10 if down else -10), x2 + WIDTH // 2 + (10 if down else -10)
    if (
        abs(target.lane - source.lane) > 1
    ):  # past the boxes of the lanes between, in the gap between two columns
        before = (
            target.column and target.column >= source.column
        )  # never before the first, where titles stand
        gap = x2 - GAP // 2 if before else x2 + WIDTH + GAP // 2
        out, back = start_y + bend, end_y - bend
        return f"M{start} {start_y} C{start} {out} {gap} {start_y} {gap} {out} L{gap} {back} C{gap} {end_y} {stop} {back} {stop} {end_y}"
    return f"M{start} {start_y} C{start} {start_y + bend} {stop} {end_y - bend} {stop} {end_y}"


def _names(words: Words, edge: Edge) -> str:
    ways = (words.workflow.definition.way(key) for key in edge.transitions)
    return ", ".join(dict.fromkeys(way.title.get(words.language) for way in ways if way))
