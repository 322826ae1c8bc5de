"""Random changes of the shipped definitions, each still a definition that can be built."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from engine.definition.build import Broken, build
from engine.definition.model import Definition
from schemas.load import load_definition
from workflows import catalogue

Plain = dict[str, Any]
FOLDER = Path(catalogue.__file__).parent
SHIPPED = sorted(each.stem for each in FOLDER.glob("*.yaml"))
TITLE = {"vi": "Khác", "en": "Other"}
GUARDS = (
    "case.cycle > 1",
    "case.cycle >= 2",
    "today > case.opened_at",
    "not known(case.came_from)",
    "case.cycle + case.cycle > 3",
)
# Each attribute with values it may take; None takes it away.
FIELD = {
    "title": [TITLE], "help": [TITLE, None], "open": [True, False], "min": [0, 3, None], "max": [5, 30, None],
    "private": ["strict", None], "of": ["child", "case"], "readers": [["auditor"], ["auditor", "opener"], None],
    "searchable": [True, None], "role": [TITLE, None], "holder": ["school", None], "law": ["Law 1", None],
    "type": ["text", "integer", "boolean", "date"],
}  # fmt: skip
WAY = {
    "title": [TITLE], "by": [["auditor"], ["auditor", "commune_officer"], None], "reason": ["none", "optional", "required"],
    "aside": [True, False], "other_than": [["open"], None], "law": ["Law 2", None], "trigger": ["other_trigger", None],
    "when": [[{"need": each}] for each in GUARDS] + [[{"if": GUARDS[0]}, {"need": GUARDS[3], "say": TITLE}], None],
    "do": [[{"effect": "notify", "who": ["auditor"], "say": TITLE}], None],
}  # fmt: skip
STATE = {
    "title": [TITLE], "exceptional": [True, None], "interlude": [True, None], "final": [True, None], "initial": [True, None],
    "deadlines": [
        [{"key": "due", "title": TITLE, "within": [{"duration": length}], **more}]
        for length in ("3 days", "5 days", "1 week", "5 working days", "1 month", "12 hours")
        for more in ({}, {"warn": "1 day"}, {"escalate_to": "auditor"})
    ] + [None],
    "repeats": [[{"key": "again", "title": TITLE, "every": {"duration": length}, "done_by": []}] for length in ("1 week", "2 weeks")] + [None],
    "reopen": [{"by": ["auditor"], "to": "closed", "within": "2 months"}, None],
}  # fmt: skip
WHOLE = {"title": [TITLE], "owner": ["auditor", None], "subject": ["child", "case"], "calendar": ["vn_public", "other"], "accept": [{"WF206": "vì vậy"}]}  # fmt: skip


MANY = 20  # so long an option list is cut to its first ones


@cache
def shipped(name: str) -> Plain:
    """The canonical form of a shipped definition, its long lists cut short."""
    plain = load_definition((FOLDER / f"{name}.yaml").read_bytes(), catalogue.code_lists()).plain
    assert plain
    for each in plain["fields"]:
        if "options" in each:
            each["options"] = each["options"][:MANY]
    return plain


def mutant(name: str, seed: int, changes: int) -> Definition:
    """A shipped definition after about so many random changes: those that cannot be built are not made."""
    random, plain = Random(seed), copy.deepcopy(shipped(name))  # noqa: S311 (cases of a test)
    built = original(name)
    for _ in range(changes):
        tried = copy.deepcopy(plain)
        random.choice(CHANGES)(random, tried)
        try:
            built, plain = build(tried), tried
        except (Broken, KeyError, ValueError, TypeError, ArithmeticError):
            continue
    return built


@cache
def original(name: str) -> Definition:
    """The shipped definition itself."""
    return build(shipped(name))


def _attribute(random: Random, thing: Plain, values: dict[str, list[Any]]) -> None:
    key = random.choice(sorted(values))
    value = random.choice(values[key])
    thing.pop(key, None)
    if value is not None:
        thing[key] = copy.deepcopy(value)


def _one(part: str, values: dict[str, list[Any]]) -> Callable[[Random, Plain], None]:
    return lambda random, plain: _attribute(random, random.choice(plain[part]), values)


def _removed(random: Random, plain: Plain) -> None:
    part = random.choice(
        ("transitions", "states", "forms", "fields", "milestones", "subcases", "deadlines", "stages")
    )
    if plain.get(part):
        plain[part].remove(random.choice(plain[part]))


def _added(random: Random, plain: Plain) -> None:
    part = random.choice(("transitions", "states", "fields", "forms", "stages"))
    thing = copy.deepcopy(random.choice(plain.get(part) or [{}]))
    thing["key"] = f"more{random.randrange(3)}"
    if thing["key"] not in {each["key"] for each in plain.get(part, ())}:
        plain.setdefault(part, []).insert(random.randrange(len(plain.get(part, ())) + 1), thing)


def _turned(random: Random, plain: Plain) -> None:
    part = random.choice(("transitions", "states", "fields", "forms", "stages", "subcases", "milestones"))
    random.shuffle(plain.get(part, []))


def _form(random: Random, plain: Plain) -> None:
    asked = random.choice(random.choice(plain["forms"])["sections"])["fields"]
    which = random.choice(("required", "when", "away", "order"))
    if which == "away" and len(asked) > 1:
        asked.remove(random.choice(asked))
    elif which == "order":
        random.shuffle(asked)
    elif which == "required":
        random.choice(asked)["required"] = random.random() < 0.5
    else:
        random.choice(asked)["required_when"] = random.choice(GUARDS)


def _options(random: Random, plain: Plain) -> None:
    choices = [each for each in plain["fields"] if each.get("options")]
    if choices:
        options = random.choice(choices)["options"]
        which = random.choice(("away", "disabled", "order", "more"))
        if which == "away":
            options.remove(random.choice(options))
        elif which == "disabled":
            random.choice(options)["disabled"] = True
        elif which == "order":
            random.shuffle(options)
        else:
            options.append({"key": "another", "title": TITLE})


def _columns(random: Random, plain: Plain) -> None:
    tables = [each for each in plain["fields"] if each.get("columns")]
    if tables:
        _attribute(random, random.choice(random.choice(tables)["columns"]), FIELD)


def _path(random: Random, plain: Plain) -> None:
    way = random.choice(plain["transitions"])
    states = [each["key"] for each in plain["states"]]
    if random.random() < 0.5:
        way["to"] = random.choice([*states, "same"])
    else:
        way["from"] = random.sample(states, random.randint(1, 2))


def _access(random: Random, plain: Plain) -> None:
    fields = [each["key"] for each in plain["fields"]]
    plain["access"][random.choice((*plain["access"], "auditor"))] = random.choice(
        (["*"], [], fields[:2], fields[1:4])
    )


CHANGES = (
    _one("fields", FIELD), _one("transitions", WAY), _one("states", STATE), _removed, _added, _turned, _form, _options, _columns,
    _path, _access, lambda random, plain: _attribute(random, plain, WHOLE), _one("transitions", WAY), _one("states", STATE),
)  # fmt: skip
