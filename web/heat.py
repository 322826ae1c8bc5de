"""All cases in scope on the diagram of their workflow: how many wait where, for how long, and how many are late.

A pure making of marks (diagram.py) from a definition and its counts; what is counted is the store's, who may see it the page's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from engine.definition.model import Definition
from engine.definition.road import usual_road
from engine.words import Words
from web.case_model import time_spent
from web.diagram import Line, Mark, Marks, Way, drawing
from web.texts import t

SHADES = 4


@dataclass(frozen=True, slots=True)
class Count:
    """Of one state: open cases now, how many of them are late, the median time they have been there."""

    n: int
    late: int
    median: timedelta


Title = Callable[[str], str]
"""The title of a state, of one that this version does not have too."""

Address = Callable[[str, str], str]
"""(state, "" or "late") → the list that a number counts."""


def counted(cells: Iterable[Any], medians: Mapping[str, timedelta]) -> dict[str, Count]:
    """By state what the grid counts (rows with state, n, late)."""
    n: dict[str, int] = {}
    late: dict[str, int] = {}
    for row in cells:
        n[row.state] = n.get(row.state, 0) + row.n
        late[row.state] = late.get(row.state, 0) + row.late
    return {state: Count(n[state], late[state], medians.get(state, timedelta())) for state in n}


def heat(words: Words, counts: Mapping[str, Count], address: Address, title: Title) -> dict[str, Any]:
    """Data for the heat map on the supervision page: the drawing, the same as a list, and states no longer in the workflow."""
    states = words.workflow.definition.states
    fullest = _fullest(counts)
    rows = [
        _row(key, title(key), counts[key], address) | {"shade": shade(counts[key].n, fullest)}
        for key in [*states, *sorted(counts.keys() - states.keys())]
        if key in counts
    ]
    return {
        "title": t("heat.title"),
        "note": t("heat.note"),
        "label": t("heat.label", title=words.workflow.definition.title.get(words.language)),
        "drawing": drawing(words, marks(words, counts, address)),
        "legend": [
            {"look": f"heat legend-heat-{shade}", "text": t(f"heat.legend.{shade}")} for shade in (1, SHADES)
        ]
        + [
            {"look": "late", "sign": "▲", "text": t("heat.legend.late")},
            *(
                {"look": look, "text": t(f"picture.legend.{look}")}
                for look in ("road", "plain", "exceptional", "final")
            ),
        ],
        "rows": rows,
        "gone": [row for row in rows if row["key"] not in states],
        "gone_text": t("heat.gone"),
    }


def marks(words: Words, counts: Mapping[str, Count], address: Address) -> Marks:
    """What is laid upon the diagram. The shade tells the load against that of the fullest state; the number says it too."""
    definition = words.workflow.definition
    fullest = _fullest(counts)
    states = {
        key: _mark(words, key, each, shade(each.n, fullest), address)
        for key, each in counts.items()
        if key in definition.states and each.n
    }
    road = usual_road(definition, _initial(definition))
    return Marks(states, {pair: Way("usual") for pair in pairwise(road)})


def _fullest(counts: Mapping[str, Count]) -> int:
    return max((each.n for each in counts.values()), default=0)


def shade(n: int, fullest: int) -> int:
    """0 for nothing, then 1 to SHADES by the share of the fullest; where all are few, none is shown as full."""
    return -(-SHADES * n // max(fullest, SHADES)) if n else 0


def _mark(words: Words, key: str, count: Count, level: int, address: Address) -> Mark:
    row = _row(key, words.state(key), count, address)
    lines = [Line(row["n"], "node-count"), Line(row["median"], "node-note")]
    if count.late:
        lines.append(Line(f"▲ {row['late']}", "node-late", row["late_href"], row["late_label"]))
    return Mark(
        f"node-heat-{level}", tuple(lines), row["href"], f"{row['title']}: {row['n']}, {row['median']}"
    )


def _row(key: str, title: str, count: Count, address: Address) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "n": t("heat.cases", n=count.n),
        "median": t("heat.median", amount=time_spent(count.median))
        if count.median >= timedelta(hours=1)
        else t("heat.median_new"),
        "href": address(key, ""),
        "late": t("heat.late", n=count.late) if count.late else "",
        "late_href": address(key, "late"),
        "late_label": f"{title}: {t('heat.late', n=count.late)}",
    }


def _initial(definition: Definition) -> str:
    return next(key for key, state in definition.states.items() if state.initial)
