"""The state machine can see: with any one kind of blocker taken out of the engine, or a part of its work, it fails.

Each plant changes one function of the engine. The examples are always the same, so that a plant
once found is found again.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.stateful import run_state_machine_as_test
from sortedcontainers import SortedSet

from engine import Blocker, Engine, FixedClock, Outcome, change, judge, lookup, mentions, proposals
from engine import engine as module
from engine.deadlines import DeadlinePlan, planning, reckoning
from engine.definition.expression import TRUE
from engine.definition.model import FieldType
from engine.lookup import Lookup
from engine.store.steps import Conflict, StepTransaction
from engine.worker import errands
from tests.engine.model.base import START, prepare
from tests.engine.model.machine import machine_for
from tests.engine.model.roads_machine import roads_machine_for
from tests.engine.model.test_model import RUNS
from tests.engine.roads import build_roads
from tests.support.world import build

Patch = Callable[[pytest.MonkeyPatch], None]
ALWAYS = settings(
    RUNS, max_examples=300, derandomize=True, database=None, phases=[Phase.generate], print_blob=False
)


@pytest.fixture(autouse=True)
def the_same_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis draws constants from whatever modules this process has loaded: none, so that nothing else decides."""
    none = providers.Constants(
        integers=SortedSet(), floats=SortedSet(), bytes=SortedSet(), strings=SortedSet()
    )
    monkeypatch.setattr(providers, "_get_local_constants", lambda: none)


@pytest.fixture
def crowded(sqlite_database: str) -> Iterator[Engine]:
    engine = build(sqlite_database, FixedClock(START))
    prepare(engine.database)
    yield engine
    engine.database.close()


@pytest.fixture
def crowded_roads(sqlite_database: str) -> Iterator[Engine]:
    engine = build_roads(sqlite_database, FixedClock(START))
    prepare(engine.database)
    yield engine
    engine.database.close()


def without(code: str, where: Any, name: str) -> Patch:
    """`where.name`, which gives blockers, no longer gives `code`."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(where, name)

        def blind(*args: Any, **kwargs: Any) -> Any:
            found: Iterable[Blocker] = original(*args, **kwargs)
            return [each for each in found if each.code != code]

        monkeypatch.setattr(where, name, blind)

    return plant


def without_guard(code: str) -> Patch:
    """A guard that would be told as `code` counts as true."""

    def plant(monkeypatch: pytest.MonkeyPatch) -> None:
        original = judge.guard_of

        def blind(*args: Any) -> Any:
            guard = original(*args)
            left = [each for each in guard.blockers if each.code != code]
            return guard._replace(blockers=left, mask=guard.mask if left or not guard.blockers else TRUE)

        monkeypatch.setattr(judge, "guard_of", blind)

    return plant


def instead(where: Any, name: str, function: Any) -> Patch:
    """`where.name` is `function`."""
    return lambda monkeypatch: monkeypatch.setattr(where, name, function)


def without_refusal(code: str) -> Patch:
    """`_no_such_case` overlooks `code`."""
    original = Lookup._no_such_case

    def blind(*args: Any) -> Blocker | None:
        found = original(*args)
        return None if found and found.code == code else found

    return instead(Lookup, "_no_such_case", blind)


def first_outcome(engine: Engine, transaction: StepTransaction, *rest: Any) -> Outcome:
    """The first outcome, whatever the second command says."""
    _, root, case, seq = rest[-1].earlier
    return transaction.outcome(root, case, seq)


def forgetful(original: Callable[..., Any]) -> Callable[..., Any]:
    """A look that never finds an earlier command."""

    def look(*args: Any, **kwargs: Any) -> Any:
        return replace(original(*args, **kwargs), earlier=None)

    return look


def without_links(original: Callable[..., Any]) -> Callable[..., Any]:
    """The other case is told of nothing."""
    return lambda *args: replace(original(*args), links=[])


def with_all_rows(original: Callable[..., Any]) -> Callable[..., Any]:
    """A table is read to its end."""
    return lambda engine, case, names, _=None: original(engine, case, names)


def careless(original: Callable[..., bytes]) -> Callable[..., bytes]:
    """A digest of anything."""

    def digest_of(*args: Any) -> bytes:
        try:
            return original(*args)
        except ValueError:
            return b"\0" * 32

    return digest_of


BLOCKERS: dict[str, Patch] = {
    "function": without("function", judge, "_person"),
    "scope": without("scope", judge, "_person"),
    "four_eyes": without("four_eyes", judge, "_person"),
    "guard": without_guard("guard"),
    "guard_missing": without_guard("guard_missing"),
    "guard_fault": without_guard("guard_fault"),
    "field_missing": instead(judge, "lacking", lambda *_: ()),
    "reason": without("reason", judge, "_of_form"),
    **{
        code: without(code, judge, "check")
        for code in (
            "field_unknown", "field_type", "field_length", "field_characters", "field_option", "field_low", "field_high",
        )
    },
    "wrong_state": instead(judge, "_not_here", lambda _, trigger: Blocker("unknown_trigger", {"trigger": trigger})),
    "unknown_trigger": instead(judge, "_not_here", lambda _, trigger: Blocker("wrong_state", {"trigger": trigger})),
    "stale": instead(lookup, "is_stale", lambda *_: False),
    "command_reused": instead(Lookup, "_again", first_outcome),
    "id_invalid": instead(lookup, "is_id", lambda _: True),
    "value_unusable": instead(lookup, "digest_of", careless(lookup.digest_of)),
    "area_invalid": instead(module, "with_area", lambda _library, _scene, _command, _values, blockers: blockers),
    "unknown_case": without_refusal("unknown_case"),
    "case_exists": without_refusal("case_exists"),
    "unknown_definition": without_refusal("unknown_definition"),
    "agency": without_refusal("agency"),
}  # fmt: skip
OF_ROADS: dict[str, Patch] = {
    **{
        code: without(code, proposals, "blockers")
        for code in ("proposal_waiting", "proposal_none", "proposal_empty", "own_entry", "proposal_overtaken")
    },
    "reopen_late": without("reopen_late", judge, "_too_late"),
    **{code: without(code, mentions, "_cases") for code in ("case_number", "case_itself", "case_merged")},
}
OF_TRACKS, OF_DECISIONS, OF_TABLES, OF_TAMPERING, OF_LISTS, OF_MOVES = (
    {"join", "track", "track_once", "track_open"},
    {"decision_reason"},
    {"field_rows", "field_fixed"},
    {"record_broken"},  # no command leads there
    {"taken_back"},  # told by the undoing of a list, by no step: tests/engine/importing
    # told of a move to another version, by no step: tests/engine/test_moving.py
    {
        "unknown_version",
        *(
            f"move_{what}"
            for what in (
                "state",
                "final",
                "track",
                "returns",
                "came_from",
                "field",
                "value",
                "pending",
                "failed",
            )
        ),
    },
)  # the toy has none
MESSAGES = Path(module.__file__).parent / "messages" / "blocker.vi.toml"
WORK: dict[str, Patch] = {
    "time limits": instead(change, "_time", lambda *_, **__: DeadlinePlan()),
    "owner": instead(change, "_own", lambda *_: None),
    "the same command again": instead(StepTransaction, "look", forgetful(StepTransaction.look)),
    "what is shown": instead(module, "ways", lambda *_: ()),
    "the function acted under": instead(
        judge, "holding_for", lambda scene, *_: next(iter(scene.seen.holdings), None)
    ),
    "every event is stale-making": instead(lookup, "is_stale", lambda *_: True),
}
ON_ROADS: dict[str, Patch] = {  # planted by tests/soak/model.py
    "who proposed it": instead(proposals, "_proposers", lambda *_: set()),
    "who wrote it": instead(proposals, "_wrote", lambda *_: False),
    "the scope of an offer": instead(
        judge, "in_scope", lambda _scene, holding, _way: holding.covers or holding.offered
    ),
    "a limit that stands still": instead(planning, "stands_still", lambda *_: False),
    "the second date": instead(reckoning, "_source", lambda declared, _: declared.start),
    "a link to the other case": instead(change, "of_link", without_links(change.of_link)),
    "an offer that ends with the case": instead(change, "_closed", lambda _: True),
    "rows that came later": instead(errands, "_values", with_all_rows(errands._values)),
    "ids made of what they are about": instead(errands, "uuid5", lambda *_: uuid4()),
    "cycle": instead(module.changes, "REOPEN", "never"),
}


# Where the engine itself runs into what the blocker kept away from it; else the machine must see another answer.
BREAKS: dict[str, type[Exception]] = {
    "case_number": KeyError,
    "case_itself": KeyError,
    "field_type": Exception,
    "id_invalid": ValueError,
    "unknown_case": AttributeError,
    "unknown_definition": AttributeError,
    "the same command again": Conflict,
}


def test_every_kind_of_blocker_the_toy_can_give_is_planted(crowded: Engine) -> None:
    (toy,) = (each.definition for each in crowded.library.current())
    assert not toy.subcases
    assert not toy.decisions
    assert FieldType.TABLE not in {each.type for each in toy.fields.values()}
    told = set(tomllib.loads(MESSAGES.read_text("utf-8"))["blocker"])
    others = OF_TRACKS | OF_DECISIONS | OF_TABLES | OF_TAMPERING | OF_LISTS | OF_MOVES
    assert told == BLOCKERS.keys() | OF_ROADS.keys() | others


def test_without_a_plant_the_machine_finds_nothing(crowded: Engine) -> None:
    machine_for(crowded)().every_mistake()
    run_state_machine_as_test(machine_for(crowded), settings=settings(ALWAYS, max_examples=30))


@pytest.mark.parametrize("name", [*BLOCKERS, *WORK])
def test_the_machine_finds(crowded: Engine, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (BLOCKERS | WORK)[name](monkeypatch)
    finds(machine_for(crowded), name)


def test_without_a_plant_the_machine_of_the_roads_finds_nothing(crowded_roads: Engine) -> None:
    run_state_machine_as_test(roads_machine_for(crowded_roads), settings=settings(ALWAYS, max_examples=20))


@pytest.mark.parametrize("name", OF_ROADS)
def test_the_machine_of_the_roads_finds(
    crowded_roads: Engine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    OF_ROADS[name](monkeypatch)
    finds(roads_machine_for(crowded_roads), name)


def finds(machine: Callable[[], Any], name: str) -> None:
    """The machine sees it, by itself unless the engine breaks first."""
    with pytest.raises((BREAKS.get(name, AssertionError), AssertionError)) as caught:
        tried(machine)
    assert name in BREAKS or Path(caught.traceback[-1].path).name == "base.py"


def tried(machine: Callable[[], Any]) -> None:
    """Every mistake once, then whatever is drawn."""
    machine().every_mistake()
    run_state_machine_as_test(machine, settings=ALWAYS)
