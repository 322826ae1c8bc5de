"""The shipped workflows and rule tables, loaded once for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from engine.definition.decision import DecisionTable
from engine.definition.model import Definition
from schemas.load import load_definition, load_table
from workflows import catalogue


@cache
def definitions() -> Mapping[str, Definition]:
    """Every shipped workflow by id; a file with a finding fails the test that asks."""
    found = {}
    for name, text in catalogue.definition_texts().items():
        loaded = load_definition(text, catalogue.code_lists())
        assert loaded.definition is not None, (name, loaded.findings)
        found[loaded.definition.id] = loaded.definition
    return found


@cache
def tables() -> Mapping[str, DecisionTable]:
    """Every shipped rule table by file name."""
    found = {}
    for name, text in catalogue.decision_table_texts().items():
        loaded = load_table(text, catalogue.code_lists())
        assert loaded.table is not None, (name, loaded.findings)
        found[name] = loaded.table
    return found
