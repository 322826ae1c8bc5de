"""What the building of a definition shares: the findings so far, look-ups of names, and the reading of
expressions.

Nothing here stops at the first problem: an author wants all of them at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.definition.expression import Expression, ExpressionError, Kind, Scope, parse
from engine.definition.findings import Finding, Severity
from engine.definition.model import Place
from engine.definition.places import nearest_place
from engine.definition.suggest import nearest
from engine.definition.text import Text


class Broken(ValueError):
    """A definition that does not hold together; `findings` are all the reasons, in the order of the file."""

    def __init__(self, findings: Collection[Finding]) -> None:
        super().__init__(", ".join(f"{each.code} {each.path}" for each in findings))
        self.findings = tuple(findings)


# Nobody mends more at one sitting, and looking for what was meant costs time.
MOST = 200


class Desk:
    """Collects findings about one file, the first `MOST` of them."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self.findings: list[Finding] = []

    def report(self, code: str, path: str, variant: str = "", column: int = 0, **params: Any) -> None:
        """Note an error at `path`, `column` characters into the text that stands there."""
        if len(self.findings) >= MOST:
            return
        place = nearest_place(self.places, path)
        if place and column:
            place = Place(place.line, place.column + column)
        self.findings.append(Finding(code, Severity.ERROR, path, place, params, variant=variant))

    def known(self, name: str, names: Collection[str], kind: str, path: str) -> bool:
        """Is `name` one of `names`? If not, note WF101 (`kind` is the sentence: state, field, form …)."""
        if name in names:
            return True
        suggestion = nearest(name, names) if len(self.findings) < MOST else ""
        self.report("WF101", path, kind, name=name, suggestion=suggestion)
        return False

    def expression(self, source: str, scope: Scope, path: str, want: Kind | None = None) -> Expression | None:
        """The expression that `source` says, or None with what is wrong with it noted."""
        if len(self.findings) >= MOST:
            return None
        try:
            return parse(source, scope, want=want)
        except ExpressionError as error:
            self.report(error.code, path, error.variant, error.column, **error.params)
            return None


def text_of(plain: Mapping[str, str] | None) -> Text:
    """A label from its canonical form."""
    return Text(**plain) if plain else Text()
