"""WF701: a state that the new version no longer has, where open cases stand.

Publishing moves no case: they go on by their own version. But somebody has to have thought of where they go, and says so
under `moves`; the migration plan begins with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import found
from engine.definition.findings import Finding, Severity
from engine.definition.live import Live
from engine.definition.model import Definition
from engine.definition.text import Text

CODE = "WF701"
SEVERITY = Severity.ERROR


def check(old: Definition, new: Definition, live: Live) -> Iterator[Finding]:
    """Each such state, of whatever earlier version, that `moves` does not name."""
    for key, count in live.standing.items():
        if count and key not in new.states and key not in new.moves:
            title = old.states[key].title if key in old.states else Text(key)
            yield found(
                new, CODE, SEVERITY, "moves" if new.moves else "states",
                witness={"state": key, "cases": count}, state=key, title=title, count=count,
            )  # fmt: skip
