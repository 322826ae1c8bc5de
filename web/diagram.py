"""The diagram of a definition as SVG data, and the marks that are laid upon it: by whom it is shown decides what they say.

Server-side and without styles of its own (strict policy): coordinates are attributes, looks are classes. Drawn by
templates/diagram.html; marks come from case_picture.py (one case) and heat.py (all cases in scope).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.definition.diagram import Diagram, Edge, Node, diagram
from engine.words import Words
from web.canvas import LINE, PADDING, WIDTH, Arrow, Box, Pair, canvas

LETTERS = 22  # of a title in one line
ORDER = ("", "usual", "track", "onward", "taken")  # looks of arrows, what is drawn last lies on top


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a box. look: a class. label: what a screen reader says instead, of a line with an address."""

    text: str
    look: str = ""
    href: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is laid upon a box. look: classes; lines: below its title; href: where a click on it leads, told by `label`."""

    look: str = ""
    lines: tuple[Line, ...] = ()
    href: str = ""
    label: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """What is laid upon an arrow. look: one of ORDER; number: shown before its tip; title: in words, for who points at it."""

    look: str = ""
    number: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """A box that is no state of the definition, in a lane of its own below: a track. source: the state it was opened in."""

    key: str
    title: str
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Marks:
    """All that is laid upon a diagram. ways may name pairs of states the definition has no way between: they are drawn too.

    start: the number of the opening, shown before the initial state.
    """

    states: Mapping[str, Mark] = field(default_factory=dict)
    ways: Mapping[Pair, Way] = field(default_factory=dict)
    beside: tuple[Beside, ...] = ()
    beside_title: str = ""
    start: str = ""


def drawing(words: Words, marks: Marks) -> dict[str, Any]:
    """What templates/diagram.html draws: the definition of `words` in its language with `marks` upon it."""
    definition, language = words.workflow.definition, words.language
    plain = diagram(definition)
    edges = {(edge.source, edge.target): edge for edge in plain.edges}
    graph, tracks = _with_beside(plain, marks)
    titles = {key: state.title.get(language) for key, state in definition.states.items()}
    titles |= {each.key: each.title for each in marks.beside}
    upon = {key: marks.states.get(key, Mark()) for key in definition.states}
    upon |= {each.key: each.mark for each in marks.beside}
    wrapped = {
        key: textwrap.wrap(title, LETTERS, max_lines=3, placeholder="…") for key, title in titles.items()
    }
    drawn = canvas(
        graph,
        [*edges, *marks.ways, *tracks],
        {key: len(wrapped[key]) + len(upon[key].lines) for key in titles},
        [pair for pair, way in marks.ways.items() if way.number],
        {each.key: "beside" for each in marks.beside},
    )
    ways = {pair: Way(title=_told(words, edge)) for pair, edge in edges.items()} | tracks
    for pair, way in marks.ways.items():
        ways[pair] = replace(way, title=way.title or (_told(words, edges[pair]) if pair in edges else ""))
    stages = [
        definition.stages[stage].get(language) if stage in definition.stages else "" for stage in plain.lanes
    ]
    initial = next(key for key, state in definition.states.items() if state.initial)
    return {
        "width": drawn.width,
        "height": drawn.height,
        "titles_width": drawn.boxes[initial].x + WIDTH,
        "lanes": [
            {
                "y": band.y,
                "height": band.height,
                "width": drawn.width - 8,
                "title": title,
                "title_y": band.title_y,
            }
            for band, title in zip(drawn.lanes, [*stages, marks.beside_title], strict=False)
        ],
        "ways": [
            _way(way, drawn.arrows[pair])
            for pair, way in sorted(ways.items(), key=lambda each: ORDER.index(each[1].look))
            if pair in drawn.arrows
        ],
        "numbers": _numbers(ways, drawn.arrows),
        "start": _start(drawn.boxes[initial], marks.start) if marks.start else None,
        "boxes": [
            _box(
                node, drawn.boxes[node.state], wrapped[node.state], upon[node.state], _kind(words, node.state)
            )
            for node in graph.nodes
        ],
    }


def names(words: Words, edge: Edge) -> str:
    """The titles of the ways of an edge, each once."""
    ways = (words.workflow.definition.way(key) for key in edge.transitions)
    return ", ".join(dict.fromkeys(way.title.get(words.language) for way in ways if way))


def _told(words: Words, edge: Edge) -> str:
    return f"{words.state(edge.source)} → {words.state(edge.target)}: {names(words, edge)}"


def _with_beside(plain: Diagram, marks: Marks) -> tuple[Diagram, dict[Pair, Way]]:
    """The graph with the boxes beside in a last lane, and the arrows that lead to them."""
    if not marks.beside:
        return plain, {}
    row = 1 + max(node.row for node in plain.nodes)
    columns = 1 + max(node.column for node in plain.nodes)
    nodes = [
        Node(each.key, len(plain.lanes), row + number // columns, number % columns)
        for number, each in enumerate(marks.beside)
    ]
    ways = {(each.source, each.key): Way("track", title=each.title) for each in marks.beside if each.source}
    return Diagram((*plain.lanes, "beside"), (*plain.nodes, *nodes), plain.edges), ways


def _kind(words: Words, key: str) -> str:
    state = words.workflow.definition.states.get(key)
    if state is None:
        return "node-beside"
    return "node-final" if state.final else "node-exceptional" if state.exceptional else ""


def _way(way: Way, arrow: Arrow) -> dict[str, Any]:
    look = f"edge-{way.look}" if way.look else ""
    return {
        "path": arrow.path,
        "title": way.title,
        "look": f"edge {look}".strip(),
        "tip": way.look or "plain",
    }


def _numbers(ways: Mapping[Pair, Way], arrows: Mapping[Pair, Arrow]) -> list[dict[str, Any]]:
    """The numbers on arrows; of several that come in together, all on the one place."""
    at: dict[tuple[int, int], list[str]] = {}
    for pair, way in ways.items():
        if way.number and pair in arrows:
            at.setdefault(arrows[pair].at, []).append(way.number)
    return [_pill(x, y, ", ".join(numbers)) for (x, y), numbers in at.items()]


def _pill(x: int, y: int, text: str) -> dict[str, Any]:
    width = max(18, 8 + 7 * len(text))
    return {"x": x - width // 2, "y": y - 9, "width": width, "text": text, "text_x": x, "text_y": y + 4}


def _start(box: Box, number: str) -> dict[str, Any]:
    y = box.y + box.height // 2
    return _pill(box.x - 34, y, number) | {"path": f"M{box.x - 25} {y} L{box.x - 7} {y}"}


def _box(node: Node, box: Box, title: list[str], mark: Mark, kind: str) -> dict[str, Any]:
    lines = [*(Line(text, "node-title") for text in title), *mark.lines]
    first = box.y + (box.height - LINE * len(lines)) // 2 + LINE - 4
    return {
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": box.height,
        "look": " ".join(filter(None, ("node", kind, mark.look))),
        "here": mark.here,
        "href": mark.href,
        "label": mark.label,
        "lines": [
            {
                "x": box.middle,
                "y": first + LINE * number,
                "text": line.text,
                "look": line.look,
                "href": line.href,
                "label": line.label,
                "top": first + LINE * number - LINE + 4 - PADDING // 2,
                "tall": LINE + PADDING,
            }
            for number, line in enumerate(lines)
        ],
    }
