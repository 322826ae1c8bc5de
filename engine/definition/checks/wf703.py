"""WF703: a field that holds values and no longer means the same.

A field's id and type are frozen once it was used: what cases hold would be read wrongly, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definition.checks.rule import found
from engine.definition.findings import Finding, Severity
from engine.definition.live import Live
from engine.definition.model import Definition, Field

CODE = "WF703"
SEVERITY = Severity.ERROR


def check(old: Definition, new: Definition, live: Live) -> Iterator[Finding]:
    """Each change of a used field, also of one that an earlier version had; a warning where the field is gone."""
    for key, was in ({**live.before, **old.fields}).items():
        if key not in live.used or was.compute:
            continue
        path = f"fields.{key}"
        if key in new.fields:
            yield from _changes(new, path, key, was, new.fields[key])
        elif key in old.fields:
            yield found(new, CODE, Severity.WARNING, "fields", "removed", field=key, name=was.title)


def _changes(new: Definition, path: str, key: str, was: Field, now: Field) -> Iterator[Finding]:
    if now.compute:
        yield found(new, CODE, SEVERITY, f"{path}.compute", "computed", field=key)
    elif was.type is not now.type:
        yield found(
            new, CODE, SEVERITY, f"{path}.type", field=key, type=was.type.value, new_type=now.type.value
        )
    else:
        yield from _options(new, path, key, was.options, now.options)
        for column, each in was.columns.items():
            at, name = f"{path}.columns.{column}", f"{key}.{column}"
            if column not in now.columns:
                yield found(
                    new,
                    CODE,
                    Severity.WARNING,
                    f"{path}.columns",
                    "removed",
                    field=name,
                    name=each.title,
                )
            elif each.type is not now.columns[column].type:
                kinds = each.type.value, now.columns[column].type.value
                yield found(new, CODE, SEVERITY, f"{at}.type", field=name, type=kinds[0], new_type=kinds[1])
            else:
                yield from _options(new, at, name, each.options, now.columns[column].options)
    if was.open != now.open:
        yield found(new, CODE, SEVERITY, f"{path}.open", "opened" if now.open else "sealed", field=key)
    elif not was.open and was.of != now.of:
        yield found(new, CODE, SEVERITY, f"{path}.of", "of", field=key)


def _options(
    new: Definition, path: str, key: str, were: Mapping[str, object], are: Mapping[str, object]
) -> Iterator[Finding]:
    gone = tuple(each for each in were if each not in are)
    if gone and were:
        yield found(new, CODE, SEVERITY, f"{path}.options", "option", field=key, options=gone)
