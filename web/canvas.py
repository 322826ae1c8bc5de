"""Where the boxes and arrows of a diagram stand, in pixels: boxes in rows, arrows at right angles between them.

All arrows to one side of a box come in together, and no two that do not share a line lie upon each other. It knows
nothing of what is laid upon the drawing but how many lines of text each box holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from engine.definition.diagram import Diagram, Node

WIDTH, LINE, PADDING = 172, 17, 9  # of a box, of a line of text in it, above and below its text
LEFT, RIGHT, GAP = 64, 20, 44  # left of the boxes, where the titles of lanes end; between two boxes
TITLE, STEP, STUB, ROOM, ROUND = (
    28,
    7,
    14,
    28,
    6,
)  # of a lane's title; between arrows; at a box, with a number there
# Where arrows meet the top and bottom of a box, from its middle: straight down and up, out and in at the bottom and the top.
DOWN, OUT_BELOW, IN_ABOVE, OUT_ABOVE, IN_BELOW, UP = -40, -24, -8, 8, 24, 40
SIDEWAYS = 8  # from the middle of its side: an arrow to the right above, one to the left below

Pair = tuple[str, str]
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A box by its upper left corner."""

    x: int
    y: int
    height: int
    width: int = WIDTH

    @property
    def middle(self) -> int:
        """Its middle from the left."""
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Band:
    """A lane from top to bottom, with the base line of its title."""

    y: int
    height: int
    title_y: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow as an SVG path, and where a number stands on it, shortly before its tip."""

    path: str
    at: Point


@dataclass(frozen=True, slots=True)
class Canvas:
    """The whole: lanes in order, boxes by state, arrows by (from, to)."""

    width: int
    height: int
    lanes: tuple[Band, ...]
    boxes: Mapping[str, Box]
    arrows: Mapping[Pair, Arrow]


@dataclass
class _Tracks:
    """Which line of a passage each bundle of arrows takes: bundles that would meet take different ones."""

    spans: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def lines(self) -> dict[str, int]:
        ends: list[int] = []
        found: dict[str, int] = {}
        for key, at in sorted(self.spans.items(), key=lambda each: (min(each[1]), each[0])):
            free = next((line for line, end in enumerate(ends) if end < min(at)), len(ends))
            ends[free : free + 1] = [max(at)]
            found[key] = free
        return found


def canvas(
    graph: Diagram,
    pairs: Iterable[Pair],
    lines: Mapping[str, int],
    numbered: Collection[Pair] = (),
    bundles: Mapping[str, str] | None = None,
) -> Canvas:
    """`graph` with arrows for `pairs`. lines: of text by state. numbered: arrows that bear a number. bundles: by state a
    name; arrows to all states of one name take one line."""
    return _Drawing(graph, list(dict.fromkeys(pairs)), lines, frozenset(numbered), bundles or {}).canvas()


class _Drawing:
    def __init__(
        self,
        graph: Diagram,
        pairs: list[Pair],
        lines: Mapping[str, int],
        numbered: frozenset[Pair],
        bundles: Mapping[str, str],
    ) -> None:
        self.graph, self.bundles, self.numbered = graph, bundles, numbered
        self.nodes = {node.state: node for node in graph.nodes}
        self.pairs = [pair for pair in pairs if pair[0] != pair[1] and set(pair) <= self.nodes.keys()]
        self.rows = 1 + max((node.row for node in graph.nodes), default=-1)
        self.columns = 1 + max((node.column for node in graph.nodes), default=0)
        self.lane_of = {node.row: node.lane for node in graph.nodes}
        self.tall = [0] * self.rows
        for node in graph.nodes:
            self.tall[node.row] = max(self.tall[node.row], 2 * PADDING + LINE * lines.get(node.state, 1))
        # Passages: above row n (lines going down into boxes; then, under the row before, lines going up) and left of column n.
        self.above: dict[int, _Tracks] = defaultdict(_Tracks)
        self.below: dict[int, _Tracks] = defaultdict(_Tracks)
        self.beside: dict[int, _Tracks] = defaultdict(_Tracks)
        self.turns: dict[str, int] = {}

    def canvas(self) -> Canvas:
        for pair in self.pairs:
            if not self._is_straight(pair):
                self._reserve(pair)
        self.above_lines = {row: each.lines() for row, each in self.above.items()}
        self.below_lines = {row: each.lines() for row, each in self.below.items()}
        self.beside_lines = {column: each.lines() for column, each in self.beside.items()}
        self._place_columns()
        bands = self._place_rows()
        boxes = {
            key: Box(self.lefts[node.column], self.tops[node.row], self.tall[node.row])
            for key, node in self.nodes.items()
        }
        arrows = {pair: self._arrow(pair, boxes) for pair in self.pairs}
        return Canvas(self.width, self.height, bands, boxes, arrows)

    # ---- which way an arrow goes

    def _is_straight(self, pair: Pair) -> bool:
        one, other = self._ends(pair)
        rows, columns = abs(one.row - other.row), abs(one.column - other.column)
        return rows + columns == 1

    def _ends(self, pair: Pair) -> tuple[Node, Node]:
        return self.nodes[pair[0]], self.nodes[pair[1]]

    def _into_top(self, one: Node, other: Node) -> bool:
        return other.row > one.row or (other.row == one.row and other.column > one.column)

    def _passages(self, one: Node, other: Node) -> tuple[int, int]:
        """The passages above which rows an arrow leaves by and comes in by; of one within a row they are the same."""
        if other.row == one.row:
            row = one.row if other.column > one.column else one.row + 1
            return row, row
        return (one.row + 1, other.row) if other.row > one.row else (one.row, other.row + 1)

    def _key(self, target: str, into_top: bool) -> str:
        return f"{self.bundles.get(target, target)} {'top' if into_top else 'bottom'}"

    def _reserve(self, pair: Pair) -> None:
        one, other = self._ends(pair)
        top = self._into_top(one, other)
        key, tracks = self._key(pair[1], top), self.above if top else self.below
        leaves, comes = self._passages(one, other)
        start, end = (
            self._across(one, OUT_BELOW if top else OUT_ABOVE),
            self._across(other, IN_ABOVE if top else IN_BELOW),
        )
        if other.row == one.row:
            start = self._across(one, OUT_ABOVE if top else OUT_BELOW)
        if leaves == comes:
            tracks[leaves].spans[key] += [start, end]
            return
        turn = self.turns.setdefault(key, self._turn(one, other))
        middle = self._gap_middle(turn)
        tracks[leaves].spans[key] += [start, middle - GAP // 3, middle + GAP // 3]
        tracks[comes].spans[key] += [end, middle - GAP // 3, middle + GAP // 3]
        self.beside[turn].spans[key] += [leaves, comes]

    def _turn(self, one: Node, other: Node) -> int:
        """Left of which column an arrow passes the rows between: on the way, and where little passes already. Never left
        of the first, where titles stand."""

        def cost(column: int) -> tuple[int, int]:
            at = self._gap_middle(column)
            way = abs(at - self._across(one, 0)) + abs(at - self._across(other, 0))
            return way + 60 * len(self.beside[column].spans), abs(at - self._across(other, 0))

        return min(range(1, self.columns + 1), key=cost)

    def _across(self, node: Node, port: int) -> int:
        return node.column * (WIDTH + GAP) + WIDTH // 2 + port

    def _gap_middle(self, column: int) -> int:
        return column * (WIDTH + GAP) - GAP // 2

    # ---- where everything stands

    def _place_columns(self) -> None:
        self.lefts: list[int] = []
        x = LEFT
        for column in range(self.columns):
            self.lefts.append(x)
            lines = 1 + max(self.beside_lines.get(column + 1, {}).values(), default=-1)
            last = column == self.columns - 1
            x += WIDTH + (
                2 * STUB * bool(lines) + STEP * lines if last else max(GAP, 2 * STUB + STEP * lines)
            )
        self.width = x + RIGHT

    def _place_rows(self) -> tuple[Band, ...]:
        self.tops: list[int] = []
        self.above_from, self.below_from = [0] * (self.rows + 1), [0] * (self.rows + 1)
        bands: list[Band] = []
        y = start = 4
        for row in range(self.rows):
            if row == 0 or self.lane_of[row] != self.lane_of[row - 1]:
                if row:
                    bands.append(Band(start, y - start, start + 22))
                    y += 8
                start, y = y, y + TITLE
            lines = 1 + max(self.above_lines.get(row, {}).values(), default=-1)
            self.above_from[row] = y + 6
            y += 6 * bool(lines) + STEP * lines + self._stub(row, top=True)
            self.tops.append(y)
            y += self.tall[row]
            lines = 1 + max(self.below_lines.get(row + 1, {}).values(), default=-1)
            y += self._stub(row, top=False)
            self.below_from[row + 1] = y
            y += STEP * lines + 6 * bool(lines)
        bands.append(Band(start, y - start, start + 22))
        self.height = y + 4
        return tuple(bands)

    def _stub(self, row: int, *, top: bool) -> int:
        """Room at a box, more where an arrow comes in with a number."""
        for pair in self.numbered:
            if set(pair) <= self.nodes.keys() and self.nodes[pair[1]].row == row:
                one, other = self._ends(pair)
                upright = one.row != other.row or not self._is_straight(pair)
                if upright and self._into_top(one, other) is top:
                    return ROOM
        return STUB

    def _line_y(self, row: int, key: str, top: bool) -> int:
        if top:
            return self.above_from[row] + STEP * self.above_lines[row][key]
        return self.below_from[row] + STEP * self.below_lines[row][key]

    def _arrow(self, pair: Pair, boxes: Mapping[str, Box]) -> Arrow:
        one, other = self._ends(pair)
        source, target = boxes[pair[0]], boxes[pair[1]]
        if self._is_straight(pair):
            return self._straight(one, other, source, target)
        top = self._into_top(one, other)
        key = self._key(pair[1], top)
        leaves, comes = self._passages(one, other)
        out_above = (one.row == other.row) is top
        start = source.middle + (OUT_ABOVE if out_above else OUT_BELOW)
        end = target.middle + (IN_ABOVE if top else IN_BELOW)
        first, last = self._line_y(leaves, key, top), self._line_y(comes, key, top)
        points = [(start, source.y if out_above else source.bottom), (start, first)]
        if leaves != comes:
            turn = self.turns[key]
            passed = self.lefts[turn - 1] + WIDTH + STUB + STEP * self.beside_lines[turn][key]
            points += [(passed, first), (passed, last)]
        tip = target.y - 7 if top else target.bottom + 7
        points += [(end, last), (end, tip)]
        return Arrow(_rounded(points), (end, target.y - 17 if top else target.bottom + 17))

    def _straight(self, one: Node, other: Node, source: Box, target: Box) -> Arrow:
        if one.row == other.row:
            right = other.column > one.column
            y = source.y + source.height // 2 + (-SIDEWAYS if right else SIDEWAYS)
            start, end = (source.x + WIDTH, target.x - 7) if right else (source.x, target.x + WIDTH + 7)
            return Arrow(_rounded([(start, y), (end, y)]), ((start + end) // 2 + (-2 if right else 2), y))
        down = other.row > one.row
        x = source.middle + (DOWN if down else UP)
        start, end = (source.bottom, target.y - 7) if down else (source.y, target.bottom + 7)
        return Arrow(_rounded([(x, start), (x, end)]), (x, target.y - 17 if down else target.bottom + 17))


def _rounded(points: list[Point]) -> str:
    """A line along the points, its corners rounded as far as there is room."""
    path = [f"M{points[0][0]} {points[0][1]}"]
    for (before, at), (_, after) in zip(pairwise(points), pairwise(points[1:]), strict=False):
        near, far = _towards(at, before), _towards(at, after)
        path.append(f"L{near[0]} {near[1]} Q{at[0]} {at[1]} {far[0]} {far[1]}")
    path.append(f"L{points[-1][0]} {points[-1][1]}")
    return " ".join(path)


def _towards(corner: Point, end: Point) -> Point:
    """The point on the way from a corner to the next where its rounding begins."""
    away = [e - c for e, c in zip(end, corner, strict=True)]
    length = max(map(abs, away))
    cut = min(ROUND, length // 2)
    return (
        corner[0] + (away[0] > 0) * cut - (away[0] < 0) * cut,
        corner[1] + (away[1] > 0) * cut - (away[1] < 0) * cut,
    )
