"""What a guard may read around the fields: the case, the person who acts, the tracks (semantics.md §3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from engine.commands import SYSTEM
from tests.engine.evidence import codes
from tests.engine.wide import open_wide
from tests.support.world import fire, publish

WIDE = (Path(__file__).parent / "wide.yaml").read_text("utf-8")
FILLING = "by: [commune_officer], form: everything}"


def opened(wide: Engine) -> str:
    return open_wide(wide, kind="a").case


def moved(wide: Engine) -> str:
    case = opened(wide)
    assert fire(wide, case, "lapse", SYSTEM).state == "light"
    return case


def with_track(wide: Engine) -> str:
    case = opened(wide)
    assert fire(wide, case, "assign", "officer", where="school").applied
    return case


def with_ended_track(wide: Engine) -> str:
    case = with_track(wide)
    scene = wide.look(case, "officer")
    assert scene is not None
    assert fire(wide, scene.seen.children[0].id, "end", "teacher", result="tốt").applied
    return case


@pytest.mark.parametrize(
    ("make", "guard", "refused"),
    [
        (opened, 'case.state == "new"', ""),
        (opened, 'case.state == "light"', "guard"),
        (moved, 'case.state == "light" and case.came_from == "new"', ""),
        (opened, "known(case.came_from)", "guard"),
        (opened, 'case.came_from == "new"', "guard_missing"),
        (moved, "case.cycle == 1", ""),
        (opened, "case.area == place", ""),
        (opened, "hours_between(case.opened_at, now) < 1", ""),
        (opened, "hours_between(case.entered_at, now) > 1", "guard"),
        (opened, '"commune_officer" in actor.functions', ""),
        (opened, '"commune_chair" in actor.functions', "guard"),
        (opened, "actor.area == place", ""),
        (opened, "actor.id == who", "guard_missing"),
        (with_track, "actor.agency == where", "guard"),
        (opened, "subcases.any_opened", "join"),
        (with_track, "subcases.any_opened", ""),
        (opened, "subcases.all_closed", ""),
        (with_track, "subcases.all_closed", "join"),
        (with_ended_track, "subcases.all_closed", ""),
        (opened, "subcases.help.count == 0 and subcases.help.open == 0", ""),
        (with_track, "subcases.help.count == 1 and subcases.help.open == 1 and subcases.help.closed == 0", ""),
        (with_track, "subcases.help.closed == 1", "join"),
        (with_ended_track, "subcases.help.count == 1 and subcases.help.closed == 1", ""),
        (with_ended_track, "subcases.help.open > 0", "join"),
    ],
)  # fmt: skip
def test_a_guard_reads_what_stands_around_the_case(
    wide: Engine, make: Callable[[Engine], str], guard: str, refused: str
) -> None:
    assert WIDE.count(FILLING) == 1
    with wide.database.write() as connection:
        publish(connection, WIDE.replace(FILLING, f"{FILLING[:-1]}, when: '{guard}'}}"))
    wide.library.refresh()
    case = make(wide)
    outcome = fire(wide, case, "fill", "officer", long="xa")
    assert (outcome.applied, codes(outcome)) == (not refused, {(refused, "")} if refused else set())
