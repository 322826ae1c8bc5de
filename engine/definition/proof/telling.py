"""The values of a witness as an author writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.expression import Kind, write
from engine.definition.expression.tree import Const


def told(witness: Mapping[str, Any]) -> list[str]:
    """Values as an author writes them: risk_level = "low", known(child_dob) = false."""
    return [
        f"known({name}) = false" if value is None else f"{name} = {_written(value)}"
        for name, value in witness.items()
    ]


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return write(Const(value, Kind.TEXT)) if isinstance(value, bool) else str(value)
