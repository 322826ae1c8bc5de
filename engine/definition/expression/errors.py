"""What goes wrong with an expression: when it is read (`ExpressionError`), when it runs (`GuardFault`).

Neither carries a sentence; those stand in messages/expression.*.toml under `finding.<code>.<variant>`.
"""

from __future__ import annotations

from typing import Any


class ExpressionError(ValueError):
    """An expression that cannot be accepted.

    code: WF310 (cannot be read), WF101 (unknown name), WF305 (kinds do not fit), WF306 (no such option).
    column: 0-based, in characters of the source. params fill the sentence `finding.<code>.<variant>`; those
    whose name ends in `_kind` are names of kinds and have words of their own (`expression.kind.*`).
    """

    def __init__(self, code: str, variant: str, column: int, **params: Any) -> None:
        super().__init__(f"{code}.{variant} at {column}")
        self.code = code
        self.variant = variant
        self.column = column
        self.params: dict[str, Any] = params


class GuardFault(Exception):
    """A compiled expression failed on these values: the step is refused and the fault recorded.

    Names the expression and the kind of error, never a value.
    """

    def __init__(self, source: str, error: Exception) -> None:
        super().__init__(f"{type(error).__name__} in: {source}")
        self.source = source
