"""What a new version means for the open cases: counted over their own values, by the guards of both versions."""

from __future__ import annotations

from datetime import date

from engine import Engine
from engine.definition.findings import Severity
from engine.definition.model import Definition
from engine.live import against, live_of
from engine.store import live as store
from schemas.load import load_definition
from tests.support.world import TOY, change, fire, open_toy

NAME = 'need: "known(name)"'


def version(*changes: tuple[str, str]) -> Definition:
    text = TOY
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    loaded = load_definition(text, {})
    assert loaded.definition, loaded.findings
    return loaded.definition


def asked(toy: Engine, **values: object) -> str:
    case = open_toy(toy, **values).case
    assert fire(toy, case, "ask", "officer", amount=5, urgency="low").applied
    return case


def granted(toy: Engine) -> str:
    case = asked(toy)
    assert fire(toy, case, "grant", "chair", number="1").applied
    return case


def test_open_cases_are_counted_by_state_and_used_fields_are_named(toy: Engine) -> None:
    open_toy(toy, name="", born=None)
    asked(toy)
    granted(toy)
    live = live_of(toy, version())
    assert live.standing == {"draft": 1, "asked": 1}
    assert live.used == {"place", "what", "name", "born", "amount", "urgency", "number"}
    with toy.database.read() as connection:
        assert store.used(connection, "other") == frozenset()


def test_cases_that_lose_a_step_are_counted_over_open_and_sealed_values(toy: Engine) -> None:
    open_toy(toy, born=date(2012, 3, 1), what="gạo")
    open_toy(toy, born=date(2020, 3, 1))
    open_toy(toy, name="")  # it could not take the step before
    asked(toy)  # it stands elsewhere
    for guard, lost in (
        ("years >= 10", 1),
        ('what != "gạo"', 1),
        ("years >= 30", 2),
        ("amount >= 10", 0),
        ("actor.area == place", 0),
    ):
        new = version((NAME, f"need: 'known(name) and {guard}'"))
        assert live_of(toy, new).lost("ask") == lost, guard
    found = against(toy, version((NAME, 'need: "known(name) and years >= 10"')))
    assert [(each.code, each.severity, each.params["count"]) for each in found] == [
        ("WF702", Severity.WARNING, 1)
    ]
    assert against(toy, version((NAME, 'need: "known(name) and years >= 1"'))) == ()  # nobody is stopped
    assert against(toy, version((NAME, 'need: "known(name) or years >= 10"'))) == ()  # that is looser


def test_what_is_computed_otherwise_is_asked_again(toy: Engine) -> None:
    change(toy, TOY, (NAME, 'need: "years >= 3"'))
    open_toy(toy, born=date(2020, 3, 1))
    new = version((NAME, 'need: "years >= 3"'), ("age(born, today)", "age(born, today) - 5"))
    (found,) = against(toy, new)
    assert (found.code, found.variant, found.params["count"]) == ("WF702", "unclear", 1)


def test_each_case_is_judged_by_its_own_version(toy: Engine) -> None:
    open_toy(toy)
    change(toy, TOY, (NAME, "need: \"what == 'gạo'\""))
    new = version((NAME, "need: \"what == 'rau'\""))
    assert live_of(toy, new).lost("ask") == 1
    open_toy(toy)
    assert live_of(toy, new).lost("ask") == 1  # the second could not take it before either
    open_toy(toy, what="gạo")
    assert live_of(toy, new).lost("ask") == 2


def test_a_state_with_open_cases_is_removed_only_where_it_is_said_where_they_go(toy: Engine) -> None:
    asked(toy)
    without = [
        ("  asked:\n", "  judged:\n"),
        ("    to: asked\n", "    to: judged\n"),
        ("    from: [draft, asked]\n", "    from: [draft, judged]\n"),
    ]
    text = TOY
    for old, new in without:
        text = text.replace(old, new)
    text = text.replace("    from: asked\n", "    from: judged\n")
    removed = load_definition(text, {}).definition
    moved = load_definition(text + "\nmoves: {asked: judged}\n", {}).definition
    assert removed and moved
    (found,) = against(toy, removed)
    assert (found.code, found.params["state"], found.params["count"]) == ("WF701", "asked", 1)
    assert found.place and found.place.line > 40
    assert against(toy, moved) == ()


def test_a_used_field_is_frozen_also_after_a_version_without_it(toy: Engine) -> None:
    asked(toy)
    new = version(("number: {type: text", "number: {type: integer"))
    assert against(toy, new) == ()  # nobody has filled it in
    granted(toy)
    assert [each.code for each in against(toy, new)] == ["WF703"]
    bare = (
        ("  number: {type: text, title: {vi: Số quyết định, en: Decision number}, open: true}\n", ""),
        ("fields: {number: required}", "fields: {note: optional}"),
    )
    (gone,) = against(toy, version(*bare))
    assert (gone.code, gone.variant, gone.severity) == ("WF703", "removed", Severity.WARNING)
    change(toy, TOY, *bare)
    assert [(each.code, each.variant) for each in against(toy, new)] == [("WF703", "")]
    assert against(toy, version()) == ()
    assert against(toy, version(*bare)) == ()  # it was told when it was removed


def test_the_first_version_of_a_workflow_is_compared_with_none(toy: Engine) -> None:
    assert against(toy, version(("id: toy\n", "id: another\n"))) == ()
