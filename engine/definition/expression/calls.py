"""The functions of the language: how many arguments of which kinds, and what they answer.

Part of the reading of expressions; what the functions compute stands in functions.py and closures.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from engine.definition.expression.kinds import Kind, KindName
from engine.definition.expression.tree import Call, Column, Const, Fold, Folding, Function, Name, Node

if TYPE_CHECKING:
    from engine.definition.expression.reading import Reader

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY: tuple[KindName, ...] = ("date", "datetime")
_MOMENT: tuple[KindName, ...] = ("datetime",)
_NUMBER: tuple[KindName, ...] = ("integer", "decimal")

_SCALAR: Mapping[Function, tuple[tuple[tuple[KindName, ...], ...], Kind]] = {
    "age": ((("date",), _DAY), Kind.INTEGER),
    "days_between": ((_DAY, _DAY), Kind.INTEGER),
    "hours_between": ((_MOMENT, _MOMENT), Kind.DECIMAL),
    "working_days_between": ((_DAY, _DAY), Kind.INTEGER),
}
_ARITY: Mapping[Folding, tuple[int, ...]] = {
    "count": (1, 2), "any_of": (2,), "all_of": (2,), "sum": (2,), "max_of": (2,), "last": (2,), "streak": (3,),
}  # fmt: skip


def read_call(reader: Reader, node: ast.Call) -> Node:
    """A call of a listed function by its bare name; anything else is refused."""
    if not isinstance(node.func, ast.Name):
        raise reader.refusal(node, "WF310", "construct", construct="Call")
    name = node.func.id
    if name not in _FUNCTIONS:
        raise reader.unknown(node, name, "function", _FUNCTIONS)
    return _FUNCTIONS[name](reader, node)


def _arguments(reader: Reader, node: ast.Call, name: str, *expected: int) -> list[ast.expr]:
    if node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
        raise reader.refusal(node, "WF310", "construct", construct="keyword" if node.keywords else "Starred")
    if len(node.args) not in expected:
        wanted = " / ".join(map(str, expected))
        raise reader.refusal(node, "WF305", "arity", function=name, expected=wanted, given=len(node.args))
    return node.args


def _argument(reader: Reader, node: ast.expr, name: str, kinds: tuple[KindName, ...]) -> Node:
    found = reader.node(node)
    if found.kind.name not in kinds:
        raise reader.refusal(
            node, "WF305", "argument",
            function=name, text=reader.quote(node), found_kind=found.kind.name, expected_kind=kinds[0],
        )  # fmt: skip
    return found


def _scalar(name: Function) -> Callable[[Reader, ast.Call], Node]:
    wanted, kind = _SCALAR[name]

    def read(reader: Reader, node: ast.Call) -> Node:
        written = _arguments(reader, node, name, len(wanted))
        if name == "working_days_between" and not reader.scope.around:
            raise reader.refusal(node, "WF305", "no_calendar", function=name)
        pairs = zip(written, wanted, strict=True)
        return Call(name, tuple(_argument(reader, each, name, kinds) for each, kinds in pairs), kind)

    return read


def _known(reader: Reader, node: ast.Call) -> Node:
    [argument] = _arguments(reader, node, "known", 1)
    found = reader.node(argument)
    if not isinstance(found, Name | Column):
        raise reader.refusal(argument, "WF305", "known_of", text=reader.quote(argument))
    return Call("known", (found,), Kind.BOOLEAN)


def _date(reader: Reader, node: ast.Call) -> Node:
    [argument] = _arguments(reader, node, "date", 1)
    if isinstance(argument, ast.Constant) and _ISO_DATE.fullmatch(str(argument.value)):
        try:
            return Const(date.fromisoformat(str(argument.value)), Kind.DATE)
        except ValueError:
            pass  # 2021-02-30
    raise reader.refusal(argument, "WF310", "date", text=reader.quote(argument))


def _fold(name: Folding) -> Callable[[Reader, ast.Call], Node]:
    def read(reader: Reader, node: ast.Call) -> Node:
        arguments = _arguments(reader, node, name, *_ARITY[name])
        if name == "count" and len(arguments) == 1:
            return _count(reader, arguments[0])
        table = _table(reader, arguments[0], name)
        match name:
            case "sum":
                column = _column(reader, arguments[1], name, table, _NUMBER)
                return Fold(name, table, column.kind, column=column)
            case "max_of":
                column = _column(reader, arguments[1], name, table, (*_NUMBER, *_DAY))
                return Fold(name, table, column.kind, column=column)
            case "last":
                column = _column(reader, arguments[1], name, table)
                return Fold(name, table, column.kind, column=column)
            case "streak":
                return _streak(reader, arguments, table)
        kind = Kind.INTEGER if name == "count" else Kind.BOOLEAN
        return Fold(name, table, kind, predicate=_predicate(reader, arguments[1], table))

    return read


def _count(reader: Reader, argument: ast.expr) -> Node:
    """Rows of a table, or ticked options: also in a predicate, where it is no fold."""
    found = _argument(reader, argument, "count", ("table", "choices"))
    if found.kind.name == "table" and isinstance(found, Name):
        return Fold("count", _table(reader, argument, "count"), Kind.INTEGER)
    return Call("count", (found,), Kind.INTEGER)


def _streak(reader: Reader, arguments: list[ast.expr], table: Name) -> Node:
    dated = next((key for key, each in table.kind.columns.items() if Kind.of(each).is_day), "")
    if not dated:
        raise reader.refusal(arguments[0], "WF305", "no_date_column", table=table.name)
    predicate = _predicate(reader, arguments[1], table)
    days = _argument(reader, arguments[2], "streak", ("integer",))
    if isinstance(days, Const) and days.value < 0:
        raise reader.refusal(arguments[2], "WF305", "negative_days", text=reader.quote(arguments[2]))
    column = Column(table.name, dated, Kind.of(table.kind.columns[dated]))
    return Fold("streak", table, Kind.INTEGER, predicate=predicate, column=column, days=days)


def _table(reader: Reader, node: ast.expr, function: str) -> Name:
    if reader.table:
        raise reader.refusal(node, "WF305", "nested", function=function)
    found = reader.node(node)
    if not isinstance(found, Name) or found.kind.name != "table":
        raise reader.refusal(
            node, "WF305", "argument",
            function=function, text=reader.quote(node), found_kind=found.kind.name, expected_kind="table",
        )  # fmt: skip
    return found


def _predicate(reader: Reader, node: ast.expr, table: Name) -> Node:
    reader.table = table
    found = reader.truth(node)
    reader.table = None
    return found


def _column(
    reader: Reader, node: ast.expr, function: str, table: Name, kinds: tuple[KindName, ...] | None = None
) -> Column:
    columns = table.kind.columns
    if not isinstance(node, ast.Name) or node.id not in columns:
        raise reader.unknown(node, reader.quote(node), "column", columns)
    kind = Kind.of(columns[node.id])
    if kinds and kind.name not in kinds:
        raise reader.refusal(
            node, "WF305", "argument",
            function=function, text=node.id, found_kind=kind.name, expected_kind=kinds[0],
        )  # fmt: skip
    return Column(table.name, node.id, kind)


_FUNCTIONS: Mapping[str, Callable[[Reader, ast.Call], Node]] = {
    **{name: _scalar(name) for name in _SCALAR},
    **{name: _fold(name) for name in _ARITY},
    "known": _known,
    "date": _date,
}
