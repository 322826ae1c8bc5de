"""Cases that belong together, on `roads`: named, named no more, merged, and one opened out of another by the worker."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Engine
from engine.links import LINKS
from engine.store import tables
from tests.engine.evidence import assert_whole, clock_of, events_of, refused, row_of
from tests.engine.roads import known, number_of, open_road, republish, take
from tests.engine.worker.story import end_holding, outbox, turn
from tests.support.world import CHO_RA, NOON, TOY, fire, open_toy, publish


def links(roads: Engine, case: str) -> list[tuple[str, str, bool]]:
    """(as, other case, told by the other) of each link."""
    return [
        (each["as"], each["case"], each.get("back", False))
        for each in row_of(roads, case).data.get(LINKS, ())
    ]


def kinds(roads: Engine, case: str) -> list[str]:
    return [each["kind"] for each in events_of(roads, case)]


def two(roads: Engine) -> tuple[str, str]:
    return open_road(roads), open_road(roads, what="cầu gãy")


# ------------------------------------------------------------------ naming


def test_a_case_names_another_and_the_other_is_told_by_the_worker(roads: Engine) -> None:
    here, there = two(roads)
    take(roads, here, "name_other", other=number_of(roads, there))
    assert (links(roads, here), links(roads, there)) == ([("related", there, False)], [])
    turn(roads)
    assert links(roads, there) == [("related", here, True)]
    assert row_of(roads, there).data[LINKS][0]["reference"] == number_of(roads, here)
    assert kinds(roads, there) == ["case_opened", "case_linked"]
    assert (row_of(roads, there).state, row_of(roads, there).owner) == ("open", "officer")
    for case in (here, there):
        assert_whole(roads, case)


def test_the_worker_run_twice_tells_once(roads: Engine) -> None:
    here, there = two(roads)
    take(roads, here, "name_other", other=number_of(roads, there))
    turn(roads)
    forget_done(roads)
    clock_of(roads).advance(minutes=1)
    turn(roads)
    assert kinds(roads, there) == ["case_opened", "case_linked"]
    assert [each.last_error for each in outbox(roads)] == [None]


def test_a_case_named_no_more_is_told_too(roads: Engine) -> None:
    here, there = two(roads)
    take(roads, here, "name_other", other=number_of(roads, there))
    take(roads, here, "forget_other")
    turn(roads)
    assert (links(roads, here), links(roads, there)) == ([], [])
    assert kinds(roads, there) == ["case_opened", "case_linked", "case_linked"]
    for case in (here, there):
        assert_whole(roads, case)


def test_only_the_kind_named_is_named_no_more(roads: Engine) -> None:
    here, there = two(roads)
    take(roads, here, "split")
    take(roads, here, "name_other", other=number_of(roads, there))
    take(roads, here, "forget_other")
    assert [each[0] for each in links(roads, here)] == ["part"]
    assert_whole(roads, here)


def test_two_cases_that_name_each_other_each_take_back_their_own_naming(roads: Engine) -> None:
    here, there = two(roads)
    take(roads, here, "name_other", other=number_of(roads, there))
    turn(roads)
    take(roads, there, "name_other", other=number_of(roads, here))
    turn(roads)
    assert links(roads, here) == [("related", there, False), ("related", there, True)]
    take(roads, there, "forget_other")
    turn(roads)
    assert (links(roads, here), links(roads, there)) == (
        [("related", there, False)],
        [("related", here, True)],
    )
    take(roads, here, "forget_other")
    turn(roads)
    assert (links(roads, here), links(roads, there)) == ([], [])
    for case in (here, there):
        assert_whole(roads, case)


def test_a_case_named_twice_is_one_link(roads: Engine) -> None:
    here, there = two(roads)
    for _ in range(2):
        take(roads, here, "name_other", other=number_of(roads, there))
    turn(roads)
    assert (len(links(roads, here)), len(links(roads, there))) == (1, 1)
    assert_whole(roads, there)


def test_a_merged_case_ends_and_the_other_one_says_so(roads: Engine) -> None:
    here, there = two(roads)
    assert take(roads, here, "merge", other=number_of(roads, there)).state == "merged"
    turn(roads)
    assert kinds(roads, there) == ["case_opened", "case_merged"]
    assert links(roads, there) == [("merged", here, True)]
    assert row_of(roads, there).state == "open"
    for case in (here, there):
        assert_whole(roads, case)


# ------------------------------------------------------------------ what cannot be named


def test_a_number_that_is_nobodys_or_out_of_reach_is_refused_in_the_same_words(roads: Engine) -> None:
    here = open_road(roads)
    away = open_road(roads, "other_officer", place=CHO_RA)
    for number in ("01906-2026-D99999", number_of(roads, away), "'; --"):
        refused(
            roads,
            lambda number=number: fire(roads, here, "name_other", "officer", other=number),  # type: ignore[misc]
            ("case_number", "other"),
        )
    refused(roads, lambda: fire(roads, here, "name_other", "officer", other=5), ("field_type", "other"))
    refused(
        roads, lambda: fire(roads, here, "name_other", "officer", other="x" * 61), ("field_length", "other")
    )
    refused(roads, lambda: fire(roads, here, "name_other", "officer", other=" "), ("field_missing", "other"))


def test_a_case_of_another_workflow_cannot_be_named(roads: Engine) -> None:
    with roads.database.write() as connection:
        publish(connection, TOY)
    roads.library.refresh()
    other = open_toy(roads).reference
    here = open_road(roads)
    refused(roads, lambda: fire(roads, here, "name_other", "officer", other=other), ("case_number", "other"))


def test_a_case_does_not_name_itself(roads: Engine) -> None:
    here = open_road(roads)
    own = number_of(roads, here)
    refused(roads, lambda: fire(roads, here, "name_other", "officer", other=own), ("case_itself", "other"))
    refused(roads, lambda: fire(roads, here, "merge", "officer", other=own), ("case_itself", "other"))


# ------------------------------------------------------------------ a case opened out of another


def children_of(roads: Engine, case: str) -> list[str]:
    """The cases opened out of this one."""
    return [other for kind, other, _ in links(roads, case) if kind == "part"]


def test_a_case_is_opened_out_of_another_with_what_that_one_says(roads: Engine) -> None:
    case = open_road(roads)
    take(roads, case, "visit", what="ổ gà")
    take(roads, case, "split")
    (part,) = children_of(roads, case)
    assert known(roads, part) == {}  # not yet
    turn(roads)
    found = known(roads, part)
    assert (found["what"], found["visits"]) == ("đường lầy", ({"what": "ổ gà"},))
    assert "name" not in found
    row = row_of(roads, part)
    assert (row.owner, row.area, row.parent, row.reference) == (
        "officer",
        row_of(roads, case).area,
        None,
        "01906-2026-D00002",
    )
    assert links(roads, part) == [("part", case, True)]
    assert kinds(roads, part) == ["case_opened", "case_linked"]
    for each in (case, part):
        assert_whole(roads, each)


def forget_done(roads: Engine) -> None:
    """As if the worker had been killed before it noted what it had done."""
    with roads.database.write() as connection:
        connection.execute(tables.outbox.update().values(done_at=None))


def test_the_worker_killed_in_between_opens_it_once(roads: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = open_road(roads)
    take(roads, case, "split")
    (part,) = children_of(roads, case)

    class Killed(BaseException):
        pass

    apply = roads.apply
    for dies_after in (1, 2):
        done = [0]

        def applied(command: Any, done: list[int] = done, most: int = dies_after) -> Any:
            outcome = apply(command)
            done[0] += 1
            if done[0] == most:
                raise Killed
            return outcome

        monkeypatch.setattr(roads, "apply", applied)
        with pytest.raises(Killed):
            turn(roads)
        monkeypatch.setattr(roads, "apply", apply)
        take(roads, case, "visit", what="thêm")  # what the first case says meanwhile changes nothing
        clock_of(roads).advance(hours=2)
    turn(roads)
    assert kinds(roads, part) == ["case_opened", "case_linked"]
    assert "visits" not in known(roads, part)
    assert [each.last_error for each in outbox(roads)] == [None]
    assert_whole(roads, part)


def test_rows_that_came_later_are_not_in_it(roads: Engine) -> None:
    case = open_road(roads)
    take(roads, case, "split")  # there are none yet
    for text in ("một", "hai"):
        take(roads, case, "visit", what=text)
    take(roads, case, "split")
    take(roads, case, "visit", what="ba")
    turn(roads)
    first, second = children_of(roads, case)
    assert "visits" not in known(roads, first)
    assert known(roads, second)["visits"] == ({"what": "một"}, {"what": "hai"})


def test_a_choice_of_several_is_not_cut_like_a_table(roads: Engine) -> None:
    republish(
        roads,
        (
            "  fact: {",
            "  kinds: {type: choices, title: {vi: Loại, en: Kinds}, open: true, options: {a: {vi: A, en: A}, b: {vi: B, en: B}}}\n  fact: {",
        ),
        ("optional, visits: optional}", "optional, visits: optional, kinds: optional}"),
        ("fields: {what: optional, urgent", "fields: {kinds: optional, what: optional, urgent"),
        ("what: what, visits: visits}", "what: what, kinds: kinds}"),
    )
    case = open_road(roads, kinds=("a",))
    take(roads, case, "split")
    take(roads, case, "fill", kinds=("a", "b"))
    turn(roads)
    (part,) = children_of(roads, case)
    assert known(roads, part)["kinds"] == ("a", "b")


def test_a_refused_opening_is_an_incident_and_opens_nothing(roads: Engine) -> None:
    case = open_road(roads)
    take(roads, case, "split")
    end_holding(roads, "officer", NOON.date())
    clock_of(roads).advance(days=2)
    turn(roads)
    (row,) = outbox(roads, "open_case")
    assert row.last_error == "refused:function"
    (part,) = children_of(roads, case)
    assert known(roads, part) == {}
    assert_whole(roads, case)


def test_each_split_opens_a_case_of_its_own(roads: Engine) -> None:
    case = open_road(roads)
    for _ in range(2):
        take(roads, case, "split")
    turn(roads)
    first, second = children_of(roads, case)
    assert first != second
    assert known(roads, first)["what"] == known(roads, second)["what"] == "đường lầy"


def test_what_the_form_leaves_as_it_is_counts_for_its_effect(roads: Engine) -> None:
    here, there = two(roads)
    take(roads, here, "name_other", other=number_of(roads, there))
    take(roads, here, "forget_other")
    take(roads, here, "name_other")
    assert links(roads, here) == [("related", there, False)]
    take(roads, here, "assign", "chair", keeper="second")
    take(roads, here, "assign", "chair", keeper="officer")
    take(roads, here, "offer", target=CHO_RA)
    take(roads, here, "withdraw")
    take(roads, here, "offer")
    assert row_of(roads, here).offered == CHO_RA
    take(roads, here, "take", "other_officer")
    refused(roads, lambda: fire(roads, here, "name_other", "other_officer"), ("case_number", "other"))
    refused(roads, lambda: fire(roads, here, "assign", "other_chair"), ("field_option", "keeper"))
    assert_whole(roads, here)
