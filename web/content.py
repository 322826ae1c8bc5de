"""The shipped content put into a store: areas, calendar, settings, rule tables, workflows; and the demo's people.

Used by `init` and by the demo. Content is published as it stands in workflows/; what is in force afterwards is the
store's, where an administrator may change it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cache
from typing import Any

from engine.definition.findings import Finding, Severity
from engine.definition.identity import content_hash
from engine.definition.model import Definition
from engine.store import reference
from engine.store.rows import (
    ActorRow,
    AgencyRow,
    AreaRow,
    DecisionTableRow,
    HoldingRow,
    SettingRow,
    SuccessionRow,
    SwapRow,
)
from engine.trial import examine
from schemas.load import Loaded, load_definition, load_table
from workflows import catalogue, grounds


class ContentFault(RuntimeError):
    """A shipped file has errors: a fault of this program's release, with the findings."""

    def __init__(self, name: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(name, [(each.code, each.path) for each in findings])


def load_content(connection: Any, at: datetime, by: str) -> None:
    """Put everything but people into the store. at: aware. by: who publishes."""
    reference.put_areas(
        connection,
        [
            AreaRow(
                id=each.id, code=each.code, valid_from=each.valid_from, valid_to=each.valid_to, level=each.level,
                name_vi=each.name.vi, name_en=each.name.en, parent=each.parent or None,
            )
            for each in catalogue.areas()
        ],
        [SuccessionRow(old=each.old, new=each.new) for each in catalogue.successions()],
    )  # fmt: skip
    reference.put_settings(
        connection,
        [
            SettingRow(key=each.key, value=each.value, unconfirmed=each.unconfirmed, law=each.law)
            for each in catalogue.settings().values()
        ],
    )
    calendar = catalogue.calendar()
    reference.put_swaps(
        connection,
        [
            SwapRow(calendar=calendar.id, day=each.day, worked=each.worked, reason=each.reason)
            for each in calendar.swaps
        ],
    )
    for row in _tables():
        reference.put_decision_table(connection, row)
    for definition, plain, text in _workflows():
        reference.put_definition(connection, definition.id, content_hash(plain), text, plain, at, by)


def load_demo_people(connection: Any) -> None:
    """The demo's agencies, people and what they hold; nobody has a password."""
    reference.put_agencies(
        connection,
        [
            AgencyRow(
                id=each.id, name_vi=each.name.vi, name_en=each.name.en, area=each.area, valid_from=each.valid_from,
                valid_to=each.valid_to,
            )
            for each in catalogue.agencies().values()
        ],
    )  # fmt: skip
    people = tuple(catalogue.demo_people().values())
    reference.put_actors(
        connection,
        [
            ActorRow(
                id=each.id, name=each.name, username=each.id, fs_uniquifier=secrets.token_hex(16),
                demo_order=each.one_click or None,
            )
            for each in people
        ],
    )  # fmt: skip
    reference.put_holdings(
        connection,
        [
            HoldingRow(
                id=f"{person.id}:{number}", actor=person.id, function=each.function, agency=each.agency, area=each.area,
                valid_from=each.valid_from, valid_to=each.valid_to,
            )
            for person in people
            for number, each in enumerate(person.holdings)
        ],
    )  # fmt: skip


@cache
def _tables() -> tuple[DecisionTableRow, ...]:
    """The shipped rule tables, read once a process."""
    found = []
    for name, text in catalogue.decision_table_texts().items():
        loaded = load_table(text, catalogue.code_lists())
        if loaded.table is None or loaded.plain is None:
            raise ContentFault(name, loaded.findings)
        table, plain = loaded.table, loaded.plain
        found.append(
            DecisionTableRow(
                id=table.id, valid_from=table.valid_from, valid_to=table.valid_to, sha256=content_hash(plain),
                source=text, plain=plain,
            )
        )  # fmt: skip
    return tuple(found)


@cache
def _workflows() -> tuple[tuple[Definition, dict[str, Any], str], ...]:
    """The shipped workflows, read once a process, none with an error; tracks before the case that opens them."""
    found: list[tuple[Definition, dict[str, Any], str]] = []
    for name, text in catalogue.definition_texts().items():
        loaded: Loaded = load_definition(text, catalogue.code_lists(), catalogue.functions())
        if loaded.definition is None or loaded.plain is None:
            raise ContentFault(name, loaded.findings)
        found.append((loaded.definition, loaded.plain, text))
    family = {definition.id: definition for definition, _, _ in found}
    for definition, _, _ in found:
        findings = examine(definition, family, grounds.shipped())
        errors = tuple(each for each in findings if each.severity is Severity.ERROR)
        if errors:
            raise ContentFault(definition.id, errors)
    return tuple(sorted(found, key=lambda each: len(each[0].subcases)))
