"""A workflow or rule table changed past the program is not run, and `verify` says in words which one it is."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine import Engine, FixedClock, MasterKey
from engine.definition.identity import content_hash
from engine.published import VersionChanged, table_stands, workflow_stands
from engine.store import reference
from engine.verification import Fault, verify
from engine.worker import Worker
from tests.engine.evidence import row_of
from tests.engine.intruder import intruder
from tests.engine.wide import open_wide
from tests.engine.worker.story import done
from tests.support.world import NOON, SECRET, fire, open_toy

Change = Callable[[dict[str, Any]], object]
HARM: dict[str, Change] = {
    "guard": lambda plain: plain["transitions"][0].pop("by"),
    "title": lambda plain: plain["title"].update(vi="Khác"),
}


@pytest.fixture
def asked(toy: Engine) -> str:
    case = done(open_toy(toy)).case
    done(fire(toy, case, "ask", "officer", amount=5, urgency="low"))
    return case


@pytest.fixture
def weighed(wide: Engine) -> str:
    case = done(open_wide(wide)).case
    done(fire(wide, case, "fill", "officer", day=date(2026, 11, 1), weight=Decimal("20.5")))
    return case


def again(engine: Engine) -> Engine:
    """The same installation in another process."""
    url = engine.database.url.render_as_string(hide_password=False)
    return Engine(url, MasterKey(SECRET), FixedClock(NOON))


def change(engine: Engine, table: str, id: str, how: Change, *, hash_too: bool = False) -> None:
    """Change the stored canonical form of a workflow ("definition_version") or rule table ("decision_table")."""
    column = "definition" if table == "definition_version" else "id"
    with intruder(engine.database.url.render_as_string(hide_password=False), "") as there:
        stored = there.one(f"SELECT plain FROM {table} WHERE {column} = '{id}'")
        plain = json.loads(stored) if isinstance(stored, str) else stored
        how(plain)
        there.run(f"UPDATE {table} SET plain = :plain WHERE {column} = '{id}'", plain=json.dumps(plain))
        if hash_too:
            there.run(f"UPDATE {table} SET sha256 = :hash WHERE {column} = '{id}'", hash=content_hash(plain))


def harmed(engine: Engine, harm: str) -> None:
    """A statement of somebody with all rights."""
    with intruder(engine.database.url.render_as_string(hide_password=False), "") as there:
        there.run(harm)


def told(engine: Engine, case: str | None = None) -> list[tuple[str, str]]:
    """(variant, sentence) of what `verify` finds, all of it about what was published."""
    report = verify(engine.database, case)
    assert {each.code for each in report.flaws} <= {"DEFINITION"}
    return [
        (each.variant, each.say("en", report.names.get(each.case, "")))
        for each in report.flaws
        if isinstance(each, Fault)
    ]


# ------------------------------------------------------------------ workflows


@pytest.mark.parametrize("how", list(HARM.values()), ids=list(HARM))
def test_nothing_runs_on_a_workflow_whose_text_was_changed(toy: Engine, asked: str, how: Change) -> None:
    change(toy, "definition_version", "toy", how)
    engine, before = again(toy), row_of(toy, asked)
    for ask in (
        lambda: fire(engine, asked, "grant", "chair"),
        lambda: open_toy(engine),
        lambda: engine.available(asked, "chair"),
        lambda: engine.view(asked, "chair", "case page"),
        lambda: engine.library.current(),
    ):
        with pytest.raises(VersionChanged) as refusal:
            ask()
        assert (refusal.value.kind, refusal.value.id, refusal.value.version) == ("workflow", "toy", 1)
    assert row_of(toy, asked) == before
    engine.database.close()


def test_a_workflow_whose_text_was_changed_is_named_with_its_version(toy: Engine, asked: str) -> None:
    change(toy, "definition_version", "toy", HARM["guard"])
    sentence = "Workflow “toy”, version 1: the stored text does not fit the hash it was published with; it was changed."
    assert told(toy) == told(toy, asked) == [("workflow", sentence)]


def test_a_workflow_whose_text_and_hash_were_both_changed_is_named_by_a_step_it_was_followed_in(
    toy: Engine, asked: str
) -> None:
    change(toy, "definition_version", "toy", HARM["guard"], hash_too=True)
    ((variant, sentence),) = told(toy)
    assert variant == "other_workflow"
    assert sentence.startswith(f"Case {row_of(toy, asked).reference}, entry 1 was taken by another text")
    assert told(toy, asked) == [(variant, sentence)]


def test_a_workflow_taken_away_is_named_by_a_step_it_was_followed_in(toy: Engine, asked: str) -> None:
    harmed(toy, "DELETE FROM definition_version")
    assert [variant for variant, _ in told(toy)] == ["no_workflow"]


def test_a_workflow_that_cannot_be_read_is_named(toy: Engine, asked: str) -> None:
    harmed(toy, "UPDATE definition_version SET plain = '[1.5]'")
    assert [variant for variant, _ in told(toy)] == ["workflow"]


def test_a_version_that_no_case_followed_is_told_with_the_whole_and_not_with_a_case(
    toy: Engine, asked: str
) -> None:
    with toy.database.read() as connection:
        first = reference.definition(connection, "toy", 1)
    assert first is not None
    toy.publish(first.plain | {"title": {"vi": "Khác", "en": "Other"}}, source="", by="admin")
    harmed(toy, "UPDATE definition_version SET sha256 = 'x' WHERE number = 2")
    assert [variant for variant, _ in told(toy)] == ["workflow"]
    assert told(toy, asked) == []
    assert fire(toy, asked, "remark", "second", note="Đã gọi").applied


def test_the_worker_says_which_workflow_and_goes_on_trying(
    toy: Engine, asked: str, caplog: pytest.LogCaptureFixture
) -> None:
    change(toy, "definition_version", "toy", HARM["guard"])
    engine = again(toy)
    engine.clock.set(NOON + timedelta(days=30))  # type: ignore[attr-defined]
    with caplog.at_level(logging.ERROR, "casework.worker"):
        turned = Worker(engine).turn()
    assert (turned.breached, turned.failed > 0) == (0, True)
    assert "VersionChanged:workflow toy 1" in caplog.text
    engine.database.close()


# ------------------------------------------------------------------ rule tables


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE decision_table SET valid_to = '2021-12-31'",
        "UPDATE decision_table SET valid_from = '2026-12-01'",
        "UPDATE decision_table SET sha256 = 'x'",
    ],
)
def test_no_step_is_judged_by_a_rule_table_whose_days_or_hash_were_changed(
    wide: Engine, weighed: str, harm: str
) -> None:
    harmed(wide, harm)
    engine = again(wide)
    with pytest.raises(VersionChanged) as refusal:
        fire(engine, open_wide(engine).case, "fill", "officer", day=date(2026, 11, 1), weight=Decimal(3))
    assert (refusal.value.kind, refusal.value.id) == ("table", "weighing")
    assert "table" in {variant for variant, _ in told(wide)}
    engine.database.close()


def test_no_step_is_judged_by_a_rule_table_whose_text_was_changed(wide: Engine, weighed: str) -> None:
    change(wide, "decision_table", "weighing", lambda plain: plain["rules"][0].update(then="heavy"))
    engine = again(wide)
    with pytest.raises(VersionChanged):
        fire(engine, open_wide(engine).case, "fill", "officer", day=date(2026, 11, 1), weight=Decimal(3))
    assert [variant for variant, _ in told(wide)] == ["table"]
    assert [variant for variant, _ in told(wide, weighed)] == ["table"]
    engine.database.close()


def test_a_case_that_was_judged_before_can_still_be_read(wide: Engine, weighed: str) -> None:
    before = wide.library.rows.decision_tables["weighing"][0].sha256
    assert wide.library.table_by_hash("weighing", before) is not None
    change(wide, "decision_table", "weighing", lambda plain: plain["rules"][0].update(then="heavy"))
    engine = again(wide)
    assert engine.view(weighed, "officer", "case page") is not None
    assert engine.library.table_by_hash("weighing", before) is None
    engine.database.close()


def test_a_rule_table_whose_text_and_hash_were_both_changed_is_named_by_the_step_it_decided(
    wide: Engine, weighed: str
) -> None:
    change(
        wide,
        "decision_table",
        "weighing",
        lambda plain: plain["rules"][0].update(then="heavy"),
        hash_too=True,
    )
    ((variant, sentence),) = told(wide)
    assert variant == "no_table"
    assert row_of(wide, weighed).reference in sentence


def test_a_text_put_out_of_force_by_another_from_the_same_day_stands(wide: Engine, weighed: str) -> None:
    old = wide.library.rows.decision_tables["weighing"][0]
    plain = old.plain | {"title": {"vi": "Cân lại", "en": "Weighing again"}}
    with wide.database.write() as connection:
        reference.put_decision_table(connection, replace(old, plain=plain, sha256=content_hash(plain)))
    engine = again(wide)
    found = engine.library.table("weighing", date(2026, 11, 1))
    assert found is not None
    assert found.title.get("en") == "Weighing again"
    assert told(wide) == []
    engine.database.close()


# ------------------------------------------------------------------ sentences


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_sentence_says_what_which_and_what_to_do(language: str) -> None:
    said = VersionChanged("workflow", "child_case", 3).say(language)
    assert "child_case" in said and "3" in said and "./run verify" in said
    assert "2021-01-01" in VersionChanged("table", "weighing", "2021-01-01").say(language)


@pytest.mark.parametrize("plain", [None, [], "x", 7, {"id": "toy", "rate": 1.5}, {}])
def test_what_is_no_canonical_form_does_not_stand(plain: Any) -> None:
    assert not workflow_stands("toy", "x", plain)
    assert not table_stands("toy", "x", plain, "2021-01-01", None)
