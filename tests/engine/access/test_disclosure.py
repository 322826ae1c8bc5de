"""Who sees what of a case they may open: what the definition lists for their function, narrowed by a field's readers."""

from __future__ import annotations

import pytest

from engine import Engine
from engine.reading import CaseView
from tests.engine.wide import hire, open_wide
from tests.support.world import CHO_RA, TOY, change, fire, open_toy, publish

LISTED = TOY.replace(
    '  province_child_lead: "*"\n',
    "  province_child_lead: [what]\n  collaborator: [name, years]\n  auditor: []\n",
).replace("{vi: Ghi chú, en: Note}}\n", "{vi: Ghi chú, en: Note}, readers: [commune_chair]}\n")


@pytest.fixture
def case(toy: Engine) -> str:
    """A case with a sealed value, a note for the chair alone, and a reason."""
    with toy.database.write() as connection:
        publish(connection, LISTED)
    for person in ("collaborator", "auditor"):
        hire(toy, person, person)
    hire(toy, "stranger", "collaborator", agency="cho_ra", area=CHO_RA)
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", amount=5, urgency="low", note="Nhà xa").applied
    assert fire(toy, case, "return_request", "chair", reason="Thiếu giấy tờ").applied
    return case


def seen(toy: Engine, case: str, actor: str) -> CaseView:
    view = toy.view(case, actor, "case page")
    assert view is not None
    return view


def test_a_function_sees_the_fields_listed_for_it_and_no_others(toy: Engine, case: str) -> None:
    assert set(seen(toy, case, "collaborator").values) <= {"name", "years"}
    assert seen(toy, case, "collaborator").values["name"]
    assert set(seen(toy, case, "lead").values) == {"what"}
    assert seen(toy, case, "auditor").values == {}


def test_a_field_with_readers_is_seen_by_them_alone(toy: Engine, case: str) -> None:
    assert seen(toy, case, "chair").values["note"] == "Nhà xa"
    assert "note" not in seen(toy, case, "officer").values


def test_a_field_for_who_opened_the_case_is_seen_by_that_person_and_not_by_a_colleague(toy: Engine) -> None:
    change(
        toy,
        TOY,
        ("of: child, searchable: true}", "of: child, searchable: true, readers: [opener, commune_chair]}"),
    )
    case = open_toy(toy).case
    readers = [
        actor for actor in ("officer", "second", "chair", "lead") if "name" in seen(toy, case, actor).values
    ]
    assert readers == ["officer", "chair"]


def test_a_reason_is_read_by_those_who_take_steps_and_by_nobody_else(toy: Engine, case: str) -> None:
    for actor in ("officer", "chair", "lead"):
        assert seen(toy, case, actor).reasons == {3: "Thiếu giấy tờ"}
    for actor in ("collaborator", "auditor"):
        assert seen(toy, case, actor).reasons == {}


def test_a_case_of_another_commune_does_not_exist(toy: Engine, case: str) -> None:
    for actor in ("stranger", "other_officer", "admin", "nobody"):
        assert toy.view(case, actor, "case page") is None


def test_the_serving_agency_sees_its_track_whole_and_not_the_case_it_belongs_to(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    assert fire(wide, case, "assign", "officer", where="school").applied
    scene = wide.look(case, "officer")
    assert scene is not None
    (track,) = scene.seen.children
    assert wide.view(case, "teacher", "case page") is None
    view = wide.view(track.id, "teacher", "case page")
    assert view is not None
    assert view.values == {"kind": "a"}
    assert view.readable == {"kind", "result"}
