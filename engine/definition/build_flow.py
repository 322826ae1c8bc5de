"""From canonical form to the moving side of a definition: states, time limits, transitions, effects.

Part of build.py, which says in what order things are built.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.definition.desk import Desk, text_of
from engine.definition.durations import parse_duration
from engine.definition.expression import Expression, Kind, Scope
from engine.definition.flow import (
    REOPEN,
    Condition,
    Deadline,
    Duration,
    Effect,
    Limit,
    Reopen,
    Repeat,
    State,
    Transition,
)
from engine.definition.model import Field, FieldType
from engine.definition.suggest import nearest
from engine.definition.text import Text
from engine.text import LANGUAGES, messages

Plain = Mapping[str, Any]
STAGE = "stage:"
WIDEST = 60  # alternatives of one trigger in a state, and conditions of one step
# The engine's own trigger of event 1, which four eyes may name: whoever opened the case may not do this.
OPEN = "open"


@dataclass(frozen=True)
class Names:
    """What a definition declares, for looking up what is named in it."""

    states: Mapping[str, Plain]
    stages: frozenset[str]
    forms: frozenset[str]
    triggers: Mapping[str, tuple[str, ...]]  # trigger → its transitions, from top to bottom
    steps: frozenset[str]  # transitions and triggers
    targets: frozenset[str]  # states and `same`
    four_eyes: frozenset[str]  # triggers and `open`
    starts: frozenset[str]  # what a deadline can run from
    measures: Mapping[str, Field]  # what a limit can go by
    truths: frozenset[str]  # boolean fields
    dates: frozenset[str]
    deadlines: frozenset[str]
    proposing: frozenset[str]  # triggers whose form waits for a second person
    links: frozenset[str]
    scope: Scope

    @classmethod
    def of(cls, plain: Plain, scope: Scope) -> Names:
        """The names of a whole canonical definition."""
        states = {each["key"]: each for each in plain.get("states", ())}
        triggers: dict[str, tuple[str, ...]] = {}
        for each in plain.get("transitions", ()):
            trigger = each.get("trigger", each["key"])
            triggers[trigger] = (*triggers.get(trigger, ()), each["key"])
        if reopened := tuple(f"{REOPEN}.{key}" for key, each in states.items() if "reopen" in each):
            triggers[REOPEN] = reopened
        timed = (
            *plain.get("deadlines", ()),
            *(each for state in states.values() for each in state.get("deadlines", ())),
        )
        transitions = frozenset(each["key"] for each in plain.get("transitions", ()))
        dates = scope.of_type(FieldType.DATE, FieldType.DATETIME)
        return cls(
            states=states,
            stages=frozenset(each["key"] for each in plain.get("stages", ())),
            forms=frozenset(each["key"] for each in plain.get("forms", ())),
            triggers=triggers,
            steps=transitions | set(triggers),
            targets=frozenset((*states, "same")),
            four_eyes=frozenset((*triggers, OPEN)),
            starts=frozenset(("entry", *dates, *transitions)),
            measures={key: scope.fields[key] for key in scope.of_type(FieldType.CHOICE, FieldType.BOOLEAN)},
            truths=scope.of_type(FieldType.BOOLEAN),
            dates=dates,
            deadlines=frozenset(each["key"] for each in timed),
            proposing=frozenset(
                each.get("trigger", each["key"])
                for each in plain.get("transitions", ())
                if each.get("proposes")
            ),
            links=frozenset(each["key"] for each in plain.get("links", ())),
            scope=scope,
        )


def build_state(plain: Plain, names: Names, desk: Desk) -> State:
    """One state with its time limits."""
    path = f"states.{plain['key']}"
    if "stage" in plain:
        desk.known(plain["stage"], names.stages, "stage", f"{path}.stage")
    return State(
        key=plain["key"],
        title=text_of(plain.get("title")),
        stage=plain.get("stage", ""),
        initial=plain.get("initial", False),
        final=plain.get("final", False),
        exceptional=plain.get("exceptional", False),
        interlude=plain.get("interlude", False),
        deadlines=build_deadlines(plain.get("deadlines", ()), f"{path}.deadlines", names, desk),
        repeats={
            each["key"]: _repeat(each, f"{path}.repeats.{each['key']}", names, desk)
            for each in plain.get("repeats", ())
        },
        reopen=_reopen(plain["reopen"], f"{path}.reopen", names, desk) if "reopen" in plain else None,
    )


def build_deadlines(plain: Iterable[Plain], path: str, names: Names, desk: Desk) -> dict[str, Deadline]:
    """The time limits that stand at `path`."""
    return {each["key"]: _deadline(each, f"{path}.{each['key']}", names, desk) for each in plain}


def _deadline(plain: Plain, path: str, names: Names, desk: Desk) -> Deadline:
    for number, state in enumerate(plain.get("pause_in", ())):
        desk.known(state, names.states, "state", f"{path}.pause_in.{number}")
    start = plain.get("from", "entry")
    if "or_from" in plain:  # a second date stands in for a first one
        desk.known(start, names.dates, "date_field", f"{path}.from")
        desk.known(plain["or_from"], names.dates, "date_field", f"{path}.or_from")
    else:
        desk.known(start, names.starts, "start", f"{path}.from")
    _pausing(plain, path, names, desk)
    if "then" in plain:
        desk.known(plain["then"], names.triggers, "trigger", f"{path}.then")
    return Deadline(
        key=plain["key"],
        title=text_of(plain.get("title")),
        within=tuple(
            _limit(each, f"{path}.within.{number}", names, desk)
            for number, each in enumerate(plain["within"])
        ),
        start=start,
        or_from=plain.get("or_from", ""),
        warn=_duration(plain.get("warn")),
        escalate_to=plain.get("escalate_to", ""),
        then=plain.get("then", ""),
        done_by=_steps(plain, "done_by", path, names, desk),
        starts=_steps(plain, "starts", path, names, desk),
        ends=_steps(plain, "ends", path, names, desk),
        pause_in=tuple(plain.get("pause_in", ())),
        pause_while=plain.get("pause_while", ""),
        law=plain.get("law", ""),
    )


def _pausing(plain: Plain, path: str, names: Names, desk: Desk) -> None:
    if "pause_while" in plain:
        desk.known(plain["pause_while"], names.truths, "boolean_field", f"{path}.pause_while")


def _repeat(plain: Plain, path: str, names: Names, desk: Desk) -> Repeat:
    _pausing(plain, path, names, desk)
    return Repeat(
        key=plain["key"],
        title=text_of(plain.get("title")),
        every=_limit(plain["every"], f"{path}.every", names, desk),
        done_by=_steps(plain, "done_by", path, names, desk),
        warn=_duration(plain.get("warn")),
        escalate_to=plain.get("escalate_to", ""),
        pause_while=plain.get("pause_while", ""),
        law=plain.get("law", ""),
    )


def _reopen(plain: Plain, path: str, names: Names, desk: Desk) -> Reopen:
    desk.known(plain["to"], names.states, "state", f"{path}.to")
    if "form" in plain:
        desk.known(plain["form"], names.forms, "form", f"{path}.form")
    return Reopen(
        by=tuple(plain["by"]),
        to=plain["to"],
        title=text_of(plain.get("title")),
        within=_duration(plain.get("within")),
        form=plain.get("form", ""),
        do=_effects(plain, path, names, desk),
    )


def build_reopenings(states: Mapping[str, State]) -> dict[str, Transition]:
    """The ways that `reopen` stands for; no author can write such a key."""
    usual = Text(*(messages().say(language, f"word.{REOPEN}") for language in LANGUAGES))
    return {
        f"{REOPEN}.{key}": Transition(
            key=f"{REOPEN}.{key}", trigger=REOPEN, title=state.reopen.title if state.reopen.title.vi else usual,
            sources=(key,), to=state.reopen.to, by=state.reopen.by, form=state.reopen.form,
            within=state.reopen.within, do=state.reopen.do,
            reason="optional" if state.reopen.form else "required",
        )
        for key, state in states.items()
        if state.reopen
    }  # fmt: skip


def build_moves(plain: Mapping[str, str], states: Collection[str], desk: Desk) -> dict[str, str]:
    """Where cases go from states that are no longer there."""
    for old, new in plain.items():
        path = f"moves.{old}"
        if old in states:
            desk.report("WF105", path, "moved_state", name=old)
        desk.known(new, states, "state", path)
    return dict(plain)


def _limit(plain: Plain, path: str, names: Names, desk: Desk) -> Limit:
    by, durations = plain.get("by", ""), plain.get("durations", {})
    if by and desk.known(by, names.measures, "choice_field", f"{path}.by"):
        options = names.measures[by].options or ("true", "false")
        for value in durations:
            if value not in options:
                suggestion = nearest(value, options)
                desk.report("WF306", f"{path}.{value}", "limit", name=value, field=by, suggestion=suggestion)
    return Limit(
        duration=_duration(plain.get("duration")),
        by=by,
        durations={value: parse_duration(each) for value, each in durations.items()},
        law=plain.get("law", ""),
    )


def _duration(plain: str | None) -> Duration | None:
    return parse_duration(plain) if plain else None


def _steps(plain: Plain, key: str, path: str, names: Names, desk: Desk) -> tuple[str, ...]:
    """Transitions named under `key`; a name that is a trigger stands for all transitions that share it."""
    steps: list[str] = []
    for number, name in enumerate(plain.get(key, ())):
        if desk.known(name, names.steps, "transition", f"{path}.{key}.{number}"):
            steps.extend(names.triggers.get(name, (name,)))
    return tuple(dict.fromkeys(steps))


def build_transition(plain: Plain, names: Names, desk: Desk) -> Transition:
    """One transition with its guard and effects."""
    path = f"transitions.{plain['key']}"
    to = None if plain["to"] == "same" else plain["to"]
    if to:
        desk.known(to, names.targets, "state", f"{path}.to")
    if "form" in plain:
        desk.known(plain["form"], names.forms, "form", f"{path}.form")
    for number, trigger in enumerate(plain.get("other_than", ())):
        desk.known(trigger, names.four_eyes, "trigger", f"{path}.other_than.{number}")
    return Transition(
        key=plain["key"],
        trigger=plain.get("trigger", plain["key"]),
        title=text_of(plain.get("title")),
        sources=_sources(plain["from"], to, f"{path}.from", names, desk),
        to=to,
        by=tuple(plain.get("by", ())),
        when=_guard(plain.get("when", ()), f"{path}.when", names.scope, desk),
        form=plain.get("form", ""),
        other_than=tuple(plain.get("other_than", ())),
        reason=plain.get("reason", "none"),
        do=_effects(plain, path, names, desk),
        appends=plain.get("appends", ""),
        aside=plain.get("aside", False),
        otherwise=plain.get("otherwise", False),
        at=plain.get("at", ""),
        proposes=plain.get("proposes", False),
        accepts=_proposal(plain, "accepts", path, names, desk),
        declines=_proposal(plain, "declines", path, names, desk),
        law=plain.get("law", ""),
    )


def _proposal(plain: Plain, key: str, path: str, names: Names, desk: Desk) -> str:
    """A trigger whose form proposes values, as named under `key`."""
    if key in plain:
        desk.known(plain[key], names.proposing, "proposal", f"{path}.{key}")
    return str(plain.get(key, ""))


def _sources(plain: Sequence[str], to: str | None, path: str, names: Names, desk: Desk) -> tuple[str, ...]:
    """The states a transition starts from. A stage stands for its states that are not final, except the
    target.
    """
    sources: list[str] = []
    for number, name in enumerate(plain):
        stage = name.removeprefix(STAGE)
        if stage == name:
            desk.known(name, names.states, "state", f"{path}.{number}")
            sources.append(name)
        elif desk.known(stage, names.stages, "stage", f"{path}.{number}"):
            inside = (key for key, each in names.states.items() if each.get("stage") == stage)
            sources.extend(key for key in inside if key != to and not names.states[key].get("final"))
    return tuple(dict.fromkeys(sources))


def not_too_many(transitions: Iterable[Transition], desk: Desk) -> None:
    """Each alternative is held against every other one, which only so many can be; told once for a trigger."""
    beside: Counter[tuple[str, str]] = Counter()
    told: set[str] = set()
    for way in transitions:
        beside.update((state, way.trigger) for state in way.sources)
        if way.trigger not in told and any(beside[state, way.trigger] > WIDEST for state in way.sources):
            told.add(way.trigger)
            desk.report("WF105", f"transitions.{way.key}", "alternatives", name=way.trigger, most=WIDEST)


def _guard(plain: Sequence[Plain], path: str, scope: Scope, desk: Desk) -> tuple[Condition, ...]:
    conditions = []
    if len(plain) > WIDEST:
        desk.report("WF105", f"{path}.{WIDEST}", "conditions", most=WIDEST)
        return ()
    for number, each in enumerate(plain):
        key = "if" if "if" in each else "need"
        if expression := desk.expression(each[key], scope, f"{path}.{number}.{key}", Kind.BOOLEAN):
            say = text_of(each.get("say"))
            conditions.append(Condition(expression, say, chooses=key == "if" or not (say.vi or say.en)))
    return tuple(conditions)


def _effects(plain: Plain, path: str, names: Names, desk: Desk) -> tuple[Effect, ...]:
    return tuple(
        _effect(each, f"{path}.do.{number}", names, desk) for number, each in enumerate(plain.get("do", ()))
    )


def _effect(plain: Plain, path: str, names: Names, desk: Desk) -> Effect:
    """One effect; its arguments are names, a `Text`, or expressions by field."""
    name, path = plain["effect"], f"{path}.{plain['effect']}"
    arguments: dict[str, Any] = {key: value for key, value in plain.items() if key != "effect"}
    match name:
        case "open_subcase":
            desk.known(plain["key"], names.scope.subcases, "subcase", path)
        case "cancel_subcases":
            everything = plain["keys"] == ["all"]
            arguments["keys"] = tuple(names.scope.subcases) if everything else tuple(plain["keys"])
            for number, key in enumerate(arguments["keys"]):
                desk.known(key, names.scope.subcases, "subcase", f"{path}.{number}")
        case "set":
            arguments["values"] = _assignments(plain["values"], path, names.scope, desk)
        case "clear":
            arguments["fields"] = tuple(plain["fields"])
            for number, key in enumerate(arguments["fields"]):
                desk.known(key, _settable(names.scope), "field", f"{path}.{number}")
        case "notify":
            arguments["say"] = text_of(plain["say"])
        case "stop_deadline":
            desk.known(plain["key"], names.deadlines, "deadline", path)
        case "own":
            desk.known(plain["field"], names.scope.of_type(FieldType.ACTOR), "actor_field", path)
        case "offer":
            desk.known(plain["field"], names.scope.of_type(FieldType.AREA), "area_type", path)
        case "link":
            desk.known(plain["to"], names.scope.of_type(FieldType.CASE), "case_field", f"{path}.to")
            desk.known(plain["as"], names.links, "link", f"{path}.as")
        case "unlink":
            desk.known(plain["as"], names.links, "link", f"{path}.as")
        case "open_case":
            desk.known(plain["as"], names.links, "link", f"{path}.as")
            arguments["values"] = _assignments(plain["values"], f"{path}.values", names.scope, desk)
    return Effect(name, arguments)


def _settable(scope: Scope) -> list[str]:
    return [key for key, each in scope.fields.items() if not each.compute]


def _assignments(plain: Mapping[str, str], path: str, scope: Scope, desk: Desk) -> dict[str, Expression]:
    values = {}
    for key, source in plain.items():
        if desk.known(key, _settable(scope), "field", f"{path}.{key}"):
            value = desk.expression(source, scope, f"{path}.{key}", Kind.of(scope.fields[key]))
            if value:
                values[key] = value
    return values
