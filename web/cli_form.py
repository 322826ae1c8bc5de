"""`--set field=value` read with the fields of a step's form: typed values for the command, or why not.

The same reading as that of a form in the browser (schemas.forms), with the same names: `jobs-0-setting` is a
cell, `education.policy_item` a field of the track that the step opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from engine import Engine
from engine.commands import Blocker
from engine.definition.model import Field
from engine.words import Words
from engine.workflow import CompiledWay, Workflow
from schemas.forms import Read, read, unknown
from web.cli_common import words_of
from web.cli_words import Refused


class Part(NamedTuple):
    """One form within the form of a step: its own with the prefix "", or that of a track it opens."""

    prefix: str
    fields: Mapping[str, Field]
    workflow: Workflow


class Form(NamedTuple):
    """What a step asks for."""

    workflow: Workflow
    parts: tuple[Part, ...]


def form_of(engine: Engine, workflow: Workflow, ways: Iterable[CompiledWay]) -> Form:
    """The form of a trigger's ways; alternatives that differ ask for the fields of each."""
    own: dict[str, Field] = {}
    tracks: list[Part] = []
    for way in ways:
        own |= way.fields
        for effect in way.transition.do:
            if effect.name == "open_subcase":
                subcase = workflow.definition.subcases[effect.arguments["key"]]
                track = engine.library.newest(subcase.definition)
                if track:
                    asked = {
                        key: each for key, each in track.opening.fields.items() if key not in subcase.gives
                    }
                    tracks.append(Part(f"{subcase.key}.", asked, track))
    return Form(workflow, (Part("", own, workflow), *tracks))


def taken(
    engine: Engine, form: Form, assignments: Iterable[str]
) -> tuple[dict[str, Any], tuple[Blocker, ...]]:
    """(typed values, a blocker for each text that cannot be read or names no field). Refused: no `=` in it."""
    typed: dict[str, list[str]] = {}
    for each in assignments:
        name, sign, value = each.partition("=")
        if not sign:
            raise Refused("case.bad_set", text=each)
        typed.setdefault(name.strip(), []).append(value)
    values: dict[str, Any] = {}
    blockers: list[Blocker] = []
    known: dict[str, Field] = {}
    for part in form.parts:
        found = read(part.fields, typed, engine.library.zone, part.prefix)
        values |= {name: value for name, value in found.values.items() if _was_set(name, typed)}
        blockers += (Blocker(code, _params(part, path, found), path) for path, code in found.errors.items())
        known |= {part.prefix + key: each for key, each in part.fields.items()}
    blockers += (Blocker("field_unknown", {"field": name}, name) for name in unknown(typed, known))
    return values, tuple(blockers)


def sentence(engine: Engine, form: Form, blocker: Blocker, lang: str) -> str:
    """A blocker in words; one of a track's field in the words of the track."""
    return _words(engine, form, blocker, lang).blocker(blocker)


def _words(engine: Engine, form: Form, blocker: Blocker, lang: str) -> Words:
    of_track = (part for part in form.parts if part.prefix and blocker.field.startswith(part.prefix))
    part = next(of_track, form.parts[0])
    return words_of(engine, part.workflow, lang)


def _was_set(name: str, typed: Mapping[str, list[str]]) -> bool:
    """Only what was named is part of the command: an absent list of options is not an emptied one."""
    return any(each == name or each.startswith(f"{name}-") for each in typed)


def _params(part: Part, path: str, found: Read) -> dict[str, Any]:
    names = path.removeprefix(part.prefix).split(".")
    declared = part.fields.get(names[0])
    if declared is not None and len(names) == 3:
        declared = declared.columns.get(names[2], declared)
    params = {
        "field": declared.key if declared else path,
        "type": declared.type.value if declared else "text",
        "max": 200,
    }
    return params | ({"no_such_day": True} if path in found.no_such_day else {})
