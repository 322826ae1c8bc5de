"""From the text of a file to a definition or a decision table, with everything that is wrong with it.

The whole way: strict reading, schema, code lists written in, building. Nothing here raises for a bad file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError

from engine.definition.build import Broken, build
from engine.definition.checks import in_order
from engine.definition.decision import DecisionTable, build_table
from engine.definition.findings import Finding
from engine.definition.functions import unknown_functions
from engine.definition.identity import content_hash
from engine.definition.model import Definition
from engine.definition.places import nearest_place
from schemas.canonical import Lists, inlined
from schemas.decision_table import TABLE
from schemas.definition import DEFINITION
from schemas.parts import Strict
from schemas.troubles import findings_of
from schemas.yaml_text import Tree, Unreadable, read


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a definition file. `definition` is there only if nothing is wrong.

    `plain` is the canonical form (see canonical.py), there as soon as the schema has nothing to say;
    `findings` are in the order of the file and all of them errors.
    """

    definition: Definition | None
    plain: dict[str, Any] | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """The same for a decision table."""

    table: DecisionTable | None
    plain: dict[str, Any] | None
    findings: tuple[Finding, ...]


def load(text: str | bytes, lists: Lists, functions: Collection[str] | None = None) -> Loaded | LoadedTable:
    """Whichever of the two the file is: one with `rules` is a decision table. Raises nothing."""
    try:
        tree = read(text)
    except Unreadable as unreadable:
        return Loaded(None, None, (unreadable.finding,))
    return _table(tree, lists) if "rules" in tree.plain else _definition(tree, lists, functions)


def load_definition(
    text: str | bytes,
    lists: Lists,
    functions: Collection[str] | None = None,
    reader: Callable[[str | bytes], Tree] = read,
) -> Loaded:
    """The definition that `text` says. Raises nothing.

    lists: the shared code lists by name. functions: those of the installation, if their names are to be checked.
    reader: `read`, or one that answers the same (yaml_pieces).
    """
    try:
        return _definition(reader(text), lists, functions)
    except Unreadable as unreadable:
        return Loaded(None, None, (unreadable.finding,))


def load_table(text: str | bytes, lists: Lists) -> LoadedTable:
    """The decision table that `text` says; `lists` are the shared code lists by name. Raises nothing."""
    try:
        return _table(read(text), lists)
    except Unreadable as unreadable:
        return LoadedTable(None, None, (unreadable.finding,))


def _definition(tree: Tree, lists: Lists, functions: Collection[str] | None) -> Loaded:
    plain, findings = _canonical(tree, DEFINITION, lists, "fields")
    if plain is None:
        return Loaded(None, None, findings)
    if functions is not None:
        findings = in_order((*findings, *unknown_functions(plain, functions, tree.places)))
    try:
        definition = build(plain, tree.places)
    except Broken as broken:
        return Loaded(None, plain, in_order((*findings, *broken.findings)))
    return Loaded(None if findings else definition, plain, findings)


def _table(tree: Tree, lists: Lists) -> LoadedTable:
    plain, findings = _canonical(tree, TABLE, lists, "inputs")
    if plain is None:
        return LoadedTable(None, None, findings)
    try:
        table = build_table({**plain, "sha256": content_hash(plain)}, tree.places)
    except Broken as broken:
        return LoadedTable(None, plain, in_order((*findings, *broken.findings)))
    return LoadedTable(None if findings else table, plain, findings)


def _canonical(
    tree: Tree, schema: Strict, lists: Lists, part: str
) -> tuple[dict[str, Any] | None, tuple[Finding, ...]]:
    """The canonical form, unless the schema refuses the file, and the findings up to here."""
    try:
        plain, unknown = inlined(schema.load(tree.plain), lists, part)
    except ValidationError as error:
        return None, in_order((*tree.findings, *findings_of(error.messages, tree)))
    placed = (replace(each, place=nearest_place(tree.places, each.path)) for each in unknown)
    return plain, in_order((*tree.findings, *placed))
