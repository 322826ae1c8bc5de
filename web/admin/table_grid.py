"""A rule table as a grid: rules as rows, inputs as columns, in each cell what the rule asks of that input, in words.

A condition that reads several inputs at once stands in a column of its own. What the checks found stands above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.definition import checks, report
from engine.definition.decision import DecisionTable, Rule
from engine.definition.expression import Expression, conjuncts, explain
from engine.definition.findings import Finding, Severity
from web.laws import law_text
from web.texts import language, t

REST = ""  # the column of what reads several inputs, or none
LONG = 150  # characters: what is longer is folded away
KINDS = {Severity.ERROR: "late", Severity.WARNING: "soon", Severity.NOTE: "info"}


def grid(table: DecisionTable) -> dict[str, Any]:
    """{columns: [title], rows: [{key, title, when, cells: [{label, texts: [{text, long}]}], then, law, unconfirmed}],
    findings: [{kind, text, hint}]}.
    """
    asked = [_asked(table, rule) for rule in table.rules]
    used = [name for name in table.inputs if any(name in each for each in asked)]
    used += [REST] if any(REST in each for each in asked) else []
    titles = {name: _title(table, name) for name in used}
    return {
        "columns": [titles[name] for name in used],
        "rows": [
            {
                "key": rule.key,
                "title": rule.title.get(language()),
                "when": rule.when.source,
                "cells": [{"label": titles[name], "texts": each.get(name, [])} for name in used],
                "then": table.results[rule.then].get(language()) or rule.then,
                "law": law_text(rule.law),
                "unconfirmed": rule.unconfirmed,
            }
            for rule, each in zip(table.rules, asked, strict=True)
        ],
        "findings": [_told(each) for each in checks.of_table(table)],
    }


def _asked(table: DecisionTable, rule: Rule) -> dict[str, list[dict[str, Any]]]:
    """What a rule asks, by input."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in conjuncts(rule.when):
        read = set(part.reads) & set(table.inputs)
        name = next(iter(read)) if len(read) == 1 else REST
        text = _said(table, part)
        found.setdefault(name, []).append({"text": text, "long": len(text) > LONG})
    return found


def _said(table: DecisionTable, part: Expression) -> str:
    return explain(part, language(), lambda name: _label(table, name), mood="is")


def _title(table: DecisionTable, name: str) -> str:
    return table.inputs[name].title.get(language()) if name else t("admin.tables.rest")


def _label(table: DecisionTable, name: str) -> str:
    """The title of an input, of a column, or of a list of values; a value that is one number is said as the number."""
    if name in table.inputs:
        return table.inputs[name].title.get(language()) or name
    if name in table.values:
        value = table.values[name]
        if isinstance(value.value, int | Decimal) and not isinstance(value.value, bool):
            return _number(value.value)
        return value.title.get(language()) or name
    owner, _, column = name.partition(".")
    columns: Mapping[str, Any] = table.inputs[owner].columns if owner in table.inputs else {}
    if column in columns:
        return str(columns[column].title.get(language()) or column)
    for each in table.inputs.values():
        if name in each.columns:
            return each.columns[name].title.get(language()) or name
    return name


def _number(value: int | Decimal) -> str:
    """As Vietnam writes it: 1.500.000 and 7,5."""
    written = f"{value:,}"
    return written if language() == "en" else written.translate(str.maketrans(",.", ".,"))


def _told(finding: Finding) -> dict[str, str]:
    return {
        "kind": KINDS[finding.severity],
        "text": report.say(finding, language()),
        "hint": report.hint(finding, language()),
    }
