"""Which cases go to which version of their workflow, and how: a plan, generated and then confirmed by a person.

What has the same id goes to the same id. For the rest the generator proposes a neighbour and marks it as a guess; a plan
with a guess that concerns somebody cannot be applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from engine.deadlines.moving import RULES
from engine.definition.identity import content_hash
from engine.definition.model import Definition, Field
from engine.moving import Move

STAY = "@stay"  # cases in this state stay on their version
HAND = "@hand"  # a person says for each case in this state where it goes


class PlanBroken(ValueError):
    """A plan cannot be carried out: `code` and `params` make the sentence, `where` names the part."""

    def __init__(self, code: str, where: str, **params: Any) -> None:
        self.code, self.where, self.params = code, where, params
        super().__init__(code, where)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """From version `source` of `definition` to version `target`.

    states: every state of the old version to one of the new, STAY or HAND. fields: old name to new. defaults: field of
    the new version to the JSON of a value, for cases that hold none. limits: as `plan_move` takes its rules. hand:
    case id to its state, before what `states` says. guesses: "states.KEY" and "fields.KEY" that nobody has confirmed.
    areas, only: areas (with all below) and states to which the plan is limited; empty: all. reverts: the migration
    whose moves it takes back.
    """

    definition: str
    source: int
    target: int
    states: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    hand: Mapping[str, str] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    reverts: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON, for the store and for its hash."""
        return asdict(self) | {name: list(getattr(self, name)) for name in ("guesses", "areas", "only")}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Plan:
        """From what `plain` gave. TypeError for anything else."""
        return cls(**{**plain, **{name: tuple(plain.get(name, ())) for name in ("guesses", "areas", "only")}})

    @cached_property
    def sha256(self) -> str:
        """Names the plan for ever."""
        return content_hash(self.plain)

    @cached_property
    def _renamed(self) -> Mapping[str, str]:
        return {old: new for old, new in self.states.items() if new not in (STAY, HAND, old)}

    def goes_to(self, case: str, state: str) -> str:
        """Where a case that stands in `state` goes: a state, STAY or HAND."""
        return self.hand.get(case) or self.states.get(state, HAND)

    def move(self, migration: str, state: str) -> Move:
        """How a case goes to `state`."""
        return Move(
            migration=migration, plan=self.sha256, to=self.target, state=state, states=self._renamed, fields=self.fields,
            defaults=self.defaults, limits=self.limits, reverts=self.reverts,
        )  # fmt: skip


def plan_between(old: Definition, new: Definition, source: int, target: int) -> Plan:
    """The plan that follows from the two versions alone."""
    states: dict[str, str] = {}
    guesses: list[str] = []
    for key in old.states:
        if key in new.states and new.states[key].final == old.states[key].final:
            states[key] = key
        elif key in new.moves:
            states[key] = new.moves[key]
        else:
            states[key] = _neighbour(old, new, key) or HAND
            guesses += [f"states.{key}"]
    fields = dict(_renamed(old, new))
    guesses += [f"fields.{key}" for key in fields]
    return Plan(
        definition=old.id, source=source, target=target, states=states, fields=fields, guesses=tuple(guesses)
    )


def inverse(plan: Plan, old: Definition, new: Definition, reverts: str) -> Plan:
    """The plan that takes `plan`, from `old` to `new`, back. Where several states became one, or a state is new, a
    person says where a case goes unless nothing has happened to it since: then it is put back as it was.
    """
    became: dict[str, list[str]] = {}
    for was, now in plan.states.items():
        became.setdefault(now, []).append(was)
    back = plan_between(new, old, plan.target, plan.source)
    states = {
        key: became[key][0]
        if len(became.get(key, ())) == 1
        else back.states[key]
        if key in old.states
        else HAND
        for key in new.states
    }
    return replace(
        back,
        states=states,
        guesses=(),
        fields={now: was for was, now in plan.fields.items()},
        reverts=reverts,
    )


def confirmed(plan: Plan, **changes: Any) -> Plan:
    """The plan with a person's changes; what was changed or named in `sure` is no guess any more.

    Besides the fields of a plan: sure: guesses that are right as they stand.
    """
    sure = set(changes.pop("sure", ()))
    for part in ("states", "fields"):
        if part in changes:
            before: Mapping[str, str] = getattr(plan, part)
            sure |= {f"{part}.{key}" for key in before if changes[part].get(key) != before[key]}
    return replace(plan, **changes, guesses=tuple(each for each in plan.guesses if each not in sure))


def check(plan: Plan, old: Definition, new: Definition) -> None:
    """Raises PlanBroken for the first thing that no case could be moved by."""
    for was, now in plan.states.items():
        if was not in old.states:
            raise PlanBroken("plan_old_state", f"states.{was}", name=was)
        if now not in new.states and now not in (STAY, HAND):
            raise PlanBroken("plan_state", f"states.{was}", name=now)
        if now in new.states and new.states[now].final != old.states[was].final:
            raise PlanBroken("plan_final", f"states.{was}", name=now)
    for was, now in plan.fields.items():
        if was not in old.fields or now not in new.fields:
            raise PlanBroken("plan_field", f"fields.{was}", name=was, other=now)
        if old.fields[was].type is not new.fields[now].type:
            raise PlanBroken("plan_type", f"fields.{was}", name=was, other=now)
        if not plan.reverts and _disclosed(old.fields[was], new.fields[now]):
            raise PlanBroken("plan_private", f"fields.{was}", name=was, other=now)
    if len(set(plan.fields.values())) < len(plan.fields):
        raise PlanBroken("plan_twice", "fields")
    for case, state in plan.hand.items():
        if state not in new.states and state != STAY:
            raise PlanBroken("plan_state", f"hand.{case}", name=state)
    for path, rule in plan.limits.items():
        if rule not in RULES:
            raise PlanBroken("plan_rule", f"limits.{path}", name=rule)
    for name in plan.defaults:
        if name not in new.fields or new.fields[name].compute:
            raise PlanBroken("plan_default", f"defaults.{name}", name=name)


def _disclosed(was: Field, now: Field) -> bool:
    """Would what is sealed stand in clear, under another key or before more eyes, only because it has another name?"""
    if was.open:
        return False
    more_eyes = bool(was.readers) and not (now.readers and {*now.readers} <= {*was.readers})
    return now.open or was.of != now.of or (was.strict and not now.strict) or more_eyes


# ------------------------------------------------------------------ guesses


def _neighbour(old: Definition, new: Definition, key: str) -> str:
    """The state of the new version that stands most where `key` stood: between the same states, in the same stage."""
    before, after = _around(old, key)
    state = old.states[key]

    def likeness(other: str) -> tuple[int, int, int]:
        sources, targets = _around(new, other)
        shared = len(before & sources) + len(after & targets)
        near = (other in after) * 2 + (other in before)
        return (shared * 2 + near, new.states[other].stage == state.stage, other not in old.states)

    candidates = [other for other, each in new.states.items() if each.final == state.final]
    best = max(candidates, key=likeness, default="")
    return best if best and likeness(best)[0] else ""


def _around(definition: Definition, key: str) -> tuple[set[str], set[str]]:
    """The states from which one comes to `key`, and to which one goes from it."""
    moving = [each for each in definition.ways if each.to is not None]
    sources = {source for way in moving if way.to == key for source in way.sources} - {key}
    return sources, {way.to for way in moving if key in way.sources and way.to} - {key}


def _renamed(old: Definition, new: Definition) -> Iterator[tuple[str, str]]:
    """Fields that are gone, each with the new one that alone could be the same: same type, same title."""
    gone = [each for key, each in old.fields.items() if key not in new.fields and not each.compute]
    come = [each for key, each in new.fields.items() if key not in old.fields and not each.compute]
    for each in gone:
        like = [other for other in come if _alike(each, other)]
        if len(like) == 1 and sum(_alike(other, like[0]) for other in gone) == 1:
            yield each.key, like[0].key


def _alike(one: Field, other: Field) -> bool:
    return (
        one.type is other.type
        and one.open == other.open
        and not _disclosed(one, other)
        and one.title.get("vi").casefold() == other.title.get("vi").casefold()
    )
