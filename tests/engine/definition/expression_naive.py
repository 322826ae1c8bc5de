"""A second, slow evaluator of expressions, written from the description of the language alone.

It walks Python's own tree of the source and shares no code with the engine: what both say is likely right.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

SAIGON = timezone(timedelta(hours=7))  # Vietnam has had no other offset since 1975


def evaluate(source: str, env: Mapping[str, Any]) -> Any:
    return _walk(ast.parse(source, mode="eval").body, env, None)


def _walk(node: ast.expr, env: Mapping[str, Any], row: Mapping[str, Any] | None) -> Any:
    if isinstance(node, ast.Constant):
        return Decimal(str(node.value)) if isinstance(node.value, float) else node.value
    if isinstance(node, ast.List):
        return [_walk(each, env, row) for each in node.elts]
    if isinstance(node, ast.Name | ast.Attribute):
        name = ast.unparse(node)
        if name in ("true", "false"):
            return name == "true"
        if row is not None and name in COLUMNS:
            return row.get(name)
        return env.get(name)
    if isinstance(node, ast.BoolOp):
        values = [_walk(each, env, row) for each in node.values]
        strong = not isinstance(node.op, ast.And)
        if strong in values:
            return strong
        return None if None in values else not strong
    if isinstance(node, ast.UnaryOp):
        value = _walk(node.operand, env, row)
        if value is None:
            return None
        return (not value) if isinstance(node.op, ast.Not) else -value
    if isinstance(node, ast.BinOp):
        left, right = _walk(node.left, env, row), _walk(node.right, env, row)
        if left is None or right is None:
            return None
        return {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}[type(node.op)]
    if isinstance(node, ast.Compare):
        outcomes = []
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            found = {
                _compare(operator, a, b)
                for a in _candidates(left, env, row)
                for b in _candidates(right, env, row)
            }
            outcomes.append(found.pop() if len(found) == 1 else None)
        return False if False in outcomes else None if None in outcomes else True
    assert isinstance(node, ast.Call)
    return _call(node, env, row)


def _candidates(node: ast.expr, env: Mapping[str, Any], row: Mapping[str, Any] | None) -> list[Any]:
    """Every value a side may have: a count over undecided rows may be several."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "count" and len(node.args) == 2:
        rows = env.get(ast.unparse(node.args[0]))
        if rows is not None:
            outcomes = [_walk(node.args[1], env, each) for each in rows]
            sure = outcomes.count(True)
            return list(range(sure, sure + outcomes.count(None) + 1))
    value = _walk(node, env, row)
    return [tuple(value) if isinstance(value, list) else value]


def _compare(operator: ast.cmpop, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    match operator:
        case ast.Eq():
            return bool(left == right)
        case ast.NotEq():
            return bool(left != right)
        case ast.Lt():
            return bool(left < right)
        case ast.LtE():
            return bool(left <= right)
        case ast.Gt():
            return bool(left > right)
        case ast.GtE():
            return bool(left >= right)
        case ast.In():
            return left in right
    return left not in right


def _call(node: ast.Call, env: Mapping[str, Any], row: Mapping[str, Any] | None) -> Any:
    function = ast.unparse(node.func)
    if function == "date":
        assert isinstance(node.args[0], ast.Constant)
        return date.fromisoformat(str(node.args[0].value))
    if function == "known":
        return _walk(node.args[0], env, row) is not None
    if function in ("age", "days_between", "hours_between", "working_days_between"):
        first, second = (_walk(each, env, row) for each in node.args)
        if first is None or second is None:
            return None
        if function == "hours_between":
            return Decimal((second - first) // timedelta(microseconds=1)) / 3600 / 1000000
        if function == "working_days_between":
            return env["calendar"].working_days_between(_day(first), _day(second))
        return (
            _age(first, _day(second))
            if function == "age"
            else _day(second).toordinal() - _day(first).toordinal()
        )
    over = _walk(node.args[0], env, row)
    if over is None:
        return None
    if len(node.args) == 1:
        return len(over)
    if function == "streak":
        return _streak(node, env, over)
    if function in ("sum", "max_of", "last"):
        values = [each.get(ast.unparse(node.args[1])) for each in over]
        if function == "last":
            return values[-1] if values else None
        if None in values:
            return None
        return sum(values) if function == "sum" else max(values) if values else None
    outcomes = [_walk(node.args[1], env, each) for each in over]
    if function == "count":
        return None if None in outcomes else outcomes.count(True)
    strong = function == "any_of"
    return strong if strong in outcomes else None if None in outcomes else not strong


def _streak(node: ast.Call, env: Mapping[str, Any], rows: Any) -> int | None:
    days = _walk(node.args[2], env, None)
    if days is None:
        return None
    dated = DATED[ast.unparse(node.args[0])]
    counted: list[date] = []
    for row in reversed(rows):
        if _walk(node.args[1], env, row) is not True:
            break
        at = row.get(dated)
        if at is not None and (not counted or counted[-1] - _day(at) >= timedelta(days=days)):
            counted.append(_day(at))
    return len(counted)


def _day(value: date) -> date:
    return value.astimezone(SAIGON).date() if isinstance(value, datetime) else value


def _age(birth: date, on: date) -> int:
    """By counting birthdays one after the other."""
    years = 0
    while _birthday(birth, birth.year + years + 1) <= on:
        years += 1
    while _birthday(birth, birth.year + years) > on:
        years -= 1
    return years


def _birthday(birth: date, year: int) -> date:
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


COLUMNS = {
    "note",
    "visited_on",
    "work_status",
    "hours",
    "in_school",
    "seen",
    "goal",
    "due",
    "cost",
    "called_at",
    "answered",
}
DATED = {"visits": "visited_on", "actions": "due", "calls": "called_at"}
