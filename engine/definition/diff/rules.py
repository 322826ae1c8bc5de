"""How one attribute of a thing is judged when it is no longer the same: a rule for each sort of attribute.

A rule takes the old and the new value, which differ, and says the kind, the sentence and what fills it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engine.definition.diff.change import Kind, Sheet, Subject, What, title_of, worst
from engine.definition.durations import days_of
from engine.definition.flow import Duration, Limit

N, A, T, B = Kind.NEUTRAL, Kind.ADDITIVE, Kind.TIGHTENING, Kind.BREAKING
Verdict = tuple[Kind, str, Mapping[str, Any]]
Rule = Callable[[Sheet, Any, Any], Verdict | None]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a thing, the rule for it, and its key in the file where that is another."""

    name: str
    rule: Rule
    key: str = ""


def compared(
    sheet: Sheet, attributes: Collection[Attribute], path: str, subject: Subject, old: Any, new: Any
) -> None:
    """Notes each attribute that is no longer the same."""
    for each in attributes:
        was, now = getattr(old, each.name), getattr(new, each.name)
        verdict = each.rule(sheet, was, now) if was != now else None
        if verdict:
            kind, how, params = verdict
            sheet.note(
                kind, f"{path}.{each.key or each.name}".lstrip("."), f"{each.name}.{how}", subject, **params
            )


def keyed(
    sheet: Sheet, path: str, old: Mapping[str, Any], new: Mapping[str, Any], kinds: tuple[Kind, Kind],
    subject: Callable[[Any, str], Subject], inside: Callable[[str, Subject, Any, Any], None], whole: Subject,
) -> None:  # fmt: skip
    """Things by their ids: those that came and went, kinds being what that is, and what is `inside` those that stayed."""
    for key, each in new.items():
        at, about = f"{path}.{key}", subject(each, key)
        if key in old:
            inside(at, about, old[key], each)
        else:
            sheet.note(kinds[0], at, "thing.added", about, What.ADDED)
    for key, each in old.items():
        if key not in new:
            sheet.note(kinds[1], f"{path}.{key}", "thing.removed", subject(each, key), What.REMOVED)
    if [key for key in old if key in new] != [key for key in new if key in old]:
        sheet.note(N, path, f"order.{path.rpartition('.')[2]}", whole)


def subject_of(noun: str) -> Callable[[Any, str], Subject]:
    """A thing by its title alone."""
    return lambda thing, key: Subject(noun, title_of(thing, key))


# ------------------------------------------------------------------ rules


def words(sheet: Sheet, old: Any, new: Any) -> Verdict | None:
    """A text for people alone."""
    return N, _appears(old, new), {"old": old, "new": new}


def value(added: Kind, removed: Kind, changed: Kind, noun: str = "") -> Rule:
    """One value, or none. noun: what it names."""

    def rule(sheet: Sheet, old: Any, new: Any) -> Verdict:
        how = _appears(old, new)
        kind = {"added": added, "removed": removed, "changed": changed}[how]
        shown = [each if not noun or each is None else sheet.named(noun, each) for each in (old, new)]
        return kind, how, {"old": shown[0], "new": shown[1]}

    return rule


def switch(on: Kind, off: Kind) -> Rule:
    """Yes or no."""
    return lambda sheet, old, new: (on, "on", {}) if new else (off, "off", {})


def some(more: Kind, fewer: Kind, noun: str = "") -> Rule:
    """Several names in a list, whose order means nothing."""

    def rule(sheet: Sheet, old: Any, new: Any) -> Verdict:
        came = tuple(sheet.named(noun, each) for each in new if each not in old)
        went = tuple(sheet.named(noun, each) for each in old if each not in new)
        if not came and not went:
            return N, "order", {}
        how = "other" if came and went else "more" if came else "fewer"
        kinds = [more] * bool(came) + [fewer] * bool(went)
        return worst(kinds), how, {"added": came, "removed": went}

    return rule


def sources(sheet: Sheet, old: tuple[str, ...], new: tuple[str, ...]) -> Verdict | None:
    """The states a step starts from. Of states that one version alone has, it is told where they came or went."""
    kind, how, params = some(A, T, "state")(sheet, old, new) or (N, "", {})
    both = [
        [each for each in side if each in sheet.old.states and each in sheet.new.states]
        for side in (old, new)
    ]
    return (N if {*both[0]} == {*both[1]} else kind), how, params


def narrowing(noun: str) -> Rule:
    """A list that narrows: without any name there is no limit."""
    listed = some(A, T, noun)

    def rule(sheet: Sheet, old: Any, new: Any) -> Verdict:
        if old and new:
            return listed(sheet, old, new)  # type: ignore[return-value]
        shown = tuple(sheet.named(noun, each) for each in old or new)
        return (T, "narrowed", {"listed": shown}) if new else (A, "widened", {"listed": shown})

    return rule


def bound(higher: Kind, lower: Kind) -> Rule:
    """The least or most of a number, date or length."""

    def rule(sheet: Sheet, old: Any, new: Any) -> Verdict:
        how = _appears(old, new)
        params = {"old": old, "new": new}
        if how != "changed":
            return (T if how == "added" else A), how, params
        if isinstance(old, str) or isinstance(new, str) or type(old) is bool:
            return T, how, params
        return (higher if new > old else lower), how, params

    return rule


def duration(shorter: Kind, longer: Kind) -> Rule:
    """A time in which something may be done."""

    def rule(sheet: Sheet, old: Duration | None, new: Duration | None) -> Verdict:
        params = {"old": old, "new": new}
        if old is None or new is None:
            return (longer, "removed", params) if new is None else (shorter, "added", params)
        found = lengths(old, new)
        return T if found is None else shorter if found < 0 else longer, "changed", params

    return rule


def limits(sheet: Sheet, old: Any, new: Any) -> Verdict | None:
    """The durations of a time limit (some `Limit`s, or one)."""
    were, are = (dict(_durations(each if isinstance(each, tuple) else (each,))) for each in (old, new))
    signs = {
        key: _sign(were.get(key), are.get(key)) for key in (*were, *(key for key in are if key not in were))
    }
    changed = {key: sign for key, sign in signs.items() if sign != 0}
    if not changed:
        return N, "law", {}
    kind = A if set(changed.values()) == {1} else T
    how = "longer" if kind is A else "shorter" if set(changed.values()) == {-1} else "other"
    told = tuple(
        (
            sheet.named("field", field) if field else None,
            sheet.option(field, option),
            were.get(key),
            are.get(key),
        )
        for key in changed
        for field, option, _ in (key,)
    )
    return kind, how, {"durations": told}


def lengths(old: Duration, new: Duration) -> int | None:
    """-1 if the new one is certainly shorter, 1 longer, 0 the same; None where that is as the days fall."""
    if old.unit == new.unit:
        return (new.amount > old.amount) - (new.amount < old.amount)
    if days_of(new)[1] + 1 < days_of(old)[0]:
        return -1
    return 1 if days_of(old)[1] + 1 < days_of(new)[0] else None


def _sign(old: Duration | None, new: Duration | None) -> int | None:
    if old is None or new is None:
        return -1 if old is None else 1  # a limit where there was none
    return lengths(old, new)


def _durations(limits: tuple[Limit, ...]) -> Mapping[tuple[str, str, int], Duration]:
    """By field, option and number, for a field may be asked in two limits."""
    found: dict[tuple[str, str, int], Duration] = {}
    for each in limits:
        if each.duration:
            found["", "", sum(not key[0] for key in found)] = each.duration
        for option, length in each.durations.items():
            found[each.by, option, sum(key[:2] == (each.by, option) for key in found)] = length
    return found


def _appears(old: Any, new: Any) -> str:
    empty = [each is None or each in ("", ()) or not any(_texts(each)) for each in (old, new)]
    return "added" if empty[0] else "removed" if empty[1] else "changed"


def _texts(each: Any) -> tuple[Any, ...]:
    return (each.vi, each.en) if hasattr(each, "vi") else (True,)
