from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine import Engine
from engine.commands import Blocker
from tests.engine.worker.story import open_helping
from tests.support.world import BA_BE
from tests.web.cli.hands import Call
from web.cli_form import Form, form_of, sentence, taken


def _opening(engine: Engine) -> Form:
    workflow = engine.library.newest("helping")
    assert workflow is not None
    return form_of(engine, workflow, (workflow.opening,))


def _teaching(engine: Engine) -> Form:
    workflow = engine.library.newest("helping")
    assert workflow is not None
    return form_of(engine, workflow, workflow.alternatives("running", "teach"))


def test_texts_become_values_of_their_type(engine: Engine) -> None:
    texts = [
        "aims=school",
        "aims=work",
        "visits-0-on=20/11/2026",
        "visits-0-hours=1,5",
        "visits-3-on=2026-11-21",
        "name= Lý A Thử ",
    ]
    values, blockers = taken(engine, _opening(engine), texts)
    assert blockers == ()
    assert values == {
        "aims": ("school", "work"),
        "name": "Lý A Thử",
        "visits": ({"on": date(2026, 11, 20), "hours": Decimal("1.5")}, {"on": date(2026, 11, 21)}),
    }


def test_what_was_not_named_is_no_part_of_the_command(engine: Engine) -> None:
    assert taken(engine, _opening(engine), [f"place={BA_BE}"]) == ({"place": BA_BE}, ())


def test_a_field_is_emptied_by_naming_it_with_nothing(engine: Engine) -> None:
    assert taken(engine, _opening(engine), ["name=", "aims="]) == ({"name": None, "aims": ()}, ())


def test_an_equals_sign_may_stand_in_the_value(engine: Engine) -> None:
    assert taken(engine, _opening(engine), ["name=a=b"]) == ({"name": "a=b"}, ())


def test_a_text_that_cannot_be_read_is_told_with_the_title_of_its_field(engine: Engine) -> None:
    form = _opening(engine)
    _, blockers = taken(engine, form, ["visits-0-on=20/11/2026", "visits-0-hours=many", "colour=red"])
    assert [(each.code, each.field) for each in blockers] == [
        ("field_type", "visits.0.hours"),
        ("field_unknown", "colour"),
    ]
    assert "Hours" in sentence(engine, form, blockers[0], "en")
    assert "Giờ" in sentence(engine, form, blockers[0], "vi")


def test_a_day_that_there_is_not_is_told_as_such(engine: Engine) -> None:
    form = _opening(engine)
    for text, unreal in (
        ("31/02/2026", True),
        ("40/13/2026", True),
        ("2026-02-30", True),
        ("31/2", False),
        ("soon", False),
    ):
        _, (blocker,) = taken(engine, form, [f"visits-0-on={text}"])
        assert (blocker.code, blocker.field) == ("field_type", "visits.0.on")
        said = sentence(engine, form, blocker, "en")
        assert (text, "the calendar has no such day" in said) == (text, unreal)
        assert (text, "is not of the right kind" in said) == (text, not unreal)


def test_a_step_that_opens_a_track_asks_for_the_tracks_fields_under_its_key(engine: Engine) -> None:
    form = _teaching(engine)
    assert taken(engine, form, ["at=school", "lesson.topic=Toán"]) == (
        {"at": "school", "lesson.topic": "Toán"},
        (),
    )
    _, blockers = taken(
        engine, form, ["lesson.name=Lý A Thử"]
    )  # handed over by the parent, not asked for again
    assert [each.code for each in blockers] == ["field_unknown"]


def test_a_blocker_of_a_tracks_field_is_told_in_the_tracks_words(engine: Engine) -> None:
    form = _teaching(engine)
    assert "Topic" in sentence(
        engine, form, Blocker("field_missing", {"field": "topic"}, "lesson.topic"), "en"
    )


def test_a_table_is_shown_and_filled_by_script(engine: Engine, call: Call) -> None:
    case = open_helping(engine)
    assert call("case", "show", case, "--as", "officer").code == 0
    words = ("--set", f"place={BA_BE}", "--set", "visits-0-on=20/11/2026", "--set", "aims=work")
    made = call("case", "open", "helping", "--as", "officer", "--json", *words).json
    shown = call("case", "show", made["case"], "--as", "officer", "--json").json
    assert shown["values"]["visits"] == [{"on": "2026-11-20"}]
    assert shown["values"]["aims"] == ["work"]
